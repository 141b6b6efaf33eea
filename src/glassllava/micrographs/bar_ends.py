"""Where a scale bar ends, to a fraction of a pixel.

In: grey levels and the place of a line that `bars` found. Out: the positions of its ends: half-way between the level of
the bar and that of what lies beyond, or the middles of its end ticks, which is what the instruments' own field widths
agree with (`tests/truth/README.md`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

LEAST_CONTRAST = 24
"""Least difference, in grey levels, between a tick and its ground."""
SOFT = 6
"""Least number of pixels over which the end of a bar may be blurred; a thick one may be so over its thickness."""


def precise_ends(grey: Pixels, place: tuple[int, int, int, int]) -> tuple[float, float]:
    """Return where the grey level crosses half-way between a bar and what lies beyond its ends.

    Parameters
    ----------
    grey
        Shape (H, W).
    place
        x, y, width, height of the bar in pixels.
    """
    x, y, w, h = place
    core = grey[y + h // 4 : max(y + h // 4 + 1, y + h - h // 4)].astype(float).mean(axis=0)
    inside = float(np.median(core[x + 1 : x + w - 1]))
    soft = max(SOFT, h)
    left, right = core[max(0, x - soft) : x + 4][::-1], core[x + w - 4 : x + w + soft]
    return _crossing(left, inside, x + 4, -1), _crossing(right, inside, x + w - 4, 1)


def between_ticks(grey: Pixels, ends: tuple[float, float], rows: tuple[int, int], tone: float) -> tuple[float, float]:
    """Return the middles of a bar's end ticks; its ends as they were given where there are no two ticks.

    Parameters
    ----------
    grey
        Shape (H, W).
    ends
        Where the bar ends, in pixels.
    rows
        Its first row and the one after its last.
    tone
        Its grey level.
    """
    thick = rows[1] - rows[0]
    reach = thick + 3
    left, right = round(ends[0]), round(ends[1])
    if right - left < 4 * reach:
        return ends
    windows = slice(max(0, left - reach), left + reach), slice(right - reach, right + reach)
    tall = max(2, thick // 2)
    for beside in (grey[max(0, rows[0] - tall) : rows[0]], grey[rows[1] : rows[1] + tall]):
        if not beside.size:
            continue
        levels = beside.astype(float).mean(axis=0)
        ground = float(np.median(levels[windows[0].start : windows[1].stop]))
        if abs(tone - ground) < LEAST_CONTRAST:
            continue
        ink = np.clip((levels - ground) / (tone - ground), 0, 1)
        first, last = (_tick(ink[window], thick) for window in windows)
        if first is not None and last is not None:
            return windows[0].start + first, windows[1].start + last
    return ends


def has_side_tick(strip: Pixels, rows: tuple[int, int], tone: float) -> bool:
    """Tell whether a bar that reaches the picture's side ends there in a tick, so that it is seen whole.

    Parameters
    ----------
    strip
        The columns at the picture's side, the outermost first; shape (H, 4).
    rows
        The bar's first row and the one after its last.
    tone
        The bar's grey level.
    """
    thick = rows[1] - rows[0]
    for beside in (strip[max(0, rows[0] - 2 - thick) : max(0, rows[0] - 1)], strip[rows[1] + 1 : rows[1] + 2 + thick]):
        if not len(beside):
            return False
        outer, inner = beside[:, :2].astype(float), float(np.median(beside[:, 2:]))
        if abs(tone - inner) < LEAST_CONTRAST or float(np.median(((outer - inner) / (tone - inner)).max(axis=1))) < 0.3:
            return False
    return True


def _crossing(profile: npt.NDArray[np.float64], inside: float, start: int, step: int) -> float:
    """Position of the first half-way crossing along a profile that leads out of a bar."""
    if len(profile) <= 4:  # the picture ends where the bar does
        return float(start + step * len(profile))
    outside = float(np.median(profile[max(4, len(profile) - 3) :]))
    half = (inside + outside) / 2
    beyond = np.abs(profile - inside) > abs(half - inside)
    first = int(np.argmax(beyond)) if beyond.any() else len(profile)
    fraction = 0.0
    if 0 < first < len(profile) and profile[first] != profile[first - 1]:
        fraction = (half - profile[first - 1]) / (profile[first] - profile[first - 1]) - 0.5
    return float(start + step * (first + np.clip(fraction, -0.5, 0.5)))


def _tick(ink: npt.NDArray[np.float64], thick: int) -> float | None:
    """Middle of the one narrow peak of ink near a bar's end; None where there is no such peak."""
    peak = int(np.argmax(ink))
    inked = np.flatnonzero(ink > 0.5 * ink[peak])
    if ink[peak] < 0.5 or len(inked) != inked[-1] - inked[0] + 1 or not 1 <= len(inked) <= thick + 2:
        return None
    if inked[0] == 0 or inked[-1] == len(ink) - 1:
        return None
    return float(np.average(inked, weights=ink[inked])) + 0.5
