"""Training: it learns, says what it did, is not done twice, and survives being killed."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from sqlalchemy import select

from glassllava.errors import GlassllavaError
from glassllava.models import Recipe, train
from glassllava.models.faults import told_in_one_sentence
from glassllava.records import Checkpoint, Run
from glassllava.workspace import Workspace
from tests.models.planted import SMALL, plant_training


def with_training(**changes: Any) -> Recipe:
    return SMALL.model_copy(update={"training": SMALL.training.model_copy(update=changes)})


SHORT = with_training(steps=3)


def weights(workspace: Workspace, figures: dict[str, Any]) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = load_file(workspace.path / figures["checkpoint"] / "model.safetensors")
    return found


def checkpoints(workspace: Workspace) -> list[Checkpoint]:
    with workspace.reading() as session:
        return list(session.scalars(select(Checkpoint)))


def test_eight_pairs_are_learnt_by_heart(workspace: Workspace) -> None:
    plant_training(workspace)
    figures = train(workspace, SMALL)
    assert figures["steps"] == len(figures["loss"]) == 80
    assert figures["loss"][-1] < 0.15 * figures["loss"][0]
    # Each step sees all eight examples, so the tokens seen are 80 times those of one pass.
    assert figures["passes"] == 80
    assert figures["tokens"] % 80 == figures["answer_tokens"] % 80 == 0
    assert 0 < figures["answer_tokens"] < figures["tokens"]
    identity = weights(workspace, figures)["multi_modal_projector.linear_2.weight"]
    assert torch.equal(identity, torch.eye(64))
    (row,) = checkpoints(workspace)
    assert (row.id, row.name, row.folder, row.figures) == (figures["id"], "small", figures["checkpoint"], figures)
    with workspace.reading() as session:
        run = session.scalars(select(Run)).one()
        assert (run.stage, run.state, run.done, run.total) == ("train", "done", 80, 80)


def test_a_second_training_does_nothing_again(workspace: Workspace) -> None:
    plant_training(workspace)
    figures = train(workspace, SHORT)
    file = workspace.path / figures["checkpoint"] / "model.safetensors"
    written = file.stat().st_mtime_ns
    assert train(workspace, SHORT) == figures
    assert file.stat().st_mtime_ns == written
    assert len(checkpoints(workspace)) == 1


def test_a_row_lost_between_folder_and_database_comes_back_without_training(workspace: Workspace) -> None:
    plant_training(workspace)
    figures = train(workspace, SHORT)
    file = workspace.path / figures["checkpoint"] / "model.safetensors"
    written = file.stat().st_mtime_ns
    with workspace.writing() as session:
        session.delete(session.get(Checkpoint, figures["id"]))
    assert train(workspace, SHORT) == figures
    assert file.stat().st_mtime_ns == written
    assert len(checkpoints(workspace)) == 1


def test_other_data_or_another_recipe_make_another_checkpoint(workspace: Workspace) -> None:
    ids = plant_training(workspace)
    first = train(workspace, SHORT)
    workspace.review("question", ids[0], "eva", "change", changes={"answer": "It shows rods. They are long."})
    second = train(workspace, SHORT)
    third = train(workspace, with_training(steps=2))
    assert len({first["id"], second["id"], third["id"]}) == 3
    assert len(checkpoints(workspace)) == 3


KILLED = """
import sys
from glassllava.models import train
from glassllava.workspace import Workspace
from tests.models.planted import SMALL
train(Workspace(sys.argv[1]), SMALL.model_copy(update={"training": SMALL.training.model_copy(update={"steps": 150})}))
"""


def test_a_killed_training_done_again_equals_an_unbroken_one(tmp_path: Path) -> None:
    recipe = with_training(steps=150)
    whole, killed = (Workspace.create(tmp_path / name) for name in ("whole", "killed"))
    for workspace in (whole, killed):
        plant_training(workspace)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(killed.path)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["src", "."])},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not any(killed.path.glob("checkpoints/.part-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not checkpoints(killed)
    assert not list(killed.path.glob("checkpoints/small-*"))
    figures, again = train(whole, recipe), train(killed, recipe)
    assert {**again, "seconds": 0} == {**figures, "seconds": 0}
    one, other = weights(whole, figures), weights(killed, again)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not list(killed.path.glob("checkpoints/.part-*"))


def test_an_unreadable_panel_is_a_failure_of_the_run_and_the_rest_is_trained_on(workspace: Workspace) -> None:
    plant_training(workspace)
    panel = next(p for p in workspace.panels() if p.label == "c")
    workspace.images.path(panel.image).unlink()
    figures = train(workspace, SHORT)
    assert figures["examples"] == 7
    assert figures["left_out"][0][0] == "Figure 1c of training.pdf"
    with workspace.reading() as session:
        assert session.scalars(select(Run.state)).all() == ["partly"]


def test_a_loss_that_is_not_finite_is_one_sentence_and_leaves_no_checkpoint(workspace: Workspace) -> None:
    plant_training(workspace)
    with pytest.raises(GlassllavaError, match="not finite; lower learning_rate"):
        train(workspace, with_training(learning_rate=1e38, warmup_share=0.0))
    assert not checkpoints(workspace)
    assert not list((workspace.path / "checkpoints").iterdir())


def test_without_torch_the_extra_to_install_is_named() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from glassllava.errors import MissingExtra\n"
        "try: import glassllava.models\n"
        "except MissingExtra as told: print(told)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert "pip install 'glassllava[train]'" in found.stdout


def test_nothing_to_train_on_is_one_sentence(workspace: Workspace) -> None:
    with pytest.raises(GlassllavaError, match="no accepted question"):
        train(workspace, SHORT)
    plant_training(workspace)
    with pytest.raises(GlassllavaError, match="raise max_tokens"):
        train(workspace, with_training(max_tokens=32))


def test_progress_can_be_told_to_a_run_of_the_caller(workspace: Workspace) -> None:
    plant_training(workspace)
    with workspace.run("all of it") as progress:
        train(workspace, SHORT, progress=progress)
        assert progress.done == 3


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk of .* is full"),
        (SafetensorError("I/O error: No space left on device (os error 28)"), "disk of .* is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be written"),
        (MemoryError(), "ran out of memory; lower batch_size"),
        (torch.OutOfMemoryError("CUDA out of memory"), "ran out of memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "ran out of memory"),
    ],
)
def test_full_memory_and_full_disk_are_one_sentence(fault: Exception, told: str, tmp_path: Path) -> None:
    with pytest.raises(GlassllavaError, match=told), told_in_one_sentence(tmp_path):
        raise fault


def test_a_fault_of_ours_is_not_dressed_up(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="shapes differ"), told_in_one_sentence(tmp_path):
        raise RuntimeError("shapes differ")
