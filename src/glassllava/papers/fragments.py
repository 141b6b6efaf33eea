"""Characters of one page joined to fragments: second prints out, symbol fonts read, accents on their letters.

In: the characters of a page with place and style, in the order of the file, from `characters`. Out: fragments, which
are runs on one baseline without a gap wider than a word space, for `layout`.

Formulas are printed in no order: the stop and the sign of "0.15 < x" may come before the digits, in a run with holes
where these go. So a fragment keeps its words apart, and `layout` puts those of one line in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median_low
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from glassllava.papers import glyphs
from glassllava.papers.reading import Box

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SECOND_PRINT = 0.15
"""A character at most so far from one of its kind is printed over it, in units of the font size."""
LARGE_PRINT = 1.5
"""Characters larger than the page's median by this factor are held against each other one by one."""
THIN_SPACE = 0.08
"""A gap between a number and its unit is a space where it is wider than others by so much of the font size."""
HEIGHT_OF_ACCENTS = (-0.5, 0.6)
HEIGHT_OF_FORMULA_ACCENTS = (0.3, 0.85)
"""How far above the baseline of its letter that of an accent may stand, in units of the font size."""


class Word(NamedTuple):
    """Characters of a fragment that no space parts."""

    text: str
    x0: float
    x1: float
    space_before: bool
    """Whether the file prints a space in front, or a thin one stands there."""


class Fragment(NamedTuple):
    """Characters that one text object or several in a row print on one baseline."""

    words: tuple[Word, ...]
    """In the order of the file; at least one."""
    x0: float
    x1: float
    baseline: float
    """Distance of the baseline from the top of the page, in points."""
    size: float
    """Font size in points, as displayed."""
    bold: bool
    font: str
    letters: int
    """Number of characters, spaces apart."""


@dataclass(slots=True)
class TextStyle:
    """How one text object prints its characters."""

    size: float
    bold: bool
    font: str
    visible: bool
    invisible_ink: bool
    clip: Box
    horizontal: bool
    white: bool
    """Whether it is filled with white: seen only on a darker ground."""
    left: float
    """Where it begins, in points from the left of the page as displayed."""
    baseline: float
    """Height of its baseline there, in points from the top of the page."""
    slope: float
    """How much the baseline falls per point to the right."""


@dataclass(slots=True)
class Characters:
    """The N printed characters of a page, in the order of the file; points from the top left as displayed."""

    texts: list[str]
    """What each stands for: mostly one character, more for a ligature."""
    x0: Numbers
    x1: Numbers
    baseline: Numbers
    space_before: Mask
    """Whether the file prints a space in front."""
    style: npt.NDArray[np.int64]
    """Index into `styles`."""
    styles: list[TextStyle]

    @property
    def size(self) -> Numbers:
        """Font sizes, shape (N,), in points."""
        return np.array([style.size for style in self.styles])[self.style]

    def kept(self, mask: Mask) -> Characters:
        """Return those that `mask`, shape (N,), marks."""
        if mask.all():
            return self
        return Characters(
            [text for text, keep in zip(self.texts, mask.tolist(), strict=True) if keep],
            self.x0[mask],
            self.x1[mask],
            self.baseline[mask],
            self.space_before[mask],
            self.style[mask],
            self.styles,
        )


def join_characters(characters: Characters) -> list[Fragment]:
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
    if not characters.texts:
        return []
    characters = characters.kept(_first_prints(characters))
    _read_greek(characters)
    return _fragments(characters.kept(_with_accents(characters)))


def _first_prints(characters: Characters) -> Mask:
    """Mark all but those that another of the same kind covers: shadows, fake bold, text printed twice."""
    first = np.ones(len(characters.texts), dtype=bool)
    places: dict[tuple[str, int, int], tuple[float, float]] = {}
    size = characters.size
    for index in _crowded(characters).tolist():
        text, x, y = characters.texts[index], float(characters.x0[index]), float(characters.baseline[index])
        reach = max(SECOND_PRINT * float(size[index]), 0.1)
        column, row = int(x // reach), int(y // reach)
        near = (places.get((text, column + dx, row + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if any(spot is not None and abs(spot[0] - x) < reach and abs(spot[1] - y) < reach for spot in near):
            first[index] = False
        else:
            places[(text, column, row)] = (x, y)
    return first


def _crowded(characters: Characters) -> npt.NDArray[np.intp]:
    """Give the indices of those that may have one of their kind within reach; the others need not be looked at."""
    size = characters.size
    code = np.array([ord(text[0]) for text in characters.texts], dtype=np.float64)
    usual = float(np.median(size))
    cell = 2 * max(SECOND_PRINT * LARGE_PRINT * usual, 0.1)
    crowded = size > LARGE_PRINT * usual
    # Two that are half a cell apart share a cell of at least one of four grids, each shifted by half a cell.
    for across, down in ((0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.5, 0.5)):
        columns = np.floor(characters.x0 / cell + across) % 2**14
        rows = np.floor(characters.baseline / cell + down) % 2**14
        cells = code + 2.0**21 * columns + 2.0**35 * rows
        order = np.argsort(cells)
        equal = np.flatnonzero(cells[order[1:]] == cells[order[:-1]])
        crowded[order[equal]] = True
        crowded[order[equal + 1]] = True
    return np.flatnonzero(crowded)


def _read_greek(characters: Characters) -> None:
    """Turn the Latin letters of symbol fonts into the Greek ones that they print."""
    candidates = {style.font for style in characters.styles if glyphs.may_be_greek_font(style.font)}
    if not candidates:
        return
    fonts = [characters.styles[index].font for index in characters.style.tolist()]
    runs: dict[str, list[str]] = {font: [] for font in candidates}
    last = ""
    for text, font, space in zip(characters.texts, fonts, characters.space_before.tolist(), strict=True):
        if font in candidates:
            if last == font and not space:
                runs[font][-1] += text
            else:
                runs[font].append(text)
        last = font
    symbols = {font for font in candidates if glyphs.prints_greek(runs[font])}
    characters.texts = [
        glyphs.greek(text) if font in symbols else text for text, font in zip(characters.texts, fonts, strict=True)
    ]


def _with_accents(characters: Characters) -> Mask:
    """Join accents that the file prints as characters of their own to the letters under them; mark what remains."""
    remains = np.ones(len(characters.texts), dtype=bool)
    marks = [index for index, text in enumerate(characters.texts) if text in glyphs.ACCENTS]
    for mark in marks:
        if not glyphs.is_accent_of_formulas(characters.texts[mark]):
            before = mark - 1
            while before >= 0 and not remains[before]:
                before -= 1
            letters = [index for index in (before, mark + 1) if 0 <= index < len(remains)]
        else:
            letters = []
        if any(_is_joined(characters, mark, letter) for letter in letters) or _is_joined_far(characters, mark):
            remains[mark] = False
    return remains


def _is_joined(characters: Characters, mark: int, letter: int) -> bool:
    """Put an accent on a letter that the file prints next to it, where it stands over this."""
    whole = glyphs.with_accent(characters.texts[letter], characters.texts[mark])
    near = abs(characters.baseline[mark] - characters.baseline[letter]) < 0.5 * characters.size[letter]
    if whole is None or not near or not _stand_over(characters, mark)[letter]:
        return False
    characters.texts[letter] = whole
    if letter > mark:
        characters.space_before[letter] |= characters.space_before[mark]
    return True


def _is_joined_far(characters: Characters, mark: int) -> bool:
    """Put an accent on a letter that the file prints elsewhere: in formulas this stands on a lower line."""
    accent, size = characters.texts[mark], characters.size[mark]
    drop = (characters.baseline - characters.baseline[mark]) / size
    of_formulas = glyphs.is_accent_of_formulas(accent)
    highest, lowest = HEIGHT_OF_FORMULA_ACCENTS if of_formulas else HEIGHT_OF_ACCENTS
    if of_formulas:
        white = np.maximum(characters.x0, characters.x0[mark]) - np.minimum(characters.x1, characters.x1[mark])
        if np.count_nonzero((np.abs(drop) < 0.12) & (white < 0.5 * size)) > 1:
            return False
    under = np.flatnonzero((drop > highest) & (drop < lowest) & _stand_over(characters, mark)).tolist()
    letters = [index for index in under if index != mark and characters.texts[index].isalpha()]
    if len(letters) != 1:
        return False
    characters.texts[letters[0]] = glyphs.accented(characters.texts[letters[0]], accent)
    return True


def _stand_over(characters: Characters, mark: int) -> Mask:
    """Mark the characters that share more than half of the narrower width with one."""
    common = np.minimum(characters.x1, characters.x1[mark]) - np.maximum(characters.x0, characters.x0[mark])
    width = characters.x1 - characters.x0
    return np.asarray(common > 0.5 * np.minimum(width, width[mark]))


def _fragments(characters: Characters) -> list[Fragment]:
    x0, x1, size = characters.x0, characters.x1, characters.size
    bold = np.array([style.bold for style in characters.styles])[characters.style]
    space = characters.space_before[1:]
    large = np.maximum(size[1:], size[:-1])
    gap = x0[1:] - x1[:-1]
    continues = (
        (np.abs(np.diff(characters.baseline)) <= 0.04 * large)
        & (bold[1:] == bold[:-1])
        & (np.abs(np.diff(size)) <= 0.12 * large)
        & (gap > -0.6 * large)
        & (gap < np.where(space, 0.9, 0.5) * large)
    )
    apart = (space & (gap > 0.05 * large)) | (gap > 0.2 * large)
    begins_fragment = np.concatenate([[True], ~continues])
    fragment_starts = np.flatnonzero(begins_fragment)
    spaced = characters.space_before.copy()
    spaced[_thin_spaces(characters.texts, fragment_starts, gap, ~continues | apart, size)] = True
    begins_word = begins_fragment | np.concatenate([[False], apart]) | (spaced & ~characters.space_before)
    starts = np.flatnonzero(begins_word)
    words = [
        Word("".join(characters.texts[start:end]), left, right, space_before)
        for start, end, left, right, space_before in zip(
            starts.tolist(),
            [*starts[1:].tolist(), len(size)],
            np.minimum.reduceat(x0, starts).tolist(),
            np.maximum.reduceat(x1, starts).tolist(),
            spaced[starts].tolist(),
            strict=True,
        )
    ]
    first_words = np.searchsorted(starts, fragment_starts).tolist()
    ends = [*fragment_starts[1:].tolist(), len(size)]
    fragments = []
    for start, end, first, last in zip(
        fragment_starts.tolist(), ends, first_words, [*first_words[1:], len(words)], strict=True
    ):
        members = words[first:last]
        style = characters.styles[characters.style[start]]
        fragments.append(
            Fragment(
                words=tuple(members),
                x0=min([word.x0 for word in members]),
                x1=max([word.x1 for word in members]),
                baseline=float(characters.baseline[start]),
                size=float(np.sort(size[start:end])[(end - start) // 2]),
                bold=style.bold,
                font=style.font,
                letters=sum([len(word.text) for word in members]),
            )
        )
    return fragments


def _thin_spaces(
    texts: list[str], fragment_starts: npt.NDArray[np.intp], gap: Numbers, parted: Mask, size: Numbers
) -> list[int]:
    """Where a number's unit begins behind a space so thin that it would pass for tracking, as in "10 mm".

    `gap` and `parted`, shape (N - 1,), say how far each character stands behind the one before it, and where a wider
    space or another fragment begins.
    """
    found = []
    for before in np.flatnonzero(~parted & (gap > THIN_SPACE * size[1:])).tolist():
        if not (texts[before][-1].isdigit() and glyphs.begins_unit(texts[before + 1])):
            continue
        place = int(np.searchsorted(fragment_starts, before, side="right"))
        start = int(fragment_starts[place - 1])
        end = int(fragment_starts[place]) if place < len(fragment_starts) else len(texts)
        usual = median_low(gap[start : end - 1][~parted[start : end - 1]].tolist())
        if gap[before] - usual > THIN_SPACE * size[before + 1]:
            found.append(before + 1)
    return found
