"""Words of a figure do not enter the sentence that the figure interrupts."""

from __future__ import annotations

from glassllava.papers.captions import find_captions
from glassllava.papers.figure_words import without_figure_words
from glassllava.papers.figures import locate_figures
from glassllava.papers.layout import read_layout
from glassllava.papers.paragraphs import find_paragraphs
from glassllava.papers.reading import Paragraph
from tests.papers.written_pdf import HEIGHT, LEFT, RIGHT, WrittenPdf


def paragraphs(pdf: WrittenPdf) -> list[Paragraph]:
    document = pdf.open()
    layouts = read_layout(document)
    captions = find_captions(layouts)
    regions = locate_figures(document, layouts, captions)
    assert regions
    return find_paragraphs(without_figure_words(layouts, regions), captions)


def with_figure(letters_at: float, spread: float = 150) -> WrittenPdf:
    """A sentence that begins on the first page and goes on under a figure of two pictures on the second."""
    pdf = WrittenPdf().text(50, 60, "Fracture of soda lime glass rods in bending", size=18, font="Bold")
    pdf.text(50, 100, "1. Introduction", size=12, font="Bold").lines(
        50, 120, [*LEFT[:5], "The mist was seen only where"]
    )
    pdf.page()
    for number, letter in enumerate("ab"):
        x = 50 + spread * number
        pdf.draw(f"q 140 0 0 100 {x} {HEIGHT - 200} cm /Picture Do Q").text(x + 60, letters_at, f"({letter})")
    pdf.lines(50, 235, ["Figure 1. Glass. (a) Mirror. (b) Mist."], size=8)
    return pdf.lines(50, 280, ["the crack ran fast (Fig. 1(b)).", *RIGHT])


def test_letters_below_and_above_pictures_are_no_body_text() -> None:
    for letters_at in (214, 94, 120):
        text = " ".join(p.text for p in paragraphs(with_figure(letters_at)) if p.role == "body")
        assert "seen only where the crack ran fast (Fig. 1(b))." in text
        assert "(a)" not in text


def test_prose_beside_a_small_picture_is_kept() -> None:
    pdf = WrittenPdf().lines(50, 60, LEFT)
    pdf.draw(f"q 140 0 0 200 50 {HEIGHT - 400} cm /Picture Do Q").draw(
        f"q 140 0 0 200 420 {HEIGHT - 400} cm /Picture Do Q"
    )
    pdf.lines(
        220, 250, ["A glass that breaks early", "has a large flaw in it, and", "this one was very large", "indeed."]
    )
    pdf.lines(
        50, 430, ["Figure 1. Two pieces of glass from the same sheet, before and after the test in bending."], size=8
    )
    assert any("this one was very large indeed." in paragraph.text for paragraph in paragraphs(pdf))
