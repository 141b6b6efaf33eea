"""The blocks that a figure's picture falls into, and the order in which they are read.

In: rectangles in pixels of one figure's picture. Out: `Block`s and rectangle arithmetic for `panels`, `cuts` and
`labels`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Rect = tuple[int, int, int, int]
"""(x0, y0, x1, y1) in pixels, end exclusive."""


@dataclass(frozen=True, slots=True)
class Block:
    """One panel of a figure's picture."""

    box: Rect
    """(x0, y0, x1, y1) in pixels of the figure's picture, end exclusive."""
    solid: bool
    """True for a filled rectangle (a photograph, a map), False for line art on white."""


def parts_of(mask: npt.NDArray[np.uint8]) -> list[tuple[Rect, tuple[int, int]]]:
    """Find the connected parts of a mask.

    Their outlines are traced: that takes a fifth of the time of marking every pixel with its part.

    Parameters
    ----------
    mask
        Shape (H, W), 0 and 1; pixels that touch at a corner are connected.

    Returns
    -------
    list of (rectangle, (x, y))
        Around each part, and its first pixel, row by row from the top left, by which they are ordered.
    """
    outlines, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline, (_, _, _, around) in zip(outlines, hierarchy[0] if len(outlines) else (), strict=True):
        if around < 0:
            x, y, width, height = cv2.boundingRect(outline)
            first = (int(outline[0, 0, 0]), int(outline[0, 0, 1]))
            found.append(((x, y, x + width, y + height), first))
    return sorted(found, key=lambda part: part[1][::-1])


def in_reading_order(blocks: list[Block]) -> list[Block]:
    """Sort blocks row by row; a block as tall as several rows is read before or after them, not within."""
    if len(blocks) < 2:
        return blocks
    rows = _bands(blocks, axis=1)
    if len(rows) > 1:
        return [block for row in rows for block in in_reading_order(row)]
    columns = _bands(blocks, axis=0)
    if len(columns) < 2:
        return [block for row in rows_of(blocks) for block in row]
    groups: list[list[Block]] = []
    was_tall: bool | None = None
    for column in columns:
        tall = len(_bands(column, axis=1)) == 1
        if groups and tall == was_tall:
            groups[-1].extend(column)
        else:
            groups.append(list(column))
        was_tall = tall
    if len(groups) == 1:
        return [block for row in rows_of(blocks) for block in row]
    return [block for group in groups for block in in_reading_order(group)]


def rows_of(blocks: list[Block]) -> list[list[Block]]:
    """Group blocks into rows, top to bottom, each from left to right."""
    rows: list[list[Block]] = []
    for block in sorted(blocks, key=lambda b: (b.box[1], b.box[0])):
        for row in rows:
            first = row[0].box
            shared = min(first[3], block.box[3]) - max(first[1], block.box[1])
            if shared > 0.5 * min(first[3] - first[1], block.box[3] - block.box[1]):
                row.append(block)
                break
        else:
            rows.append([block])
    return [sorted(row, key=lambda b: b.box[0]) for row in rows]


def _bands(blocks: list[Block], axis: int) -> list[list[Block]]:
    """Group blocks that a straight line can separate: rows for axis 1, columns for axis 0; slight overlaps allowed."""
    bands: list[list[Block]] = []
    reach = -np.inf
    for block in sorted(blocks, key=lambda b: b.box[axis]):
        start, end = block.box[axis], block.box[axis + 2]
        slack = 0.12 * (end - start)
        if bands and start + slack < reach:
            bands[-1].append(block)
        else:
            bands.append([block])
        reach = max(reach, end - slack)
    return bands
