"""Arithmetic of boxes: of floats in points on a page, or of integers in pixels of a picture.

In: boxes from `layout`, rectangles from `blocks`. Out: unions, areas and overlaps, in the numbers that came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Number = TypeVar("Number", int, float)


def union(boxes: Sequence[tuple[Number, Number, Number, Number]]) -> tuple[Number, Number, Number, Number]:
    """Return the smallest box around all of some."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def side(box: tuple[Number, Number, Number, Number]) -> Number:
    """Return the shorter side."""
    return min(box[2] - box[0], box[3] - box[1])


def area(box: tuple[Number, Number, Number, Number]) -> Number:
    """Return the area; 0 where the box is turned inside out."""
    return max(0, box[2] - box[0]) * max(0, box[3] - box[1])


def overlap(first: tuple[Number, Number, Number, Number], second: tuple[Number, Number, Number, Number]) -> Number:
    """Return the area that two boxes share."""
    return area(
        (
            max(first[0], second[0]),
            max(first[1], second[1]),
            min(first[2], second[2]),
            min(first[3], second[3]),
        )
    )
