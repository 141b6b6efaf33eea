"""A picture as it is kept: one PNG file and the id of its pixels, whatever file it came in.

In: image files from outside, or pixel values. Out: `StoredImage` values, for those who make panels of them.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.micrographs.levels import eight_bits, sixteen_bits
from glassllava.micrographs.pixels import read_pixels
from glassllava.workspace import content_id, identity


class StoredImage(NamedTuple):
    """A picture as it goes into the workspace."""

    png: bytes
    key: str
    """Id of its pixels."""
    width: int
    height: int


def stored_image(values: NDArray[Any]) -> StoredImage:
    """Return a picture as a PNG file with the id of its pixels.

    Parameters
    ----------
    values
        Grey levels or colours. Grey levels keep up to 16 bits; deeper ones are scaled to 16, colours to 8, as PNG
        files of Pillow hold no more.
    """
    if values.ndim == 3 or values.dtype == np.bool_:
        plain: NDArray[Any] = eight_bits(values)
    else:
        plain = values if values.dtype == np.uint8 else sixteen_bits(values)
    plain = np.ascontiguousarray(plain)
    buffer = io.BytesIO()
    Image.fromarray(plain).save(buffer, "PNG")
    key = identity("pixels", str(plain.dtype), list(plain.shape), content_id(plain.tobytes()))
    return StoredImage(buffer.getvalue(), key, plain.shape[1], plain.shape[0])


def image_in_bytes(data: bytes) -> StoredImage:
    """Read an image file's bytes as they are stored. For child processes.

    Raises
    ------
    UnreadableInput
        It is no image, or not all of it can be read.
    """
    try:
        picture = read_pixels(data)
    except UnreadableInput as error:
        raise UnreadableInput(f"the image cannot be read: {error}") from error
    if not picture.whole:
        raise UnreadableInput(f"the image cannot be read whole: {picture.problems[-1]}")
    return stored_image(picture.pixels)


def image_in_file(path: str) -> StoredImage:
    """Read an image file as it is stored. For child processes.

    Raises
    ------
    UnreadableInput
        It cannot be opened, is no image, or not all of it can be read.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableInput(f"the image cannot be read: {error}") from error
    return image_in_bytes(data)
