"""A micrograph as a model takes it: 8-bit RGB, square, of one size.

In: bytes of an image file, a Pillow image or an array, of any depth. Out: Pillow images in mode RGB: the whole field
padded, its middle, or tiles that cover it. Models, answers and `ask` all prepare here, so that a model sees in use what
it saw in training.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.micrographs.databar import Box, find_databar, without_databar
from glassllava.micrographs.levels import eight_bits
from glassllava.micrographs.pixels import read_pixels, values_of

Fit = Literal["pad", "crop", "stretch"]
Way = Literal["pad", "crop", "stretch", "tile"]
Databar = Literal["keep", "cut"]

MID_GREY = 128
"""Grey of padding and of the blank control image: it is in the middle of the range, so it looks like neither a
hole nor a charged edge."""
OVERLAP = 0.25
"""Least share of a tile that its neighbour shows too: a crack on the border of one is whole in the other."""


@dataclass(frozen=True, slots=True)
class View:
    """One square that a model is shown."""

    picture: Image.Image
    box: Box
    """x0, y0, x1, y1: what of the image it shows, in the image's pixels, the ends outside."""
    step: float | None
    """Pixels of the image per pixel of the picture; None where they differ across and down."""


def prepare(
    image: bytes | Image.Image | NDArray[Any], size: int, *, fit: Fit = "pad", databar: Databar = "keep"
) -> Image.Image:
    """Return `image` as an RGB square.

    Parameters
    ----------
    image
        Bytes of an image file; or a Pillow image; or an array [rows, columns] or [rows, columns, channels].
    size
        Edge of the square in pixels, at least 1.
    fit
        `pad`: the whole image, scaled evenly, with mid-grey bars (letterbox). `crop`: the middle square, which loses
        the edges of the field. `stretch`: the whole image without regard to its proportions.
    databar
        `cut` leaves out a databar that the pixels show at the bottom.

    Returns
    -------
    PIL.Image.Image
        Mode RGB, `size` x `size`.

    Raises
    ------
    UnreadableInput
        The bytes are no image, a damaged one, or one of too many pixels.

    Notes
    -----
    8-bit grey levels stay as they are, deeper ones are scaled by the range of the image (`levels`). Shrinking
    averages over the pixels that it removes (antialiased bicubic), so that fine structure turns grey rather than
    into moiré.

    Examples
    --------
    >>> prepare(np.full((30, 60), 40_000, dtype=np.uint16), 96).size
    (96, 96)
    """
    (view,) = views(image, size, way=fit, databar=databar)
    return view.picture


def views(
    image: bytes | Image.Image | NDArray[Any],
    size: int,
    *,
    way: Way = "pad",
    databar: Databar = "keep",
    overlap: float = OVERLAP,
) -> Iterator[View]:
    """Yield what a model is shown of an image: one square, or tiles at the image's own resolution.

    Parameters
    ----------
    image, size, databar
        As in `prepare`.
    way
        As `fit` of `prepare`; or `tile`: squares of `size` pixels, unscaled, that together cover the whole field, so
        that its edges and fine cracks are kept. Where the image is smaller than a tile the rest is mid-grey.
    overlap
        Least share of a tile, from 0 to below 1, that its neighbour shows too.

    Yields
    ------
    View
        Tiles come row by row, from the upper left.

    Raises
    ------
    UnreadableInput
        As `prepare`.

    Examples
    --------
    >>> [view.box for view in views(np.zeros((96, 200), dtype=np.uint8), 96, way="tile")]
    [(0, 0, 96, 96), (52, 0, 148, 96), (104, 0, 200, 96)]
    """
    picture = _picture(image, databar)
    width, height = picture.size
    whole = (0, 0, width, height)
    if way == "stretch":
        yield View(picture.resize((size, size), Image.Resampling.BICUBIC), whole, None)
    elif way == "crop":
        edge = min(width, height)
        left, top = (width - edge) // 2, (height - edge) // 2
        box = (left, top, left + edge, top + edge)
        yield View(picture.resize((size, size), Image.Resampling.BICUBIC, box=box), box, edge / size)
    elif way == "pad":
        scale = size / max(width, height)
        inner = (max(1, round(width * scale)), max(1, round(height * scale)))
        square = blank(size)
        square.paste(picture.resize(inner, Image.Resampling.BICUBIC), ((size - inner[0]) // 2, (size - inner[1]) // 2))
        yield View(square, whole, 1 / scale)
    else:
        for top in _starts(height, size, overlap):
            for left in _starts(width, size, overlap):
                box = (left, top, min(left + size, width), min(top + size, height))
                square = blank(size)
                square.paste(picture.crop(box), (0, 0))
                yield View(square, box, 1.0)


def _starts(length: int, size: int, overlap: float) -> list[int]:
    """Where tiles begin along one side: as few as overlap by the share asked for, evenly spread from end to end."""
    if length <= size:
        return [0]
    count = math.ceil((length - size) / max(1, math.floor(size * (1 - overlap)))) + 1
    return [round(index * (length - size) / (count - 1)) for index in range(count)]


def blank(size: int) -> Image.Image:
    """Return the blank control image: a uniform mid-grey square of `size` pixels."""
    return Image.new("RGB", (size, size), (MID_GREY,) * 3)


def _picture(image: bytes | Image.Image | NDArray[Any], databar: Databar) -> Image.Image:
    """Return an image in mode RGB, in its own size or without its databar."""
    values = _checked(_values(image))
    field = values
    if databar == "cut" or values.dtype != np.uint8:
        field = without_databar(values, find_databar(values))
    # The ink of a databar is as bright as 16 bits go; with it the range of the field would be lost.
    shown = eight_bits(field if databar == "cut" else values, flat=MID_GREY, ranged_by=field)
    return Image.fromarray(shown).convert("RGB")


def _values(image: bytes | Image.Image | NDArray[Any]) -> NDArray[Any]:
    if isinstance(image, np.ndarray):
        return image
    if isinstance(image, Image.Image):
        return values_of(image)
    try:
        picture = read_pixels(image)
    except UnreadableInput as error:
        raise UnreadableInput(f"This image cannot be read: {error}.") from error
    if not picture.whole:
        raise UnreadableInput(f"This image file is damaged ({picture.problems[-1]}); export it again.")
    return picture.pixels


def _checked(values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim == 3 and values.shape[2] in {1, 2}:
        values = values[:, :, 0]
    if values.ndim not in {2, 3} or 0 in values.shape:
        raise UnreadableInput(
            f"An image of the shape {values.shape} cannot be shown to a model; give rows x columns, or rows x columns "
            "x colours."
        )
    return values[:, :, :3] if values.ndim == 3 else values
