"""Recipes: found by name or path, and wrong ones told in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from transformers import PreTrainedTokenizerFast

from glassllava.errors import UnreadableInput
from glassllava.models import build_model
from glassllava.models.base_recipe import load_base_recipe
from glassllava.models.recipe import Recipe, load_recipe, recipe_folder, recipe_names
from glassllava.models.tokenizer import train_tokenizer
from glassllava.settings import Settings


def test_the_recipe_of_the_settings_comes_along() -> None:
    assert Settings().recipe in recipe_names()
    assert load_recipe(Settings().recipe).name == "tiny"


def test_each_field_of_tiny_is_written_out() -> None:
    written = yaml.safe_load((recipe_folder() / "tiny.yaml").read_text(encoding="utf-8"))
    assert written == load_recipe("tiny").model_dump(mode="json", exclude_none=True)


def test_each_field_of_the_base_s_recipe_is_written_out() -> None:
    written = yaml.safe_load((recipe_folder() / "tiny-base.yaml").read_text(encoding="utf-8"))
    assert written == load_base_recipe("tiny-base").model_dump(mode="json")


def test_the_base_has_less_than_three_million_parameters() -> None:
    recipe = load_base_recipe("tiny-base")
    tokenizer: PreTrainedTokenizerFast = train_tokenizer(["a"], 300)
    model = build_model(recipe.vision_tower, recipe.decoder, tokenizer, max_new_tokens=8, seed=0)
    rows = recipe.decoder.vocabulary - len(tokenizer)
    assert 1e6 < sum(p.numel() for p in model.parameters()) + rows * recipe.decoder.hidden_size < 3e6


def test_a_base_s_recipe_trains_no_workspace_and_the_sentence_says_what_does() -> None:
    assert "tiny-base" not in recipe_names()
    with pytest.raises(UnreadableInput, match=r"glassllava synthetic base.*tiny\.$"):
        load_recipe("tiny-base")


def test_a_recipe_with_a_base_takes_its_sizes_from_there() -> None:
    assert load_recipe("tiny").base == "tiny-base"
    with pytest.raises(ValueError, match="those of its base"):
        _ = load_recipe("tiny").form


def test_a_path_is_read_as_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\ntraining: {steps: 3}\n", encoding="utf-8")
    recipe = load_recipe(file)
    assert (recipe.name, recipe.training.steps) == ("mine", 3)
    assert recipe.decoder == Recipe(name="x").decoder


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: [", "not valid YAML"),
        ("- 1", "no mapping"),
        ("name: a\ntraining: {stepps: 3}", "training.stepps"),
        ("name: a\ntraining: {steps: 0}", "training.steps"),
        ("name: a/b", "'name'"),
        ("name: a\nbase: b\ntraining: {rehearsal: 0.5, trains: [projector]}", "rehearsal needs pairs above 1"),
        ("name: a\ntraining: {rehearsal: 0.5, pairs: 2, trains: [projector]}", "rehearsal needs a base"),
        ("name: a\ntraining: {pairs: 2}", "pairs can be more than 1 only where"),
        ("name: a\nvision_tower: {image_size: 100}", "patch_size must divide"),
        ("name: a\nbase: b\nvision_tower: {image_size: 96}", "vision_tower cannot be given beside base"),
        ("name: a\nbase: b\ndecoder: {layers: 2}\nvision_tower: {}", "vision_tower and decoder cannot be given"),
    ],
)
def test_a_wrong_recipe_is_one_sentence_that_names_the_field(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput, match=told) as raised:
        load_recipe(file)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"training": {"max_tokens": 2000}}, "must not exceed the decoder's positions"),
        ({"training": {"max_tokens": 144}}, "leave room for text"),
        ({"tower": {"trains": ["projector"], "steps": 1, "batch_size": 1, "learning_rate": 1}}, "tower.trains"),
        ({"align": {"steps": 1, "batch_size": 1}}, "align.learning_rate"),
    ],
)
def test_a_wrong_base_s_recipe_is_one_sentence_that_names_the_field(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    file = tmp_path / "wrong.yaml"
    fields = load_base_recipe("tiny-base").model_dump(mode="json") | change
    file.write_text(yaml.safe_dump(fields), encoding="utf-8")
    with pytest.raises(UnreadableInput, match=told):
        load_base_recipe(file)


@pytest.mark.parametrize("name", ["huge", "./missing.yaml"])
def test_an_unknown_recipe_is_told(name: str) -> None:
    with pytest.raises(UnreadableInput, match=name):
        load_recipe(name)
