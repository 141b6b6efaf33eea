"""A gallery: images with what is known of them, as a base model learns from them.

In: arrays and texts that a virtual SEM made. Out: the same, checked, with a fingerprint of all of it. Nothing here
knows how an image was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from glassllava.workspace import content_id, identity

UNKNOWN = -1
"""Class index of an attribute that is not known: it carries no loss and is not measured."""

Pair = tuple[str, str]
"""A question and its answer."""


@dataclass(frozen=True)
class Gallery:
    """Images with their attributes and texts; every sequence has one entry an image.

    Raises
    ------
    ValueError
        Lengths or shapes do not agree, or an attribute has a class without a name.
    """

    images: NDArray[np.uint8]
    """[images, size, size], grey, as `micrographs.prepare` leaves them (letterboxed)."""
    attributes: Mapping[str, NDArray[np.int64]]
    """Class index [images] for each attribute, such as "family" or "defect"; `UNKNOWN` where it is not known."""
    classes: Mapping[str, tuple[str, ...]]
    """Names of the classes of each attribute."""
    defect_share: NDArray[np.float32]
    """[images, size / patch, size / patch]: share of each patch's pixels that belong to a defect, 0 to 1."""
    captions: Sequence[tuple[Pair, ...]]
    """Pairs of each image for align: short descriptions."""
    lessons: Sequence[tuple[Pair, ...]]
    """Pairs of each image for instruct."""

    def __post_init__(self) -> None:
        number = len(self.images)
        if self.images.ndim != 3 or self.images.shape[1] != self.images.shape[2] or self.images.dtype != np.uint8:
            raise ValueError(f"images must be uint8 [images, size, size], not {self.images.dtype} {self.images.shape}")
        lengths = [len(self.defect_share), len(self.captions), len(self.lessons), *map(len, self.attributes.values())]
        if any(length != number for length in lengths):
            raise ValueError(f"{number} images, but entries of {sorted({*lengths} - {number})}")
        if self.attributes.keys() != self.classes.keys():
            raise ValueError(f"attributes {sorted(self.attributes)}, but classes of {sorted(self.classes)}")
        for name, values in self.attributes.items():
            if number and not UNKNOWN <= values.min() <= values.max() < len(self.classes[name]):
                raise ValueError(f"attribute '{name}' has an index outside its {len(self.classes[name])} classes")

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def seen(self) -> str:
        """Hash of all that a tower learns from it: images and attributes, no texts."""
        arrays = {"images": self.images, "defect_share": self.defect_share, **self.attributes}
        return identity(
            "gallery",
            {name: content_id(np.ascontiguousarray(values).tobytes()) for name, values in arrays.items()},
            {name: list(names) for name, names in self.classes.items()},
        )

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that a model learns from it."""
        return identity(
            self.seen,
            [[list(pair) for pair in pairs] for pairs in self.captions],
            [[list(pair) for pair in pairs] for pairs in self.lessons],
        )
