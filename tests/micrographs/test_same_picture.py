"""One picture is known again however it was changed; two micrographs of one kind are not taken for one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from glassllava.errors import UnreadableInput
from glassllava.micrographs.same_picture import Copy, SamePicture, find_same_pictures, small_copy

Image = NDArray[np.uint8]


def micrograph(seed: int, rows: int = 360, columns: int = 480) -> Image:
    """A surface with relief of three sizes, particles and grain: another field of one texture for each seed."""
    random = np.random.default_rng(seed)
    field = np.zeros((rows, columns), np.float32)
    for size in (2, 5, 14):
        relief = cv2.GaussianBlur(random.normal(size=(rows, columns)).astype(np.float32), (0, 0), size)
        field += 22 * relief / relief.std()
    for x, y, radius in zip(*random.integers([0, 0, 3], [columns, rows, 12], (25, 3)).T, strict=True):
        cv2.circle(field, (int(x), int(y)), int(radius), 70, -1)
    return np.clip(120 + field + random.normal(0, 8, field.shape), 0, 255).astype(np.uint8)


def array_of_holes(seed: int) -> Image:
    """A regular array, as a capillary plate shows it: only grain and phase differ from one field to the next."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:360, :480]
    phase = random.uniform(0, 40, 2)
    distance = np.hypot((rows + phase[0]) % 40 - 20, (columns + phase[1]) % 40 - 20)
    return np.clip(150 - 90 * (distance < 13) + random.normal(0, 9, distance.shape), 0, 255).astype(np.uint8)


def copy_of(image: Image) -> Copy:
    return small_copy(cv2.imencode(".png", image)[1].tobytes())


def labelled(image: Image) -> Image:
    changed = image.copy()
    changed[:50, :60] = 255
    cv2.putText(changed, "(b)", (5, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    return changed


CHANGES: dict[str, Callable[[Image], Image]] = {
    "JPEG": lambda image: cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], 0),
    "half size": lambda image: cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    "brightness and contrast": lambda image: (0.5 * image + 90).astype(np.uint8),
    "negative gamma": lambda image: (255 * (image / 255) ** 0.6).astype(np.uint8),
    "sixteen bits": lambda image: image.astype(np.uint16) * 200,
    "a letter": labelled,
    "a databar cut": lambda image: image[:-45],
    "a databar added": lambda image: np.pad(image, ((0, 40), (0, 0))),
    "mirrored": lambda image: np.ascontiguousarray(image[:, ::-1]),
    "upside down": lambda image: np.ascontiguousarray(image[::-1]),
    "a quarter turn": lambda image: np.ascontiguousarray(np.rot90(image)),
    "cropped": lambda image: image[20:-12, 30:-8],
}


@pytest.fixture(scope="module")
def family() -> list[Copy]:
    return [copy_of(micrograph(seed)) for seed in range(16)]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_copy_is_found_among_others_of_its_kind(family: list[Copy], change: Callable[[Image], Image]) -> None:
    (found,) = find_same_pictures([*family, copy_of(change(micrograph(5)))], range(17))
    assert (found.one, found.other) == (5, 16)
    assert found.similarity > 0.8


@settings(max_examples=20, deadline=None)
@given(st.tuples(*[st.floats(0, 0.06)] * 4), st.integers(0, 3), st.booleans(), st.floats(0.4, 1), st.floats(0.4, 1.5))
def test_any_small_crop_turned_darkened_and_scaled_is_found(
    cut: tuple[float, ...], turns: int, mirror: bool, gain: float, scale: float
) -> None:
    image = micrograph(3)
    left, top, right, bottom = (round(share * side) for share, side in zip(cut, (480, 360, 480, 360), strict=True))
    part = np.rot90(image[top : 360 - bottom, left : 480 - right], turns)
    part = np.ascontiguousarray(part[:, ::-1] if mirror else part)
    changed = cv2.resize((gain * part).astype(np.uint8), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert find_same_pictures([copy_of(image), copy_of(changed)], "ab") != []


def test_different_fields_of_one_texture_are_not_one_picture(family: list[Copy]) -> None:
    assert find_same_pictures(family, range(16)) == []


def test_two_fields_of_a_regular_array_are_not_one_picture_but_a_copy_is() -> None:
    fields = [copy_of(array_of_holes(seed)) for seed in range(6)]
    assert find_same_pictures(fields, range(6)) == []
    again = copy_of(CHANGES["mirrored"](CHANGES["brightness and contrast"](array_of_holes(2))))
    assert [(pair.one, pair.other) for pair in find_same_pictures([*fields, again], range(7))] == [(2, 6)]


def test_images_of_one_owner_are_not_compared() -> None:
    copy = copy_of(micrograph(1))
    assert find_same_pictures([copy, copy], ["one paper", "one paper"]) == []
    assert find_same_pictures([copy, copy], ["one paper", "another"]) == [SamePicture(0, 1, 1.0)]


def test_empty_fields_show_nothing_that_could_be_the_same() -> None:
    empty = [copy_of(np.full((60, 80), grey, np.uint8)) for grey in (0, 90, 90)]
    assert find_same_pictures(empty, range(3)) == []
    assert find_same_pictures([], []) == []


@pytest.mark.parametrize("data", [b"", b"no image", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_image_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(UnreadableInput, match="cannot be decoded"):
        small_copy(data)
