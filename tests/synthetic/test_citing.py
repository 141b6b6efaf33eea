"""Citations and letters of captions: written as journals write them, and read back as they are meant."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from glassllava.papers.captions import split_caption
from glassllava.papers.mentions import find_mentions
from glassllava.papers.reading import Caption, Paragraph
from glassllava.synthetic.citing import MANNERS, Cited, Manner, cited

CAPTIONS = [
    Caption(number, False, 1, (0.0, 0.0, 1.0, 1.0), "Fig.", dict.fromkeys("abcdef", "Glass.")) for number in "123"
]
LETTERS = ("", "a", "b", "ab", "ac", "abc", "bcd", "abd", "abcdef", "acdf")
ONE = [Cited("2", tuple(labels)) for labels in LETTERS]
TWO = [[Cited("2", tuple(one)), Cited("3", tuple(other))] for one, other in product(LETTERS, LETTERS)]
WITH_SUPPLEMENT = [
    [Cited("2", tuple(one)), Cited("4", tuple(other), supplementary=True)]
    for one, other in product(LETTERS, ("", "b", "ab", "abc"))
]


@pytest.mark.parametrize(
    ("manner", "figures", "citation"),
    [
        (MANNERS[0], [Cited("2", ("a",))], "Fig. 2a"),
        (MANNERS[0], [Cited("2", ("a", "b"))], "Figs. 2a and b"),
        (MANNERS[0], [Cited("2", ("a", "b", "c"))], "Figs. 2a–c"),
        (MANNERS[0], [Cited("2", ("a", "b", "d"))], "Figs. 2a, b and d"),
        (MANNERS[1], [Cited("2", ("a", "c"))], "Figs 2(a) and (c)"),
        (MANNERS[3], [Cited("2", ("b", "c"))], "Figures 2B,C"),
        (MANNERS[5], [Cited("2", ("b", "c", "d"))], "Figure 2b-d"),
        (MANNERS[6], [Cited("2", ("a", "b", "c"))], "Figs. 2(a) to (c)"),
        (MANNERS[7], [Cited("2", ("a", "b", "c"))], "Figs. 2a~c"),
        (MANNERS[0], [Cited("2")], "Fig. 2"),
        (MANNERS[0], [Cited("2", ("a",)), Cited("3", ("b",))], "Figs. 2a and 3b"),
        (MANNERS[2], [Cited("2"), Cited("3")], "Figures 2 and 3"),
        (MANNERS[4], [Cited("1", ("a",)), Cited("2", ("c",))], "Fig. 1A, 2C"),
        (MANNERS[0], [Cited("2", ("a", "b")), Cited("3", ("b",))], "Figs. 2a,b and 3b"),
        (MANNERS[4], [Cited("1", ("b",), supplementary=True)], "Fig. S1B"),
        (MANNERS[2], [Cited("2", supplementary=True)], "Figure S2"),
        (MANNERS[1], [Cited("3", supplementary=True)], "Supplementary Fig. 3"),
        (MANNERS[1], [Cited("2", ("a",)), Cited("3", ("b",), True)], "Fig. 2(a) and Supplementary Fig. 3(b)"),
    ],
)  # fmt: skip
def test_citations_are_written_as_journals_write_them(manner: Manner, figures: list[Cited], citation: str) -> None:
    assert manner.cite(*figures) == citation


@pytest.mark.parametrize("manner", MANNERS)
def test_every_citation_is_read_back_with_all_that_it_cites(manner: Manner) -> None:
    rng = np.random.default_rng(0)
    for figures in [[one] for one in ONE] + TWO + WITH_SUPPLEMENT:
        text = cited(rng, "Two phases are seen in these samples.", manner.cite(*figures))
        mentions = find_mentions([Paragraph(1, "Results", "body", text)], CAPTIONS)
        read = [(mention.figure, mention.panels, mention.supplementary) for mention in mentions]
        assert read == [(manner.name(one), one.labels, one.supplementary) for one in figures], text


@pytest.mark.parametrize("manner", MANNERS)
def test_the_letters_of_a_caption_are_read_back_with_their_texts(manner: Manner) -> None:
    said = {"a": "glass polished for 5 min", "b": "glass polished for 20 min", "c": "TEM image of the glass"}
    parts = split_caption(f"Fig. 2. SEM images {manner.parts(list(said.items()))}.")
    assert set(parts) == set(said)
    for label, text in said.items():
        others = [other for letter, other in said.items() if letter != label]
        assert text in parts[label] and not any(other in parts[label] for other in others)


def test_one_pair_of_brackets_can_hold_all_parts_of_a_caption_and_a_range_of_letters() -> None:
    text = MANNERS[7].parts([("abc", "glass annealed for different times"), ("d", "TEM image of the glass")])
    assert text == "(a~c: glass annealed for different times; d: TEM image of the glass)"
    parts = split_caption(f"Fig. 2. SEM images {text}.")
    assert list(parts) == ["a", "b", "c", "d"]
    assert "different times" in parts["b"] and "TEM" not in parts["b"] and "different" not in parts["d"]
