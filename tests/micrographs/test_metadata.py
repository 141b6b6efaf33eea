"""Pixel size and acquisition of image files: right where the file says it, nothing where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassllava.errors import UnreadableInput
from glassllava.micrographs.metadata import read_metadata
from tests.conftest import noise_png


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "pixel_size_m"),
    [
        ("zeiss_ks00x.tif", 55.82e-9),
        ("fei_tomo_slice.tif", 385.417e-9),
        ("fei_red_blood_cells.tif", 7.70833e-9),
        ("uncalibrated_fibsem.tif", None),
        ("fei_truncated_strips.tif", None),
        ("fei_bad_floats.tif", None),
    ],
)
def test_the_pixel_size_is_what_the_instrument_wrote(shared_data: Path, file: str, pixel_size_m: float | None) -> None:
    found = read_metadata(shared_data / "micrographs" / file).pixel_size_m
    assert found == (None if pixel_size_m is None else pytest.approx(pixel_size_m, rel=1e-4))


@pytest.mark.real
def test_the_acquisition_is_read_in_si_units(shared_data: Path) -> None:
    zeiss = read_metadata(shared_data / "micrographs" / "zeiss_ks00x.tif")
    assert (zeiss.instrument, zeiss.detector, zeiss.magnification) == ("Merlin", "SE2", 2000.0)
    assert zeiss.accelerating_voltage_v == pytest.approx(8000)
    assert zeiss.working_distance_m == pytest.approx(7.7e-3)
    fei = read_metadata(shared_data / "micrographs" / "fei_red_blood_cells.tif")
    assert fei.databar == [0, 1024, 1536, 1094]


def test_a_plain_image_has_a_size_and_no_pixel_size(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(noise_png(0))
    info = read_metadata(tmp_path / "a.png")
    assert (info.width, info.height, info.bit_depth, info.pixel_size_m) == (64, 48, 8, None)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_what_is_no_image_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("not an image")
    with pytest.raises(UnreadableInput, match="cannot be read as an image"):
        read_metadata(tmp_path / name)
