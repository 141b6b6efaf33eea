"""The visible characters and raster images of one PDF page, in page coordinates, straight from pdfium.

In: a page of a `pypdfium2.PdfDocument`, and what `page_objects` says of its objects. Out: text fragments (joined by
`fragments`) and image boxes, both in points from the top left of the page as displayed, for `layout`. Left out: text
that is invisible, white on white, clipped away, off the page or not horizontal. A page that runs sideways is turned
first.
"""

from __future__ import annotations

import ctypes
import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from glassllava.papers import glyphs
from glassllava.papers.fragments import Characters, Fragment, TextStyle, join_characters
from glassllava.papers.page_objects import (
    MOST_GROUNDS,
    ImagePlace,
    Matrix,
    PageObjects,
    bounds_of,
    display_matrix,
    grounds_of,
    objects_of,
)
from glassllava.papers.reading import Box

_CAPTION = re.compile(r"\bfig(?:ure)?\.?\s*[SA]?\d+(?=\s*[.:|(])", re.IGNORECASE)
_MARGIN = 0.06
"""Share of a page at its edges, where running heads and stamps stand, that does not tell how a page is read."""
_FEWEST_SIDEWAYS = 100
"""A page without a caption has at least so many letters in the direction in which it is read."""

_SPACES = frozenset(code for code in range(0x3100) if chr(code).isspace())
_PAIRED, _SECOND = (0xD800, 0xE000), 0xDC00


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
    to_display = display_matrix(page)
    objects = objects_of(page, to_display, (0.0, 0.0, width, height))
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


def _sideways(text_page: pypdfium2.PdfTextPage, objects: PageObjects, width: float, height: float) -> dict[int, str]:
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


def _visible_characters(text_page: pypdfium2.PdfTextPage, to_display: Matrix, objects: PageObjects) -> Characters:
    characters = _read_characters(text_page, to_display, objects.styles)
    white = np.array([style.white for style in characters.styles], dtype=bool)[characters.style]
    if white.any() and len(objects.shapes) <= MOST_GROUNDS:
        characters = characters.kept(~white | _stand_on(characters, grounds_of(objects)))
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
    x0, y0, x1, y1 = bounds_of(to_display, [(left.value, bottom.value), (right.value, top.value)])
    raised = line - style.baseline if line is not None else 0.0
    if not 0 < raised < style.size:
        raised = 0.0
    middle = style.baseline - (y0 + y1) / 2 + raised
    return glyphs.from_shape((x1 - x0) / style.size, (y1 - y0) / style.size, middle / style.size)
