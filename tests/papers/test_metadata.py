"""A paper's own data, taken from where it can be trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from glassllava.papers.captions import find_captions
from glassllava.papers.layout import read_layout
from glassllava.papers.metadata import PaperMetadata, find_dois, read_metadata, read_xmp
from glassllava.papers.paragraphs import find_paragraphs
from tests.papers.written_pdf import LEFT, WrittenPdf


def metadata(data: bytes | Path) -> PaperMetadata:
    document = pypdfium2.PdfDocument(data)
    layouts = read_layout(document)
    return read_metadata(document, layouts, find_paragraphs(layouts, find_captions(layouts)), read_xmp(data))


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
