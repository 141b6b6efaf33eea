"""Pixel size and acquisition of image files: right where the file says it, nothing where it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from glassllava.errors import UnreadableInput
from glassllava.micrographs.metadata import read_metadata, read_micrograph
from tests.conftest import noise_png
from tests.micrographs.instrument_files import ASCII, FEI, ZEISS, fei, field, write_tiff, zeiss

SIZES = {
    "zeiss_ks00x.tif": 55.82e-9,
    "fei_tomo_slice.tif": 385.417e-9,
    "fei_red_blood_cells.tif": 7.70833e-9,
    "image000.tif": 100e-6 / 101,
    "image000.txt": 100e-6 / 101,
    "Standard_BSE_1000x_1280bmp.bmp": 10e-6 / 106,
    "Standard_BSE_1000x_1280bmp.txt": 10e-6 / 106,
    "sample-1_200x_x200_.tif": 496.0938e-9,
    "sample-1_200x_x200_.txt": 496.0938e-9,
    "tescan_minimal.hdr": 50e-9,
    "uncalibrated_fibsem.tif": None,
    "fei_truncated_strips.tif": None,
    "fei_bad_floats.tif": None,
}


@pytest.mark.real
def test_the_pixel_size_of_each_real_file_is_what_the_instrument_wrote(shared_data: Path) -> None:
    files = sorted((shared_data / "micrographs").iterdir())
    found = {file.name: read_metadata(file) for file in files if file.name in SIZES}
    assert set(found) == set(SIZES)
    for name, size in SIZES.items():
        assert found[name].pixel_size_m == (None if size is None else pytest.approx(size, rel=1e-4)), name
        assert (found[name].pixel_size_source is None) == (size is None)
        assert size is not None or found[name].problems[-1].endswith("the image is uncalibrated")


@pytest.mark.real
def test_the_acquisition_is_read_in_si_units(shared_data: Path) -> None:
    zeiss = read_metadata(shared_data / "micrographs" / "zeiss_ks00x.tif")
    assert (zeiss.instrument, zeiss.detector, zeiss.magnification) == ("Merlin", "SE2", 2000.0)
    assert zeiss.accelerating_voltage_v == pytest.approx(8000)
    assert zeiss.working_distance_m == pytest.approx(7.7e-3)
    fei = read_metadata(shared_data / "micrographs" / "fei_red_blood_cells.tif")
    assert (fei.databar, fei.magnification) == ([0, 1024, 1536, 1094], 35000.0)
    jeol = read_metadata(shared_data / "micrographs" / "image000.tif")
    assert (jeol.instrument, jeol.detector, jeol.magnification) == ("8530F", "SEI", 95.0)
    assert (jeol.accelerating_voltage_v, jeol.working_distance_m) == (7000.0, 10.52e-3)
    assert (jeol.width, jeol.height, jeol.databar) == (1280, 1024, [0, 960, 1280, 1024])
    hitachi = read_metadata(shared_data / "micrographs" / "sample-1_200x_x200_.tif")
    assert (hitachi.instrument, hitachi.detector, hitachi.magnification) == ("TM4000", "BSE", 200.0)
    assert (hitachi.accelerating_voltage_v, hitachi.working_distance_m) == (15e3, pytest.approx(7.70635e-3))
    tescan = read_metadata(shared_data / "micrographs" / "tescan_minimal.hdr")
    assert (tescan.instrument, tescan.detector) == ("TESCAN SOLARIS X", "SE")
    assert (tescan.accelerating_voltage_v, tescan.width, tescan.bit_depth) == (5000.0, None, None)


@pytest.mark.real
def test_malformed_numbers_and_broken_strips_are_told(shared_data: Path) -> None:
    bad = read_metadata(shared_data / "micrographs" / "fei_bad_floats.tif")
    assert any("Beam.HV is malformed" in problem for problem in bad.problems)
    broken = read_metadata(shared_data / "micrographs" / "fei_truncated_strips.tif")
    assert (broken.width, broken.height) == (1024, 831)
    assert any("beyond the end of the file" in problem for problem in broken.problems)


def test_a_plain_image_has_a_size_and_no_pixel_size(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(noise_png(0))
    info = read_metadata(tmp_path / "a.png")
    assert (info.width, info.height, info.bit_depth, info.pixel_size_m) == (64, 48, 8, None)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_what_is_no_image_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("not an image")
    with pytest.raises(UnreadableInput, match="cannot be read as an image"):
        read_metadata(tmp_path / name)


def test_an_image_that_was_cut_off_is_told_with_its_size(tmp_path: Path) -> None:
    file = write_tiff(tmp_path / "a.tif", field(), [(34118, ASCII, zeiss(ZEISS))])
    file.write_bytes(file.read_bytes()[:-3000])
    read = read_micrograph(file)
    assert (read.info.width, read.info.height, read.info.pixel_size_m) == (128, 96, 1.25e-8)
    assert any("cut off" in problem for problem in read.info.problems)
    assert read.picture is not None
    assert not read.picture.whole


def test_a_sidecar_too_large_for_one_is_told_and_the_image_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(noise_png(0))
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(5 * 2**20)
    info = read_metadata(tmp_path / "a.png")
    assert info.width == 64
    assert any("larger than" in problem for problem in info.problems)


@pytest.mark.parametrize("name", ["a.png", "a.txt", "a.hdr"])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableInput, match="is not a file"):
        read_metadata(tmp_path / name)


def test_two_hundred_damaged_instrument_files_are_read_or_refused(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", field(size=(40, 64)), [(34682, ASCII, fei(FEI)), (34118, ASCII, zeiss(ZEISS))])
    sound = (tmp_path / "a.tif").read_bytes()
    for seed in range(200):
        rng = np.random.default_rng(seed)
        changed = bytearray(sound)
        for _ in range(int(rng.integers(1, 12))):
            # Header, tags and their text lie at the beginning.
            changed[int(rng.integers(2200))] ^= 1 << int(rng.integers(8))
        (tmp_path / "b.tif").write_bytes(changed[: len(changed) if seed % 3 else int(rng.integers(len(changed)))])
        try:
            info = read_metadata(tmp_path / "b.tif")
            assert info.pixel_size_m is None or 1e-12 <= info.pixel_size_m <= 1e-3
        except UnreadableInput as told:
            assert "\n" not in str(told)
