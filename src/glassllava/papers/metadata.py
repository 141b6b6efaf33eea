"""Metadata of a paper, each value from the most trustworthy place that has it.

In: the open document, its pages from `layout`, its XMP packet and links. Out: `PaperMetadata`: title, authors, year,
journal and DOI from here, licence and publisher from `rights`, the kind from `article_types`. The order for a DOI is
`/Subject`, the other entries of the document's information, XMP, then the first pages' text with line breaks
joined, then running heads and feet and what stands outside the reference list; never the first match in the
whole text, which is often a data set's or a cited work's.
"""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pypdfium2

from glassllava.papers.article_types import find_article_type
from glassllava.papers.reading import Line, PageLayout, Paragraph
from glassllava.papers.rights import find_licence, find_publisher, passages
from glassllava.records import ArticleType

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]+", re.IGNORECASE)
_DATA_SET = re.compile(
    r"^10\.(?:5281/zenodo|6084/m9|5061/dryad|17632|5517|1594|25505|7910|17605|24433|5524|15468|17172)", re.IGNORECASE
)
_NOT_A_TITLE = re.compile(
    r"^(?:untitled|microsoft word|science journals|slide|layout|doi:|article$|title$)|"
    r"\.(?:docx?|indd|tex|qxd|pdf|dvi)\b|"
    r"\d+\.\.\d+$",
    re.IGNORECASE,
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_PUBLISHED = re.compile(
    rf"published(?:\s+online)?\s*:?\s*(?:on\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTHS}|[a-z]{{3}}\.?)?\s*"
    r"(?:\d{1,2},?\s+)?((?:19|20)\d\d)",
    re.IGNORECASE,
)
_PUBLISHED_ON = re.compile(
    rf"(?:^|[;/|.]\s*)published(?:\s+online)?\s*:?\s*(?:on\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS})|"
    rf"(?:{_MONTHS})\s+\d{{1,2}},?)\s+((?:19|20)\d\d)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""The whole date of publication, in a line of its own or behind those of receipt and acceptance."""
_CITE_YEAR = re.compile(
    r"(?:cite this(?: article)?|citation|©|\(c\)|copyright)\D{0,120}?\b((?:19|20)\d\d)\b", re.IGNORECASE
)
_JOURNAL_LINE = (
    re.compile(r"^(?P<name>[A-Z][A-Za-z&.: ]{3,60}?)\s*\|\s*(?:\(?\d{4}\)?|\d{1,4}:|volume|www)", re.IGNORECASE),
    re.compile(r"^(?P<name>[A-Z][A-Za-z&.: ]{3,60}?),?\s+(?:19|20)\d\d,\s*\d+"),
    re.compile(r"(?:^|,\s)(?P<name>(?:[A-Z][a-z]+\.?\s?){1,6})\s*\(?(?:19|20)\d\d\)?\s*[;,]\s*\d+"),
    re.compile(r"a section of the journal\s+(?P<name>[A-Z][A-Za-z& ]+)$"),
    re.compile(r"(?:^|\s)(?P<name>(?:Journal|Proceedings|Transactions|Annals)\s(?:of\s)?[A-Z][A-Za-z& ]{3,60})$"),
)
_NAME = re.compile(
    r"^(?:[A-ZÀ-ÞŁŚŻČŠŽ][\w’'\-]*\.?|[A-Z]\.(?:-?[A-Z]\.)*|van|von|der|den|de|da|del|la|el|al|bin|ten)"
    r"(?:[\s]+(?:[A-ZÀ-ÞŁŚŻČŠŽ][\w’'\-]*\.?|[A-Z]\.(?:-?[A-Z]\.)*|van|von|der|den|de|da|del|la|el|al|bin|ten)){1,5}$"
)
_AFFILIATION = re.compile(
    r"universit|department|institut|laborator|school|college|academy|center|centre|@|faculty|hospital|received|"
    r"article|journal|abstract|keywords|published|www|http|company|inc\b|ltd",
    re.IGNORECASE,
)

_LONGEST_PACKET_BYTES = 2_000_000
_MOST_LINKS = 10_000
"""More of either is no description of a paper."""


@dataclass(slots=True)
class PaperMetadata:
    """What a paper says of itself; None or empty where it does not say."""

    title: str | None = None
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    journal: str | None = None
    doi: str | None = None
    doi_source: str | None = None
    """Where the DOI stands: "subject", "document information", "xmp", "first pages", "running head" or "text"."""
    publisher: str | None = None
    licence: str | None = None
    """As SPDX spells it, see `glassllava.text.licences`."""
    article_type: ArticleType | None = None


class Attached(NamedTuple):
    """What a PDF carries beside its pages."""

    xmp: str = ""
    """The XMP packet: XML, not checked; empty where there is none."""
    links: tuple[str, ...] = ()
    """Addresses that the links on its pages lead to, in page order."""


def read_attached(source: Path | bytes) -> Attached:
    """Read a PDF's XMP packet and the addresses of its links; nothing where pikepdf cannot open the file.

    Parameters
    ----------
    source
        The file or its bytes.
    """
    try:
        with pikepdf.open(io.BytesIO(source) if isinstance(source, bytes) else source) as document:
            packet = document.Root.get("/Metadata")
            data = packet.read_bytes()[:_LONGEST_PACKET_BYTES] if isinstance(packet, pikepdf.Stream) else b""
            xmp = data.decode("utf-8", "replace")
            try:
                return Attached(xmp, tuple(islice(_links(document), _MOST_LINKS)))
            except (pikepdf.PdfError, TypeError, ValueError, KeyError, IndexError, RuntimeError):
                # A broken tree of pages, or links that are none: the packet is good all the same.
                return Attached(xmp)
    except pikepdf.PdfError:
        # pdfium opens more broken files than pikepdf; the paper is still read, with what its pages say.
        return Attached()


def _links(document: pikepdf.Pdf) -> Iterator[str]:
    for page in document.pages:
        notes = page.obj.get("/Annots")
        for note in notes if isinstance(notes, pikepdf.Array) else ():
            action = note.get("/A") if isinstance(note, pikepdf.Dictionary) else None
            address = action.get("/URI") if isinstance(action, pikepdf.Dictionary) else None
            if isinstance(address, pikepdf.String):
                yield str(address)


def read_metadata(
    document: pypdfium2.PdfDocument,
    layouts: list[PageLayout],
    paragraphs: list[Paragraph],
    attached: Attached = Attached(),  # noqa: B008 - a tuple, which nobody can change
) -> PaperMetadata:
    """Gather a paper's metadata.

    Parameters
    ----------
    document
        The open document, for its information entries.
    layouts
        All pages.
    paragraphs
        What `find_paragraphs` gave: tells title and references apart from the rest.
    attached
        What `read_attached` gave.

    Returns
    -------
    PaperMetadata
        A value that stands nowhere is None; nothing is guessed.
    """
    information = {key: _clean(value) for key, value in document.get_metadata_dict().items() if value}
    xmp, links = attached
    doi, source = _doi(document, information, layouts, paragraphs, xmp)
    journal = _journal(information, layouts, xmp)
    title = _title_lines(layouts, paragraphs)
    texts = [text for layout in layouts for text in passages(layout)]
    return PaperMetadata(
        title=_title(information, layouts, paragraphs),
        authors=_authors(information, title, xmp),
        year=_year(information, layouts, xmp),
        journal=journal,
        doi=doi,
        doi_source=source,
        publisher=find_publisher(layouts, texts, xmp, journal),
        licence=find_licence(texts, xmp, links),
        article_type=find_article_type(layouts, title, xmp),
    )


def _clean(text: str) -> str:
    # A reference that was escaped twice and lost its ampersand on the way: "Jamp#x000E1;szfi".
    text = re.sub(r"&?amp;?#(x[0-9a-fA-F]{2,6}|\d{2,6});", r"&#\1;", text)
    while (plain := html.unescape(text)) != text:
        text = plain
    return " ".join(text.split())


def find_dois(text: str) -> list[str]:
    """Give the DOIs of a text in lower case, without the punctuation that follows them, data sets left out."""
    found = []
    for match in _DOI.finditer(text):
        doi = re.sub(r"[.,;:'’”)\]*†‡]+$", "", match.group()) if match.group().count("(") == 0 else match.group()
        doi = re.sub(r"[.,;:'’”*†‡]+$", "", doi).lower()
        if doi.endswith(")") and doi.count("(") < doi.count(")"):
            doi = doi[:-1]
        if not _DATA_SET.match(doi) and len(doi.split("/", 1)[1]) > 2:
            found.append(doi)
    return found


def _doi(
    document: pypdfium2.PdfDocument,
    information: dict[str, str],
    layouts: list[PageLayout],
    paragraphs: list[Paragraph],
    xmp: str,
) -> tuple[str | None, str | None]:
    if dois := find_dois(information.get("Subject", "")):
        return dois[0], "subject"
    for key in ("Title", "Keywords", "Author", "Creator"):
        if dois := find_dois(information.get(key, "")):
            return dois[0], "document information"
    for key in ("doi", "DOI", "WPS-ARTICLEDOI", "prism:doi"):
        if dois := find_dois(_meta_value(document, key)):
            return dois[0], "document information"
    tagged = re.findall(r"<(?:prism:doi|dc:identifier|pdfx:doi|crossmark:DOI|prism:url)[^>]*>([^<]+)<", xmp)
    if dois := find_dois(" ".join(tagged)):
        return dois[0], "xmp"
    first = [line for layout in layouts[:2] for line in [*layout.furniture, *layout.lines]]
    references = {line for paragraph in paragraphs if paragraph.role == "reference" for line in [paragraph.text]}
    if layouts and (dois := find_dois(_joined(first[: len(layouts[0].lines) + len(layouts[0].furniture)]))):
        return _preferred(dois), "first pages"
    running = Counter(doi for layout in layouts for line in layout.furniture for doi in set(find_dois(line.text)))
    if running:
        return running.most_common(1)[0][0], "running head"
    if len(layouts) > 1 and (dois := find_dois(_joined(first))):
        return _preferred(dois), "first pages"
    own = [
        doi
        for paragraph in paragraphs
        if paragraph.text not in references and len(paragraph.text) < 1500
        for doi in find_dois(paragraph.text)
    ]
    return (own[-1], "text") if own else (None, None)


def _meta_value(document: pypdfium2.PdfDocument, key: str) -> str:
    value: str = document.get_metadata_value(key)
    return value or ""


def _preferred(dois: list[str]) -> str:
    """Choose the one named most often; of equals the first. A broken beginning yields to the whole of it."""
    counts = Counter(dois)
    best = max(dict.fromkeys(dois), key=lambda doi: counts[doi])
    longer = [doi for doi in counts if doi.startswith(best) and len(doi) > len(best)]
    return longer[0] if longer and best.endswith(("-", "/", ".")) else best


def _joined(lines: list[Line]) -> str:
    """Lines as running text, where a DOI that the line end broke is whole again."""
    text = ""
    for line in lines:
        tail = _DOI.search(text[-60:]) or re.search(r"10\.\d{4,9}/?$", text[-20:])
        broken = tail is not None and text.endswith(tail.group()) and text[-1] in "-/._("
        text += line.text if broken else "\n" + line.text
    return text


def _title(information: dict[str, str], layouts: list[PageLayout], paragraphs: list[Paragraph]) -> str | None:
    printed = next((paragraph.text for paragraph in paragraphs if paragraph.role == "title"), None)
    stated = information.get("Title", "")
    words = re.findall(r"[^\W\d_]{3,}", stated.lower())
    if len(words) >= 3 and not _NOT_A_TITLE.search(stated):
        front = " ".join(line.text for layout in layouts[:2] for line in layout.lines).lower()
        if not front or sum(word in front for word in words) >= 0.7 * len(words):
            return stated
    if printed is None:
        return None
    return re.sub(r"[†‡*§¶]+$", "", re.sub(r"^(?:OPEN|ARTICLE|Article)\s+", "", printed)).strip()


def _title_lines(layouts: list[PageLayout], paragraphs: list[Paragraph]) -> tuple[PageLayout, list[Line]] | None:
    """Return the page of the printed title and its lines there; None where no title was found.

    A citation of the paper itself has its words too, in smaller letters.
    """
    title = next((paragraph for paragraph in paragraphs if paragraph.role == "title"), None)
    if title is None:
        return None
    layout = layouts[title.page - 1]
    words = title.text.replace("-", "")
    lines = [line for line in layout.lines if line.text.replace("-", "")[:25] in words and len(line.text) > 4]
    largest = max((line.size for line in lines), default=0.0)
    lines = [line for line in lines if line.size > 0.8 * largest]
    return (layout, lines) if lines else None


def _authors(information: dict[str, str], title: tuple[PageLayout, list[Line]] | None, xmp: str) -> list[str]:
    printed = _printed_authors(*title) if title is not None else []
    creators = re.search(r"<dc:creator>(.*?)</dc:creator>", xmp, re.DOTALL)
    listed = [_clean(name) for name in re.findall(r"<rdf:li[^>]*>([^<]+)<", creators.group(1))] if creators else []
    stated = max((_names(information.get("Author", "")), [name for item in listed for name in _names(item)]), key=len)
    if not stated or len(printed) > len(stated):
        return printed or stated
    return stated


def _printed_authors(layout: PageLayout, title: list[Line]) -> list[str]:
    """Names in the lines under the title, up to the first line that is not a list of names."""
    bottom = max(line.box[3] for line in title)
    left, right = min(line.box[0] for line in title), max(line.box[2] for line in title)
    below = sorted(
        (line for line in layout.lines if bottom - 2 < line.box[1] < bottom + 160 and left - 12 < line.box[0] < right),
        key=lambda line: (round(line.box[1] / 6), line.box[0]),
    )
    names: list[str] = []
    for line in below[:14]:
        found = [] if _AFFILIATION.search(line.text) else _names(line.text)
        if not found and names:
            break
        names += found
    return list(dict.fromkeys(names))


def _names(text: str) -> list[str]:
    text = re.sub(r"\b(?:Dr|Prof|Mr|Mrs|Ms)\.\s*", "", text)
    text = re.sub(r"(?<=[^\W\d_])\d+(?:\s*[,–-]\s*\d+)*|[*∗†‡§¶#✉⁎‖]|\d+", ",", text)
    names = []
    for piece in re.split(r"[,;&|]|\band\b", text):
        name = re.sub(r"(?:\s+[a-z]{1,2})+$", "", " ".join(piece.split())).strip(" .-")
        name = re.sub(r"\.(?=[A-Z][a-z])", ". ", name)
        if _NAME.match(name) and not _AFFILIATION.search(name):
            names.append(name)
    return names


def _year(information: dict[str, str], layouts: list[PageLayout], xmp: str) -> int | None:
    edges = [line.text for layout in layouts[:2] for line in layout.furniture]
    text = "\n".join([*edges, *(line.text for layout in layouts[:2] for line in layout.lines)])
    if match := _PUBLISHED_ON.search(text):
        return int(match.group(1))
    if match := re.search(r"[(,\s]((?:19|20)\d\d)\)?", information.get("Subject", "")[:300]):
        near = information["Subject"][max(0, match.start() - 60) : match.end() + 30]
        if "doi" in near.lower() or match.group().startswith("("):
            return int(match.group(1))
    if match := re.search(r"<prism:(?:publicationDate|coverDate|coverDisplayDate)[^>]*>[^<]*?((?:19|20)\d\d)", xmp):
        return int(match.group(1))
    for pattern in (_PUBLISHED, _CITE_YEAR):
        if match := pattern.search(text):
            return int(match.group(1))
    for line in edges:
        if match := re.search(r"\b((?:19|20)\d\d)\b", line):
            return int(match.group(1))
    if match := re.match(r"D:((?:19|20)\d\d)", information.get("CreationDate", "")):
        return int(match.group(1))
    return None


def _journal(information: dict[str, str], layouts: list[PageLayout], xmp: str) -> str | None:
    subject = information.get("Subject", "")
    if _DOI.search(subject) and (match := re.match(r"([A-Z][A-Za-z&:.\- ]{2,80}?)\s*(?:,|\(|\d)", subject)):
        return match.group(1).strip()
    if match := re.search(r"<prism:publicationName[^>]*>([^<]+)<", xmp):
        name = _clean(match.group(1))
        if not re.search(r"publishing|publisher|press$", name, re.IGNORECASE):
            return name
    for layout in layouts[:3]:
        for line in [*layout.furniture, *layout.lines[:8], *layout.lines[-8:]]:
            for pattern in _JOURNAL_LINE:
                if match := pattern.search(line.text):
                    return " ".join(match["name"].split()).strip(" ,|")
    return None
