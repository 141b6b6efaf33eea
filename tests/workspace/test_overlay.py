"""People's decisions lie over what machines found, and neither overwrites the other."""

from __future__ import annotations

import pytest

from glassllava.errors import WorkspaceError
from glassllava.records import Panel, Review
from glassllava.workspace import PanelView, Workspace
from tests.conftest import noise_png
from tests.workspace.rows import plant_judged_answer, plant_paper, plant_question


def view(workspace: Workspace, key: str) -> PanelView:
    return next(panel for panel in workspace.panels() if panel.id == key)


def test_a_confident_sem_panel_is_accepted_by_the_auto_policy(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    assert view(workspace, first).accepted


def test_the_reviewed_policy_takes_only_what_a_person_accepted(workspace: Workspace) -> None:
    first, second = plant_paper(workspace, "p")
    workspace.settings.acceptance.policy = "reviewed"
    workspace.review("panel", first, "ada", "accept")
    assert [panel.id for panel in workspace.panels() if panel.accepted] == [first]
    assert not view(workspace, second).accepted


def test_the_last_verdict_counts_and_all_stay_recorded(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    workspace.review("panel", first, "ada", "reject", comment="an EDS map")
    assert not view(workspace, first).accepted
    workspace.review("panel", first, "ada", "accept", seconds=2.5)
    assert view(workspace, first).accepted
    with workspace.reading() as session:
        assert [r.decision for r in session.query(Review).order_by(Review.id)] == ["reject", "accept"]


def test_a_mended_label_moves_the_mentions_and_leaves_the_machines_row(workspace: Workspace) -> None:
    first, second = plant_paper(workspace, "p")
    assert len(view(workspace, first).mentions) == 1
    assert view(workspace, second).mentions == ()
    workspace.review("panel", first, "ada", "change", changes={"label": "c"})
    workspace.review("panel", second, "ada", "change", changes={"label": "a"})
    assert view(workspace, first).name == "Figure 1c"
    assert view(workspace, first).mentions == ()
    assert len(view(workspace, second).mentions) == 1
    with workspace.reading() as session:
        assert session.get_one(Panel, first).label == "a"


def test_a_field_that_nobody_may_mend_is_ignored(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    workspace.review("panel", first, "ada", "change", changes={"image": "0" * 64})
    assert view(workspace, first).image != "0" * 64


def test_a_split_panel_gives_way_to_the_persons_panels(workspace: Workspace) -> None:
    first, second = plant_paper(workspace, "p")
    figure = view(workspace, first).figure_id
    assert figure is not None
    parts = [
        workspace.create_panel(
            figure,
            "ada",
            page=1,
            box=box,
            label=label,
            image=noise_png(7),
            size=(64, 48),
            replaces=[first],
            decision="split",
        )
        for box, label in (((0, 0, 2, 4), "a"), ((2, 0, 4, 4), "c"))
    ]
    assert {panel.id for panel in workspace.panels()} == {second, *parts}
    assert all(view(workspace, part).accepted and view(workspace, part).origin == "person" for part in parts)


def test_merged_panels_become_one(workspace: Workspace) -> None:
    first, second = plant_paper(workspace, "p")
    figure = view(workspace, first).figure_id
    assert figure is not None
    merged = workspace.create_panel(
        figure,
        "ada",
        page=1,
        box=(0, 0, 4, 4),
        label="a",
        image=noise_png(8),
        size=(64, 48),
        replaces=[first, second],
        decision="merge",
    )
    assert [panel.id for panel in workspace.panels()] == [merged]


def test_drawing_the_same_panel_twice_makes_one(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    figure = view(workspace, first).figure_id
    assert figure is not None
    keys = {
        workspace.create_panel(figure, "ada", page=1, box=(1, 1, 2, 2), label="d", image=noise_png(9), size=(64, 48))
        for _ in range(2)
    }
    assert len(keys) == 1
    assert len(workspace.panels()) == 3


def test_a_panel_of_an_unknown_figure_is_refused_in_one_sentence(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="No figure has the id"):
        workspace.create_panel("0" * 64, "ada", page=1, box=(0, 0, 1, 1), label=None, image=b"", size=(1, 1))


def test_a_question_is_stale_once_its_panel_changed_and_fresh_again_when_it_is_undone(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    question = plant_question(workspace, first)
    assert [q.accepted for q in workspace.questions()] == [True]
    workspace.review("panel", first, "ada", "change", changes={"caption": "A fracture surface."})
    (found,) = workspace.questions()
    assert (found.id, found.stale, found.accepted) == (question, True, False)
    workspace.review("panel", first, "ada", "change", changes={"caption": "(a) A polished surface."})
    assert [q.accepted for q in workspace.questions()] == [True]


def test_a_question_of_a_rejected_panel_is_not_used(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    plant_question(workspace, first)
    workspace.review("panel", first, "ada", "reject")
    assert [q.accepted for q in workspace.questions()] == [False]


def test_a_mended_question_is_shown_mended_and_its_answers_drop_out(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    question = plant_question(workspace, first)
    plant_judged_answer(workspace, question, 70.0)
    assert len(workspace.scores()) == 1
    workspace.review("question", question, "ada", "change", changes={"question": "How smooth is the surface?"})
    assert workspace.questions()[0].question == "How smooth is the surface?"
    assert workspace.scores() == []


def test_the_evaluators_value_stands_beside_the_judges(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    judgement = plant_judged_answer(workspace, plant_question(workspace, first), 70.0)
    workspace.review("judgement", judgement, "eve", "change", changes={"value": 40.0})
    (score,) = workspace.scores()
    assert (score.value, score.judge_value, score.overridden, score.state) == (40.0, 70.0, True, "ok")


def test_the_evaluator_may_say_not_applicable(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    judgement = plant_judged_answer(workspace, plant_question(workspace, first), 1.0)
    workspace.review("judgement", judgement, "eve", "change", changes={"value": None})
    (score,) = workspace.scores()
    assert (score.value, score.state) == (None, "not_applicable")


def test_a_failed_judgement_has_no_value(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    plant_judged_answer(workspace, plant_question(workspace, first), 0.0, state="unparseable")
    (score,) = workspace.scores()
    assert (score.value, score.state) == (None, "unparseable")
