"""Training examples: the workspace's training questions as tokens with labels, and their images when needed.

In: accepted questions of the training split, accepted panels, their image files. Out: a torch dataset. The answer
and its end token carry loss, nothing else; the mask comes from the chat template's generation tags. What cannot
be used is never dropped in silence: it is a `LeftOut` with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch.utils.data import Dataset
from transformers import LlavaProcessor

from glassllava.errors import GlassllavaError
from glassllava.micrographs.prepare import prepare
from glassllava.workspace import Workspace, identity

NO_LOSS = -100
"""Label of a token without loss: what torch's cross-entropy leaves out."""

IMAGES_KEPT = 2048
"""Prepared images kept in memory at most: 57 MB at 96 pixels, whatever the size of the corpus."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its benchmark answer, about one panel."""

    question_id: str
    question: str
    answer: str
    panel: str
    """Name of the panel and its file, for people."""
    image: str
    """SHA-256 of the panel's image."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What could not be trained on, and why."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class TokenisedExample:
    """An example as the decoder sees it; the image is still only named."""

    input_ids: tuple[int, ...]
    """Image tokens included, one for each patch."""
    labels: tuple[int, ...]
    """`input_ids` where there is loss, `NO_LOSS` elsewhere."""
    image: str

    @property
    def answer_tokens(self) -> int:
        """Number of tokens that carry loss."""
        return sum(label != NO_LOSS for label in self.labels)


def training_examples(workspace: Workspace) -> list[Example]:
    """Return one example for each panel of each accepted question of the training papers, in order of id."""
    panels = {panel.id: panel for panel in workspace.panels() if panel.accepted}
    found = [
        Example(
            question_id=question.id,
            question=question.question,
            answer=question.answer,
            panel=f"{panels[key].name} of {panels[key].file}",
            image=panels[key].image,
        )
        for question in workspace.questions()
        if question.accepted and question.split == "training"
        for key in question.panel_ids
        if key in panels
    ]
    return sorted(found, key=lambda example: (example.question_id, example.image))


def with_readable_images(
    workspace: Workspace, examples: Iterable[Example], image_size: int
) -> tuple[list[Example], list[LeftOut]]:
    """Divide `examples` into those whose image can be read and the panels whose image cannot.

    Every image is opened once, before training starts: a damaged file is told now, not in an hour.
    """
    faults: dict[str, str | None] = {}
    readable, left_out = [], []
    for example in examples:
        if example.image not in faults:
            faults[example.image] = _fault(workspace, example.image, image_size)
            if (reason := faults[example.image]) is not None:
                left_out.append(LeftOut(example.panel, reason))
        if faults[example.image] is None:
            readable.append(example)
    return readable, left_out


def _fault(workspace: Workspace, image: str, image_size: int) -> str | None:
    try:
        prepare(workspace.images.get(image), image_size)
    except GlassllavaError as error:
        return str(error)
    return None


def data_fingerprint(examples: Iterable[Example]) -> str:
    """Return the hash of all that the model learns from."""
    return identity("training-data", sorted([e.question_id, e.question, e.answer, e.image] for e in examples))


def tokenise(
    examples: Iterable[Example], processor: LlavaProcessor, image_tokens: int, max_tokens: int
) -> tuple[list[TokenisedExample], list[LeftOut]]:
    """Turn examples into tokens with labels; what is too long is left out whole, never cut.

    Parameters
    ----------
    examples
        Questions and answers.
    processor
        Its chat template has generation tags around the answer.
    image_tokens
        Tokens that an image takes in the decoder.
    max_tokens
        Longest example, image tokens included.

    Returns
    -------
    tuple
        Tokenised examples, and those left out because they are too long or write a control token.
    """
    tokenizer = processor.tokenizer
    tokenised, left_out = [], []
    for example in examples:
        target = f"question {example.question_id[:12]} about {example.panel}"
        control = next((t for t in tokenizer.all_special_tokens if t in example.question + example.answer), None)
        if control is not None:
            left_out.append(LeftOut(target, f"its text holds {control}, which steers the model"))
            continue
        ids, labels = tokens_with_labels(example.question, example.answer, processor, image_tokens)
        if len(ids) > max_tokens:
            left_out.append(LeftOut(target, f"it has {len(ids)} tokens, and the recipe's max_tokens is {max_tokens}"))
        else:
            tokenised.append(TokenisedExample(ids, labels, example.image))
    return tokenised, left_out


def tokens_with_labels(
    question: str, answer: str, processor: LlavaProcessor, image_tokens: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the tokens of one pair, image tokens included, and their labels: `NO_LOSS` outside the answer."""
    turns = processor.tokenizer.apply_chat_template(
        conversation(question, answer),
        chat_template=processor.chat_template,
        tokenize=True,
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    ids: list[int] = []
    labels: list[int] = []
    for token, is_answer in zip(turns["input_ids"], turns["assistant_masks"], strict=True):
        copies = image_tokens if token == processor.image_token_id else 1
        ids += [token] * copies
        labels += [token if is_answer else NO_LOSS] * copies
    return tuple(ids), tuple(labels)


def conversation(question: str, answer: str) -> list[dict[str, object]]:
    """Return a question about an image and its answer in the form that chat templates take."""
    return [
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": question}]},
        {"role": "assistant", "content": [{"type": "text", "text": answer}]},
    ]


def pixel_values(workspace: Workspace, image: str, image_size: int, processor: LlavaProcessor) -> torch.Tensor:
    """Return an image of the workspace as the tower takes it, [1, 3, size, size]."""
    prepared = prepare(workspace.images.get(image), image_size)
    values: torch.Tensor = processor.image_processor(prepared, return_tensors="pt")["pixel_values"]
    return values


class PanelDataset(Dataset[dict[str, torch.Tensor]]):
    """Tokenised examples with their images, which are read when they are asked for.

    Parameters
    ----------
    workspace
        Holds the image files.
    examples
        What `tokenise` made.
    processor
        Its image processor turns a prepared picture into pixel values.
    image_size
        Edge of the picture in pixels.
    """

    def __init__(
        self,
        workspace: Workspace,
        examples: Sequence[TokenisedExample],
        processor: LlavaProcessor,
        image_size: int,
    ) -> None:
        self.examples = examples

        @lru_cache(maxsize=IMAGES_KEPT)
        def picture(image: str) -> torch.Tensor:
            return pixel_values(workspace, image, image_size, processor)[0]

        self._picture = picture

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        """Return `input_ids` [tokens], `labels` [tokens] and `pixel_values` [3, height, width]."""
        example = self.examples[index]
        return {
            "input_ids": torch.tensor(example.input_ids),
            "labels": torch.tensor(example.labels),
            "pixel_values": self._picture(example.image),
        }


def collate(
    examples: Sequence[dict[str, torch.Tensor]], padding: int, flips: torch.Generator | None = None
) -> dict[str, torch.Tensor]:
    """Pad examples on the right to one length and stack them.

    Parameters
    ----------
    examples
        What `PanelDataset` gives.
    padding
        Id of the padding token.
    flips
        Decides which half of the images is mirrored left to right; None mirrors none.

    Returns
    -------
    dict
        `input_ids`, `attention_mask`, `labels` [examples, tokens], `pixel_values` [examples, 3, height, width].
    """
    sequences = [example["input_ids"] for example in examples]
    pad = torch.nn.utils.rnn.pad_sequence
    pixels = torch.stack([example["pixel_values"] for example in examples])
    if flips is not None:
        turn = (torch.rand(len(pixels), generator=flips) < 0.5)[:, None, None, None]
        pixels = torch.where(turn, pixels.flip(-1), pixels)
    return {
        "input_ids": pad(sequences, batch_first=True, padding_value=padding),
        "attention_mask": pad([torch.ones_like(ids) for ids in sequences], batch_first=True),
        "labels": pad([example["labels"] for example in examples], batch_first=True, padding_value=NO_LOSS),
        "pixel_values": pixels,
    }
