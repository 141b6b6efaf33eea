"""The scale of a micrograph from the bar printed on it: metres per pixel, or nothing.

In: a panel's picture, the lines that `bars` finds on it, what its caption says, a `TextReader`. Out: a `Scale`
with its source.

A bar's meaning comes from the words beside it or from the caption, and is checked against a field width printed
in the databar. Where sources disagree, or two bars could be meant, there is no scale: better nothing than a
wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from glassllava.micrographs.bars import PURE_CONTRAST, Bar, Pixels, find_bars, is_same
from glassllava.micrographs.lengths import length_in_metres, lengths_of_bars
from glassllava.micrographs.recognition import TextReader, Word

STRIP = 0.24
"""Share of the height, at the bottom, where words are read."""
LEAST_LENGTH_ALONE = 0.06
"""Shortest bar that is taken for one where no words stand beside it, as a share of the width."""
AGREEMENT = 0.06
"""Relative difference up to which two sources of a scale agree."""
SURE = 0.75
"""Least confidence of a word that gives a length."""

LEAST_PIXEL_M, GREATEST_PIXEL_M = 1e-11, 3e-5
"""Sizes of a pixel that an electron microscope can give, in metres."""
ROUND_LENGTHS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)
"""Leading digits of the lengths that scale bars have; a working distance of 10.6 mm is none."""

_FIELD_WIDTH = re.compile(r"(?<![\d.])(\d{1,4}(?:[.,]\d{1,2})?)\s?([uµμ]m|nm|mm)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of a picture's pixels."""

    metres_per_pixel: float
    source: str
    """"scale bar", "scale bar, length from caption" or "field width in databar"."""


def find_scale(
    picture: Pixels, stated_m: float | None, reader: TextReader | None, words: Sequence[Word] | None = None
) -> Scale | None:
    """Measure a picture's scale.

    Parameters
    ----------
    picture
        RGB, shape (H, W, 3).
    stated_m
        The bar's length in metres as the caption states it, or None.
    reader
        Reads the words on the picture; without one only a stated length can be used.
    words
        What `words_at_the_bottom` gave, where it was called before.

    Returns
    -------
    Scale or None
        None where no bar is found, its length is not known, or sources disagree.
    """
    bars = find_bars(picture)
    if words is None:
        words = words_at_the_bottom(picture, reader) if reader is not None else []
    if reader is not None and bars and not _lengths(words):
        words = [*words, *_words_beside(picture, _likeliest(bars, picture.shape[0]), reader)]
    found: list[Scale] = []
    for word, metres in _lengths(words):
        bar = _bar_of(word, bars)
        if bar is None or not LEAST_PIXEL_M < metres / bar.length < GREATEST_PIXEL_M:
            continue
        if stated_m is not None and abs(metres / stated_m - 1) > AGREEMENT:
            return None
        found.append(Scale(metres / bar.length, "scale bar"))
    field = _field_width(words)
    if field is not None:
        found.append(Scale(field / picture.shape[1], "field width in databar"))
    if not found and stated_m is not None:
        clear = _clearest(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), bars)
        if clear is None or not LEAST_PIXEL_M < stated_m / clear.length < GREATEST_PIXEL_M:
            return None
        return Scale(stated_m / clear.length, "scale bar, length from caption")
    if not found or any(abs(s.metres_per_pixel / found[0].metres_per_pixel - 1) > AGREEMENT for s in found):
        return None
    return found[0]


def words_at_the_bottom(picture: Pixels, reader: TextReader) -> list[Word]:
    """Words of the lowest strip, read in two halves that overlap."""
    height, width = picture.shape[:2]
    top = int((1 - STRIP) * height)
    halves = ((0, round(0.62 * width)), (round(0.38 * width), width))
    return [word for x0, x1 in halves for word in _words_in(picture, (x0, top, x1, height), reader)]


def _words_in(picture: Pixels, window: tuple[int, int, int, int], reader: TextReader) -> list[Word]:
    """Words in a window of the picture, in the picture's pixels, without what the window's sides cut through.

    OCR often gives a databar's whole line as one run; then only the word at the side is lost.
    """
    x0, y0, x1, y1 = window
    words = []
    for word in reader.words(np.ascontiguousarray(picture[y0:y1, x0:x1])):
        a, b, c, d = word.box
        start, end = 0, len(word.text)
        if a < 2 and x0 > 0:
            start = word.text.find(" ") + 1 or end
        if c > x1 - x0 - 2 and x1 < picture.shape[1]:
            end = max(word.text.rfind(" "), 0)
        if start < end:
            words.append(_part(Word(word.text, (a + x0, b + y0, c + x0, d + y0), word.confidence), start, end))
    return words


def _part(word: Word, start: int, end: int) -> Word:
    """Letters `start` to `end` of a run of text; all letters are taken to be equally wide."""
    x0, y0, x1, y1 = word.box
    wide = (x1 - x0) / max(len(word.text), 1)
    right = x1 if end == len(word.text) else x0 + end * wide
    return Word(word.text[start:end], (x0 + start * wide, y0, right, y1), word.confidence)


def _lengths(words: Sequence[Word]) -> list[tuple[Word, float]]:
    """Lengths that a bar may have, each with the part of the text that states it."""
    found: list[tuple[Word, float]] = []
    for word in words:
        round_ones = [length for length in lengths_of_bars(word.text) if _is_round(length[2])]
        if word.confidence >= SURE and len({metres for _, _, metres in round_ones}) == 1:
            start, end, metres = round_ones[0]
            found.append((_part(word, start, end), metres))
    return found


def _is_round(metres: float) -> bool:
    leading = metres / 10 ** np.floor(np.log10(metres) + 1e-9)
    return any(abs(leading - digits) < 1e-6 for digits in ROUND_LENGTHS)


def _likeliest(bars: Sequence[Bar], height: int) -> Bar:
    """Return the bar that stands lowest among the longer ones."""
    longest = max(bar.length for bar in bars)
    return max((bar for bar in bars if bar.length > 0.4 * longest), key=lambda bar: (bar.solid, bar.y0 / height))


def _words_beside(picture: Pixels, bar: Bar, reader: TextReader) -> list[Word]:
    """Words in a window around a bar, enlarged more than the whole strip is."""
    height, width = picture.shape[:2]
    reach_y = max(0.1 * height, 4.0 * (bar.y1 - bar.y0), 24.0)
    reach_x = max(0.6 * bar.length, 0.1 * width)
    x0, y0 = max(0, int(bar.x0 - reach_x)), max(0, int(bar.y0 - reach_y))
    x1, y1 = min(width, int(bar.x1 + reach_x)), min(height, int(bar.y1 + reach_y))
    return _words_in(picture, (x0, y0, x1, y1), reader)


def _bar_of(word: Word, bars: Sequence[Bar]) -> Bar | None:
    """Return the bar that a word stands by; None where two of different length fit as well."""
    x0, y0, x1, y1 = word.box
    tall = y1 - y0
    fitting: list[tuple[float, Bar]] = []
    for bar in bars:
        shared = min(x1, bar.x1) - max(x0, bar.x0)
        apart = max(bar.y0 - y1, y0 - bar.y1, 0.0)
        beside = max(bar.x0 - x1, x0 - bar.x1)
        if shared > 0.5 * min(x1 - x0, bar.length) and apart < 1.6 * tall and bar.length > 0.5 * tall:
            centre = abs((x0 + x1) / 2 - (bar.x0 + bar.x1) / 2) / max(bar.length, x1 - x0)
            inside = (
                0.2 if bar.y0 > y0 + 0.25 * tall and bar.y1 < y1 - 0.25 * tall and bar.length < 1.2 * (x1 - x0) else 0.0
            )
            fitting.append((apart / tall + centre + 5 * inside, bar))
        elif 0 <= beside < 1.5 * tall and y0 - 0.3 * tall < (bar.y0 + bar.y1) / 2 < y1 + 0.3 * tall:
            fitting.append((0.8 + beside / tall, bar))
    # Where an unbroken bar as long as the word fits, a short line in the picture's texture is no rival to it.
    if any(bar.solid and bar.length >= 0.8 * (x1 - x0) for _, bar in fitting):
        fitting = [(cost, bar) for cost, bar in fitting if bar.solid or bar.length >= 0.5 * (x1 - x0)]
    if not fitting:
        return None
    fitting.sort(key=lambda pair: pair[0])
    best_cost, best = fitting[0]
    rivals = [bar for cost, bar in fitting[1:] if cost < best_cost + 0.25]
    return None if any(abs(bar.length / best.length - 1) > AGREEMENT for bar in rivals) else best


def _field_width(words: Sequence[Word]) -> float | None:
    """Return the horizontal field width that a databar prints below, or right after, the letters HFW."""
    for title in words:
        at = title.text.upper().find("HFW")
        if at < 0:
            continue
        x0, y0, x1, y1 = title.box
        share = (x1 - x0) / max(len(title.text), 1)
        left, right = x0 + at * share, x0 + (at + 3) * share
        after = _FIELD_WIDTH.search(title.text[at:])
        if after:
            return length_in_metres(after.group(0))
        for word in words:
            a, b, c, _ = word.box
            if word is title or not 0 < b - y0 < 2.2 * (y1 - y0):
                continue
            per_letter = (c - a) / max(len(word.text), 1)
            for match in _FIELD_WIDTH.finditer(word.text):
                begin, end = a + match.start() * per_letter, a + match.end() * per_letter
                if min(end, right) - max(begin, left) > 0.3 * (right - left):
                    return length_in_metres(match.group(0))
    return None


def _clearest(grey: Pixels, bars: Sequence[Bar]) -> Bar | None:
    """Return the one bar that needs no words beside it to be known as one; None where several could be meant.

    It is pure, even, longer than letters are wide, and near the upper or lower edge.
    """
    height, width = grey.shape
    pure = [bar for bar in bars if bar.solid and bar.y1 - bar.y0 >= 2]
    likely = [
        bar
        for bar in pure
        if not 0.2 * height < bar.y0 < 0.75 * height
        and bar.length >= LEAST_LENGTH_ALONE * width
        and (bar.length >= 8 * (bar.y1 - bar.y0) or _is_isolated(grey, bar))
    ]
    if not likely:
        return None
    longest = max(likely, key=lambda bar: bar.length)
    rivals = [
        bar
        for bar in pure
        if bar is not longest
        and bar.length > 0.4 * longest.length
        and bar.y1 - bar.y0 >= 0.5 * (longest.y1 - longest.y0)
        and not is_same(bar, longest)
    ]
    return None if rivals else longest


def _is_isolated(grey: Pixels, bar: Bar) -> bool:
    """Whether nothing of its tone touches its long sides, as the strokes of a letter touch each other."""
    left, right = round(bar.x0), round(bar.x1)
    tone = float(np.median(grey[bar.y0 : bar.y1, left + 2 : right - 2]))
    beside = np.concatenate([grey[max(0, bar.y0 - 4) : max(0, bar.y0 - 2)], grey[bar.y1 + 2 : bar.y1 + 4]])
    return float(np.mean(np.abs(beside[:, left:right] - tone) < PURE_CONTRAST)) < 0.05
