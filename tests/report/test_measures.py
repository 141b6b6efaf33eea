"""What enters a mean, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.report.measures import Observation, defect_cell, mean_cell, visual_gain

FAILURES = ("refused", "truncated", "unparseable", "error", "planned", "unjudged")


def observation(value: float | None, paper: str = "p", state: str = "ok", **fields: object) -> Observation:
    base = Observation(
        model="tiny",
        assessment="quality",
        condition="real",
        level="none",
        question_id="q",
        sample=0,
        paper_id=paper,
        category="General",
        subcategory="simple",
        state=state,
        value=value if state == "ok" else None,
        benchmark=None,
        answer=None,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


@given(
    values=st.lists(st.floats(0, 100), min_size=1, max_size=12),
    failed=st.lists(st.sampled_from(FAILURES), max_size=12),
    inapplicable=st.integers(0, 5),
)
def test_failures_and_what_is_not_applicable_never_move_a_mean(
    values: list[float], failed: list[str], inapplicable: int
) -> None:
    scored = [observation(value, f"paper {i % 7}") for i, value in enumerate(values)]
    rest = [observation(None, f"paper {i}", state) for i, state in enumerate(failed)]
    outside = [observation(None, "elsewhere", "not_applicable")] * inapplicable
    alone, among = mean_cell(scored), mean_cell(rest + scored + outside)
    assert {**among, "coverage": None} == {**alone, "coverage": None}
    assert among["coverage"] == pytest.approx(len(values) / (len(values) + len(failed)), abs=1e-6)


def test_four_papers_give_no_interval_and_five_do() -> None:
    papers = [observation(10.0 * i, f"paper {i}") for i in range(5)]
    four, five = mean_cell(papers[:4]), mean_cell(papers)
    assert (four["ci"], four["ci_absent"], four["papers"]) == (None, "fewer than 5 papers", 4)
    assert five["ci"] is not None and five["ci"][0] < five["mean"] < five["ci"][1]


def test_nothing_scored_is_null_with_n_zero() -> None:
    cell = mean_cell([observation(None, state="error")])
    assert (cell["mean"], cell["n"], cell["coverage"]) == (None, 0, 0.0)


def defect(value: float, benchmark: str | None, answer: str | None) -> Observation:
    return observation(value, assessment="defect", benchmark=benchmark, answer=answer)


def test_defect_figures_of_a_worked_table() -> None:
    cell = defect_cell(
        [defect(1, "present", "present")] * 6
        + [defect(0, "present", "absent")] * 2
        + [defect(1, "absent", "absent")]
        + [defect(0, "absent", "present")]
        + [observation(None, state="not_applicable")] * 3
        + [observation(None, state="error")] * 2
    )
    assert (cell["accuracy"], cell["sensitivity"], cell["specificity"]) == (0.7, 0.75, 0.5)
    assert (cell["balanced_accuracy"], cell["always_yes"]) == (0.625, 0.8)
    assert (cell["n"], cell["na"]) == (10, 3)
    assert cell["coverage"] == pytest.approx(10 / 12, abs=1e-6)


def test_an_undecided_answer_is_wrong_but_says_neither_yes_nor_no() -> None:
    cell = defect_cell([defect(0, "present", "undecided"), defect(1, "absent", "absent")])
    assert (cell["accuracy"], cell["sensitivity"], cell["specificity"]) == (0.5, 0.0, 1.0)


def test_the_evaluators_correctness_holds_over_the_polarity_that_the_judge_read() -> None:
    cell = defect_cell([defect(1, "present", "absent"), defect(1, "absent", "absent")])
    assert (cell["accuracy"], cell["balanced_accuracy"]) == (1.0, 1.0)


def test_an_answer_scored_against_an_undecided_benchmark_counts_in_the_accuracy_alone() -> None:
    cell = defect_cell([defect(1, "undecided", "present"), defect(0, "present", "absent")])
    assert (cell["accuracy"], cell["n"], cell["sensitivity"]) == (0.5, 2, 0.0)


def test_visual_gain_pairs_by_question_and_leaves_failed_pairs_out() -> None:
    found = [
        observation(80, question_id="a"),
        observation(50, question_id="a", condition="blank"),
        observation(90, question_id="b"),
        observation(None, question_id="b", condition="blank", state="error"),
        observation(10, question_id="c"),
    ]
    cell = visual_gain(found)["quality"]["none"]
    assert (cell["mean"], cell["n"], cell["papers"], cell["coverage"]) == (30, 1, 1, 0.5)
    assert (cell["real"], cell["control"], cell["other_paper"]["n"]) == (80, 50, 0)
