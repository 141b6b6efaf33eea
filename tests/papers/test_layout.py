"""Lines, columns and reading order of pages written for the purpose, and of the real papers."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
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


def test_a_column_beside_a_table_is_read_on_its_own_where_other_pages_have_two_columns() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT).lines(310, 100, RIGHT)
    third = [words[::-1] for words in LEFT]
    pdf.page().lines(50, 100, RIGHT).lines(310, 100, LEFT).page().lines(50, 100, third)
    for row in range(5):
        for column in range(4):
            pdf.text(310 + 60 * column, 101 + 14 * row, f"{row}.{column}", size=7)
    assert texts(pdf, 2)[: len(third)] == third


def test_a_wide_table_is_read_in_rows_where_other_pages_have_two_columns() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT).lines(310, 100, RIGHT)
    pdf.page().lines(50, 100, RIGHT).lines(310, 100, LEFT).page()
    for row, name in enumerate(
        ["Soda lime glass, as it came", "Silica", "Borosilicate glass, annealed", "Window", "Lead"]
    ):
        pdf.text(50, 100 + 14 * row, name).text(320, 100 + 14 * row, f"{row} GPa")
    assert texts(pdf, 2)[:4] == ["Soda lime glass, as it came", "0 GPa", "Silica", "1 GPa"]


def test_text_that_runs_around_a_wide_abstract_is_read_in_one() -> None:
    abstract = [
        f"{number} is a line of an abstract wider than one column, so that text runs beside it" for number in "123456"
    ]
    around = [words[:26].strip() for words in LEFT + RIGHT]
    pdf = WrittenPdf()
    for row, words in enumerate(abstract):
        pdf.text(50, 108 + 12 * row, words, font="Bold", size=9)
    pdf.lines(50, 200, LEFT).lines(400, 100, around[:9]).lines(310, 208, RIGHT)
    found = texts(pdf)
    assert found.index(abstract[0]) < found.index(LEFT[0]) < found.index(around[0])
    start = found.index(around[0])
    assert found[start : start + 9 + len(RIGHT)] == around[:9] + RIGHT


def test_one_column_is_read_from_top_to_bottom_however_it_was_written() -> None:
    pdf = WrittenPdf()
    for number in (3, 0, 2, 1):
        pdf.text(50, 100 + 12 * number, LEFT[number])
    assert texts(pdf) == LEFT[:4]


def test_a_raised_number_stays_on_its_line() -> None:
    pdf = WrittenPdf().text(50, 100, "It was cooled at 10 K s").text(140, 96, "-1", size=6).text(148, 100, "in air.")
    assert texts(pdf) == ["It was cooled at 10 K s-1 in air."]


def kerned(pdf: WrittenPdf, x: float, y: float, pieces: str) -> WrittenPdf:
    """Print strings with shifts between them, in thousandths of the font size to the left."""
    return pdf.draw(f"BT /Body 10 Tf {x} {HEIGHT - y} Td [{pieces}] TJ ET")


def test_a_thin_space_parts_a_number_from_its_unit() -> None:
    pdf = kerned(WrittenPdf(), 50, 100, r"(a rod of 6) -120 (mm, 25) -120 (% more \(2B\))")
    assert texts(pdf) == ["a rod of 6 mm, 25 % more (2B)"]


def test_letters_set_wide_apart_part_no_number_from_its_letter() -> None:
    pdf = WrittenPdf().draw(f"BT /Body 10 Tf 1.2 Tc 50 {HEIGHT - 100} Td (seen in 3D and BT48K here) Tj ET")
    assert texts(pdf) == ["seen in 3D and BT48K here"]


def test_parts_of_a_formula_are_read_as_they_stand_however_they_were_written() -> None:
    pdf = kerned(WrittenPdf(), 50, 100, "(0) -250 (15)").text(55, 100, ".").text(71, 100, "< x")
    assert texts(pdf) == ["0.15 < x"]


def test_an_index_stands_in_the_hole_that_its_line_leaves() -> None:
    pdf = kerned(WrittenPdf(), 50, 100, "(x = M) -550 (/4)").text(74.7, 102, "A", size=7)
    assert texts(pdf) == ["x = MA/4"]


def test_the_limit_of_an_integral_belongs_to_its_line() -> None:
    pdf = kerned(WrittenPdf().text(50, 88, "and the line above it"), 50, 100, "(V = S) -500 (dh)")
    assert texts(pdf.text(73.6, 93.4, "1", size=6)) == ["and the line above it", "V = S1 dh"]


def test_a_tilde_that_floats_over_a_letter_is_its_accent() -> None:
    pdf = WrittenPdf().text(50, 100, "the fraction A was kept at ~ 5").text(99.2, 94.6, "~")
    assert texts(pdf) == ["the fraction Ã was kept at ~ 5"]


def test_an_accent_that_is_written_elsewhere_stands_on_its_letter() -> None:
    pdf = WrittenPdf().text(50, 100, "at 3.3 A, in Poznan").text(50, 112, "and so on").text(79.5, 98, "\xca")
    assert texts(pdf) == ["at 3.3 Å, in Poznan", "and so on"]


def test_a_large_bullet_joins_no_two_lines() -> None:
    pdf = WrittenPdf().text(50, 101, "\xb7", size=32).text(70, 97, "Acknowledgments")
    assert {"Acknowledgments", "This work was paid for."} < set(texts(pdf.text(50, 113, "This work was paid for.")))


def test_text_that_nobody_sees_is_left_out() -> None:
    pdf = WrittenPdf().text(50, 100, "Seen.").text(50, 120, "Invisible ink.", mode=3)
    pdf.text(-200, 140, "Off the page.").text(50, HEIGHT + 30, "Below the page.")
    pdf.draw("q 40 700 10 10 re W n").text(50, 300, "Clipped away.").draw("Q")
    assert texts(pdf) == ["Seen."]


def test_white_text_is_seen_only_on_a_darker_ground() -> None:
    pdf = WrittenPdf().text(50, 100, "Black.").draw("1 g").text(50, 200, "White on white.")
    pdf.draw(f"0.2 0.4 0.8 rg 40 {HEIGHT - 310} 200 30 re f 1 g").text(50, 300, "White on blue.")
    pdf.draw(f"q 200 0 0 60 40 {HEIGHT - 440} cm /Picture Do Q").text(50, 420, "White on a picture.")
    pdf.draw(f"1 g 40 {HEIGHT - 510} 200 30 re f").text(50, 500, "White on a white field.")
    assert texts(pdf) == ["Black.", "White on blue.", "White on a picture."]


def test_text_without_any_opacity_is_not_seen() -> None:
    pdf = WrittenPdf().text(50, 100, "Seen.").draw("/Clear gs").text(50, 120, "Clear.")
    document = pikepdf.open(io.BytesIO(pdf.save()))
    document.pages[0].obj.Resources.ExtGState = pikepdf.Dictionary(Clear=pikepdf.Dictionary(ca=0))
    buffer = io.BytesIO()
    document.save(buffer)
    layouts = read_layout(pypdfium2.PdfDocument(buffer.getvalue()))
    assert [line.text for line in layouts[0].lines] == ["Seen."]


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
def test_text_of_neighbouring_pages_and_second_prints_are_left_out(shared_data: Path) -> None:
    path = shared_data / "papers_without_sem" / "molecules21020183_SEM-means-standard-error.pdf"
    layouts = read_layout(pypdfium2.PdfDocument(path))
    long = [line.text for layout in layouts for line in layout.lines if len(line.text) > 60]
    assert len(long) > 400
    assert len(set(long)) >= len(long) - 2, "the paper says two things twice, over and over the pages nothing"


@pytest.mark.real
def test_formulas_within_lines_are_read_in_order(shared_data: Path) -> None:
    layouts = read_layout(pypdfium2.PdfDocument(shared_data / "papers" / "PMC4709698.pdf"))
    text = " ".join(line.text for layout in layouts for line in layout.lines)
    assert "0.15 < xcn < 0.20" in text
    assert "average volume fraction Ã" in text.replace("aver- ", "aver")
    assert "a diameter of 6 mm" in text


@pytest.mark.real
def test_symbol_fonts_and_ligatures_of_a_real_paper_are_read(shared_data: Path) -> None:
    layouts = read_layout(pypdfium2.PdfDocument(shared_data / "papers" / "PMC7067258.pdf"))
    text = " ".join(line.text for layout in layouts for line in layout.lines)
    assert "measurable size of 350 μm" in text
    assert "specifically" in text
    assert "mA g−1" in text
