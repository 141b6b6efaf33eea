"""One question about one micrograph from outside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassllava.answers import ask
from glassllava.errors import GlassllavaError, UnreadableInput
from glassllava.models import train
from glassllava.workspace import Workspace
from tests.models.planted import SMALL, plant_training


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = Workspace.create(tmp_path_factory.mktemp("learnt") / "w")
    plant_training(workspace)
    train(workspace, SMALL)
    yield workspace
    workspace.close()


def test_a_learnt_question_about_its_image_gets_its_answer(learnt: Workspace) -> None:
    question = learnt.questions()[0]
    image = next(panel.image for panel in learnt.panels() if panel.id in question.panel_ids)
    reply = ask(learnt, learnt.images.get(image), question.question, "small")
    assert (reply.state, reply.text) == ("ok", question.answer)


def test_a_micrograph_of_sixteen_bits_is_taken(learnt: Workspace) -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 4096, (64, 64), dtype=np.uint16)).save(buffer, "TIFF")
    assert ask(learnt, buffer.getvalue(), "Which shape has sample 3?", "small").text


@pytest.mark.parametrize("data", [b"%PDF-1.7", b""])
def test_what_is_no_image_is_told(learnt: Workspace, data: bytes) -> None:
    with pytest.raises(UnreadableInput, match="not an image file"):
        ask(learnt, data, "What is seen?", "small")


def test_an_empty_question_and_an_unknown_model_are_told(learnt: Workspace) -> None:
    with pytest.raises(UnreadableInput, match="question is empty"):
        ask(learnt, b"", " ", "small")
    with pytest.raises(GlassllavaError, match="no model 'huge'"):
        ask(learnt, b"", "What is seen?", "huge")


def test_a_baseline_can_be_asked(learnt: Workspace) -> None:
    assert (ask(learnt, b"", "Is there a crack?", "always-yes").text or "").startswith("Yes")


def test_importing_the_room_needs_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, glassllava.answers; sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    source = str(Path(__file__).parents[2] / "src")
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": source}).returncode == 0
