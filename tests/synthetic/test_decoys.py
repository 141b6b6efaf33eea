"""Decoys: pictures of a journal's size that follow from generator and glass alone and look unlike SEM images."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PIL import Image

from glassllava.synthetic import decoys
from glassllava.synthetic.materials import MATERIALS, Material

GLASS = MATERIALS[0]
PLOTS = ("xrd", "dsc", "raman", "size", "hardness")
DRAWINGS: dict[str, Callable[[np.random.Generator], bytes]] = {
    **{name: partial(decoys.plot, subject=name, material=GLASS) for name in PLOTS},  # type: ignore[arg-type]
    **{name: partial(decoys.schematic, subject=name, material=GLASS) for name in ("furnace", "process", "test")},  # type: ignore[arg-type]
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


@pytest.mark.parametrize("name", PLOTS)
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


def curve_of(subject: decoys.Subject, material: Material, seed: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Return abscissae and ordinates of the first curve of a plot."""
    axes = decoys.plotted(np.random.default_rng(seed), subject, material).axes[0]
    return np.asarray(axes.lines[0].get_xdata(), dtype=float), np.asarray(axes.lines[0].get_ydata(), dtype=float)


@pytest.mark.parametrize("material", MATERIALS, ids=lambda material: material.name)
def test_the_heating_curve_steps_down_at_the_glass_transition(material: Material) -> None:
    heat, flow = curve_of("dsc", material)
    near = np.abs(heat - material.transition_c) < 60
    steepest = heat[near][np.argmin(np.gradient(flow[near], heat[near]))]
    assert steepest == pytest.approx(material.transition_c, abs=3)
    crystallised, molten = heat[np.argmax(flow)], heat[np.argmin(flow)]
    assert material.transition_c + 100 < crystallised < molten < material.melt_c


@pytest.mark.parametrize("material", MATERIALS, ids=lambda material: material.name)
def test_the_plotted_hardness_is_that_of_the_glass(material: Material) -> None:
    axes = decoys.plotted(np.random.default_rng(9), "hardness", material).axes[0]
    means = [float(np.mean(np.asarray(bars.lines[0].get_ydata()))) for bars in axes.containers]  # type: ignore[attr-defined]
    light, heavy = means
    assert heavy == pytest.approx(material.hardness_gpa, rel=0.02)
    assert heavy < light < 1.1 * material.hardness_gpa
    heat = curve_of("hardness", material)[0]
    assert heat[0] < material.transition_c < heat[-1]


@pytest.mark.parametrize(
    ("former", "strongest"),
    [
        ("silica", 1095), ("boron oxide", 806), ("phosphorus oxide", 1165), ("germanium oxide", 420),
        ("tellurium oxide", 665),
    ],
)  # fmt: skip
def test_the_strongest_raman_band_is_that_of_the_network_former(former: str, strongest: float) -> None:
    material = next(material for material in MATERIALS if material.former == former)
    found = []
    for seed in range(9):
        shift, counts = curve_of("raman", material, seed)
        found.append(shift[np.argmax(counts)])
    assert np.median(found) == pytest.approx(strongest, abs=15)


def test_only_glasses_that_crystallise_show_lines_of_diffraction() -> None:
    def patterns(material: Material) -> int:
        return max(len(decoys.plotted(np.random.default_rng(seed), "xrd", material).axes[0].lines) for seed in range(6))

    named = {material.name: material for material in MATERIALS}
    assert patterns(named["sodium tellurite glass"]) == 1
    assert patterns(named["lithium disilicate glass"]) == 3
