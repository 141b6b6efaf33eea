"""How well yes/no answers match a yes/no truth: accuracy and the figures that a lucky guess cannot raise.

From: the polarity of benchmark and answer (defect present or absent) with paper and state. To: the defect and
anomaly assessment, beside what an answerer who always says yes would reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from math import sqrt

from glassllava.statistics.intervals import clustered_mean
from glassllava.statistics.observations import Clusters, standing


@dataclass(frozen=True, slots=True)
class BinaryScores:
    """Counts, and rates of 0–1 (MCC −1 to 1); a rate is None where its denominator is zero.

    Attributes
    ----------
    true_positives, false_positives, true_negatives, false_negatives : int
        Decided answers against the truth.
    undecided_positives, undecided_negatives : int
        Undecided answers where the truth is yes, and where it is no: never right.
    accuracy : float or None
        Share of answers that are right, undecided ones in the denominator.
    accuracy_ci : tuple of float or None
        95 % interval of the accuracy, clusters as in `clustered_mean`.
    ci_absent : str or None
        Why there is no interval; None where there is one.
    sensitivity, specificity : float or None
        Share of right answers where the truth is yes, and where it is no.
    balanced_accuracy : float or None
        Mean of the two; 0.5 for any constant answer.
    mcc : float or None
        Matthews correlation coefficient; None for a constant answer or a constant truth.
    always_yes : float or None
        The accuracy of answering yes to everything: the share of yes in the truth.
    n, clusters : int
        Answers that entered, and the clusters they come from.
    coverage : float or None
        Share of ``ok`` among the answers that count.
    not_applicable : int
        Answers that do not count.
    """

    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int
    undecided_positives: int
    undecided_negatives: int
    accuracy: float | None
    accuracy_ci: tuple[float, float] | None
    ci_absent: str | None
    sensitivity: float | None
    specificity: float | None
    balanced_accuracy: float | None
    mcc: float | None
    always_yes: float | None
    n: int
    clusters: int
    coverage: float | None
    not_applicable: int


def binary_scores(
    truth: Sequence[bool | None],
    predicted: Sequence[bool | None],
    clusters: Clusters,
    states: Sequence[str] | None = None,
) -> BinaryScores:
    """Compare yes/no answers with the truth.

    Parameters
    ----------
    truth : sequence of bool
        True for yes (the defect is there). An item without a truth is ``not_applicable`` in `states`.
    predicted : sequence of bool or None
        The answer; None for one that was given but does not decide, which is wrong whatever the truth is.
    clusters : sequence of str or int
        The cluster (paper) of each answer.
    states : sequence of str, optional
        The state of each answer; all ``ok`` where not given. A failure is a state, not an undecided answer.

    Raises
    ------
    ValueError
        If lengths differ or an ``ok`` answer has no truth.

    Notes
    -----
    With undecided answers MCC is its generalisation to more classes [1]_ (truth: yes, no; answer: yes, no,
    undecided), and the plain coefficient without them. Where a factor of its denominator is zero it is None
    here, 0 in other libraries.

    References
    ----------
    .. [1] Gorodkin, Comput. Biol. Chem. 28 (2004) 367, doi:10.1016/j.compbiolchem.2004.09.006. On the choice
       of MCC: Chicco & Jurman, BMC Genomics 21 (2020) 6, doi:10.1186/s12864-019-6413-7.

    Examples
    --------
    >>> scores = binary_scores([True, True, False, False], [True, False, False, None], ["a", "a", "b", "b"])
    >>> scores.accuracy, scores.sensitivity, scores.specificity, scores.ci_absent
    (0.5, 0.5, 0.5, 'fewer than 5 papers')
    """
    if len(truth) != len(predicted):
        raise ValueError(f"{len(truth)} truths for {len(predicted)} answers: give one each")
    entered = standing(states, len(truth)).entered
    counts = {(is_yes, answer): 0 for is_yes in (True, False) for answer in (True, False, None)}
    for is_yes, answer in compress(zip(truth, predicted, strict=True), entered):
        if is_yes is None:
            raise ValueError("an answer with state 'ok' has no truth: its state is 'not_applicable'")
        counts[bool(is_yes), None if answer is None else bool(answer)] += 1
    right = [
        float(answer is not None and bool(answer) == bool(is_yes))
        for is_yes, answer in zip(truth, predicted, strict=True)
    ]
    accuracy = clustered_mean(right, clusters, states, ends=(0, 1))
    positives = counts[True, True] + counts[True, False] + counts[True, None]
    negatives = accuracy.n - positives
    sensitivity = counts[True, True] / positives if positives else None
    specificity = counts[False, False] / negatives if negatives else None
    balanced = None if sensitivity is None or specificity is None else (sensitivity + specificity) / 2
    return BinaryScores(
        true_positives=counts[True, True],
        false_positives=counts[False, True],
        true_negatives=counts[False, False],
        false_negatives=counts[True, False],
        undecided_positives=counts[True, None],
        undecided_negatives=counts[False, None],
        accuracy=accuracy.mean,
        accuracy_ci=accuracy.ci,
        ci_absent=accuracy.ci_absent,
        sensitivity=sensitivity,
        specificity=specificity,
        balanced_accuracy=balanced,
        mcc=_matthews(counts),
        always_yes=positives / accuracy.n if accuracy.n else None,
        n=accuracy.n,
        clusters=accuracy.clusters,
        coverage=accuracy.coverage,
        not_applicable=accuracy.not_applicable,
    )


def _matthews(counts: dict[tuple[bool, bool | None], int]) -> float | None:
    classes = (True, False, None)
    total = sum(counts.values())
    right = counts[True, True] + counts[False, False]
    truth_totals = [sum(counts.get((c, answer), 0) for answer in classes) for c in classes if c is not None]
    answer_totals = [counts[True, answer] + counts[False, answer] for answer in classes]
    truth_spread = total**2 - sum(t**2 for t in truth_totals)
    answer_spread = total**2 - sum(a**2 for a in answer_totals)
    if not truth_spread or not answer_spread:
        return None
    matched = sum(t * a for t, a in zip(truth_totals, answer_totals[:2], strict=True))
    return (right * total - matched) / sqrt(truth_spread * answer_spread)
