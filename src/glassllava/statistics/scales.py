"""Scales without ends, on which an interval of a statistic with ends is made and carried back.

From: a statistic that cannot leave its range. To: intervals that do not leave it either, and that are wider on the side
on which there is more room, as the sample's own distribution is. The delta method gives the standard error there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import atanh, tanh

from scipy import special


@dataclass(frozen=True, slots=True)
class Scale:
    """A strictly increasing map of an open range onto all numbers.

    Attributes
    ----------
    ends : tuple of float
        Of the range; the map exists between them only.
    to, back : callable
        The map and its inverse.
    slope : callable
        Its derivative at a value of the range.
    """

    ends: tuple[float, float]
    to: Callable[[float], float]
    back: Callable[[float], float]
    slope: Callable[[float], float]

    def holds(self, value: float) -> bool:
        """Whether a value lies between the ends."""
        return self.ends[0] < value < self.ends[1]


def logit_between(least: float, greatest: float) -> Scale:
    """Return the logit of where a value stands between two ends.

    Raises
    ------
    ValueError
        The ends do not leave a range.

    Examples
    --------
    >>> logit_between(0, 100).to(50)
    0.0
    """
    if not least < greatest:
        raise ValueError(f"no scale has the ends {least} and {greatest}")
    width = greatest - least
    return Scale(
        ends=(least, greatest),
        to=lambda value: float(special.logit((value - least) / width)),
        back=lambda x: least + width * float(special.expit(x)),
        slope=lambda value: width / ((value - least) * (greatest - value)),
    )


FISHER_Z = Scale(ends=(-1, 1), to=atanh, back=tanh, slope=lambda r: 1 / (1 - r * r))
"""Of correlations (Fisher 1921, Metron 1, 3)."""
