"""Words that line ends broke."""

from __future__ import annotations

import pytest

from glassllava.text.hyphenation import join_lines, word_counts

KNOWN = word_counts(
    ["an inhomogeneous glass at high-temperature anneal", "self-heating and a micrograph", "the electrolyte"]
)


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["dried at the critical-", "point of CO2"], "dried at the critical-point of CO2"),
        (["in phosphate-", "buffer saline"], "in phosphate-buffer saline"),
        (["a porous net-", "work"], "a porous network"),
        (["micro-", "porous glass"], "microporous glass"),
        (["after their crystalliza-", "tion and magnifica-", "tion"], "after their crystallization and magnification"),
    ],
)
def test_two_words_of_the_paper_keep_their_hyphen(lines: list[str], joined: str) -> None:
    paper = [
        "a critical value and one point",
        "each phosphate and buffer",
        "porous glass networks",
        "net work of micro",
    ]
    assert join_lines(lines, word_counts([*paper, *lines])) == joined


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["inhomo-", "geneous glass"], "inhomogeneous glass"),
        (["a high-", "temperature test"], "a high-temperature test"),
        (["the SEM-", "BSE image"], "the SEM-BSE image"),
        (["of β-", "Ti grains"], "of β-Ti grains"),
        (["between 20–", "30 nm"], "between 20–30 nm"),
        (["electro-", "lyte"], "electrolyte"),
        (["low- and high-", "speed cracks"], "low- and high-speed cracks"),
        (["micro-", "graphs were taken"], "micrographs were taken"),
        (["plain", "words"], "plain words"),
        (["first-", "and second-order"], "first- and second-order"),
        (["the electron-", "deficient ring"], "the electron-deficient ring"),
        (["from this stand-", "point"], "from this standpoint"),
        ([], ""),
    ],
)
def test_the_paper_is_its_own_dictionary(lines: list[str], joined: str) -> None:
    assert join_lines(lines, KNOWN) == joined
