"""Rulers in a picture: rows of evenly spaced ticks, which some instruments draw in place of a bar.

In: the grey levels of a picture. Out: `Ruler` values for `bars`; the length that is printed by a ruler is that from the
first tick to the last.

A ruler has 5, 10 or 20 spaces, so one of which a tick is hidden or cut off is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

SPACES = (5, 10, 20)
"""Numbers of spaces that a ruler has."""
BARE = 10
"""Number of spaces from which on the ground of a ruler may be the picture itself; that of others is even."""
CONTRAST = 45
"""Least difference, in grey levels, between a tick and what is left and right of it."""
LEAST_HEIGHT, MOST_HEIGHT = 3, 0.06
"""Height of a tick: the least in pixels, the greatest as a share of the picture's height."""
MOST_WIDTH = 1 / 150
"""Greatest width of a tick, as a share of the picture's width, but 3 pixels at least."""
LEAST_SPACE = 2.5
"""Least distance of ticks, as a multiple of their width."""
UNEVEN = 0.06
"""Greatest deviation of a tick from its place, as a share of the distance of ticks; a pixel is always allowed."""
FLAT = 20
"""Greatest difference, in grey levels, within an even ground."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """A row of evenly spaced ticks."""

    x0: float
    x1: float
    """Middles of the first and the last tick, in pixels."""
    y0: int
    y1: int
    """First row of the ticks and the one after the last."""
    light: bool
    tone: float
    """Grey level of the ticks."""


def find_rulers(grey: Pixels, least: float, most: float) -> list[Ruler]:
    """Find the rulers in a picture.

    Parameters
    ----------
    grey
        Shape (H, W).
    least, most
        Lengths in pixels between which a ruler's is.
    """
    widest = max(3, round(MOST_WIDTH * grey.shape[1]))
    across = np.ones((1, 2 * widest + 3), np.uint8)
    found: list[Ruler] = []
    for light, kind in ((True, cv2.MORPH_TOPHAT), (False, cv2.MORPH_BLACKHAT)):
        relief = np.asarray(cv2.morphologyEx(grey, kind, across), np.uint8)
        ticks = _ticks(relief, widest)
        for row in _even_rows(ticks):
            ruler = _measured(grey, relief, ticks[row], light)
            if ruler is None or not least <= ruler.x1 - ruler.x0 <= most:
                continue
            if not any(abs(ruler.x0 - other.x0) < 2 and abs(ruler.x1 - other.x1) < 2 for other in found):
                found.append(ruler)
    return found


def _ticks(relief: Pixels, widest: int) -> npt.NDArray[np.int64]:
    """Left, top, width and height of all narrow upright strokes, from left to right; shape (N, 4)."""
    strokes = cv2.morphologyEx(
        (relief > CONTRAST).astype(np.uint8), cv2.MORPH_OPEN, np.ones((LEAST_HEIGHT, 1), np.uint8)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=4)
    wide, high, area = (stats[1:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    is_tick = (wide <= widest) & (high >= wide) & (high <= MOST_HEIGHT * len(relief)) & (area >= 0.75 * wide * high)
    ticks = stats[1:][is_tick][:, :4].astype(np.int64)
    return np.asarray(ticks[np.argsort(ticks[:, 0], kind="stable")])


def _even_rows(ticks: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.intp]]:
    """Which ticks stand in one row, begin or end at one height, and are evenly spaced."""
    left, top, wide, high = ticks.T
    middles = left + wide / 2
    for edge in (top, top + high):
        for level in np.unique(edge):
            row = np.flatnonzero(np.abs(edge - level) <= 1)
            if len(row) <= SPACES[0]:
                continue
            apart = np.diff(middles[row])
            first = 0
            while first < len(apart):
                end = first + 1
                within = max(2.0, 2 * UNEVEN * float(apart[first]))
                while end < len(apart) and abs(apart[end] - apart[first]) <= within:
                    end += 1
                if end - first in SPACES and apart[first:end].min() >= LEAST_SPACE * wide[row[first : end + 1]].max():
                    yield row[first : end + 1]
                first = end


def _measured(grey: Pixels, relief: Pixels, ticks: npt.NDArray[np.int64], light: bool) -> Ruler | None:
    """Measure a row of ticks to a fraction of a pixel; None where they are not as even as drawn ones."""
    y0, y1 = int(np.median(ticks[:, 1])), int(np.median(ticks[:, 1] + ticks[:, 3]))
    if y1 - y0 < LEAST_HEIGHT or np.ptp(ticks[:, 2]) > 2:
        return None
    middles, tones = [], []
    for x, _, wide, _ in ticks:
        columns = slice(max(0, int(x) - 2), int(x + wide) + 2)
        ink = relief[y0:y1, columns].astype(float).mean(axis=0)
        middles.append(columns.start + float(np.average(np.arange(len(ink)), weights=ink + 1e-9)) + 0.5)
        levels = np.median(grey[y0:y1, columns], axis=0)
        tones.append(float(levels.max() if light else levels.min()))
    order = np.arange(len(middles))
    space, start = np.polyfit(order, middles, 1)
    if np.abs(np.array(middles) - start - space * order).max() > max(1.0, UNEVEN * space):
        return None
    if len(middles) <= BARE and not _is_flat(grey[y0:y1], ticks):
        return None
    return Ruler(float(start), float(start + space * order[-1]), y0, y1, light, float(np.median(tones)))


def _is_flat(rows: Pixels, ticks: npt.NDArray[np.int64]) -> bool:
    """Whether nothing stands between the ticks."""
    between = [rows[:, one[0] + one[2] + 1 : other[0] - 1].astype(float) for one, other in pairwise(ticks)]
    ground = np.concatenate([part.ravel() for part in between])
    return bool(ground.size) and float(np.mean(np.abs(ground - np.median(ground)) <= FLAT)) > 0.95
