"""The embedded base model's gallery, and its making: images of the known families, and what is told about them.

In: a base recipe. Out: the checkpoint folder that `models` writes. Seeds of the gallery and of the papers never meet,
so no image of a paper was seen by the base; families that are not known are kept out entirely.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from glassllava.micrographs.prepare import prepare
from glassllava.synthetic.catalogue import ARTEFACTS, DEFECTS, FAMILIES, KNOWN_FAMILIES, UNKNOWN_FAMILIES
from glassllava.synthetic.lessons import captions, lessons
from glassllava.synthetic.micrograph import Micrograph, Truth, draw
from glassllava.synthetic.side_by_side import in_order

if TYPE_CHECKING:
    from glassllava.models.gallery import Gallery

FIRST_TRAINING_SEED = 1_000_000_000
FIRST_HELD_OUT_SEED = 2_000_000_000
"""Seeds of the gallery begin here; those of papers lie below."""

COLUMNS = (256, 400, 640)
"""Widths at which images are drawn before they are made small: from the least that bears a databar to that of panels
in papers. What was drawn small and what was drawn large do not look quite alike when both are small."""

_LABELLED_SHARE = 0.4
"""Share of images that bear a panel's letter, as figures of papers do."""

CLASSES = {
    "family": tuple(FAMILIES),
    "defect": ("none", *DEFECTS),
    "artefact": ("none", *ARTEFACTS),
}

Say = Callable[[str, int, int], None]


class Seen(NamedTuple):
    """One image as the base sees it."""

    pixels: NDArray[np.uint8]
    """[size, size]."""
    defect_share: NDArray[np.float32]
    """[patches, patches]."""
    truth: Truth


class _Job(NamedTuple):
    seeds: range
    families: tuple[str, ...]
    size: int
    patch: int


def see(seed: int, families: Sequence[str], size: int, patch: int) -> Seen:
    """Draw an image and make it small, as a panel of a paper would be shown to the model.

    Parameters
    ----------
    seed
        Of the image.
    families
        To choose from.
    size, patch
        Edge of the model's image and of its patches, in pixels.
    """
    rng = np.random.default_rng([seed, 0x1AB])
    micrograph = draw(seed, COLUMNS[int(rng.integers(len(COLUMNS)))], families=families)
    image = Image.fromarray(micrograph.image)
    if rng.random() < _LABELLED_SHARE:
        _print_letter(image, "abcdefgh"[int(rng.integers(8))], rng)
    pixels = np.asarray(prepare(image, size).convert("L"))
    return Seen(pixels, _defect_share(micrograph, size, patch), micrograph.truth)


def _print_letter(image: Image.Image, letter: str, rng: np.random.Generator) -> None:
    font = ImageFont.load_default(round(0.07 * image.width))
    text = letter if rng.random() < 0.5 else f"({letter})"
    drawing = ImageDraw.Draw(image)
    if rng.random() < 0.5:
        drawing.rectangle((0, 0, 9 + font.getlength(text), 0.085 * image.width), fill=255)
        drawing.text((4, 0), text, fill=0, font=font)
    else:
        drawing.text((5, 2), text, fill=255, font=font)


def _defect_share(micrograph: Micrograph, size: int, patch: int) -> NDArray[np.float32]:
    """Return the share of each patch's pixels that are defect, in the model's letterboxed image."""
    rows, columns = micrograph.image.shape
    whole = np.zeros((rows, columns), dtype=np.float32)
    whole[: micrograph.defect.shape[0]] = micrograph.defect
    scale = size / max(rows, columns)
    small = cv2.resize(whole, (round(columns * scale), round(rows * scale)), interpolation=cv2.INTER_AREA)
    square = np.zeros((size, size), dtype=np.float32)
    top, left = (size - small.shape[0]) // 2, (size - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.asarray(square.reshape(size // patch, patch, size // patch, patch).mean((1, 3)), dtype=np.float32)


def see_all(job: _Job) -> list[Seen]:
    """Draw the images of one job; this is what runs in the child process."""
    return [see(seed, job.families, job.size, job.patch) for seed in job.seeds]


def seen_images(
    first: int,
    number: int,
    families: Sequence[str],
    size: int,
    patch: int,
    workers: int,
    told: Callable[[int, int], None] | None = None,
) -> Iterator[Seen]:
    """Draw `number` images with seeds from `first` on, in processes side by side, in order of seed.

    `told` is told how many of how many are drawn.
    """
    step = 100
    jobs = [
        _Job(range(start, min(start + step, first + number)), tuple(families), size, patch)
        for start in range(first, first + number, step)
    ]
    for done, chunk in enumerate(in_order("glassllava.synthetic.base:see_all", jobs, workers), start=1):
        if told is not None:
            told(min(done * step, number), number)
        yield from chunk


def gallery_of(images: Iterable[Seen]) -> Gallery:
    """Return the gallery of some images, with what is told about each."""
    from glassllava.models.gallery import Gallery

    seen = list(images)
    told = [np.random.default_rng([image.truth.seed, 0x7E1]) for image in seen]
    index = {name: {label: number for number, label in enumerate(labels)} for name, labels in CLASSES.items()}
    return Gallery(
        images=np.stack([image.pixels for image in seen]),
        attributes={
            "family": np.array([index["family"][image.truth.family] for image in seen]),
            "defect": np.array([index["defect"][image.truth.defect or "none"] for image in seen]),
            "artefact": np.array([index["artefact"][image.truth.artefact or "none"] for image in seen]),
        },
        classes=CLASSES,
        defect_share=np.stack([image.defect_share for image in seen]),
        captions=[captions(image.truth, rng) for image, rng in zip(seen, told, strict=True)],
        lessons=[lessons(image.truth, rng) for image, rng in zip(seen, told, strict=True)],
    )


def make_base(
    out: Path,
    recipe: str | os.PathLike[str] = "tiny-base",
    *,
    images: int = 11_000,
    held_out: int = 900,
    workers: int = 2,
    say: Say | None = None,
) -> dict[str, Any]:
    """Draw the galleries and train the base model on them; a killed run goes on behind its last whole stage.

    Parameters
    ----------
    out
        Folder of the checkpoint.
    recipe
        Name or path of a base recipe.
    images, held_out
        Images to learn from, and to measure with, of the known families.
    workers
        Processes that draw.
    say
        Told of each step.

    Returns
    -------
    dict
        The figures that are also in the checkpoint's `training.json`; see `models.base.train_base`.
    """
    from glassllava.models.base import train_base
    from glassllava.models.base_recipe import load_base_recipe
    from glassllava.synthetic.base_figures import measured

    chosen = load_base_recipe(recipe)
    size, patch = chosen.vision_tower.image_size, chosen.vision_tower.patch_size

    def drawn(first: int, number: int, families: Sequence[str], what: str) -> Iterator[Seen]:
        told = None if say is None else partial(say, what)
        return seen_images(first, number, families, size, patch, workers, told)

    learned = gallery_of(drawn(FIRST_TRAINING_SEED, images, KNOWN_FAMILIES, "images to learn from"))
    unseen = list(drawn(FIRST_HELD_OUT_SEED, held_out, KNOWN_FAMILIES, "images held out"))
    unknown = list(drawn(FIRST_HELD_OUT_SEED + held_out, held_out // 3, UNKNOWN_FAMILIES, "images of unknown families"))
    return train_base(
        chosen,
        learned,
        gallery_of(unseen),
        out,
        say=say,
        measure=lambda folder: measured(folder, {"known": unseen, "unknown": unknown}, say),
    )
