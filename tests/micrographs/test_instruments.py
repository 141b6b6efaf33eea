"""Every family of instruments: its numbers come back in SI units, and what cannot be is told and left out."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.micrographs.encodings import decoded_text
from glassllava.micrographs.instruments.acquisition import Acquisition
from glassllava.micrographs.metadata import MicrographInfo, read_metadata, read_micrograph
from tests.micrographs.instrument_files import (
    ASCII,
    BYTES,
    FEI,
    HITACHI,
    JEOL,
    TESCAN,
    ZEISS,
    fei,
    field,
    with_strip,
    write_tiff,
    zeiss,
)


def facts(info: MicrographInfo) -> tuple[Any, ...]:
    return (
        info.pixel_size_m,
        info.accelerating_voltage_v,
        info.working_distance_m,
        info.magnification,
        info.detector,
        info.instrument,
    )


def read_with(file: Path, code: int, kind: int, value: bytes, **options: Any) -> MicrographInfo:
    return read_metadata(write_tiff(file, options.pop("image", field()), [(code, kind, value)], **options))


@pytest.mark.parametrize("order", ["<", ">"])
def test_zeiss_tags_are_read_in_both_byte_orders(tmp_path: Path, order: str) -> None:
    info = read_with(tmp_path / "a.tif", 34118, ASCII, zeiss(ZEISS), byteorder=order)
    assert facts(info) == (1.25e-8, 5000.0, 4.2e-3, 25000.0, "InLens", "Sigma 300")
    assert (info.problems, info.pixel_size_source) == ([], "Zeiss ap_image_pixel_size")


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"AP_IMAGE_PIXEL_SIZE": "Image Pixel Size = 12.5"}, "no unit"),
        ({"AP_IMAGE_PIXEL_SIZE": "Image Pixel Size = 0.0 nm"}, "cannot be"),
        ({"AP_IMAGE_PIXEL_SIZE": "Image Pixel Size = -3 nm"}, "cannot be"),
        ({"AP_IMAGE_PIXEL_SIZE": "Image Pixel Size = n/a"}, "malformed"),
        ({"AP_IMAGE_PIXEL_SIZE": "Image Pixel Size = 12.5 parsec"}, "no unit"),
        ({"AP_IMAGE_PIXEL_SIZE": "Image Pixel Size = 1e9 nm"}, "none of a microscope"),
        ({"DP_IMAGE_STORE": "Store resolution = 1024 * 768"}, "was changed since"),
    ],
)
def test_a_zeiss_size_that_cannot_be_is_left_out_and_told(tmp_path: Path, changed: dict[str, str], word: str) -> None:
    info = read_with(tmp_path / "a.tif", 34118, ASCII, zeiss({**ZEISS, **changed}))
    assert info.pixel_size_m is None
    assert info.pixel_size_source is None
    assert any(word in problem for problem in info.problems)
    assert info.problems[-1].endswith("the image is uncalibrated")


def test_zeiss_without_a_size_of_the_image_gives_the_field_over_its_columns_and_no_display_size(tmp_path: Path) -> None:
    old = {key: value for key, value in ZEISS.items() if key != "AP_IMAGE_PIXEL_SIZE"}
    with_width = read_with(tmp_path / "a.tif", 34118, ASCII, zeiss({**old, "AP_WIDTH": "Width = 6.4 µm"}))
    assert with_width.pixel_size_m == pytest.approx(50e-9)
    assert read_with(tmp_path / "b.tif", 34118, ASCII, zeiss(old)).pixel_size_m is None
    wide = {**old, "DP_IMAGE_STORE": "Store resolution = 1024 * 32"}
    shown = read_with(tmp_path / "c.tif", 34118, ASCII, zeiss(wide), image=field(size=(32, 1024)))
    assert shown.pixel_size_m == pytest.approx(99e-9)


@pytest.mark.parametrize(("said", "number"), [("250 X", 250.0), ("1.50 K X", 1500.0), ("100.00 KX", 1e5)])
def test_zeiss_magnifications_are_read_with_and_without_thousands(tmp_path: Path, said: str, number: float) -> None:
    info = read_with(tmp_path / "a.tif", 34118, ASCII, zeiss({**ZEISS, "AP_MAG": f"Mag = {said}"}))
    assert info.magnification == number


def test_fei_sections_are_read_with_the_databar_below_the_scan(tmp_path: Path) -> None:
    file = write_tiff(tmp_path / "a.tif", with_strip(field()), [(34682, ASCII, fei(FEI))])
    read = read_micrograph(file)
    assert facts(read.info) == (1.25e-7, 5000.0, 0.0101, 25900.0, "T1", "Apreo 2")
    assert (read.info.databar, read.kind, read.info.problems) == ([0, 96, 128, 120], "sem", [])


def test_pixels_that_are_not_square_are_told(tmp_path: Path) -> None:
    tilted = {**FEI, "Scan": {**FEI["Scan"], "PixelHeight": "2.0e-07"}}
    info = read_with(tmp_path / "a.tif", 34682, ASCII, fei(tilted))
    assert info.pixel_size_m == 1.25e-7
    assert any("not square" in problem for problem in info.problems)


def test_fei_without_a_pixel_width_gives_the_field_over_its_columns(tmp_path: Path) -> None:
    info = read_with(tmp_path / "a.tif", 34682, ASCII, fei({**FEI, "Scan": {"HorFieldsize": "1.6e-05"}}))
    assert info.pixel_size_m == pytest.approx(1.25e-7)


def test_the_picture_of_a_camera_in_the_chamber_is_no_scanning_micrograph(tmp_path: Path) -> None:
    camera = {**FEI, "Detectors": {"Name": "Nav-Cam"}}
    assert read_micrograph(write_tiff(tmp_path / "a.tif", field(), [(34682, ASCII, fei(camera))])).kind is None


@pytest.mark.parametrize(
    ("xml", "size"),
    [
        (
            "<FeiImage><pixelWidth unit='um'>0.25</pixelWidth><pixelHeight unit='um'>0.25</pixelHeight></FeiImage>",
            2.5e-7,
        ),
        ("<Metadata><BinaryResult><PixelSize><X unit='m'>4e-10</X></PixelSize></BinaryResult></Metadata>", 4e-10),
        ("<Metadata><BinaryResult><PixelSize><X>4e-10</X></PixelSize></BinaryResult></Metadata>", None),
        ("<FeiImage><pixelWidth", None),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><FeiImage><pixelWidth unit='um'>0.25</pixelWidth></FeiImage>", None),
    ],
)
def test_the_xml_of_fei_gives_a_size_with_its_unit_or_none(tmp_path: Path, xml: str, size: float | None) -> None:
    info = read_with(tmp_path / "a.tif", 34683, ASCII, xml.encode())
    assert info.pixel_size_m == size


def test_the_xml_behind_a_jpeg_of_a_desktop_microscope_is_read(tmp_path: Path) -> None:
    Image.fromarray(with_strip(field())).save(tmp_path / "a.jpg", quality=95)
    xml = "<FeiImage><databarHeight>24</databarHeight><pixelWidth unit='nm'>80</pixelWidth></FeiImage>"
    with (tmp_path / "a.jpg").open("ab") as file:
        file.write(xml.encode())
    read = read_micrograph(tmp_path / "a.jpg")
    assert (read.info.pixel_size_m, read.info.databar, read.kind) == (8e-8, [0, 96, 128, 120], "sem")


SIDECARS = {
    "JEOL": (JEOL.format(title="ガラス", marker="10um"), 8e-8, 15e3, 8.4e-3, 5000.0, "LED", "JSM-IT800"),
    "Hitachi": (HITACHI.format(title="玻璃", size="12.40234"), 1.240234e-8, 3e3, 2.1e-3, 5e4, "SE(U)", "SU8230"),
    "TESCAN": (TESCAN.format(title="VEGA ガラス", strip=0), 2e-8, 1e4, 6.1e-3, 2500.0, "BSE", "VEGA ガラス"),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "gb18030")


@pytest.mark.parametrize("family", SIDECARS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_sidecar_is_read_in_each_encoding_beside_its_image_and_alone(
    tmp_path: Path, family: str, encoding: str, line_end: str
) -> None:
    text, *expected = SIDECARS[family]
    ending = "hdr" if family == "TESCAN" else "txt"
    Image.fromarray(field()).save(tmp_path / "試料.png")
    sidecar = tmp_path / f"試料.{ending}"
    sidecar.write_bytes(text.replace("\n", line_end).encode(encoding))
    beside, alone = read_micrograph(tmp_path / "試料.png"), read_metadata(sidecar)
    assert facts(beside.info) == facts(alone) == tuple(expected)
    assert (beside.kind, beside.info.problems, beside.info.bit_depth, alone.bit_depth) == ("sem", [], 8, None)
    assert f"試料.{ending}" in (beside.info.pixel_size_source or "")
    if family != "TESCAN":
        assert (alone.width, alone.height) == (128, 96)


@pytest.mark.parametrize("name", ["a.hdr", "a.HDR", "a.Hdr", "a.tif.hdr", "a-tif.hdr", "a-TIF.hdr", "a-tif.HDR"])
def test_a_sidecar_is_found_by_each_way_of_naming_it(tmp_path: Path, name: str) -> None:
    Image.fromarray(field()).save(tmp_path / "a.tif")
    (tmp_path / name).write_text(TESCAN.format(title="VEGA", strip=0))
    assert read_metadata(tmp_path / "a.tif").pixel_size_m == 2e-8


def test_a_sidecar_is_found_though_the_file_system_writes_its_name_in_another_form(tmp_path: Path) -> None:
    Image.fromarray(field()).save(tmp_path / (unicodedata.normalize("NFD", "Gläser") + ".png"))
    (tmp_path / (unicodedata.normalize("NFC", "Gläser") + ".txt")).write_text(JEOL.format(title="", marker="1um"))
    (image,) = tmp_path.glob("*.png")
    assert read_metadata(image).pixel_size_m == pytest.approx(8e-9)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.hdr", "[MAIN]\nPixelSizeX=1.5e-08\n"),
        ("a.txt", "$$SM_MICRON_BAR 100\n$$SM_MICRON_MARKER 1.5um\n"),
        ("a.txt", "[SemImageFile]\nPixelSize=15\n"),
    ],
)
def test_the_least_that_states_a_size_is_enough(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_metadata(tmp_path / name).pixel_size_m == pytest.approx(1.5e-8)


@pytest.mark.parametrize("marker", ["10um", "10µm", "10 μm", "10000nm", "0.01mm"])
def test_the_marker_of_jeol_is_read_in_any_unit(tmp_path: Path, marker: str) -> None:
    (tmp_path / "a.txt").write_text(JEOL.format(title="", marker=marker).replace("$$", "$"), encoding="utf-8")
    assert read_metadata(tmp_path / "a.txt").pixel_size_m == pytest.approx(8e-8)


@pytest.mark.parametrize("marker", ["10", "um", "0um", "-1um", "1,5um", "１０um", "nan um", "1e999um"])
def test_a_marker_that_cannot_be_gives_no_size(tmp_path: Path, marker: str) -> None:
    (tmp_path / "a.txt").write_text(JEOL.format(title="", marker=marker), encoding="utf-8")
    info = read_metadata(tmp_path / "a.txt")
    assert info.pixel_size_m is None
    assert any("SM_MICRON_MARKER" in problem for problem in info.problems)


def test_a_hitachi_image_tells_of_itself_where_its_sidecar_is_lost(tmp_path: Path) -> None:
    comment = "SerialNumber=1\r\nPixelSize=496.0938\r\nCondition=Vacc=15.0kV Mag=x2.5k WD=7.7mm LensMode=3\r\n"
    tags = [(40092, BYTES, comment.encode("utf-16-le")), (40093, BYTES, "TM4000".encode("utf-16-le"))]
    info = read_metadata(write_tiff(tmp_path / "a.tif", field(), tags))
    assert facts(info) == (4.960938e-7, 15e3, 7.7e-3, 2500.0, None, "TM4000")


def test_a_tescan_tag_is_read_between_its_binary_blocks(tmp_path: Path) -> None:
    text = TESCAN.format(title="MIRA3", strip=24).split("\n", 1)[1].encode()
    blob = b"\x0b\x00\x00\x01\xff\xd8\xff\xe0JFIF\x00=\x07\x00" + text + b"\x00\x00\x03\x00"
    info = read_with(tmp_path / "a.tif", 50431, BYTES, blob, image=with_strip(field()))
    assert facts(info) == (2e-8, 1e4, 6.1e-3, 2500.0, "BSE", "MIRA3")
    assert info.databar == [0, 96, 128, 120]


def test_a_databar_that_is_told_but_not_shown_is_not_cut(tmp_path: Path) -> None:
    Image.fromarray(field()).save(tmp_path / "a.png")
    (tmp_path / "a.hdr").write_text(TESCAN.format(title="VEGA", strip=24))
    info = read_metadata(tmp_path / "a.png")
    assert info.databar is None
    assert any("does not show" in problem for problem in info.problems)


def test_two_statements_of_the_size_that_disagree_give_none(tmp_path: Path) -> None:
    file = write_tiff(tmp_path / "a.tif", field(), [(34682, ASCII, fei(FEI))])
    (tmp_path / "a.hdr").write_text(TESCAN.format(title="VEGA", strip=0))
    info = read_metadata(file)
    assert info.pixel_size_m is None
    assert "two pixel sizes" in info.problems[-1]


IMAGEJ_UNITS = [("um", 1e-6), ("µm", 1e-6), ("\\u00B5m", 1e-6), ("micron", 1e-6), ("nm", 1e-9), ("mm", 1e-3)]


@pytest.mark.parametrize(("unit", "metres"), IMAGEJ_UNITS)
def test_imagej_counts_with_its_unit_and_resolution(tmp_path: Path, unit: str, metres: float) -> None:
    description = f"ImageJ=1.53t\nunit={unit}\n"
    tags = [(270, ASCII, description.encode("latin-1"))]
    file = write_tiff(tmp_path / "a.tif", field(), tags, resolution=(4.0, 4.0), resolutionunit=1)
    info = read_metadata(file)
    assert info.pixel_size_m == pytest.approx(0.25 * metres)
    assert read_micrograph(file).kind is None


@pytest.mark.parametrize(
    ("unit", "resolution", "kind"),
    [
        ("um", (1, 1), 1),
        ("um", (72.0, 72.0), 2),
        ("pixel", (4.0, 4.0), 1),
        ("inch", (300.0, 300.0), 1),
        ("", (4, 4), 1),
    ],
)
def test_imagej_without_a_calibration_gives_no_size(
    tmp_path: Path, unit: str, resolution: tuple[float, float], kind: int
) -> None:
    tags = [(270, ASCII, f"ImageJ=1.53t\nunit={unit}\n".encode())]
    file = write_tiff(tmp_path / "a.tif", field(), tags, resolution=resolution, resolutionunit=kind)
    assert read_metadata(file).pixel_size_m is None


def test_imagej_files_of_another_writer_are_read_too(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", field(), imagej=True, resolution=(8, 8), metadata={"unit": "um"})
    tifffile.imwrite(tmp_path / "b.tif", field(), imagej=True, metadata={"unit": "um"})
    assert read_metadata(tmp_path / "a.tif").pixel_size_m == pytest.approx(1.25e-7)
    assert read_metadata(tmp_path / "b.tif").pixel_size_m is None


def test_ome_gives_its_physical_size_and_the_resolution_of_a_printer_gives_none(tmp_path: Path) -> None:
    for name, metadata in {
        "a": {"PhysicalSizeX": 7.5, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 7.5, "PhysicalSizeYUnit": "nm"},
        "b": {"PhysicalSizeX": 0.0075},
        "c": {},
        "d": {"PhysicalSizeX": 2, "PhysicalSizeXUnit": "pixel"},
    }.items():
        tifffile.imwrite(tmp_path / f"{name}.ome.tif", field(), ome=True, metadata={"axes": "YX", **metadata})
    tifffile.imwrite(tmp_path / "e.ome.tif", field(), resolution=(300, 300), resolutionunit=2, metadata=None)
    sizes = [read_metadata(tmp_path / f"{name}.ome.tif").pixel_size_m for name in "abcde"]
    assert sizes == [7.5e-9, 7.5e-9, None, None, None]


@given(
    st.floats(1e-3, 9e5, allow_nan=False).map(lambda value: float(f"{value:.6g}")),
    st.sampled_from([("nm", -9), ("um", -6), ("µm", -6), ("pm", -12), ("mm", -3), ("m", 0)]),
    st.sampled_from(["", " ", "  "]),
)
def test_a_length_comes_back_to_the_last_digit(number: float, unit: tuple[str, int], space: str) -> None:
    found = Acquisition()
    assert found.length_m("x", f"{number}{space}{unit[0]}") == pytest.approx(number * 10.0 ** unit[1], rel=1e-15)
    assert found.problems == []


@given(st.text(max_size=30))
def test_any_text_gives_a_length_above_zero_or_none_with_a_reason(text: str) -> None:
    found = Acquisition()
    length = found.length_m("x", text, "nm")
    assert (length is not None and length > 0) or bool(found.problems) or not text.strip()


WRITINGS = st.text("abc XYZ-0123456789ガラス断面試料玻璃断口Größeµ°", max_size=40)


@given(WRITINGS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]))
def test_a_text_of_any_script_comes_back_from_each_form_of_unicode(title: str, encoding: str) -> None:
    text = HITACHI.format(title=title, size="5.0")
    assert decoded_text(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("試料＿ガラス破断面", "cp932"),
        ("玻璃断口形貌", "gb18030"),
        ("Größe 92.063 µm, 12° ±", "latin-1"),
    ],
)
def test_an_encoding_without_a_mark_is_told_by_its_bytes(text: str, encoding: str) -> None:
    assert decoded_text(f"Comment={text}\r\n".encode(encoding)) == f"Comment={text}\r\n"


@given(st.binary(max_size=400))
def test_any_bytes_are_some_text(data: bytes) -> None:
    assert isinstance(decoded_text(data), str)


def test_a_text_file_of_no_instrument_is_refused_alone_and_is_a_note_beside_an_image(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Etched for 30 s; see page 12 of the notebook.")
    with pytest.raises(UnreadableInput, match="no file that an instrument writes"):
        read_metadata(tmp_path / "a.txt")
    Image.fromarray(field()).save(tmp_path / "a.png")
    read = read_micrograph(tmp_path / "a.png")
    assert read.notes == "Etched for 30 s; see page 12 of the notebook."
    assert read.info.problems == ["no pixel size is stated: the image is uncalibrated"]


def test_a_deep_image_with_a_drawn_databar_is_told_apart_from_it(tmp_path: Path) -> None:
    deep = (field(dtype="uint16") // 16).astype(np.uint16)
    file = write_tiff(tmp_path / "a.tif", with_strip(deep, ink=65535), [])
    info = read_metadata(file)
    assert (info.bit_depth, info.databar) == (16, [0, 96, 128, 120])
