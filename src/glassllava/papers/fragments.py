"""Characters of one page joined to fragments: second prints out, symbol fonts read, accents on their letters.

In: single characters with place and style, in the order of the file, from `characters`. Out: fragments, which
are runs on one baseline without a gap wider than a word space, for `layout`.
"""

from __future__ import annotations

from dataclasses import dataclass

from glassllava.papers import glyphs
from glassllava.papers.reading import Box


@dataclass(frozen=True, slots=True)
class Fragment:
    """Characters that one text object or several in a row print on one baseline."""

    text: str
    x0: float
    x1: float
    baseline: float
    """Distance of the baseline from the top of the page, in points."""
    size: float
    """Font size in points, as displayed."""
    bold: bool
    font: str = ""
    space_before: bool = False
    """Whether the file prints a space in front."""


@dataclass(slots=True)
class TextStyle:
    """How one text object prints its characters."""

    size: float
    bold: bool
    font: str
    visible: bool
    invisible_ink: bool
    clip: Box | None
    horizontal: bool


@dataclass(slots=True)
class Character:
    """One printed character; coordinates in points from the top left of the page as displayed."""

    text: str
    x0: float
    x1: float
    baseline: float
    style: TextStyle
    space_before: bool


def join_characters(characters: list[Character]) -> list[Fragment]:
    """Join characters to fragments.

    Parameters
    ----------
    characters
        In the order in which the file prints them.

    Returns
    -------
    list of Fragment
        In the same order; ink that covers equal ink is left out.
    """
    fragments: list[Fragment] = []
    run: list[Character] = []
    for character in _with_accents(_with_greek(_without_second_prints(characters))):
        if run and not _continues(run[-1], character):
            fragments.append(_fragment(run))
            run = []
        run.append(character)
    if run:
        fragments.append(_fragment(run))
    return fragments


def _without_second_prints(characters: list[Character]) -> list[Character]:
    """Drop a character that another of the same kind covers: shadows, fake bold, text printed twice."""
    kept: list[Character] = []
    places: dict[tuple[str, int, int], tuple[float, float]] = {}
    for character in characters:
        reach = max(0.15 * character.style.size, 0.1)
        column, row = int(character.x0 // reach), int(character.baseline // reach)
        near = (places.get((character.text, column + dx, row + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if any(
            spot is not None and abs(spot[0] - character.x0) < reach and abs(spot[1] - character.baseline) < reach
            for spot in near
        ):
            continue
        places[(character.text, column, row)] = (character.x0, character.baseline)
        kept.append(character)
    return kept


def _with_greek(characters: list[Character]) -> list[Character]:
    """Turn the Latin letters of symbol fonts into the Greek ones that they print."""
    runs: dict[str, list[str]] = {}
    last: Character | None = None
    for character in characters:
        font = character.style.font
        own = runs.setdefault(font, [])
        if own and last is not None and last.style.font == font and not character.space_before:
            own[-1] += character.text
        else:
            own.append(character.text)
        last = character
    symbols = {font for font, own in runs.items() if glyphs.is_greek_font(font, own)}
    for character in characters:
        if character.style.font in symbols:
            character.text = glyphs.greek(character.text)
    return characters


def _with_accents(characters: list[Character]) -> list[Character]:
    """Join an accent that the file prints as a character of its own to the letter under it."""
    joined: list[Character] = []
    waiting: Character | None = None
    for character in characters:
        if waiting is not None:
            whole = glyphs.with_accent(character.text, waiting.text) if _overlap(waiting, character) else None
            if whole is None:
                joined.append(waiting)
            else:
                character.text, character.space_before = whole, character.space_before or waiting.space_before
            waiting = None
        if glyphs.is_accent(character.text):
            whole = glyphs.with_accent(joined[-1].text, character.text) if joined else None
            if whole is not None and _overlap(character, joined[-1]):
                joined[-1].text = whole
            else:
                waiting = character
            continue
        joined.append(character)
    return joined if waiting is None else [*joined, waiting]


def _overlap(accent: Character, letter: Character) -> bool:
    common = min(accent.x1, letter.x1) - max(accent.x0, letter.x0)
    near = abs(accent.baseline - letter.baseline) < 0.5 * letter.style.size
    return near and common > 0.5 * min(accent.x1 - accent.x0, letter.x1 - letter.x0)


def _continues(before: Character, after: Character) -> bool:
    size = max(before.style.size, after.style.size)
    if abs(before.baseline - after.baseline) > 0.04 * size or before.style.bold != after.style.bold:
        return False
    if abs(before.style.size - after.style.size) > 0.12 * size:
        return False
    gap = after.x0 - before.x1
    return -0.6 * size < gap < (0.9 * size if after.space_before else 0.5 * size)


def _fragment(run: list[Character]) -> Fragment:
    pieces: list[str] = []
    for index, character in enumerate(run):
        if index and _is_apart(run[index - 1], character):
            pieces.append(" ")
        pieces.append(character.text)
    sizes = sorted(character.style.size for character in run)
    return Fragment(
        text="".join(pieces),
        x0=min(character.x0 for character in run),
        x1=max(character.x1 for character in run),
        baseline=run[0].baseline,
        size=sizes[len(sizes) // 2],
        bold=run[0].style.bold,
        font=run[0].style.font,
        space_before=run[0].space_before,
    )


def _is_apart(before: Character, after: Character) -> bool:
    gap = after.x0 - before.x1
    size = max(before.style.size, after.style.size)
    return (after.space_before and gap > 0.05 * size) or gap > 0.2 * size
