"""Where each caption's figure lies on its page, and the figure's picture.

In: the open document, the layout of its pages, the captions. Out: one `FigureRegion` per caption that has a
picture, for `panels`; `render_region` draws it at the resolution of the raster images inside.

The page is rendered without its prose: what ink is left, raster or vector, is gathered into clusters, and every
cluster goes to the caption that it stands next to with no prose between. Captions of tables compete too, so
that a table's rules are never taken for a drawing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium_c

from glassllava.papers.reading import Box, Caption, Line, PageLayout

PIXELS_PER_POINT = 1.5
"""Resolution at which a page is searched for ink."""
JOIN_POINTS = 7.0
"""Ink closer than this is one cluster."""
LEAST_SIDE_POINTS = 28.0
"""Shorter clusters are rules, running heads or stray letters."""
PROSE_LETTERS = 30
"""A line this long that lies on no image is prose; shorter ones may be a drawing's own words."""
FURNITURE_BAND = 0.13
"""Share of the page's height, at top and bottom, where running heads are looked for."""
FURNITURE_PAGES = 8
"""Pages of each parity that are compared."""
DPI_RANGE = (150.0, 600.0)
MOST_PIXELS = 16_000_000
"""Largest picture of one figure; a greater one is rendered at a lower resolution."""

_TABLE = re.compile(r"^\s*(table|tab\.|scheme|algorithm)\s*[0-9IVXS]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FigureRegion:
    """The place of a figure's picture."""

    caption: Caption
    page: int
    box: Box
    """In points from the top left of the page."""
    dpi: float
    """Resolution of the finest raster image inside, within `DPI_RANGE`."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A caption that may own clusters on a page; `caption` is None for a table's."""

    box: Box
    caption: Caption | None


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
        clusters = _clusters(page, layout, here, furniture)
        owned, spare[layout.number] = _shared_out(clusters, layout, here)
        for caption in here:
            boxes = owned.get(id(caption), [])
            if boxes:
                box = _union(boxes)
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
) -> list[Box]:
    """Boxes of joined ink that is neither prose nor page furniture, in points."""
    ink = _page_ink(page)
    common = furniture[layout.number % 2]
    if common.shape == ink.shape:
        ink[common] = 0
    for line in layout.lines:
        if _is_prose(line, layout.images):
            _blank(ink, line.box, 2.0)
    for caption in captions:
        _blank(ink, caption.box, 2.0)
    for box in layout.images:
        if _side(box) >= LEAST_SIDE_POINTS and _share_of_ink(ink, box) > 0.02:
            _fill(ink, box)
    _erase_frames(ink, [caption.box for caption in captions])
    reach = round(JOIN_POINTS * PIXELS_PER_POINT)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return [_points(x, y, w, h) for x, y, w, h, _ in stats[1:count].tolist()]


def _points(x: int, y: int, w: int, h: int) -> Box:
    return x / PIXELS_PER_POINT, y / PIXELS_PER_POINT, (x + w) / PIXELS_PER_POINT, (y + h) / PIXELS_PER_POINT


def _erase_frames(ink: npt.NDArray[np.uint8], captions: list[Box]) -> None:
    """Remove boxes drawn around a figure together with its caption."""
    count, marks, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        around = _points(x, y, w, h)
        if area < 0.1 * w * h and any(_overlap(around, box) > 0.8 * _area(box) for box in captions):
            ink[marks == index] = 0


def _is_prose(line: Line, images: list[Box]) -> bool:
    on_image = any(_overlap(line.box, image) > 0.5 * _area(line.box) for image in images)
    return not on_image and len(line.text) >= PROSE_LETTERS


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


def _shared_out(
    clusters: list[Box], layout: PageLayout, captions: list[Caption]
) -> tuple[dict[int, list[Box]], list[Box]]:
    """Give each large cluster to its caption, then small ones to the figure that they touch."""
    anchors = [_Anchor(caption.box, caption) for caption in captions]
    anchors += [
        _Anchor(line.box, None)
        for line in layout.lines
        if _TABLE.match(line.text) and not any(_overlap(line.box, c.box) for c in captions)
    ]
    prose = [line.box for line in layout.lines if _is_prose(line, layout.images)]
    prose = [box for box in prose if not any(_overlap(box, c.box) > 0.5 * _area(box) for c in captions)]
    large = [c for c in clusters if _side(c) >= LEAST_SIDE_POINTS]
    small = [c for c in clusters if _side(c) < LEAST_SIDE_POINTS]
    owned: dict[int, list[Box]] = {}
    spare: list[Box] = []
    for cluster in large:
        costs = [(_cost(cluster, anchor.box, anchors, prose), i) for i, anchor in enumerate(anchors)]
        cost, index = min(costs, default=(np.inf, -1))
        if not np.isfinite(cost):
            spare.append(cluster)
        elif (caption := anchors[index].caption) is not None:
            owned.setdefault(id(caption), []).append(cluster)
    for boxes in owned.values():
        for _ in range(2):
            whole = _union(boxes)
            near = (whole[0] - 14, whole[1] - 14, whole[2] + 14, whole[3] + 14)
            boxes.extend(
                c for c in small if _overlap(c, near) > 0.7 * _area(c) and not _hits_text(c, whole, captions, prose)
            )
    return owned, spare


def _hits_text(cluster: Box, whole: Box, captions: list[Caption], prose: list[Box]) -> bool:
    """Whether a figure stretched to this cluster would run over prose or a caption."""
    stretched = _union([cluster, whole])
    walls = [caption.box for caption in captions] + prose
    return any(_overlap(wall, stretched) > _overlap(wall, whole) + 0.2 * _area(wall) for wall in walls)


def _cost(cluster: Box, caption: Box, anchors: list[_Anchor], prose: list[Box]) -> float:
    """How far a cluster is from belonging to a caption, in points; infinite where text stands between."""
    shared_x = min(cluster[2], caption[2]) - max(cluster[0], caption[0])
    shared_y = min(cluster[3], caption[3]) - max(cluster[1], caption[1])
    if shared_x > 0.15 * min(cluster[2] - cluster[0], caption[2] - caption[0]):
        left, right = max(cluster[0], caption[0]), min(cluster[2], caption[2])
        if cluster[1] + cluster[3] < caption[1] + caption[3]:
            gap, between, extra = caption[1] - cluster[3], (left, cluster[3], right, caption[1]), 0.0
        else:
            gap, between, extra = cluster[1] - caption[3], (left, caption[3], right, cluster[1]), 40.0
    elif shared_y > 0.3 * min(cluster[3] - cluster[1], caption[3] - caption[1]):
        top, bottom = max(cluster[1], caption[1]), min(cluster[3], caption[3])
        extra = 20.0
        if cluster[0] < caption[0]:
            gap, between = caption[0] - cluster[2], (cluster[2], top, caption[0], bottom)
        else:
            gap, between = cluster[0] - caption[2], (caption[2], top, cluster[0], bottom)
    else:
        return _diagonal_cost(cluster, caption, anchors, prose)
    if between[3] > between[1] and between[2] > between[0] and _text_between(between, caption, anchors, prose):
        return float(np.inf)
    return max(gap, 0.0) + extra


def _diagonal_cost(cluster: Box, caption: Box, anchors: list[_Anchor], prose: list[Box]) -> float:
    """Weigh a picture above a caption that is narrower than the figure and does not reach under it."""
    if cluster[3] > caption[1] + 6:
        return float(np.inf)
    between = _union([cluster, caption])
    if _text_between((between[0], cluster[3], between[2], caption[1]), caption, anchors, prose):
        return float(np.inf)
    sideways = max(cluster[0] - caption[2], caption[0] - cluster[2], 0.0)
    return caption[1] - cluster[3] + sideways + 80.0


def _text_between(between: Box, caption: Box, anchors: list[_Anchor], prose: list[Box]) -> bool:
    others = [anchor.box for anchor in anchors if anchor.box != caption]
    return any(_overlap(wall, between) > 0.3 * min(_area(wall), _area(between)) for wall in prose + others)


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
            if _area(box) > 0.06 * layouts[number - 1].width * layouts[number - 1].height
        ]
        if boxes:
            box = max(boxes, key=_area)
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
    inches = _area(box) / 72**2
    fitting = [dpi for pixels, dpi in resolutions if pixels / dpi**2 < 1.1 * inches]
    return min(max([low, *fitting]), high)


def _union(boxes: list[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _side(box: Box) -> float:
    return min(box[2] - box[0], box[3] - box[1])


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _overlap(first: Box, second: Box) -> float:
    return _area(
        (
            max(first[0], second[0]),
            max(first[1], second[1]),
            min(first[2], second[2]),
            min(first[3], second[3]),
        )
    )
