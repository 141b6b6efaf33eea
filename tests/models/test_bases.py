"""Training from a base: what is taken over, what stays as it was, and that the base answers under its own name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from sqlalchemy import select

from glassllava import answers
from glassllava.errors import UnreadableInput
from glassllava.models import Recipe, train
from glassllava.models.base import FIGURES_FILE, train_base
from glassllava.models.bases import find_base, open_base
from glassllava.models.recipe import Generation, Training
from glassllava.records import Checkpoint
from glassllava.workspace import Workspace, content_id
from tests.conftest import noise_png
from tests.models.planted import plant_training
from tests.models.small_base import RECIPE, gallery


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bases") / "small-base"
    train_base(RECIPE, gallery(48, 1), gallery(16, 2), folder)
    return folder


def recipe(base: Path, **training: Any) -> Recipe:
    fields = {"steps": 3, "batch_size": 8, "learning_rate": 5e-3, "trains": ("projector", "language_model")} | training
    return Recipe(name="tuned", base=str(base), training=Training(**fields), generation=Generation(max_new_tokens=12))


def checkpoints(workspace: Workspace) -> dict[str, Checkpoint]:
    with workspace.reading() as session:
        return {row.name: row for row in session.scalars(select(Checkpoint))}


def test_the_base_is_taken_over_and_its_tower_stays_as_it_was(workspace: Workspace, base: Path) -> None:
    plant_training(workspace)
    figures = train(workspace, recipe(base, steps=60))
    assert figures["loss"][-1] < 0.5 * figures["loss"][0]
    trained = {row["part"]: row["trained"] for row in figures["parameters"]}
    assert trained["vision_tower"] == 0 < trained["projector"] < trained["language_model"]
    before = load_file(base / "model.safetensors")
    after = load_file(workspace.path / figures["checkpoint"] / "model.safetensors")
    assert before.keys() == after.keys()
    assert {tensor.dtype for tensor in after.values()} == {torch.float32}
    for name, tensor in before.items():
        assert torch.equal(tensor.float(), after[name]) == ("vision_tower" in name or "linear_2" in name), name


def test_the_base_is_a_checkpoint_of_its_own_older_than_what_was_trained_from_it(
    workspace: Workspace, base: Path
) -> None:
    plant_training(workspace)
    figures = train(workspace, recipe(base))
    rows = checkpoints(workspace)
    parent = rows["small-base"]
    assert parent.id == rows["tuned"].parent == content_id((base / "model.safetensors").read_bytes())
    assert parent.parent is None
    assert parent.created < rows["tuned"].created
    assert parent.recipe == RECIPE.model_dump(mode="json")
    assert parent.figures["held_out"] == json.loads((base / FIGURES_FILE).read_text(encoding="utf-8"))["held_out"]
    assert "loss" not in parent.figures["stages"]["tower"]
    copied = sorted(file.name for file in (workspace.path / parent.folder).iterdir())
    assert copied == sorted(file.name for file in base.iterdir())
    assert rows["tuned"].id == figures["id"]


def test_base_and_tuned_model_answer_by_their_names(workspace: Workspace, base: Path) -> None:
    plant_training(workspace)
    train(workspace, recipe(base))
    for name in ("small-base", "tuned"):
        reply = answers.ask(workspace, noise_png(1), "Which structure is it?", name)
        assert reply.state in {"ok", "truncated"}
        assert reply.text


def test_a_second_training_does_nothing_again_and_a_lost_base_comes_back(workspace: Workspace, base: Path) -> None:
    plant_training(workspace)
    figures = train(workspace, recipe(base))
    parent = checkpoints(workspace)["small-base"]
    shutil.rmtree(workspace.path / parent.folder)
    with workspace.writing() as session:
        session.delete(session.get(Checkpoint, parent.id))
    assert train(workspace, recipe(base)) == figures
    rows = checkpoints(workspace)
    assert rows["small-base"].id == parent.id
    assert rows["small-base"].created < rows["tuned"].created
    assert (workspace.path / parent.folder / "config.json").is_file()


def test_the_same_base_in_another_place_makes_the_same_checkpoint(
    workspace: Workspace, base: Path, tmp_path: Path
) -> None:
    plant_training(workspace)
    shutil.copytree(base, tmp_path / "moved")
    assert train(workspace, recipe(tmp_path / "moved")) == train(workspace, recipe(base))


def test_other_weights_of_the_base_make_another_checkpoint_and_the_newest_is_the_one_asked_for(
    workspace: Workspace, base: Path, tmp_path: Path
) -> None:
    plant_training(workspace)
    other = tmp_path / "small-base"
    shutil.copytree(base, other)
    weights = load_file(other / "model.safetensors")
    save_file({name: tensor * 1.01 for name, tensor in weights.items()}, other / "model.safetensors", {"format": "pt"})
    first, second = train(workspace, recipe(base)), train(workspace, recipe(other))
    assert first["id"] != second["id"]
    assert train(workspace, recipe(base)) == first
    with workspace.reading() as session:
        rows = session.scalars(select(Checkpoint).order_by(Checkpoint.created)).all()
    assert [row.name for row in rows[-2:]] == ["small-base", "tuned"]
    assert rows[-1].id == first["id"]
    assert rows[-1].parent == rows[-2].id == content_id((base / "model.safetensors").read_bytes())


def test_questions_that_share_a_panel_s_image_tokens_give_the_losses_of_those_that_do_not(
    workspace: Workspace, base: Path
) -> None:
    plant_training(workspace, 8, of_panel=2)
    # All examples in each step, so that the order in which they are drawn does not matter.
    apart, together = (train(workspace, recipe(base, steps=6, pairs=pairs)) for pairs in (1, 2))
    assert together["loss"] == pytest.approx(apart["loss"], rel=2e-4)
    assert together["passes"] == apart["passes"] == 6
    assert together["answer_tokens"] == apart["answer_tokens"]
    assert together["tokens"] < apart["tokens"]


def test_packed_panels_can_be_mirrored(workspace: Workspace, base: Path) -> None:
    plant_training(workspace, 8, of_panel=2)
    plain, mirrored = (train(workspace, recipe(base, pairs=2, flips=flips)) for flips in (False, True))
    assert plain["loss"] != mirrored["loss"]


def test_half_precision_weights_are_trained_in_full_precision(base: Path) -> None:
    model, processor = open_base(find_base(str(base)), 12)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert model.generation_config.max_new_tokens == 12
    assert processor.image_token_id == model.config.image_token_id


def test_what_the_base_learned_is_rehearsed_and_makes_another_checkpoint(workspace: Workspace, base: Path) -> None:
    plant_training(workspace, 8, of_panel=2)
    plain, rehearsing, more = (train(workspace, recipe(base, pairs=2, rehearsal=share)) for share in (0, 0.5, 0.75))
    assert plain["rehearsed"] == 0 < rehearsing["rehearsed"]
    assert rehearsing["examples"] == plain["examples"]
    assert more["passes"] < rehearsing["passes"] < plain["passes"]
    assert len({figures["id"] for figures in (plain, rehearsing, more)}) == 3


def test_rehearsal_without_packing_or_share_below_one_is_refused(base: Path) -> None:
    with pytest.raises(ValueError, match="rehearsal needs pairs above 1"):
        recipe(base, rehearsal=0.5)
    with pytest.raises(ValueError, match="less than 1"):
        recipe(base, pairs=2, rehearsal=1.0)


def test_a_base_that_is_not_there_is_told(workspace: Workspace, base: Path, tmp_path: Path) -> None:
    plant_training(workspace)
    with pytest.raises(UnreadableInput, match="no base model 'no-such-base' in this package"):
        train(workspace, recipe(base).model_copy(update={"base": "no-such-base"}))
    with pytest.raises(UnreadableInput, match=r"no base model '\./missing'"):
        train(workspace, recipe(base).model_copy(update={"base": "./missing"}))
    broken = tmp_path / "broken"
    shutil.copytree(base, broken)
    (broken / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="no whole LLaVA checkpoint"):
        train(workspace, recipe(broken))
    assert not checkpoints(workspace)


def test_images_are_prepared_at_the_size_of_the_base(base: Path) -> None:
    found = find_base(str(base))
    assert found.image_size == 24
    assert found.name == "small-base"
