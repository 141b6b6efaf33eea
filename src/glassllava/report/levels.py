"""Comparing context levels: over the same questions, because not every question reaches every level.

In: the observations of one model. Out: the blocks `same_questions` and `paired_levels` of `results.json`, from which
the figures over levels and the level columns of the tables are made, and the words that say which questions they
hold.

A question with one attribute is asked without context and at the level basic only. A mean over all questions of each
level would therefore compare one set of questions with another, and a trend could be nothing but the change of set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from glassllava.records import CONDITIONS, LEVELS
from glassllava.report.measures import Cell, Observation, defect_cell, gain_cell, mean_cell, visual_gain
from glassllava.report.remarks import count
from glassllava.report.rows import ASSESSMENTS


def same_questions(found: Iterable[Observation], categories: Sequence[str]) -> dict[str, Any]:
    """Return, for each assessment, its cells over the simple questions that were asked at every level.

    A block is `{levels, questions, fewer}` with `{condition: {level: cell}}`, the `visual_gain` by level, and
    `by_category` with the like of each category (real image only). `levels` are those at which any of its simple
    questions was asked; `questions` counts those that were asked at each of them, and `fewer` the others, which are
    left out. Where `questions` is 0, no question reached all levels, and each level holds its own questions. A
    question whose assessment is not applicable is counted in neither.
    """
    simple: dict[str, list[Observation]] = defaultdict(list)
    for observation in found:
        if observation.subcategory == "simple":
            simple[observation.assessment].append(observation)
    blocks = {}
    for assessment in ASSESSMENTS:
        make = defect_cell if assessment == "defect" else mean_cell
        block, inside = _block(simple[assessment], make, CONDITIONS)
        block["visual_gain"] = visual_gain(inside)[assessment]
        block["by_category"] = {}
        for category in categories:
            of_category = [o for o in simple[assessment] if o.category == category]
            if of_category:
                block["by_category"][category] = _block(of_category, make, ("real",))[0]
        blocks[assessment] = block
    return blocks


def _block(
    found: Sequence[Observation], make: Callable[[Sequence[Observation]], Cell], conditions: Sequence[str]
) -> tuple[dict[str, Any], list[Observation]]:
    asked: dict[str, set[str]] = defaultdict(set)
    for o in found:
        if o.condition == "real":
            asked[o.question_id].add(o.level)
    counted = {o.question_id for o in found if o.condition == "real" and o.state != "not_applicable"}
    levels = [level for level in LEVELS if any(level in asked[question] for question in counted)]
    whole = {question for question, reached in asked.items() if reached >= set(levels)}
    inside = [o for o in found if o.question_id in whole] if whole & counted else list(found)
    cells = {
        condition: {
            level: make([o for o in inside if (o.condition, o.level) == (condition, level)]) for level in LEVELS
        }
        for condition in conditions
    }
    return {"levels": levels, "questions": len(whole & counted), "fewer": len(counted - whole)} | cells, inside


def comparable(block: dict[str, Any]) -> bool:
    """Tell whether the levels of a block of `same_questions` hold the same questions."""
    return bool(block["questions"]) or len(block["levels"]) < 2


def which_questions(block: dict[str, Any]) -> str:
    """Say which questions the levels of a block hold, to follow a colon."""
    if not block["levels"]:
        return "none"
    if not comparable(block):
        return (
            "other questions at each level, as none was asked at all of them, so that a difference between levels may "
            "be one between questions"
        )
    same = "the only question" if block["questions"] == 1 else f"the same {count(block['questions'], 'question')}"
    if len(block["levels"]) == 1:
        return f"{count(block['questions'], 'question')}, at one level only"
    if not block["fewer"]:
        return f"{same} at every level"
    verb = "is" if block["fewer"] == 1 else "are"
    return f"{same} asked at every level ({count(block['fewer'], 'other')} reached fewer and {verb} left out)"


def paired_levels(found: Iterable[Observation]) -> dict[str, Any]:
    """Return `{assessment: {level: cell}}`: each level minus no context, paired by question and sample, real image.

    Each cell is `{mean, ci, n, papers, coverage, ci_absent, with_context, without}`; `n` counts pairs whose answers
    were both scored, and the last two are the means over those pairs. A level has all questions that reached it,
    whether or not they reached the next. The level none is not there.
    """
    by_key = {(o.assessment, o.level, o.question_id, o.sample): o for o in found if o.condition == "real"}
    pairs: dict[tuple[str, str], list[tuple[Observation, Observation]]] = defaultdict(list)
    for (assessment, level, question, sample), o in by_key.items():
        without = by_key.get((assessment, "none", question, sample))
        if level != "none" and without is not None:
            pairs[assessment, level].append((o, without))
    return {
        assessment: {
            level: gain_cell(pairs[assessment, level], ("with_context", "without"))
            for level in LEVELS
            if level != "none"
        }
        for assessment in ASSESSMENTS
    }
