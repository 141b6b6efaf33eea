"""The paired difference of two conditions on the same questions, by paper.

From: the scores of the same items under two conditions (the real image and a control, two models, two context
levels). To: the visual gain and every other comparison that the report prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glassllava.statistics.intervals import ClusteredMean, clustered_mean
from glassllava.statistics.observations import NOT_APPLICABLE, OK, Clusters, Values, standing


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Real minus control over the items that both answered.

    Attributes
    ----------
    difference : ClusteredMean
        Mean difference (first condition minus second) with interval, n pairs, clusters and coverage.
    real : float or None
        Mean of the first condition over the same pairs; None where there is none.
    control : float or None
        Mean of the second condition over the same pairs.
    """

    difference: ClusteredMean
    real: float | None
    control: float | None


def paired_difference(
    real: Values,
    control: Values,
    clusters: Clusters,
    real_states: Sequence[str] | None = None,
    control_states: Sequence[str] | None = None,
) -> PairedDifference:
    """Mean of ``real − control`` with a cluster-robust 95 % t interval.

    A pair enters where both states are ``ok``, does not count where either is ``not_applicable``, and is a
    failure (it lowers the coverage) otherwise. So neither mean holds an item that the other lacks.

    Parameters
    ----------
    real, control : sequence of float
        One value an item, in the same order.
    clusters : sequence of str or int
        The cluster (paper) of each item.
    real_states, control_states : sequence of str, optional
        The state of each item under each condition; all ``ok`` where not given.

    Raises
    ------
    ValueError
        If lengths differ or an ``ok`` observation has no finite value.

    Notes
    -----
    With one item a cluster this is the paired t test. The method is that of `clustered_mean`.

    Examples
    --------
    >>> gain = paired_difference([3, 4, 2, 5, 4], [1, 2, 2, 3, 1], ["a", "b", "c", "d", "e"])
    >>> round(gain.difference.mean, 2), [round(end, 2) for end in gain.difference.ci]
    (1.8, [0.44, 3.16])
    """
    if len(real) != len(control):
        raise ValueError(f"{len(real)} real values and {len(control)} control values: give pairs")
    first = list(real_states) if real_states is not None else [OK] * len(real)
    second = list(control_states) if control_states is not None else [OK] * len(real)
    if len(first) != len(real) or len(second) != len(real):
        raise ValueError(f"{len(first)} and {len(second)} states for {len(real)} pairs: give one state each")
    pair_states = [_pair_state(a, b) for a, b in zip(first, second, strict=True)]
    entered = standing(pair_states, len(pair_states)).entered
    differences = [
        float(a) - float(b) if enters and a is not None and b is not None else None
        for a, b, enters in zip(real, control, entered, strict=True)
    ]
    return PairedDifference(
        difference=clustered_mean(differences, clusters, pair_states),
        real=clustered_mean(real, clusters, pair_states).mean,
        control=clustered_mean(control, clusters, pair_states).mean,
    )


def _pair_state(first: str, second: str) -> str:
    if NOT_APPLICABLE in (first, second):
        return NOT_APPLICABLE
    return second if first == OK else first
