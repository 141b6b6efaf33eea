"""Extremes and percentiles of the tones of a picture, as exact as numpy's and many times faster.

In: pixels of 8 bits in three channels. Out: arrays for `panels`, `cuts` and `read`. Reductions over an axis of three
and percentiles of floats are what numpy is slowest at, and pictures of papers have ten million pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

SPARSE = 32
"""Every so many lines are looked at before all are."""


def shrunk(pixels: Pixels, factor: float) -> Pixels:
    """Shrink a picture, shape (H, W, 3), by a factor from 0 to 1; it stays as it is at 1 and above.

    It is brought to a half, a third and so on, as far as that leaves it large enough, and to its size from there: means
    over whole pixels take a tenth of the time of means over parts of pixels.
    """
    if factor >= 1:
        return pixels
    height, width = pixels.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    whole = min(width // size[0], height // size[1])
    if whole > 1:
        # What is left over at the right and the bottom is less than a pixel of the result.
        pixels = pixels[: height // whole * whole, : width // whole * whole]
        pixels = np.asarray(
            cv2.resize(pixels, (width // whole, height // whole), interpolation=cv2.INTER_AREA), np.uint8
        )
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def lowest_channel(pixels: Pixels) -> Pixels:
    """Return the least of the three channels of each pixel: (…, 3) to (…)."""
    return np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def highest_channel(pixels: Pixels) -> Pixels:
    """Return the greatest of the three channels of each pixel: (…, 3) to (…)."""
    return np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def is_grey(pixels: Pixels, tolerance: int) -> bool:
    """Tell whether the channels of every pixel, shape (H, W, 3), are within `tolerance` levels of each other.

    Most coloured pictures have told so after a few of their lines.
    """
    few = pixels[::SPARSE]
    if int((highest_channel(few) - lowest_channel(few)).max(initial=0)) > tolerance:
        return False
    return int((highest_channel(pixels) - lowest_channel(pixels)).max(initial=0)) <= tolerance


def percentiles(pixels: Pixels, shares: Sequence[float]) -> npt.NDArray[np.float64]:
    """Give percentiles of each channel over all pixels, by counting levels.

    Parameters
    ----------
    pixels
        Shape (H, W, C), at least one pixel.
    shares
        From 0 to 1.

    Returns
    -------
    numpy.ndarray
        Shape (number of shares, C), interpolated between neighbouring values as `numpy.percentile` does.
    """
    # The order does not matter, so that a turned picture is counted as it lies in memory.
    lying = np.ascontiguousarray(pixels if pixels.strides[0] >= pixels.strides[1] else pixels.transpose(1, 0, 2))
    counts = [cv2.calcHist([lying], [channel], None, [256], [0, 256]) for channel in range(pixels.shape[2])]
    up_to = np.cumsum(np.array(counts, np.int64).reshape(-1, 256), axis=1)
    places = np.asarray(shares) * (up_to[0, -1] - 1)
    below = np.floor(places).astype(np.int64)
    above = np.minimum(below + 1, up_to[0, -1] - 1)
    low = np.array([np.searchsorted(channel, below, side="right") for channel in up_to]).T
    high = np.array([np.searchsorted(channel, above, side="right") for channel in up_to]).T
    return np.asarray(low + (high - low) * (places - below)[:, None], np.float64)


def line_percentiles(lines: Pixels, shares: Sequence[float]) -> list[npt.NDArray[np.float64]]:
    """Give percentiles of each channel along each line.

    Parameters
    ----------
    lines
        Shape (K, W, 3): K lines of W pixels.
    shares
        From 0 to 1.

    Returns
    -------
    list of numpy.ndarray
        One array of shape (K, 3) for each share, interpolated as `numpy.percentile` does.
    """
    ordered = np.sort(lines, axis=1, kind="stable")
    last = lines.shape[1] - 1
    result = []
    for place in np.asarray(shares) * last:
        below = int(place)
        low, high = ordered[:, below].astype(np.float64), ordered[:, min(below + 1, last)].astype(np.float64)
        result.append(low + (high - low) * (place - below))
    return result


def share_set(mask: npt.NDArray[np.bool_]) -> float:
    """Return the share of set pixels of a mask, shape (H, W); 0 of an empty one."""
    return count_set(mask) / max(mask.size, 1)


def count_set(mask: npt.NDArray[np.bool_]) -> int:
    """Count the set pixels of a mask, shape (H, W)."""
    return cv2.countNonZero(mask.view(np.uint8)) if mask.size else 0


def line_sums(mask: npt.NDArray[np.bool_], axis: int) -> npt.NDArray[np.int32]:
    """Count the set pixels of a mask, shape (H, W), over its rows (axis 0) or columns (axis 1)."""
    if mask.size == 0:
        return np.zeros(mask.shape[1 - axis], np.int32)
    sums = cv2.reduce(mask.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return np.asarray(sums, np.int32).ravel()
