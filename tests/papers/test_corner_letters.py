from __future__ import annotations

from string import ascii_lowercase

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from glassllava.papers.blocks import Block
from glassllava.papers.corner_letters import letters_in_corners
from glassllava.papers.labels import assign_letters
from glassllava.papers.letter_glyphs import read_glyph


def printed(letter: str, size: int) -> npt.NDArray[np.bool_]:
    """Print a letter in Pillow's own font, which is none of the templates'."""
    picture = Image.new("L", (3 * size, 3 * size))
    ImageDraw.Draw(picture).text((size, size // 2), letter, font=ImageFont.load_default(size), fill=255)
    return np.asarray(picture) > 127


@pytest.mark.parametrize("size", [14, 20, 40, 80])
def test_letters_of_a_font_that_is_no_template_are_mostly_told_and_never_taken_for_another(size: int) -> None:
    told = [read_glyph(printed(letter, size), list("abcdefgh")) for letter in "abcdefghABCDEFGH"]
    right = [glyph is not None and glyph.letter == letter for glyph, letter in zip(told, 2 * "abcdefgh", strict=True)]
    assert sum(right) >= 13
    assert sum(glyph is not None for glyph in told) == sum(right)


def test_a_letter_that_the_caption_does_not_name_is_none() -> None:
    assert read_glyph(printed("X", 40), list("abc")) is None
    assert read_glyph(printed("X", 40), list(ascii_lowercase)).letter == "x"  # type: ignore[union-attr]


def test_an_empty_mark_and_an_empty_caption_give_none() -> None:
    assert read_glyph(np.zeros((20, 20), dtype=bool), ["a"]) is None
    assert read_glyph(np.ones((20, 20), dtype=bool), ["a"]) is None
    assert read_glyph(printed("a", 20), []) is None


def test_cut_particles_are_no_letters() -> None:
    rng = np.random.default_rng(0)
    taken = 0
    for _ in range(400):
        mark = np.zeros((60, 60), np.uint8)
        cv2.fillPoly(mark, [rng.integers(5, 55, (int(rng.integers(3, 9)), 2)).astype(np.int32)], 1)
        taken += read_glyph(mark > 0, list("abcdefgh")) is not None
    assert taken <= 4


@pytest.mark.parametrize("white", [True, False])
def test_letters_in_corners_are_read_without_ocr_whatever_their_order(white: bool) -> None:
    rng = np.random.default_rng(1)
    picture = Image.fromarray(rng.integers(70, 180, (400, 600)).astype(np.uint8)).convert("RGB")
    blocks = [Block((x, y, x + 290, y + 190), True) for y in (0, 205) for x in (0, 305)]
    words = ImageDraw.Draw(picture)
    for block, letter in zip(blocks, "bdac", strict=True):
        x, y = block.box[0] + 8, block.box[1] + 4
        ground = (0, 0, 0) if white else (255, 255, 255)
        words.rectangle((x - 4, y, x + 26, y + 30), fill=ground)
        words.text((x, y), letter, font=ImageFont.load_default(28), fill=(255,) * 3 if white else (0,) * 3)
    seen = letters_in_corners(np.asarray(picture), blocks, list("abcd"), None)
    assert sorted(spot.letter for spot in seen) == list("abcd")
    assert assign_letters(blocks, list("abcd"), seen) == list("bdac")
