"""A solid picture into the pictures that it is made of, at its straight inner borders.

In: the picture of a figure and a filled rectangle in it. Out: the rectangles of single pictures, for `panels`.

One rule finds white, black and coloured gutters and abutting pictures alike: a straight line from side to side
along which the pixels jump more than they do nearby, with another picture beyond it. A strip too thin to be a
panel is a databar and stays with the picture above it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from glassllava.papers.blocks import Rect

Pixels = npt.NDArray[np.uint8]

MIN_SIDE = 0.07
"""Shortest side of a panel, as a share of the figure's longest side."""
DATABAR = 0.22
"""A strip below this share of its largest neighbour is a databar or a frame, not a panel."""
GUTTER = 0.035
"""A strip below this share of the picture's side, and of one colour, is a gutter."""
TRIM = 0.03
"""Share of a picture's side that may be a gutter left at its border."""
SAME_TONE = 4.0
"""Mean difference, in grey levels, below which both sides of a line are the same picture."""
ACROSS = 0.86
"""Share of a line's length that must look like a border."""


def cut(picture: Pixels, rect: Rect, expected: int) -> list[Rect]:
    """Cut a solid rectangle into its pictures.

    Parameters
    ----------
    picture
        RGB, shape (H, W, 3): the figure.
    rect
        The solid rectangle.
    expected
        Number of panel letters in the caption; with one or none, only plain borders count.

    Returns
    -------
    list of tuple
        Rectangles, in no order; the rectangle itself where nothing cuts it.
    """
    return _aligned(picture, _cut(picture, rect, expected), expected)


def _cut(picture: Pixels, rect: Rect, expected: int) -> list[Rect]:
    """Cut a solid rectangle at its straight inner borders."""
    x0, y0, x1, y1 = rect
    smallest = MIN_SIDE * max(picture.shape[:2])
    part = picture[y0:y1, x0:x1].astype(np.int16)
    across_first = sorted((0, 1), key=lambda axis: -_borders(part, axis, expected <= 1)[1])
    for axis in across_first:
        borders = _borders(part, axis, expected <= 1)[0]
        segments = _segments(part, axis, borders, smallest) if borders else []
        if len(segments) > 1:
            cells = [
                (x0 + start, y0, x0 + end, y1) if axis == 0 else (x0, y0 + start, x1, y0 + end)
                for start, end in segments
            ]
            return [piece for cell in cells for piece in _cut(picture, cell, expected)]
    return [rect]


def _evidence(image: npt.NDArray[np.int16]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """For each vertical line: the share of its length with a jump, and how strong the jump is against its surroundings.

    Jumps are taken over two pixels, since resampling blurs a border.
    """
    step = 2
    jump = np.abs(image[:, step:] - image[:, :-step]).mean(axis=2)  # [H, W-2], centred on column x+1
    bins = np.array([piece.mean(axis=0) for piece in np.array_split(jump, min(24, len(jump) // 3), axis=0)])
    reach = max(21, round(0.03 * image.shape[1])) | 1
    usual = ndimage.median_filter(bins, size=(1, reach), mode="nearest") + 1.0
    ratio = ndimage.maximum_filter(bins / usual, size=(1, 3))
    pad = ((step // 2, step - step // 2),)
    across = np.pad((ratio > 1.5).mean(axis=0), pad)
    strength = np.pad(bins.mean(axis=0) / usual.mean(axis=0), pad)
    return across, strength


def _borders(part: npt.NDArray[np.int16], axis: int, strict: bool) -> tuple[list[int], float]:
    """Positions of lines that run from side to side with a jump all along; axis 0 = vertical lines."""
    image = part if axis == 0 else part.transpose(1, 0, 2)
    if min(image.shape[:2]) < 24:
        return [], 0.0
    across, strength = _evidence(image)
    least_across, least_strength = (0.95, 3.0) if strict else (ACROSS, 1.8)
    found = np.flatnonzero((across >= least_across) & (strength >= least_strength))
    if not len(found):
        return [], 0.0
    score = float((across * np.minimum(strength, 6.0))[found].max())
    return [int(p) for p in found], score


def _segments(part: npt.NDArray[np.int16], axis: int, borders: list[int], smallest: float) -> list[tuple[int, int]]:
    """Turn border positions into panels' extents: gutters dropped, databars joined to what they belong to."""
    image = part if axis == 0 else part.transpose(1, 0, 2)
    length = image.shape[1]
    ends = [0, *borders, length]
    pieces = [(a, b) for a, b in pairwise(ends) if b > a]
    least = max(DATABAR * max(b - a for a, b in pieces), 0.7 * smallest)
    segments: list[tuple[int, int]] = []
    gutter = False
    for start, end in pieces:
        size = end - start
        plain = _is_one_colour(image[:, start:end])
        if size >= least:
            if segments and not gutter and _continues(image, segments[-1][1], start):
                segments[-1] = (segments[-1][0], end)
            else:
                segments.append((start, end))
            gutter = False
        elif size <= max(4, GUTTER * length):
            if segments and not gutter and not plain and size > 4 and segments[-1][1] == start:
                segments[-1] = (segments[-1][0], end)  # the last row of a databar
            else:
                gutter = gutter or (plain and size > 2)
        elif segments and not plain:
            segments[-1] = (segments[-1][0], end)
            gutter = True
    return segments


def _is_one_colour(strip: npt.NDArray[np.int16]) -> bool:
    """Whether a strip is of one colour; its outermost pixels, blurred by resampling, do not count."""
    core = strip[:, 1:-1] if strip.shape[1] > 2 else strip
    low, high = np.percentile(core.reshape(-1, 3), (4, 96), axis=0)
    return bool(np.all(high - low < 48))


def _continues(image: npt.NDArray[np.int16], left: int, right: int) -> bool:
    """Whether one picture runs on across a line: then the line is a scratch or a scan fault, no border."""
    grey = image.mean(axis=2)
    lag = right - left + 3
    far = min(10 * lag, grey.shape[1] // 3)
    before, after = grey[:, max(0, left - far) : left - 1], grey[:, right + 1 : right + far]
    if min(before.shape[1], after.shape[1]) <= lag + 2:
        return False
    usual = np.mean([np.abs(side[:, lag:] - side[:, :-lag]).mean() for side in (before, after)])
    distant = np.mean([np.abs(side[:, 0] - side[:, -1]).mean() for side in (before, after)])
    jump = np.abs(before[:, -1] - after[:, 0]).mean()
    return bool(jump < SAME_TONE or (jump < 1.15 * usual and usual < 0.8 * distant))


def _aligned(picture: Pixels, cells: list[Rect], expected: int) -> list[Rect]:
    """Cut a cell where its neighbours in the grid are cut, on weaker evidence, or on none where panels are missing."""
    smallest = MIN_SIDE * max(picture.shape[:2])
    for axis in (0, 1):
        positions = sorted({cell[axis] for cell in cells})
        refined: list[Rect] = []
        missing = expected - len(cells)
        for cell in cells:
            rest = cell
            for position in positions:
                if not rest[axis] + smallest < position < rest[axis + 2] - smallest:
                    continue
                seen = _weak_border(picture, rest, axis, position)
                if seen is None and missing > 0 and _spans_grid(rest, cells, axis, position):
                    seen = position
                if seen is not None:
                    missing -= 1
                    first, rest = _cut_at(rest, axis, seen)
                    refined.append(first)
            refined.append(rest)
        cells = refined
    return cells


def _weak_border(picture: Pixels, cell: Rect, axis: int, position: int) -> int | None:
    x0, y0, x1, y1 = cell
    part = picture[y0:y1, x0:x1].astype(np.int16)
    across, strength = _evidence(part if axis == 0 else part.transpose(1, 0, 2))
    middle = position - cell[axis]
    window = slice(max(0, middle - 5), middle + 6)
    best = int(np.argmax(across[window])) + window.start
    return best + cell[axis] if across[best] >= 0.55 and strength[best] >= 1.25 else None


def _spans_grid(cell: Rect, cells: list[Rect], axis: int, position: int) -> bool:
    """Whether a cell is as wide as two neighbours of another row that meet at `position`."""
    edges = {edge for other in cells if other != cell for edge in (other[axis], other[axis + 2])}
    near = 0.02 * (cell[axis + 2] - cell[axis])
    return all(any(abs(edge - end) <= near for edge in edges) for end in (cell[axis], cell[axis + 2])) and any(
        abs(other[axis + 2] - position) <= near + 4 for other in cells
    )


def _cut_at(cell: Rect, axis: int, position: int) -> tuple[Rect, Rect]:
    x0, y0, x1, y1 = cell
    if axis == 0:
        return (x0, y0, position, y1), (position, y0, x1, y1)
    return (x0, y0, x1, position), (x0, position, x1, y1)


def trimmed(picture: Pixels, rect: Rect) -> Rect:
    """Take gutters, frames and the neighbour's edge pixels off a picture's sides, at full resolution.

    A side's outer lines go as far as the last line within reach that is of one colour and unlike the picture
    behind it. A line between the words of a databar is none: beyond it the words stand on its own colour.
    """
    sides = list(rect)
    for axis in (0, 1):
        for end in (0, 1):
            x0, y0, x1, y1 = sides
            part = picture[y0:y1, x0:x1].astype(np.int16)
            lines = part if axis == 1 else part.transpose(1, 0, 2)
            lines = lines if end == 0 else lines[::-1]
            reach = max(4, round(TRIM * len(lines)))
            behind = np.median(lines[reach : 3 * reach].reshape(-1, 3), axis=0)
            foreign = [
                index
                for index in range(min(reach, len(lines) // 4))
                if _is_plain_line(lines[index])
                and np.abs(np.median(lines[index], axis=0) - behind).max() > 40
                and not _has_words_beyond(lines[: index + 1])
            ]
            cut = foreign[-1] + 1 if foreign else 0
            sides[axis + 2 * end] += cut if end == 0 else -cut
    return (sides[0], sides[1], sides[2], sides[3])


def _has_words_beyond(lines: npt.NDArray[np.int16]) -> bool:
    """Whether lines outside of the last one hold words on its colour: they are not plain, yet mostly of its tone."""
    ground = np.median(lines[-1], axis=0)
    tones = [np.median(line, axis=0) for line in lines[:-1] if not _is_plain_line(line)]
    return bool(tones) and bool(np.abs(np.median(tones, axis=0) - ground).max() < 25)


def _is_plain_line(line: npt.NDArray[np.int16]) -> bool:
    low, high = np.percentile(line, (6, 94), axis=0)
    return bool(np.all(high - low < 40))
