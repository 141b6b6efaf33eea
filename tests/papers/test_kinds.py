"""Kinds of panels from words and pixels; the standard error of the mean is no microscope."""

import numpy as np
import pytest

from glassllava.papers.kinds import Appearance, Surroundings, chances_of_kinds, kind_of, look_at, usual_microscopes
from tests.papers.test_panels import micrograph

GREY = Appearance(colour=0.0, white=0.01, black=0.01, flat=0.1, spread=7.0)
CHART = Appearance(colour=0.02, white=0.9, black=0.04, flat=0.95, spread=0.8)


def decided(own: str = "", lead: str = "", look: Appearance = GREY, **texts: object) -> str:
    return kind_of(chances_of_kinds(look, Surroundings(own, lead, **texts)))[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words",
    [
        "SEM image of the fracture surface",
        "Scanning electron micrographs of hyphae",
        "FESEM photograph",
        "BSE image of the glass",
        "Backscattered electron image",
        "SE image of the crack tip",
        "COMPO image of the polished section",
        "Electron micrograph of the powder",
    ],
)
def test_many_words_name_scanning_electron_microscopy(words: str) -> None:
    assert decided(words) == "sem"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("TEM image of the two-phase structure", "tem"),
        ("Transmission electron micrograph", "tem"),
        ("Optical micrograph of the etched section", "optical"),
        ("Confocal laser image at 1273 K", "optical"),
        ("Virtual cross-section from X-ray tomography", "other"),
        ("Photograph of the sample in the chamber", "photo"),
    ],
)
def test_other_grey_pictures_are_not_taken_for_sem(words: str, kind: str) -> None:
    assert decided(words, lead="Samples after SEM preparation.") == kind


@pytest.mark.parametrize(
    "words",
    [
        "Data are means ± SEM of three experiments.",
        "Error bars show SEM (n = 6).",
        "Values are mean and standard error of the mean (SEM).",
        "Uptake; mean ± S.E.M.",
    ],
)
def test_the_standard_error_of_the_mean_is_no_microscope(words: str) -> None:
    assert decided(lead=words) != "sem"
    assert decided(lead=words, look=CHART) == "plot"
    assert usual_microscopes(words * 5) == {}


def test_a_chart_is_no_micrograph_whatever_the_caption_says() -> None:
    assert decided("SEM-EDS spectrum and SEM image", look=CHART) != "sem"


def test_the_body_may_name_the_instrument() -> None:
    assert decided("Surface after etching", mentions=["The SEM image in Fig. 2a shows pits."]) == "sem"


def test_the_databar_tells_the_two_electron_microscopes_apart() -> None:
    assert decided("Morphology", lead="Samples.", printed="HV 15.0 kV WD 9.8 mm SE") == "sem"
    assert decided("Morphology", lead="Samples.", printed="200 kV x50000") == "tem"


def test_the_grey_panel_among_element_maps_is_the_electron_image() -> None:
    assert decided("a: morphology of cracking;", lead="EPMA results of the crack.") == "sem"


def test_a_segmentation_has_few_levels() -> None:
    picture = np.random.default_rng(0).choice(np.array([0, 128, 255], np.uint8), (100, 100))
    assert look_at(np.repeat(picture[..., None], 3, axis=2)).flat > 0.9
    assert look_at(micrograph(0, 200, 200)).flat < 0.5


def test_an_even_surface_with_a_databar_is_no_segmentation() -> None:
    grey = np.random.default_rng(3).normal(110, 1.5, (300, 400)).clip(0, 255).astype(np.uint8)
    grey[275:] = 0
    surface = np.repeat(grey[..., None], 3, axis=2)
    assert decided(lead="SEM micrographs.", look=look_at(surface)) == "sem"
    grey[:60] = 200
    assert look_at(np.repeat(grey[..., None], 3, axis=2)).flat > 0.85
