"""The answer grid."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from glassllava.evaluation import plan
from glassllava.records import Answer
from glassllava.workspace import Workspace
from tests.evaluation.planted import SHAPE, ask, collection, fill, ladder, train
from tests.workspace.rows import all_rows, plant_paper


def answers(workspace: Workspace) -> list[Answer]:
    with workspace.reading() as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def test_the_grid_is_question_by_level_by_condition_by_model(workspace: Workspace) -> None:
    asked = collection(workspace)
    train(workspace, "first")
    figures = plan(workspace)
    # Levels 4 + 1 + 1, three conditions, three models.
    assert figures["planned"] == figures["added"] == 6 * 3 * 3
    rows = answers(workspace)
    assert {row.question_id for row in rows} == set(asked)
    assert Counter(row.level for row in rows) == {"none": 27, "basic": 9, "moderate": 9, "high": 9}
    assert all(row.state == "planned" for row in rows)
    told = {row.level: row.prompt for row in rows if row.question_id == asked[0]}
    assert told["none"] == SHAPE[0]
    assert told["moderate"] == f"2 told. {SHAPE[0]}"


def test_each_condition_shows_its_image(workspace: Workspace) -> None:
    asked = collection(workspace)
    plan(workspace)
    panels = {panel.id: panel for panel in workspace.panels()}
    questions = {question.id: question for question in workspace.questions()}
    assert asked
    for row in answers(workspace):
        question = questions[row.question_id]
        own = panels[question.panel_ids[0]].image
        if row.condition == "real":
            assert row.image == own
        elif row.condition == "blank":
            assert row.image is None
        else:
            assert row.image not in (None, own)
            holders = {p.paper_id for p in panels.values() if p.image == row.image and p.split == "evaluation"}
            assert holders - {question.paper_id}


def test_planning_again_adds_nothing(workspace: Workspace) -> None:
    collection(workspace)
    train(workspace, "first")
    plan(workspace)
    before = all_rows(workspace, Answer)
    again = plan(workspace)
    assert (again["added"], again["removed"], again["superseded"]) == (0, 0, 0)
    assert all_rows(workspace, Answer) == before


def test_a_filled_answer_is_not_planned_anew(workspace: Workspace) -> None:
    collection(workspace)
    plan(workspace)
    fill(workspace)
    before = all_rows(workspace, Answer)
    assert plan(workspace)["added"] == 0
    assert all_rows(workspace, Answer) == before


def test_a_model_that_is_not_there_is_left_out_with_a_sentence(workspace: Workspace) -> None:
    collection(workspace)
    figures = plan(workspace)
    assert set(figures["models"]) == {"nearest-text", "always-yes"}
    assert any("'tiny'" in sentence for sentence in figures["left_out"])


def test_a_retrained_model_replaces_what_was_only_planned(workspace: Workspace) -> None:
    collection(workspace)
    train(workspace, "first")
    plan(workspace)
    newest = train(workspace, "second")
    figures = plan(workspace)
    assert figures["removed"] == figures["added"] == 6 * 3
    assert {row.checkpoint_id for row in answers(workspace) if row.model == "tiny"} == {newest}


def test_filled_answers_of_an_older_checkpoint_stay_and_are_counted(workspace: Workspace) -> None:
    collection(workspace)
    oldest = train(workspace, "first")
    plan(workspace)
    fill(workspace)
    train(workspace, "second")
    figures = plan(workspace)
    assert (figures["removed"], figures["superseded"], figures["added"]) == (0, 18, 18)
    assert sum(row.checkpoint_id == oldest for row in answers(workspace)) == 18


def test_only_the_present_grid_is_counted_and_going_back_counts_the_old_answers_again(workspace: Workspace) -> None:
    collection(workspace)
    train(workspace, "first")
    plan(workspace)
    fill(workspace)
    whole = {score.answer_id for score in workspace.scores()}
    workspace.settings.evaluation.conditions = ("real",)
    plan(workspace)
    fewer = workspace.scores()
    assert {score.condition for score in fewer} == {"real"}
    assert {score.answer_id for score in fewer} < whole
    workspace.settings.evaluation.conditions = ("real", "blank", "other_paper")
    plan(workspace)
    assert {score.answer_id for score in workspace.scores()} == whole


def test_without_another_paper_the_condition_is_left_out_and_counted(workspace: Workspace) -> None:
    panel = plant_paper(workspace, "alone", split="evaluation")[0]
    ask(workspace, panel, SHAPE)
    figures = plan(workspace)
    assert figures["by_condition"] == {"real": 2, "blank": 2}
    assert any("'other_paper'" in sentence and "1 questions" in sentence for sentence in figures["left_out"])


@pytest.mark.parametrize("changed", ["question", "answer"])
def test_a_changed_question_is_planned_anew_without_its_old_ladder(workspace: Workspace, changed: str) -> None:
    asked = collection(workspace)
    plan(workspace)
    workspace.review("question", asked[0], "Ada", "change", changes={changed: "Something else."})
    figures = plan(workspace)
    # The old ladder was made from the old question: four levels become one.
    assert (figures["removed"], figures["added"]) == (4 * 3 * 2, 3 * 2)
    ladder(workspace, asked[0])
    assert plan(workspace)["added"] == 3 * 3 * 2


def test_training_and_rejected_questions_are_not_asked(workspace: Workspace) -> None:
    asked = collection(workspace)
    workspace.review("question", asked[1], "Ada", "reject")
    figures = plan(workspace)
    assert figures["questions"] == 2
    assert {row.question_id for row in answers(workspace)} == {asked[0], asked[2]}
