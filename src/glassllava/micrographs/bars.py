"""Lines in a picture that may be scale bars, measured from end to end.

In: a panel's picture. Out: `Bar` values for `scale_bar`, which tells what they mean.

A bar is a thin straight run of one light or dark tone, with another tone above, below and beyond both ends;
some are broken by their own words, some end in ticks. What only borders such a line is none, nor what reaches
the picture's sides. Lines are found by top-hat and opening with a horizontal element (Serra, Image Analysis
and Mathematical Morphology, 1982, ISBN 978-0-12-637240-3), ends by the half-way level between bar and background.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

LEAST_LENGTH = 0.035
MOST_LENGTH = 0.85
"""Shortest and longest bar, as shares of the picture's width."""
MOST_THICKNESS = 0.035
"""Thickest bar, as a share of the picture's height."""
CONTRAST = 45
PURE_CONTRAST = 24
"""Least difference, in grey levels, between a bar and what lies above and below it; less is asked of a bar of
pure white or black."""
LEAST_MARGIN = 0.01
"""Least space between a bar and the picture's sides, as a share of the width: what ends there is a frame."""
EVEN = 4.0
"""Greatest standard deviation, in grey levels, along a bar of pure tone; texture that is clipped varies more."""


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
    """Whether it is one unbroken rectangle of pure tone."""

    @property
    def length(self) -> float:
        """Length in pixels."""
        return self.x1 - self.x0


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
            if not any(is_same(bar, other) for other in found):
                found.append(bar)
    found = [bar for bar in found if bar.length >= LEAST_LENGTH * grey.shape[1]]
    return [_between_ticks(grey, bar) for bar in found if not any(_is_margin(bar, other) for other in found)]


def is_same(first: Bar, second: Bar) -> bool:
    """Tell whether two bars are one line that was found twice: both ends and the top within a few pixels."""
    return abs(first.y0 - second.y0) <= 4 and abs(first.x0 - second.x0) <= 6 and abs(first.x1 - second.x1) <= 6


def _is_margin(thin: Bar, thick: Bar) -> bool:
    """Whether one line only borders a thicker one of the other tone: its outline, or the gap to a databar's edge."""
    apart = max(thin.y0, thick.y0) - min(thin.y1, thick.y1)
    shared = min(thin.x1, thick.x1) - max(thin.x0, thick.x0)
    return (
        thin.light != thick.light
        and thin.y1 - thin.y0 < thick.y1 - thick.y0
        and apart <= 2
        and shared > 0.8 * thin.length > 0.4 * thick.length
    )


def _between_ticks(grey: Pixels, bar: Bar) -> Bar:
    """Measure from the middle of one end tick to that of the other, where both ends have one."""
    thick = bar.y1 - bar.y0
    reach = thick + 3
    left, right = round(bar.x0), round(bar.x1)
    if left < reach or right + reach > grey.shape[1] or right - left < 4 * reach:
        return bar
    line = np.median(grey[bar.y0 : bar.y1, left:right], axis=1)
    tone = float(line.max() if bar.light else line.min())
    tall = max(2, thick // 2)
    for rows in (grey[max(0, bar.y0 - tall) : bar.y0], grey[bar.y1 : bar.y1 + tall]):
        if not rows.size:
            continue
        beside = rows[:, left - reach : right + reach].astype(float).mean(axis=0)
        background = float(np.median(beside))
        if abs(tone - background) < PURE_CONTRAST:
            continue
        ink = np.clip((beside - background) / (tone - background), 0, 1)
        ends = [_tick(ink[: 2 * reach], thick), _tick(ink[-2 * reach :], thick)]
        if ends[0] is not None and ends[1] is not None:
            return replace(bar, x0=left - reach + ends[0], x1=right - reach + ends[1])
    return bar


def _tick(ink: npt.NDArray[np.float64], thick: int) -> float | None:
    """Middle of the one narrow peak of ink near a bar's end; None where there is no such peak."""
    peak = int(np.argmax(ink))
    inked = np.flatnonzero(ink > 0.5 * ink[peak])
    if ink[peak] < 0.5 or len(inked) != inked[-1] - inked[0] + 1 or not 1 <= len(inked) <= thick + 2:
        return None
    if inked[0] == 0 or inked[-1] == len(ink) - 1:
        return None
    return float(np.average(inked, weights=ink[inked])) + 0.5


def _runs(grey: Pixels, mask: npt.NDArray[np.uint8], light: bool, pure: bool) -> list[Bar]:
    """Thin rectangles of a mask with free ends and free long sides."""
    height, width = grey.shape
    shortest = max(10, round(LEAST_LENGTH * width / 2))
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    count, marked, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    contrast = PURE_CONTRAST if pure else CONTRAST
    bars = []
    margin = max(2, round(LEAST_MARGIN * width))
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        if area < 0.88 * w * h:
            y, h, area = _straight(marked[y : y + h, x : x + w] == index, y)
        if w > MOST_LENGTH * width or h > max(5, MOST_THICKNESS * height) or w < 3.2 * h or area < 0.88 * w * h:
            continue
        beyond = [mask[y : y + h, max(0, x - 5) : max(0, x - 2)], mask[y : y + h, x + w + 2 : x + w + 5]]
        if any(side.size and side.mean() > 0.34 for side in beyond):
            continue
        if x < margin or x + w > width - margin or y == 0 or y + h == height:
            continue
        if not _stands_out(grey, (x, y, w, h), light, contrast):
            continue
        x0, x1 = _precise_ends(grey, x, y, w, h)
        solid = pure and area > 0.9 * w * h and _is_even(grey, (x, y, w, h))
        bars.append(Bar(x0, x1, y, y + h, light, solid))
    return bars


def _straight(marked: npt.NDArray[np.bool_], top: int) -> tuple[int, int, int]:
    """Top, height and area of the rows that nearly fill the length, without specks that touch the long sides."""
    full = marked.mean(axis=1) > 0.7
    if not full.any() or marked[full].sum() < 0.75 * marked.sum():
        return top, len(marked), int(marked.sum())
    rows = np.flatnonzero(full)
    return top + int(rows[0]), int(rows[-1] - rows[0] + 1), int(marked[rows[0] : rows[-1] + 1].sum())


def _is_even(grey: Pixels, place: tuple[int, int, int, int]) -> bool:
    """Whether the middle rows are of one tone from end to end."""
    x, y, w, h = place
    core = grey[y + h // 4 : max(y + h // 4 + 1, y + h - h // 4), x + 2 : x + w - 2]
    return bool(core.size) and float(core.mean(axis=0).std()) <= EVEN


def _stands_out(grey: Pixels, place: tuple[int, int, int, int], light: bool, contrast: float) -> bool:
    """Whether what lies above and below is of another tone over most of the length, and beyond the ends too."""
    x, y, w, h = place
    rows = np.median(grey[y : y + h, x + 1 : x + w - 1], axis=1)
    inside = float(rows.max() if light else rows.min())
    far = h + 2
    for beside in (grey[max(0, y - far - 1) : max(0, y - 2)], grey[y + h + 2 : y + h + far + 1]):
        if not beside.size:
            continue
        difference = inside - beside[:, x + 2 : x + w - 2].astype(float)
        if np.mean((difference if light else -difference) > contrast) < 0.7:
            return False
    for beyond in (grey[y : y + h, max(0, x - 9) : max(0, x - 2)], grey[y : y + h, x + w + 2 : x + w + 9]):
        if beyond.size and abs(inside - float(np.median(beyond))) < contrast / 2:
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
                joined.append(Bar(left.x0, right.x1, left.y0, left.y1, left.light, False))
                halves |= {i, j}
    return joined + [bar for index, bar in enumerate(bars) if index not in halves]
