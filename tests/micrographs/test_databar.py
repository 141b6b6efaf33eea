"""Databars: found to the row where they are drawn, and none where there is only a field."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassllava.micrographs.databar import find_databar, without_databar
from glassllava.micrographs.pixels import read_pixels
from tests.micrographs.instrument_files import field, with_strip

LARGE = (480, 640)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("ground", "ink"), [(0, 255), (255, 0), (46, 250), (230, 10)])
@pytest.mark.parametrize("rows", [24, 48, 96])
def test_a_drawn_strip_is_found_to_the_row(seed: int, ground: int, ink: int, rows: int) -> None:
    image = with_strip(field(seed, LARGE), rows, ground, ink, seed)
    box = find_databar(image)
    assert box == (0, 480, 640, 480 + rows)
    assert (without_databar(image, box) == field(seed, LARGE)).all()


@pytest.mark.parametrize("quality", [60, 80, 95])
def test_a_strip_is_found_after_lossy_compression(quality: int) -> None:
    buffer = io.BytesIO()
    Image.fromarray(with_strip(field(0, LARGE), 48)).save(buffer, "JPEG", quality=quality)
    assert find_databar(np.asarray(Image.open(buffer))) == (0, 480, 640, 528)


def test_a_strip_below_a_nearly_black_field_is_found() -> None:
    dark = np.random.default_rng(0).integers(0, 9, LARGE).astype(np.uint8)
    assert find_databar(with_strip(dark, 48)) == (0, 480, 640, 528)


def dark_ground_with_particles() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = np.zeros(LARGE, np.uint8)
    for x, y in np.random.default_rng(1).integers(10, 470, (60, 2)):
        image[y : y + 8, x : x + 8] = 220
    return image


def text_on_the_image() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = field(2, LARGE)
    image[440:470, 420:630] = with_strip(field(2, (4, 210)), 30)[4:]
    return image


def smooth_layers() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    rng = np.random.default_rng(3)
    image = rng.normal(90, 4, LARGE)
    image[380:] += 60
    return image.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "image",
    [
        field(1, LARGE),
        np.zeros(LARGE, np.uint8),
        np.tile(np.arange(640, dtype=np.uint16).clip(0, 255).astype(np.uint8), (480, 1)),
        dark_ground_with_particles(),
        text_on_the_image(),
        smooth_layers(),
        np.vstack([field(1, LARGE), np.zeros((40, 640), np.uint8)]),
        field(1, (20, 20)),
    ],
    ids=["noise", "black", "ramp", "particles", "plate on the image", "layers", "strip without words", "tiny"],
)
def test_nothing_is_cut_from_an_image_without_a_databar(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    assert find_databar(image) is None
    assert without_databar(image, None) is image


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("Standard_BSE_1000x_1280bmp.bmp", 960),
        ("image000.tif", 960),
        ("fei_red_blood_cells.tif", 1024),
        ("sample-1_200x_x200_.tif", 901),
        ("fei_tomo_slice.tif", None),
        ("uncalibrated_fibsem.tif", None),
        ("zeiss_ks00x.tif", None),
    ],
)
def test_the_pixels_alone_show_the_databars_of_real_instruments(shared_data: Path, file: str, row: int | None) -> None:
    box = find_databar(read_pixels((shared_data / "micrographs" / file).read_bytes()).pixels)
    assert (box and box[1]) == row


@pytest.mark.real
def test_hardly_a_panel_of_a_paper_is_taken_for_one_with_a_databar(shared_data: Path) -> None:
    """464 panels cut from preprints, looked at by eye: one has a strip of this form, in white."""
    found = [
        file.name
        for file in sorted((shared_data / "captioned_panels").rglob("*"))
        if file.suffix.lower() in {".png", ".jpg", ".jpeg"} and find_databar(read_pixels(file.read_bytes()).pixels)
    ]
    assert len(found) <= 1
