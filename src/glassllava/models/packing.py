"""Shared-image packing: an image once, then all of its question-answer pairs, each blind to the others.

In: tokenised pairs about one image, and the image's features. Out: batches for the stock model, and their loss. A
pair attends to the image and to itself, and its positions go on from the image's last, so the loss and its gradients
are those of the pairs run one by one; the image's tokens are computed once instead of once a pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import LlavaForConditionalGeneration

from glassllava.models.data import NO_LOSS

_PADDING = -1
"""Segment of padding."""

Tokens = tuple[tuple[int, ...], tuple[int, ...]]
"""Tokens of one pair with its image tokens, and their labels, as `tokens_with_labels` returns them."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One sequence: the image, then pairs."""

    input_ids: tuple[int, ...]
    labels: tuple[int, ...]
    positions: tuple[int, ...]
    """Position of each token, as if its pair stood alone behind the image."""
    segments: tuple[int, ...]
    """0 for what all pairs share (all up to the last image token), then the number of the pair."""


def pack(pairs: Sequence[Tokens], image_token: int) -> Packed:
    """Pack pairs about one image.

    Parameters
    ----------
    pairs
        At least one; each with the image tokens at the same place.
    image_token
        Id of the image token.

    Raises
    ------
    ValueError
        The pairs do not share what stands up to the last image token, or a label stands there.
    """
    first = pairs[0][0]
    shared = len(first) - first[::-1].index(image_token)
    ids, labels = list(first[:shared]), list(pairs[0][1][:shared])
    positions, segments = list(range(shared)), [0] * shared
    for number, (pair_ids, pair_labels) in enumerate(pairs, start=1):
        # The first token behind the image must be of the question: its predecessor in the sequence is of another pair.
        if list(pair_ids[:shared]) != ids[:shared] or any(label != NO_LOSS for label in pair_labels[: shared + 1]):
            raise ValueError("pairs that are packed must share the image, and no answer may touch it")
        ids += pair_ids[shared:]
        labels += pair_labels[shared:]
        positions += range(shared, len(pair_ids))
        segments += [number] * (len(pair_ids) - shared)
    return Packed(tuple(ids), tuple(labels), tuple(positions), tuple(segments))


def stack(sequences: Sequence[Packed], padding: int) -> dict[str, torch.Tensor]:
    """Pad sequences on the right to one length and stack them.

    Parameters
    ----------
    sequences
        One an image.
    padding
        Id of the padding token.

    Returns
    -------
    dict
        `input_ids`, `labels`, `position_ids` [images, tokens], `attention_mask` [images, 1, tokens, tokens]: added to
        the attention scores, 0 where a token (row) sees another (column) and the lowest float32 elsewhere.
    """

    def padded(rows: Sequence[tuple[int, ...]], value: int) -> torch.Tensor:
        tensors = [torch.tensor(row) for row in rows]
        return torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)

    segments = padded([sequence.segments for sequence in sequences], _PADDING)
    rows, columns = segments[:, :, None], segments[:, None, :]
    # Padding sees padding: a row that saw nothing would be a division by zero.
    sees = ((columns == 0) & (rows != _PADDING) | (rows == columns)).tril()
    mask = torch.zeros(sees.shape).masked_fill_(~sees, torch.finfo(torch.float32).min)
    return {
        "input_ids": padded([sequence.input_ids for sequence in sequences], padding),
        "labels": padded([sequence.labels for sequence in sequences], NO_LOSS),
        "position_ids": padded([sequence.positions for sequence in sequences], 0),
        "attention_mask": mask[:, None],
    }


def packed_loss(
    model: LlavaForConditionalGeneration,
    features: torch.Tensor,
    input_ids: torch.Tensor,
    labels: torch.Tensor,
    position_ids: torch.Tensor,
    attention_mask: torch.Tensor,
) -> tuple[torch.Tensor, int]:
    """Return the cross-entropy of the answer tokens, summed, and their number.

    Parameters
    ----------
    model
        A stock LLaVA; its vision tower is not run.
    features
        [images, patches, width], what its tower gives for the images.
    input_ids, labels, position_ids, attention_mask
        What `stack` returns.
    """
    inner = model.model
    embedded = inner.language_model.embed_tokens(input_ids)
    projected = inner.multi_modal_projector(features.to(embedded.dtype)).to(embedded.dtype)
    places = (input_ids == model.config.image_token_id)[..., None].expand_as(embedded)
    hidden = inner.language_model(
        inputs_embeds=embedded.masked_scatter(places, projected),
        attention_mask=attention_mask.to(embedded.dtype),
        position_ids=position_ids,
        use_cache=False,
    ).last_hidden_state
    wanted = labels[:, 1:] != NO_LOSS
    # Logits only where there is loss: most tokens are of the image and of questions.
    logits = model.lm_head(hidden[:, :-1][wanted])
    loss = torch.nn.functional.cross_entropy(logits.float(), labels[:, 1:][wanted], reduction="sum")
    return loss, int(wanted.sum())
