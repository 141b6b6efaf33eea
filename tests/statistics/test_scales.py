"""Scales without ends: round trips, slopes, and intervals that stay within what their statistic can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from benchmarks.intervals import Answers, corpus
from glassllava.statistics import clustered_mean
from glassllava.statistics.scales import FISHER_Z, Scale, logit_between

SCALES = (FISHER_Z, logit_between(0, 1), logit_between(1, 4), logit_between(0, 100))


@pytest.mark.parametrize("scale", SCALES)
@given(share=st.floats(0.001, 0.999))
def test_a_value_comes_back_and_the_slope_is_the_derivative(scale: Scale, share: float) -> None:
    least, greatest = scale.ends
    value = least + share * (greatest - least)
    assert scale.back(scale.to(value)) == pytest.approx(value, rel=1e-9, abs=1e-9)
    step = 1e-6 * (greatest - least) * min(share, 1 - share)
    derivative = (scale.to(value + step) - scale.to(value - step)) / (2 * step)
    assert scale.slope(value) == pytest.approx(derivative, rel=1e-4)


def test_ends_that_leave_no_range_are_refused() -> None:
    with pytest.raises(ValueError, match="no scale has the ends 1 and 1"):
        logit_between(1, 1)


@given(
    st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=8), min_size=5, max_size=9),
    st.sampled_from([(0.0, 1.0), (1.0, 4.0), (0.0, 100.0)]),
)
def test_an_interval_with_ends_stays_within_them_and_holds_the_mean(
    papers: list[list[int]], ends: tuple[float, float]
) -> None:
    values = [ends[0] + (ends[1] - ends[0]) * value for paper in papers for value in paper]
    codes = [number for number, paper in enumerate(papers) for _ in paper]
    result = clustered_mean(values, codes, ends=ends)
    if result.ci is not None:
        assert ends[0] <= result.ci[0] < result.mean < result.ci[1] <= ends[1]  # type: ignore[operator]
        plain = clustered_mean(values, codes)
        assert result.standard_error == plain.standard_error and result.mean == plain.mean


def test_the_interval_of_a_share_is_the_t_interval_of_its_logit() -> None:
    values, codes = corpus(8, "moderate", Answers(0.8, 0.1), np.random.default_rng(5))
    result = clustered_mean(values, codes, ends=(0, 1))
    share, error, degrees = result.mean, result.standard_error, result.degrees_of_freedom
    assert share is not None and error is not None and degrees is not None
    expected = special.expit(stats.t.interval(0.95, degrees, special.logit(share), error / (share * (1 - share))))
    assert result.ci == pytest.approx(tuple(expected), rel=1e-9)


def test_a_mean_beyond_its_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="lies not between the ends"):
        clustered_mean([2, 3, 2, 3, 2.5], range(5), ends=(0, 1))


def test_lopsided_shares_are_covered_where_they_were_not_without_ends() -> None:
    """Eight papers of very unequal size, four of five answers right, papers that differ."""
    rng = np.random.default_rng(11)
    held = {None: 0, (0.0, 1.0): 0}
    given = 0
    for _ in range(400):
        values, codes = corpus(8, "very unequal", Answers(0.8, 0.3), rng)
        intervals = {ends: clustered_mean(values, codes, ends=ends).ci for ends in held}
        if any(interval is None for interval in intervals.values()):
            continue
        given += 1
        for ends, interval in intervals.items():
            held[ends] += interval is not None and interval[0] <= 0.8 <= interval[1]
    assert given > 350
    assert held[None] / given < 0.93 <= held[0.0, 1.0] / given <= 0.98
