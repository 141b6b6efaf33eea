"""The raster images that a PDF embeds in a figure, as evidence of where its pictures end.

In: the rendered picture of one figure, and the boxes of the embedded images in its pixels. Out: one rectangle for
each picture, for `panels`.

A publisher who sets a figure from single files leaves one image object for each, and its box is a sharper border
than any pixels can show. But one picture may also be stored as several strips or tiles: images that abut are joined
wherever the rendered figure shows nothing at their seam. Two pictures of one even tone show nothing either, so images
that are all of one size and as many as the panels stay apart, unless they are thin as strips are. An image on top of
another (an inset, a mask) is part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from glassllava.papers.blocks import Rect
from glassllava.papers.boxes import area, overlap, union
from glassllava.papers.tones import Pixels, share_set

Mask = npt.NDArray[np.bool_]

ABUT = 3
"""Images of one figure that are at most so many pixels apart may be parts of one picture."""
SEAM_PIECES = 24
"""Pieces of a seam that are compared with each other."""
VISIBLE = 2.0
"""A seam is seen where the tone jumps so many times as much as at lines beside it."""
MOST_IMAGES = 200
"""With more images than that, a figure is a drawing out of small parts, and they say nothing about its panels."""
STRIP = 3.0
"""From this ratio of its sides on, an image looks like a strip of a picture."""
ONE_SIZE = 0.03
"""Sides that differ by less than this share are equal."""
FILLED = 0.72
"""From this share of ink on, a rectangle is a continuous-tone picture and no line art."""
FLAT_FILL = 0.75
"""From this share of one colour on, a filled rectangle is a drawn shape and no picture."""


def embedded_pictures(picture: Pixels, images: Sequence[Rect], smallest: float, expected: int) -> list[Rect]:
    """Return the rectangle of each picture that the embedded images make up.

    Parameters
    ----------
    picture
        RGB, shape (H, W, 3): the rendered figure.
    images
        Boxes of the embedded images, in pixels of `picture`; they may reach beyond it.
    smallest
        Shortest side, in pixels, of a picture.
    expected
        Number of panel letters in the caption.

    Returns
    -------
    list of tuple
        In no order. Images without ink where they should be are left out, as are those inside others.
    """
    height, width = picture.shape[:2]
    clipped = [(max(0, x0), max(0, y0), min(width, x1), min(height, y1)) for x0, y0, x1, y1 in images]
    inside = {box for box, whole in zip(clipped, images, strict=True) if area(box) > 0.8 * area(whole) > 0}
    if len(inside) > MOST_IMAGES:
        return []
    pictures = []
    outermost = _outermost(inside)
    single = len(outermost) == expected > 1 and _are_alike(outermost)
    for group in [[box] for box in outermost] if single else _joined(picture, outermost):
        x0, y0, x1, y1 = whole = union(group)
        drawn = picture[y0:y1, x0:x1]
        if min(x1 - x0, y1 - y0) >= smallest and sum(map(area, group)) > 0.9 * area(whole) and drawn.min() < 227:
            pictures.append(whole)
    return pictures


def is_continuous_tone(ink: Mask, box: Rect) -> bool:
    """Whether an embedded image is a photograph or map: filled with ink, or inked all around its border."""
    x0, y0, x1, y1 = box
    part = ink[y0:y1, x0:x1]
    inset = max(2, round(0.01 * min(part.shape)))
    core = part[inset:-inset, inset:-inset]
    if core.size == 0:
        return False
    sides = (core[0], core[-1], core[:, 0], core[:, -1])
    return bool(share_set(part) > FILLED or min(side.mean() for side in sides) > 0.5)


def is_flat_fill(picture: Pixels, box: Rect) -> bool:
    """Whether a rectangle is a drawn shape: nearly all of one colour that is not black.

    Black may be the ground of a map or of a diffraction pattern.
    """
    x0, y0, x1, y1 = box
    part = picture[y0:y1, x0:x1]
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    levels = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
    usual = int(levels.argmax())
    return usual > 8 and float(levels[usual - 1 : usual + 2].sum()) > FLAT_FILL * grey.size


def _outermost(boxes: set[Rect]) -> list[Rect]:
    """Leave out what lies in another box, and a ground that others tile."""
    kept: list[Rect] = []
    for box in sorted((box for box in boxes if not _is_tiled(box, boxes)), key=lambda box: (-area(box), box)):
        if not any(overlap(box, other) > 0.9 * area(box) for other in kept):
            kept.append(box)
    return kept


def _is_tiled(ground: Rect, boxes: set[Rect]) -> bool:
    parts = [box for box in boxes if area(box) < 0.7 * area(ground) and overlap(box, ground) > 0.9 * area(box)]
    crossing = sum(overlap(a, b) for a, b in combinations(parts, 2))
    return len(parts) > 1 and sum(map(area, parts)) - crossing > 0.7 * area(ground)


def _are_alike(boxes: Sequence[Rect]) -> bool:
    """Whether images are all of one size and none is a strip."""
    sides = np.array([(x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes], dtype=float)
    usual = np.median(sides, axis=0)
    return bool(usual.max() < STRIP * usual.min() and np.all(np.abs(sides - usual) <= ONE_SIZE * usual + 2))


def _joined(picture: Pixels, boxes: list[Rect]) -> list[list[Rect]]:
    """Group images whose common seam cannot be seen."""
    groups = [[box] for box in boxes]
    for first, second in combinations(boxes, 2):
        seam = _seam(first, second)
        if seam is None or _is_seen(picture, *seam):
            continue
        one = next(group for group in groups if first in group)
        other = next(group for group in groups if second in group)
        if one is not other:
            one += other
            groups.remove(other)
    return groups


def _seam(first: Rect, second: Rect) -> tuple[int, int, int, int] | None:
    """(axis, position, start, end) of the border that two images share; axis 0 for a vertical one."""
    for axis in (0, 1):
        along = 1 - axis
        left, right = sorted((first, second), key=lambda box: box[axis])
        start, end = max(left[along], right[along]), min(left[along + 2], right[along + 2])
        shorter = min(left[along + 2] - left[along], right[along + 2] - right[along])
        if abs(right[axis] - left[axis + 2]) <= ABUT and end - start > 0.5 * shorter:
            return axis, (right[axis] + left[axis + 2]) // 2, start, end
    return None


def _is_seen(picture: Pixels, axis: int, position: int, start: int, end: int) -> bool:
    """Whether the tone jumps along a seam more than along lines beside it, in the mean of its pieces."""
    lines = picture if axis == 0 else picture.transpose(1, 0, 2)
    reach = 40
    band = lines[start:end, max(0, position - reach) : position + reach].astype(np.float64).mean(axis=2)
    here = min(position, reach)
    pieces = np.array([part.mean(axis=0) for part in np.array_split(band, min(SEAM_PIECES, len(band)))])
    # Pixels next to a seam are blurred by resampling, so tones are taken two to four pixels to either side.
    means = np.apply_along_axis(lambda row: np.convolve(row, np.ones(3) / 3, mode="valid"), 1, pieces)
    jumps = np.abs(means[:, 6:] - means[:, :-6]).mean(axis=0)  # [W-8], centred on column index + 4
    middle = here - 4
    if not 0 <= middle < len(jumps):
        return True
    beside = np.concatenate([jumps[: max(0, middle - 6)], jumps[middle + 7 :]])
    usual = float(np.median(beside)) if len(beside) else 0.0
    return bool(jumps[max(0, middle - 1) : middle + 2].max() > VISIBLE * usual + 1.0)
