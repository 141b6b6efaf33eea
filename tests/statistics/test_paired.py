"""Paired differences against scipy, statsmodels and Student's own table."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from glassllava.statistics import clustered_mean, paired_difference

# Student, Biometrika 6 (1908) 1, doi:10.1093/biomet/6.1.1: hours of sleep gained with two drugs.
DEXTRO = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
LAEVO = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_one_item_a_paper_is_the_paired_t_test_of_students_table() -> None:
    gain = paired_difference(LAEVO, DEXTRO, range(10))
    test = stats.ttest_rel(LAEVO, DEXTRO)
    expected = test.confidence_interval(0.95)
    assert gain.difference.mean == pytest.approx(1.58)
    assert gain.difference.ci == pytest.approx((expected.low, expected.high))
    assert gain.difference.mean / gain.difference.standard_error == pytest.approx(4.06, abs=5e-3)
    assert (gain.real, gain.control) == pytest.approx((2.33, 0.75))


def test_pairs_in_papers_of_one_size_equal_a_clustered_regression_of_the_differences() -> None:
    rng = np.random.default_rng(5)
    papers = np.repeat(np.arange(9), 11)
    control = rng.normal(50, 10, len(papers))
    real = control + rng.normal(4, 3, 9)[papers] + rng.normal(0, 6, len(papers))
    fit = sm.OLS(real - control, np.ones(len(papers))).fit(cov_type="cluster", cov_kwds={"groups": papers}, use_t=True)
    gain = paired_difference(real, control, papers).difference
    assert gain.mean == pytest.approx(fit.params[0])
    assert gain.ci == pytest.approx(tuple(fit.conf_int()[0]))


def test_the_interval_of_a_gain_is_that_of_the_mean_difference_whatever_the_sizes_of_the_papers() -> None:
    rng = np.random.default_rng(15)
    papers = np.repeat(np.arange(9), rng.integers(1, 30, 9))
    real, control = rng.normal(55, 10, len(papers)), rng.normal(50, 10, len(papers))
    gain = paired_difference(real, control, papers).difference
    assert gain == clustered_mean(real - control, papers)
    assert gain.degrees_of_freedom is not None
    assert gain.degrees_of_freedom < 8


def test_pairing_takes_the_difficulty_of_the_items_out_of_the_interval() -> None:
    rng = np.random.default_rng(6)
    papers = np.repeat(np.arange(8), 10)
    difficulty = rng.normal(0, 20, 8)[papers]
    real, control = difficulty + rng.normal(3, 1, 80), difficulty + rng.normal(0, 1, 80)
    paired = paired_difference(real, control, papers).difference.ci
    alone = clustered_mean(real, papers).ci
    assert paired is not None
    assert alone is not None
    assert paired[0] > 0
    assert paired[1] - paired[0] < (alone[1] - alone[0]) / 5


def test_a_pair_with_one_failure_enters_neither_mean() -> None:
    gain = paired_difference(
        [10, 20, 30, 40, 50, 999],
        [5, None, 10, 15, float("nan"), 0],
        list("abcdef"),
        ["ok", "ok", "ok", "ok", "ok", "refused"],
        ["ok", "error", "ok", "ok", "not_applicable", "ok"],
    )
    assert (gain.real, gain.control) == pytest.approx((80 / 3, 10))
    assert gain.difference.mean == pytest.approx(50 / 3)
    assert (gain.difference.n, gain.difference.clusters) == (3, 3)
    assert gain.difference.coverage == pytest.approx(3 / 5)
    assert gain.difference.not_applicable == 1


def test_a_pair_that_fails_on_one_side_and_is_not_applicable_on_the_other_does_not_count() -> None:
    gain = paired_difference([1, 2], [1, 2], ["a", "b"], ["error", "ok"], ["not_applicable", "ok"])
    assert (gain.difference.coverage, gain.difference.not_applicable) == (1.0, 1)


def test_a_model_that_ignores_the_image_gains_nothing_and_claims_no_interval() -> None:
    scores = [1, 0, 1, 1, 0, 1]
    gain = paired_difference(scores, scores, list("abcdef"))
    assert gain.difference.mean == 0
    assert gain.difference.ci_absent == "no variation between papers"


def test_no_pairs_at_all_is_none() -> None:
    gain = paired_difference([1.0], [2.0], ["a"], ["ok"], ["error"])
    assert (gain.real, gain.control, gain.difference.mean, gain.difference.coverage) == (None, None, None, 0.0)


def test_what_is_no_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="give pairs"):
        paired_difference([1, 2], [1], ["a", "b"])
    with pytest.raises(ValueError, match="one state each"):
        paired_difference([1, 2], [1, 2], ["a", "b"], ["ok"])
    with pytest.raises(ValueError, match="no finite value"):
        paired_difference([1, None], [1, 2], ["a", "b"])
