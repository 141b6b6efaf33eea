"""What two papers share is found, kept on one side, and kept out of training where the sides were fixed before."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from glassllava import corpus
from glassllava.cli import main
from glassllava.corpus import leakage
from glassllava.corpus.leakage import joined
from glassllava.models.data import training_examples
from glassllava.records import Likeness, Mention, Panel, Paper
from glassllava.workspace import Workspace, content_id
from tests.micrographs.test_same_picture import array_of_holes, labelled, micrograph
from tests.workspace.rows import all_rows, plant_paper, plant_question

PASSAGE = (
    "The spherulites grew from the melt at 640 °C within 4 h with radial lamellae that end in bright rims of "
    "barium-rich glass, and between them the residual glass shows nanoscale droplets, which coarsened where the "
    "furnace was held at 710 °C for another 12 h before it was switched off."
)


def show(workspace: Workspace, panel: str, image: np.ndarray) -> None:
    """Let a planted panel show `image`."""
    stored = workspace.images.put(cv2.imencode(".png", image)[1].tobytes())
    with workspace.writing() as session:
        session.execute(update(Panel).where(Panel.id == panel).values(image=stored))


def describe(workspace: Workspace, name: str, **fields: object) -> None:
    with workspace.writing() as session:
        session.execute(update(Paper).where(Paper.file == f"{name}.pdf").values(**fields))


def cite(workspace: Workspace, name: str, sentence: str) -> None:
    """Let a planted paper say `sentence` of its panels."""
    with workspace.writing() as session:
        session.execute(update(Mention).where(Mention.paper_id == content_id(name.encode())).values(text=sentence))


def side(workspace: Workspace, name: str) -> str | None:
    return next(paper.split for paper in workspace.papers() if paper.file == f"{name}.pdf")


@pytest.fixture
def shared_picture(workspace: Workspace) -> tuple[str, str]:
    """Two papers of which one prints a picture of the other, mirrored, darker and with another letter."""
    first, second = (plant_paper(workspace, name)[0] for name in ("first", "second"))
    show(workspace, first, micrograph(1))
    show(workspace, second, labelled((0.7 * micrograph(1)[:, ::-1]).astype(np.uint8)))
    return first, second


def test_papers_that_share_nothing_are_not_alike(workspace: Workspace) -> None:
    for seed, name in enumerate("abcd"):
        (panel,) = plant_paper(workspace, name, labels="a")
        show(workspace, panel, array_of_holes(seed))
        describe(workspace, name, title=f"Capillary arrays in glass, part {seed + 1}", authors=["A. Glass"])
    found = corpus.check(workspace)
    assert (found.papers, found.panels, found.pairs, found.left_out_panels, found.failed) == (4, 4, [], 0, [])


@pytest.mark.parametrize("seed", range(4))
def test_papers_that_share_a_picture_are_put_on_one_side(
    workspace: Workspace, shared_picture: tuple[str, str], seed: int
) -> None:
    for name in "abcdef":
        plant_paper(workspace, name)
    workspace.settings.split.seed = seed
    workspace.settings.split.evaluation_share = 0.4
    divided = corpus.split(workspace)
    assert divided.joined == 2
    assert divided.left_out_panels == 0
    assert divided.evaluation_papers == 3
    assert side(workspace, "first") == side(workspace, "second")
    (pair,) = corpus.check(workspace).pairs
    assert (pair.kind, set(pair.papers), pair.panels) == (
        "image",
        {"first.pdf", "second.pdf"},
        ("Figure 1a", "Figure 1a"),
    )
    assert pair.follows == "one side"
    assert pair.similarity > 0.8


def test_a_new_paper_follows_the_side_of_the_one_it_is_alike_to(workspace: Workspace) -> None:
    for name in "abcdefgh":
        plant_paper(workspace, name)
    corpus.split(workspace)
    kept = next(paper for paper in workspace.papers() if paper.split == "evaluation")
    describe(workspace, kept.file[0], title="Nucleation of leucite in dental glass", authors=["Eva Glas"])
    plant_paper(workspace, "preprint")
    describe(workspace, "preprint", title="The nucleation of leucite in dental glasses", authors=["E. Glas"])
    corpus.split(workspace)
    assert side(workspace, "preprint") == "evaluation"


def test_a_picture_on_both_fixed_sides_is_left_out_of_training(
    workspace: Workspace, shared_picture: tuple[str, str]
) -> None:
    trained, kept = shared_picture
    describe(workspace, "first", split="training")
    describe(workspace, "second", split="evaluation")
    other = next(panel.id for panel in workspace.panels() if panel.file == "first.pdf" and panel.id != trained)
    for panel in (trained, other, kept):
        plant_question(workspace, panel)
    assert len(training_examples(workspace)) == 2
    assert corpus.split(workspace).left_out_panels == 1
    views = {panel.id: panel for panel in workspace.panels()}
    assert (views[trained].accepted, views[trained].leaked) == (False, True)
    assert (views[kept].accepted, views[kept].leaked) == (True, False)
    assert [example.image for example in training_examples(workspace)] == [views[other].image]
    accepted = {question.panel_ids[0]: question.accepted for question in workspace.questions()}
    assert accepted == {trained: False, other: True, kept: True}
    assert (side(workspace, "first"), side(workspace, "second")) == ("training", "evaluation")
    assert corpus.check(workspace).pairs[0].follows == "left out of training"
    assert workspace.status().counts["panels_leaked"] == 1


def test_a_leak_ends_when_a_person_rejects_the_picture_it_came_from(
    workspace: Workspace, shared_picture: tuple[str, str]
) -> None:
    trained, kept = shared_picture
    describe(workspace, "first", split="training")
    describe(workspace, "second", split="evaluation")
    assert corpus.check(workspace).left_out_panels == 1
    workspace.review("panel", trained, "ada", "accept")
    assert corpus.check(workspace).left_out_panels == 1
    workspace.review("panel", kept, "ada", "reject")
    assert corpus.check(workspace).left_out_panels == 0
    assert all_rows(workspace, Likeness) == []


def test_a_passage_on_both_fixed_sides_leaves_the_training_paper_out(workspace: Workspace) -> None:
    for name, split in (("a", "training"), ("b", "evaluation"), ("c", "training")):
        plant_paper(workspace, name, split=split)
        cite(workspace, name, f"Figure 1 shows sample {name}. {PASSAGE}" if name != "c" else "The surface is smooth.")
    found = corpus.check(workspace)
    (pair,) = found.pairs
    assert (pair.kind, set(pair.papers), pair.follows) == ("passage", {"a.pdf", "b.pdf"}, "left out of training")
    assert pair.text is not None
    assert pair.text.startswith("the spherulites grew from the melt at 640")
    assert {panel.file for panel in workspace.panels() if panel.leaked} == {"a.pdf"}


def test_an_answer_that_evaluation_holds_too_leaves_its_paper_out_for_good(workspace: Workspace) -> None:
    for name, split in (("a", "training"), ("b", "evaluation")):
        plant_question(workspace, plant_paper(workspace, name, split=split)[0], answer=f"{PASSAGE} It is {name}.")
    assert corpus.check(workspace).left_out_panels == 2
    # Left out, its question is not accepted; it must not be forgotten for that.
    assert corpus.check(workspace).left_out_panels == 2
    plant_paper(workspace, "c", split="training")
    assert corpus.check(workspace).left_out_panels == 2


def test_a_sentence_of_a_laboratorys_methods_is_no_leak(workspace: Workspace) -> None:
    habit = "All samples were sputter coated with a thin layer of gold and imaged at an accelerating voltage of 15 kV."
    for number, name in enumerate("ab"):
        plant_paper(workspace, name)
        seen = " ".join(f"feature{name}{n} of sample {number}" for n in range(12))
        cite(
            workspace,
            name,
            f"{habit} The micrograph in Figure 1 was taken with the microscope JSM-7001F and shows {seen}.",
        )
    assert corpus.check(workspace).pairs == []


@pytest.mark.parametrize(
    ("one", "other", "authors", "alike"),
    [
        ("Nucleation of leucite in dental glass", "Nucleation of leucite in dental glass", ["Eva Glas"], True),
        ("Crystallisation of leucite in dental glass", "The crystallization of leucite in dental glasses", [], True),
        ("Nucleation of leucite in dental glass", "Nucleation of leucite in dental glass", ["Otto Stein"], False),
        ("Nucleation of Li2O glass at 600 °C", "Nucleation of Li2O glass at 650 °C", ["Eva Glas"], False),
        ("Glass for dental crowns: zirconia", "Glass for dental crowns: titania", ["Eva Glas"], False),
        ("Supporting information", "Supporting information", ["Eva Glas"], False),
    ],
)
def test_a_title_is_the_same_where_its_words_and_an_author_are(
    workspace: Workspace, one: str, other: str, authors: list[str], alike: bool
) -> None:
    plant_paper(workspace, "a")
    plant_paper(workspace, "b")
    describe(workspace, "a", title=one, authors=["E. Glas", "N. N. Quarz"])
    describe(workspace, "b", title=other, authors=authors)
    assert [pair.kind for pair in corpus.check(workspace).pairs] == (["title"] if alike else [])


def test_two_records_of_one_doi_are_one_work_and_their_pictures_no_news(
    workspace: Workspace, shared_picture: tuple[str, str]
) -> None:
    describe(workspace, "first", doi="10.1/X", split="training", synthetic=False)
    describe(workspace, "second", doi="10.1/x", split="evaluation", synthetic=False)
    found = corpus.check(workspace)
    assert [pair.kind for pair in found.pairs] == ["doi"]
    assert found.left_out_panels == 2


def test_a_check_that_is_stopped_leaves_nothing_and_the_next_one_does_it(
    workspace: Workspace, shared_picture: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(leakage, "shared_passages", lambda texts: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            corpus.check(workspace)
    assert all_rows(workspace, Likeness) == []
    first = corpus.check(workspace)
    rows = all_rows(workspace, Likeness)
    assert len(rows) == 1
    with monkeypatch.context() as patched:
        patched.setattr(leakage, "find_same_pictures", lambda *_: pytest.fail("nothing has changed"))
        assert corpus.check(workspace) == first
    assert all_rows(workspace, Likeness) == rows


def test_an_image_that_is_gone_is_named_and_the_rest_is_compared(
    workspace: Workspace, shared_picture: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = plant_paper(workspace, "lost", labels="a")[0]
    with workspace.reading() as session:
        image = session.scalar(select(Panel.image).where(Panel.id == lost))
    workspace.images.path(str(image)).unlink()
    assert main(["corpus", "check", "-w", str(workspace.path), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert [target for target, _ in told["failed"]] == ["Figure 1a of lost.pdf"]
    assert [pair["kind"] for pair in told["pairs"]] == ["image"]
    assert main(["corpus", "check", "-w", str(workspace.path)]) == 3
    told = capsys.readouterr().out
    assert "Figure 1a of first.pdf" in told
    assert "Figure 1a of second.pdf" in told
    assert ": not split" in told


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(lambda p: p[0] != p[1])))
def test_groups_hold_whoever_is_alike_and_nobody_is_in_two(pairs: list[tuple[str, str]]) -> None:
    groups = joined(Likeness(paper_id=one, other_paper_id=other) for one, other in pairs)
    members = [paper for group in groups for paper in group]
    assert len(members) == len(set(members)) == len({paper for pair in pairs for paper in pair})
    assert all(any({*pair} <= group for group in groups) for pair in pairs)


@pytest.mark.real
def test_real_preprints_share_nothing_and_a_planted_picture_is_found(workspace: Workspace, shared_data: Path) -> None:
    folder = shared_data / "captioned_panels"
    rows = [json.loads(line) for line in (folder / "panels.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows[:60]:
        name = row["doi"].replace("/", "-")
        (panel,) = plant_paper(workspace, f"{name} {row['image']}", labels="a")
        show(workspace, panel, cv2.imread(str(folder / row["image"]), cv2.IMREAD_GRAYSCALE))
        describe(workspace, f"{name} {row['image']}", doi=row["doi"])
    assert {pair.kind for pair in corpus.check(workspace).pairs} == {"doi"}
    (panel,) = plant_paper(workspace, "copy", labels="a")
    show(workspace, panel, labelled(cv2.imread(str(folder / rows[7]["image"]), cv2.IMREAD_GRAYSCALE)[:, ::-1]))
    assert [p.kind for p in corpus.check(workspace).pairs if "copy.pdf" in p.papers] == ["image"]
