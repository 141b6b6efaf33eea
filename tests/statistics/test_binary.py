"""Yes/no scores against scikit-learn and a published table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from glassllava.statistics import binary_scores, clustered_mean

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)
WITH_UNDECIDED = st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None])), min_size=1, max_size=60)


@given(PAIRS)
def test_every_figure_equals_scikit_learns_where_it_is_defined(pairs: list[tuple[bool, bool]]) -> None:
    truth, predicted = [t for t, _ in pairs], [p for _, p in pairs]
    ours = binary_scores(truth, predicted, [i % 7 for i in range(len(pairs))])
    (tn, fp), (fn, tp) = metrics.confusion_matrix(truth, predicted, labels=[False, True])
    assert (ours.true_negatives, ours.false_positives) == (tn, fp)
    assert (ours.false_negatives, ours.true_positives) == (fn, tp)
    assert ours.accuracy == pytest.approx(metrics.accuracy_score(truth, predicted))
    assert ours.always_yes == pytest.approx(metrics.accuracy_score(truth, [True] * len(truth)))
    if ours.mcc is not None:
        assert ours.mcc == pytest.approx(metrics.matthews_corrcoef(truth, predicted), abs=1e-12)
    assert (ours.mcc is None) == (len(set(truth)) == 1 or len(set(predicted)) == 1)
    if True in truth:
        assert ours.sensitivity == pytest.approx(metrics.recall_score(truth, predicted))
    else:
        assert ours.sensitivity is None
    if False in truth:
        assert ours.specificity == pytest.approx(metrics.recall_score(truth, predicted, pos_label=False))
    else:
        assert ours.specificity is None
    if len(set(truth)) == 2:
        assert ours.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(truth, predicted))
    else:
        assert ours.balanced_accuracy is None


@given(WITH_UNDECIDED)
def test_with_undecided_answers_mcc_is_the_coefficient_of_three_classes(
    pairs: list[tuple[bool, bool | None]],
) -> None:
    ours = binary_scores([t for t, _ in pairs], [p for _, p in pairs], list(range(len(pairs))))
    names = {True: "present", False: "absent", None: "undecided"}
    if ours.mcc is not None:
        theirs = metrics.matthews_corrcoef([names[t] for t, _ in pairs], [names[p] for _, p in pairs])
        assert ours.mcc == pytest.approx(theirs, abs=1e-12)
    decided = ours.true_positives + ours.false_positives + ours.true_negatives + ours.false_negatives
    assert decided + ours.undecided_positives + ours.undecided_negatives == len(pairs) == ours.n


def test_high_accuracy_on_a_one_sided_truth_is_seen_through_as_published() -> None:
    # Chicco & Jurman, BMC Genomics 21 (2020) 6, doi:10.1186/s12864-019-6413-7, use case A1:
    # 91 positives, TP 90, FN 1, TN 0, FP 9: accuracy 0.90, MCC -0.03.
    truth = [True] * 91 + [False] * 9
    predicted = [True] * 90 + [False] + [True] * 9
    scores = binary_scores(truth, predicted, range(100))
    assert scores.accuracy == pytest.approx(0.90)
    assert scores.mcc == pytest.approx(-0.03, abs=5e-3)
    assert scores.always_yes == pytest.approx(0.91)


def test_always_yes_reaches_the_share_of_defects_but_only_half_balanced() -> None:
    truth = [True] * 15 + [False] * 5
    scores = binary_scores(truth, [True] * 20, [i % 5 for i in range(20)])
    assert scores.accuracy == scores.always_yes == 0.75
    assert scores.balanced_accuracy == 0.5
    assert scores.mcc is None


def test_an_undecided_answer_is_wrong_whatever_the_truth_is() -> None:
    scores = binary_scores([True, True, False, False], [True, None, False, None], list("abcd"))
    assert (scores.accuracy, scores.sensitivity, scores.specificity) == (0.5, 0.5, 0.5)
    assert (scores.undecided_positives, scores.undecided_negatives) == (1, 1)


def test_failures_and_not_applicable_items_enter_no_count() -> None:
    scores = binary_scores(
        [True, False, True, None, True],
        [True, False, None, True, False],
        list("abcde"),
        ["ok", "ok", "unparseable", "not_applicable", "error"],
    )
    assert (scores.n, scores.accuracy, scores.not_applicable) == (2, 1.0, 1)
    assert scores.coverage == 0.5
    assert scores.false_negatives == scores.undecided_positives == 0


def test_the_interval_of_the_accuracy_is_that_of_the_clustered_mean() -> None:
    rng = np.random.default_rng(9)
    truth = (rng.random(80) < 0.7).tolist()
    predicted = [t if rng.random() < 0.8 else not t for t in truth]
    papers = rng.integers(0, 8, 80)
    expected = clustered_mean([float(t == p) for t, p in zip(truth, predicted, strict=True)], papers, ends=(0, 1))
    scores = binary_scores(truth, predicted, papers)
    assert scores.accuracy_ci == expected.ci
    assert scores.clusters == 8


def test_nothing_that_entered_is_none_and_not_zero() -> None:
    scores = binary_scores([True], [None], ["a"], ["error"])
    assert (scores.accuracy, scores.mcc, scores.always_yes, scores.balanced_accuracy) == (None,) * 4
    assert (scores.n, scores.coverage) == (0, 0.0)


def test_an_ok_answer_without_a_truth_is_refused() -> None:
    with pytest.raises(ValueError, match="no truth"):
        binary_scores([True, None], [True, True], ["a", "b"])
    with pytest.raises(ValueError, match="one each"):
        binary_scores([True], [True, True], ["a", "b"])
