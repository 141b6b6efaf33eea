"""The visible characters and raster images of one PDF page, in page coordinates, straight from pdfium.

In: a page of a `pypdfium2.PdfDocument`. Out: text fragments (joined by `fragments`) and image boxes, both in
points from the top left of the page as displayed, for `layout`. Left out: text that is invisible, white on
white, clipped away, off the page or not horizontal. A page that runs sideways is turned first. Coordinates of
objects inside forms are carried through the whole chain of form matrices; pdfium gives such objects in the form's
own coordinates.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from glassllava.papers import glyphs
from glassllava.papers.fragments import Characters, Fragment, TextStyle, join_characters
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
_CAPTION = re.compile(r"\bfig(?:ure)?\.?\s*[SA]?\d+(?=\s*[.:|(])", re.IGNORECASE)
_MARGIN = 0.06
"""Share of a page at its edges, where running heads and stamps stand, that does not tell how a page is read."""
_FEWEST_SIDEWAYS = 100
"""A page without a caption has at least so many letters in the direction in which it is read."""
_WHITE = 250
"""From this level on in red, green and blue a colour is white."""
_TRANSPARENT = 12
"""Up to this of 255 an ink is too thin to be seen."""
_MOST_GROUNDS = 5_000
"""Pictures and filled shapes of a page that white text is looked for on; beyond, it counts as seen."""

_SPACES = frozenset(code for code in range(0x3100) if chr(code).isspace())
_PAIRED, _SECOND = (0xD800, 0xE000), 0xDC00
_FILLED = (pdfium.FPDF_TEXTRENDERMODE_FILL, pdfium.FPDF_TEXTRENDERMODE_FILL_CLIP)
_UNSEEN = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)


def _plain(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Take a function of pdfium that is called for every character with plain addresses.

    A pointer object for each argument and result, which pypdfium2's own prototypes make, doubles the time of a page.
    """
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value)  # type: ignore[arg-type]


_PAGE, _INDEX, _OUT = ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
_text_object = _plain(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, _PAGE, _INDEX)
_unicode = _plain(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _PAGE, _INDEX)
_loose_box = _plain(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, _PAGE, _INDEX, _OUT)


@dataclass(frozen=True, slots=True)
class PageContent:
    """Everything of one page that the layout is made from."""

    width: float
    height: float
    fragments: list[Fragment]
    images: list[Box]
    resolutions: list[float]
    """Dots per inch of each of `images`, as large as it is printed; along its finer side."""
    image_places: list[ImagePlace]
    """Where each of `images` stands among the page's objects; empty where it may be blank."""
    sideways_caption: str | None = None
    """How a figure's caption begins that runs sideways beside other text, and is not read."""


def read_content(page: pypdfium2.PdfPage) -> PageContent:
    """Read the visible text fragments and raster images of a page.

    A page whose text mostly runs sideways or upside down is turned first, and stays so while its document is open.

    Parameters
    ----------
    page
        An open page.

    Returns
    -------
    PageContent
        Fragments in the order in which the file prints them, image boxes clipped to the page.
    """
    content, quarters = _read_as_displayed(page)
    if quarters:
        page.set_rotation((page.get_rotation() + 90 * quarters) % 360)
        content, _ = _read_as_displayed(page)
    return content


def _read_as_displayed(page: pypdfium2.PdfPage) -> tuple[PageContent, int]:
    """Read a page; and by how many quarters, clockwise, it is to be turned before most of its text can be read."""
    width, height = page.get_size()
    to_display = _display_matrix(page)
    objects = _Objects()
    _walk_objects(page, to_display, (0.0, 0.0, width, height), objects)
    text_page = page.get_textpage()
    try:
        characters = _visible_characters(text_page, to_display, objects)
        sideways = _sideways(text_page, objects, width, height)
    finally:
        text_page.close()
    inside = (characters.baseline > _MARGIN * height) & (characters.baseline < (1 - _MARGIN) * height)
    upright = int(np.count_nonzero(inside))
    quarters = next((q for q, text in sideways.items() if _outweighs(text, upright)), 0)
    lost = next((found[0] for text in sideways.values() if (found := _CAPTION.search(text))), None)
    content = PageContent(
        width,
        height,
        join_characters(characters),
        objects.images,
        objects.resolutions,
        objects.image_places,
        sideways_caption=lost,
    )
    return content, quarters


def _sideways(text_page: pypdfium2.PdfTextPage, objects: _Objects, width: float, height: float) -> dict[int, str]:
    """Text that runs in other directions, by the quarters that turn it upright; stamps in the margin left out."""
    texts: dict[int, str] = defaultdict(str)
    for handle, quarters, (x, y) in objects.turned:
        place = y / height if quarters == 2 else x / width
        if _MARGIN < place < 1 - _MARGIN:
            size = pdfium.FPDFTextObj_GetText(handle, text_page.raw, None, 0)
            buffer = (ctypes.c_ushort * (size // 2 + 1))()
            pdfium.FPDFTextObj_GetText(handle, text_page.raw, buffer, size)
            texts[quarters] += " " + bytes(buffer)[:size].decode("utf-16-le", "replace").strip("\0 ")
    return texts


def _outweighs(sideways: str, upright: int) -> bool:
    """Whether a page is to be read in another direction than it is displayed; axis titles alone are no reason."""
    letters = len(sideways.replace(" ", ""))
    if _CAPTION.search(sideways):
        return letters > upright
    return letters >= _FEWEST_SIDEWAYS and letters > 2 * upright


@dataclass(slots=True)
class _Objects:
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


def _walk_objects(page: pypdfium2.PdfPage, to_display: Matrix, page_box: Box, objects: _Objects) -> None:
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
            box = _common(_bounds(placed, corners), _clip_box(handle, matrix, clip))
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
    """Whether an image is opaque and has more data than a blank one, however either is packed."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if pdfium.FPDFPageObj_HasTransparency(image) or not pdfium.FPDFImageObj_GetImagePixelSize(image, width, height):
        return False
    return bool(pdfium.FPDFImageObj_GetImageDataRaw(image, None, 0) > _BLANK * width.value * height.value)


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


def _grounds(objects: _Objects) -> list[Box]:
    """Boxes of what is not white: pictures, shadings, filled shapes, and strokes, which may be as broad as bars."""
    boxes = list(objects.images)
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for handle, matrix, clip in objects.shapes[:_MOST_GROUNDS]:
        if pdfium.FPDFPageObj_GetType(handle) == pdfium.FPDF_PAGEOBJ_PATH:
            pdfium.FPDFPath_GetDrawMode(handle, fill, stroke)
            colour = _fill_colour(handle)
            white = fill.value == pdfium.FPDF_FILLMODE_NONE or (colour is not None and min(colour[:3]) >= _WHITE)
            if white and not stroke.value:
                continue
        if pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
            box = _bounds(matrix, [(left.value, bottom.value), (right.value, top.value)])
            boxes.append(_common(box, _clip_box(handle, matrix, clip)))
    return boxes


def _name_and_weight(font: Any) -> tuple[str, bool]:
    buffer = ctypes.create_string_buffer(256)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, 256)
    name = re.sub(r"^[A-Z]{6}\+", "", buffer.value.decode("latin-1"))
    return name, bool(_BOLD_NAME.search(name)) or pdfium.FPDFFont_GetWeight(font) >= 600


def _visible_characters(text_page: pypdfium2.PdfTextPage, to_display: Matrix, objects: _Objects) -> Characters:
    characters = _read_characters(text_page, to_display, objects.styles)
    white = np.array([style.white for style in characters.styles], dtype=bool)[characters.style]
    if white.any() and len(objects.shapes) <= _MOST_GROUNDS:
        characters = characters.kept(~white | _stand_on(characters, _grounds(objects)))
    # A scanned page has its recognised text in invisible ink under the picture: then that is the text.
    inked = np.array([not style.invisible_ink for style in characters.styles], dtype=bool)[characters.style]
    return characters.kept(inked) if inked.any() else characters


def _stand_on(characters: Characters, grounds: list[Box]) -> npt.NDArray[np.bool_]:
    x, y = _middles(characters)
    found = np.zeros(len(characters.texts), dtype=bool)
    for x0, y0, x1, y1 in grounds:
        found |= (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
    return found


def _middles(characters: Characters) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return (characters.x0 + characters.x1) / 2, characters.baseline - 0.3 * characters.size


def _read_characters(text_page: pypdfium2.PdfTextPage, to_display: Matrix, styles: dict[int, TextStyle]) -> Characters:
    address = ctypes.cast(text_page.raw, ctypes.c_void_p).value
    numbers = {handle: number for number, handle in enumerate(styles)}
    listed = list(styles.values())
    shown = [style.visible and style.horizontal and style.size > 0 for style in listed]
    by_font: dict[str, dict[int, str]] = defaultdict(dict)
    known = [by_font[style.font] for style in listed]
    indices: list[int] = []
    texts: list[str] = []
    spaces: list[bool] = []
    style: list[int] = []
    space_before = False
    codes = _codes(text_page, address)
    for start, end in _words(codes):
        space_before |= start > 0
        for handle, first, last in _by_object(address, start, end):
            number = numbers.get(handle) if handle else None
            if number is None or not shown[number]:
                space_before |= not handle
                continue
            found = [known[number].get(code) for code in codes[first:last]]
            for index, text in enumerate(found, start=first):
                if text is None:
                    if codes[index] < 0:
                        continue
                    line = listed[style[-1]].baseline if style else None
                    text = _decoded(text_page, index, codes[index], to_display, listed[number], line, known[number])
                if not text:
                    space_before = True
                    continue
                indices.append(index)
                texts.append(text)
                spaces.append(space_before)
                style.append(number)
                space_before = False
    x0, x1 = _extents(address, indices, to_display)
    characters = Characters(
        texts,
        x0,
        x1,
        _baselines(x0, style, listed),
        np.array(spaces, dtype=bool),
        np.array(style, dtype=np.int64),
        listed,
    )
    return _whole_glyphs(_unclipped(characters))


def _codes(text_page: pypdfium2.PdfTextPage, address: int | None) -> list[int]:
    """Give the code of each character; the first half of a pair has none, -1, and the second that of both.

    They are taken all at once where pdfium's text of the page has one unit for each.
    """
    count = max(0, text_page.count_chars())
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(text_page, 0, count, buffer) == count + 1:
        codes: list[int] = buffer[:count]
        odd = [index for index, code in enumerate(codes) if code >= _PAIRED[0]]
        if not any(codes[index] < _PAIRED[1] for index in odd):
            # A hyphen at a line's end has another code there.
            for index in odd:
                codes[index] = _unicode(address, index)
            return codes
    codes = []
    high = 0
    for index in range(count):
        code = _unicode(address, index)
        if _PAIRED[0] <= code < _PAIRED[1]:
            if code < _SECOND:
                high, code = code, -1
            else:
                code = 0x10000 + ((high - _PAIRED[0]) << 10) + (code - _SECOND) if high else 0xFFFD
                high = 0
        codes.append(code)
    return codes


def _words(codes: list[int]) -> list[tuple[int, int]]:
    """Give the places in which no character is a space, each with its end."""
    spaces = [-1, *(index for index, code in enumerate(codes) if code in _SPACES), len(codes)]
    return [(before + 1, after) for before, after in pairwise(spaces) if after > before + 1]


def _by_object(address: int | None, start: int, end: int) -> list[tuple[int | None, int, int]]:
    """Part the characters of a word by the object that prints them, which prints them in a row."""
    first = _text_object(address, start)
    if end - start == 1 or first == _text_object(address, end - 1):
        return [(first, start, end)]
    middle = (start + end) // 2
    return _by_object(address, start, middle) + _by_object(address, middle, end)


def _decoded(
    text_page: pypdfium2.PdfTextPage,
    index: int,
    code: int,
    to_display: Matrix,
    style: TextStyle,
    line: float | None,
    known: dict[int, str],
) -> str:
    """Give what a code stands for, which `known` is told of where it holds for all of the font."""
    if code == 0xAD or (code < 32 and pdfium.FPDFText_IsHyphen(text_page, index) == 1):
        return "-"
    text = glyphs.decoded(chr(code), style.font)
    if len(text) == 1 and ord(text) < 32:
        return _named_by_shape(text_page, index, to_display, style, line)
    known[code] = text
    return text


def _extents(
    address: int | None, indices: list[int], to_display: Matrix
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Left and right ends of characters on the page as displayed."""
    boxes = (pdfium.FS_RECTF * len(indices))()
    start, step = ctypes.addressof(boxes), ctypes.sizeof(pdfium.FS_RECTF)
    places = range(start, start + len(indices) * step, step)
    deque(map(_loose_box, repeat(address), indices, places), maxlen=0)  # no loop of Python's own: half of the time
    left, top, right, bottom = np.frombuffer(boxes, np.float32).reshape(-1, 4).T.astype(np.float64)
    a, _, c, _, e, _ = to_display
    ends = np.sort([a * left + c * bottom + e, a * right + c * top + e], axis=0)
    return ends[0], ends[1]


def _baselines(x: npt.NDArray[np.float64], style: list[int], styles: list[TextStyle]) -> npt.NDArray[np.float64]:
    lines = np.array([(s.baseline, s.slope, s.left) for s in styles]).reshape(-1, 3)[style]
    return np.asarray(lines[:, 0] + lines[:, 1] * (x - lines[:, 2]))


def _unclipped(characters: Characters) -> Characters:
    """Leave out what is clipped away; a space in front of it stands in front of what follows."""
    x, y = _middles(characters)
    x0, y0, x1, y1 = np.array([style.clip for style in characters.styles]).reshape(-1, 4)[characters.style].T
    inside = (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
    for index in np.flatnonzero(~inside & characters.space_before).tolist():
        characters.space_before[index + 1 : index + 2] = True
    return characters.kept(inside)


def _whole_glyphs(characters: Characters) -> Characters:
    """Join what pdfium gives as several characters in one place: the letters of a ligature."""
    same = (
        (np.diff(characters.style) == 0)
        & (np.abs(np.diff(characters.x0)) < 0.01)
        & (np.abs(np.diff(characters.x1)) < 0.01)
        & ~characters.space_before[1:]
    )
    if not same.any():
        return characters
    mask = np.concatenate([[True], ~same])
    for index in np.flatnonzero(~mask)[::-1].tolist():
        characters.texts[index - 1] += characters.texts[index]
    return characters.kept(mask)


def _named_by_shape(
    text_page: pypdfium2.PdfTextPage, index: int, to_display: Matrix, style: TextStyle, line: float | None
) -> str:
    """Name a symbol by its ink; heights count from the baseline of the character before it, where it has one."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
    x0, y0, x1, y1 = _bounds(to_display, [(left.value, bottom.value), (right.value, top.value)])
    raised = line - style.baseline if line is not None else 0.0
    if not 0 < raised < style.size:
        raised = 0.0
    middle = style.baseline - (y0 + y1) / 2 + raised
    return glyphs.from_shape((x1 - x0) / style.size, (y1 - y0) / style.size, middle / style.size)
