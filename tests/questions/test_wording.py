"""Questions are worded about what is there."""

from __future__ import annotations

from glassllava.domains import load_domain
from glassllava.questions.wording import feature_in

DOMAIN = load_domain("glass-sem")


def test_what_a_text_denies_is_not_asked_about() -> None:
    assert feature_in("Without cracks or pores, a long lifetime is expected.", DOMAIN) is None
    assert feature_in("No pores are seen. Fibres cross the field.", DOMAIN) == "fibres"


def test_what_a_text_affirms_is() -> None:
    assert feature_in("Round pores are cut open by the surface.", DOMAIN) == "pores"
    assert feature_in("The dendrites have slender arms. A surface is smooth.", DOMAIN) == "dendrites"
