"""Each caption gets its own figure's ink: rows between two captions, and rules that belong to no figure."""

from __future__ import annotations

import pytest

from glassllava.papers.captions import find_captions
from glassllava.papers.figures import locate_figures
from glassllava.papers.layout import read_layout
from tests.papers.written_pdf import HEIGHT, LEFT, WrittenPdf


def placed(pdf: WrittenPdf, x: float, y: float, width: float = 200, height: float = 100) -> WrittenPdf:
    """Print a grey picture with its upper left corner at (x, y)."""
    return pdf.draw(f"q {width} 0 0 {height} {x} {HEIGHT - y - height} cm /Picture Do Q")


def regions(pdf: WrittenPdf) -> dict[str, tuple[float, float, float, float]]:
    document = pdf.open()
    layouts = read_layout(document)
    return {found.caption.label: found.box for found in locate_figures(document, layouts, find_captions(layouts))}


def test_a_row_under_another_figures_caption_goes_with_the_row_below_it() -> None:
    pdf = placed(WrittenPdf(), 50, 60, 480).text(50, 175, "Figure 1. Glass before the test of bending.", size=8)
    for y in (200, 322):
        placed(placed(pdf, 50, y), 260, y).text(50, y - 4, "A", font="Bold")
    pdf.text(50, 440, "Figure 2. Glass after the test of bending.", size=8).lines(50, 500, LEFT)
    assert regions(pdf) == {
        "1": pytest.approx((50, 60, 530, 160), abs=2),
        "2": pytest.approx((50, 190, 460, 422), abs=5),
    }


def test_rules_of_a_head_are_no_part_of_a_figure() -> None:
    pdf = WrittenPdf().draw(f"0.5 w 44 {HEIGHT - 185} m 553 {HEIGHT - 185} l S")
    pdf.draw(f"0.5 w 44 {HEIGHT - 290} m 553 {HEIGHT - 290} l S")
    pdf.lines(44, 194, ["Article history", "Received in May", "Accepted in June", "Published in July"] * 3, size=6.9)
    placed(pdf, 310, 310).text(310, 425, "Figure 1. Glass before the test of bending.", size=8).lines(50, 320, LEFT)
    assert regions(pdf) == {"1": pytest.approx((310, 310, 510, 410), abs=2)}


def test_a_tinted_box_of_the_next_column_is_no_part_of_the_figure_above_a_caption() -> None:
    pdf = placed(WrittenPdf(), 50, 60).text(50, 175, "Figure 1. Glass before the test of bending.", size=8)
    pdf.draw(f"0.85 g 300 {HEIGHT - 700} 240 640 re f 0 g").lines(50, 220, LEFT)
    placed(pdf, 310, 70, 90, 90)
    assert regions(pdf) == {"1": pytest.approx((50, 60, 250, 160), abs=2)}


def test_a_second_picture_beside_the_one_above_the_caption_stays_with_it() -> None:
    pdf = placed(placed(WrittenPdf(), 50, 60), 262, 60, 200, 130)
    pdf.text(50, 175, "Figure 1. Glass before and after bending.", size=8).lines(50, 220, LEFT)
    assert regions(pdf) == {"1": pytest.approx((50, 60, 462, 190), abs=2)}
