"""The scale of a micrograph from the bar printed on it: metres per pixel, or nothing.

In: a panel's picture, the lines that `bars` finds on it, the lengths that `bar_words` reads beside them, what its
caption says. Out: a `Scale` with its source.

A bar's meaning comes from the words beside it or from the caption, and is checked against the field width and the
magnification printed in the databar. Where sources disagree, or two bars could be meant, there is no scale: better
nothing than a wrong one. A caption's mm or cm is not believed alone, for bad fonts have "mm" for "µm": only where the
magnification that is printed in the picture agrees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from glassllava.micrographs.bar_words import MOST_PER_PIXEL_M, SURE, LengthsAtBars, words_at_the_bottom, words_beside
from glassllava.micrographs.bars import Bar, Pixels, find_bars, is_isolated, is_same
from glassllava.micrographs.databar import find_databar
from glassllava.micrographs.lengths import length_in_metres
from glassllava.micrographs.recognition import TextReader, Word

LEAST_LENGTH_ALONE = 0.06
"""Shortest bar that is taken for one where no words stand beside it, as a share of the width."""
AGREEMENT = 0.06
"""Relative difference up to which two sources of a scale agree."""
LEAST_PIXEL_M = 1e-11
"""Least size of a pixel that an electron microscope can give, in metres."""
MILLIMETRES = 1000.0
"""How much longer a caption makes a bar whose font has "mm" for "µm"."""

LEAST_PRINT_M, GREATEST_PRINT_M = 0.03, 1.0
"""Widths of a print or a display for which microscopes state magnifications, in metres, with room for a cropped field:
0.114 to 0.13 for a Polaroid, 0.2 to 0.55 for a display. A length that was read ten times too long or too short, as by a
lost zero, mostly falls outside."""

_MAGNIFICATION = re.compile(
    r"(?<![\w.,])(?:[x×]\s?(\d{1,3}(?:[,. ]?\d{3})*|\d+(?:[.,]\d+)?)\s?(k)?(?![\w.,])"
    r"|(\d{1,3}(?:[, ]\d{3})+|\d+(?:[.,]\d+)?)\s?(k)?\s?[x×](?![\w.,]))",
    re.IGNORECASE,
)
_FIELD_WIDTH = re.compile(r"(?<![\d.])(\d{1,4}(?:[.,]\d{1,2})?)\s?([uµμ]m|nm|mm)", re.IGNORECASE)
_FIELD_TITLE = re.compile(
    r"HFW|\bH?FO[VW]\b|\bView\s?field|\bField\sof\sview|\b(?:Horiz\w*\.?\s)?Field\s?width|\bFW\b",
    re.IGNORECASE,
)
"""What instruments call the width of the field: FEI, Phenom, TESCAN. A mere "Width" may be that of a thing."""
_FOLLOWS = re.compile(r"\W{0,4}$")


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of a picture's pixels."""

    metres_per_pixel: float
    source: str
    """"scale bar", "scale bar, length from caption" or "field width in databar"."""


def find_scale(
    picture: Pixels,
    stated_m: float | None,
    reader: TextReader | None,
    words: Sequence[Word] | None = None,
    in_millimetres: bool = False,
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
    in_millimetres
        Whether the caption states the length in mm or cm.

    Returns
    -------
    Scale or None
        None where no bar is found, its length is not known or not sure, or sources disagree.
    """
    if reader is None and stated_m is None:
        return None
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    bars = find_bars(picture)
    printed: list[tuple[Bar, float]] = []
    field: float | None = None
    if reader is not None:
        words = words_at_the_bottom(picture, reader) if words is None else words
        at_bars = LengthsAtBars(picture, bars, reader)
        at_bars.add(words)
        printed = _printed_lengths(at_bars)
        field = _field_width(words)
    if stated_m is not None and not _is_as_stated([metres for _, metres in printed], stated_m, in_millimetres):
        return None
    found = [Scale(metres / bar.length, "scale bar") for bar, metres in printed]
    if field is not None:
        found.append(Scale(field / picture.shape[1], "field width in databar"))
    is_doubtful = in_millimetres and not found
    if stated_m is not None and not printed and (is_doubtful or not in_millimetres):
        clear = _clearest(grey, bars)
        if clear is not None and _is_possible(stated_m / clear.length):
            found.append(Scale(stated_m / clear.length, "scale bar, length from caption"))
    if not found or any(abs(s.metres_per_pixel / found[0].metres_per_pixel - 1) > AGREEMENT for s in found):
        return None
    magnification = _magnification(words or ())
    if magnification is None:
        return None if is_doubtful else found[0]
    printed_m = found[0].metres_per_pixel * picture.shape[1] * magnification
    return found[0] if LEAST_PRINT_M <= printed_m <= GREATEST_PRINT_M else None


def _is_as_stated(printed: Sequence[float], stated_m: float, in_millimetres: bool) -> bool:
    """Whether printed lengths are what the caption states, or a thousandth of it where that is in mm."""
    misread = MILLIMETRES if in_millimetres else 1.0
    return any(all(abs(metres * factor / stated_m - 1) <= AGREEMENT for metres in printed) for factor in (1.0, misread))


def _printed_lengths(at_bars: LengthsAtBars) -> list[tuple[Bar, float]]:
    """Bars with the lengths printed by them: as the strip at the bottom was read, or else read anew at the bars."""
    found = _possible(at_bars.lengths())
    for bar in _likeliest(at_bars.bars, at_bars.picture.shape[0]):
        if found:
            break
        at_bars.add(words_beside(at_bars.picture, bar, at_bars.reader))
        found = _possible(at_bars.lengths())
        if not found and (metres := at_bars.read_anew(bar)) is not None:
            found = _possible([(bar, metres)])
    if not found and (databar := find_databar(at_bars.picture)) is not None:
        found = _possible(at_bars.alone_in((databar[1], databar[3])))
    return found


def _possible(lengths: Sequence[tuple[Bar, float]]) -> list[tuple[Bar, float]]:
    return [(bar, metres) for bar, metres in lengths if _is_possible(metres / bar.length)]


def _is_possible(pixel_m: float) -> bool:
    return LEAST_PIXEL_M < pixel_m < MOST_PER_PIXEL_M


def _likeliest(bars: Sequence[Bar], height: int) -> list[Bar]:
    """Return up to two bars beside which words are looked for again: broken and solid ones, the lowest first."""
    longest = max((bar.length for bar in bars), default=0.0)
    likely = [bar for bar in bars if bar.length > 0.4 * longest]
    return sorted(likely, key=lambda bar: (bar.gap is not None, bar.solid, bar.y0 / height), reverse=True)[:2]


def _field_width(words: Sequence[Word]) -> float | None:
    """Return the horizontal field width that a databar prints below, or right after, its name."""
    for title in words:
        name = _FIELD_TITLE.search(title.text)
        if name is None:
            continue
        x0, y0, x1, y1 = title.box
        share = (x1 - x0) / max(len(title.text), 1)
        left, right = x0 + name.start() * share, x0 + name.end() * share
        after = _FIELD_WIDTH.search(title.text, name.end())
        if after and _FOLLOWS.match(title.text[name.end() : after.start()]):
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


def _magnification(words: Sequence[Word]) -> float | None:
    """Return the magnification that a databar prints, "x5000", "×2,000" or "80.00 K X"; None for several, or none."""
    found: set[float] = set()
    for word in words:
        for before, kilo_before, after, kilo_after in _MAGNIFICATION.findall(word.text):
            number, kilo = before or after, kilo_before or kilo_after
            digits = number.replace(",", ".") if kilo else re.sub(r"[,. ](?=\d{3}\b)", "", number).replace(",", ".")
            if word.confidence >= SURE:
                found.add(float(digits.replace(" ", "")) * (1000 if kilo else 1))
    return found.pop() if len(found) == 1 else None


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
        and (bar.length >= 8 * (bar.y1 - bar.y0) or is_isolated(grey, bar))
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
