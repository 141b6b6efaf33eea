"""The clustered mean against statsmodels, CR2 in matrices, a published example, simulations, and its own rules."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import linalg, stats

from benchmarks.intervals import Answers, corpus
from glassllava.statistics import clustered_mean

FAILURES = ("refused", "truncated", "unparseable", "error")


def _cr2_in_matrices(values: NDArray[np.float64], codes: NDArray[np.intp]) -> tuple[float, float]:
    # The general estimator of Pustejovsky & Tipton, doi:10.1080/07350015.2016.1247004, for any design matrix, with
    # independent observations of one variance as the working model; here the design is a constant.
    n = len(values)
    design = np.ones((n, 1))
    bread = np.linalg.inv(design.T @ design)
    residual_maker = np.eye(n) - design @ bread @ design.T
    residuals = residual_maker @ values
    variance, forms = 0.0, []
    for cluster in np.unique(codes):
        rows = np.flatnonzero(codes == cluster)
        adjustment = np.linalg.inv(linalg.sqrtm(residual_maker[np.ix_(rows, rows)]).real)
        weights = adjustment @ design[rows] @ bread[:, 0]
        variance += (weights @ residuals[rows]) ** 2
        forms.append(residual_maker[:, rows] @ weights)
    products = np.array(forms) @ np.array(forms).T
    return float(np.sqrt(variance)), float(np.trace(products) ** 2 / np.square(products).sum())


@pytest.mark.parametrize("seed", range(12))
def test_error_degrees_and_interval_equal_cr2_in_matrices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clusters = int(rng.integers(5, 15))
    papers = rng.permutation(np.repeat(np.arange(clusters), 1 + rng.poisson(rng.exponential(10, clusters))))
    values = rng.normal(0, 2, clusters)[papers] + rng.normal(70, 5, len(papers))
    error, degrees = _cr2_in_matrices(values, papers)
    result = clustered_mean(values, papers)
    assert result.mean == pytest.approx(values.mean())
    assert result.standard_error == pytest.approx(error, rel=1e-9)
    assert result.degrees_of_freedom == pytest.approx(degrees, rel=1e-9)
    assert result.ci == pytest.approx(stats.t.interval(0.95, degrees, values.mean(), error), rel=1e-9)
    assert 1 < degrees < clusters - 1
    assert (result.n, result.clusters, result.coverage) == (len(values), clusters, 1.0)


@pytest.mark.parametrize("clusters", [5, 8, 12, 30])
def test_clusters_of_one_size_give_cr1_and_the_t_interval_of_their_means(clusters: int) -> None:
    rng = np.random.default_rng(clusters)
    papers = np.repeat(np.arange(clusters), 7)
    values = rng.normal(0, 2, clusters)[papers] + rng.normal(70, 5, len(papers))
    cr1 = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": papers, "use_correction": True}, use_t=True
    )
    result = clustered_mean(values, papers)
    assert result.standard_error == pytest.approx(cr1.bse[0])
    assert result.degrees_of_freedom == pytest.approx(clusters - 1)
    assert result.ci == pytest.approx(tuple(cr1.conf_int(0.05)[0]))
    of_means = stats.ttest_1samp(values.reshape(clusters, 7).mean(axis=1), 0).confidence_interval(0.95)
    assert result.ci == pytest.approx((of_means.low, of_means.high))


@given(st.lists(st.integers(1, 60), min_size=5, max_size=15))
def test_degrees_of_freedom_lie_between_one_and_one_fewer_than_clusters(sizes: list[int]) -> None:
    papers = np.repeat(np.arange(len(sizes)), sizes)
    result = clustered_mean(np.sin(np.arange(len(papers))), papers)
    assert result.degrees_of_freedom is not None
    assert 1 < result.degrees_of_freedom <= len(sizes) - 1 + 1e-9


def test_a_paper_that_holds_nearly_all_answers_leaves_about_one_degree_of_freedom() -> None:
    rng = np.random.default_rng(2)
    papers = np.repeat(np.arange(6), [1000, 1, 1, 1, 1, 1])
    result = clustered_mean(rng.normal(size=1005), papers)
    assert result.degrees_of_freedom == pytest.approx(1, abs=0.02)


def test_grade_averages_of_five_suites_as_in_lohrs_book() -> None:
    # Lohr, Sampling: Design and Analysis, doi:10.1201/9780429298899, one-stage cluster sample of 5 suites
    # out of 100: mean 2.826, standard error 0.164 with the correction for a finite population.
    grades = [
        *(3.08, 2.60, 3.44, 3.04),
        *(2.36, 3.04, 3.28, 2.68),
        *(2.00, 2.56, 2.52, 1.88),
        *(3.00, 2.88, 3.44, 3.64),
        *(2.68, 1.92, 3.28, 3.20),
    ]
    result = clustered_mean(grades, np.repeat(np.arange(5), 4))
    assert result.mean == pytest.approx(2.826)
    assert result.standard_error is not None
    assert result.standard_error * np.sqrt(1 - 5 / 100) == pytest.approx(0.164, abs=5e-4)


def test_singleton_clusters_give_the_plain_t_interval_of_students_sleep_data() -> None:
    # Student, Biometrika 6 (1908) 1, doi:10.1093/biomet/6.1.1: extra hours of sleep, ten patients.
    gain = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    result = clustered_mean(gain, [f"patient {i}" for i in range(10)])
    assert result.mean == pytest.approx(1.58)
    assert result.ci == pytest.approx((0.70, 2.46), abs=5e-3)


@given(st.data())
def test_failures_and_not_applicable_never_move_the_mean_or_its_interval(data: st.DataObject) -> None:
    size = data.draw(st.integers(6, 25))
    values = data.draw(st.lists(st.floats(0, 100), min_size=size, max_size=size))
    papers = [f"paper {i % 6}" for i in range(size)]
    alone = clustered_mean(values, papers)
    junk = data.draw(st.lists(st.sampled_from([None, 0.0, -1.0, 96.1, float("nan"), float("inf")]), max_size=9))
    states = data.draw(st.lists(st.sampled_from([*FAILURES, "not_applicable"]), min_size=len(junk), max_size=len(junk)))
    mixed = clustered_mean(
        [*values, *junk], [*papers, *(f"paper {i}" for i in range(len(junk)))], ["ok"] * size + states
    )
    assert (mixed.mean, mixed.ci, mixed.n, mixed.clusters) == (alone.mean, alone.ci, alone.n, alone.clusters)
    failed = len(junk) - states.count("not_applicable")
    assert mixed.coverage == pytest.approx(size / (size + failed))
    assert mixed.not_applicable == states.count("not_applicable")


def test_the_order_of_the_answers_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    values, papers = rng.normal(size=60), rng.integers(0, 7, 60)
    order = rng.permutation(60)
    a, b = clustered_mean(values, papers), clustered_mean(values[order], papers[order])
    assert a.mean == pytest.approx(b.mean)
    assert a.ci == pytest.approx(b.ci)


def test_four_papers_give_a_mean_and_say_why_there_is_no_interval() -> None:
    result = clustered_mean([1, 2, 3, 4] * 5, ["a", "b", "c", "d"] * 5)
    assert result.mean == 2.5
    assert result.ci is None
    assert result.standard_error is None
    assert result.degrees_of_freedom is None
    assert result.ci_absent == "fewer than 5 papers"


def test_a_fifth_paper_whose_answers_all_failed_does_not_count_as_a_paper() -> None:
    states = ["ok"] * 4 + ["error"]
    result = clustered_mean([1, 2, 3, 4, None], ["a", "b", "c", "d", "e"], states)
    assert (result.clusters, result.ci, result.coverage) == (4, None, 0.8)


@pytest.mark.parametrize("value", [1.0, 0.1, 0.0, 1e-9])
def test_equal_values_claim_no_interval_of_width_zero(value: float) -> None:
    result = clustered_mean([value] * 30, [i % 6 for i in range(30)])
    assert result.mean == pytest.approx(value)
    assert result.ci is None
    assert result.ci_absent == "no variation between papers"


def test_small_but_real_spread_keeps_its_interval() -> None:
    result = clustered_mean([1e-7, 2e-7, 1e-7, 3e-7, 2e-7], list("abcde"))
    assert result.ci is not None


@pytest.mark.parametrize(("states", "coverage"), [(["error"] * 3, 0.0), (["not_applicable"] * 3, None), ([], None)])
def test_nothing_that_entered_is_none_and_not_zero(states: list[str], coverage: float | None) -> None:
    result = clustered_mean([None] * len(states), ["a"] * len(states), states)
    assert (result.mean, result.ci, result.n, result.clusters) == (None, None, 0, 0)
    assert result.coverage == coverage


def test_an_ok_answer_without_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no finite value"):
        clustered_mean([1.0, float("nan")], ["a", "b"])
    with pytest.raises(ValueError, match="no finite value"):
        clustered_mean([1.0, None], ["a", "b"], ["ok", "ok"])


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="2 clusters for 3"):
        clustered_mean([1, 2, 3], ["a", "b"])
    with pytest.raises(ValueError, match="1 states for 3"):
        clustered_mean([1, 2, 3], ["a", "b", "c"], ["ok"])


@pytest.mark.parametrize("values", [Answers(None, 0.3), Answers(0.6, 0.1)], ids=["normal", "yes or no"])
@pytest.mark.parametrize("sizes", ["equal", "moderate", "very unequal"])
@pytest.mark.parametrize("papers", [5, 8, 12])
def test_nominal_95_percent_covers_93_to_97_5_percent_of_simulated_corpora(
    papers: int, sizes: str, values: Answers
) -> None:
    # 2,500 corpora: the simulation's own standard error is 0.4 %.
    rng = np.random.default_rng(20230921)
    held = given_intervals = 0
    for _ in range(2500):
        interval = clustered_mean(*corpus(papers, sizes, values, rng)).ci
        if interval is not None:
            given_intervals += 1
            held += interval[0] <= values.truth <= interval[1]
    assert given_intervals >= 2490
    assert 0.93 <= held / given_intervals <= 0.975


def test_failed_answers_at_random_leave_the_coverage_as_it_is() -> None:
    # Scores of 0–100; a fifth of the answers failed or not applicable.
    rng = np.random.default_rng(20230929)
    truth, held = 65.0, 0
    for _ in range(1500):
        codes = np.repeat(np.arange(8), rng.integers(8, 17, 8))
        scores = truth + rng.normal(0, 8, 8)[codes] + rng.uniform(-20, 20, len(codes))
        states = rng.choice(["ok", "error", "not_applicable"], len(codes), p=[0.8, 0.1, 0.1]).tolist()
        interval = clustered_mean(scores, codes, states).ci
        assert interval is not None
        held += interval[0] <= truth <= interval[1]
    assert 0.93 <= held / 1500 <= 0.975
