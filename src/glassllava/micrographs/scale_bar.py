"""The scale of a micrograph from the bar printed on it: metres per pixel, or nothing.

In: a panel's picture, what its caption says of the bar, a `TextReader`. Out: a `Scale` with its source.

A bar is a thin straight run of one light or dark tone with free ends; some are broken by their own words. Its
length is measured between the half-way levels of its ends. Its meaning comes from the words beside it or from
the caption, and is checked against a field width printed in the databar. Where sources disagree, or two bars
could be meant, there is no scale: better nothing than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from glassllava.micrographs.lengths import length_in_metres
from glassllava.micrographs.recognition import TextReader, Word

Pixels = npt.NDArray[np.uint8]

LEAST_LENGTH = 0.035
MOST_LENGTH = 0.75
"""Shortest and longest bar, as shares of the picture's width."""
MOST_THICKNESS = 0.035
"""Thickest bar, as a share of the picture's height."""
STRIP = 0.24
"""Share of the height, at the bottom, where words are read."""
CONTRAST = 45
PURE_CONTRAST = 24
"""Least difference, in grey levels, between a bar and what lies above and below it; less is asked of a bar of
pure white or black."""
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
class Bar:
    """A scale bar's line in a picture."""

    x0: float
    x1: float
    """Ends, in pixels, to a fraction of a pixel."""
    y0: int
    y1: int
    solid: bool
    """Whether it is one unbroken rectangle of pure tone."""

    @property
    def length(self) -> float:
        """Length in pixels."""
        return self.x1 - self.x0


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
        clear = _clearest(bars, picture.shape[0])
        if clear is None or not LEAST_PIXEL_M < stated_m / clear.length < GREATEST_PIXEL_M:
            return None
        return Scale(stated_m / clear.length, "scale bar, length from caption")
    if not found or any(abs(s.metres_per_pixel / found[0].metres_per_pixel - 1) > AGREEMENT for s in found):
        return None
    return found[0]


def find_bars(picture: Pixels) -> list[Bar]:
    """Find what may be scale bars, in no order: pure rectangles, and thin lines against their surroundings."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    thickest = max(5, round(MOST_THICKNESS * grey.shape[0]))
    around = np.ones((2 * thickest + 3, 1), np.uint8)
    lines = (
        cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, around) > CONTRAST,
        cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, around) > CONTRAST,
    )
    masks = [(grey >= 248, True, True), (grey >= 228, True, True), (grey <= 8, False, True), (grey <= 30, False, True)]
    masks += [(lines[0], True, False), (lines[1], False, False)]
    found: list[Bar] = []
    for mask, light, pure in masks:
        runs = _runs(grey, mask.astype(np.uint8), light, pure)
        joined = _joined_over_text(runs, mask.astype(np.uint8))
        for bar in joined:
            if not any(_same(bar, other) for other in found):
                found.append(bar)
    return [bar for bar in found if bar.length >= LEAST_LENGTH * grey.shape[1]]


def words_at_the_bottom(picture: Pixels, reader: TextReader) -> list[Word]:
    """Words of the lowest strip, read in two halves that overlap; words cut by a half's border are left out."""
    height, width = picture.shape[:2]
    top = int((1 - STRIP) * height)
    words: list[Word] = []
    for x0, x1 in ((0, round(0.62 * width)), (round(0.38 * width), width)):
        for word in reader.words(np.ascontiguousarray(picture[top:, x0:x1])):
            a, b, c, d = word.box
            if (a < 2 and x0 > 0) or (c > x1 - x0 - 2 and x1 < width):
                continue
            words.append(Word(word.text, (a + x0, b + top, c + x0, d + top), word.confidence))
    return words


def _same(first: Bar, second: Bar) -> bool:
    return abs(first.y0 - second.y0) <= 4 and abs(first.x0 - second.x0) <= 6 and abs(first.x1 - second.x1) <= 6


def _runs(grey: Pixels, mask: npt.NDArray[np.uint8], light: bool, pure: bool) -> list[Bar]:
    """Thin rectangles of a mask with free ends and free long sides."""
    height, width = grey.shape
    shortest = max(10, round(LEAST_LENGTH * width / 2))
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    contrast = PURE_CONTRAST if pure else CONTRAST
    bars = []
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        if w > MOST_LENGTH * width or h > max(5, MOST_THICKNESS * height) or w < 3.2 * h or area < 0.88 * w * h:
            continue
        beyond = [mask[y : y + h, max(0, x - 5) : max(0, x - 2)], mask[y : y + h, x + w + 2 : x + w + 5]]
        if any(side.size and side.mean() > 0.34 for side in beyond):
            continue
        if x <= 1 or x + w >= width - 1 or not _stands_out(grey, (x, y, w, h), light, contrast):
            continue
        x0, x1 = _precise_ends(grey, x, y, w, h)
        bars.append(Bar(x0, x1, y, y + h, pure and area > 0.9 * w * h))
    return bars


def _stands_out(grey: Pixels, place: tuple[int, int, int, int], light: bool, contrast: float) -> bool:
    """Whether what lies above and below is of another tone over most of the length."""
    x, y, w, h = place
    inside = float(np.median(grey[y : y + h, x + 1 : x + w - 1]))
    far = h + 2
    for rows in (grey[max(0, y - far - 1) : max(0, y - 2)], grey[y + h + 2 : y + h + far + 1]):
        if not rows.size:
            continue
        difference = inside - rows[:, x + 2 : x + w - 2].astype(float)
        if np.mean((difference if light else -difference) > contrast) < 0.7:
            return False
    return True


def _precise_ends(grey: Pixels, x: int, y: int, w: int, h: int) -> tuple[float, float]:
    """Where the grey level crosses half-way between the bar and what lies beyond its ends."""
    core = grey[y + h // 4 : max(y + h // 4 + 1, y + h - h // 4)].astype(float).mean(axis=0)
    inside = float(np.median(core[x + 1 : x + w - 1]))
    return _crossing(core[max(0, x - 6) : x + 4][::-1], inside, x + 4, -1), _crossing(
        core[x + w - 4 : x + w + 6], inside, x + w - 4, 1
    )


def _crossing(profile: npt.NDArray[np.float64], inside: float, start: int, step: int) -> float:
    """Position of the first half-way crossing along a profile that leads out of a bar."""
    outside = float(np.median(profile[-3:]))
    half = (inside + outside) / 2
    beyond = np.abs(profile - inside) > abs(half - inside)
    first = int(np.argmax(beyond)) if beyond.any() else len(profile)
    fraction = 0.0
    if 0 < first < len(profile) and profile[first] != profile[first - 1]:
        fraction = (half - profile[first - 1]) / (profile[first] - profile[first - 1]) - 0.5
    return float(start + step * (first + np.clip(fraction, -0.5, 0.5)))


def _joined_over_text(bars: list[Bar], mask: npt.NDArray[np.uint8]) -> list[Bar]:
    """Join the two halves of a bar that is broken by its own words; halves alone are no bars."""
    joined: list[Bar] = []
    halves: set[int] = set()
    for i, left in enumerate(bars):
        for j, right in enumerate(bars):
            gap = right.x0 - left.x1
            level = abs(left.y0 - right.y0) <= 1 and abs(left.y1 - right.y1) <= 1
            if i == j or not level or not 0 < gap < 1.5 * (left.length + right.length):
                continue
            if abs(left.length - right.length) > 0.25 * max(left.length, right.length):
                continue
            tall = max(6, round(gap / 5))
            between = mask[max(0, left.y0 - tall) : left.y1 + tall, round(left.x1) + 2 : round(right.x0) - 2]
            if between.size and 0.04 < between.mean() < 0.6:
                joined.append(Bar(left.x0, right.x1, left.y0, left.y1, False))
                halves |= {i, j}
    return joined + [bar for index, bar in enumerate(bars) if index not in halves]


def _lengths(words: Sequence[Word]) -> list[tuple[Word, float]]:
    found: list[tuple[Word, float]] = []
    for word in words:
        metres = length_in_metres(word.text) if word.confidence >= SURE else None
        if metres is not None and _is_round(metres):
            found.append((word, metres))
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
    words = []
    for word in reader.words(np.ascontiguousarray(picture[y0:y1, x0:x1])):
        a, b, c, d = word.box
        if (a >= 2 or x0 == 0) and (c <= x1 - x0 - 2 or x1 == width):
            words.append(Word(word.text, (a + x0, b + y0, c + x0, d + y0), word.confidence))
    return words


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


def _clearest(bars: Sequence[Bar], height: int) -> Bar | None:
    """Return the one pure rectangle near the upper or lower edge; None where several could be meant."""
    near_edge = [bar for bar in bars if bar.solid and not 0.2 * height < bar.y0 < 0.75 * height]
    thick = [bar for bar in near_edge if bar.y1 - bar.y0 >= 2]
    if not thick:
        return None
    longest = max(thick, key=lambda bar: bar.length)
    rivals = [
        bar
        for bar in thick
        if bar is not longest
        and bar.length > 0.4 * longest.length
        and bar.y1 - bar.y0 >= 0.5 * (longest.y1 - longest.y0)
        and not _same(bar, longest)
    ]
    return None if rivals else longest
