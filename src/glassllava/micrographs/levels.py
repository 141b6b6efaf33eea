"""Grey levels of deep images brought to 8 or 16 bits: scaled by the range of the image, not clipped.

In: values of any type. Out: unsigned integers of 8 or 16 bits in the same order of brightness.

Instruments write 12 and 14 bits into 16, so that the upper bits alone would leave a black picture, and Pillow's own
conversion clips to white. The range is that from the smallest to the largest value; only where a few hot or dead
pixels lie far outside the rest is it that of the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassllava.errors import UnreadableInput

OUTLIERS = 0.001
"""Share of the values, at either end, that may be hot or dead pixels."""
SAMPLE = 4_000_000
"""About as many values of a very large image tell what its outliers are."""
FAR = 0.5
"""How far outside the rest they must lie to count as such, in widths of the rest's range."""


def eight_bits(values: NDArray[Any], *, flat: int = 128, ranged_by: NDArray[Any] | None = None) -> NDArray[np.uint8]:
    """Return grey levels or colours as 8 bits; what has 8 bits stays as it is.

    Parameters
    ----------
    values
        Any shape; numbers or truth values.
    flat
        Level of an image that has a single value.
    ranged_by
        The part of `values` whose range counts, as the field without its databar; None for all.

    Returns
    -------
    numpy.ndarray
        Of the same shape. Where `a <= b` before, it holds after. What is no number is 0.

    Raises
    ------
    UnreadableInput
        There is no finite value.
    """
    if values.dtype == np.uint8:
        return values
    return np.asarray(_scaled(values, 255, flat, values if ranged_by is None else ranged_by), np.uint8)


def sixteen_bits(values: NDArray[Any]) -> NDArray[np.uint16]:
    """Return grey levels as 16 bits; what has 16 bits stays as it is. As `eight_bits` else."""
    if values.dtype == np.uint16:
        return values
    return np.asarray(_scaled(values, 65535, 32768, values), np.uint16)


def _scaled(values: NDArray[Any], top: int, flat: int, ranged_by: NDArray[Any]) -> NDArray[Any]:
    if values.dtype == np.bool_:
        return values * np.float32(top)
    if values.dtype == np.uint16:
        # As many values as levels: a table is faster than arithmetic on every pixel, and takes no memory.
        levels = _stretched(np.arange(65536, dtype=np.float64), _range(_counts(ranged_by)), top, flat)
        return np.asarray(levels.astype(np.uint16)[values])
    between = _range_of_numbers(ranged_by)
    numbers = values.astype(np.float32 if values.dtype.kind == "f" and values.dtype.itemsize <= 4 else np.float64)
    none = ~np.isfinite(numbers)
    numbers[none] = between[0]
    scaled = _stretched(numbers, between, top, flat)
    scaled[none] = 0
    return scaled


def _range_of_numbers(values: NDArray[Any]) -> tuple[float, float]:
    finite = np.isfinite(values)
    if not finite.any():
        raise UnreadableInput("This image holds no finite grey level; export it again.")
    one = values.ravel()[np.argmax(finite)]
    least, most = values.min(where=finite, initial=one), values.max(where=finite, initial=one)
    sample = values.ravel()[:: max(1, values.size // SAMPLE)]
    sample = sample[np.isfinite(sample)]
    first, last = np.quantile(sample, (OUTLIERS, 1 - OUTLIERS), method="nearest") if sample.size else (least, most)
    return _without_outliers(float(least), float(first), float(last), float(most))


def _counts(values: NDArray[np.uint16]) -> NDArray[np.int64]:
    """How often each level occurs; row by row, as counting takes eight times the memory of what it counts."""
    counts = np.zeros(65536, np.int64)
    for row in values:
        counts += np.bincount(np.ravel(row), minlength=65536)
    return counts


def _range(counts: NDArray[np.int64]) -> tuple[float, float]:
    held = np.flatnonzero(counts)
    upto = np.cumsum(counts)
    first, last = (int(np.searchsorted(upto, share * upto[-1])) for share in (OUTLIERS, 1 - OUTLIERS))
    return _without_outliers(float(held[0]), float(first), float(last), float(held[-1]))


def _without_outliers(least: float, first: float, last: float, most: float) -> tuple[float, float]:
    """Range from `least` to `most`, either end replaced where it lies far outside `first` to `last`."""
    width = last - first
    if width <= 0:
        return least, most
    return (
        first if first - least > FAR * width else least,
        last if most - last > FAR * width else most,
    )


def _stretched(numbers: NDArray[Any], between: tuple[float, float], top: int, flat: int) -> NDArray[Any]:
    """Return `numbers` with the range brought to 0 to `top`; they are changed in place."""
    low, high = between
    if low == high:
        numbers[...] = flat
        return numbers
    if not np.isfinite(high - low):
        numbers /= 2
        low, high = low / 2, high / 2
    numbers -= low
    numbers /= high - low
    np.clip(numbers, 0, 1, out=numbers)
    numbers *= top
    return np.asarray(np.round(numbers, out=numbers))
