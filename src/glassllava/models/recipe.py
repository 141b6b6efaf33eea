"""Recipes: what is built, what of it trains, on what and how; typed, and read from YAML.

In: a recipe's name (a file of `recipes/`, which the wheel carries as `glassllava/recipes`) or the path of a YAML
file. Out: one frozen `Recipe`. Nothing else decides how a model is built or trained.
"""

from __future__ import annotations

import os
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from glassllava.errors import UnreadableInput

AnyRecipe = TypeVar("AnyRecipe", bound=BaseModel)

Part = Literal["vision_tower", "projector", "language_model"]
"""The three parts of a LLaVA."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VisionTower(_Section):
    """A vision transformer of CLIP's form, from random weights."""

    image_size: int = Field(default=96, ge=16)
    """Edge of the square image in pixels. 96 is the least at which a grain boundary of a printed panel survives."""
    patch_size: int = Field(default=12, ge=2)
    """Edge of a patch in pixels; (image_size / patch_size)² image tokens enter the decoder. 12 gives 64 of them."""
    hidden_size: int = Field(default=96, ge=8)
    """Width, in features a patch."""
    intermediate_size: int = Field(default=192, ge=8)
    """Width between the two layers of each feed-forward block."""
    layers: int = Field(default=3, ge=1)
    """Number of transformer layers."""
    heads: int = Field(default=4, ge=1)
    """Attention heads; divides hidden_size."""
    feature_layer: int = -2
    """Hidden state handed to the projector, counted from the last (-1). LLaVA reads the one before the last, because
    the last of a pretrained CLIP serves its contrast with texts; a tower without pretraining has no reason to."""

    @model_validator(mode="after")
    def _fits(self) -> VisionTower:
        if self.image_size % self.patch_size:
            raise ValueError("patch_size must divide image_size")
        if self.hidden_size % self.heads:
            raise ValueError("heads must divide hidden_size")
        if not -self.layers - 1 <= self.feature_layer <= -1:
            raise ValueError("feature_layer must lie between -(layers + 1) and -1")
        return self

    @property
    def image_tokens(self) -> int:
        """Number of image tokens in the decoder: one a patch."""
        return (self.image_size // self.patch_size) ** 2


class Decoder(_Section):
    """A language model of Llama's form, from random weights, with a tokenizer of its own."""

    vocabulary: int = Field(default=2048, ge=300)
    """Most tokens of the byte-level BPE, trained on the training pairs; 2048 because a few hundred pairs hold no more
    that occur twice."""
    hidden_size: int = Field(default=160, ge=8)
    """Width, in features a token."""
    intermediate_size: int = Field(default=448, ge=8)
    """Width within the feed-forward block, about 8/3 of hidden_size as in Llama."""
    layers: int = Field(default=4, ge=1)
    """Number of transformer layers."""
    heads: int = Field(default=4, ge=1)
    """Attention heads; divides hidden_size into even parts, for the rotary positions turn pairs of features."""
    positions: int = Field(default=1024, ge=64)
    """Longest sequence in tokens that the configuration announces."""

    @model_validator(mode="after")
    def _fits(self) -> Decoder:
        if self.hidden_size % (2 * self.heads):
            raise ValueError("twice the number of heads must divide hidden_size")
        return self


class Training(_Section):
    """How it is trained."""

    trains: tuple[Part, ...] = ("vision_tower", "projector", "language_model")
    """Parts that learn. Without pretrained parts all must; from a base, projector and language model, as in LLaVA's
    own stages and the paper's, which leave the tower frozen."""
    steps: int = Field(default=200, ge=1)
    """Optimiser steps. A number of steps, not of passes over the data, so that the time does not grow with the data."""
    batch_size: int = Field(default=12, ge=1)
    """Examples a step."""
    rehearsal: float = Field(default=0.0, ge=0, lt=1)
    """Share of the panels learned from that are the base's own, learned again beside the papers' against forgetting:
    with 0.5, one for each of the papers', drawn anew each time. Needs a base and pairs above 1."""
    pairs: int = Field(default=1, ge=1)
    """Examples about one panel that share its image tokens in a step; then a step has batch_size / pairs panels. The
    loss is the same, for less work, where the vision tower is frozen; 1 packs nothing."""
    learning_rate: float = Field(default=1e-3, gt=0)
    """Peak of the cosine schedule (AdamW). 1e-3 is what small transformers from random weights stand."""
    warmup_share: float = Field(default=0.03, ge=0, lt=1)
    """Share of the steps in which the learning rate rises from 0, as LLaVA has it."""
    weight_decay: float = Field(default=0.0, ge=0)
    """Decay of AdamW; 0 as LLaVA has it."""
    max_gradient_norm: float = Field(default=1.0, gt=0)
    """Gradients of a larger global norm are scaled down to it."""
    flips: bool = False
    """Mirror half of the images left to right, anew each time. Off by default: texts speak of left and right."""
    max_tokens: int = Field(default=512, ge=32)
    """Longest example in tokens, image tokens included. A longer one is skipped, counted and listed."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of matrix products in training. float32 runs alike on every CPU; bfloat16 pays where the hardware has it."""
    device: Literal["cpu", "auto"] = "cpu"
    """`auto` takes an accelerator where there is one; `cpu` gives the same weights again."""
    threads: int = Field(default=1, ge=1)
    """Threads on a CPU. Fixed by the recipe, because sums split over another number of threads round otherwise; 1,
    because matrices this small gain a third from a second thread on an idle machine and lose tenfold on a busy one."""
    seed: int = 0
    """Of the first weights and of the order of the examples."""

    @model_validator(mode="after")
    def _frozen(self) -> Training:
        if self.pairs > 1 and "vision_tower" in self.trains:
            raise ValueError("pairs can be more than 1 only where trains leaves out vision_tower")
        if self.rehearsal and self.pairs == 1:
            raise ValueError("rehearsal needs pairs above 1")
        return self


class Generation(_Section):
    """How the trained model answers; written into its checkpoint."""

    max_new_tokens: int = Field(default=160, ge=8)
    """Longest answer in tokens; one without its end by then is `truncated`. Benchmark answers of two to five
    sentences take 60 to 130."""


class Recipe(_Section):
    """All that makes a checkpoint, besides the data."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Name of the model, by which it is asked."""
    description: str = ""
    """What it is for, in a sentence."""
    base: str | None = None
    """Model to start from: the name of one that comes along, or the path of a checkpoint folder. Its sizes, weights
    and tokenizer are taken over. None starts from random weights."""
    vision_tower: VisionTower | None = None
    """Sizes of the tower where there is no base; then the defaults, where nothing is said."""
    decoder: Decoder | None = None
    """Sizes of the language model, likewise."""
    training: Training = Training()
    generation: Generation = Generation()

    @model_validator(mode="before")
    @classmethod
    def _sizes(cls, fields: Any) -> Any:
        if not isinstance(fields, dict):
            return fields
        if fields.get("base") is None:
            return fields | {part: fields.get(part) or {} for part in ("vision_tower", "decoder")}
        if given := [part for part in ("vision_tower", "decoder") if fields.get(part) is not None]:
            raise ValueError(f"{' and '.join(given)} cannot be given beside base, whose sizes are taken over")
        return fields

    @model_validator(mode="after")
    def _rehearsed(self) -> Recipe:
        if self.base is None and self.training.rehearsal:
            raise ValueError("rehearsal needs a base, for it is the base's images that are rehearsed")
        return self

    @property
    def form(self) -> tuple[VisionTower, Decoder]:
        """Sizes of tower and decoder of a recipe without a base.

        Raises
        ------
        ValueError
            The recipe has a base, which knows them.
        """
        if self.vision_tower is None or self.decoder is None:
            raise ValueError(f"the sizes of '{self.name}' are those of its base '{self.base}'")
        return self.vision_tower, self.decoder


def recipe_folder() -> Traversable:
    """Return where the recipes lie: in the installed package, or at the root of the source tree."""
    packaged = files("glassllava") / "recipes"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "recipes"


def recipe_names() -> list[str]:
    """Return the names of the recipes that come along and train on a workspace."""
    found = [file.name.removesuffix(".yaml") for file in recipe_folder().iterdir() if file.name.endswith(".yaml")]
    return sorted(name for name in found if "tower" not in read_fields(name))


def load_recipe(recipe: str | os.PathLike[str]) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    recipe
        A name such as "tiny", or the path of a YAML file (it ends in .yaml or .yml, or has a folder).

    Raises
    ------
    UnreadableInput
        There is no such recipe, it is no YAML, or a field has a value it cannot have.
    """
    fields = read_fields(recipe)
    if "tower" in fields:
        raise UnreadableInput(
            f"The recipe {os.fspath(recipe)} makes a base model from the virtual SEM, not a model from papers; make it "
            "with `glassllava synthetic base`, or train with one of " + ", ".join(recipe_names()) + "."
        )
    return checked(recipe, fields, Recipe)


def read_fields(recipe: str | os.PathLike[str]) -> dict[str, Any]:
    """Return what a recipe's file says, unchecked; it is found, and missed, as `load_recipe` says."""
    given = os.fspath(recipe)
    file: Traversable
    if given.endswith((".yaml", ".yml")) or Path(given).name != given:
        file = Path(given)
    else:
        file = recipe_folder() / f"{given}.yaml"
        if not file.is_file():
            raise UnreadableInput(
                f"There is no recipe '{given}'; name one of {', '.join(recipe_names())}, or the path of a YAML file."
            )
    try:
        fields = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableInput(f"The recipe {given} cannot be read: {error.strerror}; check its path.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The recipe {given} is not valid YAML ({' '.join(str(error).split())}).") from error
    if not isinstance(fields, dict):
        raise UnreadableInput(f"The recipe {given} is no mapping of fields; see recipes/tiny.yaml for one.")
    return fields


def checked(recipe: str | os.PathLike[str], fields: dict[str, Any], kind: type[AnyRecipe]) -> AnyRecipe:
    """Return the fields of a recipe's file as a recipe of a kind; a wrong one is told in a sentence."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "recipe"
        raise UnreadableInput(
            f"Recipe {os.fspath(recipe)}: '{field}' is wrong: {first['msg'].lower()}; mend that field."
        ) from error
