"""Answers against the scene's own truth: worked tables, what never moves a number, and how the report tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.records import Answer, Checkpoint, Paper
from glassllava.report import write
from glassllava.report.results import as_text, make_results
from glassllava.report.rows import read_rows
from glassllava.report.tables_truth import against_truth, by_family
from glassllava.report.truth import Held, names_first, truth_by_family, truth_cell, truth_grid
from glassllava.workspace import Workspace, content_id
from tests.report import planted
from tests.report.planted import Cell, Outcome

CATEGORIES = ("General", "Defect and Fracture")
FIGURES = {
    "accuracy", "balanced_accuracy", "mcc", "sensitivity", "specificity", "n", "coverage", "always_yes", "ci", "papers",
    "ci_absent", "balanced_ci", "balanced_ci_absent", "structure",
}  # fmt: skip


def held(defect: bool, says: bool | None, paper: str = "p", **fields: object) -> Held:
    base = Held(
        model="tiny",
        condition="real",
        level="none",
        paper_id=paper,
        state="ok",
        family="spherulites",
        known=True,
        asks_defect=True,
        defect=defect,
        says_defect=says,
        asks_structure=False,
        right_structure=False,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def named(right: bool, paper: str = "p", **fields: object) -> Held:
    return held(False, None, paper, asks_defect=False, asks_structure=True, right_structure=right, **fields)


def test_defect_figures_of_a_worked_table() -> None:
    cell = truth_cell(
        [held(True, True)] * 6
        + [held(True, False)] * 1
        + [held(True, None)] * 1
        + [held(False, False)] * 1
        + [held(False, True)] * 1
        + [held(True, None, state="error")] * 2
    )
    assert (cell["sensitivity"], cell["specificity"], cell["balanced_accuracy"]) == (0.75, 0.5, 0.625)
    assert (cell["accuracy"], cell["always_yes"], cell["n"], cell["papers"]) == (0.7, 0.8, 10, 1)
    assert cell["coverage"] == pytest.approx(10 / 12, abs=1e-6)
    assert (cell["ci"], cell["balanced_ci"], cell["balanced_ci_absent"]) == (None, None, "fewer than 5 papers")


def test_undecided_is_wrong_on_both_sides() -> None:
    cell = truth_cell([held(True, None), held(False, None), held(True, True), held(False, False)])
    assert (cell["sensitivity"], cell["specificity"], cell["n"]) == (0.5, 0.5, 4)


def test_always_saying_the_same_has_a_balanced_accuracy_of_one_half() -> None:
    for says in (True, False):
        cell = truth_cell([held(True, says)] * 9 + [held(False, says)] * 2)
        assert (cell["balanced_accuracy"], cell["mcc"]) == (0.5, None)


def test_where_the_truth_takes_one_side_there_is_no_balanced_accuracy() -> None:
    cell = truth_cell([held(True, True, f"paper {i}") for i in range(6)])
    assert (cell["accuracy"], cell["balanced_accuracy"]) == (1, None)
    assert cell["balanced_ci_absent"] == "only one side in the truth"


def test_with_one_scene_of_either_side_a_paper_both_intervals_are_the_same() -> None:
    right = [(True, True), (True, False), (False, True), (True, True), (False, False), (True, True)]
    answers = [
        answer
        for i, (yes, no) in enumerate(right)
        for answer in (held(True, yes, f"paper {i}"), held(False, not no, f"paper {i}"))
    ]
    cell = truth_cell(answers)
    assert cell["balanced_accuracy"] == cell["accuracy"] == pytest.approx(8 / 12, abs=1e-6)
    assert cell["ci"] is not None and cell["balanced_ci"] == cell["ci"]


def test_all_right_has_no_interval_however_unequal_the_sides_are() -> None:
    cell = truth_cell([held(i % 3 == 0, i % 3 == 0, f"paper {i % 6}") for i in range(17)])
    assert (cell["balanced_accuracy"], cell["balanced_ci"]) == (1, None)
    assert cell["balanced_ci_absent"] == "no variation between papers"


def test_structure_is_a_share_and_stands_apart_for_families_that_the_base_knows_and_does_not() -> None:
    cell = truth_cell(
        [named(True)] * 3
        + [named(False, known=False), named(True, known=False)]
        + [held(True, True), held(False, False, known=False)]
        + [named(True, state="refused")]
    )
    assert (cell["structure"]["accuracy"], cell["structure"]["n"]) == (0.8, 5)
    assert cell["structure"]["coverage"] == pytest.approx(5 / 6, abs=1e-6)
    known, unknown = cell["by_known"]["known"], cell["by_known"]["unknown"]
    assert (known["structure"]["accuracy"], unknown["structure"]["accuracy"]) == (1, 0.5)
    assert (known["n"], unknown["n"], unknown["specificity"]) == (1, 1, 1)
    assert set(known) == FIGURES and set(cell) == FIGURES | {"by_known"}


_answers = st.builds(
    lambda defect, says, paper, known, structure, right: held(
        defect, says, f"paper {paper}", known=known, asks_structure=structure, right_structure=structure and right
    ),
    st.booleans(),
    st.sampled_from([True, False, None]),
    st.integers(0, 6),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(_answers, max_size=14).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_the_answers_changes_no_figure(answers: tuple[list[Held], list[Held]]) -> None:
    first, second = (truth_cell(some) for some in answers)
    assert without_ends(first) == without_ends(second)
    assert ends(first) == pytest.approx(ends(second), abs=2e-6)


INTERVALS = {"ci", "balanced_ci"}


def without_ends(cell: dict[str, Any]) -> dict[str, Any]:
    return {
        key: without_ends(value) if isinstance(value, dict) else value
        for key, value in cell.items()
        if key not in INTERVALS
    }


def ends(cell: dict[str, Any]) -> list[float]:
    found: list[float] = []
    for key in sorted(cell):
        if isinstance(cell[key], dict):
            found += ends(cell[key])
        elif key in INTERVALS:
            found += cell[key] or []
    return found


@given(
    st.lists(_answers, min_size=1, max_size=10),
    st.lists(st.sampled_from(["refused", "truncated", "error", "planned"]), max_size=6),
)
def test_failures_lower_the_coverage_and_move_nothing_else(answers: list[Held], states: list[str]) -> None:
    failed = [held(True, None, "elsewhere", state=state, asks_structure=True) for state in states]
    alone, among = truth_cell(answers), truth_cell([*failed, *answers])
    for cell in (alone, among):
        for part in (cell, *cell["by_known"].values()):
            for figures in (part, part["structure"]):
                figures["coverage"] = None
    assert among == alone
    assert truth_cell([*failed, *answers])["coverage"] == pytest.approx(
        len(answers) / (len(answers) + len(failed)), abs=1e-6
    )


def test_the_first_structure_of_an_answer_decides_and_a_name_may_belong_to_two_families() -> None:
    every = ("crack*", "needle-like", "needle*", "phase separat*", "spherulit*")
    assert names_first("Needle like crystals beside spherulites.", ("needle-like",), every)
    assert not names_first("Spherulites beside needles.", ("needle*",), every)
    assert not names_first("A smooth surface.", ("needle*",), every)
    assert names_first("Phase-separated glass.", ("phase separat*", "droplet*"), every)


def test_families_are_counted_with_the_real_image_and_without_context_only() -> None:
    answers = [
        held(True, True, "a"),
        held(True, False, "b"),
        named(True, "b", family="needles", known=False),
        named(True, "b", family="needles", known=False, state="error"),
        held(True, True, "c", condition="blank"),
        named(True, "c", level="high"),
    ]
    assert truth_by_family(answers) == {
        "needles": {
            "known": False, "n": 1, "papers": 1, "defect_n": 0, "defect_accuracy": None, "structure_n": 1,
            "structure_accuracy": 1,
        },
        "spherulites": {
            "known": True, "n": 2, "papers": 2, "defect_n": 2, "defect_accuracy": 0.5, "structure_n": 0,
            "structure_accuracy": None,
        },
    }  # fmt: skip
    assert truth_grid(answers)["blank"]["none"]["n"] == 1


def scored(cell: Cell) -> Outcome:
    quality = {"tiny": 60.0, "tiny-base": 35.5}.get(cell.model, 20.0)
    return "ok", {"quality": quality, "features": 2.0, "defect": 1.0}


def speech(workspace: Workspace, scenes: dict[str, dict[str, object]]) -> Callable[[Cell], str]:
    """Return who says what: tiny tells the truth where it sees the image, the base sees spherulites everywhere."""
    panels = {question.id: question.panel_ids[0] for question in workspace.questions()}

    def words(cell: Cell) -> str:
        scene = scenes[panels[cell.question]]
        if cell.model == "always-yes":
            return "Yes."
        if cell.model == "tiny-base":
            return "Spherulites are shown. No crack is seen."
        if cell.condition != "real":
            return "Needles with a crack."
        if scene["defect"]:
            return "Spherulites are shown, not needles. A crack runs through them."
        return "Needles are shown. No cracks are seen in them."

    return words


def synthetic_workspace(path: Path, outcome: Callable[[Cell], Outcome] = scored) -> Workspace:
    workspace = Workspace.create(path)
    planted.add_papers(workspace, 1, 6, synthetic=True)
    planted.add_questions(workspace, CATEGORIES)
    words = speech(workspace, planted.add_truths(workspace))
    base = planted.add_checkpoint(workspace, "tiny-base", 1)
    tuned = planted.add_checkpoint(workspace, "tiny", 2, parent=base)
    planted.add_answers(workspace, outcome, ("tiny", "tiny-base", "always-yes"), tuned, words)
    return workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return synthetic_workspace(tmp_path_factory.mktemp("made") / "workspace")


def test_a_truthful_model_has_one_and_every_constant_answer_one_half(made: Workspace) -> None:
    results = make_results(read_rows(made))
    real, blank, other = (results["truth"][condition]["none"] for condition in planted.CONDITIONS)
    assert (real["balanced_accuracy"], real["mcc"], real["n"], real["papers"]) == (1, 1, 24, 6)
    assert (real["structure"]["accuracy"], real["structure"]["n"], real["coverage"]) == (1, 12, 1)
    assert blank["balanced_accuracy"] == other["balanced_accuracy"] == 0.5
    assert (blank["structure"]["accuracy"], blank["sensitivity"], blank["specificity"]) == (0.5, 1, 0)
    unknown = real["by_known"]["unknown"]
    assert (unknown["n"], unknown["specificity"], unknown["balanced_accuracy"]) == (12, 1, None)
    base, yes = (results["compared"][name]["truth"]["real"]["none"] for name in ("tiny-base", "always-yes"))
    assert (base["balanced_accuracy"], base["structure"]["accuracy"]) == (0.5, 0.5)
    assert (yes["balanced_accuracy"], yes["structure"]["accuracy"], yes["always_yes"]) == (0.5, 0, 0.5)
    assert results["truth_by_family"]["needles"] == {
        "known": False, "n": 18, "papers": 6, "defect_n": 12, "defect_accuracy": 1, "structure_n": 6,
        "structure_accuracy": 1,
    }  # fmt: skip
    assert as_text(make_results(read_rows(made))) == as_text(results)


def test_failed_answers_are_never_counted_as_numbers_and_unjudged_ones_are(tmp_path: Path) -> None:
    def sometimes_failing(cell: Cell) -> Outcome:
        if int(cell.question[:2], 16) % 3 == 0:
            return "truncated", {}
        return "ok", {}

    workspace = synthetic_workspace(tmp_path / "w", sometimes_failing)
    with workspace.writing() as session:
        for answer in session.query(Answer).filter(Answer.state == "truncated"):
            answer.text = "Nothing at all is"
    real = make_results(read_rows(workspace))["truth"]["real"]["none"]
    assert 0 < real["n"] < 24
    assert real["coverage"] == pytest.approx(real["n"] / 24, abs=1e-6)
    assert (real["accuracy"], real["structure"]["accuracy"]) == (1, 1)


def test_a_question_that_names_a_structure_or_takes_a_defect_for_granted_is_not_asked_for_it(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    planted.add_papers(workspace, 0, 2, synthetic=True)
    planted.add_questions(workspace, ("General",))
    first, second, *_ = [question.id for question in workspace.questions()]
    for key, text in ((first, "What do the laths look like?"), (second, "Do cracks run through the needles?")):
        workspace.review("question", key, "reviewer", "change", changes={"question": text})
    words = speech(workspace, planted.add_truths(workspace))
    planted.add_answers(workspace, scored, ("tiny",), planted.add_checkpoint(workspace), words)
    results = make_results(read_rows(workspace))
    assert results["quality"]["real"]["none"]["n"] == 4
    cell = results["truth"]["real"]["none"]
    assert (cell["structure"]["n"], cell["n"]) == (2, 0)


def test_the_first_remarks_and_the_page_tell_the_figures_against_truth(tmp_path: Path) -> None:
    workspace = synthetic_workspace(tmp_path / "w")
    remarks = write(workspace)["remarks"]
    assert remarks[0].startswith("Every paper and image here is synthetic")
    assert remarks[1] == (
        "Against the scenes' own truth, without context, the model “tiny” tells defects with a balanced accuracy of "
        "1.00 (0.50 with a blank image; 24 answers, 6 papers) and names what is shown, of families that its base "
        "knows, in 100 % of 6 answers (0 % with a blank image; 6 papers); on families that its base never saw, 100 % "
        "for what is shown (n = 6)."
    )
    assert remarks[2] == (
        "The model “tiny” beside “tiny-base”, which it was trained from (real image, no context): overall quality 60.0 "
        "against 35.5 of 100, balanced accuracy on defects against the scenes' truth 1.00 against 0.50."
    )
    page = (workspace.path / "report" / "index.html").read_text(encoding="utf-8")
    assert "Against the scene&#39;s own truth (synthetic)" in page and 'href="#truth"' in page
    results = json.loads((workspace.path / "report" / "results.json").read_text(encoding="utf-8"))
    assert results["model"]["parent"] == "tiny-base"
    rows = read_rows(workspace)
    table, families = against_truth(rows, results), by_family(rows, results)
    assert table is not None and families is not None
    assert [row[1].text for row in table.body] == ["tiny", "tiny-base", "always-yes"] * 3
    assert [value.text for value in table.body[0][2:]] == ["1.00", "0.50", "0.50", "1.00", "0.50"]
    assert [row[0].text for row in families.body] == ["needles", "spherulites"]


def test_a_real_corpus_has_no_truth_and_its_page_does_not_speak_of_it(workspace: Workspace) -> None:
    planted.fill(workspace, 1, 1, categories=CATEGORIES)
    planted.add_truths(workspace)
    write(workspace)
    results = json.loads((workspace.path / "report" / "results.json").read_text(encoding="utf-8"))
    assert (results["truth"], results["truth_by_family"], results["model"]["parent"]) == (None, None, None)
    assert all(other["truth"] is None for other in results["compared"].values())
    page = (workspace.path / "report" / "index.html").read_text(encoding="utf-8")
    assert "own truth" not in page and "#truth" not in page


def test_a_paper_that_could_not_be_read_does_not_make_a_synthetic_corpus_real(workspace: Workspace) -> None:
    planted.add_papers(workspace, 1, 1, synthetic=True)
    with workspace.writing() as session:
        session.merge(Paper(id=content_id(b"broken"), file="broken.pdf", state="error", reason="it is damaged"))
    results = make_results(read_rows(workspace))
    assert results["synthetic"] is True
    assert (results["panels"]["papers"]["read"], results["panels"]["papers"]["failed"]) == (2, 1)
    assert results["truth"] is None


def test_the_report_says_what_the_base_is_where_its_recipe_says_so(tmp_path: Path) -> None:
    workspace = synthetic_workspace(tmp_path / "w")
    with workspace.writing() as session:
        base = session.query(Checkpoint).filter(Checkpoint.name == "tiny-base").one()
        base.recipe = {"name": "tiny-base", "description": "A small model that saw virtual images alone."}
    remarks = make_results(read_rows(workspace))["remarks"]
    assert remarks[2].endswith(" What “tiny-base” is: a small model that saw virtual images alone.")
