"""Scale bars drawn at known lengths; captions that state them."""

from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from glassllava.errors import MissingExtra
from glassllava.micrographs.bars import find_bars
from glassllava.micrographs.lengths import length_in_metres, lengths_of_bars, stated_length
from glassllava.micrographs.recognition import TextReader, text_reader
from glassllava.micrographs.scale_bar import find_scale


@pytest.fixture(scope="module")
def reader() -> TextReader:
    try:
        return text_reader()
    except MissingExtra as missing:
        pytest.skip(str(missing))


def micrograph(height: int = 400, width: int = 520) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0.0, 1.0, (height, width))
    smooth = cv2.GaussianBlur(noise, (0, 0), 5)
    return np.repeat(np.clip(120 + 30 * smooth / smooth.std(), 0, 220)[..., None], 3, axis=2).astype(np.uint8)


def with_bar(length: int, tone: int = 255, x: int = 360, y: int = 370, thickness: int = 6) -> np.ndarray:
    picture = micrograph()
    picture[y : y + thickness, x : x + length] = tone
    return picture


def with_databar(facts: str, length: str, bar: int, ground: int, gap: int = 10, size: int = 19) -> np.ndarray:
    """A micrograph 640 px wide over a strip: facts at its left, length and bar (px) at its right, as instruments do."""
    ink = 255 - ground
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), size)
    strip = Image.new("L", (640, 46), ground)
    draw = ImageDraw.Draw(strip)
    draw.text((8, 23), facts, fill=ink, font=font, anchor="lm")
    draw.text((628 - bar - gap, 23), length, fill=ink, font=font, anchor="rm")
    draw.rectangle((628 - bar, 21, 627, 25), fill=ink)
    return np.vstack([micrograph(480, 640), np.repeat(np.asarray(strip)[..., None], 3, axis=2)])


@settings(max_examples=15, deadline=None)
@given(length=st.integers(40, 140), tone=st.sampled_from([0, 255]))
def test_a_bar_is_measured_to_the_pixel(length: int, tone: int) -> None:
    scale = find_scale(with_bar(length, tone), 2e-6, None)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(2e-6 / length, rel=0.03)


def test_words_beside_the_bar_give_its_length(reader: TextReader) -> None:
    picture = with_bar(100)
    cv2.putText(picture, "20 um", (365, 355), cv2.FONT_HERSHEY_DUPLEX, 0.9, (255, 255, 255), 2)
    scale = find_scale(picture, None, reader)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(2e-7, rel=0.03)
    assert scale.source == "scale bar"


def test_a_caption_that_contradicts_the_printed_words_gives_nothing(reader: TextReader) -> None:
    picture = with_bar(100)
    cv2.putText(picture, "20 um", (365, 355), cv2.FONT_HERSHEY_DUPLEX, 0.9, (255, 255, 255), 2)
    assert find_scale(picture, 5e-6, reader) is None


def test_two_bars_give_nothing() -> None:
    picture = with_bar(100)
    picture[330:336, 40:120] = 255
    assert find_scale(picture, 2e-6, None) is None


def test_a_picture_without_a_bar_gives_nothing(reader: TextReader) -> None:
    assert find_bars(micrograph()) == []
    assert find_scale(micrograph(), None, reader) is None


def test_a_bar_is_measured_between_the_middles_of_its_end_ticks(reader: TextReader) -> None:
    picture = micrograph()
    picture[340:] = 200
    picture[352:355, 360:460] = 40
    for x in (360, 457):
        picture[347:360, x : x + 3] = 40
    cv2.putText(picture, "100 um", (355, 390), cv2.FONT_HERSHEY_DUPLEX, 0.9, (40, 40, 40), 2)
    scale = find_scale(cv2.GaussianBlur(picture, (0, 0), 0.8), None, reader)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(1e-4 / 97, rel=0.02)


def test_the_gap_between_a_databar_and_its_bar_is_no_bar() -> None:
    picture = micrograph()
    picture[340:] = 215
    picture[346:350, 360:460] = 40
    for x in (360, 458):
        picture[341:355, x : x + 2] = 40
    assert [bar.light for bar in find_bars(cv2.GaussianBlur(picture, (0, 0), 0.8))] == [False]


def test_a_line_that_reaches_the_side_of_the_picture_is_no_bar(reader: TextReader) -> None:
    picture = with_bar(100, x=380, y=375, thickness=3)
    picture[383:385, 300:518] = 255
    cv2.putText(picture, "20 um", (380, 365), cv2.FONT_HERSHEY_DUPLEX, 0.9, (255, 255, 255), 2)
    scale = find_scale(picture, None, reader)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(2e-7, rel=0.03)


def test_a_bar_whose_edges_the_background_frays_is_measured() -> None:
    picture = with_bar(120, thickness=10)
    picture[366:370, 380:400] = picture[380:383, 430:460] = 252
    scale = find_scale(picture, 2e-6, None)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(2e-6 / 120, rel=0.03)


@pytest.mark.parametrize("letter", "aEFLTZ")
def test_the_box_and_strokes_of_a_letter_are_no_bar(letter: str) -> None:
    boxed, bare = micrograph(), micrograph()
    boxed[10:46, 10:62] = 255
    cv2.putText(boxed, letter, (20, 40), cv2.FONT_HERSHEY_DUPLEX, 1.1, (0, 0, 0), 5)
    cv2.putText(bare, letter, (20, 60), cv2.FONT_HERSHEY_DUPLEX, 1.8, (255, 255, 255), 6)
    assert find_scale(boxed, 2e-6, None) is None
    assert find_scale(bare, 2e-6, None) is None


@pytest.mark.parametrize("grain", [1, 2, 4])
def test_clipped_texture_holds_no_bar(grain: int) -> None:
    for seed in range(12):
        noise = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=(240, 320)), (0, 0), grain)
        grey = np.clip(128 + 90 * noise / noise.std(), 0, 255).astype(np.uint8)
        picture = cv2.resize(np.repeat(grey[..., None], 3, axis=2), (495, 371), interpolation=cv2.INTER_CUBIC)
        assert find_scale(picture, 2e-6, None) is None


def test_a_working_distance_is_no_scale(reader: TextReader) -> None:
    picture = with_bar(100)
    cv2.putText(picture, "10.6 mm", (360, 355), cv2.FONT_HERSHEY_DUPLEX, 0.8, (255, 255, 255), 2)
    assert find_scale(picture, None, reader) is None


@pytest.mark.parametrize("ground", [0, 255])
@pytest.mark.parametrize(
    ("facts", "length", "bar", "metres"),
    [
        ("SE   x37,000   WD 12.7 mm   15.0 kV", "1 µm", 186, 1e-6),
        ("SE   x39,000   WD 8.0 mm   15.0 kV", "1 µm", 200, 1e-6),
        ("SE  x77,000  WD 9.0 mm  15.0 kV", "500 nm", 195, 5e-7),
        ("10.0 kV      x12,000      WD 5 mm", "2 µm", 120, 2e-6),
        ("20.0 kV   WD 10.3 mm   x390", "100 µm", 150, 1e-4),
    ],
)
def test_a_databar_whose_words_stand_close_gives_the_length_beside_its_bar(
    facts: str, length: str, bar: int, metres: float, ground: int, reader: TextReader
) -> None:
    scale = find_scale(with_databar(facts, length, bar, ground), None, reader)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(metres / bar, rel=0.02)


@pytest.mark.parametrize("bar", range(100, 260, 20))
def test_a_length_is_read_whole_or_not_at_all_wherever_it_stands_in_the_strip(bar: int, reader: TextReader) -> None:
    scale = find_scale(with_databar("5.0 kV  WD 8.0 mm", "250 nm", bar, 255), None, reader)
    assert scale is None or scale.metres_per_pixel == pytest.approx(2.5e-7 / bar, rel=0.02)


@pytest.mark.parametrize("facts", ["SE   15.0 kV   x39   WD 8.0 mm", "SE   15.0 kV   x39   WD 2 mm"])
def test_a_working_distance_beside_the_bar_is_no_scale(facts: str, reader: TextReader) -> None:
    picture = with_databar("", facts, 190, 255)
    assert find_scale(picture, None, reader) is None


def test_a_short_line_in_the_texture_above_a_plate_leaves_its_bar_the_words(reader: TextReader) -> None:
    picture = micrograph()
    picture[310:390, 350:500] = 0
    picture[366:370, 365:485] = 255
    cv2.putText(picture, "50 um", (378, 345), cv2.FONT_HERSHEY_DUPLEX, 0.9, (255, 255, 255), 2)
    picture[308:312, 405:435] = np.linspace(190, 240, 30, dtype=np.uint8)[None, :, None]
    picture[302:308, 400:440] = 40
    scale = find_scale(picture, None, reader)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(5e-5 / 120, rel=0.02)


@pytest.mark.parametrize(
    ("line", "lengths"),
    [
        ("WD 8.0 mm 15.0 kV 1 µm", [1e-6]),
        ("WD: 10 mm", []),
        ("HFW 50.0 µm", []),
        ("10.6mm x2.00k 20.0um", [2e-5]),
        ("working distance 5 mm, 0 nm", []),
    ],
)
def test_a_working_distance_and_a_field_width_are_no_lengths_of_bars(line: str, lengths: list[float]) -> None:
    assert [metres for _, _, metres in lengths_of_bars(line)] == pytest.approx(lengths)


@pytest.mark.parametrize(
    ("text", "metres"),
    [("20 µm", 2e-5), ("500nm", 5e-7), ("10pm", 1e-5), ("1,5 μm", 1.5e-6), ("0 µm", None), ("5 kV", None)],
)
def test_short_words_state_a_length(text: str, metres: float | None) -> None:
    assert length_in_metres(text) == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize(
    ("caption", "letter", "metres"),
    [
        ("Figure 1. SEM images. All scale bars are 5 μm.", "c", 5e-6),
        ("Scale bars, 10 µm.", None, 1e-5),
        ("(a) Grains (scale bar: 2 µm).", "a", 2e-6),
        ("The scale bar in (a) is 8 mm; in (b), (c) is 200 μm; and in (d)–(f) is 40 μm.", "e", 4e-5),
        ("The scale bar in (a) is 8 mm; in (b), (c) is 200 μm; and in (d)–(f) is 40 μm.", "b", 2e-4),
        ("Grains of 5 µm size.", "a", None),
    ],
)
def test_captions_state_the_length_of_each_panel(caption: str, letter: str | None, metres: float | None) -> None:
    assert stated_length(caption, letter) == (None if metres is None else pytest.approx(metres))
