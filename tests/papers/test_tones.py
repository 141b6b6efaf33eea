"""Tones and masks against what NumPy gives."""

import numpy as np
import pytest

from glassllava.papers.tones import count_set, is_grey, percentiles, share_set, shrunk


@pytest.mark.parametrize("turned", [False, True])
def test_percentiles_are_those_of_numpy(turned: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (37, 90, 3), dtype=np.uint8)
    given = pixels.transpose(1, 0, 2) if turned else pixels[:, 4:-7]
    shares = (0.02, 0.5, 0.97)
    assert percentiles(given, shares) == pytest.approx(np.percentile(given, [2, 50, 97], axis=(0, 1)))


@pytest.mark.parametrize("factor", [1.0, 0.7, 0.5, 0.31, 0.1])
def test_a_shrunk_picture_has_its_size_its_mean_and_its_edges_in_place(factor: float) -> None:
    picture = np.full((401, 603, 3), 40, np.uint8)
    picture[:200, :300] = 200
    small = shrunk(picture, factor)
    assert small.shape == (round(401 * factor), round(603 * factor), 3)
    assert small.mean() == pytest.approx(picture.mean(), rel=0.02)
    assert int((small[2, :, 0] > 120).sum()) == pytest.approx(300 * factor, abs=1)


def test_one_coloured_pixel_is_colour() -> None:
    picture = np.full((100, 50, 3), 90, np.uint8)
    assert is_grey(picture, 2)
    picture[51, 7, 1] = 93
    assert not is_grey(picture, 2)


def test_set_pixels_of_a_part_of_a_mask_are_counted() -> None:
    mask = np.zeros((20, 30), bool)
    mask[5:9, 10:20] = True
    assert (count_set(mask[5:, 10:]), share_set(mask[5:9, 8:16]), share_set(mask[:0])) == (40, 0.75, 0.0)
