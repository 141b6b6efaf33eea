"""Paragraphs, sections and roles on written pages and real papers."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from glassllava.papers.captions import find_captions
from glassllava.papers.layout import read_layout
from glassllava.papers.mentions import find_mentions
from glassllava.papers.paragraphs import find_paragraphs
from glassllava.papers.reading import Paragraph
from tests.papers.written_pdf import LEFT, RIGHT, WrittenPdf


def paragraphs(pdf: WrittenPdf) -> list[Paragraph]:
    layouts = read_layout(pdf.open())
    return find_paragraphs(layouts, find_captions(layouts))


def paper() -> WrittenPdf:
    pdf = WrittenPdf().text(50, 60, "Fracture of soda lime glass rods in bending", size=18, font="Bold")
    return pdf.text(50, 100, "1. Introduction", size=12, font="Bold")


def test_a_sentence_goes_on_in_the_next_column() -> None:
    pdf = (
        paper()
        .lines(50, 120, [*LEFT[:5], "The mist was seen only where"])
        .lines(310, 120, ["the crack ran fast.", *RIGHT])
    )
    body = [paragraph.text for paragraph in paragraphs(pdf) if paragraph.role == "body"]
    assert any("seen only where the crack ran fast." in text for text in body)


def test_a_figure_between_two_halves_of_a_paragraph_does_not_part_it() -> None:
    pdf = paper().lines(50, 120, [*LEFT[:2], "and hackle in this order, and their sizes scale with the"])
    pdf.lines(50, 300, ["Figure 1. A glass surface."], size=8).page().lines(50, 100, ["stress at failure.", *RIGHT])
    found = paragraphs(pdf)
    assert any("scale with the stress at failure." in paragraph.text for paragraph in found if paragraph.role == "body")
    assert [paragraph.text for paragraph in found if paragraph.role == "caption"] == ["Figure 1. A glass surface."]


def test_a_paragraph_tells_where_it_goes_on_on_another_page() -> None:
    pdf = paper().lines(50, 120, [*LEFT[:2], "and hackle in this order, and their sizes scale with the frac-"])
    pdf.page().lines(50, 100, ["ture stress. Fig. 1 shows it.", *RIGHT]).lines(50, 300, ["Figure 1. A glass."], size=8)
    layouts = read_layout(pdf.open())
    captions = find_captions(layouts)
    found = find_paragraphs(layouts, captions)
    (through,) = [paragraph for paragraph in found if "scale with the fracture stress" in paragraph.text]
    assert (through.page, through.breaks) == (1, [(through.text.index("ture stress."), 2)])
    assert all(not paragraph.breaks for paragraph in found if paragraph is not through)
    (mention,) = find_mentions(found, captions)
    assert (mention.text, mention.page) == ("Fig. 1 shows it.", 2)


def test_a_footnote_between_two_halves_of_a_sentence_does_not_part_it() -> None:
    note = "The samples that are named here were all cut from one sheet of float glass by the makers of the sheet."
    pdf = paper().lines(50, 120, [*LEFT[:5], "The mist was seen only where"]).text(50, 780, note, size=8)
    pdf.page().lines(50, 100, ["the crack ran fast (Fig. 1).", *RIGHT]).lines(50, 300, ["Figure 1. A glass."], size=8)
    body = [paragraph.text for paragraph in paragraphs(pdf) if paragraph.role == "body"]
    assert any("seen only where the crack ran fast (Fig. 1)." in text for text in body)


def test_a_running_head_over_a_column_does_not_part_a_sentence() -> None:
    pdf = paper().lines(50, 120, [*LEFT[:5], "The mist was seen only where"])
    pdf.page().text(50, 44, "Smith and Jones", size=7.5).lines(50, 68, ["the crack ran fast.", *RIGHT])
    body = [paragraph.text for paragraph in paragraphs(pdf) if paragraph.role == "body"]
    assert any("seen only where the crack ran fast." in text for text in body)


def test_a_column_that_ends_in_an_abbreviation_ends_no_sentence() -> None:
    pdf = paper().lines(50, 120, [*LEFT[:5], "The mist was seen where the crack ran fast in Fig."])
    pdf.lines(310, 120, ["3(a), and nowhere else.", *RIGHT])
    body = [paragraph.text for paragraph in paragraphs(pdf) if paragraph.role == "body"]
    assert any("ran fast in Fig. 3(a), and nowhere else." in text for text in body)


def test_sections_and_references_are_told() -> None:
    pdf = paper().lines(50, 120, LEFT).text(50, 210, "References", size=12, font="Bold")
    pdf.lines(50, 230, ["[1] A. Smith, Glass 12 (2001) 34.", "[2] B. Jones, Glass 13 (2002) 35."], size=8)
    found = paragraphs(pdf)
    assert [(p.role, p.text) for p in found if p.role == "title"] == [
        ("title", "Fracture of soda lime glass rods in bending")
    ]
    assert {p.section for p in found if p.role == "body"} == {"1. Introduction"}
    assert all(p.role == "reference" for p in found if "Smith" in p.text)


def test_an_indent_begins_a_paragraph() -> None:
    pdf = paper().lines(50, 120, LEFT[:3]).text(62, 156, RIGHT[0]).lines(50, 168, RIGHT[1:4])
    body = [paragraph.text for paragraph in paragraphs(pdf) if paragraph.role == "body"]
    assert len(body) == 2


@pytest.mark.real
def test_real_paragraphs_are_whole(shared_data: Path) -> None:
    for name in ("PMC4558530", "PMC7048421", "PMC7055569", "PMC7067258"):
        layouts = read_layout(pypdfium2.PdfDocument(shared_data / "papers" / f"{name}.pdf"))
        captions = find_captions(layouts)
        found = find_paragraphs(layouts, captions)
        body = " ".join(paragraph.text for paragraph in found if paragraph.role == "body")
        assert not re.search(r"[a-z]- [a-z]{3}", body.replace(" and ", ""))
        assert "References" not in body
        assert sum(len(paragraph.text) for paragraph in found if paragraph.role == "reference") > 2500
        cited = {mention.figure for mention in find_mentions(found, captions) if not mention.supplementary}
        assert cited == {caption.label for caption in captions if not caption.supplementary}
