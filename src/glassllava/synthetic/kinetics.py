"""Treatments that explain sizes: how long or how fast a sample was treated for its structure to be this large.

In: sizes that were measured, and the power of the size with which the treatment's number goes. Out: numbers of the
treatment, as a paper prints them.

Powers, in `words.yaml`, are those of the textbooks. Time goes with the cube of the size where phases coarsen by
diffusion (Lifshitz and Slyozov 1961, doi:10.1016/0022-3697(61)90054-3), with its square where growth waits for
diffusion through a layer or a melt, and with the size itself where a front advances at a constant rate (Höland and
Beall 2019, Glass-Ceramic Technology, 3rd ed.). The spacing of side arms falls with the cube root of the cooling rate
(Kurz and Fisher 1998, Fundamentals of Solidification, 4th ed.), the diameter of a drawn tube with the square root of
the speed, for its volume is conserved. A Vickers load goes with the square of the diagonal (ISO 6507-1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

PRINTED = {
    "hours": (
        0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 36, 42,
        48, 60, 72, 84, 96, 120, 144, 168,
    ),
    "days": (1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 25, 28, 35, 42, 49, 56, 63, 77, 90,
             110, 130, 150, 180, 220, 270, 330, 365),
    "minutes": (
        1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90,
        105, 120, 150, 180, 210, 240,
    ),
    "rate": (
        0.1, 0.12, 0.15, 0.18, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6,
        7, 8, 10, 12, 15, 18, 20, 25, 30,
    ),
    "pull": (
        0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12,
    ),
}  # fmt: skip
"""Values that a treatment's number can be printed with: hours, days, minutes, cooling in K/min, drawing in m/min."""

LEAST_RATIO = 1.27
"""Of two numbers that differ in print: just above the widest step of `PRINTED`."""

_WIDEST = 8.0
"""Ratio of the greatest to the least number of a figure that its fields alone would lead to."""


def widths_of_fields(
    allowed_m: tuple[float, float], number: int, power: float | None, rng: np.random.Generator
) -> list[float]:
    """Return widths of fields in metres for the panels of a figure, evenly apart on a logarithmic scale.

    They differ by so much that the numbers of the treatment differ about eightfold, within what is allowed; all are the
    same where there is no power.
    """
    least, greatest = np.log(allowed_m)
    span = min(np.log(_WIDEST) / abs(power), greatest - least) if power is not None else 0.0
    first = rng.uniform(least, greatest - span)
    return [float(np.exp(width)) for width in np.linspace(first, first + span, number)]


def apart(one_m: float, other_m: float, power: float) -> bool:
    """Whether two sizes lead to numbers that differ in print."""
    ratio = max(one_m, other_m) / min(one_m, other_m)
    return bool(ratio ** abs(power) >= LEAST_RATIO)


def numbers_of_sizes(sizes_m: Sequence[float], power: float, number: str, rng: np.random.Generator) -> list[str]:
    """Return the treatment's number for each size, proportional to its power within the steps of print.

    Parameters
    ----------
    sizes_m
        In metres, each above 0 and `apart` from the others.
    power
        Of the size with which the number goes.
    number
        One of `PRINTED`.
    rng
        Chooses the factor between them, which in a laboratory depends on glass and temperature.

    Raises
    ------
    ValueError
        The sizes differ by more than print can tell.
    """
    values = np.log(PRINTED[number])
    wanted = power * np.log(np.asarray(sizes_m, dtype=float))
    room = float(np.ptp(values) - np.ptp(wanted))
    if room < 0:
        raise ValueError(f"Sizes from {min(sizes_m)} to {max(sizes_m)} m are too far apart for one series of {number}.")
    # The middle of what is possible: neither the shortest nor the longest treatments that were ever heard of.
    start = values[0] + room * rng.uniform(0.3, 0.7)
    nearest = np.abs(values[None, :] - (wanted - wanted.min() + start)[:, None]).argmin(axis=1)
    return [f"{PRINTED[number][index]:g}" for index in nearest]
