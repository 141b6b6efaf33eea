"""A base model: tower, then align, then instruct, from galleries to a checkpoint folder.

In: a base recipe, a gallery to learn from and one held out. Out: a folder that plain transformers loads (weights in
float16), with its recipe and a log. A killed training goes on behind its last whole stage, for each stage leaves its
weights in `.part-…` until all are done; where only texts have changed since, the tower is kept. The same recipe,
galleries and machine give the same weights.

Unlike LLaVA's align, where only the projector and two marker rows learn (Liu et al. 2023, arXiv 2304.08485), the
language model learns in it too: it starts from random weights and must first learn to write.
"""

from __future__ import annotations

import json
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
import transformers
from torch import nn
from transformers import LlavaForConditionalGeneration, LlavaProcessor

import glassllava
from glassllava.errors import GlassllavaError
from glassllava.models.base_recipe import BaseRecipe, LanguageStage, TowerStage
from glassllava.models.build import build_model, build_processor, build_tower
from glassllava.models.faults import told_in_one_sentence
from glassllava.models.gallery import Gallery
from glassllava.models.pair_batches import PairBatches, PairLearner, language_loss
from glassllava.models.rehearsal import keep_rehearsal
from glassllava.models.tokenizer import train_tokenizer
from glassllava.models.tower import TowerBatches, gallery_features, tower_figures, tower_learner
from glassllava.models.trainable import what_trains
from glassllava.models.trainer import FiniteTrainer, torch_threads, trainer_arguments
from glassllava.workspace import identity

VERSION = "base-2"
"""Raised when the same recipe and galleries would give another base."""

FIGURES_FILE = "training.json"
RECIPE_FILE = "recipe.json"

_LOSSES_KEPT = 300
"""Points of a loss curve in the log: more than a plot can show."""

Say = Callable[[str, int, int], None]
Measure = Callable[[Path], dict[str, Any]]


def train_base(
    recipe: BaseRecipe,
    training: Gallery,
    held_out: Gallery,
    out: Path,
    *,
    say: Say | None = None,
    measure: Measure | None = None,
) -> dict[str, Any]:
    """Train a base model, unless that was done already with the same recipe and galleries.

    Parameters
    ----------
    recipe
        Sizes and stages.
    training, held_out
        What it learns from, and what it is measured with.
    out
        Folder of the checkpoint.
    say
        Told of each step: the stage with its loss, the step, and the number of steps of that stage.
    measure
        Called with `out` when the checkpoint in it can be loaded; what it returns is kept among the held-out figures.

    Returns
    -------
    dict
        `name`, `parameters` (number), `images`, `stages` (of each: `steps`, `images`, `seconds`, `loss`, at most 300
        points of it, and `trained`, by part), `held_out` (`tower`: see `tower_figures`; `align` and `instruct`: the
        loss an answer token, teacher-forced; `measured`: what `measure` returned), `seconds`, `versions`, `key`
        (hash of recipe and galleries). The same is in `training.json`.

    Raises
    ------
    GlassllavaError
        A gallery does not fit the recipe, the loss is not finite, or memory or disk is full.
    """
    _check(recipe, training, held_out)
    key = identity("base", VERSION, recipe.model_dump(mode="json"), training.fingerprint, held_out.fingerprint)
    log = out / FIGURES_FILE
    if (done := _whole(log, key)) is not None:
        return done
    out.mkdir(parents=True, exist_ok=True)
    with told_in_one_sentence(out), torch_threads(recipe.training.threads):
        log.unlink(missing_ok=True)
        work = _Work(recipe, training, held_out, out, key, say or _silent)
        figures = work.train()
        if measure is not None:
            figures["held_out"]["measured"] = measure(out)
        log.write_text(json.dumps(figures, indent=1), encoding="utf-8")
        for part in out.glob(".part-*"):
            shutil.rmtree(part)
    return figures


def _tower_key(recipe: BaseRecipe, training: Gallery, held_out: Gallery) -> str:
    """Return the identity of a tower: what it is, what it saw, and how it learned; texts do not matter to it."""
    parts = recipe.model_dump(mode="json", include={"vision_tower", "tower", "training"})
    return identity("tower", VERSION, parts, training.seen, held_out.seen)


@dataclass(frozen=True)
class _Work:
    recipe: BaseRecipe
    training: Gallery
    held_out: Gallery
    out: Path
    key: str
    say: Say

    def train(self) -> dict[str, Any]:
        recipe, shared = self.recipe, self.recipe.training
        tower = build_tower(recipe.vision_tower, shared.seed)
        tower_key = _tower_key(recipe, self.training, self.held_out)
        tower_log = self._stage("tower", tower_key, tower, lambda: self._tower(tower))
        texts = {text for pairs in (*self.training.captions, *self.training.lessons) for pair in pairs for text in pair}
        tokenizer = train_tokenizer(texts, recipe.decoder.vocabulary)
        processor = build_processor(recipe.vision_tower, tokenizer)
        model = build_model(
            recipe.vision_tower,
            recipe.decoder,
            tokenizer,
            max_new_tokens=recipe.generation.max_new_tokens,
            seed=shared.seed,
        )
        model.model.vision_tower.load_state_dict(tower.state_dict())
        layer = recipe.vision_tower.feature_layer
        features = gallery_features(tower, self.training.images, layer)
        unseen = gallery_features(tower, self.held_out.images, layer)
        logs = {"tower": tower_log}
        for name, stage in (("align", recipe.align), ("instruct", recipe.instruct)):
            logs[name] = self._stage(
                name, self.key, model, _Language(self, name, stage, model, processor, features, unseen)
            )
        model.to(torch.float16).save_pretrained(self.out)
        processor.save_pretrained(self.out)
        keep_rehearsal(self.training, self.out)
        (self.out / RECIPE_FILE).write_text(recipe.model_dump_json(indent=1), encoding="utf-8")
        held_out = {name: log.pop("held_out") for name, log in logs.items()}
        return {
            "name": recipe.name,
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "images": {"training": len(self.training), "held_out": len(self.held_out)},
            "stages": logs,
            "held_out": held_out,
            "seconds": round(sum(log["seconds"] for log in logs.values()), 1),
            "versions": {
                "glassllava": glassllava.__version__,
                "python": platform.python_version(),
                "torch": torch.__version__,
                "transformers": transformers.__version__,
            },
            "key": self.key,
        }

    def _stage(self, name: str, key: str, model: nn.Module, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Run a stage, or load what it left when it was run before; `model` then holds its weights either way."""
        part = self.out / f".part-{name}"
        weights, log = part / "model.safetensors", part / FIGURES_FILE
        if (figures := _whole(log, key)) is not None:
            safetensors.torch.load_model(model, weights)
            return figures
        shutil.rmtree(part, ignore_errors=True)
        started = time.monotonic()
        figures = run()
        figures["seconds"] = round(time.monotonic() - started, 1)
        part.mkdir()
        safetensors.torch.save_model(model, str(weights))
        # Written last: it is what says that the stage is whole.
        log.write_text(json.dumps({**figures, "key": key}), encoding="utf-8")
        return figures

    def _tower(self, tower: nn.Module) -> dict[str, Any]:
        recipe = self.recipe
        learner = tower_learner(tower, recipe.vision_tower.feature_layer, self.training, recipe.training.seed)
        batches = TowerBatches(self.training, recipe.training.seed)
        trainer = self.trainer("tower", recipe.tower, learner, list(range(len(self.training))), batches)
        trainer.train()
        return {
            "steps": recipe.tower.steps,
            "images": recipe.tower.steps * recipe.tower.batch_size,
            "loss": _thinned(trainer.losses),
            "trained": {"vision_tower": sum(p.numel() for p in tower.parameters() if p.requires_grad)},
            "held_out": tower_figures(learner, self.held_out),
        }

    def trainer(
        self, name: str, stage: TowerStage | LanguageStage, learner: nn.Module, indices: list[int], batches: Any
    ) -> FiniteTrainer:
        """Return the stock trainer for one stage; it draws images by index, and `batches` makes tensors of them."""

        def tell(step: int, steps: int, loss: float | None) -> None:
            self.say(name if loss is None else f"{name}, loss {loss:.2f}", step, steps)

        shared = self.recipe.training
        return FiniteTrainer(
            tell,
            model=learner,
            args=trainer_arguments(
                self.out,
                steps=stage.steps,
                batch_size=stage.batch_size,
                learning_rate=stage.learning_rate,
                warmup_share=stage.warmup_share,
                weight_decay=stage.weight_decay,
                max_gradient_norm=shared.max_gradient_norm,
                bfloat16=shared.precision == "bfloat16",
                cpu=True,
                seed=shared.seed,
            ),
            train_dataset=indices,
            data_collator=batches,
        )


@dataclass(frozen=True)
class _Language:
    """One of the two stages in which projector and decoder learn."""

    work: _Work
    name: str
    stage: LanguageStage
    model: LlavaForConditionalGeneration
    processor: LlavaProcessor
    features: torch.Tensor
    unseen: torch.Tensor

    def __call__(self) -> dict[str, Any]:
        work, stage, shared = self.work, self.stage, self.work.recipe.training
        table = what_trains(self.model, stage.trains)
        galleries = work.training, work.held_out
        told, unseen = [g.captions if self.name == "align" else g.lessons for g in galleries]
        with_pairs = [index for index, pairs in enumerate(told) if pairs]
        if not with_pairs:
            raise GlassllavaError(f"No image of the gallery has a pair for the stage '{self.name}'; write some.")
        batches = PairBatches(self.features, told, self.processor, stage.pairs, shared.max_tokens, shared.seed)
        self.model.train()
        trainer = work.trainer(self.name, stage, PairLearner(self.model), with_pairs, batches)
        trainer.train()
        self.model.eval()
        held_out = PairBatches(self.unseen, unseen, self.processor, stage.pairs, shared.max_tokens, shared.seed)
        return {
            "steps": stage.steps,
            "images": stage.steps * stage.batch_size,
            "loss": _thinned(trainer.losses),
            "trained": {row.part: row.trained for row in table},
            "held_out": {"loss": language_loss(self.model, held_out)},
        }


def _check(recipe: BaseRecipe, *galleries: Gallery) -> None:
    tower = recipe.vision_tower
    patches = tower.image_size // tower.patch_size
    for gallery in galleries:
        if not len(gallery):
            raise GlassllavaError("A gallery for a base holds no image; draw some.")
        for name, found, wanted in (
            ("images", gallery.images.shape[1:], (tower.image_size, tower.image_size)),
            ("patches", gallery.defect_share.shape[1:], (patches, patches)),
        ):
            if found != wanted:
                raise GlassllavaError(
                    f"The gallery's {name} are {found}, and the recipe '{recipe.name}' wants {wanted}; draw them anew."
                )


def _whole(log: Path, key: str) -> dict[str, Any] | None:
    """Return the figures in `log`, which is written when all else is, if they are of this recipe and gallery."""
    if not log.is_file():
        return None
    figures: dict[str, Any] = json.loads(log.read_text(encoding="utf-8"))
    return figures if figures["key"] == key else None


def _thinned(losses: list[float]) -> list[float]:
    chosen = np.unique(np.linspace(0, len(losses) - 1, min(len(losses), _LOSSES_KEPT)).round().astype(int))
    return [round(losses[index], 4) for index in chosen]


def _silent(stage: str, done: int, total: int) -> None:
    pass
