"""Panel letters as they are printed: in the PDF's own text, or in the corners of pictures.

In: a page's layout or a figure's picture with its blocks. Out: `SeenLetter`s for `labels`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from glassllava.micrographs.recognition import TextReader
from glassllava.papers.blocks import Block, Rect
from glassllava.papers.labels import SeenLetter, single_letter
from glassllava.papers.letter_glyphs import Mask, read_glyph
from glassllava.papers.reading import Box, PageLayout

CORNER = 0.22
"""Side of the corner that is searched, as a share of a block's shorter side."""
LEAST_CONFIDENCE = 0.6
ALONE = 0.5
"""What an opinion counts that the other one does not share: OCR reads letters into particles now and then."""
LIGHT, DARK = (238, 190), (18, 66)
"""From which grey level on, and up to which, a mark is print: strict for letters on bright ground, mild for thin ones,
which hardly have a pixel of full tone."""
FINE = 120
"""Small corners are enlarged to about this side, in pixels: what is smoothed at a letter's rim tells its shape."""
MOST_BLOCKS = 30
MOST_MARKS = 4

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
    picture: Pixels, blocks: Sequence[Block], letters: Sequence[str], reader: TextReader | None
) -> list[SeenLetter]:
    """Read the corners of solid blocks, inside first and just outside next.

    Only letters that the caption names are returned. Shapes are told by `letter_glyphs`; where these leave a doubt
    and OCR can be had, `reader` is asked for a second opinion.
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


def _letter_in(picture: Pixels, corner: Rect, letters: Sequence[str], reader: TextReader | None) -> SeenLetter | None:
    """Read the letter printed in a corner: a compact mark of one tone, told alone."""
    x0, y0, x1, y1 = corner
    crop = picture[y0:y1, x0:x1]
    for mark in _marks(crop):
        a, b, c, d = mark.box
        found = _read(mark, crop, letters, reader)
        if found is not None:
            letter, confidence = found
            return SeenLetter(letter, x0 + (a + c) / 2, y0 + (b + d) / 2, confidence)
    return None


def _read(mark: _Mark, crop: Pixels, letters: Sequence[str], reader: TextReader | None) -> tuple[str, float] | None:
    """Return a mark's letter and confidence: of its shape, of OCR, or of both."""
    glyph = read_glyph(mark.shape, letters)
    if reader is None or (glyph is not None and glyph.sure):
        return (glyph.letter, glyph.likeness) if glyph is not None else None
    a, b, c, d = mark.with_margin(crop)
    text, confidence = reader.line(np.ascontiguousarray(crop[b:d, a:c]))
    letter = single_letter(text)
    if letter is None or letter not in letters or confidence < LEAST_CONFIDENCE:
        return (glyph.letter, ALONE * glyph.likeness) if glyph is not None else None
    if glyph is not None and glyph.letter != letter:
        return None
    return letter, confidence if glyph is not None else ALONE * confidence


@dataclass(frozen=True, slots=True)
class _Mark:
    box: Rect
    shape: Mask
    """What of it is printed, on pixels as fine as it was found on."""

    def with_margin(self, crop: Pixels) -> Rect:
        """Return the box with brackets and ground around it."""
        x0, y0, x1, y1 = self.box
        pad = round(0.35 * (y1 - y0))
        return (max(0, x0 - pad), max(0, y0 - pad), min(crop.shape[1], x1 + pad), min(crop.shape[0], y1 + pad))


def _marks(crop: Pixels) -> list[_Mark]:
    """Find compact light or dark marks, the size of a letter, the largest first."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    finer = max(1, round(FINE / min(grey.shape)))
    grey = cv2.resize(grey, None, fx=finer, fy=finer, interpolation=cv2.INTER_CUBIC)
    height, width = grey.shape
    found: list[_Mark] = []
    for mask in (*(grey >= light for light in LIGHT), *(grey <= dark for dark in DARK)):
        if not mask.any():
            continue
        _, owners, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
        left, over, wide, high, _ = stats.T
        # A dot adds less than two thirds to the height of its letter.
        may_be = (high > 0.09 * height) & (high < 0.8 * height) & (wide < 2.5 * high)
        may_be[0] = False  # the ground
        for number in np.flatnonzero(may_be).tolist():
            x, y, w, h, area = (int(v) for v in stats[number])
            dots = np.flatnonzero(
                (x - 0.3 * h < left)
                & (left + wide < x + w + 0.3 * h)
                & (over + high < y)
                & (y - (over + high) < 0.3 * h)
                & (high < 0.3 * h)
            ).tolist()
            top = min([y, *stats[dots, cv2.CC_STAT_TOP].tolist()])
            tall = y + h - top
            if not 0.15 * height < tall < 0.8 * height or not 0.12 * tall < w < 1.5 * tall or area < 0.12 * w * h:
                continue
            if x <= 0 or top <= 0 or x + w >= width or y + h >= height:
                continue
            window = owners[top : y + h, x : x + w]
            box = (x // finer, top // finer, -(-(x + w) // finer), -(-(y + h) // finer))
            found.append(_Mark(box, np.isin(window, [number, *dots])))
    return sorted(found, key=lambda mark: -mark.shape.size)[:MOST_MARKS]
