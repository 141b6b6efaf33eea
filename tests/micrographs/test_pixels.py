"""Pixels: every way of storing them gives the same values; damage is told in one sentence, or only costs its rows."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.micrographs import pixels as module
from glassllava.micrographs.header import read_header
from glassllava.micrographs.levels import eight_bits, sixteen_bits
from glassllava.micrographs.pixels import read_pixels
from tests.micrographs.instrument_files import field


def tiff(image: np.ndarray[Any, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, image, metadata=None, **options)
    return buffer.getvalue()


def by_pillow(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float16", "float32", "float64"])
@pytest.mark.parametrize("options", [{}, {"rowsperstrip": 7}, {"tile": (32, 32)}, {"bigtiff": True}])
def test_each_depth_byte_order_and_layout_gives_its_values_back(
    order: str, dtype: str, options: dict[str, Any]
) -> None:
    values = (np.random.default_rng(0).random((48, 80)) * 30_000).astype(dtype)
    picture = read_pixels(tiff(values, byteorder=order, **options))
    assert picture.whole
    assert (picture.pixels == values).all()
    assert picture.pixels.dtype.isnative


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}])
def test_thirty_two_bits_without_a_sign_do_not_wrap(options: dict[str, Any]) -> None:
    values = (np.random.default_rng(0).random((48, 80)) * (2**32 - 1)).astype(np.uint32)
    picture = read_pixels(tiff(values, **options))
    assert (picture.pixels == values).all()


def test_complex_values_are_refused_in_a_sentence() -> None:
    with pytest.raises(UnreadableInput, match="complex"):
        read_pixels(tiff(np.ones((8, 8), np.complex64)))


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_each_compression_is_read(compression: str) -> None:
    smooth = np.tile(np.linspace(40, 200, 80).astype(np.uint8), (48, 1))
    found = read_pixels(by_pillow(Image.fromarray(smooth), "TIFF", compression=compression)).pixels
    assert np.abs(found.astype(int) - smooth).max() <= (12 if compression == "jpeg" else 0)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_colours_are_read_side_by_side_and_one_after_the_other(planar: str, dtype: str) -> None:
    values = np.random.default_rng(1).integers(0, 255, (20, 30, 3)).astype(dtype)
    stored = values if planar == "contig" else np.moveaxis(values, -1, 0)
    found = read_pixels(tiff(stored, photometric="rgb", planarconfig=planar)).pixels
    assert (found == values).all()


@pytest.mark.parametrize("ending", [".png", ".tiff"])
def test_colours_of_sixteen_bits_keep_all_of_them(ending: str) -> None:
    values = np.random.default_rng(1).integers(0, 4096, (20, 30, 3), dtype=np.uint16)
    data = cv2.imencode(ending, values[:, :, ::-1])[1].tobytes()
    assert read_header(data).bit_depth == 16
    assert (read_pixels(data).pixels == values).all()


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_white_is_zero_is_turned_round(dtype: str) -> None:
    values = field(dtype=dtype)
    top = np.iinfo(values.dtype).max
    assert (read_pixels(tiff(top - values, photometric="miniswhite")).pixels == values).all()


def test_a_palette_and_cmyk_show_their_colours() -> None:
    levels = field()
    palette = Image.fromarray(levels).convert("P")
    palette.putpalette([channel for level in range(256) for channel in (level, 255 - level, 7)])
    for kind in ("TIFF", "PNG", "BMP", "GIF"):
        found = read_pixels(by_pillow(palette, kind)).pixels
        assert (found[:, :, 0] == levels).all()
        assert (found[:, :, 1] == 255 - levels).all()
    cmyk = Image.new("CMYK", (9, 9), (0, 255, 255, 0))
    assert read_pixels(by_pillow(cmyk, "TIFF")).pixels[4, 4].tolist() == [255, 0, 0]


def test_a_thumbnail_before_the_image_and_other_pages_are_left_and_told() -> None:
    buffer = io.BytesIO()
    image = field(3)
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(image[::4, ::4], subfiletype=1, metadata=None)
        writer.write(image, metadata=None)
        writer.write(image // 2, metadata=None)
    picture = read_pixels(buffer.getvalue())
    assert (picture.pixels == image).all()
    assert "several pages" in picture.problems[0]
    assert (read_header(buffer.getvalue()).width, read_header(buffer.getvalue()).height) == (128, 96)


def test_of_several_detectors_the_first_is_read_and_told() -> None:
    values = np.random.default_rng(2).integers(0, 65536, (20, 30, 5), dtype=np.uint16)
    picture = read_pixels(tiff(values, photometric="minisblack", planarconfig="contig"))
    assert (picture.pixels == values[:, :, 0]).all()
    assert "5 channels" in picture.problems[0]


@pytest.mark.parametrize("options", [{}, {"rowsperstrip": 8}])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_of_a_file_that_was_cut_off_the_rows_that_are_there_are_read(dtype: str, options: dict[str, Any]) -> None:
    values = field(dtype=dtype)
    whole = tiff(values, **options)
    cut = whole[: len(whole) - int(30.5 * values.itemsize * values.shape[1])]
    picture = read_pixels(cut)
    assert not picture.whole
    assert (picture.pixels == values[: len(picture.pixels)]).all()
    assert len(picture.pixels) == 65
    assert "65 of 96 rows" in picture.problems[-1]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF"])
def test_a_compressed_file_that_was_cut_off_is_refused_in_one_sentence(kind: str) -> None:
    options = {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    data = by_pillow(Image.fromarray(field()), kind, **options)
    with pytest.raises(UnreadableInput, match=r"damaged|not an image") as told:
        read_pixels(data[: len(data) // 2])
    assert "\n" not in str(told.value)


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises far more pixels than its bytes hold."""
    data = bytearray(by_pillow(Image.new("L", (8, 8)), "PNG"))
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [bomb(60_000, 60_000), bomb(11_000, 11_000), tiff(np.zeros((11_000, 10_000), np.uint8), compression="deflate")],
    ids=["png, refused by Pillow", "png", "tiff"],
)
def test_what_would_unpack_to_too_many_pixels_is_refused_before_it_is_unpacked(data: bytes) -> None:
    with pytest.raises(UnreadableInput, match="pixels"):
        read_pixels(data)


def test_the_limit_is_on_values_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_VALUES", 1000)
    with pytest.raises(UnreadableInput, match="values"):
        read_pixels(tiff(np.zeros((20, 20, 5), np.uint16), photometric="minisblack", planarconfig="contig"))


def mutated(data: bytes, seed: int) -> bytes:
    """The bytes with a few bits turned, most of them in the header, or cut off, or both."""
    rng = np.random.default_rng(seed)
    changed = bytearray(data)
    if seed % 4 != 1:
        reach = len(changed) if seed % 3 == 0 else min(len(changed), 400)
        for _ in range(int(rng.integers(1, 9))):
            changed[int(rng.integers(reach))] ^= 1 << int(rng.integers(8))
    if seed % 4 in {1, 2}:
        del changed[int(rng.integers(len(changed))) :]
    return bytes(changed)


SOUND = {
    "grey": tiff(field(size=(32, 40)), rowsperstrip=5),
    "deep": tiff(field(size=(32, 40), dtype="uint16"), byteorder=">"),
    "colour": tiff(np.stack([field(size=(32, 40), dtype="uint16")] * 3, -1), photometric="rgb"),
    "lzw": by_pillow(Image.fromarray(field(size=(32, 40))), "TIFF", compression="tiff_lzw"),
    "tiled": tiff(field(size=(32, 40)), tile=(16, 16), compression="deflate"),
    **{
        kind: by_pillow(Image.fromarray(field(size=(32, 40))), kind)
        for kind in ("PNG", "JPEG", "BMP", "WEBP", "JPEG2000")
    },
    "GIF": by_pillow(
        Image.fromarray(field(size=(32, 40))), "GIF", save_all=True, append_images=[Image.new("L", (40, 32))]
    ),
}


@pytest.mark.parametrize("kind", SOUND)
def test_two_hundred_damaged_images_raise_nothing_but_unreadable_input(kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        for seed in range(200):
            try:
                picture = read_pixels(mutated(SOUND[kind], seed))
                assert picture.pixels.ndim in {2, 3}
                assert picture.pixels.size
            except UnreadableInput as told:
                assert "\n" not in str(told)


NUMBERS = hnp.arrays(
    st.sampled_from([np.uint16, np.int16, np.uint32, np.float32, np.float64]), hnp.array_shapes(min_dims=2, max_dims=2)
)


@given(NUMBERS)
def test_scaling_to_eight_bits_keeps_the_order_of_brightness(values: np.ndarray[Any, Any]) -> None:
    if not np.isfinite(values).any():
        with pytest.raises(UnreadableInput, match="finite"):
            eight_bits(values)
        return
    finite = np.isfinite(values)
    order = np.argsort(values[finite], kind="stable")
    for scaled in (eight_bits(values), sixteen_bits(values)):
        assert (np.diff(scaled[finite][order].astype(int)) >= 0).all()
        assert scaled.shape == values.shape


@given(st.integers(0, 60_000), st.integers(200, 5000), st.integers(0, 2**32 - 1))
def test_the_range_of_a_deep_image_is_used_whole_whatever_its_offset(low: int, width: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(low, min(65536, low + width), (40, 40)).astype(np.uint16)
    scaled = eight_bits(values)
    assert (scaled.min(), scaled.max()) == (0, 255)
    assert np.mean(scaled == 255) < 0.02


def test_a_few_hot_pixels_do_not_darken_a_deep_image() -> None:
    values = field(size=(100, 100), dtype="uint16") // 32
    sound = eight_bits(values)
    values[3, 4] = values[70, 80] = 65535
    assert abs(float(eight_bits(values).mean()) - float(sound.mean())) < 16


def test_sixteen_bits_and_eight_bits_stay_as_they_are() -> None:
    assert (sixteen_bits(field(dtype="uint16")) == field(dtype="uint16")).all()
    assert (eight_bits(field()) == field()).all()
