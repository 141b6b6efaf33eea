"""A figure's picture into its panels: solid pictures, charts and drawings; insets and headers kept out.

In: the rendered picture of one figure (RGB array), how many panel letters its caption names, and where the PDF embeds
raster images in it. Out: `Block`s in pixels of that picture, in reading order, for `labels` and `kinds`.

Where the embedded images (`pictures`) are as many as the letters and hold the figure's ink, they are its panels.
Otherwise continuous-tone pictures are solid rectangles on the page's white; they are found first, and `cuts` divides
them, at the borders of embedded images before any other. What is left is line art, grouped by recursive cuts through
white (Nagy and Seth, "Hierarchical representation of optically scanned documents", ICPR 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from glassllava.papers.blocks import Block, Rect, in_reading_order, parts_of
from glassllava.papers.boxes import area, overlap, side, union
from glassllava.papers.cuts import MIN_SIDE, cut, trimmed
from glassllava.papers.pictures import FILLED, embedded_pictures, is_continuous_tone, is_flat_fill
from glassllava.papers.tones import Pixels, count_set, highest_channel, line_sums, lowest_channel, share_set, shrunk

Mask = npt.NDArray[np.bool_]

ANALYSIS_SIDE = 1400
"""Longest side, in pixels, of the picture that is analysed; boxes are scaled back."""
PAPER_WHITE = 28
"""A pixel whose darkest channel is within this of white is paper."""
WHITE_GAPS = (0.07, 0.05, 0.038, 0.028, 0.02, 0.014, 0.009, 0.006)
"""Widths of white, as shares of the longest side, at which line art is cut; the caption's count chooses."""
DENSE = 0.85
"""Share of ink around a pixel of a filled rectangle."""
STRAY_INK = 0.04
"""Share of a figure's ink that may stand outside of its pictures: letters, headers, scale marks."""


def split_panels(picture: Pixels, expected: int, images: Sequence[Rect] = ()) -> list[Block]:
    """Find the panels of one figure.

    Parameters
    ----------
    picture
        RGB, shape (H, W, 3).
    expected
        Number of panel letters in the caption; 0 where it names none.
    images
        Boxes of the raster images that the PDF embeds here, in pixels of `picture`; none where that is not known.

    Returns
    -------
    list of Block
        In reading order, row by row. Empty where the picture is blank.
    """
    scale = min(1.0, ANALYSIS_SIDE / max(picture.shape[:2]))
    small = shrunk(picture, scale)
    ink = _ink(small)
    if not ink.any():
        return []
    boxes = [(round(a * scale), round(b * scale), round(c * scale), round(d * scale)) for a, b, c, d in images]
    pictures = embedded_pictures(small, boxes, MIN_SIDE * max(ink.shape), expected)
    solid = [rect for rect in _solid_rects(ink) if not is_flat_fill(small, rect)]
    blocks = _of_pictures(ink, pictures, solid, expected) or _of_ink(small, ink, pictures, solid, expected)
    full = [Block(_scaled(block.box, scale, picture.shape[:2]), block.solid) for block in blocks]
    return in_reading_order([Block(trimmed(picture, b.box), True) if b.solid else b for b in full])


def _of_pictures(ink: Mask, pictures: list[Rect], solid: list[Rect], expected: int) -> list[Block]:
    """One block for each embedded picture where these are the panels; else none.

    A lone picture without letters may still be a plate of several photographs, so it counts only as a drawing.
    """
    if len(pictures) != max(expected, 1):
        return []
    outside = ink.copy()
    for x0, y0, x1, y1 in pictures:
        outside[y0:y1, x0:x1] = False
    if count_set(outside) > STRAY_INK * count_set(ink):
        return []
    if len(pictures) == 1 and sum(map(area, solid)) > 0.5 * area(pictures[0]):
        return []
    return [Block(box, is_continuous_tone(ink, box)) for box in pictures]


def _of_ink(small: Pixels, ink: Mask, pictures: list[Rect], solid: list[Rect], expected: int) -> list[Block]:
    """Return the blocks that the ink shows, cut first where embedded pictures meet."""
    rects: list[Rect] = []
    for rect in solid:
        parts = [box for box in pictures if overlap(box, rect) > 0.9 * area(box)]
        tiled = len(parts) > 1 and sum(overlap(box, rect) for box in parts) > 0.9 * area(rect)
        rects += parts if tiled else [rect]
    enough = len(rects) >= expected and len(rects) > len(solid)
    return _with_line_art(
        ink, [cell for rect in rects for cell in cut(small, rect, 1 if enough else expected)], expected
    )


def _scaled(rect: Rect, scale: float, shape: tuple[int, ...]) -> Rect:
    x0, y0, x1, y1 = (round(v / scale) for v in rect)
    return (max(0, x0), max(0, y0), min(shape[1], x1), min(shape[0], y1))


def _ink(picture: Pixels) -> Mask:
    """Pixels that are not paper; on a figure printed on black, pixels that are not black."""
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).astype(np.int16)
    if np.mean(border.max(axis=1) < PAPER_WHITE) > 0.9:
        return highest_channel(picture) > PAPER_WHITE
    return lowest_channel(picture) < 255 - PAPER_WHITE


def _solid_rects(ink: Mask) -> list[Rect]:
    """Find filled rectangles: places where the ink is dense, grown to the ink's straight border."""
    longest = max(ink.shape)
    window = max(9, round(0.012 * longest)) | 1
    around = cv2.boxFilter(
        ink.view(np.uint8), cv2.CV_16U, (window, window), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    rects: list[Rect] = []
    for dense, _ in parts_of((around > DENSE * window**2).view(np.uint8)):
        if side(dense) < 0.6 * MIN_SIDE * longest:
            continue
        rect = _grown_to_border(ink, dense, window)
        x0, y0, x1, y1 = rect
        if min(x1 - x0, y1 - y0) >= MIN_SIDE * longest and share_set(ink[y0:y1, x0:x1]) > FILLED:
            rects.append(rect)
    return _merged(rects)


def _grown_to_border(ink: Mask, rect: Rect, reach: int) -> Rect:
    x0, y0, x1, y1 = rect
    left, top = max(0, x0 - reach), max(0, y0 - reach)
    right, bottom = min(ink.shape[1], x1 + reach), min(ink.shape[0], y1 + reach)
    columns = np.flatnonzero(line_sums(ink[y0:y1, left:right], 0) > 0.5 * (y1 - y0))
    rows = np.flatnonzero(line_sums(ink[top:bottom, x0:x1], 1) > 0.5 * (x1 - x0))
    if not len(columns) or not len(rows):
        return rect
    return (left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)


def _merged(rects: list[Rect]) -> list[Rect]:
    """Join rectangles that overlap: pieces of one picture with a bright band."""
    result: list[Rect] = []
    for rect in sorted(rects, key=area, reverse=True):
        for index, other in enumerate(result):
            shared = overlap(rect, other)
            if shared > 0.1 * area(rect):
                if shared < 0.9 * area(rect):
                    result[index] = union([rect, other])
                break
        else:
            result.append(rect)
    return result


def _with_line_art(ink: Mask, cells: list[Rect], expected: int) -> list[Block]:
    """Add the panels that are line art; how finely white is cut follows the caption's number of letters."""
    cells = _without_insets(ink, cells)
    filled = ink.copy()
    for x0, y0, x1, y1 in cells:
        filled[y0:y1, x0:x1] = True
    longest = max(ink.shape)
    line_art = count_set(filled) - sum(map(area, cells))
    best: list[Block] = []
    least_cost = np.inf
    known: dict[Rect, _Trimmed | None] = {}
    for gap in WHITE_GAPS:
        leaves = _white_cuts(filled, (0, 0, ink.shape[1], ink.shape[0]), max(2, round(gap * longest)), known)
        blocks = [block for leaf in leaves for block in _panels_of_leaf(leaf, cells, longest)]
        covered = sum(count_set(ink[y0:y1, x0:x1]) for x0, y0, x1, y1 in (b.box for b in blocks if not b.solid))
        cost = abs(len(blocks) - max(expected, 1)) - 4.0 * covered / max(line_art, 1)
        if blocks and cost < least_cost:
            best, least_cost = blocks, cost
    return best


def _without_insets(ink: Mask, cells: list[Rect]) -> list[Rect]:
    """Drop pictures and filled bars that lie inside a chart: they belong to its panel."""
    if not cells:
        return cells
    outside = ink.copy()
    for x0, y0, x1, y1 in cells:
        outside[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3] = False
    charts = [
        frame
        for frame in _components(outside)
        if sum(area(cell) for cell in cells if overlap(cell, frame) > 0.95 * area(cell)) < 0.35 * area(frame)
    ]
    touching = _components(ink)
    return [
        cell
        for cell in cells
        if not any(overlap(cell, f) > 0.95 * area(cell) and area(f) > 1.8 * area(cell) for f in charts)
        and not any(
            overlap(cell, whole) > 0.95 * area(cell)
            and area(whole) > 8 * area(cell)
            and share_set(ink[whole[1] : whole[3], whole[0] : whole[2]]) < 0.5
            for whole in touching
        )
    ]


def _components(ink: Mask) -> list[Rect]:
    return [part for part, _ in parts_of(ink.view(np.uint8)) if side(part) > 40]


class _Trimmed(NamedTuple):
    """A part of a figure without the white around it, and its rows and columns that are white all along."""

    rect: Rect
    rows: Mask
    columns: Mask


def _white_cuts(ink: Mask, rect: Rect, gap: int, known: dict[Rect, _Trimmed | None]) -> list[Rect]:
    """Cut recursively through white bands of at least `gap` pixels; leaves are trimmed to their ink.

    `known` is filled with what was seen of each rectangle: other gaps lead to many of the same.
    """
    if rect not in known:
        known[rect] = _trimmed(ink, rect)
    seen = known[rect]
    if seen is None:
        return []
    x0, y0, x1, y1 = seen.rect
    down, along = _white_runs(seen.rows, gap), _white_runs(seen.columns, gap)
    if not down and not along:
        return [seen.rect]
    widest_down = max((b - a for a, b in down), default=0)
    widest_along = max((b - a for a, b in along), default=0)
    if widest_down >= widest_along:
        edges = [0, *[(a + b) // 2 for a, b in down], y1 - y0]
        pieces = [(x0, y0 + a, x1, y0 + b) for a, b in pairwise(edges)]
    else:
        edges = [0, *[(a + b) // 2 for a, b in along], x1 - x0]
        pieces = [(x0 + a, y0, x0 + b, y1) for a, b in pairwise(edges)]
    return [leaf for piece in pieces for leaf in _white_cuts(ink, piece, gap, known)]


def _trimmed(ink: Mask, rect: Rect) -> _Trimmed | None:
    x0, y0, x1, y1 = rect
    part = ink[y0:y1, x0:x1]
    rows, columns = line_sums(part, 1), line_sums(part, 0)
    ys, xs = np.flatnonzero(rows), np.flatnonzero(columns)
    if not len(ys):
        return None
    top, bottom, left, right = int(ys[0]), int(ys[-1]) + 1, int(xs[0]), int(xs[-1]) + 1
    # What is trimmed off holds no ink, so that the sums stay as they are.
    return _Trimmed(
        (x0 + left, y0 + top, x0 + right, y0 + bottom),
        rows[top:bottom] <= 0.002 * (right - left),
        columns[left:right] <= 0.002 * (bottom - top),
    )


def _white_runs(white: Mask, gap: int) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], white.astype(np.int8), [0]])))
    runs = zip(edges[::2], edges[1::2], strict=True)
    return [(int(a), int(b)) for a, b in runs if b - a >= gap and a > 0 and b < len(white)]


def _panels_of_leaf(leaf: Rect, cells: list[Rect], longest: int) -> list[Block]:
    """Return a leaf's pictures, or the leaf itself where it is line art large enough to be a panel."""
    inside = [cell for cell in cells if overlap(cell, leaf) > 0.5 * area(cell)]
    if inside:
        return [Block(cell, True) for cell in inside]
    width, height = leaf[2] - leaf[0], leaf[3] - leaf[1]
    if min(width, height) < MIN_SIDE * longest or max(width, height) < 2 * MIN_SIDE * longest:
        return []
    return [Block(leaf, False)]
