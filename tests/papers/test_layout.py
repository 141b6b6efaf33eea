"""Lines, columns and reading order of pages written for the purpose, and of the real papers."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from glassllava.papers.layout import read_layout
from tests.papers.written_pdf import HEIGHT, LEFT, RIGHT, WrittenPdf


def texts(pdf: WrittenPdf, page: int = 0) -> list[str]:
    return [line.text for line in read_layout(pdf.open())[page].lines]


def test_two_columns_are_read_one_after_the_other() -> None:
    pdf = WrittenPdf()
    for left, right, y in zip(LEFT, RIGHT, range(100, 200, 12), strict=False):
        pdf.text(50, y, left).text(310, y, right)
    assert texts(pdf) == LEFT + RIGHT


def test_a_block_across_both_columns_parts_the_page() -> None:
    across = "A line that runs across the page from the left margin to the right one and so parts what stands above"
    pdf = WrittenPdf().lines(50, 100, LEFT).lines(310, 100, RIGHT)
    pdf.text(50, 200, across).lines(50, 240, LEFT).lines(310, 240, RIGHT)
    assert texts(pdf) == [*LEFT, *RIGHT, across, *LEFT, *RIGHT]


def test_one_column_is_read_from_top_to_bottom_however_it_was_written() -> None:
    pdf = WrittenPdf()
    for number in (3, 0, 2, 1):
        pdf.text(50, 100 + 12 * number, LEFT[number])
    assert texts(pdf) == LEFT[:4]


def test_a_raised_number_stays_on_its_line() -> None:
    pdf = WrittenPdf().text(50, 100, "It was cooled at 10 K s").text(140, 96, "-1", size=6).text(148, 100, "in air.")
    assert texts(pdf) == ["It was cooled at 10 K s-1 in air."]


def test_text_that_nobody_sees_is_left_out() -> None:
    pdf = WrittenPdf().text(50, 100, "Seen.").text(50, 120, "Invisible ink.", mode=3)
    pdf.text(-200, 140, "Off the page.").text(50, HEIGHT + 30, "Below the page.")
    pdf.draw("q 40 700 10 10 re W n").text(50, 300, "Clipped away.").draw("Q")
    assert texts(pdf) == ["Seen."]


def test_invisible_ink_is_the_text_of_a_scanned_page() -> None:
    assert texts(WrittenPdf().text(50, 100, "Recognised words.", mode=3)) == ["Recognised words."]


def test_text_printed_twice_is_read_once() -> None:
    pdf = WrittenPdf().text(50, 100, "Fake bold").text(50.4, 100, "Fake bold")
    assert texts(pdf) == ["Fake bold"]


def test_an_image_inside_a_form_is_where_the_reader_sees_it() -> None:
    layout = read_layout(WrittenPdf().draw("q 2 0 0 2 30 40 cm /Form Do Q").open())[0]
    assert layout.images == [pytest.approx((50, HEIGHT - 180, 250, HEIGHT - 80))]


def test_an_image_is_clipped_to_the_page() -> None:
    layout = read_layout(WrittenPdf().draw("q 200 0 0 100 -50 400 cm /Picture Do Q").open())[0]
    assert layout.images == [pytest.approx((0, HEIGHT - 500, 150, HEIGHT - 400))]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_are_those_of_the_page_as_displayed(rotation: int) -> None:
    pdf = WrittenPdf(rotation=rotation).draw("q 100 0 0 50 10 20 cm /Picture Do Q")
    layout = read_layout(pdf.open())[0]
    width, height = (HEIGHT, 595) if rotation != 180 else (595, HEIGHT)
    expected = {
        90: (20, 10, 70, 110),
        180: (width - 110, 20, width - 10, 70),
        270: (width - 70, height - 110, width - 20, height - 10),
    }[rotation]
    assert (layout.width, layout.height) == (width, height)
    assert layout.images == [pytest.approx(expected)]


def test_running_heads_and_page_numbers_are_furniture() -> None:
    pdf = WrittenPdf()
    for number in range(1, 5):
        pdf = pdf.page() if number > 1 else pdf
        pdf.text(50, 40, f"Journal of Glass {number + 100}").text(50, 100, LEFT[number]).text(290, 820, str(number))
    for layout in read_layout(pdf.open()):
        assert [line.text for line in layout.furniture] == [
            f"Journal of Glass {layout.number + 100}",
            str(layout.number),
        ]


def test_captions_at_the_feet_of_two_pages_are_no_furniture() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT).text(50, 800, "Figure 1. SEM images of the glass")
    pdf.page().lines(50, 100, RIGHT).text(50, 800, "Figure 2. SEM images of the glass")
    assert [layout.lines[-1].text for layout in read_layout(pdf.open())] == [
        "Figure 1. SEM images of the glass",
        "Figure 2. SEM images of the glass",
    ]


def test_line_numbers_of_a_manuscript_are_furniture() -> None:
    pdf = WrittenPdf()
    for number, words in enumerate(LEFT):
        pdf.text(30, 100 + 20 * number, str(number + 1), size=7).text(60, 100 + 20 * number, words)
    assert texts(pdf) == LEFT


def test_a_page_that_cannot_be_loaded_is_marked_and_the_rest_is_read() -> None:
    whole = WrittenPdf().text(50, 100, "First.").page().text(50, 100, "Second.").save()
    nowhere = re.sub(rb"/Kids \[ 3 0 R", b"/Kids [ 9 0 R", whole)
    layouts = read_layout(pypdfium2.PdfDocument(nowhere))
    assert [layout.unreadable for layout in layouts] == [True, False]
    assert [line.text for line in layouts[1].lines] == ["Second."]


@pytest.mark.real
def test_symbol_fonts_and_ligatures_of_a_real_paper_are_read(shared_data: Path) -> None:
    layouts = read_layout(pypdfium2.PdfDocument(shared_data / "papers" / "PMC7067258.pdf"))
    text = " ".join(line.text for layout in layouts for line in layout.lines)
    assert "measurable size of 350 μm" in text
    assert "specifically" in text
    assert "mA g−1" in text
