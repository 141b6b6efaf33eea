"""Arithmetic of boxes on a page, in points.

In: `Box` values from `layout`. Out: unions, areas and overlaps for `figures` and `ownership`.
"""

from __future__ import annotations

from collections.abc import Sequence

from glassllava.papers.reading import Box


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around all of some."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def side(box: Box) -> float:
    """Return the shorter side."""
    return min(box[2] - box[0], box[3] - box[1])


def area(box: Box) -> float:
    """Return the area; 0 where the box is turned inside out."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def overlap(first: Box, second: Box) -> float:
    """Return the area that two boxes share."""
    return area(
        (
            max(first[0], second[0]),
            max(first[1], second[1]),
            min(first[2], second[2]),
            min(first[3], second[3]),
        )
    )
