"""Passages of two sources are found; what many say alike, and what says nothing of a work, is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from glassllava.text.shared import LEAST_WORDS, MOST_SOURCES, shared_passages

PASSAGE = (
    "The spherulites grew from the melt at 640 °C with radial lamellae that end in bright rims of barium-rich glass. "
    "Between them the residual glass shows nanoscale droplets."
)


def own(name: str, number: int = 60) -> str:
    """A text that nobody else has."""
    return " ".join(f"{name}{n}" for n in range(number))


def letters(name: str, number: int) -> list[str]:
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    return [f"{name}{alphabet[n // 26]}{alphabet[n % 26]}" for n in range(number)]


def test_a_passage_that_two_sources_hold_is_found_with_its_words() -> None:
    texts = {
        "a": [f"{own('x')}. {PASSAGE} {own('y')}."],
        "b": [f"Figure 2. {PASSAGE}"],
        "c": [own("z")],
    }
    (found,) = shared_passages(texts)
    assert (found.one, found.other) == ("a", "b")
    assert found.passages[0].startswith("the spherulites grew from the melt at 640")
    assert found.words == len(found.passages[0].split()) == 29
    assert found.share > 0.8


def test_spelling_of_signs_does_not_hide_a_passage() -> None:
    typeset = PASSAGE.replace("-", "‐").replace(" at ", "  at ").upper()
    assert shared_passages({"a": [PASSAGE], "b": [typeset]})


def test_what_more_than_three_sources_say_is_a_habit() -> None:
    texts = {name: [f"{own(name)}. {PASSAGE}"] for name in "abcd"}
    assert len(texts) == MOST_SOURCES + 1
    assert shared_passages(texts) == []
    assert len(shared_passages({name: texts[name] for name in "abc"})) == 3


def test_sentences_on_rights_and_on_the_coating_are_nobodys_own() -> None:
    common = [
        "All samples were sputter coated with a thin layer of gold before they were looked at in the microscope to "
        "avoid charging of the surface under the beam.",
        "Reproduced with permission from the publisher of the journal in which this figure was printed for the first "
        "time many years ago.",
        "This is an open access article under the terms of the Creative Commons Attribution License, which permits use "
        "and distribution in any medium.",
        "For the interpretation of the references to colour in this figure legend the reader is referred to the web "
        "version of this article.",
    ]
    texts = {name: [f"{own(name)}. {sentence}" for sentence in common] for name in "ab"}
    assert shared_passages(texts) == []


def test_fewer_than_thirteen_words_are_no_passage() -> None:
    words = letters("w", LEAST_WORDS)
    assert shared_passages({"a": [" ".join(words[:-1])], "b": [" ".join(words[:-1])]}) == []
    assert shared_passages({"a": [" ".join(words)], "b": [" ".join(words)]}) != []


def test_a_text_that_one_source_repeats_is_not_shared() -> None:
    assert shared_passages({"a": [PASSAGE, PASSAGE], "b": [own("b")]}) == []
    assert shared_passages({}) == []


@given(st.integers(LEAST_WORDS, 60), st.integers(0, 50), st.integers(0, 50), st.permutations(["a", "b", "c"]))
def test_a_passage_is_found_whole_wherever_it_stands(length: int, before: int, after: int, names: list[str]) -> None:
    passage = letters("p", length)
    first, second, third = names
    texts = {
        first: [" ".join([*letters("q", before), *passage])],
        second: [" ".join([*passage, *letters("r", after)])],
        third: [" ".join(letters("s", 40))],
    }
    (found,) = shared_passages(texts)
    assert {found.one, found.other} == {first, second}
    assert found.passages == (" ".join(passage),)
    assert 0 < found.share <= 1
