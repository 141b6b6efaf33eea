"""Lines in a picture that may be scale bars, measured from end to end.

In: a panel's picture. Out: `Bar` values for `scale_bar`, which tells what they mean.

A bar is a thin straight run of one light or dark tone, with another tone above, below and beyond both ends; some are
broken by their own words, some end in ticks. A row of evenly spaced ticks is a bar as well. The strips between a bar,
its words and the edge of their plate are none, nor are the sides of a frame, nor what the picture's sides cut off.
Lines are found by top-hat and opening with a horizontal element (Serra, Image Analysis and Mathematical Morphology,
1982, ISBN 978-0-12-637240-3); `bar_ends` measures them, and `bar_ticks` finds the rows of ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from glassllava.micrographs.bar_ends import between_ticks, has_side_tick, precise_ends
from glassllava.micrographs.bar_ticks import find_rulers

Pixels = npt.NDArray[np.uint8]
Place = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

LEAST_LENGTH = 0.035
MOST_LENGTH = 0.85
"""Shortest and longest bar, as shares of the picture's width."""
MOST_THICKNESS, MOST_LINE_THICKNESS = 0.085, 0.035
"""Thickest bar of pure tone, and thickest line of any other tone, as shares of the picture's height."""
LEAST_STRETCH = 2.8
"""Least length of a bar, as a multiple of its thickness."""
CONTRAST = 45
PURE_CONTRAST = 24
"""Least difference, in grey levels, between a bar and what lies above and below it; less is asked of a bar of
pure white or black."""
ENDS = 0.4
"""Least contrast beyond a bar's ends, as a share of that above and below it; a line that only grows paler goes on."""
PURE = ((7, True), (27, True), (8, False), (30, False))
"""How far from the lightest or darkest tone of a picture a pure tone may be in grey levels, and whether it is light."""
RARE = 0.0004
"""Share of the pixels that may be still lighter, or darker, than what counts as the lightest or darkest tone."""
ALONE = 1.8
"""Greatest area of pure tone that hangs together with a bar, as a multiple of its own: the ground of a databar has
strips that look like bars."""
MARGIN = 0.01
"""Least space between a solid bar and the picture's sides, as a share of the width."""
FRAME = 0.2
"""Length from which on lines that go up or down from a bar's ends are no ticks, as a share of the bar's length."""
EVEN = 4.0
"""Greatest standard deviation, in grey levels, along a bar of pure tone; texture that is clipped varies more."""

SPREAD, LONG_SPREAD, LONG = 12.0, 60.0, 0.12
"""Greatest range, in grey levels, of the middle 80 % of a line of any other tone, and of one that is long, and from
which share of the picture's width on it is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A scale bar's line in a picture."""

    x0: float
    x1: float
    """Ends, in pixels, to a fraction of a pixel."""
    y0: int
    y1: int
    light: bool
    """Whether it is lighter than its surroundings."""
    solid: bool
    """Whether it is one unbroken rectangle of pure tone, not so near the picture's side that it may be a frame; or a
    row of ticks."""
    tone: float
    """Grey level of its middle, from 0 to 255."""
    gap: tuple[float, float] | None = None
    """Where the gap in its middle begins and ends, in pixels, if its words stand in one."""

    @property
    def length(self) -> float:
        """Length in pixels."""
        return self.x1 - self.x0


@dataclass(frozen=True, slots=True)
class _Run:
    """A straight run of one tone, and whether its ends stand free, as both ends of an unbroken bar do."""

    bar: Bar
    free: tuple[bool, bool]
    ticked: tuple[bool, bool]
    """Whether it ends at the picture's side, in a tick."""


def find_bars(picture: Pixels) -> list[Bar]:
    """Find what may be scale bars in a picture of shape (H, W, 3), in no order.

    They are rectangles of pure tone, thin lines that differ from their surroundings, and rows of ticks.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    thickest = max(5, round(MOST_LINE_THICKNESS * grey.shape[0]))
    around = np.ones((2 * thickest + 3, 1), np.uint8)
    darkest, lightest = _extremes(grey)
    masks = [
        ((grey >= lightest - within) if light else (grey <= darkest + within), light, True) for within, light in PURE
    ]
    masks.append((cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, around) > CONTRAST, True, False))
    masks.append((cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, around) > CONTRAST, False, False))
    found: list[Bar] = []
    for mask, light, pure in masks:
        ones = mask.astype(np.uint8)
        for bar in _joined_over_text(_runs(grey, ones, light, pure), ones):
            if bar.length >= LEAST_LENGTH * grey.shape[1] and not any(is_same(bar, other) for other in found):
                found.append(bar)
    found = [bar for bar in found if not _is_frame(grey, bar)]
    found = [bar for bar in found if not any(_is_margin(grey, bar, other) for other in found)]
    rulers = [
        Bar(ruler.x0, ruler.x1, ruler.y0, ruler.y1, ruler.light, True, ruler.tone)
        for ruler in find_rulers(grey, LEAST_LENGTH * grey.shape[1], MOST_LENGTH * grey.shape[1])
    ]
    return rulers + [_measured(grey, bar) for bar in found if not any(_is_part(bar, ruler) for ruler in rulers)]


def is_same(first: Bar, second: Bar) -> bool:
    """Tell whether two bars are one line that was found twice: one tone, both ends and the top within a few pixels."""
    return (
        first.light == second.light
        and abs(first.y0 - second.y0) <= 4
        and abs(first.x0 - second.x0) <= 6
        and abs(first.x1 - second.x1) <= 6
    )


def is_isolated(grey: Pixels, bar: Bar) -> bool:
    """Tell whether nothing of a bar's tone touches its long sides, as the strokes of a letter touch each other."""
    left, right = round(bar.x0), round(bar.x1)
    beside = np.concatenate([grey[max(0, bar.y0 - 4) : max(0, bar.y0 - 2)], grey[bar.y1 + 2 : bar.y1 + 4]])
    return float(np.mean(np.abs(beside[:, left:right] - bar.tone) < PURE_CONTRAST)) < 0.05


def _is_part(bar: Bar, ruler: Bar) -> bool:
    """Whether a line lies where a row of ticks does: it joins them, or is what lies between them."""
    over = 2 + bar.y1 - bar.y0
    return (
        bar.y1 > ruler.y0 - over
        and bar.y0 < ruler.y1 + over
        and bar.x0 > ruler.x0 - 0.1 * ruler.length
        and bar.x1 < ruler.x1 + 0.1 * ruler.length
    )


def _measured(grey: Pixels, bar: Bar) -> Bar:
    x0, x1 = between_ticks(grey, (bar.x0, bar.x1), (bar.y0, bar.y1), bar.tone)
    return replace(bar, x0=x0, x1=x1)


def _extremes(grey: Pixels) -> tuple[int, int]:
    """Darkest and lightest tone of a picture, but for a few pixels."""
    counts = np.cumsum(np.bincount(grey.ravel(), minlength=256)) / grey.size
    return int(np.argmax(counts > RARE)), int(np.argmax(counts >= 1 - RARE))


def _runs(grey: Pixels, mask: npt.NDArray[np.uint8], light: bool, pure: bool) -> list[_Run]:
    """Thin rectangles of a mask with free long sides."""
    height, width = grey.shape
    shortest = max(10, round(LEAST_LENGTH * width / 2))
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    count, marked, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    contrast = PURE_CONTRAST if pure else CONTRAST
    thickest = max(5, (MOST_THICKNESS if pure else MOST_LINE_THICKNESS) * height)
    # Area of the connected part of the mask to which a pixel belongs.
    owners, areas = _connected(mask) if pure and count > 1 else (None, np.zeros(0, np.int32))
    runs = []
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        if area < 0.88 * w * h:
            y, h, area = _straight(marked[y : y + h, x : x + w] == index, y)
        if w > MOST_LENGTH * width or h > thickest or w < LEAST_STRETCH * h or area < 0.88 * w * h:
            continue
        place = (x, y, w, h)
        if y == 0 or y + h == height or not _stands_out(grey, place, light, contrast):
            continue
        if owners is not None and int(np.median(areas[owners[y + h // 2, x : x + w]])) > ALONE * w * h:
            continue
        solid = pure and area > 0.9 * w * h and _is_even(grey, place)
        if not solid and (pure or not _is_drawn(grey, place, light)):
            continue
        solid = solid and min(x, width - x - w) >= max(2, MARGIN * width)
        tone = _tone(grey, place, light)
        free = _free_ends(grey, mask, place, tone, contrast / 2)
        x0, x1 = precise_ends(grey, place)
        ticked = (
            x <= 1 and has_side_tick(grey[:, :4], (y, y + h), tone),
            x + w >= width - 1 and has_side_tick(grey[:, :-5:-1], (y, y + h), tone),
        )
        runs.append(_Run(Bar(x0, x1, y, y + h, light, solid, tone), free, ticked))
    return runs


def _connected(mask: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the number of the connected part to which each pixel of a mask belongs, and the area of each part."""
    _, owners, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    return np.asarray(owners, np.int32), np.asarray(stats[:, cv2.CC_STAT_AREA], np.int32)


def _straight(marked: npt.NDArray[np.bool_], top: int) -> tuple[int, int, int]:
    """Top, height and area of the rows that nearly fill the length, without specks that touch the long sides."""
    full = marked.mean(axis=1) > 0.7
    if not full.any() or marked[full].sum() < 0.6 * marked.sum():
        return top, len(marked), int(marked.sum())
    rows = np.flatnonzero(full)
    return top + int(rows[0]), int(rows[-1] - rows[0] + 1), int(marked[rows[0] : rows[-1] + 1].sum())


def _is_even(grey: Pixels, place: Place) -> bool:
    """Whether the middle rows are of one tone from end to end."""
    x, y, w, h = place
    core = grey[y + h // 4 : max(y + h // 4 + 1, y + h - h // 4), x + 2 : x + w - 2]
    return bool(core.size) and float(core.mean(axis=0).std()) <= EVEN


def _is_drawn(grey: Pixels, place: Place, light: bool) -> bool:
    """Whether a line that is not of pure tone is even enough to be drawn, or too long to be texture."""
    x, y, w, h = place
    rows = grey[y : y + h, x + 2 : x + w - 2].astype(float)
    middles = np.median(rows, axis=1)
    best = rows[int(middles.argmax() if light else middles.argmin())]
    least, most = np.percentile(best, (10, 90))
    return bool(most - least <= (SPREAD if w < LONG * grey.shape[1] else LONG_SPREAD))


def _stands_out(grey: Pixels, place: Place, light: bool, contrast: float) -> bool:
    """Whether what lies above and below is of another tone over most of the length."""
    x, y, w, h = place
    inside = _tone(grey, place, light)
    for beside in _alongside(grey, (y, y + h)):
        if not beside.size:
            continue
        difference = inside - beside[:, x + 2 : x + w - 2].astype(float)
        if np.mean((difference if light else -difference) > contrast) < 0.7:
            return False
    return True


def _alongside(grey: Pixels, rows: tuple[int, int]) -> tuple[Pixels, Pixels]:
    """Up to three rows above and below a bar, without its soft edges: the thicker it is, the more it was enlarged.

    None are left where the picture ends.
    """
    soft = max(1, (rows[1] - rows[0]) // 4)
    return grey[max(0, rows[0] - soft - 3) : max(0, rows[0] - soft)], grey[rows[1] + soft : rows[1] + soft + 3]


def _tone(grey: Pixels, place: Place, light: bool) -> float:
    """Grey level of the row in which a bar stands out most."""
    x, y, w, h = place
    rows = np.median(grey[y : y + h, x + 1 : x + w - 1], axis=1)
    return float(rows.max() if light else rows.min())


def _free_ends(
    grey: Pixels, mask: npt.NDArray[np.uint8], place: Place, tone: float, contrast: float
) -> tuple[bool, bool]:
    """Whether the left and the right end are in sight, and something else lies beyond, as it does above and below."""
    x, y, w, h = place
    ground = [float(np.median(rows[:, x : x + w])) for rows in _alongside(grey, (y, y + h)) if rows.size]
    contrast = max(contrast, ENDS * min((abs(tone - level) for level in ground), default=0.0))
    inside_picture = (x > 0, x + w < grey.shape[1])
    left, right = (
        bool(within and marked.mean() <= 0.34 and abs(tone - float(np.median(levels))) >= contrast)
        for within, marked, levels in zip(inside_picture, _beyond(mask, place, 5), _beyond(grey, place, 5), strict=True)
    )
    return left, right


def _beyond(values: Pixels, place: Place, reach: int) -> tuple[Pixels, Pixels]:
    """Return what lies beyond a bar's ends, without its soft edges where there is room for them; never empty."""
    x, y, w, h = place
    right = min(x + w + 2, values.shape[1] - 1)
    return values[y : y + h, max(0, x - reach) : max(1, x - 2)], values[y : y + h, right : x + w + reach]


def _joined_over_text(runs: Sequence[_Run], mask: npt.NDArray[np.uint8]) -> list[Bar]:
    """Bars of runs: whole ones, and the two halves of those that are broken by their own words; halves are none."""
    joined: list[Bar] = []
    halves: set[int] = set()
    for i, left in enumerate(runs):
        for j, right in enumerate(runs):
            one, other = left.bar, right.bar
            gap = other.x0 - one.x1
            level = abs(one.y0 - other.y0) <= 1 and abs(one.y1 - other.y1) <= 1
            if i == j or not level or not 0 < gap < 1.5 * (one.length + other.length):
                continue
            if abs(one.length - other.length) > 0.25 * max(one.length, other.length):
                continue
            if not (left.free[0] or left.ticked[0]) or not (right.free[1] or right.ticked[1]):
                continue
            tall = max(6, round(gap / 5))
            between = mask[max(0, one.y0 - tall) : one.y1 + tall, round(one.x1) + 2 : round(other.x0) - 2]
            if between.size and 0.04 < between.mean() < 0.6:
                joined.append(replace(one, x1=other.x1, solid=False, gap=(one.x1, other.x0)))
                halves |= {i, j}
    return joined + [run.bar for k, run in enumerate(runs) if k not in halves and all(run.free)]


def _is_margin(grey: Pixels, gap: Bar, bar: Bar) -> bool:
    """Whether a line is only what lies between a bar of the other tone and the edge of the plate it is drawn on.

    The same ground lies above and below the bar, and other things above and below the gap.
    """
    apart = max(gap.y0, bar.y0) - min(gap.y1, bar.y1)
    shared = min(gap.x1, bar.x1) - max(gap.x0, bar.x0)
    return (
        gap.light != bar.light
        and apart <= 3
        and shared > 0.7 * min(gap.length, bar.length)
        and _one_sided(grey, gap) > _one_sided(grey, bar)
    )


def _one_sided(grey: Pixels, bar: Bar) -> float:
    """How much what lies above a bar differs from what lies below, as a share of the bar's contrast."""
    columns = slice(round(bar.x0) + 1, round(bar.x1) - 1)
    rows = _alongside(grey, (bar.y0, bar.y1))
    if not rows[0].size or not rows[1].size:
        return 0.0
    above, below = float(np.median(rows[0][-1, columns])), float(np.median(rows[1][0, columns]))
    return abs(above - below) / max(abs(bar.tone - (above + below) / 2), 1.0)


def _is_frame(grey: Pixels, bar: Bar) -> bool:
    """Whether a line is a side of a rectangle: from both its ends others go up or down, longer than ticks."""
    least = max(round(FRAME * bar.length), 8 * (bar.y1 - bar.y0))
    ends = (round(bar.x0), round(bar.x1))
    for rows in (slice(bar.y1, bar.y1 + least), slice(max(0, bar.y0 - least), bar.y0)):
        sides = [grey[rows, max(0, x - 3) : x + 3].astype(float) for x in ends]
        same = [(np.abs(side - bar.tone) < CONTRAST).mean(axis=0).max(initial=0.0) for side in sides]
        if min(same) > 0.9 and all(len(side) >= least for side in sides):
            return True
    return False
