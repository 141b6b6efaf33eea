"""Decoys: pictures of a journal's size that follow from their generator alone and look unlike SEM images."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PIL import Image

from glassllava.synthetic import decoys

DRAWINGS: dict[str, Callable[[np.random.Generator], bytes]] = {
    **{name: partial(decoys.plot, subject=name) for name in ("xrd", "dsc", "raman", "size", "hardness")},  # type: ignore[arg-type]
    **{name: partial(decoys.schematic, subject=name) for name in ("furnace", "process", "test")},  # type: ignore[arg-type]
}
PAINTINGS: dict[str, Callable[[np.random.Generator], bytes]] = {
    "tem": decoys.tem_like,
    "optical": decoys.optical_like,
}
ALL = DRAWINGS | PAINTINGS


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@pytest.mark.parametrize("name", ALL)
def test_a_decoy_is_a_png_of_a_journals_size_that_follows_from_its_generator(name: str) -> None:
    first, again, other = (ALL[name](np.random.default_rng(seed)) for seed in (5, 5, 6))
    image = Image.open(io.BytesIO(first))
    assert image.format == "PNG"
    assert image.mode in ("L", "RGB")
    assert 500 <= image.width <= 700
    assert first == again
    assert first != other


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawings_are_mostly_white_paper(name: str) -> None:
    image = pixels(DRAWINGS[name](np.random.default_rng(1)))
    assert (image.min(axis=-1) > 250).mean() > 0.45


@pytest.mark.parametrize("name", ("xrd", "dsc", "raman", "size", "hardness"))
def test_plots_leave_their_upper_left_corner_to_the_letter(name: str) -> None:
    image = pixels(DRAWINGS[name](np.random.default_rng(2)))
    assert image[:26, :60].min() == 255


def test_the_tem_image_is_grey_with_dark_precipitates_in_a_lighter_foil() -> None:
    image = pixels(decoys.tem_like(np.random.default_rng(3)))[:480]
    assert np.ptp(image, axis=-1).max() == 0
    middle = np.median(image)
    assert middle > 120
    assert 0.02 < (image < middle - 50).mean() < 0.4


def test_the_optical_image_has_warm_colours() -> None:
    image = pixels(decoys.optical_like(np.random.default_rng(4)))
    red, _, blue = image.reshape(-1, 3).mean(axis=0)
    assert red > blue + 30


@pytest.mark.parametrize(("name", "ink"), (("tem", 0), ("optical", 255)))
def test_paintings_have_a_scale_bar_in_the_lower_left_corner(name: str, ink: int) -> None:
    image = pixels(PAINTINGS[name](np.random.default_rng(7)))
    row = image[image.shape[0] - 26, 22 : 22 + 100]
    assert (row == ink).all()
