"""What a page is drawn of: text objects with their styles, images, filled shapes, straight from pdfium.

In: a page of a `pypdfium2.PdfDocument`. Out: `PageObjects` in points from the top left of the page as displayed, for
`characters`. Coordinates of objects inside forms are carried through the whole chain of form matrices; pdfium gives
such objects in the form's own coordinates.
"""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from glassllava.papers.fragments import TextStyle
from glassllava.papers.reading import Box

Matrix = tuple[float, float, float, float, float, float]
ImagePlace = tuple[int, ...]
"""Index of an image among the objects of its page; in a form, that of the form and the image's own in it, and so on."""

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST_FORM = 12
_MOST_OBJECTS = 200_000
_SMALLEST_IMAGE_POINTS = 4.0
_BLANK = 0.02
"""Up to so many bytes a pixel an image may be of one colour."""
_BOLD_NAME = re.compile(r"bold|black|heavy|demi|semib|cmbx|[-.]bd?$|[-,. ]b(?:\+\w+)?$|LTStd-Bd", re.IGNORECASE)
_WHITE = 250
"""From this level on in red, green and blue a colour is white."""
_TRANSPARENT = 12
"""Up to this of 255 an ink is too thin to be seen."""
MOST_GROUNDS = 5_000
"""Pictures and filled shapes of a page that white text is looked for on; beyond, it counts as seen."""

_FILLED = (pdfium.FPDF_TEXTRENDERMODE_FILL, pdfium.FPDF_TEXTRENDERMODE_FILL_CLIP)
_UNSEEN = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)


@dataclass(slots=True)
class PageObjects:
    """What a page is drawn of."""

    styles: dict[int, TextStyle] = field(default_factory=dict)
    """By the address of the text object."""
    images: list[Box] = field(default_factory=list)
    resolutions: list[float] = field(default_factory=list)
    """Dots per inch of each of `images`."""
    image_places: list[ImagePlace] = field(default_factory=list)
    turned: list[tuple[Any, int, tuple[float, float]]] = field(default_factory=list)
    """Text that is not horizontal: handle, quarters clockwise that turn it upright, and where it begins."""
    shapes: list[tuple[Any, Matrix, Box]] = field(default_factory=list)
    """Paths, shadings and images: handle, matrix to the page as displayed, and clip."""


def objects_of(page: pypdfium2.PdfPage, to_display: Matrix, page_box: Box) -> PageObjects:
    """Walk through all that a page is drawn of, also inside forms."""
    objects = PageObjects()
    fonts: dict[int, tuple[str, bool]] = {}
    stack: list[tuple[Any, Matrix, Box, ImagePlace]] = [
        (pdfium.FPDFPage_GetObject(page, index), to_display, page_box, (index,))
        for index in reversed(range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)))
    ]
    seen = 0
    while stack and seen < _MOST_OBJECTS:
        handle, matrix, clip, place = stack.pop()
        seen += 1
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            address = ctypes.addressof(handle.contents)
            style = _text_style(handle, matrix, _clip_box(handle, matrix, clip), fonts)
            objects.styles[address] = style
            quarters = 0 if style.horizontal or not style.visible else _quarters(_then(_object_matrix(handle), matrix))
            if quarters:
                objects.turned.append((handle, quarters, (style.left, style.baseline)))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
            placed = _then(_object_matrix(handle), matrix)
            box = _common(bounds_of(placed, corners), _clip_box(handle, matrix, clip))
            if min(box[2] - box[0], box[3] - box[1]) >= _SMALLEST_IMAGE_POINTS:
                objects.images.append(box)
                objects.resolutions.append(_resolution(handle, placed))
                objects.image_places.append(place if _holds_much(handle) else ())
        elif kind in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING):
            objects.shapes.append((handle, matrix, clip))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and len(place) <= _DEEPEST_FORM:
            inner_clip = _clip_box(handle, matrix, clip)
            if inner_clip[0] >= inner_clip[2] or inner_clip[1] >= inner_clip[3]:
                continue
            inner = _then(_object_matrix(handle), matrix)
            children = range(pdfium.FPDFFormObj_CountObjects(handle))
            stack.extend(
                (pdfium.FPDFFormObj_GetObject(handle, child), inner, inner_clip, (*place, child))
                for child in reversed(children)
            )
    return objects


def display_matrix(page: pypdfium2.PdfPage) -> Matrix:
    """Return the matrix from the page's user space (origin bottom left) to the page as displayed (origin top left)."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation() % 360
    if rotation == 90:
        return (0.0, 1.0, 1.0, 0.0, -bottom, -left)
    if rotation == 180:
        return (-1.0, 0.0, 0.0, 1.0, right, -bottom)
    if rotation == 270:
        return (0.0, -1.0, -1.0, 0.0, top, right)
    return (1.0, 0.0, 0.0, -1.0, -left, top)


def grounds_of(objects: PageObjects) -> list[Box]:
    """Return the boxes of what is not white: pictures, shadings, filled shapes, and strokes, which may be broad."""
    boxes = list(objects.images)
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for handle, matrix, clip in objects.shapes[:MOST_GROUNDS]:
        if pdfium.FPDFPageObj_GetType(handle) == pdfium.FPDF_PAGEOBJ_PATH:
            pdfium.FPDFPath_GetDrawMode(handle, fill, stroke)
            colour = _fill_colour(handle)
            white = fill.value == pdfium.FPDF_FILLMODE_NONE or (colour is not None and min(colour[:3]) >= _WHITE)
            if white and not stroke.value:
                continue
        if pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
            box = bounds_of(matrix, [(left.value, bottom.value), (right.value, top.value)])
            boxes.append(_common(box, _clip_box(handle, matrix, clip)))
    return boxes


def _then(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    A, B, C, D, E, F = second
    return (a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F)


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def bounds_of(matrix: Matrix, corners: list[tuple[float, float]]) -> Box:
    """Return the box around points that a matrix moves."""
    moved = [_point(matrix, x, y) for x, y in corners]
    xs, ys = [x for x, _ in moved], [y for _, y in moved]
    return min(xs), min(ys), max(xs), max(ys)


def _common(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _object_matrix(handle: Any) -> Matrix:
    raw = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, raw):
        return _IDENTITY
    return (raw.a, raw.b, raw.c, raw.d, raw.e, raw.f)


def _clip_box(handle: Any, to_display: Matrix, outer: Box) -> Box:
    """Bounds of the object's clipping paths, within `outer`."""
    path = pdfium.FPDFPageObj_GetClipPath(handle)
    box = outer
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(max(0, pdfium.FPDFClipPath_CountPaths(path)) if path else 0):
        corners = []
        for number in range(max(0, pdfium.FPDFClipPath_CountPathSegments(path, index))):
            segment = pdfium.FPDFClipPath_GetPathSegment(path, index, number)
            if segment and pdfium.FPDFPathSegment_GetPoint(segment, x, y):
                corners.append((x.value, y.value))
        if corners:
            box = _common(box, bounds_of(to_display, corners))
    return box


def _quarters(placed: Matrix) -> int:
    """By how many quarters, clockwise, text is turned upright: 0 where it is slanted or mirrored."""
    a, b, c, d, _, _ = placed
    if a * d - b * c >= 0:
        return 0
    if abs(a) < 0.1 * abs(b):
        return 1 if b < 0 else 3
    return 2 if a < 0 and abs(b) < 0.1 * -a else 0


def _resolution(image: Any, placed: Matrix) -> float:
    """Dots per inch of an image as large as it is printed, along its finer side; 0 where its pixels are not told."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if not pdfium.FPDFImageObj_GetImagePixelSize(image, width, height):
        return 0.0
    a, b, c, d, _, _ = placed
    sides = ((width.value, math.hypot(a, b)), (height.value, math.hypot(c, d)))
    return max(72 * pixels / points if points > 0 else 0.0 for pixels, points in sides)


def _holds_much(image: Any) -> bool:
    """Whether an image is opaque and packed to more data than a blank one, however either is packed."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if pdfium.FPDFPageObj_HasTransparency(image) or not pdfium.FPDFImageObj_GetImagePixelSize(image, width, height):
        return False
    packed = pdfium.FPDFImageObj_GetImageFilterCount(image) > 0
    return packed and bool(pdfium.FPDFImageObj_GetImageDataRaw(image, None, 0) > _BLANK * width.value * height.value)


def _text_style(handle: Any, matrix: Matrix, clip: Box, fonts: dict[int, tuple[str, bool]]) -> TextStyle:
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(handle, size)
    a, b, c, d, left, baseline = _then(_object_matrix(handle), matrix)
    horizontal = a > 0 and abs(b) < 0.1 * a
    font = pdfium.FPDFTextObj_GetFont(handle)
    name, bold = "", False
    if font:
        address = ctypes.addressof(font.contents)
        if address not in fonts:
            fonts[address] = _name_and_weight(font)
        name, bold = fonts[address]
    mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
    colour = _fill_colour(handle) if mode in _FILLED else None
    return TextStyle(
        size=abs(size.value) * (c * c + d * d) ** 0.5,
        bold=bold,
        font=name,
        visible=clip[0] < clip[2] and clip[1] < clip[3],
        invisible_ink=mode in _UNSEEN or (colour is not None and colour[3] <= _TRANSPARENT),
        clip=clip,
        horizontal=horizontal,
        white=colour is not None and min(colour[:3]) >= _WHITE,
        left=left,
        baseline=baseline,
        slope=b / a if horizontal else 0.0,
    )


def _fill_colour(handle: Any) -> tuple[int, int, int, int] | None:
    """Red, green, blue and opacity, 0 to 255, of an object's fill; None for a pattern."""
    red, green, blue, opacity = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, opacity):
        return None
    return red.value, green.value, blue.value, opacity.value


def _name_and_weight(font: Any) -> tuple[str, bool]:
    buffer = ctypes.create_string_buffer(256)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, 256)
    name = re.sub(r"^[A-Z]{6}\+", "", buffer.value.decode("latin-1"))
    return name, bool(_BOLD_NAME.search(name)) or pdfium.FPDFFont_GetWeight(font) >= 600
