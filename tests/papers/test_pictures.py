"""Embedded images as evidence: grids of files, one picture in strips, drawings in one image."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from glassllava.papers.blocks import Rect
from glassllava.papers.panels import split_panels
from glassllava.papers.pictures import embedded_pictures
from tests.papers.test_panels import grid, micrograph, on_white

Pixels = npt.NDArray[np.uint8]


def even_surface(height: int, width: int) -> Pixels:
    """A featureless picture, whose border with another of its kind nobody sees."""
    grey = np.random.default_rng(height + width).normal(120, 4, (height, width)).clip(0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def drawing() -> Pixels:
    page = np.full((420, 640, 3), 255, np.uint8)
    for x in (30, 250, 470):
        cv2.rectangle(page, (x, 150), (x + 140, 250), (206, 230, 238), -1)
        cv2.rectangle(page, (x, 150), (x + 140, 250), (0, 0, 0), 2)
    for x in (175, 395):
        cv2.arrowedLine(page, (x, 200), (x + 70, 200), (0, 0, 0), 3)
    return page


def boxes(picture: Pixels, expected: int, images: list[Rect]) -> list[Rect]:
    return [block.box for block in split_panels(picture, expected, images)]


def test_images_that_abut_unseen_are_panels_where_they_are_as_many_as_the_letters() -> None:
    images = [(x, y, x + 300, y + 220) for y in (0, 220) for x in (0, 300)]
    assert boxes(even_surface(440, 600), 4, images) == images
    assert len(boxes(even_surface(440, 600), 4, [])) == 1


def test_one_picture_in_strips_is_one_panel() -> None:
    picture = micrograph(11, 400, 500)
    strips = [(0, y, 500, min(y + 64, 400)) for y in range(0, 400, 64)]
    assert embedded_pictures(picture, strips, 40, 0) == [(0, 0, 500, 400)]
    assert boxes(picture, 0, strips) == [(0, 0, 500, 400)]


def test_two_pictures_of_two_strips_each_are_two_panels() -> None:
    picture = np.hstack([micrograph(1, 400, 300, 80), micrograph(2, 400, 300, 160)])
    strips = [(x, y, x + 300, y + 200) for y in (0, 200) for x in (0, 300)]
    assert sorted(embedded_pictures(picture, strips, 40, 2)) == [(0, 0, 300, 400), (300, 0, 600, 400)]


def test_a_drawing_in_one_image_stays_whole() -> None:
    (block,) = split_panels(drawing(), 0, [(0, 0, 640, 420)])
    assert block.box == (0, 0, 640, 420)
    assert not block.solid


def test_charts_in_images_of_their_own_are_panels() -> None:
    page = np.hstack([drawing(), drawing()])
    assert boxes(page, 2, [(0, 0, 640, 420), (640, 0, 1280, 420)]) == [(0, 0, 640, 420), (640, 0, 1280, 420)]


def test_an_inset_and_an_image_without_ink_are_no_pictures() -> None:
    page = on_white(grid(1, 2, 8), 30)
    images = [(30, 30, 250, 210), (258, 30, 478, 210), (60, 60, 130, 120), (0, 220, 300, 240)]
    assert sorted(embedded_pictures(page, images, 15, 0)) == [(30, 30, 250, 210), (258, 30, 478, 210)]


def test_a_letter_whose_panel_is_no_image_is_still_looked_for() -> None:
    page = np.full((440, 900, 3), 255, np.uint8)
    page[20:420, 20:420] = micrograph(4, 400, 400)
    cv2.rectangle(page, (500, 40), (880, 400), (0, 0, 0), 3)
    assert len(boxes(page, 2, [(20, 20, 420, 420)])) == 2
