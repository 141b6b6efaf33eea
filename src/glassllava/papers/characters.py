"""The visible characters and raster images of one PDF page, in page coordinates, straight from pdfium.

In: a page of a `pypdfium2.PdfDocument`. Out: text fragments (joined by `fragments`) and image boxes, both in
points from the top left of the page as displayed, for `layout`. Left out: text that is invisible, clipped
away, off the page or not horizontal. Coordinates of objects inside forms are carried through the whole chain of
form matrices; pdfium gives such objects in the form's own coordinates.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from glassllava.papers import glyphs
from glassllava.papers.fragments import Character, Fragment, TextStyle, join_characters
from glassllava.papers.reading import Box

Matrix = tuple[float, float, float, float, float, float]

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST_FORM = 12
_MOST_OBJECTS = 200_000
_SMALLEST_IMAGE_POINTS = 4.0
_BOLD_NAME = re.compile(r"bold|black|heavy|demi|semib|cmbx|[-.]bd?$|[-,. ]b(?:\+\w+)?$|LTStd-Bd", re.IGNORECASE)
_ACCENTS = {
    "´": "\u0301",
    "`": "\u0300",
    "¨": "\u0308",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "ˇ": "\u030c",
    "¸": "\u0327",
}


@dataclass(frozen=True, slots=True)
class PageContent:
    """Everything of one page that the layout is made from."""

    width: float
    height: float
    fragments: list[Fragment]
    images: list[Box]


def read_content(page: pypdfium2.PdfPage) -> PageContent:
    """Read the visible text fragments and raster images of a page.

    Parameters
    ----------
    page
        An open page.

    Returns
    -------
    PageContent
        Fragments in the order in which the file prints them, image boxes clipped to the page.
    """
    width, height = page.get_size()
    to_display = _display_matrix(page)
    styles: dict[int, TextStyle] = {}
    images: list[Box] = []
    _walk_objects(page, to_display, (0.0, 0.0, width, height), styles, images)
    characters = _visible_characters(page, to_display, styles, width, height)
    return PageContent(width, height, join_characters(characters), images)


def _display_matrix(page: pypdfium2.PdfPage) -> Matrix:
    """From the page's user space (origin bottom left) to the page as displayed (origin top left)."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation() % 360
    if rotation == 90:
        return (0.0, 1.0, 1.0, 0.0, -bottom, -left)
    if rotation == 180:
        return (-1.0, 0.0, 0.0, 1.0, right, -bottom)
    if rotation == 270:
        return (0.0, -1.0, -1.0, 0.0, top, right)
    return (1.0, 0.0, 0.0, -1.0, -left, top)


def _then(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    A, B, C, D, E, F = second
    return (a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F)


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(matrix: Matrix, corners: list[tuple[float, float]]) -> Box:
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
            box = _common(box, _bounds(to_display, corners))
    return box


def _walk_objects(
    page: pypdfium2.PdfPage,
    to_display: Matrix,
    page_box: Box,
    styles: dict[int, TextStyle],
    images: list[Box],
) -> None:
    fonts: dict[int, tuple[str, bool]] = {}
    stack: list[tuple[Any, Matrix, Box, int]] = [
        (pdfium.FPDFPage_GetObject(page, index), to_display, page_box, 0)
        for index in reversed(range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)))
    ]
    seen = 0
    while stack and seen < _MOST_OBJECTS:
        handle, matrix, clip, depth = stack.pop()
        seen += 1
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            address = ctypes.addressof(handle.contents)
            styles[address] = _text_style(handle, matrix, _clip_box(handle, matrix, clip), fonts)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
            box = _bounds(_then(_object_matrix(handle), matrix), corners)
            box = _common(box, _clip_box(handle, matrix, clip))
            if min(box[2] - box[0], box[3] - box[1]) >= _SMALLEST_IMAGE_POINTS:
                images.append(box)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            inner_clip = _clip_box(handle, matrix, clip)
            if inner_clip[0] >= inner_clip[2] or inner_clip[1] >= inner_clip[3]:
                continue
            inner = _then(_object_matrix(handle), matrix)
            children = range(pdfium.FPDFFormObj_CountObjects(handle))
            stack.extend(
                (pdfium.FPDFFormObj_GetObject(handle, child), inner, inner_clip, depth + 1)
                for child in reversed(children)
            )


def _text_style(handle: Any, matrix: Matrix, clip: Box, fonts: dict[int, tuple[str, bool]]) -> TextStyle:
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(handle, size)
    a, b, c, d, _, _ = _then(_object_matrix(handle), matrix)
    font = pdfium.FPDFTextObj_GetFont(handle)
    name, bold = "", False
    if font:
        address = ctypes.addressof(font.contents)
        if address not in fonts:
            fonts[address] = _name_and_weight(font)
        name, bold = fonts[address]
    mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
    return TextStyle(
        size=abs(size.value) * (c * c + d * d) ** 0.5,
        bold=bold,
        font=name,
        visible=clip[0] < clip[2] and clip[1] < clip[3],
        invisible_ink=mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP),
        clip=clip,
        horizontal=a > 0 and abs(b) < 0.1 * a,
    )


def _name_and_weight(font: Any) -> tuple[str, bool]:
    buffer = ctypes.create_string_buffer(256)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, 256)
    name = re.sub(r"^[A-Z]{6}\+", "", buffer.value.decode("latin-1"))
    return name, bool(_BOLD_NAME.search(name)) or pdfium.FPDFFont_GetWeight(font) >= 600


def _visible_characters(
    page: pypdfium2.PdfPage, to_display: Matrix, styles: dict[int, TextStyle], width: float, height: float
) -> list[Character]:
    text_page = page.get_textpage()
    try:
        characters = _read_characters(text_page, to_display, styles, width, height)
    finally:
        text_page.close()
    # A scanned page has its recognised text in invisible ink under the picture: then that is the text.
    inked = [character for character in characters if not character.style.invisible_ink]
    return inked or characters


def _read_characters(
    text_page: pypdfium2.PdfTextPage,
    to_display: Matrix,
    styles: dict[int, TextStyle],
    width: float,
    height: float,
) -> list[Character]:
    characters: list[Character] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    loose = pdfium.FS_RECTF()
    space_before = False
    pair = 0
    for index in range(text_page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if 0xD800 <= code < 0xDC00:
            pair = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((pair - 0xD800) << 10) + (code - 0xDC00) if pair else 0xFFFD
            pair = 0
        handle = pdfium.FPDFText_GetTextObject(text_page, index)
        text = chr(code)
        if not handle or text.isspace():
            space_before = True
            continue
        style = styles.get(ctypes.addressof(handle.contents))
        if style is None or not style.visible or not style.horizontal or style.size <= 0:
            continue
        if code == 0xAD or (code < 32 and pdfium.FPDFText_IsHyphen(text_page, index) == 1):
            text = "-"
        else:
            text = glyphs.decoded(text, style.font)
            if len(text) == 1 and ord(text) < 32:
                before = characters[-1] if characters else None
                text = _named_by_shape(text_page, index, to_display, style.size, before)
        if not text:
            space_before = True
            continue
        pdfium.FPDFText_GetLooseCharBox(text_page, index, loose)
        pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
        _, baseline = _point(to_display, x.value, y.value)
        x0, _, x1, _ = _bounds(to_display, [(loose.left, loose.bottom), (loose.right, loose.top)])
        middle, waist = (x0 + x1) / 2, baseline - 0.3 * style.size
        clip = style.clip or (0.0, 0.0, width, height)
        if not (clip[0] <= middle <= clip[2] and clip[1] <= waist <= clip[3]):
            continue
        if characters and not space_before and _same_glyph(characters[-1], x0, x1, baseline, style):
            characters[-1].text += text
            continue
        characters.append(Character(text, x0, x1, baseline, style, space_before))
        space_before = False
    return characters


def _named_by_shape(
    text_page: pypdfium2.PdfTextPage, index: int, to_display: Matrix, size: float, before: Character | None
) -> str:
    """Name a symbol by its ink; heights count from the baseline of the character before it on the line."""
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
    pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
    x0, y0, x1, y1 = _bounds(to_display, [(left.value, bottom.value), (right.value, top.value)])
    _, baseline = _point(to_display, x.value, y.value)
    raised = before.baseline - baseline if before else 0.0
    if not 0 < raised < size:
        raised = 0.0
    return glyphs.from_shape((x1 - x0) / size, (y1 - y0) / size, (baseline - (y0 + y1) / 2 + raised) / size)


def _same_glyph(before: Character, x0: float, x1: float, baseline: float, style: TextStyle) -> bool:
    """Whether pdfium gave one glyph, a ligature, as several characters in the same place."""
    return (
        before.style is style
        and abs(before.x0 - x0) < 0.01
        and abs(before.x1 - x1) < 0.01
        and abs(before.baseline - baseline) < 0.01
    )
