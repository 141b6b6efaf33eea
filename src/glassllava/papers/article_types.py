"""What kind of contribution a paper is: "Review", "Communication", "Article", as its header says.

In: the pages from `layout`, the lines of the title, and the XMP packet. Out: an `ArticleType`, or None where no line
of the header names a kind. Nothing is concluded from what a paper says in its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from glassllava.papers.reading import Line, PageLayout
from glassllava.records import ArticleType

_PRINTED: dict[ArticleType, tuple[str, ...]] = {
    "article": (
        "article",
        "articles",
        "research article",
        "research articles",
        "research paper",
        "research",
        "original research",
        "original research article",
        "original article",
        "original paper",
        "original contribution",
        "full paper",
        "full length article",
        "full-length article",
        "regular article",
        "regular paper",
        "edge article",
        "paper",
        "papers",
        "technical paper",
        "technical article",
        "feature article",
        "invited article",
        "nano express",
        "report",
        "reports",
    ),
    "review": (
        "review",
        "reviews",
        "review article",
        "review articles",
        "review paper",
        "invited review",
        "mini review",
        "minireview",
        "nano review",
        "topical review",
        "tutorial review",
        "critical review",
        "systematic review",
        "focus review",
        "progress report",
        "state of the art review",
    ),
    "communication": (
        "communication",
        "communications",
        "short communication",
        "rapid communication",
        "brief communication",
        "rapid report",
        "brief report",
    ),
    "letter": ("letter", "letters", "research letter"),
    "perspective": ("perspective", "perspectives", "viewpoint", "opinion", "concept", "essay"),
    "technical note": ("technical note", "technical report", "technical brief", "research note", "application note"),
    "methods": ("method", "methods", "methods article", "methods paper", "protocol", "methodology article"),
    "case report": ("case report", "case study"),
    "data": ("data article", "data paper", "data descriptor", "data note", "data in brief"),
    "editorial": ("editorial", "guest editorial"),
    "comment": ("comment", "commentary", "comments", "reply", "correspondence"),
    "correction": ("correction", "corrections", "corrigendum", "erratum", "author correction", "publisher correction"),
    "conference paper": ("conference paper", "conference article", "proceedings paper"),
    "preprint": ("preprint",),
}
"""Kind, and how headers print it. A progress report of Wiley's journals is a short review (their JATS says so)."""

_KINDS = {re.sub(r"\W", "", printed): kind for kind, names in _PRINTED.items() for printed in names}
_PARTS = re.compile(r"[|•·/]|\s{2,}|\bopen\s+access\b", re.IGNORECASE)
_XMP_TYPE = re.compile(
    r"<(?:dc:type|prism:genre|pdfx:[Aa]rticle[Tt]ype)>(?:\s*<rdf:(?:Bag|Seq|Alt)>)?(?:\s*<rdf:li[^>]*>)?([^<>]+)<|"
    r"\b(?:dc:type|prism:genre)=\"([^\"]+)\""
)


def article_type_of(words: str) -> ArticleType | None:
    """Give the kind that a line of a header names, or None.

    Parameters
    ----------
    words
        The line; what stands beside the kind is set off by a bar, a bullet, or is "Open Access". Letters may be
        spaced out.

    Examples
    --------
    >>> article_type_of("R EVI EW Open Access"), article_type_of("PAPER • OPEN ACCESS"), article_type_of("The review")
    ('review', 'article', None)
    """
    for part in _PARTS.split(words):
        if kind := _KINDS.get(re.sub(r"\W", "", part).casefold()):
            return kind
    return None


def find_article_type(
    layouts: Sequence[PageLayout], title: tuple[PageLayout, list[Line]] | None, xmp: str = ""
) -> ArticleType | None:
    """Give the kind that a paper's header names.

    Parameters
    ----------
    layouts
        All pages.
    title
        The page that the title stands on, with the lines of the title; None where no title was found, and then only
        running heads and feet count.
    xmp
        The XMP packet, or "".

    Returns
    -------
    ArticleType or None
        Of XMP, of a line above the title or on a cover before it, or of a running head of the first three pages.
    """
    said = [next(filter(None, match.groups())) for match in _XMP_TYPE.finditer(xmp)]
    if title is not None:
        page, lines = title
        top = min(line.box[1] for line in lines)
        if page.number == 2:
            # A cover that the publisher put before the paper.
            said += [line.text for line in layouts[0].lines]
        said += [line.text for line in sorted(page.lines, key=lambda line: line.box[1]) if line.box[3] < top + 2]
    said += [line.text for layout in layouts[:3] for line in layout.furniture]
    return next(filter(None, map(article_type_of, said)), None)
