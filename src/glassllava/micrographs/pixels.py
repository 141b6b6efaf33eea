"""The pixels of an image file, whole and as deep as they are stored: the one way from bytes to values.

In: the bytes of an image file, or a Pillow image. Out: a `Picture`, or one sentence why there is none. Pillow
decodes; OpenCV reads 16 bits in colour, of which Pillow keeps the upper 8, and tifffile what neither knows (half
precision, several detectors). Of an uncompressed TIFF that was cut off, the rows that are there are read and the rest
is told, never filled in.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from glassllava.errors import UnreadableInput
from glassllava.micrographs.header import TIFF_BEGINNINGS, Header, opened_image, read_header

Pixels = NDArray[Any]

MAX_PIXELS = 100_000_000
"""Larger images are refused: a small file can unpack to far more than the memory holds."""
_MOST_VALUES = 4 * MAX_PIXELS
_PHOTOMETRIC_TAG = 262
_MIN_IS_WHITE, _RGB, _PALETTE = 0, 2, 3
"""Values of the tag PhotometricInterpretation."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The pixels of an image file."""

    pixels: Pixels
    """[rows, columns] or [rows, columns, 3]; unsigned 8 or 16 bits, integers or floats as stored."""
    whole: bool
    """Whether the file holds all its rows."""
    problems: tuple[str, ...]


def read_pixels(data: bytes, header: Header | None = None) -> Picture:
    """Read the pixels of an image file.

    Parameters
    ----------
    data
        The whole file.
    header
        What `read_header` gave, where it was called before.

    Raises
    ------
    UnreadableInput
        It is no image, has more than `MAX_PIXELS`, or is so damaged that no row can be read.

    Notes
    -----
    Palettes and CMYK become RGB, what is see-through shows white, as paper does, and white-is-zero is inverted.
    """
    header = header or read_header(data)
    if header.width * header.height > MAX_PIXELS:
        raise UnreadableInput(
            f"the image has {header.width} x {header.height} pixels, more than {MAX_PIXELS // 1_000_000} million"
        )
    told: UnreadableInput | None = None
    reason = ""
    decoders = (_by_pillow, _by_tifffile, _by_opencv) if data.startswith(TIFF_BEGINNINGS) else (_by_pillow, _by_opencv)
    for decode in decoders:
        try:
            picture = decode(data, header)
        except _LeftToOthers:
            continue
        except UnreadableInput as error:
            # What Pillow cannot open though its header was read is a TIFF that only the others know.
            told = None if decode is _by_pillow else error
        except Exception as error:
            # Decoders of bytes from outside may raise anything; what the first says is the reason that is told.
            reason = reason or (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        else:
            several = ("the file holds several pages; the first image of them is read",) if header.several else ()
            return Picture(picture.pixels, picture.whole, (*several, *picture.problems))
    raise told or UnreadableInput(f"the image is damaged ({reason or 'no reader knows its form'}); export it again")


def values_of(image: Image.Image) -> Pixels:
    """Return the values of a Pillow image, [rows, columns] or [rows, columns, 3], as deep as they are."""
    if image.mode.startswith("I") or image.mode in {"F", "L"}:
        values = np.asarray(image)
        return values.astype(values.dtype.newbyteorder("="), copy=False)
    if image.mode == "1":
        return np.asarray(image.convert("L"))
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        page = Image.new("RGBA", image.size, (255, 255, 255, 255))
        return np.asarray(Image.alpha_composite(page, image.convert("RGBA")).convert("RGB"))
    return np.asarray(image.convert("RGB"))


class _LeftToOthers(Exception):
    """The image is sound, but another decoder gives more of it."""


def _by_pillow(data: bytes, header: Header) -> Picture:
    with opened_image(data) as image:
        if header.page:
            image.seek(header.page)
        if image.size != (header.width, header.height):
            raise _LeftToOthers
        image.load()
        values = values_of(image)
        # Pillow inverts white-is-zero for 8 bits only.
        if isinstance(image, TiffImagePlugin.TiffImageFile) and values.dtype == np.uint16:
            values = 65535 - values if image.tag_v2.get(_PHOTOMETRIC_TAG) == _MIN_IS_WHITE else values
    # Pillow keeps 32 bits without a sign as if they had one.
    wraps = values.dtype.kind == "i" and data.startswith(TIFF_BEGINNINGS)
    if wraps or (header.bit_depth > 8 and values.dtype == np.uint8):
        raise _LeftToOthers
    return Picture(values, True, ())


def _by_opencv(data: bytes, header: Header) -> Picture:
    """Read colours of 16 bits that lie side by side; anything else is left to others."""
    if header.page or header.bit_depth != 16:
        raise _LeftToOthers
    if data.startswith(TIFF_BEGINNINGS):
        with tifffile.TiffFile(io.BytesIO(data)) as tiff:
            if tiff.pages[0].planarconfig != 1 or tiff.pages[0].samplesperpixel not in {3, 4}:
                raise _LeftToOthers
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.dtype != np.uint16 or values.shape[:2] != (header.height, header.width):
        raise _LeftToOthers
    if values.ndim != 3 or values.shape[2] not in {3, 4}:
        raise _LeftToOthers
    return Picture(np.asarray(values[:, :, 2::-1]), True, ())


def _by_tifffile(data: bytes, header: Header) -> Picture:
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        page = tiff.pages[header.page]
        if int(np.prod(page.shape, dtype=np.float64)) > _MOST_VALUES:
            raise UnreadableInput(f"the image has more than {_MOST_VALUES // 1_000_000} million values")
        values = _strips_that_are_there(page, data)
        whole = values is None or len(values) == page.imagelength
        if values is None or whole:
            values = np.asarray(page.asarray())
        elif not len(values):
            raise UnreadableInput("the image's rows lie beyond the end of the file; copy it again")
        pixels, notes = _as_shown(values, page)
    if not whole:
        notes += (f"the file is cut off: {len(pixels)} of {header.height} rows are there, and are read",)
    return Picture(pixels, whole, notes)


def _strips_that_are_there(page: Any, data: bytes) -> Pixels | None:
    """Rows of an uncompressed striped image, up to the first that the file lacks; None for any other image."""
    samples = int(page.samplesperpixel)
    simple = page.compression == 1 and not page.is_tiled and (samples == 1 or page.planarconfig == 1)
    if not simple or page.dtype is None or page.bitspersample != 8 * page.dtype.itemsize:
        return None
    dtype = np.dtype(page.dtype).newbyteorder(page.parent.byteorder)
    row = int(page.imagewidth) * samples * dtype.itemsize
    wanted, a_strip = int(page.imagelength), int(page.rowsperstrip or page.imagelength)
    rows: list[bytes] = []
    found = 0
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False):
        in_strip = min(a_strip, wanted - found)
        held = max(0, min(int(count), len(data) - int(offset))) // row
        taken = min(in_strip, held)
        rows.append(data[int(offset) : int(offset) + taken * row])
        found += taken
        if taken < in_strip or found == wanted:
            break
    shape = (found, int(page.imagewidth)) + ((samples,) if samples > 1 else ())
    return np.frombuffer(b"".join(rows), dtype).reshape(shape)


def _as_shown(values: Pixels, page: Any) -> tuple[Pixels, tuple[str, ...]]:
    """Bring what tifffile read to [rows, columns] or [rows, columns, 3], as it is meant to look."""
    if values.dtype.kind == "c":
        raise UnreadableInput("the values are complex numbers, which are no image; export their magnitude")
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    photometric = int(page.photometric)
    if page.planarconfig == 2 and values.ndim == 3:
        values = np.moveaxis(values, 0, -1)
    if values.ndim == 4 and len(values) == 1:
        values = values[0]
    if photometric == _PALETTE and values.ndim == 2 and page.colormap is not None:
        colours = np.asarray(page.colormap)
        return (colours[:, np.minimum(values, colours.shape[1] - 1)] >> 8).astype(np.uint8).transpose(1, 2, 0), ()
    if photometric == _MIN_IS_WHITE and values.dtype.kind == "u":
        values = np.iinfo(values.dtype).max - values
    if values.ndim == 3 and photometric == _RGB and values.shape[2] >= 3:
        return values[:, :, :3], ()
    if values.ndim == 3 and values.shape[2]:
        channels = values.shape[2]
        return values[:, :, 0], (f"the image has {channels} channels; the first is read",) if channels > 1 else ()
    if values.ndim != 2 or 0 in values.shape:
        raise UnreadableInput(f"values of the shape {values.shape} are no image")
    return values, ()
