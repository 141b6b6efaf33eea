"""Scale bars, lengths in words, and the choice of items."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from glassllava.report.gallery import MOST_ITEMS, _eight_bit, length, make_gallery, scale_bar
from glassllava.report.rows import read_rows
from glassllava.workspace import Workspace
from tests.report import planted

UNITS = {"pm": 1e-12, "nm": 1e-9, "µm": 1e-6, "mm": 1e-3, "m": 1.0}


@given(st.floats(1e-11, 1e-4), st.integers(8, 8000))
def test_a_scale_bar_is_true_and_fills_a_sixth_to_a_third_of_the_width(pixel_size_m: float, width: int) -> None:
    bar = scale_bar(pixel_size_m, width)
    assert bar is not None
    number, unit = bar.label.split()
    assert float(number) * UNITS[unit] == pytest.approx(bar.share / 100 * pixel_size_m * width, rel=1e-4)
    assert number.strip("0.") in {"1", "2", "5"}
    assert 13 < bar.share < 33.4


@pytest.mark.parametrize("pixel_size_m", [None, 0.0, -1e-9])
def test_what_is_uncalibrated_gets_no_bar(pixel_size_m: float | None) -> None:
    assert scale_bar(pixel_size_m, 640) is None


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (5e-7, "500 nm"),
        (1e-6, "1 µm"),
        (1.3249e-3, "1.32 mm"),
        (9.9999e-7, "1 µm"),
        (2.5e-10, "250 pm"),
        (2.0, "2 m"),
    ],
)
def test_lengths_have_the_unit_that_suits_them(metres: float, words: str) -> None:
    assert length(metres) == words


def test_sixteen_bit_images_are_not_clipped_to_white() -> None:
    values = np.random.default_rng(0).integers(0, 65536, (40, 40), dtype=np.uint16)
    shown = np.asarray(_eight_bit(Image.fromarray(values)))
    assert (shown.min(), shown.max()) == (0, 255)
    assert (shown == 255).mean() < 0.05


def test_items_are_spread_over_categories_panels_and_questions(workspace: Workspace, tmp_path: Path) -> None:
    planted.fill(workspace, 1, 3)
    items = make_gallery(read_rows(workspace), workspace, tmp_path)
    assert len(items) == MOST_ITEMS
    categories = Counter(item.category.split(" · ")[0] for item in items)
    assert len(categories) == 7 and max(categories.values()) - min(categories.values()) <= 1
    assert len({(item.source, item.name) for item in items}) == 6
    assert len({item.level for item in items}) > 1
    assert all(item.picture and (tmp_path / item.picture).is_file() for item in items)
    assert items == make_gallery(read_rows(workspace), workspace, tmp_path)
