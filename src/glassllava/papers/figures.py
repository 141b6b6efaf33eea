"""Where each caption's figure lies on its page, and the figure's picture.

In: the open document, the layout of its pages, the captions. Out: a `FigureRegion` per caption that has a picture,
for `panels`, and several where the figure goes on on other pages; `render_region` draws it at the resolution of the
raster images inside.

Of a page's ink (`inks`) prose and rules are taken away: what is left, raster or vector, is gathered into clusters, and
`ownership` gives each to its caption.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium_c

from glassllava.papers.blocks import Rect, parts_of
from glassllava.papers.boxes import area, overlap, side, union
from glassllava.papers.inks import PIXELS_PER_POINT, Inks, bands_of, furniture_of, undrawn_images
from glassllava.papers.ownership import (
    JOIN_POINTS,
    LEAST_SIDE_POINTS,
    captions_stand_above,
    in_groups,
    is_prose,
    shared_out,
)
from glassllava.papers.panels import split_panels
from glassllava.papers.reading import Box, Caption, PageLayout

RULE_PIXELS = 4
"""A line of at most this thickness, at `PIXELS_PER_POINT`, that touches nothing is a rule."""
LONGEST_DASH_POINTS = 90.0
"""Shorter lines alone may be marks of a drawing."""
DPI_RANGE = (150.0, 600.0)
_DYE = 2
LEAST_PIXELS = 10_000
"""Smaller images tell nothing about the resolution of a figure."""
LEAST_SHARE = 0.06
"""Share of its page that a picture takes at least where no caption stands by it."""
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
        Captions of whole figures, in the order of the paper.

    Returns
    -------
    list of FigureRegion
        In the order of `captions`, those of one figure in the order of their pages; captions without a picture are
        left out.
    """
    places: dict[int, list[tuple[Caption, Box]]] = defaultdict(list)
    for caption in captions:
        for number, box in [(caption.page, caption.box), *caption.elsewhere]:
            places[number].append((caption, box))
    near = {number + step for number in places for step in (-1, 0, 1)}
    searched = [x for x in layouts if x.number in places or (x.images and x.number in near)]
    inks = Inks(document, layouts, {layout.number for layout in searched})
    furniture = furniture_of(inks, layouts) if searched else []
    pages = [_clusters(inks.taken(x.number), x, [box for _, box in places[x.number]], furniture) for x in searched]
    above = captions_stand_above(
        ([box for box, drawn in page if drawn], layout, [box for _, box in places[layout.number]])
        for page, layout in zip(pages, searched, strict=True)
    )
    found: dict[int, list[FigureRegion]] = defaultdict(list)
    spare: dict[int, list[Box]] = {}
    for clusters, layout in zip(pages, searched, strict=True):
        drawn = {box for box, has_drawing in clusters if has_drawing}
        here = places[layout.number]
        owned, left = shared_out([box for box, _ in clusters], layout, [box for _, box in here], above)
        spare[layout.number] = in_groups([box for box in left if box in drawn], layout)
        for (caption, _), boxes in zip(here, owned, strict=True):
            # Words alone are no figure: a list of a supplement's captions stands beside other text.
            if not drawn.isdisjoint(boxes):
                found[id(caption)].append(_region(caption, layout, union(boxes)))
    for caption in captions:
        if id(caption) not in found:
            found[id(caption)] = _on_next_page(layouts, caption, spare)
    for caption in captions:
        if found[id(caption)] and len(caption.parts) > 1:
            found[id(caption)] += _rest(document, layouts, found[id(caption)], spare)
    return [region for c in captions for region in sorted(found[id(c)], key=lambda region: region.page)]


def in_pixels(boxes: Sequence[Box], figure: Box, picture: npt.NDArray[np.uint8]) -> list[Rect]:
    """Return boxes of a page in pixels of a figure's picture."""
    scale = picture.shape[1] / (figure[2] - figure[0])
    rects = ([round((v - figure[k % 2]) * scale) for k, v in enumerate(box)] for box in boxes)
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in rects]


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


def _clusters(
    ink: npt.NDArray[np.uint8],
    layout: PageLayout,
    captions: list[Box],
    furniture: list[list[npt.NDArray[np.bool_]]],
) -> list[tuple[Box, bool]]:
    """Boxes of joined ink that is neither prose nor page furniture, in points, and whether each is more than text."""
    for mask, part in zip(furniture[layout.number % 2], bands_of(ink), strict=False):
        if mask.shape == part.shape:
            part[mask] = 0
    for line in layout.lines:
        if is_prose(line, layout.images):
            _blank(ink, line.box, 2.0)
    for box in captions:
        _blank(ink, box, 2.0)
    undrawn = {layout.images[index] for index in undrawn_images(layout)}
    for box in layout.images:
        if box in undrawn or (side(box) >= LEAST_SIDE_POINTS and _share_of_ink(ink, box) > 0.02):
            _fill(ink, box)
    _erase_rules_and_frames(ink, captions)
    reach = round(JOIN_POINTS * PIXELS_PER_POINT)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    for line in layout.lines:
        _blank(ink, line.box, 2.0)
    boxes = [_points(part) for part, _ in parts_of(joined)]
    return [(box, _share_of_ink(ink, box) > 0) for box in boxes]


def _points(part: Rect) -> Box:
    x0, y0, x1, y1 = part
    return x0 / PIXELS_PER_POINT, y0 / PIXELS_PER_POINT, x1 / PIXELS_PER_POINT, y1 / PIXELS_PER_POINT


def _erase_rules_and_frames(ink: npt.NDArray[np.uint8], captions: list[Box]) -> None:
    """Remove what belongs to no drawing: long lines that touch nothing, and boxes around a figure with its caption.

    The lines are rules of tables and heads; axes and arrows touch other ink.
    """
    for part, first in parts_of(ink):
        x0, y0, x1, y1 = part
        around = _points(part)
        is_rule = y1 - y0 <= RULE_PIXELS and x1 - x0 > LONGEST_DASH_POINTS * PIXELS_PER_POINT
        is_around = any(overlap(around, box) > 0.8 * area(box) for box in captions)
        if is_rule or (is_around and _dyed(ink, first, _DYE) < 0.1 * area(part)):
            _dyed(ink, first, 0)
    ink[ink == _DYE] = 1


def _dyed(ink: npt.NDArray[np.uint8], pixel: tuple[int, int], value: int) -> int:
    """Give the connected part that a pixel belongs to another value, and return its number of pixels."""
    return int(cv2.floodFill(ink, None, pixel, value, flags=8)[0])


def _blank(ink: npt.NDArray[np.uint8], box: Box, margin: float) -> None:
    x0, y0, x1, y1 = _pixels((box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin))
    ink[y0:y1, x0:x1] = 0


def _fill(ink: npt.NDArray[np.uint8], box: Box) -> None:
    x0, y0, x1, y1 = _pixels(box)
    ink[y0:y1, x0:x1] = 1


def _share_of_ink(ink: npt.NDArray[np.uint8], box: Box) -> float:
    x0, y0, x1, y1 = _pixels(box)
    part = ink[y0:y1, x0:x1]
    return cv2.countNonZero(part) / part.size if part.size else 0.0


def _pixels(box: Box) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (round(v * PIXELS_PER_POINT) for v in box)
    return max(0, x0), max(0, y0), max(0, x1), max(0, y1)


def _on_next_page(layouts: list[PageLayout], caption: Caption, spare: dict[int, list[Box]]) -> list[FigureRegion]:
    """Find a picture on the page before or after its caption, with no caption of its own there."""
    for number in (caption.page - 1, caption.page + 1):
        boxes = [box for box in spare.get(number, []) if _may_be_a_figure(box, layouts[number - 1])]
        if boxes:
            box = max(boxes, key=area)
            spare[number].remove(box)
            return [_region(caption, layouts[number - 1], box)]
    return []


def _rest(
    document: pypdfium2.PdfDocument, layouts: list[PageLayout], regions: list[FigureRegion], spare: dict[int, list[Box]]
) -> list[FigureRegion]:
    """Find pictures on the neighbouring pages where a figure has fewer than its caption names.

    They are taken where they are exactly as many as are missing, and stand at the top or the foot of their page.
    """
    caption = regions[0].caption
    pages = {region.page for region in regions}
    places = [
        _region(caption, layouts[number - 1], box)
        for number in (min(pages) - 1, max(pages) + 1)
        for box in spare.get(number, [])
        if _may_be_a_figure(box, layouts[number - 1]) and _is_at_an_end(box, layouts[number - 1])
    ]
    if not places:
        return []
    missing = len(caption.parts) - sum(
        _count_panels(document, region, layouts[region.page - 1], len(caption.parts)) for region in regions
    )
    if missing < 1:
        return []
    counts = [_count_panels(document, region, layouts[region.page - 1], missing) for region in places]
    fitting = [[region] for region, count in zip(places, counts, strict=True) if count == missing]
    on_pages = [region.page for region in places]
    if len(places) == len(set(on_pages)) and sum(counts) == missing:
        fitting.append(places)
    for region in (chosen := fitting[0] if fitting else []):
        spare[region.page].remove(region.box)
    return chosen


def _count_panels(document: pypdfium2.PdfDocument, region: FigureRegion, layout: PageLayout, expected: int) -> int:
    """Count the panels that a region seems to hold where its caption names so many."""
    picture = render_region(document, region)
    images = in_pixels(layout.images, region.box, picture)
    return len(split_panels(picture, expected, images))


def _may_be_a_figure(box: Box, layout: PageLayout) -> bool:
    return area(box) > LEAST_SHARE * layout.width * layout.height


def _is_at_an_end(box: Box, layout: PageLayout) -> bool:
    """Whether a picture has no prose above it, or none below."""
    level = [
        line.box
        for line in layout.lines
        if is_prose(line, layout.images) and min(line.box[2], box[2]) > max(line.box[0], box[0])
    ]
    return all(line[3] > box[1] for line in level) or all(line[1] < box[3] for line in level)


def _region(caption: Caption, layout: PageLayout, box: Box) -> FigureRegion:
    """Place a figure, at the resolution of the finest image in it or around it."""
    low, high = DPI_RANGE
    fitting = [
        dpi
        for image, dpi in zip(layout.images, layout.resolutions, strict=True)
        if overlap(image, box) > 0.5 * min(area(image), area(box)) and area(image) * dpi**2 > LEAST_PIXELS * 72**2
    ]
    return FigureRegion(caption, layout.number, box, min(max([low, *fitting]), high))
