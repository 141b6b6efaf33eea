"""A solid picture into the pictures that it is made of, at its straight inner borders.

In: the picture of a figure and a filled rectangle in it. Out: the rectangles of single pictures, for `panels`.

One rule finds white, black and coloured gutters and abutting pictures alike: a straight line from side to side
along which the pixels jump more than they do nearby, with another picture beyond it. A strip too thin to be a
panel is a databar and stays with the picture above it.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from glassllava.papers.blocks import Rect
from glassllava.papers.tones import Pixels, line_percentiles, percentiles

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
    part = picture[y0:y1, x0:x1]
    found = [_borders(part, axis, expected <= 1) for axis in (0, 1)]
    for axis in sorted((0, 1), key=lambda axis: -found[axis][1]):
        borders = found[axis][0]
        segments = _segments(part, axis, borders, smallest) if borders else []
        if len(segments) > 1:
            cells = [
                (x0 + start, y0, x0 + end, y1) if axis == 0 else (x0, y0 + start, x1, y0 + end)
                for start, end in segments
            ]
            return [piece for cell in cells for piece in _cut(picture, cell, expected)]
    return [rect]


def _lines(part: Pixels, axis: int) -> Pixels:
    """Turn a picture so that the lines of an axis, 0 for vertical ones, are its columns."""
    return part if axis == 0 else np.asarray(cv2.transpose(part), np.uint8)


def _evidence(image: Pixels) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """For each vertical line: the share of its length with a jump, and how strong the jump is against its surroundings.

    Jumps are taken over two pixels, since resampling blurs a border.
    """
    step = 2
    jump = cv2.absdiff(image[:, step:], image[:, :-step])  # [H, W-2, 3], centred on column x+1
    pieces = np.array_split(jump.reshape(len(jump), -1), min(24, len(jump) // 3), axis=0)
    sums = np.array([cv2.reduce(piece, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] for piece in pieces])
    lengths = np.array([3.0 * len(piece) for piece in pieces])
    bins = sums.reshape(len(pieces), -1, 3).sum(axis=2) / lengths[:, None]
    reach = max(21, round(0.03 * image.shape[1])) | 1
    # All rows in one: scipy's filter of one dimension is many times faster than that of two, but slow to call.
    padded = np.pad(bins, ((0, 0), (reach // 2, reach // 2)), mode="edge")
    usual = ndimage.median_filter(padded.ravel(), size=reach).reshape(padded.shape)
    usual = usual[:, reach // 2 : reach // 2 + bins.shape[1]] + 1.0
    ratio = ndimage.maximum_filter(bins / usual, size=(1, 3))
    pad = ((step // 2, step - step // 2),)
    across = np.pad((ratio > 1.5).mean(axis=0), pad)
    strength = np.pad(bins.mean(axis=0) / usual.mean(axis=0), pad)
    return across, strength


def _borders(part: Pixels, axis: int, strict: bool) -> tuple[list[int], float]:
    """Positions of lines that run from side to side with a jump all along; axis 0 = vertical lines."""
    if min(part.shape[:2]) < 24:
        return [], 0.0
    across, strength = _evidence(_lines(part, axis))
    least_across, least_strength = (0.95, 3.0) if strict else (ACROSS, 1.8)
    found = np.flatnonzero((across >= least_across) & (strength >= least_strength))
    if not len(found):
        return [], 0.0
    score = float((across * np.minimum(strength, 6.0))[found].max())
    return [int(p) for p in found], score


def _segments(part: Pixels, axis: int, borders: list[int], smallest: float) -> list[tuple[int, int]]:
    """Turn border positions into panels' extents: gutters dropped, databars joined to what they belong to."""
    image = _lines(part, axis)
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


def _is_one_colour(strip: Pixels) -> bool:
    """Whether a strip is of one colour; its outermost pixels, blurred by resampling, do not count."""
    core = strip[:, 1:-1] if strip.shape[1] > 2 else strip
    low, high = percentiles(core, (0.04, 0.96))
    return bool(np.all(high - low < 48))


def _continues(image: Pixels, left: int, right: int) -> bool:
    """Whether one picture runs on across a line: then the line is a scratch or a scan fault, no border."""
    lag = right - left + 3
    far = min(10 * lag, image.shape[1] // 3)
    sides = (image[:, max(0, left - far) : left - 1], image[:, right + 1 : right + far])
    before, after = (side.sum(axis=2, dtype=np.int16) / 3 for side in sides)
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
    across, strength = _evidence(_lines(picture[y0:y1, x0:x1], axis))
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
            part = picture[y0:y1, x0:x1]
            lines = part if axis == 1 else part.transpose(1, 0, 2)
            lines = lines if end == 0 else lines[::-1]
            reach = max(4, round(TRIM * len(lines)))
            if len(lines) <= reach:
                continue
            (behind,) = percentiles(lines[reach : 3 * reach], (0.5,))
            low, median, high = line_percentiles(lines[: min(reach, len(lines) // 4)], (0.06, 0.5, 0.94))
            plain = np.all(high - low < 40, axis=1)
            foreign = [
                index
                for index in np.flatnonzero(plain & (np.abs(median - behind).max(axis=1) > 40)).tolist()
                if not _are_words_beyond(median[:index][~plain[:index]], median[index])
            ]
            cut = foreign[-1] + 1 if foreign else 0
            sides[axis + 2 * end] += cut if end == 0 else -cut
    return (sides[0], sides[1], sides[2], sides[3])


def _are_words_beyond(tones: npt.NDArray[np.float64], ground: npt.NDArray[np.float64]) -> bool:
    """Whether lines further out hold words on a line's colour: they are not plain, yet mostly of its tone.

    `tones` are the medians, shape (K, 3), of those that are not plain; `ground` is that of the line, shape (3,).
    """
    return len(tones) > 0 and bool(np.abs(np.median(tones, axis=0) - ground).max() < 25)
