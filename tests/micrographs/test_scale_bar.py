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
from glassllava.micrographs.levels import eight_bits
from glassllava.micrographs.metadata import read_micrograph
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


def in_colour(levels: np.ndarray) -> np.ndarray:
    return np.repeat(levels[..., None], 3, axis=2) if levels.ndim == 2 else levels


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


def with_ruler(
    spaces: int = 10, apart: float = 25.4, words: str = "10.0um", ground: int | None = 0, missing: int | None = None
) -> np.ndarray:
    """A micrograph 1280 px wide over a strip with a row of ticks and its length below, as Hitachi draws them."""
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), 26)
    field = micrograph(960, 1280)
    if ground is not None:
        field[900:] = ground
    strip = Image.fromarray(field)
    draw = ImageDraw.Draw(strip)
    ink = (255, 255, 255) if ground != 255 else (0, 0, 0)
    draw.text((10, 915), "S-4800 5.0kV 8.0mm x5.00k SE(M)", font=font, fill=ink)
    for k in range(spaces + 1):
        x = 900 + k * apart
        if k != missing:
            draw.line((x, 905, x, 918 if k % 10 else 925), fill=ink, width=2)
    draw.text((900 + spaces * apart / 2, 928), words, font=font, fill=ink, anchor="mt")
    return np.array(strip)


def with_far_words(words: str = "10µm", more: str = "", second_bar: bool = False, facts: str = "") -> np.ndarray:
    """A micrograph 1280 px wide over a databar whose bar and words are far apart, as JEOL draws them."""
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"), 28)
    field = micrograph(1024, 1280)
    field[960:] = 0
    strip = Image.fromarray(field)
    draw = ImageDraw.Draw(strip)
    draw.rectangle((603, 964, 708, 977), fill="white")
    if second_bar:
        draw.rectangle((303, 964, 408, 977), fill="white")
    draw.text((845, 975), words, font=font, fill="white", anchor="lm")
    draw.text((730, 975), more, font=font, fill="white", anchor="lm")
    draw.text((1100, 975), "9/16/2020", font=font, fill="white", anchor="lm")
    draw.text(
        (315, 1005), facts or "X 1,000   10.0kV COMPO   NOR  WD 10.0mm 18:54:06", font=font, fill="white", anchor="lm"
    )
    return np.array(strip)


@settings(max_examples=15)
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


@pytest.mark.parametrize("ground", [0, 255, None])
@pytest.mark.parametrize(("apart", "words", "metres"), [(25.4, "10.0um", 1e-5), (31.0, "500nm", 5e-7)])
def test_a_row_of_ticks_is_as_long_as_from_its_first_to_its_last(
    apart: float, words: str, metres: float, ground: int | None, reader: TextReader
) -> None:
    picture = with_ruler(apart=apart, words=words, ground=ground)
    if metres == 5e-7:
        picture[905:950, :700] = picture[950:951, :700]  # the magnification is of the other length
    scale = find_scale(picture, None, reader)
    if ground is None:  # words over texture may be read or not
        assert scale is None or scale.metres_per_pixel == pytest.approx(metres / (10 * apart), rel=0.02)
    else:
        assert scale is not None
        assert scale.metres_per_pixel == pytest.approx(metres / (10 * apart), rel=0.01)


@pytest.mark.parametrize("missing", [0, 4, 10])
def test_a_row_without_one_of_its_ticks_gives_nothing(missing: int, reader: TextReader) -> None:
    assert find_scale(with_ruler(missing=missing), None, reader) is None


@pytest.mark.parametrize("factor", [0.4, 0.6, 0.8, 1.3])
def test_a_row_of_ticks_is_measured_in_a_picture_of_another_size(factor: float) -> None:
    picture = cv2.resize(with_ruler(), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    rulers = [bar for bar in find_bars(picture) if bar.length == pytest.approx(254 * factor, rel=0.01)]
    assert len(rulers) == 1


def test_even_strokes_of_letters_are_no_row_of_ticks() -> None:
    picture = micrograph(960, 1280)
    picture[900:] = 0
    for k, text in enumerate(("HHHHHHHHHHH", "1111111111", "llllllllllll", "EEEEEE", "MMMMMMMM")):
        cv2.putText(picture, text, (30 + 240 * k, 940), cv2.FONT_HERSHEY_DUPLEX, 0.8, (255, 255, 255), 2)
    assert [bar for bar in find_bars(picture) if bar.y0 > 900 and bar.y1 - bar.y0 > 8] == []


def test_a_length_far_from_the_one_bar_of_a_databar_is_its_length(reader: TextReader) -> None:
    scale = find_scale(with_far_words(), None, reader)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(1e-5 / 106, rel=0.02)


@pytest.mark.parametrize(
    "picture",
    [
        with_far_words(second_bar=True),
        with_far_words(more="SEI"),
        with_far_words(words="10.6mm"),
        with_far_words(words="Aperture 50 µm"),
        with_far_words(words="10µm 5µm"),
        with_far_words(facts="X 95,000   10.0kV COMPO   NOR  WD 10.0mm"),
        with_far_words(words=""),
    ],
    ids=["two bars", "words between", "working distance", "aperture", "two lengths", "magnification", "no length"],
)
def test_a_length_that_may_be_another_s_is_not_taken_for_that_of_a_far_bar(
    picture: np.ndarray, reader: TextReader
) -> None:
    assert find_scale(picture, None, reader) is None


def test_a_caption_s_millimetres_are_not_believed_alone() -> None:
    assert find_scale(with_bar(100), 1e-3, None, in_millimetres=True) is None
    assert find_scale(with_bar(100), 1e-6, None) is not None


@pytest.mark.parametrize(("magnification", "metres"), [("x20", 1e-3), ("x20,000", None), ("", None)])
def test_the_printed_magnification_decides_on_a_caption_s_millimetres(
    magnification: str, metres: float | None, reader: TextReader
) -> None:
    picture = with_bar(100)
    cv2.putText(picture, magnification, (20, 385), cv2.FONT_HERSHEY_DUPLEX, 0.9, (255, 255, 255), 2)
    scale = find_scale(picture, 1e-3, reader, in_millimetres=True)
    assert (scale and scale.metres_per_pixel) == (None if metres is None else pytest.approx(metres / 100, rel=0.03))


def test_printed_words_overrule_a_caption_whose_font_has_mm_for_um(reader: TextReader) -> None:
    picture = with_bar(100)
    cv2.putText(picture, "20 um", (365, 355), cv2.FONT_HERSHEY_DUPLEX, 0.9, (255, 255, 255), 2)
    scale = find_scale(picture, 2e-2, reader, in_millimetres=True)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(2e-7, rel=0.03)
    assert find_scale(picture, 5e-3, reader, in_millimetres=True) is None


def test_a_caption_s_length_against_the_printed_magnification_gives_nothing(reader: TextReader) -> None:
    picture = with_bar(100)
    cv2.putText(picture, "x50,000", (20, 385), cv2.FONT_HERSHEY_DUPLEX, 0.9, (255, 255, 255), 2)
    assert find_scale(picture, 2e-6, reader) is not None
    assert find_scale(picture, 2e-4, reader) is None


@pytest.mark.parametrize(
    ("facts", "length", "metres"),
    [
        ("View field: 64.0 µm", "20 µm", 1e-7),
        ("View field: 320 µm", "20 µm", None),
        ("HFW 64.0 µm", "20 µm", 1e-7),
        ("FOV: 64.0 µm", "", 1e-7),
        ("Width = 64.0 µm", "", None),
    ],
)
def test_a_bar_is_checked_against_the_printed_width_of_the_field(
    facts: str, length: str, metres: float | None, reader: TextReader
) -> None:
    scale = find_scale(with_databar(facts, length, 200, 0), None, reader)
    assert (scale and scale.metres_per_pixel) == (None if metres is None else pytest.approx(metres, rel=0.03))


def test_a_caption_that_contradicts_the_printed_width_of_the_field_gives_nothing(reader: TextReader) -> None:
    picture = with_databar("FOV: 64.0 µm", "", 200, 0)
    assert find_scale(picture, 5e-6, reader) is None
    assert find_scale(picture, 2e-5, reader) is not None


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    ["image000.tif", "Standard_BSE_1000x_1280bmp.bmp", "sample-1_200x_x200_.tif", "fei_red_blood_cells.tif"],
)
def test_the_printed_bar_agrees_with_the_instrument_s_own_pixel_size(
    name: str, shared_data: Path, reader: TextReader
) -> None:
    read = read_micrograph(shared_data / "micrographs" / name)
    assert read.picture is not None
    scale = find_scale(in_colour(eight_bits(read.picture.pixels)), None, reader)
    assert scale is not None
    assert scale.metres_per_pixel == pytest.approx(read.info.pixel_size_m, rel=0.03)
