"""Pictures of figures built from noise: gutters, abutting grids, databars, charts and insets."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassllava.papers.blocks import Block, in_reading_order
from glassllava.papers.boxes import area, overlap
from glassllava.papers.cuts import trimmed
from glassllava.papers.panels import split_panels


def micrograph(seed: int, height: int, width: int, level: float = 120.0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0.0, 1.0, (height, width))
    smooth = cv2.GaussianBlur(noise, (0, 0), 4)
    grey = np.clip(level + 45 * smooth / smooth.std() + 4 * noise, 5, 235)
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)


def grid(rows: int, columns: int, gutter: int, colour: int = 255, height: int = 180, width: int = 220) -> np.ndarray:
    page = np.full((rows * (height + gutter) - gutter, columns * (width + gutter) - gutter, 3), colour, np.uint8)
    for row in range(rows):
        for column in range(columns):
            y, x = row * (height + gutter), column * (width + gutter)
            page[y : y + height, x : x + width] = micrograph(97 * row + column, height, width, 90 + 12 * column)
    return page


def on_white(picture: np.ndarray, margin: int = 12) -> np.ndarray:
    return np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), constant_values=255)


def iou(first: tuple[int, int, int, int], second: tuple[int, int, int, int]) -> float:
    shared = overlap(first, second)
    return shared / (area(first) + area(second) - shared)


@pytest.mark.parametrize(("gutter", "colour"), [(14, 255), (4, 255), (5, 0), (0, 255)])
def test_each_picture_of_a_grid_is_one_panel(gutter: int, colour: int) -> None:
    blocks = split_panels(on_white(grid(2, 3, gutter, colour)), 6)
    assert len(blocks) == 6
    for index, block in enumerate(blocks):
        row, column = divmod(index, 3)
        x, y = 12 + column * (220 + gutter), 12 + row * (180 + gutter)
        assert iou(block.box, (x, y, x + 220, y + 180)) > 0.95


@settings(max_examples=12, deadline=None)
@given(rows=st.integers(1, 4), columns=st.integers(1, 4), gutter=st.sampled_from([3, 6, 12]))
def test_a_grid_gives_as_many_panels_as_it_has_cells(rows: int, columns: int, gutter: int) -> None:
    assert len(split_panels(on_white(grid(rows, columns, gutter)), rows * columns)) == rows * columns


def test_a_databar_s_last_row_of_words_is_not_trimmed_and_a_gutter_with_the_neighbour_s_edge_is() -> None:
    cell = micrograph(3, 320, 460, 120)
    cell[304:] = 30
    cv2.putText(cell, "Standard ETD 5.00 kV 6.0 mm x5000", (30, 319), cv2.FONT_HERSHEY_SIMPLEX, 0.3, (240, 240, 240), 1)
    assert trimmed(cell, (0, 0, 460, 320))[3] >= 319
    neighbour = micrograph(4, 320, 460, 120)
    neighbour[312:316], neighbour[316:] = 250, micrograph(5, 4, 460, 90)
    assert trimmed(neighbour, (0, 0, 460, 320)) == (0, 0, 460, 312)


def test_a_databar_stays_with_its_picture() -> None:
    cells = []
    for seed in range(2):
        cell = micrograph(seed, 240, 300)
        cell[210:] = 0
        cv2.putText(cell, "15.0kV x2,000 10um", (10, 230), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1)
        cells.append(cell)
    blocks = split_panels(on_white(np.vstack(cells)), 2)
    assert [block.box[3] - block.box[1] for block in blocks] == pytest.approx([240, 240], abs=4)


def test_one_picture_is_not_cut() -> None:
    assert [b.box for b in split_panels(on_white(micrograph(3, 400, 500)), 0)] == [(12, 12, 512, 412)]


def test_a_scan_fault_is_no_border() -> None:
    picture = micrograph(5, 300, 400)
    picture[150] = 255
    assert len(split_panels(on_white(picture), 2)) == 1


def test_row_and_column_headers_are_no_panels() -> None:
    page = np.full((460, 560, 3), 255, np.uint8)
    page[60:440, 90:540] = grid(2, 2, 8, height=186, width=221)
    cv2.putText(page, "Anode", (150, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    cv2.putText(page, "Cathode", (370, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    blocks = split_panels(page, 4)
    assert len(blocks) == 4
    assert all(block.solid and block.box[1] > 50 for block in blocks)


def test_thumbnails_inside_a_chart_belong_to_the_chart() -> None:
    page = np.full((500, 600, 3), 255, np.uint8)
    cv2.rectangle(page, (40, 20), (580, 460), (0, 0, 0), 3)
    for x in (100, 280, 440):
        page[200:280, x : x + 100] = micrograph(x, 80, 100)
    blocks = split_panels(page, 0)
    assert len(blocks) == 1
    assert not blocks[0].solid


def test_a_blank_picture_has_no_panels() -> None:
    assert split_panels(np.full((100, 100, 3), 255, np.uint8), 2) == []


def test_a_tall_panel_beside_a_grid_is_read_after_the_grid() -> None:
    cells = [Block((x, y, x + 90, y + 90), True) for y in (0, 100) for x in (0, 100)]
    tall = Block((200, 0, 290, 190), False)
    assert in_reading_order([tall, *cells]) == [*cells, tall]
