"""The kind of a paper is what its header names, and nothing else."""

from __future__ import annotations

import pytest

from glassllava.papers.article_types import article_type_of, find_article_type
from glassllava.papers.layout import read_layout
from glassllava.papers.reading import Line, PageLayout
from tests.papers.written_pdf import LEFT, WrittenPdf


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Article", "article"),
        ("ORIGINAL RESEARCH", "article"),
        ("SCIENCE ADVANCES | RESEARCH ARTICLE", "article"),
        ("PAPER • OPEN ACCESS", "article"),
        ("NAN O R EVI EW", "review"),
        ("Review Article Open Access", "review"),
        ("Progress Report", "review"),
        ("Short communication", "communication"),
        ("Letter", "letter"),
        ("Erratum", "correction"),
        ("Physical Review Letters", None),
        ("Article Recommendations", None),
        ("View Article Online", None),
        ("The main purpose of this review", None),
        ("", None),
    ],
)
def test_a_line_names_a_kind_only_as_a_whole(words: str, kind: str | None) -> None:
    assert article_type_of(words) == kind


def paper(above: str, below: str = "") -> tuple[list[PageLayout], tuple[PageLayout, list[Line]]]:
    pdf = WrittenPdf().text(50, 60, "Fracture of glass rods", size=18, font="Bold").lines(50, 120, LEFT)
    if above:
        pdf.text(50, 30, above)
    if below:
        pdf.text(50, 300, below)
    layouts = read_layout(pdf.open())
    return layouts, (layouts[0], [line for line in layouts[0].lines if line.size > 12])


def test_the_kind_stands_above_the_title_and_not_below_it() -> None:
    assert find_article_type(*paper("Communication")) == "communication"
    assert find_article_type(*paper("", "Review")) is None


def test_the_packet_may_name_it_too() -> None:
    layouts, title = paper("")
    packet = "<dc:type> <rdf:Bag> <rdf:li>research-article</rdf:li> </rdf:Bag> </dc:type>"
    assert find_article_type(layouts, title, packet) == "article"
    assert find_article_type(layouts, None, "<dc:type>text</dc:type>") is None
