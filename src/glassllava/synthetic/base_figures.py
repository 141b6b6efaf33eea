"""What a base model sees in images it has not seen, held against their truth.

In: a checkpoint folder and images with their truth. Out: figures for known and unknown families: whether it tells
defects from soundness, with the image and with a blank one, and whether it names what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from glassllava.domains import load_domain
from glassllava.micrographs.prepare import blank
from glassllava.statistics import binary_scores
from glassllava.synthetic.catalogue import FAMILIES
from glassllava.text.polarity import polarity
from glassllava.text.terms import names_first

if TYPE_CHECKING:
    from glassllava.answers.checkpoint import CheckpointModel
    from glassllava.synthetic.base import Seen

ABOUT_DEFECTS = "Are any cracks, pores or other defects evident in this image?"
ABOUT_STRUCTURE = "What does this scanning electron micrograph show?"

NAMES = tuple(sorted({name for family in FAMILIES.values() for name in family.names}))
"""Names of what is shown, of all families."""

_BATCH = 50
_MOST = 300
"""Images of each group that are asked about."""


def measured(
    folder: Path, groups: Mapping[str, Sequence[Seen]], say: Callable[[str, int, int], None] | None = None
) -> dict[str, Any]:
    """Return `{group: {images, defect_balanced_accuracy, …_blank, structure_accuracy, by_family}}`.

    Parameters
    ----------
    folder
        Of the checkpoint.
    groups
        Images by a name such as "known"; at most 300 of each are asked about.
    say
        Told of each batch.
    """
    from glassllava.answers.checkpoint import CheckpointModel

    model = CheckpointModel(folder)
    figures = {}
    for number, (name, images) in enumerate(groups.items(), start=1):
        figures[name] = _figures(model, images[:_MOST])
        if say is not None:
            say("measuring", number, len(groups))
    return figures


def _figures(model: CheckpointModel, seen: Sequence[Seen]) -> dict[str, Any]:
    defects = load_domain("glass-sem").defects
    pictures = [Image.fromarray(image.pixels).convert("RGB") for image in seen]
    truth = [image.truth.defect is not None for image in seen]

    def balanced(texts: Sequence[str]) -> float | None:
        says = [{"present": True, "absent": False}.get(polarity(text, defects)) for text in texts]
        score = binary_scores(truth, says, [str(n) for n in range(len(seen))], ["ok"] * len(seen))
        return None if score.balanced_accuracy is None else round(score.balanced_accuracy, 3)

    told = _answers(model, ABOUT_STRUCTURE, pictures)
    right = np.array([names_first(text, image.truth.names, NAMES) for text, image in zip(told, seen, strict=True)])
    families = np.array([image.truth.family for image in seen])
    return {
        "images": len(seen),
        "defect_balanced_accuracy": balanced(_answers(model, ABOUT_DEFECTS, pictures)),
        # One blank image is like another, and so is the answer to it.
        "defect_balanced_accuracy_blank": balanced(
            _answers(model, ABOUT_DEFECTS, [blank(model.image_size)]) * len(seen)
        ),
        "structure_accuracy": round(float(right.mean()), 3),
        "structure_by_family": {
            name: round(float(right[families == name].mean()), 3) for name in sorted(set(families.tolist()))
        },
    }


def _answers(model: CheckpointModel, question: str, shown: Sequence[Image.Image]) -> list[str]:
    texts: list[str] = []
    for first in range(0, len(shown), _BATCH):
        part = shown[first : first + _BATCH]
        texts += [reply.text or "" for reply in model.answer([question] * len(part), part)]
    return texts
