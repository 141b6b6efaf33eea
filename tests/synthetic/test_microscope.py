"""Image formation: what the physics of the microscope demands of the grey levels."""

from __future__ import annotations

import numpy as np
import pytest

from glassllava.synthetic.databar import length_in_words, magnification, scale_bar, with_databar
from glassllava.synthetic.fields import Grid
from glassllava.synthetic.microscope import Beam, backscatter_yield, record
from glassllava.synthetic.specimen import Specimen


def beam(detector: str = "SE", electrons: float = 1e6, **other: float) -> Beam:
    settings = {
        "voltage_kv": 15.0, "working_distance_mm": 10.0, "azimuth": -np.pi / 2, "defocus": 0.0, "astigmatism": 0.0,
        "drift": 0.0, "brightness": 0.45, "contrast": 0.15,
    }  # fmt: skip
    return Beam(detector=detector, electrons=electrons, **(settings | other))  # type: ignore[arg-type]


def image(specimen: Specimen, how: Beam) -> np.ndarray:
    return record(np.random.default_rng(0), specimen, how).astype(float)


def test_the_backscattered_yield_rises_with_the_atomic_number() -> None:
    z = np.arange(4, 80, dtype=np.float32)
    assert (np.diff(backscatter_yield(z)) > 0).all()
    # Reuter's fit gives 0.14 for silicon and 0.49 for gold (Goldstein et al. 2018).
    assert backscatter_yield(np.float32([14]))[0] == pytest.approx(0.164, abs=0.03)
    assert backscatter_yield(np.float32([79]))[0] == pytest.approx(0.49, abs=0.03)


def test_heavier_phases_are_brighter_with_backscattered_electrons() -> None:
    specimen = Specimen.plain(Grid(128))
    specimen.atomic[:, 64:] = 14.0
    grey = image(specimen, beam("BSE"))
    assert grey[:, 80:].mean() > grey[:, :48].mean() + 20


def test_edges_are_brighter_with_secondary_electrons() -> None:
    specimen = Specimen.plain(Grid(256))
    specimen.height[:, 128:] = 0.02
    grey = image(specimen, beam("SE"))
    assert grey[:, 126:132].max() > grey[:, 20:60].mean() + 15
    assert grey[:, 126:132].max() > grey[:, 200:240].mean() + 15


def test_slopes_that_face_the_detector_are_brighter() -> None:
    specimen = Specimen.plain(Grid(128))
    specimen.height += np.abs(specimen.grid.y - 0.375)  # a valley: its lower side rises away from the detector at top
    grey = image(specimen, beam("SE", azimuth=-np.pi / 2))
    turned = image(specimen, beam("SE", azimuth=np.pi / 2))
    assert grey[70:90].mean() > grey[6:26].mean()
    assert turned[70:90].mean() < turned[6:26].mean()


def test_pits_are_dark() -> None:
    specimen = Specimen.plain(Grid(256))
    specimen.height[90:100, 100:110] -= 0.05
    grey = image(specimen, beam("SE"))
    assert grey[94:96, 104:106].mean() < grey[20:60, 20:60].mean() - 30


def test_more_electrons_leave_less_noise_as_the_square_root() -> None:
    specimen = Specimen.plain(Grid(640))
    few, many = (image(specimen, beam("SE", electrons)).std() for electrons in (100, 400))
    assert few / many == pytest.approx(2.0, rel=0.1)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    for pixel_size in np.geomspace(1e-9, 5e-6, 40):
        bar = scale_bar(pixel_size, 640)
        assert bar.pixels * pixel_size == pytest.approx(bar.length_m, rel=0.006)
        assert 0.12 < bar.pixels / 640 < 0.42
        number, unit = length_in_words(bar.length_m).split()
        assert float(number) * {"nm": 1e-9, "µm": 1e-6, "mm": 1e-3}[unit] == pytest.approx(bar.length_m)


def test_the_bar_that_is_drawn_has_the_length_that_is_told() -> None:
    field = np.full((480, 640), 90, dtype=np.uint8)
    for style, ink in (("black strip", 255), ("white strip", 0), ("on the image", 255)):
        image_with_bar, bar = with_databar(field, beam(), 2.1e-8, style)
        runs = []
        for row in image_with_bar[-60:] == ink:
            edges = np.flatnonzero(np.diff(np.r_[0, row.astype(int), 0]))
            runs += (edges[1::2] - edges[::2]).tolist()
        assert bar.pixels in runs


def test_magnification_refers_to_the_print() -> None:
    assert magnification(127e-6) == 1000
    assert magnification(1.3e-5) == 9800
