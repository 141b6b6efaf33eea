"""The clustered mean against statsmodels, a published example, and its own rules."""

from __future__ import annotations

import time

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from glassllava.statistics import clustered_mean

FAILURES = ("refused", "truncated", "unparseable", "error")


@pytest.mark.parametrize("clusters", [5, 8, 12, 30])
def test_mean_error_and_interval_equal_a_clustered_regression_on_a_constant(clusters: int) -> None:
    rng = np.random.default_rng(clusters)
    papers = np.repeat(np.arange(clusters), rng.integers(1, 40, clusters))
    values = rng.normal(0, 2, clusters)[papers] + rng.normal(70, 5, len(papers))
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": papers, "use_correction": True}, use_t=True
    )
    result = clustered_mean(values, papers)
    assert result.mean == pytest.approx(fit.params[0])
    assert result.standard_error == pytest.approx(fit.bse[0])
    assert result.ci == pytest.approx(tuple(fit.conf_int(0.05)[0]))
    assert (result.n, result.clusters, result.coverage) == (len(values), clusters, 1.0)


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


@pytest.mark.parametrize("papers", [5, 8, 12])
def test_nominal_95_percent_covers_92_to_98_percent_of_simulated_corpora(papers: int) -> None:
    # Scores of 0–100 with a paper effect, an answer effect, and a fifth of the answers failed or not
    # applicable; sizes of 8–16 answers a paper. 1,500 corpora: the simulation's own error is 0.6 %.
    rng = np.random.default_rng(20230921 + papers)
    truth, held = 65.0, 0
    for _ in range(1500):
        codes = np.repeat(np.arange(papers), rng.integers(8, 17, papers))
        scores = truth + rng.normal(0, 8, papers)[codes] + rng.uniform(-20, 20, len(codes))
        states = rng.choice(["ok", "error", "not_applicable"], len(codes), p=[0.8, 0.1, 0.1]).tolist()
        interval = clustered_mean(scores, codes, states).ci
        assert interval is not None
        held += interval[0] <= truth <= interval[1]
    assert 0.92 <= held / 1500 <= 0.98


def test_a_hundred_thousand_answers_take_less_than_two_seconds() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=100_000).tolist()
    papers = [f"paper {i}" for i in rng.integers(0, 200, 100_000)]
    started = time.perf_counter()
    clustered_mean(values, papers, ["ok"] * 100_000)
    assert time.perf_counter() - started < 2
