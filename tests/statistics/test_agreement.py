"""Coefficients of agreement against scipy, scikit-learn, statsmodels and published worked examples."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sklearn import metrics
from statsmodels.stats.inter_rater import cohens_kappa

from glassllava.statistics import area_under_curve, cohen_kappa, krippendorff_alpha, spearman
from glassllava.statistics.agreement import Level

JUDGED = Path(__file__).parents[2] / "../shared/data/judge/vicuna_gpt4.jsonl"
LEVELS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=50)
NAN = float("nan")


def test_spearman_of_intelligence_and_television_is_minus_29_of_165() -> None:
    # The worked example of the field's textbooks: ten people, intelligence quotient and hours of television.
    quotient = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    assert spearman(quotient, hours, range(10)).value == pytest.approx(-29 / 165)


@given(LEVELS)
def test_spearman_with_ties_equals_scipy(pairs: list[tuple[int, int]]) -> None:
    x, y = zip(*pairs, strict=True)
    ours = spearman(x, y, range(len(x))).value
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert ours is None
    else:
        assert ours == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)


def test_area_under_curve_of_109_ct_images_is_0_893_as_published() -> None:
    # Hanley & McNeil, Radiology 143 (1982) 29, doi:10.1148/radiology.143.1.7063747: ratings 1 (surely normal)
    # to 5 (surely abnormal) of 58 normal and 51 abnormal images; area 0.893, standard error 0.032.
    normal, abnormal = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
    ratings = np.repeat([1, 2, 3, 4, 5] * 2, [*normal, *abnormal])
    result = area_under_curve([False] * 58 + [True] * 51, ratings, range(109))
    assert result.value == pytest.approx(0.893, abs=5e-4)
    assert result.standard_error == pytest.approx(0.032, abs=2e-3)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=50))
def test_area_under_curve_with_ties_equals_scikit_learn(pairs: list[tuple[bool, int]]) -> None:
    truth, scores = zip(*pairs, strict=True)
    ours = area_under_curve(truth, scores, range(len(truth))).value
    if len(set(truth)) == 1:
        assert ours is None
    else:
        assert ours == pytest.approx(metrics.roc_auc_score(truth, scores), abs=1e-12)


def test_kappa_of_222_readings_is_0_86_as_its_published_shares_give() -> None:
    # McHugh, Biochem. Med. 22 (2012) 276, doi:10.11613/BM.2012.031: 147 and 62 alike, 3 and 10 unlike;
    # observed agreement 0.94, expected 0.57.
    pairs = [(0, 0)] * 147 + [(0, 1)] * 3 + [(1, 0)] * 10 + [(1, 1)] * 62
    first, second = zip(*pairs, strict=True)
    result = cohen_kappa(first, second, range(222))
    assert result.value == pytest.approx((0.9414 - 0.5728) / (1 - 0.5728), abs=1e-3)
    reference = cohens_kappa(np.array([[147, 3], [10, 62]]))
    assert result.value == pytest.approx(reference.kappa)
    assert result.standard_error == pytest.approx(reference.std_kappa, rel=0.05)


@given(LEVELS, st.sampled_from(["none", "linear", "quadratic"]))
def test_kappa_equals_scikit_learn_at_every_weighting(pairs: list[tuple[int, int]], weights: str) -> None:
    first, second = zip(*pairs, strict=True)
    ours = cohen_kappa(first, second, range(len(first)), weights=weights).value  # type: ignore[arg-type]
    if len({*first, *second}) == 1:
        assert ours is None
    else:
        theirs = metrics.cohen_kappa_score(
            first, second, labels=range(6), weights=None if weights == "none" else weights
        )
        assert ours == pytest.approx(theirs, abs=1e-9)


def test_kappa_takes_words_as_labels() -> None:
    first = ["present", "absent", "undecided", "present"]
    assert cohen_kappa(first, first, list("abcd")).value == 1.0
    with pytest.raises(ValueError):
        cohen_kappa(first, first, list("abcd"), weights="linear")


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_four_observers_with_gaps_is_as_published(level: Level, published: float) -> None:
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011),
    # https://repository.upenn.edu/asc_papers/43: twelve units, five categories, missing values.
    ratings = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
            [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
        ]
    ).T
    result = krippendorff_alpha(ratings, range(12), level)
    assert result.value == pytest.approx(published, abs=5e-4)
    assert (result.n, result.coverage) == (11, pytest.approx(11 / 12))


def test_alpha_of_two_observers_and_yes_no_is_0_095_as_published() -> None:
    # The same source, its first example.
    ratings = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]).T
    assert krippendorff_alpha(ratings, range(10)).value == pytest.approx(0.095, abs=5e-4)


def _alpha_by_pairs(ratings: NDArray[np.float64], cost: str) -> float:
    def of(a: float, b: float) -> float:
        return float(a != b) if cost == "nominal" else (a - b) ** 2

    rows = [row[~np.isnan(row)] for row in ratings]
    rows = [row for row in rows if len(row) > 1]
    pooled = np.concatenate(rows)
    observed = sum(sum(of(a, b) for a, b in itertools.permutations(r, 2)) / (len(r) - 1) for r in rows)
    expected = sum(of(a, b) for a, b in itertools.permutations(pooled, 2)) / (len(pooled) - 1)
    return 1 - observed / expected


@pytest.mark.parametrize("level", ["nominal", "interval"])
@pytest.mark.parametrize("seed", range(5))
def test_alpha_equals_its_definition_summed_over_all_pairs(level: Level, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ratings = rng.integers(0, 4, (25, 3)).astype(float)
    ratings[rng.random(ratings.shape) < 0.25] = NAN
    ours = krippendorff_alpha(ratings, range(25), level).value
    assert ours == pytest.approx(_alpha_by_pairs(ratings, level))


def test_alpha_takes_nothing_from_a_failed_item_or_a_lone_rating() -> None:
    whole = [[1, 1], [2, 2], [3, 2], [1, 2], [3, 3]]
    alone = krippendorff_alpha(whole, list("abcde"))
    mixed = krippendorff_alpha(
        [*whole, [9, 9], [4, NAN], [7, 8]], list("abcdefgh"), states=["ok"] * 5 + ["error", "ok", "not_applicable"]
    )
    assert mixed.value == alone.value
    assert (mixed.n, mixed.coverage) == (5, pytest.approx(5 / 7))


def test_failures_move_no_coefficient() -> None:
    rng = np.random.default_rng(4)
    x, papers = rng.normal(size=40), rng.integers(0, 8, 40)
    y = x + rng.normal(size=40)
    states = ["ok"] * 40 + ["refused", "not_applicable"]
    more_x, more_y = [*x, NAN, 1e9], [*y, 0.0, -1e9]
    more_papers = [*papers, 0, 99]
    whole, mixed = spearman(x, y, papers), spearman(more_x, more_y, more_papers, states)
    assert (mixed.value, mixed.ci, mixed.clusters) == (whole.value, whole.ci, 8)
    assert mixed.coverage == pytest.approx(40 / 41)
    whole = area_under_curve((x > 0).tolist(), y, papers)
    mixed = area_under_curve([*(x > 0).tolist(), None, None], more_y, more_papers, states)
    assert (mixed.value, mixed.ci) == (whole.value, whole.ci)
    whole = cohen_kappa((x > 0).tolist(), (y > 0).tolist(), papers)
    mixed = cohen_kappa([*(x > 0).tolist(), None, None], [*(y > 0).tolist(), "?", "?"], more_papers, states)
    assert (mixed.value, mixed.ci) == (whole.value, whole.ci)


def test_the_standard_error_with_singletons_is_near_the_known_one_of_a_correlation() -> None:
    rng = np.random.default_rng(11)
    x = rng.normal(size=400)
    y = 0.6 * x + 0.8 * rng.normal(size=400)
    error = spearman(x, y, range(400)).standard_error
    # Bonett & Wright, Psychometrika 65 (2000) 23, doi:10.1007/BF02294183.
    rho = stats.spearmanr(x, y).statistic
    assert error == pytest.approx((1 - rho**2) * np.sqrt((1 + rho**2 / 2) / 397), rel=0.2)


def test_no_interval_leaves_the_range_of_its_coefficient() -> None:
    rng = np.random.default_rng(12)
    papers = np.repeat(np.arange(5), 6)
    for _ in range(100):
        truth = rng.random(30) < 0.5
        scores = truth + rng.normal(0, 0.5, 30)
        auc = area_under_curve(truth.tolist(), scores, papers)
        rho = spearman(truth.astype(float), scores, papers)
        for result, low in ((auc, 0), (rho, -1)):
            assert result.ci is None or low < result.ci[0] < result.value < result.ci[1] < 1


def test_below_five_papers_there_is_a_value_and_no_interval() -> None:
    result = spearman([1, 2, 3, 4], [1, 3, 2, 4], list("abcd"))
    assert result.value == pytest.approx(0.8)
    assert (result.ci, result.ci_absent) == (None, "fewer than 5 papers")


def test_perfect_agreement_claims_no_interval_of_width_zero() -> None:
    x = [1, 2, 3, 4, 5, 6]
    for result in (spearman(x, x, x), cohen_kappa(x, x, x), krippendorff_alpha(np.array([x, x]).T, x)):
        assert result.value == pytest.approx(1)
        assert (result.ci, result.ci_absent) == (None, "no variation between papers")


def test_full_disagreement_at_the_end_of_the_range_has_no_interval() -> None:
    result = cohen_kappa([0, 1, 0, 1, 0, 1], [1, 0, 1, 0, 1, 0], [0, 0, 1, 2, 3, 4])
    assert result.value == pytest.approx(-1)
    assert (result.ci, result.ci_absent) == (None, "at the end of its range")


def test_an_area_that_rests_on_one_paper_has_no_interval() -> None:
    result = area_under_curve([True, False, False, False, False], [3, 1, 4, 2, 0], list("abcde"))
    assert result.value == pytest.approx(0.75)
    assert (result.ci, result.ci_absent) == (None, "undefined without one of the papers")


def test_what_is_no_pair_or_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="give pairs"):
        cohen_kappa([1, 2], [1], ["a", "b"])
    with pytest.raises(ValueError, match="1 values for 2"):
        spearman([1, 2], [1], ["a", "b"])
    with pytest.raises(ValueError, match=r"\(items, raters\)"):
        krippendorff_alpha([1.0, 2.0], ["a", "b"])


def test_nothing_that_entered_is_undefined_and_not_zero() -> None:
    for result in (
        spearman([None], [None], ["a"], ["error"]),
        area_under_curve([None], [None], ["a"], ["error"]),
        cohen_kappa([None], [None], ["a"], ["error"]),
        krippendorff_alpha([[NAN, NAN]], ["a"], states=["error"]),
    ):
        assert (result.value, result.ci, result.n, result.coverage) == (None, None, 0, 0.0)
        assert result.ci_absent == "undefined"


@pytest.mark.parametrize("papers", [5, 8, 12])
def test_intervals_of_spearman_and_area_cover_92_to_98_percent(papers: int) -> None:
    rng = np.random.default_rng(77 + papers)

    def scores_of(clusters: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
        codes = np.repeat(np.arange(clusters), rng.integers(8, 17, clusters))
        judged = np.sqrt(0.3) * rng.normal(size=clusters)[codes] + np.sqrt(0.7) * rng.normal(size=len(codes))
        return judged, 0.7 * judged + 0.7 * rng.normal(size=len(codes)), codes

    large_x, large_y, _ = scores_of(20_000)
    true_rho = stats.spearmanr(large_x, large_y).statistic
    true_area = metrics.roc_auc_score(large_x > 0, large_y)
    held, given = np.zeros(2), np.zeros(2)
    for _ in range(500):
        x, y, codes = scores_of(papers)
        intervals = spearman(x, y, codes).ci, area_under_curve((x > 0).tolist(), y, codes).ci
        for k, (interval, truth) in enumerate(zip(intervals, (true_rho, true_area), strict=True)):
            if interval is not None:
                given[k] += 1
                held[k] += interval[0] <= truth <= interval[1]
    assert (given >= 490).all()
    assert (held / given >= 0.92).all()
    assert (held / given <= 0.98).all()


@pytest.mark.real
@pytest.mark.skipif(not JUDGED.exists(), reason="../shared/data is absent")
def test_three_scores_of_the_same_judge_agree_with_an_interval_by_question() -> None:
    rows = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    questions = [row["cluster"] for row in rows]
    ratings = np.array([row["scores"] for row in rows], dtype=float)
    alpha = krippendorff_alpha(ratings, questions, "interval")
    assert (alpha.n, alpha.clusters, alpha.coverage) == (320, 80, 1.0)
    assert alpha.value == pytest.approx(_alpha_by_pairs(ratings, "interval"))
    lengths = [len(row["response"]) for row in rows]
    rho = spearman(lengths, ratings.mean(axis=1), questions)
    assert rho.value == pytest.approx(stats.spearmanr(lengths, ratings.mean(axis=1)).statistic)
    assert rho.ci is not None
    assert rho.ci[0] > 0
