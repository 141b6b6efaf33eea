"""Panel letters as they are printed: in the PDF's own text, or in the corners of pictures.

In: a page's layout or a figure's picture with its blocks. Out: `SeenLetter`s for `labels`.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from glassllava.micrographs.recognition import TextReader
from glassllava.papers.blocks import Block, Rect
from glassllava.papers.labels import SeenLetter, single_letter
from glassllava.papers.reading import Box, PageLayout

CORNER = 0.22
"""Side of the corner that is searched, as a share of a block's shorter side."""
LEAST_CONFIDENCE = 0.6
MOST_BLOCKS = 30

Pixels = npt.NDArray[np.uint8]


def letters_in_text(layout: PageLayout, figure: Box, scale: float) -> list[SeenLetter]:
    """Return single letters that the PDF itself prints on a figure.

    Parameters
    ----------
    layout
        The figure's page.
    figure
        Its box, in points.
    scale
        Pixels of the figure's picture per point.
    """
    letters = []
    for line in layout.lines:
        x, y = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
        letter = single_letter(line.text)
        if letter and figure[0] - 6 <= x <= figure[2] + 6 and figure[1] - 6 <= y <= figure[3] + 6:
            letters.append(SeenLetter(letter, (x - figure[0]) * scale, (y - figure[1]) * scale, 1.0))
    return letters


def letters_in_corners(
    picture: Pixels, blocks: Sequence[Block], letters: Sequence[str], reader: TextReader
) -> list[SeenLetter]:
    """Read the enlarged corners of solid blocks, inside first and just outside next.

    Only letters that the caption names are returned.
    """
    seen = []
    for block in [b for b in blocks if b.solid][:MOST_BLOCKS]:
        for corner in _corners(block.box, picture.shape[:2]):
            found = _letter_in(picture, corner, letters, reader)
            if found is not None:
                seen.append(found)
                break
    return seen


def _corners(box: Rect, shape: tuple[int, int]) -> list[Rect]:
    x0, y0, x1, y1 = box
    side = round(CORNER * min(x1 - x0, y1 - y0))
    wide = round(1.3 * side)
    above = max(0, y0 - side)
    corners = [
        (x0, y0, x0 + wide, y0 + side),
        (x0, y1 - side, x0 + wide, y1),
        (x1 - wide, y0, x1, y0 + side),
        (x1 - wide, y1 - side, x1, y1),
        (max(0, x0 - side), above, min(shape[1], x0 + side), y0),
    ]
    return [c for c in corners if c[2] - c[0] > 8 and c[3] - c[1] > 8]


def _letter_in(picture: Pixels, corner: Rect, letters: Sequence[str], reader: TextReader) -> SeenLetter | None:
    """Read the letter printed in a corner: a compact mark of one tone, cut out and read alone."""
    x0, y0, x1, y1 = corner
    crop = picture[y0:y1, x0:x1]
    for mark in _marks(crop):
        a, b, c, d = mark
        text, confidence = reader.line(np.ascontiguousarray(crop[b:d, a:c]))
        letter = single_letter(text)
        if letter in letters and confidence >= LEAST_CONFIDENCE and letter is not None:
            return SeenLetter(letter, x0 + (a + c) / 2, y0 + (b + d) / 2, confidence)
    return None


def _marks(crop: Pixels) -> list[Rect]:
    """Boxes of compact light or dark marks, the size of a letter, with the brackets beside them."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    boxes: list[Rect] = []
    for mask in (grey >= 238, grey <= 18):
        count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
        parts = [tuple(int(v) for v in row) for row in stats[1:count]]
        for x, y, w, h, area in parts:
            if not 0.15 * height < h < 0.8 * height or not 0.25 * h < w < 1.5 * h or area < 0.12 * w * h:
                continue
            if x <= 0 or y <= 0 or x + w >= width or y + h >= height:
                continue
            pad = round(0.35 * h)
            boxes.append((max(0, x - pad), max(0, y - pad), min(width, x + w + pad), min(height, y + h + pad)))
    return sorted(boxes, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))[:3]
