"""The vision tower's own training: attributes of an image, and which of its patches hold a defect.

In: a gallery. Out: a tower whose patch features tell both, and how well they do on held-out images. It is the small
stand-in for CLIP's pretraining. The heads that read the attributes are thrown away; only the tower is kept.

The attributes are read from the mean and the maximum over the patches: what fills the image shows in the mean, a
thin crack that crosses a few patches shows in the maximum. The dense target says where the crack is, which one label
for a whole image cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from torch import nn
from torch.nn import functional
from transformers import CLIPVisionModel
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

from glassllava.models.gallery import UNKNOWN, Gallery

DEFECT_PATCH = 0.02
"""Share of a patch's pixels from which on it counts as holding a defect: of 8 x 8 pixels at least two, so that the
rim of a crack in the neighbouring patch does not."""

_LARGEST_WEIGHT = 20.0
"""Most weight of a defect patch against another: their ratio may be hundreds, which would follow single patches."""

_IMAGES_A_PASS = 64


def pixel_values(images: torch.Tensor) -> torch.Tensor:
    """Return grey images as the tower takes them, the same numbers that the image processor makes.

    Parameters
    ----------
    images
        [images, size, size], 0 to 255.

    Returns
    -------
    torch.Tensor
        float32 [images, 3, size, size].
    """
    mean = torch.tensor(OPENAI_CLIP_MEAN)[:, None, None]
    deviation = torch.tensor(OPENAI_CLIP_STD)[:, None, None]
    return (images[:, None].float() / 255 - mean) / deviation


def patch_features(tower: CLIPVisionModel, pixels: torch.Tensor, layer: int) -> torch.Tensor:
    """Return what a LLaVA reads: patch features [images, patches, width] of one layer, without the class token."""
    hidden: torch.Tensor = tower(pixels, output_hidden_states=True).hidden_states[layer]
    return hidden[:, 1:]


@torch.inference_mode()
def gallery_features(tower: CLIPVisionModel, images: NDArray[np.uint8], layer: int) -> torch.Tensor:
    """Return the features of all images, float16 [images, patches, width]: 37 kB an image at 144 patches of 128."""
    tower.eval()
    return torch.cat([patch_features(tower, pixels, layer).half() for pixels in _passes(images)])


def _passes(images: NDArray[np.uint8]) -> Iterator[torch.Tensor]:
    for first in range(0, len(images), _IMAGES_A_PASS):
        yield pixel_values(torch.from_numpy(images[first : first + _IMAGES_A_PASS]))


class TowerLearner(nn.Module):
    """A tower with the heads that it learns by.

    Parameters
    ----------
    tower
        The tower.
    layer
        Hidden state that is read, as in the whole model.
    classes
        Number of classes of each attribute.
    defect_weight
        Weight of a patch with a defect against one without.
    """

    def __init__(self, tower: CLIPVisionModel, layer: int, classes: Mapping[str, int], defect_weight: float) -> None:
        super().__init__()
        width = tower.config.hidden_size
        self.tower, self.layer = tower, layer
        self.norm = nn.LayerNorm(width)
        self.heads = nn.ModuleDict({name: nn.Linear(2 * width, number) for name, number in classes.items()})
        self.patch_head = nn.Linear(width, 1)
        self.defect_weight = torch.tensor(defect_weight)

    def read(self, pixels: torch.Tensor) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Return logits [images, classes] of each attribute, and of a defect [images, patches]."""
        features = self.norm(patch_features(self.tower, pixels, self.layer))
        pooled = torch.cat([features.mean(1), features.amax(1)], dim=-1)
        return {name: head(pooled) for name, head in self.heads.items()}, self.patch_head(features)[..., 0]

    def forward(
        self, pixel_values: torch.Tensor, attributes: dict[str, torch.Tensor], defect: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Return the loss: a cross-entropy an attribute over the images where it is known, and one over the patches.

        Parameters
        ----------
        pixel_values
            [images, 3, size, size].
        attributes
            Class index [images] of each.
        defect
            Whether a patch holds a defect, 0 or 1 [images, patches].
        """
        logits, patches = self.read(pixel_values)
        loss = functional.binary_cross_entropy_with_logits(patches.float(), defect, pos_weight=self.defect_weight)
        for name, values in attributes.items():
            known = (values != UNKNOWN).sum().clamp(min=1)
            summed = functional.cross_entropy(logits[name].float(), values, ignore_index=UNKNOWN, reduction="sum")
            loss = loss + summed / known
        return {"loss": loss}


def tower_learner(tower: CLIPVisionModel, layer: int, gallery: Gallery, seed: int) -> TowerLearner:
    """Return a learner for the attributes of `gallery`, its heads from random weights that `seed` decides."""
    share = float((gallery.defect_share > DEFECT_PATCH).mean())
    weight = float(np.clip((1 - share) / max(share, 1e-6), 1.0, _LARGEST_WEIGHT))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return TowerLearner(tower, layer, {name: len(names) for name, names in gallery.classes.items()}, weight)


class TowerBatches:
    """Makes batches of a gallery, each image changed a little, as microscope and printer would.

    Parameters
    ----------
    gallery
        Images and targets.
    seed
        Of the changes.
    """

    def __init__(self, gallery: Gallery, seed: int) -> None:
        self._images = torch.from_numpy(gallery.images)
        self._attributes = {name: torch.from_numpy(values) for name, values in gallery.attributes.items()}
        self._defect = torch.from_numpy(gallery.defect_share > DEFECT_PATCH).float()
        self._random = torch.Generator().manual_seed(seed)

    def __call__(self, indices: Sequence[int]) -> dict[str, object]:
        """Return the arguments of `TowerLearner.forward` for these images."""
        chosen = torch.tensor(indices)
        images, defect = flipped(self._images[chosen].float(), self._defect[chosen], self._random)
        return {
            "pixel_values": pixel_values(jittered(images, self._random)),
            "attributes": {name: values[chosen] for name, values in self._attributes.items()},
            "defect": defect.flatten(1),
        }


def flipped(images: torch.Tensor, patches: torch.Tensor, random: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Mirror half of the images [images, rows, columns] left to right, and their patches [images, rows, columns]."""
    turn = (torch.rand(len(images), generator=random) < 0.5)[:, None, None]
    return torch.where(turn, images.flip(-1), images), torch.where(turn, patches.flip(-1), patches)


def jittered(images: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """Change contrast (0.75 to 1.25), brightness (± 25 grey levels), sharpness and noise (up to 8 levels) a little.

    Parameters
    ----------
    images
        [images, size, size], 0 to 255; so is what is returned.
    random
        Where the changes come from.
    """

    def uniform(low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(len(images), 1, 1, generator=random)

    # A 3 x 3 binomial blur, mixed in by half at most: more of it would wash away a crack one pixel wide.
    kernel = torch.tensor([0.25, 0.5, 0.25])
    framed = functional.pad(images[:, None], (1, 1, 1, 1), mode="replicate")
    blurred = functional.conv2d(framed, (kernel[:, None] * kernel)[None, None])[:, 0]
    softness = uniform(0.0, 0.5)
    soft = images * (1 - softness) + blurred * softness
    toned = (soft - 128) * uniform(0.75, 1.25) + 128 + uniform(-25.0, 25.0)
    noise = torch.randn(images.shape, generator=random) * uniform(0.0, 8.0)
    return (toned + noise).clamp(0, 255)


@torch.inference_mode()
def tower_figures(learner: TowerLearner, gallery: Gallery) -> dict[str, float | None]:
    """Measure what the tower tells of held-out images.

    Returns
    -------
    dict
        `<attribute>_accuracy` and `<attribute>_balanced_accuracy` over the images where it is known, `patch_auc` (how
        well a patch with a defect is told from one without); None where there is nothing to measure.
    """
    learner.eval()
    read = [learner.read(pixels) for pixels in _passes(gallery.images)]
    figures: dict[str, float | None] = {}
    for name, values in gallery.attributes.items():
        known = values != UNKNOWN
        told = torch.cat([logits[name] for logits, _ in read]).argmax(-1).numpy()[known]
        right = values[known]
        figures[f"{name}_accuracy"] = round(float((told == right).mean()), 4) if known.any() else None
        figures[f"{name}_balanced_accuracy"] = (
            round(float(balanced_accuracy_score(right, told)), 4) if known.any() else None
        )
    patches = torch.cat([patches for _, patches in read]).flatten().numpy()
    defect = (gallery.defect_share > DEFECT_PATCH).ravel()
    mixed = 0 < defect.sum() < len(defect)
    figures["patch_auc"] = round(float(roc_auc_score(defect, patches)), 4) if mixed else None
    return figures
