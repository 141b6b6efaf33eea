"""Licence and publisher of a paper: what it prints of its own rights, what its XMP says, where its links lead.

In: the pages from `layout`, the XMP packet and the addresses of the links. Out: the licence in SPDX's spelling and the
publisher's name as it stands, each None where the paper does not say. A sentence about another work's figure, or about
data or code, says nothing of the paper's own licence.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from glassllava.papers.reading import Box, Line, PageLayout
from glassllava.text.licences import agreed_licence, find_licences, same_licence
from glassllava.text.sentences import sentence_spans

_OF_OTHERS = re.compile(
    r"\b(?:reproduced|reprinted|adapted|redrawn|reused|taken|modified|derived)\b[^.]{0,80}\b(?:from|with|under|by|after)\b|"
    r"\bpermission\b[^.]{0,40}\bref",
    re.IGNORECASE,
)
_OF_DATA = re.compile(r"\b(?:data(?:\s?sets?)?|code|software|scripts?|repositor(?:y|ies)|database)\b", re.IGNORECASE)
_OF_THE_PAPER = re.compile(
    r"\b(?:article|paper|work|content|manuscript|preprint|publication|chapter|open[- ]access)\b", re.IGNORECASE
)
_WORD = r"(?:[A-ZÀ-Þ][\w’'+.&-]*|&)"
_NAME = rf"(?:the\s+)?(?P<name>{_WORD}(?:[\s,]+(?:{_WORD}|and|of|for|in|the|on|mbH))*)"
_PUBLISHED_BY = re.compile(
    r"(?:©|\(c\)|copyright)[^©]{0,200}?\bpublished\s+(?:on\s+behalf\s+of\s+.{3,90}?\s)?by\s+(?-i:" + _NAME + ")",
    re.IGNORECASE,
)
_LICENSEE = re.compile(
    r"(?:\blicensee|under\s+(?:an\s+)?exclusive\s+licen[sc]e\s+to)\s+(?-i:" + _NAME + ")", re.IGNORECASE
)
_HOLDERS = (
    r"Elsevier(?:\sB\.\s?V\.|\sLtd|\sInc|\sGmbH|\sMasson\sSAS)?",
    r"Springer(?:[- ]Verlag|\sNature|\sScience|\sInternational)?[^,.;()\d]{0,60}",
    r"Wiley-VCH(?:\sVerlag)?(?:\sGmbH(?:\s&\sCo\.?\sKGaA)?)?",
    r"Wiley\sPeriodicals(?:\sLLC|\sInc)?",
    r"John\sWiley\s(?:&|and)\sSons(?:,?\s(?:Ltd|Inc))?",
    r"American\sChemical\sSociety",
    r"Royal\sSociety\sof\sChemistry",
    r"IOP\sPublishing(?:\sLtd|\sLimited)?",
    r"AIP\sPublishing",
    r"American\sInstitute\sof\sPhysics",
    r"American\sPhysical\sSociety",
    r"American\sAssociation\sfor\sthe\sAdvancement\sof\sScience",
    r"Taylor\s(?:&|and)\sFrancis",
    r"Informa\sUK",
    r"MDPI",
    r"Frontiers\sMedia",
    r"Macmillan\sPublishers(?:\sLtd|\sLimited)?",
    r"Nature\sPublishing\sGroup",
    r"IEEE",
    r"SAGE\sPublications",
    r"Oxford\sUniversity\sPress",
    r"Cambridge\sUniversity\sPress",
    r"Hindawi",
    r"Trans\sTech\sPublications",
    r"(?:Walter\s)?de\sGruyter",
    r"Optical\sSociety\sof\sAmerica",
    r"Optica\sPublishing\sGroup",
    r"World\sScientific",
    r"Public\sLibrary\sof\sScience",
    r"Electrochemical\sSociety",
    r"National\sAcademy\sof\sSciences",
    r"Materials\sResearch\sSociety",
)
"""Publishers that hold the copyright themselves; other societies, and authors, who hold it may publish elsewhere."""
_KNOWN = re.compile(rf"(?:©|\(c\)|copyright)[\s\d,by-]*(?:the\s+)?(?P<name>{'|'.join(_HOLDERS)})(?!\w)", re.IGNORECASE)
_ADDRESSES = (
    ("mdpi.com", "MDPI"),
    ("frontiersin.org", "Frontiers Media"),
    ("pubs.acs.org", "American Chemical Society"),
    ("rsc.li", "Royal Society of Chemistry"),
    ("rsc.org", "Royal Society of Chemistry"),
    ("iopscience.org", "IOP Publishing"),
    ("iopscience.iop.org", "IOP Publishing"),
    ("elsevier.com/locate", "Elsevier"),
    ("hindawi.com", "Hindawi"),
    ("journals.plos.org", "Public Library of Science"),
    ("plosone.org", "Public Library of Science"),
    ("tandfonline.com", "Taylor & Francis"),
    ("springeropen.com", "Springer"),
    ("biomedcentral.com", "BioMed Central"),
    ("onlinelibrary.wiley.com", "Wiley"),
    ("sciencemag.org", "American Association for the Advancement of Science"),
)
"""A publisher's own address in the head or foot of a first page, and whose it is."""
_MOST_LINES = 3000
"""A page with more is a drawing, whose lines make no sentences."""
_EDGE = 0.16
"""Share of a page's height, at its top and its bottom, where a journal prints its address."""
_XMP_PUBLISHER = re.compile(
    r"<dc:publisher>(?:\s*<rdf:(?:Bag|Seq|Alt)>\s*<rdf:li[^>]*>)?([^<>]+)<|\bdc:publisher=\"([^\"]+)\""
)
_BEHIND_A_NAME = re.compile(
    r"(?<=[a-zA-Z]{3})\.\s|(?<![A-Z])\.$|\s(?:This|These|All|No|On|It)\b|,?\s(?:on|in|for|the|and|of|&)$"
)
_PLACE = re.compile(r",\s*(?:Basel|Weinheim|Switzerland|Germany|London|Amsterdam|Lausanne|New York|Oxford).*$")
_CAPTION = re.compile(r"^(?:fig(?:ure)?|table|scheme|chart)s?\.?\s?S?\d", re.IGNORECASE)


def passages(layout: PageLayout) -> list[str]:
    """Give the texts of a page, each from lines of one size that stand under one another.

    What the reading order interleaves is apart here: a licence in a narrow column beside the title, a foot note.

    Parameters
    ----------
    layout
        A page; its running heads and feet count too.

    Returns
    -------
    list of str
        From top to bottom, lines joined with single spaces.
    """
    lines = sorted([*layout.lines, *layout.furniture], key=lambda line: (line.box[1], line.box[0]))
    if len(lines) > _MOST_LINES:
        return [line.text for line in lines]
    stacks: list[list[Line]] = []
    near: list[list[Line]] = []
    for line in lines:
        # A chart may have thousands of short lines: only stacks that end near enough are looked at again.
        near = [stack for stack in near if line.box[1] < stack[-1].box[3] + stack[-1].size + 1]
        under = [stack for stack in near if _continues(stack[-1], line)]
        if under:
            max(under, key=lambda stack: stack[-1].box[3]).append(line)
        else:
            stacks.append([line])
            near.append(stacks[-1])
    return [" ".join(line.text for line in stack) for stack in stacks]


def _continues(above: Line, line: Line) -> bool:
    gap = line.box[1] - above.box[3]
    return (
        abs(above.size - line.size) < 0.6
        and -0.5 * line.size < gap < 0.9 * line.size
        and _shared(above.box, line.box) > 0.5 * min(above.box[2] - above.box[0], line.box[2] - line.box[0])
    )


def _shared(one: Box, other: Box) -> float:
    return min(one[2], other[2]) - max(one[0], other[0])


def find_licence(texts: Iterable[str], xmp: str = "", links: Sequence[str] = ()) -> str | None:
    """Give the licence under which a paper is published.

    What the paper prints of itself counts first; where it prints no version, XMP or a link gives it. Without a printed
    licence, XMP counts, and then the links, if all that lead to a licence lead to the same one.

    Parameters
    ----------
    texts
        The paper's `passages`.
    xmp
        The XMP packet, or "".
    links
        The addresses of the paper's links.

    Returns
    -------
    str or None
        As `glassllava.text.licences` spells it; None where the paper names none, or several that differ.
    """
    stated = agreed_licence(find_licences(html.unescape(xmp)))
    leading = [licence for link in links for licence in find_licences(link)]
    linked = agreed_licence([licence for licence in leading if licence != "CC0-1.0"] or leading)
    printed: Counter[str] = Counter()
    for text in texts:
        printed.update(_own_licences(text))
    if not printed:
        return stated or linked
    best, _ = printed.most_common(1)[0]
    also = [licence for licence in (*printed, stated, linked) if licence is not None and same_licence(best, licence)]
    # What is printed without its version may agree with two versions; then none of them is certain.
    return agreed_licence(also) or best


def _own_licences(text: str) -> list[str]:
    found: list[str] = []
    if not find_licences(text):
        return found
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        licence = agreed_licence(find_licences(sentence))
        of_data = _OF_DATA.search(sentence) and (licence == "CC0-1.0" or not _OF_THE_PAPER.search(sentence))
        if licence is not None and not of_data and not _OF_OTHERS.search(sentence):
            found.append(licence)
    return found


def find_publisher(layouts: Sequence[PageLayout], texts: Iterable[str], xmp: str, journal: str | None) -> str | None:
    """Give the publisher of a paper.

    Parameters
    ----------
    layouts
        All pages, for the publisher's address in the heads and feet of the first two.
    texts
        The `passages` of the pages.
    xmp
        The XMP packet, or "".
    journal
        The journal's name, which some files give in the publisher's place.

    Returns
    -------
    str or None
        As it stands in XMP; else as the line of the copyright has it ("Published by …", "licensee …", or the holder
        where that is a publisher); else whose address stands in the head or foot. None where none of these is there.
    """
    if named := _XMP_PUBLISHER.search(xmp):
        name = " ".join(html.unescape(next(filter(None, named.groups()))).split())
        if _folded(name) != _folded(journal or "") and re.search(r"[^\W\d_]{3}", name):
            return name
    for text in texts:
        for pattern in (_PUBLISHED_BY, _LICENSEE, _KNOWN):
            match = pattern.search(text)
            if match and not _OF_OTHERS.search(text) and not _CAPTION.match(text) and (name := _trimmed(match["name"])):
                return name
    edges = [
        line.text.lower()
        for layout in layouts[:2]
        for line in [*layout.furniture, *layout.lines]
        if line.box[3] < _EDGE * layout.height or line.box[1] > (1 - _EDGE) * layout.height
    ]
    return next((name for address, name in _ADDRESSES if any(address in edge for edge in edges)), None)


def _trimmed(name: str) -> str:
    """Leave out where the publisher sits, and the sentence that follows the name."""
    name = _BEHIND_A_NAME.split(name)[0]
    return _PLACE.sub("", " ".join(name.split())).strip(" ,;")


def _folded(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()
