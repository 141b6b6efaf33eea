"""Lists of panel letters, and lists that "respectively" shares out."""

from __future__ import annotations

import pytest

from glassllava.text.panel_letters import letters_in, names_in
from glassllava.text.respectively import shared_out


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("a", "a"),
        ("a–c, e and f", "a b c e f"),
        ("(A) to (C)", "A B C"),
        ("a, b, and d", "a b d"),
        ("a1–a3", "a1 a2 a3"),
        ("a1–c1", "a1 b1 c1"),
        ("c–a", "c a"),
        ("a, a", "a"),
        ("", ""),
    ],
)
def test_ranges_are_filled_and_each_panel_is_named_once(listed: str, names: str) -> None:
    assert names_in(listed) == names.split()


def test_letters_are_small_and_without_numbers() -> None:
    assert letters_in("A1–A3, C and d") == ["a", "c", "d"]


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("Rods at 500, 600 and 700 °C, respectively.", ["Rods at 500 °C.", "Rods at 600 °C.", "Rods at 700 °C."]),
        ("TEM of G1, G2 and G3, respectively", ["TEM of G1", "TEM of G2", "TEM of G3"]),
        ("SEM and TEM images of glass, respectively.", ["SEM images of glass.", "TEM images of glass."]),
        ("Views of the mirror and hackle, respectively", ["Views of the mirror", "Views of the hackle"]),
        ("Cut, etched and coated rods, respectively", ["Cut rods", "etched rods", "coated rods"]),
    ],
)
def test_each_gets_its_own_item(text: str, each: list[str]) -> None:
    assert shared_out(text, len(each)) == each


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Rods of A, B and C, respectively", 2),
        ("Rods of A and B, respectively", 3),
        ("Rods of A and B after 1 and 2 h, respectively", 2),
        ("Rods of 2 mm, 6 mm, and the ingot, respectively", 3),
        ("Rods of A and B", 2),
    ],
)
def test_a_list_that_does_not_fit_is_left_alone(text: str, count: int) -> None:
    assert shared_out(text, count) is None
