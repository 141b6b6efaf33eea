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


def lowest_channel(pixels: Pixels) -> Pixels:
    """Return the least of the three channels of each pixel: (…, 3) to (…)."""
    return np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def highest_channel(pixels: Pixels) -> Pixels:
    """Return the greatest of the three channels of each pixel: (…, 3) to (…)."""
    return np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def is_grey(pixels: Pixels, tolerance: int) -> bool:
    """Tell whether the channels of every pixel, shape (H, W, 3), are within `tolerance` levels of each other."""
    return int((highest_channel(pixels) - lowest_channel(pixels)).max(initial=0)) <= tolerance


def percentiles(pixels: Pixels, shares: Sequence[float]) -> npt.NDArray[np.float64]:
    """Give percentiles of each channel over all pixels, by counting levels.

    Parameters
    ----------
    pixels
        Shape (H, W, 3), at least one pixel.
    shares
        From 0 to 1.

    Returns
    -------
    numpy.ndarray
        Shape (number of shares, 3), interpolated between neighbouring values as `numpy.percentile` does.
    """
    counts = [np.bincount(np.ravel(pixels[..., channel]), minlength=256) for channel in range(3)]
    up_to = np.cumsum(counts, axis=1)
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


def line_sums(mask: npt.NDArray[np.bool_], axis: int) -> npt.NDArray[np.int32]:
    """Count the set pixels of a mask, shape (H, W), over its rows (axis 0) or columns (axis 1)."""
    if mask.size == 0:
        return np.zeros(mask.shape[1 - axis], np.int32)
    sums = cv2.reduce(mask.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return np.asarray(sums, np.int32).ravel()
