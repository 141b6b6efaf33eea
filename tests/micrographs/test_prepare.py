"""Preparation of a micrograph for a model."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.micrographs.databar import find_databar
from glassllava.micrographs.prepare import MID_GREY, blank, prepare, views
from tests.micrographs.instrument_files import field, with_strip


def encoded(picture: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from(["pad", "crop", "stretch"]))
def test_any_shape_becomes_a_square_of_rgb(width: int, height: int, fit: str) -> None:
    square = prepare(np.zeros((height, width), dtype=np.uint8), 48, fit=fit)
    assert (square.mode, square.size) == ("RGB", (48, 48))


def test_the_whole_image_is_shown_between_grey_bars() -> None:
    pixels = np.zeros((50, 100), dtype=np.uint8)
    pixels[:, 50:] = 255
    square = np.asarray(prepare(pixels, 96))[:, :, 0]
    assert (square[:24] == MID_GREY).all()
    assert (square[72:] == MID_GREY).all()
    assert (square[24:72, :44] == 0).all()
    assert (square[24:72, 52:] == 255).all()


def test_cropping_takes_the_middle() -> None:
    pixels = np.zeros((50, 150), dtype=np.uint8)
    pixels[:, 50:100] = 200
    assert (np.asarray(prepare(pixels, 50, fit="crop"))[:, 2:-2] == 200).all()


def test_eight_bit_levels_stay_as_they_are() -> None:
    pixels = np.random.default_rng(0).integers(60, 90, (64, 64), dtype=np.uint8)
    assert (np.asarray(prepare(encoded(Image.fromarray(pixels)), 64))[:, :, 1] == pixels).all()


@pytest.mark.parametrize("top", [4095, 16383, 65535])
def test_sixteen_bits_are_scaled_and_not_clipped(top: int) -> None:
    ramp = np.linspace(0, top, 64 * 64).reshape(64, 64).astype(np.uint16)
    square = np.asarray(prepare(encoded(Image.fromarray(ramp), "TIFF"), 64))[:, :, 0].astype(int)
    assert (square[0, 0], square[-1, -1]) == (0, 255)
    assert (np.diff(square.ravel()) >= 0).all()
    assert len(np.unique(square)) == 256


def test_a_flat_deep_image_is_mid_grey_and_values_that_are_none_are_black() -> None:
    assert (np.asarray(prepare(np.full((8, 8), 9, dtype=np.uint16), 8)) == MID_GREY).all()
    pixels = np.arange(64, dtype=np.float32).reshape(8, 8)
    pixels[0, 5] = np.nan
    assert np.asarray(prepare(pixels, 8))[0, 5, 0] == 0


def test_colour_tiff_of_sixteen_bits_is_read() -> None:
    pixels = np.random.default_rng(1).integers(0, 65536, (32, 32, 3), dtype=np.uint16)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, photometric="rgb")
    square = np.asarray(prepare(buffer.getvalue(), 32)).astype(int)
    assert np.abs(square - pixels / 65535 * 255).max() <= 1


def test_the_see_through_shows_the_page() -> None:
    clear = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    assert (np.asarray(prepare(encoded(clear), 10)) == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_of_pillow_is_taken(mode: str) -> None:
    assert prepare(Image.new(mode, (20, 10)), 16).mode == "RGB"


def test_the_blank_image_is_uniform_mid_grey() -> None:
    assert (np.asarray(blank(32)) == MID_GREY).all()


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7", b"II*\0broken", encoded(Image.new("L", (99, 99)))[:60]],
    ids=["empty", "pdf", "tiff", "cut"],
)
def test_what_is_no_image_is_one_sentence(data: bytes) -> None:
    with pytest.raises(UnreadableInput) as told:
        prepare(data, 32)
    assert "\n" not in str(told.value)


def with_marked_edges(width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    pixels = np.full((height, width), 60, dtype=np.uint8)
    pixels[:, :12] = pixels[:, -12:] = 250
    return pixels


def test_padding_and_tiling_keep_the_edges_of_the_field_and_cropping_loses_them() -> None:
    pixels = with_marked_edges(320, 96)
    shown = {
        way: [np.asarray(view.picture)[:, :, 0] for view in views(pixels, 96, way=way)]
        for way in ("pad", "tile", "crop", "stretch")
    }
    assert {way: len(pictures) for way, pictures in shown.items()} == {"pad": 1, "tile": 5, "crop": 1, "stretch": 1}
    assert {way: max(picture.max() for picture in pictures) > 200 for way, pictures in shown.items()} == {
        "pad": True,
        "tile": True,
        "crop": False,
        "stretch": True,
    }


def test_a_crack_of_one_pixel_keeps_its_contrast_in_a_tile_and_loses_it_where_the_field_is_scaled() -> None:
    pixels = np.full((960, 1280), 160, dtype=np.uint8)
    pixels[:, 700] = 20
    assert min(np.asarray(view.picture).min() for view in views(pixels, 96, way="tile")) == 20
    scaled = np.asarray(prepare(pixels, 96))[:, :, 0]
    assert scaled[40:56].min() > 100


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(24, 64), st.sampled_from([0.0, 0.25, 0.5, 0.75]))
def test_tiles_cover_every_pixel_and_overlap_as_asked(width: int, height: int, size: int, overlap: float) -> None:
    pixels = np.random.default_rng(width).integers(0, 256, (height, width), dtype=np.uint8)
    found = np.full((height, width), -1)
    boxes = []
    for view in views(pixels, size, way="tile", overlap=overlap):
        x0, y0, x1, y1 = view.box
        found[y0:y1, x0:x1] = np.asarray(view.picture)[: y1 - y0, : x1 - x0, 0]
        assert view.picture.size == (size, size)
        assert view.step == 1.0
        boxes.append(view.box)
    assert (found == pixels).all()
    for along in (0, 1):
        starts = sorted({box[along] for box in boxes})
        shared = [size - (after - before) for before, after in pairwise(starts)]
        assert all(pixel >= min(size - 1, int(overlap * size)) for pixel in shared)


def test_each_view_says_what_it_shows_and_how_finely() -> None:
    pixels = np.zeros((100, 200), dtype=np.uint8)
    told = {way: next(views(pixels, 50, way=way)) for way in ("pad", "crop", "stretch")}
    assert {way: (view.box, view.step) for way, view in told.items()} == {
        "pad": ((0, 0, 200, 100), 4.0),
        "crop": ((50, 0, 150, 100), 2.0),
        "stretch": ((0, 0, 200, 100), None),
    }


def test_a_databar_is_cut_where_that_is_asked_and_kept_elsewhere() -> None:
    whole = with_strip(field())
    assert (np.asarray(prepare(whole, 128, databar="cut")) == np.asarray(prepare(field(), 128))).all()
    assert (np.asarray(prepare(whole, 128)) != np.asarray(prepare(field(), 128))).any()


def test_the_ink_of_a_databar_does_not_darken_a_deep_field() -> None:
    deep = (field(dtype="uint16") // 16).astype(np.uint16)
    whole = with_strip(deep, ink=65535)
    assert find_databar(whole) == (0, 96, 128, 120)
    shown = np.asarray(prepare(whole, 128))[4:100, :, 0]
    assert abs(shown.astype(int) - np.asarray(prepare(deep, 128))[16:112, :, 0]).max() <= 1


@pytest.mark.real
def test_instrument_files_keep_their_range(shared_data: Path) -> None:
    for file in sorted((shared_data / "micrographs").iterdir()):
        if file.suffix.lower() in {".tif", ".tiff", ".png", ".jpg", ".bmp"} and "truncated" not in file.name:
            square = np.asarray(prepare(file.read_bytes(), 96).convert("L"))
            assert square.std() > 5, file.name
