"""Metadata of real papers, held against the publishers' XML, field by field.

In: the PDFs of `../shared/data` and the JATS beside them. Out: what was read of each paper, where it differs from the
XML, and one line a field: how many papers say it, and how many of these agree. Nothing is asked of the network.

    python benchmarks/metadata.py
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pypdfium2
from jats import similarity

from glassllava.corpus.likeness import same_value
from glassllava.papers.captions import find_captions
from glassllava.papers.layout import read_layout
from glassllava.papers.metadata import PaperMetadata, read_attached, read_metadata
from glassllava.papers.paragraphs import find_paragraphs
from glassllava.text.licences import find_licences

DATA = Path(__file__).parents[2] / "shared" / "data"
FIELDS = ("doi", "title", "authors", "year", "journal", "publisher", "licence", "article_type")
_TYPES = {
    "research-article": {"article", "communication", "letter", "methods"},
    "review-article": {"review"},
    "brief-report": {"communication"},
    "rapid-communication": {"communication"},
    "letter": {"letter"},
    "editorial": {"editorial"},
    "correction": {"correction"},
}
"""JATS calls communications and letters research articles, too."""


def read(file: Path) -> PaperMetadata:
    """Read the metadata of one PDF, as the papers stage does."""
    document = pypdfium2.PdfDocument(file)
    layouts = read_layout(document)
    paragraphs = find_paragraphs(layouts, find_captions(layouts))
    return read_metadata(document, layouts, paragraphs, read_attached(file))


def read_gold(file: Path) -> dict[str, Any]:
    """Return what the XML says of each field; `year` is the set of all its years of publication."""
    article = ElementTree.parse(file).getroot()
    front = article.find("front")
    assert front is not None
    meta = front.find("article-meta")
    assert meta is not None
    title = meta.find("title-group/article-title")
    assert title is not None
    rights = meta.find("permissions")
    links = "".join(" ".join(part.attrib.values()) for part in rights.iter()) if rights is not None else ""
    words = " ".join(rights.itertext()) if rights is not None else ""
    named = find_licences(links) or find_licences(words)
    return {
        "doi": next(e.text or "" for e in meta.iter("article-id") if e.get("pub-id-type") == "doi"),
        "title": "".join(title.itertext()),
        "authors": [e.findtext("name/surname") or "" for e in meta.findall("contrib-group/contrib")],
        "year": {int(e.findtext("year") or 0) for e in meta.findall("pub-date")},
        "journal": front.findtext("journal-meta/journal-title-group/journal-title") or "",
        "publisher": front.findtext("journal-meta/publisher/publisher-name") or "",
        "licence": named[0] if named else "",
        "article_type": article.get("article-type", ""),
    }


def agrees(field: str, ours: Any, theirs: Any) -> bool:
    """Tell whether two values of a field say the same."""
    if field == "title":
        return similarity(ours.casefold(), theirs.split("\n")[0].casefold().strip("†*‡ ")) >= 0.95
    if field == "year":
        return ours in theirs
    if field != "article_type":
        return same_value(field, ours, theirs)
    return ours in _TYPES.get(theirs, {theirs})


def main() -> None:
    said, right, papers = dict.fromkeys(FIELDS, 0), dict.fromkeys(FIELDS, 0), 0
    for file in sorted(DATA.glob("papers*/*.pdf")):
        metadata = read(file)
        print(f"{file.stem[:40]}: {metadata.article_type}, {metadata.licence}, {metadata.publisher}")
        if not (xml := file.with_suffix(".xml")).is_file():
            continue
        papers += 1
        gold = read_gold(xml)
        for field in FIELDS:
            ours = getattr(metadata, field)
            said[field] += bool(ours)
            if ours and agrees(field, ours, gold[field]):
                right[field] += 1
            else:
                print(f"    {field}: read {ours!r}, the XML has {gold[field]!r}")
    for field in FIELDS:
        print(f"{field:13} {said[field]} of {papers} papers say it as read, {right[field]} of these agree with the XML")


if __name__ == "__main__":
    main()
