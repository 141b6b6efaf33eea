"""The databar of a micrograph: the strip at the bottom that holds its data, apart from the field above.

In: the values of an image, and the row where the databar begins if the instrument tells it. Out: its box, field and
strip apart.

A field has noise, so that no single grey level takes much of a row; a databar is drawn, so that one level, its ground,
takes most of each row, and nearly all of the rest is of one other tone, the ink. Its upper side is straight and goes
across the whole width.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels, the ends outside."""

LEAST_SIDE = 32
"""Smaller images have no databar that could be read."""
ABOVE = 12
"""Rows above the strip in which the noise of the field is looked for."""
MOST_BEGINNINGS = 8
"""Rows that are tried as the first of the strip; the uppermost is it, unless the field happens to be even."""
LEAST_ROWS = 10
LEAST_SHARE, MOST_SHARE = 0.015, 0.3
"""Height of a databar, in pixels and as shares of the image's height."""
EVEN = 0.85
"""Share of a row that one level takes where nothing, or only the tick of a ruler, is drawn: the strip's first rows."""
GROUND = 0.35
"""Least share of a written row that the ground takes."""
GROUND_OF_ALL = 0.6
"""Least share of the whole strip that the ground takes."""
INK = 0.3
"""Least share of what is not ground that is of the ink's level; the rest is the smooth edges of letters."""
CONTRAST = 60
"""Least difference between ink and ground, in 256 levels."""
LEAST_MARKS = 6
"""Letters and lines that are written at least."""
NOISY = 0.7
"""Greatest share of the rows above the strip that one level takes: what is flatter has no visible end."""
TIGHT = 0.75
"""Least share of the rows without writing that is within three levels of the ground: a smooth field is less even."""
SPREADS = (10, 1)
"""Levels by which a ground varies, tried in this order: after lossy compression; as drawn, which tells it from a field
that is nearly as dark."""


def find_databar(values: NDArray[Any], told_row: int | None = None) -> Box | None:
    """Return the box of an image's databar, or None where there is none that is sure.

    Parameters
    ----------
    values
        Grey levels or colours, [rows, columns] or [rows, columns, 3].
    told_row
        Row where the databar begins as the instrument tells it, or None. It is believed where what is below is
        mostly of one level.

    Returns
    -------
    tuple of int or None
        x0, y0, x1, y1: the whole width, from the databar's first row to the bottom.
    """
    rows, columns = values.shape[:2]
    if min(rows, columns) < LEAST_SIDE:
        return None
    if told_row is not None and 0 < told_row < rows:
        below = _grey(values[told_row:])
        is_even = float(_even_share(below, _most_common(below), SPREADS[0]).mean()) >= GROUND
        return (0, told_row, columns, rows) if is_even else None
    low = _grey(values[-min(rows, round(MOST_SHARE * rows) + ABOVE) :])
    for spread in SPREADS:
        if (top := _top(low, max(LEAST_ROWS, round(LEAST_SHARE * rows)), spread)) is not None:
            return (0, rows - len(low) + top, columns, rows)
    return None


def without_databar(values: NDArray[Any], box: Box | None) -> NDArray[Any]:
    """Return the field above a databar, or all of an image that has none; the strip itself is `values[y0:y1]`."""
    return values if box is None else values[: box[1]]


def _grey(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Return grey levels of 8 bits; of a deep image their square root.

    A databar is drawn from black to white of the 16 bits of which the field may use the lowest 12.
    """
    if values.ndim == 3:
        values = values.max(axis=2)
    if values.dtype == np.uint8:
        return values
    with np.errstate(over="ignore"):
        numbers = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    return np.asarray(np.sqrt((numbers - low) / ((high - low) or 1.0)) * 255, np.uint8)


def _top(low: NDArray[np.uint8], least: int, spread: int) -> int | None:
    """First row of the strip that is drawn at the bottom of the lowest rows of an image."""
    ground = _most_common(low[-max(LEAST_ROWS, len(low) // 10) :])
    share = _even_share(low, ground, spread)
    lines = _even_share(low, np.median(low, axis=1).astype(int)[:, None], spread) >= EVEN
    drawn = (share >= GROUND) | lines
    field_ends = int(np.flatnonzero(~drawn)[-1]) + 1 if not drawn.all() else 0
    begins = [
        top
        for top in range(max(field_ends, ABOVE), len(low) - least + 1)
        if lines[top] and lines[top + 1] and not lines[top - 1] and share[top - 1] < NOISY
    ]
    for top in begins[:MOST_BEGINNINGS]:
        if _is_drawn(low[top:], ground, spread) and _is_noisy(low[:top]):
            return top
    return None


def _is_drawn(strip: NDArray[np.uint8], ground: int, spread: int) -> bool:
    """Whether a strip is writing of one ink on one ground."""
    on_ground = np.abs(strip.astype(np.int16) - ground) <= spread
    if float(on_ground.mean()) < GROUND_OF_ALL:
        return False
    blank = strip[on_ground.mean(axis=1) >= EVEN]
    if not len(blank) or float(_even_share(blank, ground, 3).mean()) < TIGHT:
        return False
    others = strip[~on_ground]
    far = others[np.abs(others.astype(np.int16) - ground) >= CONTRAST]
    if far.size < 20:
        return False
    ink = _most_common(far)
    if float(np.mean(np.abs(others.astype(np.int16) - ink) <= 20)) < INK:
        return False
    inked = (np.abs(strip.astype(np.int16) - ink) < np.abs(strip.astype(np.int16) - ground)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    marks = stats[1:count]
    high = marks[:, cv2.CC_STAT_HEIGHT]
    letters = (high >= 4) & (high <= 0.9 * len(strip)) & (marks[:, cv2.CC_STAT_WIDTH] < 0.5 * strip.shape[1])
    return int(letters.sum()) >= LEAST_MARKS


def _is_noisy(above: NDArray[np.uint8]) -> bool:
    """Whether the rows above a strip are no drawing: no level takes most of them."""
    near = above[-ABOVE:]
    middle = np.median(near, axis=1).astype(int)[:, None]
    return float(np.median(_even_share(near, middle, 1))) < NOISY


def _even_share(rows: NDArray[np.uint8], level: Any, spread: int) -> NDArray[np.float64]:
    """Share of each row that is within `spread` of a level."""
    return np.asarray((np.abs(rows.astype(np.int16) - level) <= spread).mean(axis=1))


def _most_common(values: NDArray[np.uint8]) -> int:
    return int(np.bincount(values.ravel(), minlength=256).argmax())
