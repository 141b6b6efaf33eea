"""`micrograph info` and `micrograph prepare`: rows for what can be read, named failures for the rest."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassllava.cli import main
from tests.micrographs.instrument_files import ASCII, JEOL, TESCAN, ZEISS, field, with_strip, write_tiff, zeiss

FIELDS = {
    "file",
    "width",
    "height",
    "bit_depth",
    "pixel_size_m",
    "pixel_size_source",
    "instrument",
    "accelerating_voltage_v",
    "working_distance_m",
    "magnification",
    "detector",
    "databar",
    "problems",
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    write_tiff(tmp_path / "zeiss.tif", field(), [(34118, ASCII, zeiss(ZEISS))])
    Image.fromarray(with_strip(field())).save(tmp_path / "jeol.bmp")
    (tmp_path / "jeol.txt").write_text(JEOL.format(title="", marker="10um"))
    (tmp_path / "alone.hdr").write_text(TESCAN.format(title="VEGA", strip=0))
    (tmp_path / "broken.tif").write_bytes(b"II*\0broken")
    return [str(tmp_path / name) for name in ("zeiss.tif", "jeol.bmp", "alone.hdr", "broken.tif")]


def test_each_file_is_a_row_with_all_fields_and_a_broken_one_says_why(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "micrograph", "info", *files, "--json")
    rows = {row["file"]: row for row in json.loads(out)}
    assert code == 3
    assert all(set(row) == FIELDS for row in rows.values())
    assert {name: row["pixel_size_m"] for name, row in rows.items()} == {
        "zeiss.tif": 1.25e-8,
        "jeol.bmp": 8e-8,
        "alone.hdr": 2e-8,
        "broken.tif": None,
    }
    assert rows["jeol.bmp"]["databar"] == [0, 96, 128, 120]
    assert (rows["alone.hdr"]["width"], rows["broken.tif"]["width"]) == (None, None)
    assert len(rows["broken.tif"]["problems"]) == 1
    assert "failed: broken.tif" in err


def test_a_person_reads_a_table(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "micrograph", "info", files[0])
    assert code == 0
    assert "12.5" in out
    assert "Sigma 300" in out


@pytest.mark.parametrize(("way", "number"), [("pad", 1), ("crop", 1), ("stretch", 1), ("tile", 6)])
def test_what_a_model_is_shown_is_written_with_its_boxes(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str, number: int
) -> None:
    arguments = ["micrograph", "prepare", files[1], "--out", str(tmp_path / "out"), "--size", "64", "--way", way]
    code, out, _ = run(capsys, *arguments, "--json")
    pictures = json.loads(out)["pictures"]
    assert (code, len(pictures)) == (0, number)
    for row in pictures:
        with Image.open(tmp_path / "out" / row["picture"]) as picture:
            assert (picture.mode, picture.size) == ("RGB", (64, 64))
        assert row["box"][3] <= 96
    expected = {"pad": 1.6e-7, "crop": 1.2e-7, "stretch": None, "tile": 8e-8}[way]
    assert pictures[0]["pixel_size_m"] == (None if expected is None else pytest.approx(expected))


def test_a_databar_is_kept_on_demand_and_names_that_would_collide_are_told(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["micrograph", "prepare", files[1], files[1], files[3], "--out", str(tmp_path / "out"), "--size", "128"]
    code, out, err = run(capsys, *arguments, "--keep-databar", "--json")
    told = json.loads(out)
    assert code == 3
    assert told["pictures"][0]["box"] == [0, 0, 128, 120]
    assert np.asarray(Image.open(tmp_path / "out" / "jeol.bmp.png"))[100:124].std() > 0
    assert len(told["failed"]) == 2
    assert "another file of this name" in err
