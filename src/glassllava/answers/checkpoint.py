"""A trained checkpoint that answers: loaded by plain transformers, greedy, in batches that never change a text.

In: a checkpoint folder, prompts, images of the workspace. Out: replies, batch by batch.

The texts must be the same whether or not the filling was interrupted. A float32 sum depends in its last bits on
the shape of the batch, and where two tokens are almost equally likely these bits decide. So the batches are made
from all rows of the model, answered or not, in order of length and id, and a batch of which any row is missing is
computed whole: the same batch gives the same bits.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from glassllava.answers.rows import Asked, Reply, failed
from glassllava.errors import GlassllavaError, MissingExtra
from glassllava.micrographs.prepare import blank, prepare
from glassllava.workspace import Workspace

BATCH = 32
"""Prompts answered together. A decoder this small spends its time between the layers, not in them."""

LONGEST_ANSWER = 256
"""Tokens of an answer at most, for a checkpoint whose own generation settings name no limit."""

_IMAGES_KEPT = 512


class CheckpointModel:
    """A checkpoint folder, loaded in float32.

    Parameters
    ----------
    folder
        What training left, or any checkpoint with image processor, tokenizer and chat template.
    threads
        Threads on a CPU; None leaves torch's own choice.

    Raises
    ------
    MissingExtra
        torch or transformers is not installed.
    GlassllavaError
        The folder is missing or damaged.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        try:
            import torch
            from safetensors import SafetensorError
            from transformers import AutoModelForImageTextToText, AutoProcessor
        except ImportError as error:
            raise MissingExtra(
                f"A checkpoint answers with the package {error.name!r}, which is not installed; "
                "pip install 'glassllava[train]'."
            ) from error
        if not (folder / "config.json").is_file():
            raise GlassllavaError(f"The checkpoint {folder} is missing; train the model again.")
        self._threads = threads
        try:
            self._processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
            self._model = AutoModelForImageTextToText.from_pretrained(
                folder, dtype=torch.float32, local_files_only=True
            ).eval()
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise GlassllavaError(
                f"The checkpoint {folder} is damaged ({error}); remove it and train the model again."
            ) from error
        # The last token of every prompt must stand beside the first of its answer.
        self._processor.tokenizer.padding_side = "left"
        self.image_size: int = self._model.config.vision_config.image_size
        self.max_new_tokens: int = self._model.generation_config.max_new_tokens or LONGEST_ANSWER

    def length(self, prompt: str) -> int:
        """Return the number of tokens of a prompt, without image and template."""
        return len(self._processor.tokenizer(prompt, add_special_tokens=False)["input_ids"])

    def answer(self, prompts: Sequence[str], images: Sequence[Image.Image]) -> list[Reply]:
        """Answer each prompt about its image, greedily.

        Returns
        -------
        list of Reply
            `truncated` where the limit came before the end token, `unparseable` where there is no text.
        """
        import torch

        started = time.monotonic()
        inputs = self._inputs(prompts, images)
        with _torch_threads(self._threads), torch.inference_mode():
            tokens = self._model.generate(**inputs, max_new_tokens=self.max_new_tokens, do_sample=False)
        new = tokens[:, inputs["input_ids"].shape[1] :].tolist()
        seconds = (time.monotonic() - started) / len(prompts)
        return [self._reply(answer, seconds) for answer in new]

    def _inputs(self, prompts: Sequence[str], images: Sequence[Image.Image]) -> Any:
        conversations = [
            [{"role": "user", "content": [{"type": "image", "image": image}, {"type": "text", "text": prompt}]}]
            for prompt, image in zip(prompts, images, strict=True)
        ]
        return self._processor.apply_chat_template(
            conversations,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            sanitize_control_tokens=True,  # A prompt that spells "<image>" is text, not a second image.
            processor_kwargs={"padding": True},
        )

    def _reply(self, tokens: list[int], seconds: float) -> Reply:
        ends = self._model.generation_config.eos_token_id
        ended = any(token in (ends if isinstance(ends, list) else [ends]) for token in tokens)
        text = self._processor.tokenizer.decode(tokens, skip_special_tokens=True).strip()
        if not text:
            return Reply("unparseable", text, "the model gave an empty answer", seconds)
        if not ended:
            return Reply("truncated", text, f"cut off at {self.max_new_tokens} tokens", seconds)
        return Reply("ok", text, None, seconds)


def answer_rows(model: CheckpointModel, workspace: Workspace, rows: Sequence[Asked]) -> Iterator[dict[str, Reply]]:
    """Answer the wanted rows among all `rows` of one model, a batch at a time.

    Parameters
    ----------
    model
        What answers.
    workspace
        Holds the images. A row whose image cannot be read is an `error`; a blank image takes its place in the
        batch, which so keeps its shape.
    rows
        All rows of this model, those answered before too.
    """

    @lru_cache(maxsize=_IMAGES_KEPT)
    def shown(image: str | None) -> Image.Image | str:
        if image is None:
            return blank(model.image_size)
        try:
            return prepare(workspace.images.get(image), model.image_size)
        except GlassllavaError as error:
            return str(error)

    for batch in batches(model, rows):
        if not any(row.wanted for row in batch):
            continue
        images = [shown(row.image) for row in batch]
        replies = model.answer(
            [row.prompt for row in batch],
            [blank(model.image_size) if isinstance(image, str) else image for image in images],
        )
        yield {
            row.id: failed(image) if isinstance(image, str) else reply
            for row, image, reply in zip(batch, images, replies, strict=True)
            if row.wanted
        }


def batches(model: CheckpointModel, rows: Sequence[Asked]) -> list[list[Asked]]:
    """Divide all rows of a model into batches of prompts of like length; the same rows give the same batches."""
    ordered = sorted(rows, key=lambda row: (model.length(row.prompt), row.id))
    return [ordered[first : first + BATCH] for first in range(0, len(ordered), BATCH)]


@contextmanager
def _torch_threads(number: int | None) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
