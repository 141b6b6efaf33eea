"""Recipes: found by name or path, and wrong ones told in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from transformers import PreTrainedTokenizerFast

from glassllava.errors import UnreadableInput
from glassllava.models import build_model
from glassllava.models.recipe import Recipe, load_recipe, recipe_folder, recipe_names
from glassllava.models.tokenizer import train_tokenizer
from glassllava.settings import Settings


def test_the_recipe_of_the_settings_comes_along() -> None:
    assert Settings().recipe in recipe_names()
    assert load_recipe(Settings().recipe).name == "tiny"


def test_each_field_of_tiny_is_written_out() -> None:
    written = yaml.safe_load((recipe_folder() / "tiny.yaml").read_text(encoding="utf-8"))
    assert written == load_recipe("tiny").model_dump(mode="json")


def test_tiny_has_one_to_four_million_parameters() -> None:
    tokenizer: PreTrainedTokenizerFast = train_tokenizer(["a"], 300)
    recipe = load_recipe("tiny")
    without_words = sum(p.numel() for p in build_model(recipe, tokenizer).parameters()) - len(tokenizer) * 160
    assert 1e6 < without_words + recipe.decoder.vocabulary * recipe.decoder.hidden_size < 4e6


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
        ("name: a\nvision_tower: {image_size: 100}", "patch_size must divide"),
    ],
)
def test_a_wrong_recipe_is_one_sentence_that_names_the_field(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput, match=told) as raised:
        load_recipe(file)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["huge", "./missing.yaml"])
def test_an_unknown_recipe_is_told(name: str) -> None:
    with pytest.raises(UnreadableInput, match=name):
        load_recipe(name)
