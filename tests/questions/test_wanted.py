"""What is wanted of each panel adds up to the published shares."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from glassllava.domains import load_domain
from glassllava.questions.wanted import wanted

DOMAIN = load_domain("glass-sem")
SHARES = {None: DOMAIN.shares.training, "training": DOMAIN.shares.training, "evaluation": DOMAIN.shares.evaluation}


@given(st.sampled_from([None, "training", "evaluation"]), st.integers(1, 14), st.integers(1, 60))
def test_over_any_number_of_panels_each_category_is_within_two_pairs_of_its_share(
    split: str | None, number: int, panels: int
) -> None:
    found: Counter[str] = Counter()
    for wants in islice(wanted(DOMAIN, split, number), panels):
        assert sum(want.number for want in wants) == number
        for want in wants:
            assert want.number > 0 and want.subcategory in DOMAIN.category(want.category).subcategories
            found[want.category] += want.number
    for name, share in SHARES[split].items():
        assert abs(found[name] - share / sum(SHARES[split].values()) * number * panels) < 2


def test_the_subcategories_of_a_category_come_in_turn() -> None:
    found: Counter[tuple[str, str]] = Counter()
    for wants in islice(wanted(DOMAIN, "training", 11), 100):
        for want in wants:
            found[want.category, want.subcategory] += want.number
    for category in DOMAIN.categories[1:]:
        assert abs(found[category.name, "simple"] - found[category.name, "complex"]) <= 1
    assert found["General", "complex"] == 0
