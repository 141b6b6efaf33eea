"""Recipes of base models: what a small LLaVA learns, stage after stage, before it sees any paper.

In: a recipe's name (a file of `recipes/`) or the path of a YAML file. Out: one frozen `BaseRecipe`. The pictures and
texts are no part of it: a virtual SEM makes them, and `train_base` is given them.

A base stands where LLaVA has a pretrained CLIP and a pretrained language model: tower, then align, then instruct
(Liu et al. 2023, arXiv 2304.08485), at a size that a laptop trains.
"""

from __future__ import annotations

import os
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from glassllava.models.recipe import Decoder, Generation, VisionTower, checked, read_fields

LanguagePart = Literal["projector", "language_model"]
"""Parts that can learn once the tower's features are computed."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BaseTraining(_Section):
    """What the three stages share."""

    max_gradient_norm: float = Field(default=1.0, gt=0)
    """Gradients of a larger global norm are scaled down to it."""
    max_tokens: int = Field(default=768, ge=32)
    """Longest packed sequence in tokens: the image once, then pairs until no further one fits. The dense mask grows
    with its square."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of matrix products. On CPUs with AVX-512 but no AMX, matrices this small took 1.5 times as long in bfloat16."""
    threads: int = Field(default=2, ge=1)
    """Threads on a CPU. Fixed by the recipe, because sums split over another number of threads round otherwise."""
    seed: int = 0
    """Of the first weights, the order of the images, the changes made to them and the choice of pairs."""


class _Stage(_Section):
    steps: int = Field(ge=1)
    """Optimiser steps."""
    batch_size: int = Field(ge=1)
    """Images a step."""
    learning_rate: float = Field(gt=0)
    """Peak of the cosine schedule (AdamW)."""
    warmup_share: float = Field(default=0.05, ge=0, lt=1)
    """Share of the steps in which the learning rate rises from 0: random weights stand no full step at once."""
    weight_decay: float = Field(default=0.0, ge=0)
    """Decay of AdamW on matrices (not on biases and norms)."""


class TowerStage(_Stage):
    """The vision tower learns to tell attributes of an image, and which patches hold a defect.

    The heads that read them learn too and are thrown away.
    """


class LanguageStage(_Stage):
    """Projector and decoder learn to answer; the tower is frozen, for its features are computed once."""

    trains: tuple[LanguagePart, ...] = ("projector", "language_model")
    """What learns. Also the language model in align, unlike LLaVA: this decoder starts from random weights and must
    learn to write at all."""
    pairs: int = Field(default=4, ge=1)
    """Question-answer pairs of an image in a step at most, drawn anew each time; they share the image's tokens, so
    that each further one costs its own tokens only."""


class BaseRecipe(_Section):
    """All that makes a base model, besides the images and texts."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Name of the base, by which recipes start from it and by which it is asked."""
    description: str = ""
    """What it is for, in a sentence."""
    vision_tower: VisionTower
    """Sizes of the tower. Its last layer is read (-1): LLaVA reads the one before the last, because the last of CLIP
    serves the contrast with texts; here the very features that are read learn the attributes."""
    decoder: Decoder
    """Sizes of the language model."""
    tower: TowerStage
    """First stage."""
    align: LanguageStage
    """Second stage: short descriptions."""
    instruct: LanguageStage
    """Third stage: questions and answers."""
    training: BaseTraining = BaseTraining()
    """What the stages share."""
    generation: Generation = Generation()
    """How the base answers."""

    @model_validator(mode="after")
    def _fits(self) -> BaseRecipe:
        if self.training.max_tokens > self.decoder.positions:
            raise ValueError("max_tokens must not exceed the decoder's positions")
        if self.training.max_tokens <= self.vision_tower.image_tokens:
            raise ValueError("max_tokens must leave room for text beside the image tokens")
        return self


def load_base_recipe(recipe: str | os.PathLike[str]) -> BaseRecipe:
    """Read the recipe of a base model.

    Parameters
    ----------
    recipe
        A name such as "tiny-base", or the path of a YAML file (it ends in .yaml or .yml, or has a folder).

    Raises
    ------
    UnreadableInput
        There is no such recipe, it is no YAML, or a field has a value it cannot have.
    """
    return checked(recipe, read_fields(recipe), BaseRecipe)
