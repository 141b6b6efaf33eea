"""A paper's own data, taken from where it can be trusted."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from glassllava.papers.captions import find_captions
from glassllava.papers.layout import read_layout
from glassllava.papers.metadata import Attached, PaperMetadata, find_dois, read_attached, read_metadata
from glassllava.papers.paragraphs import find_paragraphs
from tests.papers.written_pdf import LEFT, WrittenPdf


def metadata(data: bytes | Path) -> PaperMetadata:
    document = pypdfium2.PdfDocument(data)
    layouts = read_layout(document)
    return read_metadata(document, layouts, find_paragraphs(layouts, find_captions(layouts)), read_attached(data))


def test_a_doi_that_the_line_end_broke_is_joined_and_a_data_set_is_not_the_paper() -> None:
    pdf = WrittenPdf().text(50, 60, "Fracture of soda lime glass rods in bending", size=18, font="Bold")
    pdf.text(50, 90, "Anna B. Smith, Carl Jones").lines(50, 120, LEFT)
    pdf.lines(
        50,
        240,
        ["Data: https://doi.org/10.5281/zenodo.123456. This paper: https://doi.org/10.1149/1945-7111/", "ac7a68"],
    )
    found = metadata(pdf.save())
    assert (found.doi, found.doi_source) == ("10.1149/1945-7111/ac7a68", "first pages")
    assert found.title == "Fracture of soda lime glass rods in bending"
    assert found.authors == ["Anna B. Smith", "Carl Jones"]


def test_what_stands_nowhere_is_none() -> None:
    found = metadata(WrittenPdf().text(50, 100, "Nothing.").save())
    assert (found.doi, found.doi_source, found.journal, found.authors) == (None, None, None, [])
    assert (found.publisher, found.licence, found.article_type) == (None, None, None)


def test_a_date_of_publication_goes_before_the_year_that_the_production_wrote_into_the_file() -> None:
    pdf = WrittenPdf().text(50, 60, "Fracture of soda lime glass rods in bending", size=18, font="Bold")
    pdf.text(50, 90, "Received: 29 July 2015; Accepted: 7 December 2015; Published: 12 January 2016").lines(
        50, 130, LEFT
    )
    pdf.text(50, 700, "Copyright 2015 The Authors")
    assert metadata(pdf.save()).year == 2016


def test_authors_are_read_under_the_title_also_where_a_small_citation_repeats_it() -> None:
    pdf = WrittenPdf().text(200, 60, "Fracture of soda lime glass rods in bending", size=18, font="Bold")
    pdf.text(200, 90, "Anna B. Smith1, Carl Jones2*, Emil Weber1")
    pdf.text(200, 110, "1 Institute of Glass, University of Somewhere", size=7).lines(200, 140, LEFT)
    pdf.lines(
        50, 600, ["Citation:", "Smith AB, Jones C (2015)", "Fracture of soda lime glass", "rods in bending"], size=7
    )
    assert metadata(pdf.save()).authors == ["Anna B. Smith", "Carl Jones", "Emil Weber"]


def test_the_header_names_the_kind_and_the_foot_the_rights() -> None:
    pdf = WrittenPdf().text(50, 40, "REVIEW", size=9).text(50, 60, "Fracture of soda lime glass", size=18, font="Bold")
    pdf.text(50, 90, "Anna B. Smith, Carl Jones").lines(50, 120, LEFT)
    pdf.text(
        50, 800, "(c) 2021 The Authors. Published by Elsevier Ltd. Open access under the CC BY-NC-ND license.", size=7
    )
    found = metadata(pdf.save())
    assert (found.article_type, found.licence, found.publisher) == ("review", "CC-BY-NC-ND", "Elsevier Ltd")


def test_the_links_of_all_pages_and_the_packet_are_read() -> None:
    pdf = (
        WrittenPdf()
        .text(50, 60, "One")
        .link("https://a.example/1")
        .page()
        .text(50, 60, "Two")
        .link("https://b.example")
    )
    pdf.xmp = "<dc:publisher>A Press</dc:publisher>"
    attached = read_attached(pdf.save())
    assert attached.links == ("https://a.example/1", "https://b.example")
    assert "A Press" in attached.xmp


def test_a_file_that_cannot_be_opened_or_whose_links_are_none_carries_nothing() -> None:
    assert read_attached(b"%PDF-1.4 broken") == Attached()
    whole = WrittenPdf().text(50, 60, "One").link("https://a.example/1").save()
    with pikepdf.open(io.BytesIO(whole)) as document:
        document.pages[0].obj.Annots = pikepdf.Array([pikepdf.Name.Broken, pikepdf.Dictionary(A=7)])
        changed = io.BytesIO()
        document.save(changed)
    assert read_attached(changed.getvalue()) == Attached()


@pytest.mark.parametrize(
    ("text", "dois"),
    [
        ("doi:10.1038/srep19235.", ["10.1038/srep19235"]),
        ("(https://doi.org/10.1016/j.heliyon.2019.e01329)", ["10.1016/j.heliyon.2019.e01329"]),
        ("10.1016/S0022-3093(98)00613-0", ["10.1016/s0022-3093(98)00613-0"]),
        ("10.5281/zenodo.6815046", []),
    ],
)
def test_dois_end_where_they_end(text: str, dois: list[str]) -> None:
    assert find_dois(text) == dois


@pytest.mark.real
def test_real_dois_are_right(shared_data: Path) -> None:
    truth = json.loads((shared_data / "papers" / "truth.json").read_text())
    for source in sorted((shared_data / "papers").glob("*.pdf")):
        expected = next(paper["doi"] for name, paper in truth.items() if name == source.stem)
        found = metadata(source)
        assert found.doi == expected.lower(), source.name
        assert found.year is not None and found.title and found.authors and found.journal
        assert found.licence is not None and found.publisher is not None, source.name


@pytest.mark.real
def test_real_licences_and_kinds_are_those_of_the_publishers_xml(shared_data: Path) -> None:
    wanted = {
        "PMC4558530": ("CC-BY-4.0", "article"),
        "PMC4709698": ("CC-BY-4.0", None),
        "PMC5830579": ("CC-BY-4.0", None),
        "PMC6416655": ("CC-BY-NC-ND-4.0", None),
        "PMC7048421": ("CC-BY-NC-4.0", "article"),
        "PMC7055569": ("CC-BY", "review"),
        "PMC7067258": ("CC-BY-3.0", "article"),
    }
    read = {name: metadata(shared_data / "papers" / f"{name}.pdf") for name in wanted}
    assert {name: (found.licence, found.article_type) for name, found in read.items()} == wanted
