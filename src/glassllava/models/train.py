"""Training: from a recipe and the workspace's training questions to a checkpoint.

In: a recipe, the base that it may start from, accepted questions of the training papers with their panels' images.
Out: a folder `checkpoints/NAME-ID` that plain transformers loads, and its `Checkpoint` row. The folder is written
under another name and renamed when whole, so that a kill at any moment leaves either a checkpoint or none; training
again with the same recipe and data gives the same weights, and is not done where they are already there.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from sqlalchemy import select
from transformers import LlavaForConditionalGeneration, LlavaProcessor

from glassllava.errors import GlassllavaError
from glassllava.models.bases import Base, find_base, open_base, register_base
from glassllava.models.build import build_model, build_processor
from glassllava.models.data import (
    NO_LOSS,
    Example,
    LeftOut,
    PanelDataset,
    TokenisedExample,
    collate,
    data_fingerprint,
    tokenise,
    training_examples,
    with_readable_images,
)
from glassllava.models.faults import told_in_one_sentence
from glassllava.models.packed_panels import PackedPanels, Rehearsed, collate_packed
from glassllava.models.pair_batches import PairLearner
from glassllava.models.recipe import Recipe, load_recipe
from glassllava.models.rehearsal import rehearsal_examples, rehearsal_fingerprint
from glassllava.models.tokenizer import train_tokenizer
from glassllava.models.trainable import PartParameters, as_text, what_trains
from glassllava.models.trainer import FiniteTrainer, torch_threads, trainer_arguments
from glassllava.records import Checkpoint, now
from glassllava.workspace import RunProgress, Workspace, identity

logger = logging.getLogger(__name__)

VERSION = "models-3"
"""Raised when the same recipe and data would give another model."""

FIGURES_FILE = "training.json"


def train(workspace: Workspace, recipe: Recipe | str, *, progress: RunProgress | None = None) -> dict[str, Any]:
    """Train the model that `recipe` describes, unless that was done already with the same data.

    Parameters
    ----------
    workspace
        Holds the training questions, and takes the checkpoint.
    recipe
        A recipe, or its name or path.
    progress
        Told of each step; by default a run of its own named `train`.

    Returns
    -------
    dict
        `steps`, `loss` (one a step), `tokens` and `answer_tokens` (seen in training; image tokens are among the
        first, only the second carry loss), `seconds`, `checkpoint` (folder, relative to the workspace); also
        `id`, `examples` and `passes` over them, `rehearsed` (pairs of the base's own that were drawn from),
        `parameters` (what trained, by part), `left_out` (`[target, reason]` of what was not trained on).

    Raises
    ------
    GlassllavaError
        There is nothing to train on, the base is missing, the loss is not finite, or memory or disk is full.
    """
    chosen = load_recipe(recipe) if isinstance(recipe, str) else recipe
    if progress is not None:
        return _train(workspace, chosen, progress)
    with workspace.run("train") as own:
        return _train(workspace, chosen, own)


def _train(workspace: Workspace, recipe: Recipe, progress: RunProgress) -> dict[str, Any]:
    base = None if recipe.base is None else find_base(recipe.base)
    image_size = recipe.form[0].image_size if base is None else base.image_size
    examples, unreadable = with_readable_images(workspace, training_examples(workspace), image_size)
    for left_out in unreadable:
        progress.fail(left_out.target, left_out.reason)
    if not examples:
        raise GlassllavaError(
            f"{workspace.path} has no accepted question with a readable panel among its training papers; run "
            "`glassllava questions generate` first, or add papers."
        )
    parent = None if base is None else base.id
    rehearsing = base is not None and recipe.training.rehearsal > 0
    kept = rehearsal_fingerprint(base.folder) if base is not None and rehearsing else None
    # The base by its weights, not by where it lies.
    settings = recipe.model_dump(mode="json", exclude={"base"})
    key = identity("checkpoint", VERSION, settings, parent, kept, data_fingerprint(examples))
    folder = Path("checkpoints") / f"{recipe.name}-{key[:12]}"
    unfinished = workspace.path / folder.with_name(f".part-{folder.name}")
    with told_in_one_sentence(unfinished.parent):
        if base is not None:
            register_base(workspace, base)
        figures = _finished(workspace, folder, key)
        if figures is None:
            with torch_threads(recipe.training.threads), _new_folder(unfinished):
                figures = _fit(workspace, recipe, base, examples, unfinished, progress)
                figures |= {"checkpoint": folder.as_posix(), "id": key}
                figures["left_out"] = [[item.target, item.reason] for item in unreadable] + figures["left_out"]
                (unfinished / FIGURES_FILE).write_text(json.dumps(figures, indent=1), encoding="utf-8")
                if (workspace.path / folder).exists():
                    shutil.rmtree(workspace.path / folder)
                unfinished.rename(workspace.path / folder)
    _record(workspace, recipe, folder, key, parent, figures)
    progress.figures = figures
    progress.say(f"{recipe.name}: {figures['steps']} steps, loss {figures['loss'][-1]:.2f}")
    return figures


def _finished(workspace: Workspace, folder: Path, key: str) -> dict[str, Any] | None:
    """Return the figures of a whole checkpoint: the folder has its name only when it is."""
    file = workspace.path / folder / FIGURES_FILE
    if not file.is_file():
        return None
    figures: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return figures if figures["id"] == key else None


def _record(
    workspace: Workspace, recipe: Recipe, folder: Path, key: str, parent: str | None, figures: dict[str, Any]
) -> None:
    with workspace.writing() as session:
        known = session.get(Checkpoint, key)
        newest = session.scalars(
            select(Checkpoint).where(Checkpoint.name == recipe.name).order_by(Checkpoint.created.desc())
        ).first()
        base = None if parent is None else session.get(Checkpoint, parent)
        if known is None:
            session.add(
                Checkpoint(
                    id=key,
                    name=recipe.name,
                    recipe=recipe.model_dump(mode="json"),
                    parent=parent,
                    folder=folder.as_posix(),
                    figures=figures,
                )
            )
        elif (newest is not None and newest.id != key) or (base is not None and base.created >= known.created):
            # Trained before and wanted again (a review was undone, say): it is the newest of its name once more, and
            # newer than its base.
            known.created = now()


def _fit(
    workspace: Workspace,
    recipe: Recipe,
    base: Base | None,
    examples: list[Example],
    folder: Path,
    progress: RunProgress,
) -> dict[str, Any]:
    """Build or load, train and save into `folder`; return the figures that are known then."""
    started = time.monotonic()
    training = recipe.training
    model, processor = (
        _from_random(recipe, examples) if base is None else open_base(base, recipe.generation.max_new_tokens)
    )
    vision = model.config.vision_config
    image_tokens = (vision.image_size // vision.patch_size) ** 2
    tokenised, left_out = tokenise(examples, processor, image_tokens, training.max_tokens)
    _tell_left_out(left_out, len(examples))
    if not tokenised:
        raise GlassllavaError(
            f"None of the {len(examples)} training examples can be used: {left_out[0].reason}; raise max_tokens in the "
            f"recipe '{recipe.name}'."
        )
    table = what_trains(model, training.trains)
    _tell_plan(recipe, table, [len(e.input_ids) for e in tokenised], [e.answer_tokens for e in tokenised])

    def tell(step: int, steps: int, loss: float | None) -> None:
        if loss is None:
            progress.say("training", total=progress.done + steps)
        else:
            progress.advance(f"step {step} of {steps}, loss {loss:.2f}")

    padding = processor.tokenizer.pad_token_id
    flips = torch.Generator().manual_seed(training.seed) if training.flips else None
    learner: torch.nn.Module = model
    rehearsed: list[TokenisedExample] = []
    if training.pairs > 1:
        learner = PairLearner(model)
        dataset: Any = PackedPanels(workspace, tokenised, processor, model, training.pairs, flips)
        if base is not None and training.rehearsal > 0:
            old = rehearsal_examples(workspace, base.folder, base.id)
            rehearsed, too_long = tokenise(old, processor, image_tokens, training.max_tokens)
            _tell_left_out(too_long, len(old))
            again = PackedPanels(workspace, rehearsed, processor, model, training.pairs, flips)
            dataset = Rehearsed(dataset, again, training.rehearsal, torch.Generator().manual_seed(training.seed))
        collator: Any = partial(collate_packed, padding=padding)
    else:
        dataset = PanelDataset(workspace, tokenised, processor, vision.image_size)
        collator = partial(collate, padding=padding, flips=flips)
    trainer = _CountingTrainer(
        tell,
        padding,
        model=learner,
        args=trainer_arguments(
            folder,
            steps=training.steps,
            batch_size=max(1, training.batch_size // training.pairs),
            learning_rate=training.learning_rate,
            warmup_share=training.warmup_share,
            weight_decay=training.weight_decay,
            max_gradient_norm=training.max_gradient_norm,
            bfloat16=training.precision == "bfloat16",
            cpu=training.device == "cpu" or not torch.cuda.is_available(),
            seed=training.seed,
        ),
        train_dataset=dataset,
        data_collator=collator,
    )
    trainer.train()
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return {
        "steps": trainer.state.global_step,
        "loss": trainer.losses,
        "tokens": trainer.tokens,
        "answer_tokens": trainer.answer_tokens,
        "seconds": round(time.monotonic() - started, 2),
        "examples": len(tokenised),
        "passes": round(trainer.state.epoch, 2),
        "rehearsed": len(rehearsed),
        "parameters": [row.row() for row in table],
        "left_out": [[item.target, item.reason] for item in left_out],
    }


def _from_random(recipe: Recipe, examples: list[Example]) -> tuple[LlavaForConditionalGeneration, LlavaProcessor]:
    tower, decoder = recipe.form
    tokenizer = train_tokenizer((text for e in examples for text in (e.question, e.answer)), decoder.vocabulary)
    model = build_model(
        tower, decoder, tokenizer, max_new_tokens=recipe.generation.max_new_tokens, seed=recipe.training.seed
    )
    return model, build_processor(tower, tokenizer)


class _CountingTrainer(FiniteTrainer):
    """Counts the tokens that it sees."""

    def __init__(self, tell: Callable[[int, int, float | None], None], padding: int, **arguments: Any) -> None:
        super().__init__(tell, **arguments)
        self._padding = padding
        self.tokens = 0
        self.answer_tokens = 0

    def training_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        self.tokens += int((inputs["input_ids"] != self._padding).sum())
        self.answer_tokens += int((inputs["labels"] != NO_LOSS).sum())
        return super().training_step(model, inputs, num_items_in_batch)


def _tell_left_out(left_out: list[LeftOut], of: int) -> None:
    for item in left_out:
        logger.warning("Left out: %s: %s.", item.target, item.reason)
    if left_out:
        logger.warning("%d of %d examples are left out.", len(left_out), of)


def _tell_plan(recipe: Recipe, table: list[PartParameters], tokens: list[int], answer_tokens: list[int]) -> None:
    logger.info(
        "%s: %d examples, %d tokens (%d of answers), the longest %d; %d steps of %d.",
        recipe.name,
        len(tokens),
        sum(tokens),
        sum(answer_tokens),
        max(tokens),
        recipe.training.steps,
        recipe.training.batch_size,
    )
    logger.info("What trains:\n%s", as_text(table))


@contextmanager
def _new_folder(folder: Path) -> Iterator[None]:
    """Make `folder` anew, over what a killed training left, and remove it where this one fails."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
