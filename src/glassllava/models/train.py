"""Training: from a recipe and the workspace's training questions to a checkpoint.

In: a recipe, accepted questions of the training papers with their panels' images. Out: a folder
`checkpoints/NAME-ID` that plain transformers loads, and its `Checkpoint` row. The folder is written under another
name and renamed when whole, so that a kill at any moment leaves either a checkpoint or none; training again with
the same recipe and data gives the same weights, and is not done where they are already there.
"""

from __future__ import annotations

import json
import logging
import math
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from sqlalchemy import select
from transformers import (
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from glassllava.errors import GlassllavaError
from glassllava.models.build import build_model, build_processor
from glassllava.models.data import (
    NO_LOSS,
    Example,
    LeftOut,
    PanelDataset,
    collate,
    data_fingerprint,
    tokenise,
    training_examples,
    with_readable_images,
)
from glassllava.models.faults import told_in_one_sentence
from glassllava.models.recipe import Recipe, load_recipe
from glassllava.models.tokenizer import train_tokenizer
from glassllava.models.trainable import PartParameters, as_text, what_trains
from glassllava.records import Checkpoint, now
from glassllava.workspace import RunProgress, Workspace, identity

logger = logging.getLogger(__name__)

VERSION = "models-1"
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
        `id`, `examples`, `passes` (over the data), `parameters` (what trained, by part), `left_out`
        (`[target, reason]` of what was not trained on).

    Raises
    ------
    GlassllavaError
        There is nothing to train on, the loss is not finite, or memory or disk is full.
    """
    chosen = load_recipe(recipe) if isinstance(recipe, str) else recipe
    if progress is not None:
        return _train(workspace, chosen, progress)
    with workspace.run("train") as own:
        return _train(workspace, chosen, own)


def _train(workspace: Workspace, recipe: Recipe, progress: RunProgress) -> dict[str, Any]:
    examples, unreadable = with_readable_images(workspace, training_examples(workspace), recipe.vision_tower)
    for left_out in unreadable:
        progress.fail(left_out.target, left_out.reason)
    if not examples:
        raise GlassllavaError(
            f"{workspace.path} has no accepted question with a readable panel among its training papers; run "
            "`glassllava questions generate` first, or add papers."
        )
    key = identity("checkpoint", VERSION, recipe.model_dump(mode="json"), data_fingerprint(examples))
    folder = Path("checkpoints") / f"{recipe.name}-{key[:12]}"
    figures = _finished(workspace, folder, key)
    if figures is None:
        unfinished = workspace.path / folder.with_name(f".part-{folder.name}")
        with told_in_one_sentence(unfinished.parent), _threads(recipe.training.threads), _new_folder(unfinished):
            figures = _fit(workspace, recipe, examples, unfinished, progress)
            figures |= {"checkpoint": folder.as_posix(), "id": key}
            figures["left_out"] = [[item.target, item.reason] for item in unreadable] + figures["left_out"]
            (unfinished / FIGURES_FILE).write_text(json.dumps(figures, indent=1), encoding="utf-8")
            if (workspace.path / folder).exists():
                shutil.rmtree(workspace.path / folder)
            unfinished.rename(workspace.path / folder)
    _record(workspace, recipe, folder, key, figures)
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


def _record(workspace: Workspace, recipe: Recipe, folder: Path, key: str, figures: dict[str, Any]) -> None:
    with workspace.writing() as session:
        known = session.get(Checkpoint, key)
        newest = session.scalars(
            select(Checkpoint).where(Checkpoint.name == recipe.name).order_by(Checkpoint.created.desc())
        ).first()
        if known is not None and newest is not None and newest.id != key:
            # Trained before and wanted again (a review was undone, say): it is the newest of its name once more.
            known.created = now()
        elif known is None:
            session.add(
                Checkpoint(
                    id=key,
                    name=recipe.name,
                    recipe=recipe.model_dump(mode="json"),
                    parent=None,
                    folder=folder.as_posix(),
                    figures=figures,
                )
            )


def _fit(
    workspace: Workspace, recipe: Recipe, examples: list[Example], folder: Path, progress: RunProgress
) -> dict[str, Any]:
    """Build, train and save into `folder`; return the figures that are known then."""
    started = time.monotonic()
    tokenizer = train_tokenizer((text for e in examples for text in (e.question, e.answer)), recipe.decoder.vocabulary)
    processor = build_processor(recipe, tokenizer)
    tokenised, left_out = tokenise(examples, processor, recipe.vision_tower.image_tokens, recipe.training.max_tokens)
    _tell_left_out(left_out, len(examples))
    if not tokenised:
        raise GlassllavaError(
            f"None of the {len(examples)} training examples can be used: {left_out[0].reason}; raise max_tokens in the "
            f"recipe '{recipe.name}'."
        )
    model = build_model(recipe, tokenizer)
    table = what_trains(model, recipe.training.trains)
    _tell_plan(recipe, table, [len(e.input_ids) for e in tokenised], [e.answer_tokens for e in tokenised])
    trainer = _FiniteTrainer(
        model=model,
        args=_arguments(recipe, folder),
        train_dataset=PanelDataset(workspace, tokenised, processor, recipe.vision_tower),
        data_collator=partial(collate, padding=tokenizer.pad_token_id),
        callbacks=[_Teller(progress)],
    )
    trainer.remove_callback(PrinterCallback)  # It prints to stdout, where results go.
    trainer.train()
    _save(model, processor, folder)
    return {
        "steps": trainer.state.global_step,
        "loss": [entry["loss"] for entry in trainer.state.log_history if "loss" in entry],
        "tokens": trainer.tokens,
        "answer_tokens": trainer.answer_tokens,
        "seconds": round(time.monotonic() - started, 2),
        "examples": len(tokenised),
        "passes": round(trainer.state.global_step * recipe.training.batch_size / len(tokenised), 2),
        "parameters": [row.row() for row in table],
        "left_out": [[item.target, item.reason] for item in left_out],
    }


def _arguments(recipe: Recipe, folder: Path) -> TrainingArguments:
    training = recipe.training
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=training.steps,
        per_device_train_batch_size=training.batch_size,
        learning_rate=training.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=math.ceil(training.warmup_share * training.steps),
        weight_decay=training.weight_decay,
        max_grad_norm=training.max_gradient_norm,
        bf16=training.precision == "bfloat16",
        use_cpu=training.device == "cpu" or not torch.cuda.is_available(),
        seed=training.seed,
        data_seed=training.seed,
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
    )


class _FiniteTrainer(Trainer):  # type: ignore[misc]
    """The stock trainer, which also counts the tokens it sees and stops where the loss is not finite."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.tokens = 0
        self.answer_tokens = 0

    def training_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        self.tokens += int(inputs["attention_mask"].sum())
        self.answer_tokens += int((inputs["labels"] != NO_LOSS).sum())
        loss: torch.Tensor = super().training_step(model, inputs, num_items_in_batch)
        if not torch.isfinite(loss):
            raise GlassllavaError(
                f"Training stopped at step {self.state.global_step + 1}: the loss is not finite; lower learning_rate "
                "in the recipe, or use precision: float32."
            )
        return loss


class _Teller(TrainerCallback):  # type: ignore[misc]
    """Tells the run's progress of each step."""

    def __init__(self, progress: RunProgress) -> None:
        self._progress = progress

    def on_train_begin(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the Trainer's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        self._progress.say("training", total=self._progress.done + state.max_steps)

    def on_log(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the Trainer's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        logs: dict[str, float],
        **_: Any,
    ) -> None:
        if "loss" in logs:
            self._progress.advance(f"step {state.global_step} of {state.max_steps}, loss {logs['loss']:.2f}")


def _save(model: LlavaForConditionalGeneration, processor: LlavaProcessor, folder: Path) -> None:
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


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


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """Let torch use `number` threads, whatever OMP_NUM_THREADS says: the recipe decides how sums are rounded."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
