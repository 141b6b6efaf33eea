"""A base model: each stage learns, the folder is whole, the same comes out again, and a killed training goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForImageTextToText, AutoProcessor

from glassllava.errors import GlassllavaError
from glassllava.models.base import FIGURES_FILE, RECIPE_FILE, train_base
from glassllava.models.base_recipe import BaseRecipe
from glassllava.models.gallery import Gallery
from glassllava.models.tower import flipped, jittered
from tests.models.small_base import FAMILIES, RECIPE, gallery

TRAINING, HELD_OUT = gallery(96, 1), gallery(40, 2)

BRIEF = RECIPE.model_copy(
    update={name: getattr(RECIPE, name).model_copy(update={"steps": 4}) for name in ("tower", "align", "instruct")}
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("base") / "small-base"
    return folder, train_base(RECIPE, TRAINING, HELD_OUT, folder, measure=lambda out: {"files": len([*out.iterdir()])})


def weights(folder: Path) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = load_file(folder / "model.safetensors")
    return found


def test_each_stage_learns_and_is_measured_on_held_out_images(base: tuple[Path, dict[str, Any]]) -> None:
    folder, figures = base
    told = figures["held_out"]
    assert told["tower"]["family_accuracy"] > 0.9
    assert told["tower"]["defect_balanced_accuracy"] > 0.8
    assert told["tower"]["patch_auc"] > 0.9
    for stage in ("tower", "align", "instruct"):
        loss = figures["stages"][stage]["loss"]
        assert loss[-1] < 0.5 * loss[0]
    assert told["instruct"]["loss"] < 0.5 * figures["stages"]["align"]["loss"][0]
    assert told["measured"]["files"] > 5
    assert json.loads((folder / FIGURES_FILE).read_text(encoding="utf-8")) == figures
    assert BaseRecipe.model_validate_json((folder / RECIPE_FILE).read_text(encoding="utf-8")) == RECIPE


def test_what_learns_in_a_stage_is_what_the_recipe_names(base: tuple[Path, dict[str, Any]]) -> None:
    stages = base[1]["stages"]
    assert set(stages["tower"]["trained"]) == {"vision_tower"}
    for name in ("align", "instruct"):
        assert stages[name]["trained"]["vision_tower"] == 0
        assert stages[name]["trained"]["projector"] == 32 * 32 + 32
        assert stages[name]["trained"]["language_model"] > 0


def test_plain_transformers_loads_the_folder_and_the_model_answers(base: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = base
    assert all(tensor.dtype == torch.float16 for tensor in weights(folder).values())
    processor = AutoProcessor.from_pretrained(folder)
    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).eval()
    right = 0
    for index in range(1, 21):
        image = np.repeat(HELD_OUT.images[index][:, :, None], 3, axis=2)
        user = {
            "role": "user",
            "content": [{"type": "image", "image": image}, {"type": "text", "text": "Which structure is it?"}],
        }
        inputs = processor.apply_chat_template(
            [user], add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
        )
        new = model.generate(**inputs, do_sample=False)[0, inputs["input_ids"].shape[1] :]
        family = FAMILIES[HELD_OUT.attributes["family"][index]]
        right += processor.tokenizer.decode(new, skip_special_tokens=True).strip() == f"It is one of {family}."
    assert right >= 16


def test_a_training_that_was_stopped_goes_on_behind_its_last_whole_stage_and_ends_alike(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stopping(stage: str, done: int, total: int) -> None:
        if stage.startswith("instruct") and done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        train_base(BRIEF, TRAINING, HELD_OUT, tmp_path / "stopped", say=stopping)
    assert not (tmp_path / "stopped" / FIGURES_FILE).exists()
    told: list[tuple[str, int, int]] = []
    train_base(BRIEF, TRAINING, HELD_OUT, tmp_path / "stopped", say=lambda *step: told.append(step))
    assert {stage.split(",")[0] for stage, _, _ in told} == {"instruct"}
    assert told[-1][1:] == (4, 4)
    assert not list((tmp_path / "stopped").glob(".part-*"))
    train_base(BRIEF, TRAINING, HELD_OUT, tmp_path / "whole")
    one, other = weights(tmp_path / "stopped"), weights(tmp_path / "whole")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_after_a_stop_other_texts_keep_the_tower_and_other_images_do_not(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stopping(stage: str, done: int, total: int) -> None:
        if stage.startswith("instruct"):
            raise Stopped

    def stages_of(gallery: Gallery) -> set[str]:
        with pytest.raises(Stopped):
            train_base(BRIEF, TRAINING, HELD_OUT, tmp_path, say=stopping)
        told: list[str] = []
        train_base(BRIEF, gallery, HELD_OUT, tmp_path, say=lambda *step: told.append(step[0].split(",")[0]))
        return set(told)

    other_words = [tuple((question, f"{answer} Indeed.") for question, answer in pairs) for pairs in TRAINING.captions]
    assert stages_of(replace(TRAINING, captions=other_words)) == {"align", "instruct"}
    assert stages_of(replace(TRAINING, images=TRAINING.images[::-1].copy())) == {"tower", "align", "instruct"}


def test_the_same_is_not_trained_twice_and_other_texts_are_trained_anew(tmp_path: Path) -> None:
    first = train_base(BRIEF, TRAINING, HELD_OUT, tmp_path)
    told: list[str] = []
    assert train_base(BRIEF, TRAINING, HELD_OUT, tmp_path, say=lambda *step: told.append(step[0])) == first
    assert not told
    fewer = replace(TRAINING, lessons=[pairs[:1] for pairs in TRAINING.lessons])
    assert train_base(BRIEF, fewer, HELD_OUT, tmp_path)["key"] != first["key"]


def test_a_gallery_that_does_not_fit_is_told(tmp_path: Path) -> None:
    wide = RECIPE.model_copy(update={"vision_tower": RECIPE.vision_tower.model_copy(update={"image_size": 32})})
    with pytest.raises(GlassllavaError, match=r"images are \(24, 24\).*wants \(32, 32\)"):
        train_base(wide, TRAINING, HELD_OUT, tmp_path)
    long = replace(TRAINING, captions=[(("Why?", "So it is. " * 99),)] * len(TRAINING))
    with pytest.raises(GlassllavaError, match="raise max_tokens"):
        train_base(BRIEF, long, HELD_OUT, tmp_path)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"images": TRAINING.images.astype(float)}, "must be uint8"),
        ({"lessons": TRAINING.lessons[1:]}, r"96 images, but entries of \[95\]"),
        ({"classes": {"family": FAMILIES}}, "classes of"),
        ({"classes": {"family": FAMILIES, "defect": ("none",)}}, "outside its 1 classes"),
    ],
)
def test_a_gallery_that_does_not_agree_with_itself_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(TRAINING, **changes)


def test_an_image_and_its_patches_are_mirrored_together() -> None:
    images = torch.arange(2 * 16).reshape(2, 4, 4).float()
    patches = images[:, ::2, ::2]
    for seed in range(8):
        turned, targets = flipped(images, patches, torch.Generator().manual_seed(seed))
        for before, after, was, now in zip(images, turned, patches, targets, strict=True):
            if torch.equal(after, before):
                assert torch.equal(now, was)
            else:
                assert torch.equal(after, before.flip(1))
                assert torch.equal(now, was.flip(1))


def test_changed_images_stay_within_the_grey_levels_and_near_what_they_were() -> None:
    images = torch.from_numpy(TRAINING.images).float()
    changed = jittered(images, torch.Generator().manual_seed(0))
    assert changed.shape == images.shape
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 255
    assert 5 < float((changed - images).abs().mean()) < 40
