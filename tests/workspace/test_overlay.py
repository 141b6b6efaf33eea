"""People's decisions lie over what machines found, and neither overwrites the other."""

from __future__ import annotations

import pytest

from glassllava.errors import WorkspaceError
from glassllava.records import Mention, Panel, Review
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


def test_a_sentence_about_a_supplementary_figure_is_not_given_to_the_figure_of_that_number(
    workspace: Workspace,
) -> None:
    first, _ = plant_paper(workspace, "p")
    paper = view(workspace, first).paper_id
    with workspace.writing() as session:
        place = {"page": 2, "paragraph": 4, "start": 0, "end": 9}
        session.add(
            Mention(id="5" * 64, paper_id=paper, figure="1", supplementary=True, panels=[], text="Other.", **place)
        )
    assert [mention.paragraph for mention in view(workspace, first).mentions] == [0]


@pytest.mark.parametrize(
    ("target", "decision", "changes", "sentence"),
    [
        ("panle", "accept", {}, "is of a panel, question, judgement"),
        ("panel", "bless", {}, "A decision is one of"),
        ("panel", "change", {"image": "0" * 64}, "'image' of a panel"),
        ("panel", "change", {"box": [1, 2]}, "'box"),
        ("panel", "change", {"kind": "xray"}, "'kind' of a panel"),
        ("panel", "change", {"pixel_size_m": -1.0}, "'pixel_size_m' of a panel"),
        ("question", "accept", {}, "no question with the id"),
    ],
)
def test_a_review_that_cannot_be_is_refused_and_nothing_is_written(
    workspace: Workspace, target: str, decision: str, changes: dict[str, object], sentence: str
) -> None:
    first, _ = plant_paper(workspace, "p")
    with pytest.raises(WorkspaceError, match=sentence):
        workspace.review(target, first, "ada", decision, changes=changes)
    with workspace.reading() as session:
        assert session.query(Review).count() == 0
    assert view(workspace, first).accepted


def test_a_mended_pixel_size_and_kind_are_the_persons(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p")
    workspace.review("panel", first, "ada", "change", changes={"pixel_size_m": 2e-9, "kind": "tem", "label": None})
    seen = view(workspace, first)
    assert (seen.pixel_size_m, seen.pixel_size_source, seen.kind, seen.kind_confidence) == (2e-9, "person", "tem", 1.0)
    assert (seen.name, seen.accepted) == ("Figure 1", False)


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
