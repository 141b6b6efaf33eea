"""Which observations enter a number: states, coverage, and clusters as whole numbers.

From: the states, clusters and values that a caller's rows hold. To: intervals, paired, binary, agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

OK = "ok"
NOT_APPLICABLE = "not_applicable"

Clusters = Sequence[str] | Sequence[int] | NDArray[np.str_] | NDArray[np.int_]
Values = Sequence[float | None] | Sequence[float] | Sequence[int] | NDArray[np.float64] | NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many observations entered, and which.

    Attributes
    ----------
    entered : ndarray of bool, shape (observations,)
        True where the state is ``ok``.
    n : int
        Number of observations that entered.
    not_applicable : int
        Number of observations that do not count at all.
    coverage : float or None
        ``n`` over the observations that count (all but the not applicable), 0–1; None where none counts.
    """

    entered: NDArray[np.bool_]
    n: int
    not_applicable: int
    coverage: float | None


def standing(states: Sequence[str] | None, observations: int) -> Standing:
    """Tell which of the observations enter a number.

    Parameters
    ----------
    states : sequence of str, or None
        One state an observation. Whatever is neither ``ok`` nor ``not_applicable`` is a failure: it counts,
        and does not enter. None means that all are ``ok``.
    observations : int
        Number of observations that the states belong to.

    Raises
    ------
    ValueError
        If there is not one state an observation.
    """
    if states is None:
        states = [OK] * observations
    if len(states) != observations:
        raise ValueError(f"{len(states)} states for {observations} observations: give one state each")
    entered = np.array([state == OK for state in states], dtype=np.bool_)
    not_applicable = sum(state == NOT_APPLICABLE for state in states)
    counted = observations - not_applicable
    n = int(entered.sum())
    return Standing(entered, n, not_applicable, n / counted if counted else None)


def entered_numbers(values: Values, entered: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the numbers that enter; what stands in the place of the others is never looked at.

    Raises
    ------
    ValueError
        If an observation that enters has no finite value: a failure that was marked ``ok``.
    """
    if len(values) != len(entered):
        raise ValueError(f"{len(values)} values for {len(entered)} observations: give one value each")
    numbers = np.array(list(compress(values, entered)), dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("an observation with state 'ok' has no finite value: give it the state of its failure")
    return numbers


def cluster_codes(clusters: Clusters, entered: NDArray[np.bool_]) -> tuple[NDArray[np.intp], int]:
    """Give a whole number to each cluster of the observations that enter.

    Returns
    -------
    codes : ndarray of int, shape (entered,)
        0 … G−1.
    count : int
        G, the number of clusters with at least one observation that enters.
    """
    if len(clusters) != len(entered):
        raise ValueError(f"{len(clusters)} clusters for {len(entered)} observations: give one cluster each")
    names: list[str | int] = list(compress(clusters, entered))
    code_of = {name: code for code, name in enumerate(dict.fromkeys(names))}
    return np.array([code_of[name] for name in names], dtype=np.intp), len(code_of)
