"""Kinds of panels from words and pixels; the standard error of the mean is no microscope."""

import hashlib
import io
import json
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from glassllava.papers.appearance import Appearance, look_at
from glassllava.papers.kind_words import KINDS, named, printed_voltage, usual_microscopes
from glassllava.papers.kinds import Surroundings, chances_of_kinds, kind_of
from glassllava.papers.panel_parts import split_caption
from glassllava.papers.picture_text import surroundings
from glassllava.papers.reading import Caption
from glassllava.synthetic import decoys
from glassllava.synthetic.materials import MATERIALS
from glassllava.synthetic.micrograph import draw
from tests.conftest import ROOT
from tests.papers.test_panels import micrograph


def chart() -> np.ndarray:
    """A curve in a frame."""
    image = Image.new("RGB", (420, 300), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 20, 400, 260), outline="black", width=2)
    pen.line([(40 + 3 * x, 240 - (x * x) // 80) for x in range(120)], fill=(200, 30, 30), width=2)
    return np.asarray(image)


GREY = look_at(micrograph(0, 300, 400))
CHART = look_at(chart())
LOOKS = {
    "grey": GREY,
    "chart": CHART,
    "colour": replace(GREY, colour=0.7, tint=0.6),
    "few levels": replace(GREY, flat=0.95),
    "fills": replace(GREY, even=0.7, tint=0.3),
}


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


@pytest.mark.parametrize(
    "words",
    [
        "False-coloured scanning electron micrograph of the glass.",
        "Colorized SEM image of the fracture surface.",
        "Pseudo-colour SEM micrograph; crystals are blue.",
    ],
)
def test_a_micrograph_that_was_coloured_later_is_still_one(words: str) -> None:
    grey = np.random.default_rng(0).normal(120, 30, (300, 400)).clip(0, 255)
    sepia = np.stack([grey, 0.8 * grey, 0.5 * grey], axis=-1).astype(np.uint8)
    look = look_at(sepia)
    assert look.look == "colour"
    assert decided(words, look=look) == "sem"
    assert decided("Map of silicon in the glass.", look=look) == "map"


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


def test_a_drawing_on_paper_is_no_micrograph_whatever_else_speaks_for_it() -> None:
    everything = Surroundings(
        "SEM image", "SEM images.", [], ["The SEM image in Fig. 1a."], ["SEM, Fig. 1."], {"sem": 1.0}, "15 kV WD SE"
    )
    chances = chances_of_kinds(CHART, everything)
    assert chances["sem"] + chances["tem"] + chances["optical"] < 0.01


def test_a_dim_fluorescence_image_is_coloured_and_a_brownish_print_is_grey() -> None:
    grey = micrograph(1, 300, 400)
    dim = (grey * np.array([0.1, 0.0, 0.0])).astype(np.uint8)
    brownish = (grey * np.array([1.0, 0.93, 0.88])).astype(np.uint8)
    assert (look_at(dim).look, look_at(brownish).look) == ("colour", "grey")


def test_a_frame_with_axes_tells_a_plot_from_a_drawing_without() -> None:
    image = Image.new("RGB", (420, 300), "white")
    pen = ImageDraw.Draw(image)
    for k in range(6):
        pen.ellipse((20 + 65 * k, 100, 70 + 65 * k, 150), outline="black", width=2)
    assert (CHART.look, look_at(np.asarray(image)).look) == ("axes", "drawing")


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (40, 40)])
def test_any_size_and_an_empty_picture_can_be_looked_at(size: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        look = look_at(np.full((*size, 3), value, np.uint8))
        assert all(np.isfinite(v) for v in vars(look).values())


def test_what_other_panels_are_helps_where_the_letter_is_not_read() -> None:
    others = ["(a) XRD pattern", "(b) SEM image"]
    assert kind_of(chances_of_kinds(GREY, Surroundings("", "", others)))[0] == "sem"
    assert kind_of(chances_of_kinds(CHART, Surroundings("", "", others)))[0] == "plot"


def test_a_part_that_names_nothing_leans_on_its_neighbours_less_than_on_its_own_words() -> None:
    beside = Surroundings("(b) after heating", "", ["(a) TEM image before heating"])
    own = Surroundings("(b) SEM image after heating", "", ["(a) TEM image before heating"])
    assert kind_of(chances_of_kinds(GREY, beside))[0] == "tem"
    assert kind_of(chances_of_kinds(GREY, own))[0] == "sem"


def test_a_short_bar_speaks_for_transmission_and_a_bar_of_millimetres_for_a_photograph() -> None:
    lead = "Electron microscopy of the powder by SEM and TEM."
    short, usual = (chances_of_kinds(GREY, Surroundings("", lead, bar_m=bar)) for bar in (5e-9, 2e-6))
    assert short["tem"] > usual["tem"] and short["sem"] < usual["sem"]
    coarse = chances_of_kinds(GREY, Surroundings("", "The sample.", bar_m=8e-3))
    assert kind_of(coarse)[0] == "photo"


TEXTS = ("", "Morphology of the glass.", "TEM image", "Optical micrograph", "XRD pattern", "EDS maps")


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_more_that_speaks_for_sem_never_makes_it_less_likely(look: str) -> None:
    for own, lead, other, mention in product(TEXTS, TEXTS, TEXTS[:3], TEXTS[:3]):
        around = Surroundings(own, lead, [other], [mention], microscopes={"sem": 0.5, "tem": 0.5})
        before = chances_of_kinds(LOOKS[look], around)["sem"]
        more = {
            "own": replace(around, own=f"{own} SEM image".strip()),
            "lead": replace(around, lead=f"{lead} SEM images.".strip()),
            "mention": replace(around, mentions=[mention, "The SEM image shows pores."]),
            "figure mention": replace(around, figure_mentions=["SEM images are shown in Fig. 2."]),
            "databar": replace(around, printed="15.0 kV WD 8.1 mm"),
        }
        for place, texts in more.items():
            after = chances_of_kinds(LOOKS[look], texts)["sem"]
            assert after >= before - 1e-9, (place, own, lead, other, mention)


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_chances_are_probabilities_and_the_confidence_is_the_greatest(look: str) -> None:
    for own, lead in product(TEXTS, TEXTS):
        chances = chances_of_kinds(LOOKS[look], Surroundings(own, lead))
        assert set(chances) == set(KINDS)
        assert sum(chances.values()) == pytest.approx(1.0)
        assert all(0.0 <= chance <= 1.0 for chance in chances.values())
        assert kind_of(chances)[1] == pytest.approx(max(chances.values()), abs=1e-6)
        assert max(chances.values()) >= 1 / len(KINDS)


def test_silence_is_less_sure_than_words() -> None:
    silent = kind_of(chances_of_kinds(GREY, Surroundings("", "")))[1]
    told = kind_of(chances_of_kinds(GREY, Surroundings("SEM image", "")))[1]
    assert silent < 0.6 < 0.9 < told


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


GLASS = MATERIALS[0]
DECOYS = {
    **{
        name: partial(decoys.plot, subject=name, material=GLASS) for name in ("xrd", "dsc", "raman", "size", "hardness")
    },
    **{name: partial(decoys.schematic, subject=name, material=GLASS) for name in ("furnace", "process", "test")},
}


@pytest.mark.parametrize("name", DECOYS)
@pytest.mark.parametrize("words", ["", "SEM images and analysis of the glass."])
def test_synthetic_plots_and_schematics_are_not_sem(name: str, words: str) -> None:
    for seed in range(3):
        look = look_at(pixels(DECOYS[name](np.random.default_rng(seed))))  # type: ignore[operator]
        kind, _ = kind_of(chances_of_kinds(look, Surroundings("", words)))
        assert kind in ("plot", "schematic")


def test_virtual_micrographs_are_sem_where_the_caption_says_so_and_never_surely_another_kind() -> None:
    for seed in range(12):
        image = draw(seed, 256).image
        picture = np.repeat(np.asarray(image)[..., None], 3, axis=2) if np.asarray(image).ndim == 2 else image
        look = look_at(np.ascontiguousarray(picture, np.uint8))
        assert kind_of(chances_of_kinds(look, Surroundings("", "SEM micrographs of the glass.")))[0] == "sem"
        kind, confidence = kind_of(chances_of_kinds(look, Surroundings("", "The glass after the test.")))
        assert kind == "sem" or confidence < 0.9


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Two-photon image of the tissue", "optical"),
        ("Cross-polarized image, crossed polars", "optical"),
        ("HAADF-STEM image", "tem"),
        ("Bright-field STEM image", "tem"),
        ("High-angle scanning transmission electron microscopy", "tem"),
        ("EDX maps", "map"),
        ("AFM image", "other"),
        ("Macrograph of the ingot", "photo"),
    ],
)
def test_words_name_their_kind_and_not_sem(words: str, kind: str) -> None:
    names = named(words)
    assert names[kind] == max(names.values()) > 0 == names["sem"]  # type: ignore[index]


@pytest.mark.parametrize(("printed", "kind"), [("HV 5,0 kV", "sem"), ("200 kV", "tem"), ("x500 20 µm", None)])
def test_the_printed_voltage_tells_the_microscope(printed: str, kind: str | None) -> None:
    assert printed_voltage(printed) == kind


@pytest.mark.real
def test_without_ocr_captioned_micrographs_are_told_apart_about_as_often_as_the_confidence_says(
    shared_data: Path,
) -> None:
    folder = shared_data / "captioned_panels"
    eye = json.loads((ROOT / "tests" / "truth" / "kinds.json").read_text(encoding="utf-8"))["captioned_panels"]
    sem, right, sure = [], [], []
    for line in (folder / "panels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        data = (folder / row["image"]).read_bytes()
        caption = Caption("1", False, 1, (0.0, 0.0, 0.0, 0.0), row["caption"], split_caption(row["caption"]))
        kind, confidence = kind_of(chances_of_kinds(look_at(pixels(data)), surroundings(caption, None, (), {})))
        allowed = eye[hashlib.sha256(data).hexdigest()[:16]]
        sem.append(any((kind == "sem") == (k == "sem") for k in allowed))
        right.append(kind in allowed)
        sure.append(confidence)
    assert np.mean(sem) > 0.9
    assert np.mean(right) == pytest.approx(np.mean(sure), abs=0.1)
