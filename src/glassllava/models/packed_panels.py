"""Training examples grouped by panel, so that questions about one panel share its image tokens.

In: tokenised examples of a workspace and a model whose vision tower is frozen. Out: a torch dataset whose entries are
a panel's features and packed pairs, alone or mixed with what a base rehearses. The frozen tower sees each panel once
instead of once a pair and pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch.utils.data import Dataset
from transformers import LlavaForConditionalGeneration, LlavaProcessor

from glassllava.models.data import IMAGES_KEPT, TokenisedExample, pixel_values
from glassllava.models.packing import Packed, pack, stack
from glassllava.models.tower import patch_features
from glassllava.workspace import Workspace


class PackedPanels(Dataset[tuple[torch.Tensor, Packed]]):
    """Groups of examples about one panel, with the panel's features.

    Parameters
    ----------
    workspace
        Holds the image files.
    examples
        What `tokenise` made.
    processor
        Its image processor turns a prepared picture into pixel values.
    model
        Its tower gives the features; it must not learn meanwhile.
    pairs
        Examples in a group at most; those of a panel are divided evenly.
    flips
        Decides which panels are mirrored left to right, anew each time; None mirrors none.
    """

    def __init__(
        self,
        workspace: Workspace,
        examples: Sequence[TokenisedExample],
        processor: LlavaProcessor,
        model: LlavaForConditionalGeneration,
        pairs: int,
        flips: torch.Generator | None = None,
    ) -> None:
        of_image: dict[str, list[TokenisedExample]] = defaultdict(list)
        for example in examples:
            of_image[example.image].append(example)
        self._groups: list[tuple[str, Packed]] = []
        for image, found in of_image.items():
            parts = -(-len(found) // pairs)
            for part in (found[number::parts] for number in range(parts)):
                packed = pack([(example.input_ids, example.labels) for example in part], processor.image_token_id)
                self._groups.append((image, packed))
        self._flips = flips
        tower, layer = model.model.vision_tower, model.config.vision_feature_layer
        size = model.config.vision_config.image_size

        @lru_cache(maxsize=IMAGES_KEPT)
        def features(image: str, mirrored: bool) -> torch.Tensor:
            pixels = pixel_values(workspace, image, size, processor)
            with torch.no_grad():
                return patch_features(tower, pixels.flip(-1) if mirrored else pixels, layer)[0]

        self._features = features

    def __len__(self) -> int:
        return len(self._groups)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, Packed]:
        """Return features [patches, width] and the pairs."""
        image, packed = self._groups[index]
        mirrored = self._flips is not None and bool(torch.rand((), generator=self._flips) < 0.5)
        return self._features(image, mirrored), packed


class Rehearsed(Dataset[tuple[torch.Tensor, Packed]]):
    """Groups of the papers, each once, and between them groups that a base learned from, drawn anew each time.

    Parameters
    ----------
    new
        Groups of the papers.
    old
        What is drawn from.
    share
        Share of all entries that are `old`, 0 or more and below 1.
    draws
        Decides which.
    """

    def __init__(self, new: PackedPanels, old: PackedPanels, share: float, draws: torch.Generator) -> None:
        self._new, self._old, self._draws = new, old, draws
        self._length = round(len(new) / (1 - share))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> tuple[torch.Tensor, Packed]:
        """Return features [patches, width] and the pairs; beyond those of the papers one of the base's, at random."""
        if index < len(self._new):
            return self._new[index]
        return self._old[int(torch.randint(len(self._old), (), generator=self._draws))]


def collate_packed(groups: Sequence[tuple[torch.Tensor, Packed]], padding: int) -> dict[str, torch.Tensor]:
    """Return `features` [panels, patches, width] and what `stack` makes of the pairs."""
    return {
        "features": torch.stack([features for features, _ in groups]),
        **stack([packed for _, packed in groups], padding),
    }
