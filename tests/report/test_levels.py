"""Context levels are compared over the same questions."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.records import LEVELS
from glassllava.report.levels import comparable, paired_levels, same_questions, which_questions
from glassllava.report.measures import Observation, mean_cell
from tests.report.test_measures import observation

CATEGORIES = ("General", "Morphology")


def ladder(question: str, values: list[float | None], **fields: object) -> list[Observation]:
    """Answers to one question at the first levels; None failed."""
    return [
        observation(value, state="error" if value is None else "ok", question_id=question, level=level, **fields)
        for value, level in zip(values, LEVELS, strict=False)
    ]


def test_a_question_that_reaches_fewer_levels_moves_no_level() -> None:
    whole = ladder("a", [10, 20, 30, 40]) + ladder("b", [30, 40, 50, 60])
    short = ladder("c", [90, 100], category="Morphology")
    block = same_questions(whole + short, CATEGORIES)["quality"]
    assert (block["levels"], block["questions"], block["fewer"]) == (list(LEVELS), 2, 1)
    assert [block["real"][level]["mean"] for level in LEVELS] == [20, 30, 40, 50]
    assert which_questions(block) == "the same 2 questions asked at every level (1 other reached fewer and is left out)"


def test_a_category_compares_the_levels_that_its_questions_reach() -> None:
    found = ladder("a", [10, 20, 30, 40]) + ladder("c", [90, 100], category="Morphology")
    block = same_questions(found, CATEGORIES)["quality"]["by_category"]["Morphology"]
    assert (block["levels"], block["questions"], block["fewer"]) == (["none", "basic"], 1, 0)
    assert [block["real"][level]["mean"] for level in LEVELS] == [90, 100, None, None]


def test_where_no_question_reaches_all_levels_each_level_holds_its_own_and_that_is_said() -> None:
    found = [observation(10, question_id="a"), observation(50, question_id="b", level="basic")]
    block = same_questions(found, CATEGORIES)["quality"]
    assert (block["questions"], block["fewer"], comparable(block)) == (0, 2, False)
    assert [block["real"][level]["mean"] for level in ("none", "basic")] == [10, 50]
    assert "other questions at each level" in which_questions(block)


def test_controls_and_visual_gain_hold_the_same_questions() -> None:
    real = ladder("a", [10, 20]) + ladder("b", [70])
    blank = [replace(o, condition="blank", value=5.0) for o in real]
    block = same_questions(real + blank, CATEGORIES)["quality"]
    assert [block["blank"][level]["n"] for level in ("none", "basic")] == [1, 1]
    assert [block["visual_gain"][level]["mean"] for level in ("none", "basic")] == [5, 15]


def test_complex_questions_and_what_is_not_applicable_keep_no_level_out() -> None:
    found = ladder("a", [1, 0], assessment="defect", benchmark="present", answer="present")
    found += ladder("c", [1], assessment="defect", subcategory="complex")
    found += [replace(o, state="not_applicable", value=None) for o in ladder("n", [0, 0, 0], assessment="defect")]
    block = same_questions(found, CATEGORIES)["defect"]
    assert (block["levels"], block["questions"], block["fewer"]) == (["none", "basic"], 1, 0)
    assert (block["real"]["none"]["n"], block["real"]["none"]["na"]) == (1, 1)


def test_nothing_asked_is_no_level() -> None:
    block = same_questions([], CATEGORIES)["features"]
    assert (block["levels"], block["questions"], block["real"]["high"]["n"]) == ([], 0, 0)
    assert which_questions(block) == "none"


def test_levels_are_paired_with_none_by_question_and_failed_pairs_left_out() -> None:
    found = ladder("a", [10, 20, 40]) + ladder("b", [50, None]) + ladder("c", [30, 32], paper="other")
    cells = paired_levels(found)["quality"]
    assert set(cells) == {"basic", "moderate", "high"}
    basic = cells["basic"]
    assert (basic["mean"], basic["n"], basic["papers"], basic["coverage"]) == (6, 2, 2, pytest.approx(2 / 3, abs=1e-6))
    assert (basic["with_context"], basic["without"], basic["ci"]) == (26, 20, None)
    assert (cells["moderate"]["mean"], cells["high"]["n"]) == (30, 0)


def test_five_papers_give_a_paired_interval() -> None:
    found = [o for paper in range(5) for o in ladder(f"{paper}", [10, 12.0 + paper], paper=f"paper {paper}")]
    basic = paired_levels(found)["quality"]["basic"]
    assert basic["ci"] is not None and basic["ci"][0] < basic["mean"] == 4 < basic["ci"][1]


@given(reached=st.lists(st.integers(1, 4), min_size=1, max_size=12), seed=st.integers(0, 99))
def test_the_levels_shown_hold_as_many_questions_each(reached: list[int], seed: int) -> None:
    values = random.Random(seed)
    found = [o for q, n in enumerate(reached) for o in ladder(f"{q}", [values.uniform(0, 100) for _ in range(n)])]
    block = same_questions(found, CATEGORIES)["quality"]
    highest = max(reached)
    assert block["questions"] == reached.count(highest)
    assert block["questions"] + block["fewer"] == len(reached)
    assert [block["real"][level]["n"] for level in LEVELS[:highest]] == [block["questions"]] * highest
    if not block["fewer"]:
        assert block["real"]["none"] == mean_cell([o for o in found if o.level == "none"])
