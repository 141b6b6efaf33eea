"""A micrograph as a model takes it: 8-bit RGB, square, of one size.

In: bytes of an image file, a Pillow image or an array, of 8 or 16 bits. Out: a Pillow image in mode RGB. Models,
answers and `ask` all prepare here, so that a model sees in use what it saw in training.
"""

from __future__ import annotations

import io
import warnings
from typing import Any, Literal

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from glassllava.errors import UnreadableInput

Fit = Literal["pad", "crop", "stretch"]

MID_GREY = 128
"""Grey of padding and of the blank control image: it is in the middle of the range, so it looks like neither a
hole nor a charged edge."""

_TIFF_BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def prepare(image: bytes | Image.Image | NDArray[Any], size: int, *, fit: Fit = "pad") -> Image.Image:
    """Return `image` as an RGB square.

    Parameters
    ----------
    image
        Bytes of an image file; or a Pillow image; or an array [rows, columns] or [rows, columns, channels].
    size
        Edge of the square in pixels, at least 1.
    fit
        `pad`: the whole image, scaled evenly, with mid-grey bars (letterbox). `crop`: the middle square.
        `stretch`: the whole image without regard to its proportions.

    Returns
    -------
    PIL.Image.Image
        Mode RGB, `size` x `size`.

    Raises
    ------
    UnreadableInput
        The bytes are no image, a damaged one, or one of more pixels than Pillow deems safe.

    Notes
    -----
    8-bit grey levels stay as they are. Deeper ones (16-bit, float) are mapped linearly from the smallest and the
    largest value of the image to 0 and 255: scaled, not clipped, because instruments write 12 and 14 bits into
    16 and the upper bits alone would leave a black picture. Shrinking averages over the pixels that it removes
    (antialiased bicubic), so that fine structure turns grey rather than into moiré.

    Examples
    --------
    >>> prepare(np.full((30, 60), 40_000, dtype=np.uint16), 96).size
    (96, 96)
    """
    picture = _rgb(_decoded(image) if isinstance(image, bytes) else image)
    width, height = picture.size
    if fit == "stretch":
        return picture.resize((size, size), Image.Resampling.BICUBIC)
    if fit == "crop":
        edge = min(width, height)
        left, top = (width - edge) // 2, (height - edge) // 2
        return picture.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + edge, top + edge))
    scale = size / max(width, height)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    square = blank(size)
    square.paste(picture.resize(inner, Image.Resampling.BICUBIC), ((size - inner[0]) // 2, (size - inner[1]) // 2))
    return square


def blank(size: int) -> Image.Image:
    """Return the blank control image: a uniform mid-grey square of `size` pixels."""
    return Image.new("RGB", (size, size), (MID_GREY,) * 3)


def _decoded(data: bytes) -> Image.Image | NDArray[Any]:
    try:
        with warnings.catch_warnings():
            # Pillow warns from half of the size on at which it refuses; only the refusal concerns us.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
            picture.load()
            return picture
    except UnidentifiedImageError as error:
        if not data.startswith(_TIFF_BEGINNINGS):
            raise UnreadableInput("This is not an image file that can be read; give a PNG, JPEG or TIFF.") from error
        # Pillow knows no colour TIFF of 16 bits a channel.
        return _tiff(data)
    except Image.DecompressionBombError as error:
        raise UnreadableInput(
            f"This image has more than {2 * (Image.MAX_IMAGE_PIXELS or 0)} pixels; give a smaller one."
        ) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadableInput(f"This image file is damaged ({error}); export it again.") from error


def _tiff(data: bytes) -> NDArray[Any]:
    try:
        pixels: NDArray[Any] = np.asarray(tifffile.imread(io.BytesIO(data), key=0))
    except (OSError, ValueError, IndexError, tifffile.TiffFileError) as error:
        raise UnreadableInput(f"This TIFF file is damaged ({error}); export it again.") from error
    return pixels


def _rgb(image: Image.Image | NDArray[Any]) -> Image.Image:
    if isinstance(image, np.ndarray):
        return _from_array(image)
    if image.mode.startswith("I") or image.mode == "F":
        return _from_array(np.asarray(image))
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        # What is see-through in a paper's figure shows the page: white.
        page = Image.new("RGBA", image.size, (255, 255, 255, 255))
        return Image.alpha_composite(page, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _from_array(pixels: NDArray[Any]) -> Image.Image:
    if pixels.ndim == 3 and pixels.shape[2] in {1, 2}:
        pixels = pixels[:, :, 0]
    if pixels.ndim not in {2, 3} or 0 in pixels.shape:
        raise UnreadableInput(
            f"An image of the shape {pixels.shape} cannot be shown to a model; give rows x columns, or rows x columns "
            "x colours."
        )
    grey_or_colour = pixels[:, :, :3] if pixels.ndim == 3 else pixels
    return Image.fromarray(_eight_bits(grey_or_colour)).convert("RGB")


def _eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    values = pixels.astype(np.float64)
    finite = np.isfinite(values)
    if not finite.any():
        raise UnreadableInput("This image holds no finite grey level; export it again.")
    low, high = values[finite].min(), values[finite].max()
    if low == high:
        return np.full(pixels.shape, MID_GREY, dtype=np.uint8)
    scaled = np.where(finite, (values - low) / (high - low) * 255, 0)
    return np.round(scaled).astype(np.uint8)
