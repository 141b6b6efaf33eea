"""Claims, and what makes two of them contradict each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.evaluation.claims import claim, claims, root
from glassllava.evaluation.contradiction import contradiction, quantities_agree
from glassllava.text.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("...", 0),
        ("Round pores are seen.", 1),
        ("Round pores are seen. The glass between them is clear.", 2),
        ("Round pores fill the wall, while cracks cross the inner glass.", 2),
        ("Pores, cracks and pits are seen.", 1),
        ("Seen here:\n- round pores\n- long cracks", 3),
    ],
)
def test_a_claim_is_a_clause_with_content(text: str, number: int) -> None:
    assert len(claims(text)) == number


@pytest.mark.parametrize(
    "words",
    [
        ("crystals", "crystalline", "crystallised", "crystallization"),
        ("dendrite", "dendrites", "dendritic"),
        ("sphere", "spherical"),
        ("fibre", "fibers"),
        ("crack", "cracks", "cracked", "cracking"),
    ],
)
def test_forms_of_one_word_share_a_root(words: tuple[str, ...]) -> None:
    assert len({root(word) for word in words}) == 1


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("No cracks are visible.", "Long cracks are visible."),
        ("Cracks cross the section.", "The section is free of cracks."),
        ("The matrix is crack-free.", "Cracks cross the matrix."),
        ("The particles are spherical.", "The particles are not spherical."),
        ("The mean diameter is 5 µm.", "The mean diameter is 50 µm."),
        ("It was held at 600 °C.", "It was held at 700 °C."),
        ("The surface is smooth.", "The surface looks rough."),
        ("The layer is amorphous.", "A crystalline layer is seen."),
        ("Yes, grains are seen.", "No, nothing of the kind."),
    ],
)
def test_what_excludes_the_other_contradicts(reference: str, response: str) -> None:
    assert contradiction(claim(reference), claim(response)) is not None


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("No cracks are visible.", "Cracks were not observed."),
        ("Cracks run along the boundaries.", "Cracks follow the boundaries, without pores."),
        ("Cracks run along the boundaries.", "There are no pores along the boundaries."),
        ("The mean diameter is 5 µm.", "Diameters of 4.9 ± 0.3 µm were found."),
        ("The mean diameter is 5 µm.", "The mean diameter is 5000 nm."),
        ("The mean diameter is 5 µm.", "The mean diameter is five micrometres."),
        ("It was held at 600 °C.", "It was held at 873 K for 2 h."),
        ("The film is 2 µm thick.", "The film was held at 300 K."),
        ("Large grains lie among small ones.", "Small grains fill the gaps."),
    ],
)
def test_what_fits_the_other_does_not_contradict(reference: str, response: str) -> None:
    assert contradiction(claim(reference), claim(response)) is None


@given(st.text(max_size=200))
def test_no_text_contradicts_itself(text: str) -> None:
    for part in claims(text):
        assert contradiction(part, part) is None


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("1–3 µm", "2 µm", True),
        ("1–3 µm", "4 µm", False),
        ("-40 °C", "233 K", True),
        ("1984", "1985", False),
        ("1984", "1984", True),
        ("20 %", "0.2 µm", False),
        ("2000 nm", "2 µm", True),
        ("2000 nm", "2 kV", False),
        ("2 µm", "3 µm", False),
    ],
)
def test_quantities_agree_where_they_overlap(one: str, other: str, agree: bool) -> None:
    first, second = find_quantities(one)[0], find_quantities(other)[0]
    assert quantities_agree(first, second) is agree
    assert quantities_agree(second, first) is agree
