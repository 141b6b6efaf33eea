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


HALVES = [*LEFT[:5], "The mist was seen only where"], ["the crack ran fast (Fig. 1).", *RIGHT]


def body(pdf: WrittenPdf) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(pdf) if paragraph.role == "body"]


def test_an_imprint_under_a_column_is_no_heading_and_parts_no_sentence() -> None:
    pdf = paper().lines(50, 120, HALVES[0])
    pdf.text(50, 210, "\xa92020 The Authors. Published under the terms of a Creative Commons licence.", size=8)
    pdf.text(50, 240, "DOI: 10.1002/glas.201902866", font="Bold").lines(310, 120, HALVES[1])
    found = paragraphs(pdf)
    assert {p.section for p in found if p.role == "body"} == {"1. Introduction"}
    assert any("seen only where the crack ran fast (Fig. 1)." in p.text for p in found if p.role == "body")


def test_a_table_with_its_caption_and_note_parts_no_sentence_and_takes_none() -> None:
    pdf = paper().lines(50, 120, HALVES[0]).page()
    for row in range(4):
        pdf.text(50, 100 + 12 * row, f"Sample {row}", size=7).text(150, 100 + 12 * row, f"{row}.5", size=7)
    pdf.lines(50, 160, ["Table 1. Sizes of the samples that were broken in this work, as measured under a lens,"])
    pdf.lines(50, 172, ["*Significant values, df: degrees of freedom, P: level of significance."])
    found = body(pdf.page().lines(50, 100, HALVES[1]))
    assert any("seen only where the crack ran fast (Fig. 1)." in text for text in found)
    assert not any("Table 1." in text or "Significant" in text for text in found)


def test_a_sentence_goes_on_behind_a_note_of_its_own_size() -> None:
    pdf = paper().lines(50, 120, HALVES[0]).page()
    pdf.lines(
        50, 100, ["Note: the editors want to say here what the mirror is", "in this work: a place that is smooth."]
    )
    found = body(pdf.page().lines(50, 100, HALVES[1]))
    assert any("seen only where the crack ran fast (Fig. 1)." in text for text in found)


def test_a_sentence_that_names_a_table_is_no_caption() -> None:
    pdf = paper().lines(50, 120, ["Table 1 shows all of the samples that were broken in", *LEFT[1:]])
    assert body(pdf)[0].startswith("Table 1 shows all of the samples")


def test_a_formula_between_two_halves_of_a_sentence_does_not_part_it() -> None:
    pdf = paper().lines(50, 120, [*LEFT[:5], "The size of the mirror is given by the formula"])
    pdf.text(120, 200, "s = A + B r - C r").text(250, 200, "(1)").lines(
        50, 222, ["where s is the stress at failure.", *RIGHT]
    )
    assert any("by the formula where s is the stress" in text for text in body(pdf))


def test_a_sign_that_floats_between_two_lines_does_not_part_a_paragraph() -> None:
    pdf = paper().lines(50, 120, LEFT[:3]).text(120, 148.5, "x").lines(50, 156, LEFT[3:])
    (text,) = [text for text in body(pdf) if text.startswith("Glass breaks")]
    assert text.endswith("had run fast.")
    assert "with the stress at failure" in text


def test_a_hanging_indent_keeps_an_item_of_a_list_whole() -> None:
    pdf = (
        paper()
        .text(50, 120, "(1) The mirror is smooth where the crack began and it")
        .text(64, 132, "ends where mist begins.")
    )
    pdf.text(50, 144, "(2) The mist was seen only where the crack ran as fast").text(64, 156, "as it can run in glass.")
    assert body(pdf) == [
        "(1) The mirror is smooth where the crack began and it ends where mist begins.",
        "(2) The mist was seen only where the crack ran as fast as it can run in glass.",
    ]


def test_the_head_of_a_column_of_a_table_is_no_heading() -> None:
    pdf = paper().lines(50, 120, LEFT)
    for x, word in ((50, "Glass"), (130, "Method"), (210, "References")):
        pdf.text(x, 230, word, size=8).text(x, 244, "[12]", size=8)
    found = paragraphs(pdf.lines(50, 280, RIGHT))
    assert {p.section for p in found if p.role == "body"} == {"1. Introduction"}


def test_a_numbered_heading_of_two_lines_is_one() -> None:
    pdf = paper().lines(50, 120, LEFT).text(50, 210, "2. The mirror of rods that were broken in")
    pdf.text(50, 222, "water and in air").lines(50, 246, RIGHT)
    assert "2. The mirror of rods that were broken in water and in air" in [
        p.text for p in paragraphs(pdf) if p.role == "heading"
    ]


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
