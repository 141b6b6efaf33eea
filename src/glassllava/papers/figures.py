"""Where each caption's figure lies on its page, and the figure's picture.

In: the open document, the layout of its pages, the captions. Out: one `FigureRegion` per caption that has a
picture, for `panels`; `render_region` draws it at the resolution of the raster images inside.

The page is rendered without its prose and rules: what ink is left, raster or vector, is gathered into clusters, and
`ownership` gives each to its caption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium_c

from glassllava.papers.boxes import area, overlap, side, union
from glassllava.papers.ownership import JOIN_POINTS, LEAST_SIDE_POINTS, is_prose, shared_out
from glassllava.papers.reading import Box, Caption, PageLayout

PIXELS_PER_POINT = 1.5
"""Resolution at which a page is searched for ink."""
RULE_PIXELS = 4
"""A line of at most this thickness, at `PIXELS_PER_POINT`, that touches nothing is a rule."""
LONGEST_DASH_POINTS = 90.0
"""Shorter lines alone may be marks of a drawing."""
FURNITURE_BAND = 0.13
"""Share of the page's height, at top and bottom, where running heads are looked for."""
FURNITURE_PAGES = 8
"""Pages of each parity that are compared."""
DPI_RANGE = (150.0, 600.0)
MOST_PIXELS = 16_000_000
"""Largest picture of one figure; a greater one is rendered at a lower resolution."""


@dataclass(frozen=True, slots=True)
class FigureRegion:
    """The place of a figure's picture."""

    caption: Caption
    page: int
    box: Box
    """In points from the top left of the page."""
    dpi: float
    """Resolution of the finest raster image inside, within `DPI_RANGE`."""


def locate_figures(
    document: pypdfium2.PdfDocument, layouts: list[PageLayout], captions: list[Caption]
) -> list[FigureRegion]:
    """Find the picture that belongs to each caption.

    Parameters
    ----------
    document
        The open document.
    layouts
        One entry per page, in page order.
    captions
        Figure captions, in the order of the paper.

    Returns
    -------
    list of FigureRegion
        In the order of `captions`; captions without a picture are left out.
    """
    homeless = list(captions)
    found: dict[int, FigureRegion] = {}
    spare: dict[int, list[Box]] = {}
    wanted = {caption.page for caption in captions}
    furniture = _furniture(document, layouts)
    for layout in layouts:
        if not wanted & {layout.number - 1, layout.number, layout.number + 1}:
            continue
        here = [caption for caption in captions if caption.page == layout.number]
        if not here and not layout.images:
            continue
        page = document[layout.number - 1]
        resolutions = _image_resolutions(page)
        clusters, drawn = _clusters(page, layout, here, furniture)
        owned, spare[layout.number] = shared_out(clusters, layout, here)
        for caption in here:
            boxes = owned.get(id(caption), [])
            # Words alone are no figure: a list of a supplement's captions stands beside other text.
            if any(_share_of_ink(drawn, box) > 0 for box in boxes):
                box = union(boxes)
                found[id(caption)] = FigureRegion(caption, layout.number, box, _dpi(box, resolutions))
                homeless.remove(caption)
    for caption in homeless:
        region = _on_next_page(document, layouts, caption, spare)
        if region is not None:
            found[id(caption)] = region
    return [found[id(caption)] for caption in captions if id(caption) in found]


def render_region(document: pypdfium2.PdfDocument, region: FigureRegion) -> npt.NDArray[np.uint8]:
    """Draw a figure's picture.

    Returns
    -------
    numpy.ndarray
        RGB, shape (H, W, 3); at most `MOST_PIXELS` pixels.
    """
    page = document[region.page - 1]
    width, height = page.get_size()
    x0, y0, x1, y1 = region.box
    scale = region.dpi / 72
    scale = min(scale, (MOST_PIXELS / max((x1 - x0) * (y1 - y0), 1.0)) ** 0.5)
    crop = (max(0.0, x0), max(0.0, height - y1), max(0.0, width - x1), max(0.0, y0))
    bitmap = page.render(scale=scale, crop=crop, rev_byteorder=True, force_bitmap_format=pdfium_c.FPDFBitmap_BGR)
    picture = np.array(bitmap.to_numpy(), copy=True)
    bitmap.close()
    page.close()
    return picture


def _furniture(document: pypdfium2.PdfDocument, layouts: Sequence[PageLayout]) -> list[npt.NDArray[np.bool_]]:
    """Ink that stands in the same place at the top or bottom of most even, and of most odd, pages.

    Two masks at `PIXELS_PER_POINT`: even pages, odd pages; empty for short papers.
    """
    masks = []
    for parity in (0, 1):
        readable = [layout.number for layout in layouts if not layout.unreadable]
        numbers = [number for number in readable if number % 2 == parity][:FURNITURE_PAGES]
        inks = [_page_ink(document[n - 1]) for n in numbers]
        shape = inks[len(inks) // 2].shape if inks else (0, 0)
        alike = [ink for ink in inks if ink.shape == shape]
        if len(alike) < 3:
            masks.append(np.zeros((0, 0), bool))
            continue
        common = np.mean(alike, axis=0) > 0.5
        band = round(FURNITURE_BAND * shape[0])
        common[band : shape[0] - band] = False
        masks.append(common)
    return masks


def _page_ink(page: pypdfium2.PdfPage) -> npt.NDArray[np.uint8]:
    bitmap = page.render(scale=PIXELS_PER_POINT, grayscale=True)
    grey = np.array(bitmap.to_numpy(), copy=True).reshape(bitmap.height, bitmap.width, -1)[..., 0]
    bitmap.close()
    page.close()
    return (grey < 246).astype(np.uint8)


def _clusters(
    page: pypdfium2.PdfPage,
    layout: PageLayout,
    captions: list[Caption],
    furniture: list[npt.NDArray[np.bool_]],
) -> tuple[list[Box], npt.NDArray[np.uint8]]:
    """Boxes of joined ink that is neither prose nor page furniture, in points; and the ink that is no text at all."""
    ink = _page_ink(page)
    common = furniture[layout.number % 2]
    if common.shape == ink.shape:
        ink[common] = 0
    for line in layout.lines:
        if is_prose(line, layout.images):
            _blank(ink, line.box, 2.0)
    for caption in captions:
        _blank(ink, caption.box, 2.0)
    for box in layout.images:
        if side(box) >= LEAST_SIDE_POINTS and _share_of_ink(ink, box) > 0.02:
            _fill(ink, box)
    _erase_rules(ink)
    _erase_frames(ink, [caption.box for caption in captions])
    reach = round(JOIN_POINTS * PIXELS_PER_POINT)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    for line in layout.lines:
        _blank(ink, line.box, 2.0)
    return [_points(x, y, w, h) for x, y, w, h, _ in stats[1:count].tolist()], ink


def _points(x: int, y: int, w: int, h: int) -> Box:
    return x / PIXELS_PER_POINT, y / PIXELS_PER_POINT, (x + w) / PIXELS_PER_POINT, (y + h) / PIXELS_PER_POINT


def _erase_rules(ink: npt.NDArray[np.uint8]) -> None:
    """Remove long lines that touch nothing: rules of tables and heads, not axes and arrows."""
    count, marks, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for index in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[index])
        if h <= RULE_PIXELS and w > LONGEST_DASH_POINTS * PIXELS_PER_POINT:
            ink[y : y + h, x : x + w][marks[y : y + h, x : x + w] == index] = 0


def _erase_frames(ink: npt.NDArray[np.uint8], captions: list[Box]) -> None:
    """Remove boxes drawn around a figure together with its caption."""
    count, marks, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for index in range(1, count):
        x, y, w, h, inked = (int(v) for v in stats[index])
        around = _points(x, y, w, h)
        if inked < 0.1 * w * h and any(overlap(around, box) > 0.8 * area(box) for box in captions):
            ink[marks == index] = 0


def _blank(ink: npt.NDArray[np.uint8], box: Box, margin: float) -> None:
    x0, y0, x1, y1 = _pixels((box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin))
    ink[y0:y1, x0:x1] = 0


def _fill(ink: npt.NDArray[np.uint8], box: Box) -> None:
    x0, y0, x1, y1 = _pixels(box)
    ink[y0:y1, x0:x1] = 1


def _share_of_ink(ink: npt.NDArray[np.uint8], box: Box) -> float:
    x0, y0, x1, y1 = _pixels(box)
    part = ink[y0:y1, x0:x1]
    return float(part.mean()) if part.size else 0.0


def _pixels(box: Box) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (round(v * PIXELS_PER_POINT) for v in box)
    return max(0, x0), max(0, y0), max(0, x1), max(0, y1)


def _on_next_page(
    document: pypdfium2.PdfDocument,
    layouts: list[PageLayout],
    caption: Caption,
    spare: dict[int, list[Box]],
) -> FigureRegion | None:
    """Find a picture on the page before or after its caption, with no caption of its own there."""
    for number in (caption.page - 1, caption.page + 1):
        boxes = [
            box
            for box in spare.get(number, [])
            if area(box) > 0.06 * layouts[number - 1].width * layouts[number - 1].height
        ]
        if boxes:
            box = max(boxes, key=area)
            spare[number].remove(box)
            page = document[number - 1]
            resolutions = _image_resolutions(page)
            page.close()
            return FigureRegion(caption, number, box, _dpi(box, resolutions))
    return None


def _image_resolutions(page: pypdfium2.PdfPage) -> list[tuple[int, float]]:
    """(pixels, dots per inch) of each raster image of a page."""
    resolutions = []
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=8):
        width, height = image.get_px_size()
        dpi = image.get_metadata().horizontal_dpi
        if width * height > 10_000 and dpi > 0:
            resolutions.append((width * height, float(dpi)))
    return resolutions


def _dpi(box: Box, resolutions: list[tuple[int, float]]) -> float:
    """Resolution of the finest image that can be inside the box."""
    low, high = DPI_RANGE
    inches = area(box) / 72**2
    fitting = [dpi for pixels, dpi in resolutions if pixels / dpi**2 < 1.1 * inches]
    return min(max([low, *fitting]), high)
