"""Image formation: what the physics of the microscope demands of the grey levels."""

from __future__ import annotations

import numpy as np
import pytest

from glassllava.synthetic.databar import length_in_words, magnification, scale_bar, with_databar
from glassllava.synthetic.fields import Grid
from glassllava.synthetic.microscope import Beam, backscatter_yield, electron_range, record
from glassllava.synthetic.specimen import Specimen


def beam(detector: str = "SE", electrons: float = 1e6, **other: float) -> Beam:
    settings = {
        "voltage_kv": 15.0, "working_distance_mm": 10.0, "aperture_um": 30.0, "azimuth": -np.pi / 2, "defocus": 0.0,
        "astigmatism": 0.0, "axis": 0.0, "drift": 0.0, "vibration": 0.0, "brightness": 0.45, "contrast": 0.15,
    }  # fmt: skip
    return Beam(detector=detector, electrons=electrons, **(settings | other))  # type: ignore[arg-type]


def image(specimen: Specimen, how: Beam, field_width_m: float = 1e-3) -> np.ndarray:
    return record(np.random.default_rng(0), specimen, how, field_width_m).astype(float)


def transition(profile: np.ndarray) -> float:
    """Return over how many pixels a step goes from a tenth to nine tenths."""
    share = (profile - profile[:20].mean()) / (profile[-20:].mean() - profile[:20].mean())
    return float(np.argmax(share > 0.9) - np.argmax(share > 0.1))


def halves(specimen: Specimen) -> Specimen:
    """Return the specimen, its right half of a heavier phase."""
    specimen.atomic[:, specimen.grid.columns // 2 :] = 14.0
    return specimen


def test_the_backscattered_yield_rises_with_the_atomic_number() -> None:
    z = np.arange(4, 80, dtype=np.float32)
    assert (np.diff(backscatter_yield(z)) > 0).all()
    # Reuter's fit gives 0.14 for silicon and 0.49 for gold (Goldstein et al. 2018).
    assert backscatter_yield(np.float32([14]))[0] == pytest.approx(0.164, abs=0.03)
    assert backscatter_yield(np.float32([79]))[0] == pytest.approx(0.49, abs=0.03)


def test_heavier_phases_are_brighter_with_backscattered_electrons() -> None:
    grey = image(halves(Specimen.plain(Grid(128))), beam("BSE"))
    assert grey[:, 80:].mean() > grey[:, :48].mean() + 20


def test_electrons_reach_as_deep_as_kanaya_and_okayama_say() -> None:
    # Goldstein et al. (2018) give about 2.5 µm for SiO2-like matter at 15 kV; the range grows as E to the power 1.67.
    assert electron_range(15) == pytest.approx(2.6e-6, rel=0.05)
    assert electron_range(20) / electron_range(5) == pytest.approx(4**1.67)


def test_a_boundary_is_blurred_the_more_the_faster_the_electrons_and_the_narrower_the_field() -> None:
    widths = {
        (voltage, field): transition(
            image(halves(Specimen.plain(Grid(640))), beam("BSE", voltage_kv=voltage), field).mean(0)
        )
        for voltage, field in ((5.0, 1e-4), (20.0, 1e-4), (20.0, 1e-3))
    }
    assert widths[20.0, 1e-4] > 2 * widths[5.0, 1e-4]
    assert widths[20.0, 1e-4] > 2 * widths[20.0, 1e-3]


def test_astigmatism_blurs_along_its_axis() -> None:
    for axis, across in ((0.0, True), (np.pi / 2, False)):
        specimen = Specimen.plain(Grid(640))
        specimen.atomic[:, 320:] = 14.0
        sideways = transition(image(specimen, beam("BSE", defocus=1.5, astigmatism=2.0, axis=axis)).mean(0))
        specimen = Specimen.plain(Grid(640))
        specimen.atomic[240:] = 14.0
        downwards = transition(image(specimen, beam("BSE", defocus=1.5, astigmatism=2.0, axis=axis)).mean(1))
        assert (sideways > 1.5 * downwards) is across
        assert (downwards > 1.5 * sideways) is not across


def test_drift_shears_the_frame_and_vibration_does_not() -> None:
    def steps(**how: float) -> np.ndarray:
        grey = image(halves(Specimen.plain(Grid(640))), beam("BSE", **how))
        return np.argmax(grey > grey.mean(), axis=1)

    drifted, shaken = steps(drift=8.0), steps(vibration=0.3)
    assert abs(drifted[:20].mean() - drifted[-20:].mean()) == pytest.approx(8, abs=1)
    assert abs(shaken[:3].mean() - shaken[-3:].mean()) <= 1.5
    assert shaken.std() > 0.5


def test_what_lies_high_is_out_of_focus_with_a_wide_aperture_and_a_short_working_distance() -> None:
    specimen = Specimen.plain(Grid(640))
    specimen.height[:, 400:] = 0.5
    specimen.atomic[:, 520:] = 14.0
    sharp, blurred = (
        transition(image(specimen, beam("BSE", aperture_um=wide, working_distance_mm=near))[:, 440:600].mean(0))
        for wide, near in ((20.0, 14.0), (120.0, 4.0))
    )
    assert blurred > sharp + 2


def test_charging_shows_less_with_backscattered_electrons() -> None:
    specimen = halves(Specimen.plain(Grid(128)))
    specimen.glow[30:60] = 0.4
    contrast = {
        detector: image(specimen, beam(detector))[35:55, 10:50].mean()
        - image(specimen, beam(detector))[70:, 10:50].mean()
        for detector in ("SE", "BSE")
    }
    assert contrast["SE"] > 3 * contrast["BSE"] > 0


def test_the_gain_that_stretches_a_faint_signal_stretches_its_noise() -> None:
    noise = {}
    for heavy in (10.8, 30.0):
        specimen = Specimen.plain(Grid(640))
        specimen.atomic[:, 320:] = heavy
        noise[heavy] = image(specimen, beam("BSE", electrons=400))[:, 40:280].std()
    assert noise[10.8] > 1.5 * noise[30.0]


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
