"""What the first bytes of an image file say: its size, depth and tags, before any pixel is read.

In: the bytes of an image file. Out: a `Header`. Of a file with several pages the first that is a whole image counts,
not a thumbnail or a mask.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import tifffile
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.micrographs.instruments import TAGS
from glassllava.micrographs.instruments.fei import XML_TAG

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000", "PPM")
"""What is opened; Pillow's other readers are for documents or start other programs."""
TIFF_BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_BITS = {"1": 1, "I;16": 16, "I;16B": 16, "I;16L": 16, "I;16N": 16, "I": 32, "F": 32}
_PNG_DEPTH = 24
"""Place of the bit depth in a PNG file."""
_PAGES_LOOKED_AT = 16
_REDUCED_OR_MASK = 1 | 4
"""Bits of the tag NewSubfileType."""
_XML_BEGINNING, _XML_END = b"<FeiImage", b"</FeiImage>"


@dataclass(frozen=True, slots=True)
class Header:
    """Size, depth and tags of an image file."""

    width: int
    height: int
    bit_depth: int
    """Bits a channel, as stored."""
    page: int
    """Which page of the file is the image, from 0."""
    several: bool
    """Whether the file has other pages besides."""
    tags: dict[int, Any]
    """The tags that instruments' readers look at, by code; those of the first page fill what the image's lacks."""
    problems: tuple[str, ...]


def read_header(data: bytes) -> Header:
    """Read the header of an image file.

    Parameters
    ----------
    data
        The whole file.

    Raises
    ------
    UnreadableInput
        It is no image of a format that is known, or its header is damaged.
    """
    if data.startswith(TIFF_BEGINNINGS):
        try:
            return _tiff_header(data)
        except Exception as tiff_error:
            # A parser of bytes from outside may raise anything; Pillow reads some headers that tifffile does not.
            try:
                return _header(data)
            except UnreadableInput:
                raise UnreadableInput(f"the TIFF header is damaged ({_short(tiff_error)})") from tiff_error
    return _header(data)


@contextmanager
def opened_image(data: bytes) -> Iterator[Image.Image]:
    """Open an image file with Pillow, without its pixels.

    Raises
    ------
    UnreadableInput
        It is no image of a format that is known, or its header is damaged.
    """
    with warnings.catch_warnings():
        # What Pillow warns of is refused or told elsewhere: large images, tags that are malformed.
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise UnreadableInput("the image has far more pixels than any micrograph") from error
        except Exception as error:
            raise UnreadableInput(
                "it is not an image file that is known (PNG, JPEG, TIFF, BMP, GIF, WebP, JPEG 2000, PPM)"
            ) from error
        with image:
            yield image


def _header(data: bytes) -> Header:
    with opened_image(data) as image:
        tags: dict[int, Any] = {}
        several = False
        problems = []
        try:
            exif = image.getexif()
            tags = {code: exif[code] for code in TAGS if code in exif}
            several = image.format != "TIFF" and bool(getattr(image, "is_animated", False))
        except Exception as error:
            problems.append(f"what the file says beside its pixels is damaged ({_short(error)})")
        start = data.find(_XML_BEGINNING)
        if start >= 0 and (end := data.find(_XML_END, start)) >= 0:
            tags[XML_TAG] = data[start : end + len(_XML_END)]
        # Pillow opens PNG colours of 16 bits as 8; the file's header says how deep they are.
        bits = data[_PNG_DEPTH] if image.format == "PNG" else _BITS.get(image.mode, 8)
        return Header(image.width, image.height, bits, 0, several, tags, tuple(problems))


def _tiff_header(data: bytes) -> Header:
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        number, several = image_page(tiff)
        page = tiff.pages[number]
        tags: dict[int, Any] = {}
        problems = []
        for held in dict.fromkeys((page, tiff.pages[0])):
            for code in TAGS:
                try:
                    if code in held.tags and code not in tags:
                        tags[code] = held.tags[code].value
                except Exception as error:
                    problems.append(f"tag {code} is damaged ({_short(error)})")
        bits = page.bitspersample
        depth = max(bits) if isinstance(bits, tuple) else int(bits)
        width, height = int(page.imagewidth), int(page.imagelength)
    if min(width, height, depth) < 1:
        raise UnreadableInput("the image has no size")
    return Header(width, height, depth, number, several, tags, tuple(problems))


def image_page(tiff: tifffile.TiffFile) -> tuple[int, bool]:
    """Return the number of the first page that is a whole image, and whether there are others."""
    number, seen = None, 0
    for index in range(_PAGES_LOOKED_AT):
        try:
            page = tiff.pages[index]
        except Exception:
            # The chain of pages ends here, or breaks: what is before it can be read.
            break
        seen += 1
        if number is None and not int(page.subfiletype or 0) & _REDUCED_OR_MASK:
            number = index
        if number is not None and seen > 1:
            break
    if not seen:
        raise UnreadableInput("the TIFF file holds no page")
    return number or 0, seen > 1


def _short(error: Exception) -> str:
    """First line of an error, without what would fill a terminal."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
