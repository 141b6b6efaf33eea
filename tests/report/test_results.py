"""`results.json` of workspaces whose rows are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from glassllava.records import Answer, Judgement, Likeness, Question
from glassllava.report.results import as_text, make_results
from glassllava.report.rows import read_rows
from glassllava.report.tables import gates
from glassllava.report.tables_scores import defect_figures, main_numbers
from glassllava.workspace import Workspace, identity
from tests.report import planted
from tests.report.planted import Cell, Outcome

CATEGORIES = ("General", "Defect and Fracture")
KEYS = [
    "questions",
    "panels",
    "quality",
    "features",
    "defect",
    "visual_gain",
    "paired_levels",
    "same_questions",
    "judge",
    "model",
    "reviewed_share",
    "synthetic",
    "versions",
]
FIGURES = [
    "accuracy",
    "balanced_accuracy",
    "mcc",
    "sensitivity",
    "specificity",
    "n",
    "na",
    "coverage",
    "always_yes",
    "ci",
]


def results_of(workspace: Workspace) -> dict:  # type: ignore[type-arg]
    return make_results(read_rows(workspace))


def filled(path: Path, evaluation: int, outcome=planted.plausible) -> Workspace:  # type: ignore[no-untyped-def]
    workspace = Workspace.create(path)
    planted.fill(workspace, 1, evaluation, outcome, CATEGORIES)
    return workspace


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return filled(tmp_path_factory.mktemp("six") / "workspace", 6)


def test_the_contract_of_results_json_is_kept(six: Workspace) -> None:
    results = results_of(six)
    assert set(KEYS) <= set(results)
    for condition in planted.CONDITIONS:
        for level in planted.LEVELS:
            assert set(FIGURES) <= set(results["defect"][condition][level])
            for assessment in ("quality", "features"):
                cell = results[assessment][condition][level]
                assert {"mean", "n", "coverage", "ci"} <= set(cell)
                assert {"mean", "n", "coverage", "ci"} <= set(cell["by_category"]["General"])
    for assessment in ("quality", "features", "defect"):
        assert {"mean", "ci", "n", "papers"} <= set(results["visual_gain"][assessment]["none"])
    assert (
        results["quality"]["real"]["none"]["by_category"]["Defect and Fracture"]["by_subcategory"]["complex"]["n"] == 12
    )
    assert results["model"]["name"] == "tiny"
    assert set(results["compared"]) == {"always-yes", "nearest-text"}


def test_six_papers_give_intervals_and_three_give_none_and_say_so(six: Workspace, tmp_path: Path) -> None:
    assert results_of(six)["quality"]["real"]["none"]["ci"] is not None
    results = results_of(filled(tmp_path / "three", 3))
    assert results["quality"]["real"]["none"]["mean"] is not None
    assert '"ci": [' not in as_text(results)
    assert any("from 3 papers: below 5 papers no interval" in sentence for sentence in results["remarks"])


def test_failed_answers_lower_the_coverage_and_move_no_mean(six: Workspace, tmp_path: Path) -> None:
    def often_failing(cell: Cell) -> Outcome:
        if cell.level == "basic" and cell.category == "General":
            return "error", {}
        return planted.plausible(cell)

    whole, partly = results_of(six), results_of(filled(tmp_path / "failing", 6, often_failing))
    before, after = whole["quality"]["real"]["basic"], partly["quality"]["real"]["basic"]
    assert after["coverage"] == 0.5
    assert after["by_category"]["General"]["mean"] is None
    assert after["by_category"]["Defect and Fracture"] == before["by_category"]["Defect and Fracture"]
    assert after["mean"] == before["by_category"]["Defect and Fracture"]["mean"]
    assert partly["defect"]["real"]["basic"] == whole["defect"]["real"]["basic"]
    assert any("to 50.0 % for overall quality" in sentence for sentence in partly["remarks"])
    assert not any("coverage" in sentence for sentence in whole["remarks"])


def test_same_workspace_same_bytes(six: Workspace) -> None:
    first = as_text(results_of(six))
    assert as_text(results_of(Workspace(six.path))) == first
    assert "seconds" not in first.replace('"seconds": 300.0', "")  # the setting is no duration of this run
    assert str(six.path) not in first


def test_answers_without_judgement_are_no_numbers(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "unjudged", 2, lambda cell: ("ok", {}))
    results = results_of(workspace)
    cell = results["quality"]["real"]["none"]
    assert (cell["mean"], cell["n"], cell["coverage"]) == (None, 0, 0.0)
    assert any("No answer is judged yet" in sentence for sentence in results["remarks"])
    assert results["judge"]["embedded"] is None


def test_the_evaluators_value_replaces_the_judges(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "w", 1, lambda cell: ("ok", {"quality": 40.0}))
    with workspace.reading() as session:
        keys = session.scalars(select(Judgement.id).order_by(Judgement.id)).all()
    workspace.review("judgement", keys[0], "evaluator", "change", changes={"value": 100.0})
    results = results_of(workspace)
    grids = [results["quality"], *(other["quality"] for other in results["compared"].values())]
    means = [cell["mean"] for grid in grids for levels in grid.values() for cell in levels.values()]
    assert results["judge"]["overridden"] == 1
    assert sum(mean != 40 for mean in means) == 1


def test_answers_of_a_superseded_checkpoint_are_left_out(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "w", 1, lambda cell: ("ok", {"quality": 10.0}))
    newer = planted.add_checkpoint(workspace, when=2)
    assert results_of(workspace)["quality"]["real"]["none"]["n"] == 0
    planted.add_answers(workspace, lambda cell: ("ok", {"quality": 90.0}), ("tiny",), newer)
    results = results_of(workspace)
    assert results["quality"]["real"]["none"]["mean"] == 90
    assert results["model"]["checkpoint"] == newer


def test_only_the_judge_that_judged_last_enters(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "w", 1, lambda cell: ("ok", {"quality": 10.0}))
    with workspace.writing() as session:
        for old in session.query(Judgement).all():
            session.add(
                Judgement(
                    id=identity("again", old.id),
                    answer_id=old.answer_id,
                    assessment="quality",
                    judge="embedded-2",
                    state="ok",
                    value=70.0,
                    created=datetime(2100, 1, 1, tzinfo=UTC),
                )
            )
    results = results_of(workspace)
    assert results["quality"]["real"]["none"]["mean"] == 70
    assert results["judge"]["assessments"]["quality"] == "embedded-2"
    assert results["judge"]["not_used"] == ["embedded-1"]


def test_synthetic_and_real_never_share_a_mean(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    planted.add_papers(workspace, 1, 2)
    planted.add_papers(workspace, 1, 2, synthetic=True)
    planted.add_questions(workspace, CATEGORIES)
    synthetic = {paper.id for paper in workspace.papers() if paper.synthetic}
    key = planted.add_checkpoint(workspace)
    planted.add_answers(
        workspace, lambda c: ("ok", {"quality": 99.0 if c.paper in synthetic else 20.0}), checkpoint=key
    )
    real, made = make_results(read_rows(workspace)), make_results(read_rows(workspace, synthetic=True))
    assert (real["synthetic"], real["quality"]["real"]["none"]["mean"]) == (False, 20)
    assert (made["synthetic"], made["quality"]["real"]["none"]["mean"]) == (True, 99)
    assert real["panels"]["accepted"] == made["panels"]["accepted"] == 6
    assert "synthetic" in made["remarks"][0]


def test_a_model_that_does_not_beat_a_baseline_is_named(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "w", 1, lambda c: ("ok", {"quality": 30.0 if c.model == "tiny" else 45.0}))
    assert any("not better than an answerer that sees no image" in s for s in results_of(workspace)["remarks"])


def change_defects(workspace: Workspace, detail: Callable[[str], dict[str, object]]) -> None:
    """Lay `detail` of each question's id over what the judge found out about its answers' defects."""
    with workspace.writing() as session:
        for judgement, answer in session.query(Judgement, Answer).join(Answer, Answer.id == Judgement.answer_id):
            if judgement.assessment == "defect":
                judgement.detail = judgement.detail | detail(answer.question_id)
                judgement.value = float(judgement.detail["answer_polarity"] == judgement.detail["benchmark_polarity"])


@pytest.mark.parametrize(
    ("benchmark", "sentence"),
    [
        ("present", "No benchmark answer denies a defect, so accuracy rewards saying yes: always-yes scores 100 %."),
        ("absent", "Every benchmark answer denies a defect, so accuracy rewards saying no: always-yes scores 0 %."),
    ],
)
def test_benchmarks_that_all_take_one_side_are_named(tmp_path: Path, benchmark: str, sentence: str) -> None:
    workspace = filled(tmp_path / "w", 1)
    change_defects(workspace, lambda question: {"benchmark_polarity": benchmark, "answer_polarity": "present"})
    assert sentence in results_of(workspace)["remarks"]


def test_benchmarks_of_both_sides_need_no_such_remark(six: Workspace) -> None:
    assert not any("so accuracy rewards" in sentence for sentence in results_of(six)["remarks"])


def test_a_model_that_only_says_yes_is_not_better_than_always_yes(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "w", 1, lambda c: ("ok", {"quality": 50.0 + (c.model == "tiny"), "defect": 1.0}))
    change_defects(workspace, lambda question: {"benchmark_polarity": "present", "answer_polarity": "present"})
    (said,) = [sentence for sentence in results_of(workspace)["remarks"] if "sees no image" in sentence]
    assert said.endswith("sees no image: defect accuracy 100 % (always saying yes 100 %).")


def test_models_at_the_floor_of_the_scale_are_not_told_apart(tmp_path: Path) -> None:
    def low(cell: Cell) -> Outcome:
        return "ok", {"quality": 1.0 + planted.LEVELS.index(cell.level)}

    assert any(
        "the scale does not tell these models apart" in s for s in results_of(filled(tmp_path / "w", 1, low))["remarks"]
    )
    above = filled(tmp_path / "v", 1, lambda c: ("ok", {"quality": 12.0 if c.level == "high" else 1.0}))
    assert not any("apart" in s for s in results_of(above)["remarks"])


def test_thirty_training_papers_are_enough(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    planted.add_papers(workspace, 30, 1)
    planted.add_questions(workspace, ("General",))
    planted.add_answers(workspace, checkpoint=planted.add_checkpoint(workspace))
    assert results_of(workspace)["model"]["out_of_depth"] is False


def test_fewer_training_papers_are_said_to_be_too_few(six: Workspace) -> None:
    results = results_of(six)
    assert results["model"]["out_of_depth"] is True
    assert any("out of its depth" in sentence for sentence in results["remarks"])
    assert not any("measurement works" in sentence for sentence in results["remarks"])


def test_defect_figures_are_parted_by_whether_the_question_names_defects(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "w", 2)
    whole = results_of(workspace)
    before = defect_figures(whole)
    asked = sorted(q.id for q in workspace.questions() if q.category == "Defect and Fracture")
    change_defects(workspace, lambda question: {"named": asked.index(question) % 2 == 0})
    parted = results_of(workspace)
    after = defect_figures(parted)
    cell = parted["defect"]["real"]["none"]
    assert sum(cell["by_named"][name]["n"] for name in ("named", "not_named")) == cell["n"]
    assert {key: cell[key] for key in FIGURES} == {key: whole["defect"]["real"]["none"][key] for key in FIGURES}
    assert before is not None and after is not None
    assert {row[0].text for row in before.body} == {"Real", "Blank", "Foreign"}
    assert {row[0].text for row in after.body} == {"Names defects", "Does not name them"}


def test_the_main_table_holds_the_same_questions_at_every_level_and_says_how_many_it_left_out(tmp_path: Path) -> None:
    def general_reaches_basic_only(cell: Cell) -> Outcome | None:
        if cell.category == "General" and cell.level in {"moderate", "high"}:
            return None
        return "ok", {"quality": 90.0 if cell.category == "General" else 20.0}

    workspace = filled(tmp_path / "w", 2, general_reaches_basic_only)
    results = results_of(workspace)
    table = main_numbers(read_rows(workspace), results)
    assert table is not None
    row = next(row for row in table.body if row[1].text == "tiny")
    assert row[1].note == "4 questions\n4 reached fewer"
    assert [value.text for value in row[3:]] == ["55.0", "20.0", "20.0", "20.0", "20.0"]
    assert results["quality"]["real"]["basic"]["mean"] == 55
    assert results["paired_levels"]["quality"]["basic"] == results["paired_levels"]["quality"]["moderate"] | {
        "n": 8, "with_context": 55, "without": 55
    }  # fmt: skip


def test_training_panels_that_evaluation_holds_too_are_counted_and_said(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "workspace", 2)
    panels = workspace.panels()
    trained, kept = (next(p for p in panels if p.split == side) for side in ("training", "evaluation"))
    assert results_of(workspace)["panels"]["leaked"] == 0
    with workspace.writing() as session:
        session.add(
            Likeness(
                id="1",
                kind="image",
                similarity=0.9,
                paper_id=kept.paper_id,
                other_paper_id=trained.paper_id,
                panel_id=kept.id,
                other_panel_id=trained.id,
            )
        )
    results = results_of(workspace)
    assert results["panels"]["leaked"] == 1
    assert any("1 training panel was left out of training" in remark for remark in results["remarks"])


def test_refused_pairs_are_counted_by_gate_and_category_and_shown_in_a_table(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    planted.fill(workspace, 1, 1, planted.plausible, CATEGORIES)
    assert gates(read_rows(workspace), results_of(workspace)) is None
    general, *others = [q.id for q in workspace.questions() if q.category == "General"]
    cracked = next(q.id for q in workspace.questions() if q.category == "Defect and Fracture")
    with workspace.writing() as session:
        for key, gate in ((general, "numbers"), (others[0], "numbers"), (cracked, "leak")):
            question = session.get_one(Question, key)
            question.state, question.gate, question.reason = "rejected", gate, "for this test"
    workspace.review("question", others[1], "ada", "reject")
    results = results_of(workspace)
    assert results["questions"]["rejected_by_gate"] == {
        "leak": {"Defect and Fracture": 1},
        "numbers": {"General": 2},
        "person": {"General": 1},
    }
    table = gates(read_rows(workspace), results)
    assert table is not None
    assert [value.text for value in table.head] == ["Category", "leak", "numbers", "person", "All"]
    assert [[value.text for value in row] for row in table.body] == [
        ["General", "–", "2", "1", "3"],
        ["Defect and Fracture", "1", "–", "–", "1"],
    ]
    assert [value.text for value in table.foot] == ["All", "1", "2", "1", "4"]
    workspace.close()
