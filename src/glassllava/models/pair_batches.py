"""Batches of packed pairs with the images' features, and the learner that takes them.

In: features of a gallery's images and their question-answer pairs. Out: what the stock trainer steps on in align and
instruct, and the loss on held-out images.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from transformers import LlavaForConditionalGeneration, LlavaProcessor

from glassllava.errors import GlassllavaError
from glassllava.models.data import tokens_with_labels
from glassllava.models.gallery import Pair
from glassllava.models.packing import Packed, Tokens, pack, packed_loss, stack


class PairBatches:
    """Makes batches of images with pairs drawn from those of each.

    Parameters
    ----------
    features
        [images, patches, width].
    pairs
        Pairs of each image.
    processor
        Tokenizer and chat template.
    most
        Pairs of an image in a batch at most.
    max_tokens
        Tokens of an image with its pairs at most.
    seed
        Of the draw.
    """

    def __init__(
        self,
        features: torch.Tensor,
        pairs: Sequence[tuple[Pair, ...]],
        processor: LlavaProcessor,
        most: int,
        max_tokens: int,
        seed: int,
    ) -> None:
        self._features, self._pairs, self._processor = features, pairs, processor
        self._most, self._max_tokens = most, max_tokens
        self._random = np.random.default_rng(seed)

    def __len__(self) -> int:
        return len(self._pairs)

    def __call__(self, indices: Sequence[int]) -> dict[str, torch.Tensor]:
        """Return the arguments of `PairLearner.forward` for these images."""
        return self._batch(indices, [self._drawn(self._pairs[index]) for index in indices])

    def all_pairs(self, index: int) -> list[dict[str, torch.Tensor]]:
        """Return every pair of an image, in batches of one sequence."""
        pairs = self._pairs[index]
        parts = [pairs[first : first + self._most] for first in range(0, len(pairs), self._most)]
        return [self._batch([index], [part]) for part in parts]

    def _drawn(self, pairs: Sequence[Pair]) -> list[Pair]:
        return [pairs[number] for number in self._random.permutation(len(pairs))[: self._most]]

    def _batch(self, indices: Sequence[int], pairs: Sequence[Sequence[Pair]]) -> dict[str, torch.Tensor]:
        padding = self._processor.tokenizer.pad_token_id
        return {
            "features": self._features[torch.tensor(indices)],
            **stack([self._packed(some) for some in pairs], padding),
        }

    def _packed(self, pairs: Sequence[Pair]) -> Packed:
        """Pack as many of the pairs, in their order, as fit; one alone always must."""
        patches = self._features.shape[1]
        kept: list[Tokens] = []
        length = 0
        for question, answer in pairs:
            tokens = tokens_with_labels(question, answer, self._processor, patches)
            added = len(tokens[0]) - (patches if kept else 0)
            if not kept and added > self._max_tokens:
                raise GlassllavaError(
                    f"A pair has {added} tokens, and the recipe's max_tokens is {self._max_tokens}: {question!r}; "
                    "shorten it, or raise max_tokens."
                )
            if length + added > self._max_tokens:
                break
            kept.append(tokens)
            length += added
        return pack(kept, self._processor.image_token_id)


class PairLearner(nn.Module):
    """A LLaVA that takes features and packed pairs, and gives the mean loss an answer token."""

    def __init__(self, model: LlavaForConditionalGeneration) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        features: torch.Tensor,
        input_ids: torch.Tensor,
        labels: torch.Tensor,
        position_ids: torch.Tensor,
        attention_mask: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """Return `loss`, the mean over all answer tokens of the batch; the arguments are those of `packed_loss`."""
        loss, tokens = packed_loss(self.model, features, input_ids, labels, position_ids, attention_mask)
        return {"loss": loss / tokens}


@torch.inference_mode()
def language_loss(model: LlavaForConditionalGeneration, batches: PairBatches) -> float | None:
    """Return the mean loss an answer token over all pairs of all images; None where there is no pair."""
    summed, tokens = 0.0, 0
    for index in range(len(batches)):
        for batch in batches.all_pairs(index):
            loss, number = packed_loss(model, **batch)
            summed, tokens = summed + float(loss), tokens + number
    return round(summed / tokens, 4) if tokens else None
