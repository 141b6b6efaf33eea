"""Lengths in printed words, and what captions state of each panel's scale bar."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassllava.micrographs.lengths import (
    is_stated_in_millimetres,
    length_in_metres,
    lengths_of_bars,
    stated_length,
)

UNITS = {"nm": 1e-9, "µm": 1e-6}
LETTERS = "abcdefgh"
LENGTHS = (1, 2, 5, 10, 20, 25, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500)


@pytest.mark.parametrize(
    ("line", "lengths"),
    [
        ("WD 8.0 mm 15.0 kV 1 µm", [1e-6]),
        ("WD: 10 mm", []),
        ("HFW 50.0 µm", []),
        ("10.6mm x2.00k 20.0um", [2e-5]),
        ("working distance 5 mm, 0 nm", []),
    ],
)
def test_a_working_distance_and_a_field_width_are_no_lengths_of_bars(line: str, lengths: list[float]) -> None:
    assert [metres for _, _, metres in lengths_of_bars(line)] == pytest.approx(lengths)


@pytest.mark.parametrize(
    ("text", "metres"),
    [("20 µm", 2e-5), ("500nm", 5e-7), ("10pm", 1e-5), ("1,5 μm", 1.5e-6), ("0 µm", None), ("5 kV", None)],
)
def test_short_words_state_a_length(text: str, metres: float | None) -> None:
    assert length_in_metres(text) == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize(
    ("caption", "letter", "metres"),
    [
        ("Figure 1. SEM images. All scale bars are 5 μm.", "c", 5e-6),
        ("Scale bars, 10 µm.", None, 1e-5),
        ("(a) Grains (scale bar: 2 µm).", "a", 2e-6),
        ("The scale bar in (a) is 8 mm; in (b), (c) is 200 μm; and in (d)–(f) is 40 μm.", "e", 4e-5),
        ("The scale bar in (a) is 8 mm; in (b), (c) is 200 μm; and in (d)–(f) is 40 μm.", "b", 2e-4),
        ("Grains of 5 µm size.", "a", None),
    ],
)
def test_captions_state_the_length_of_each_panel(caption: str, letter: str | None, metres: float | None) -> None:
    assert stated_length(caption, letter) == (None if metres is None else pytest.approx(metres))


def listed(words: Sequence[str], oxford: bool, last: str = " and ") -> str:
    """Words in a row, as a sentence lists them."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + ("," if oxford and len(words) > 2 else "") + last + words[-1]


def caption_of(numbers: Sequence[int], unit: str, letters: Sequence[str], style: int, oxford: bool) -> str:
    """A caption that states the lengths of bars in one of the styles of journals."""
    parts = ", ".join(f"({letter}) glass {k + 1}" for k, letter in enumerate(letters))
    lengths = listed([str(number) for number in numbers], oxford) + f" {unit}"
    with_units = listed([f"{number} {unit}" for number in numbers], oxford)
    marked, bare = listed([f"({letter})" for letter in letters], oxford), listed(list(letters), oxford)
    pairs = list(zip(letters, numbers, strict=False))
    after = [f"{n} ({a})" for a, n in pairs[:-1]] + [f"{pairs[-1][1]} {unit} ({pairs[-1][0]})"]
    return (
        f"SEM images. Scale bars are {lengths} for {marked}, respectively.",
        f"SEM images of {parts}. Scale bars: {lengths}.",
        f"SEM images of {parts}. Scale bars are {with_units}, respectively.",
        f"SEM images of {parts}. Scale bars in {marked} are {lengths}.",
        f"SEM images of {parts}. Scale bars = {with_units} in {bare}.",
        f"SEM images of {parts}. The scale bars of panels {bare} are {with_units}.",
        f"Scale bars: {lengths} ({', '.join(letters)}).",
        f"Scale bars: {lengths} ({letters[0]}–{letters[-1]}).",
        f"SEM images. Scale bars: {listed([f'({a}) {n}' for a, n in pairs], oxford)} {unit}.",
        f"SEM images. Scale bars: {listed(after, oxford)}.",
        f"SEM images. Scale bars, {'; '.join(f'{a}, {n} {unit}' for a, n in pairs)}.",
        f"SEM images. Scale bars: {listed([f'{n} {unit} in {a}' for a, n in pairs], oxford)}.",
        f"SEM images of {parts}. {lengths} scale bars in {bare}.",
    )[style]


NUMBERS = st.lists(st.sampled_from(LENGTHS), min_size=2, max_size=6, unique=True)


@settings(max_examples=200)
@given(
    numbers=NUMBERS,
    unit=st.sampled_from(list(UNITS)),
    style=st.integers(0, 12),
    oxford=st.booleans(),
    big=st.booleans(),
)
def test_as_many_lengths_as_panels_are_given_in_order(
    numbers: list[int], unit: str, style: int, oxford: bool, big: bool
) -> None:
    letters = LETTERS[: len(numbers)].upper() if big else LETTERS[: len(numbers)]
    caption = caption_of(numbers, unit, letters, style, oxford)
    for letter, number in zip(letters.lower(), numbers, strict=True):
        assert stated_length(caption, letter) == pytest.approx(number * UNITS[unit]), (caption, letter)


@settings(max_examples=200)
@given(
    numbers=NUMBERS,
    more=st.integers(1, 2),
    unit=st.sampled_from(list(UNITS)),
    style=st.integers(0, 12),
    oxford=st.booleans(),
)
def test_fewer_lengths_than_panels_give_none_a_wrong_one(
    numbers: list[int], more: int, unit: str, style: int, oxford: bool
) -> None:
    letters = LETTERS[: len(numbers) + more]
    caption = caption_of(numbers, unit, letters, style, oxford)
    own = dict(zip(letters, numbers, strict=False)) if style in (8, 9, 10, 11) else {}
    for letter in letters:
        right = pytest.approx(own[letter] * UNITS[unit]) if letter in own else None
        assert stated_length(caption, letter) == right, (caption, letter)


@pytest.mark.parametrize(
    ("caption", "metres"),
    [
        ("Scale bars are 200, 100 and 50 nm for (a), (b) and (c), respectively.", [2e-7, 1e-7, 5e-8]),
        ("(a) x (b) y (c) z. Scale bars: 20, 10 and 5 µm.", [2e-5, 1e-5, 5e-6]),
        ("Scale bars: (a) 200, (b) 100 and (c) 50 nm", [2e-7, 1e-7, 5e-8]),
        ("Scale bars, 10 µm (a,c) and 1 µm (b,d)", [1e-5, 1e-6, 1e-5, 1e-6]),
        ("SEM images (a, b), scale bar 5 µm, inset 500 nm", [5e-6, 5e-6]),
        ("Scale bars: 1 µm in a and b; 200 nm in c", [1e-6, 1e-6, 2e-7]),
        ("Scale bars are 20 and 10 µm in (a, b) and (c, d), respectively.", [2e-5, 2e-5, 1e-5, 1e-5]),
        ("Scale bars: (a,b) 20; (c) 5 µm.", [2e-5, 2e-5, 5e-6]),
        ("Scale bars: 10 µm in a and c; 5 and 2 µm in b and d.", [1e-5, 5e-6, 1e-5, 2e-6]),
        ("(a) Fracture. Scale bar, 20 microns (b) Glass. Scale bar, 5 microns", [2e-5, 5e-6]),
        ("(a, b) Glass. Scale bars: 10 μm (main), 2 μm (inset)", [1e-5, 1e-5]),
        ("(a) Glass, (b) ash. Scale bars: 200, 100 and 50 nm.", [None, None]),
        ("(a) Glass, (b) ash. Scale bars: 10–20 µm.", [None, None]),
        ("(a) Glass, (b) ash. Scale bars: 20,10 µm.", [None, None]),
        ("(a) Glass, (b) ash. Scale bars: 10 ± 0.5 µm.", [None, None]),
        ("(a) Glass, (b) ash. Scale bars: 20 µm, 10.", [None, None]),
        ("(a) Glass, (b) ash. Scale bars: 0 µm.", [None, None]),
        ("(a) Glass, (b) ash. Scale bars: 0,0 µm.", [None, None]),
        ("(a) Glass. Scale bar: 5 µm in a typical region.", [5e-6]),
        ("Glass after 5 h and 10 h (a, b), scale bar 2 µm, 10 kV.", [2e-6, 2e-6]),
    ],
)
def test_each_panel_has_its_own_length_or_none(caption: str, metres: list[float | None]) -> None:
    found = [stated_length(caption, letter) for letter in LETTERS[: len(metres)]]
    assert found == [None if right is None else pytest.approx(right) for right in metres]


@pytest.mark.parametrize(
    ("caption", "letter", "is_so"),
    [
        ("(a) x, (b) y. Scale bar: 1 mm.", "b", True),
        ("Scale bars: (a) 1 mm, (b) 200 µm.", "b", False),
        ("Scale bars: (a) 0.5 and (b) 0.1 mm.", "a", True),
        ("Scale bar: 1000 µm.", None, False),
        ("Grains of 1 mm.", None, False),
    ],
)
def test_a_length_in_millimetres_is_known_as_such(caption: str, letter: str | None, is_so: bool) -> None:
    assert is_stated_in_millimetres(caption, letter) == is_so
