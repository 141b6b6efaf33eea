"""What reading one PDF gives: plain values that cross a process border, before anything is stored.

In: nothing. Out: the types that `layout`, `captions`, `mentions`, `metadata`, `figures` and `panels` fill and
that the stage writes to the workspace. Boxes are `(x0, y0, x1, y1)` in PDF points from the top left of the
page as it is displayed, or turned where most of its text runs sideways; page numbers start at 1; text offsets
count characters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from glassllava.records import ArticleType, Kind

Box = tuple[float, float, float, float]

Role = Literal["title", "abstract", "heading", "body", "caption", "reference", "other"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text of one column, as displayed."""

    text: str
    box: Box
    size: float
    """Median character height of the font, in points."""
    bold: bool = False
    """Whether the line is bold, but for a symbol or two."""
    lead_bold: bool = False
    """Whether the line begins in bold, as a caption's "Figure 3." often does."""
    font: str = ""
    """Family of the font that most of the line is printed in, as the file names it, without style."""


@dataclass(slots=True)
class PageLayout:
    """One page: its lines in reading order and where its raster images lie."""

    number: int
    width: float
    height: float
    lines: list[Line]
    images: list[Box] = field(default_factory=list)
    """Boxes of embedded raster images, clipped to the page, in page coordinates."""
    resolutions: list[float] = field(default_factory=list)
    """Dots per inch of each of `images`, as large as it is printed; along its finer side."""
    image_places: list[tuple[int, ...]] = field(default_factory=list)
    """Where each of `images` stands among the objects of its page and their forms; empty where it may be blank."""
    furniture: list[Line] = field(default_factory=list)
    """Running heads and feet, page numbers and line numbers: left out of `lines`, kept for the metadata."""
    sideways_caption: str | None = None
    """How a figure's caption begins that runs sideways on an upright page, and is not read."""
    unreadable: bool = False
    """Whether the page could not be loaded; then it has no size, lines or images."""


@dataclass(slots=True)
class Paragraph:
    """A paragraph in reading order, hyphenation repaired, lines joined with single spaces."""

    page: int
    section: str
    role: Role
    text: str
    breaks: list[tuple[int, int]] = field(default_factory=list)
    """Offsets in `text` at which the text goes on on another page, each with that page's number."""


@dataclass(slots=True)
class Caption:
    """A figure's caption as printed, and the part of it that speaks of each panel."""

    label: str
    """The bare number: "3"; "S1" however a supplement's figure is printed, "ED1" of extended data, "P1" of a plate."""
    supplementary: bool
    page: int
    box: Box
    text: str
    """The whole caption, with its "Figure 3." in front."""
    parts: dict[str, str] = field(default_factory=dict)
    """Panel letter in lower case to the text that speaks of this panel; empty where no letters are used."""
    continues: bool = False
    """Whether it says that it goes on from another page: "Figure 3 (continued)."."""
    elsewhere: list[tuple[int, Box]] = field(default_factory=list)
    """Pages, and boxes on them, where the caption is printed again as "continued"."""


@dataclass(slots=True)
class Panel:
    """One sub-image of a figure."""

    label: str | None
    """The bare letter in lower case, or None where the figure has no letters."""
    page: int
    box: Box
    kind: Kind
    kind_confidence: float
    caption: str
    """The part of the caption that speaks of this panel (the whole caption where there are no parts)."""
    image: bytes
    """PNG of the panel, at the resolution of the finest raster image in its figure, within the limits of `figures`:
    150 to 600 dots per inch, and 16 megapixels for the whole figure."""
    width: int
    height: int
    pixel_size_m: float | None = None
    """Metres per pixel of `image`."""
    pixel_size_source: str | None = None


@dataclass(slots=True)
class Figure:
    """A figure with its caption and panels."""

    label: str
    supplementary: bool
    page: int
    box: Box
    caption: str
    panels: list[Panel] = field(default_factory=list)


@dataclass(slots=True)
class Mention:
    """A sentence of the paper's body that cites a figure or some of its panels."""

    figure: str
    supplementary: bool
    panels: tuple[str, ...]
    """Panel letters in lower case; empty where the sentence cites the figure as a whole."""
    page: int
    paragraph: int
    """Index into `PaperReading.paragraphs`."""
    start: int
    """Offset of the sentence in the paragraph's text."""
    end: int
    text: str


@dataclass(slots=True)
class PaperReading:
    """Everything that one PDF holds for the stages that follow."""

    pages: int
    title: str | None
    authors: list[str]
    year: int | None
    journal: str | None
    doi: str | None
    doi_source: str | None
    publisher: str | None
    licence: str | None
    article_type: ArticleType | None
    paragraphs: list[Paragraph]
    figures: list[Figure]
    mentions: list[Mention]
    problems: list[str] = field(default_factory=list)
    """Sentences about what could not be read, for the person who validates."""
