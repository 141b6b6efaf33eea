"""Papers, their figures, panels and the sentences that cite them: what the papers and corpus rooms write."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record, now

Kind = Literal["sem", "tem", "optical", "diffraction", "map", "plot", "schematic", "photo", "other"]
"""What a panel can show."""

ArticleType = Literal[
    "article", "review", "communication", "letter", "perspective", "technical note", "methods", "case report", "data",
    "editorial", "comment", "correction", "conference paper", "preprint",
]  # fmt: skip
"""What kind of contribution a paper can be."""

DESCRIPTIVE_FIELDS = ("doi", "title", "authors", "year", "journal", "publisher", "licence", "article_type")
"""The fields of a paper that describe it as a publication: read from it, or completed from a service."""


class Paper(Record):
    """A paper, known by the SHA-256 of its bytes; or the source of imported panels, known by its DOI."""

    __tablename__ = "paper"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    file: Mapped[str]
    """The file's name as it was given, without its folder."""
    origin: Mapped[str] = mapped_column(default="pdf")
    """`pdf` (read from a PDF) or `import` (a captioned image set)."""
    state: Mapped[str]
    """`ok` or `error`."""
    reason: Mapped[str | None]
    doi: Mapped[str | None]
    doi_source: Mapped[str | None]
    title: Mapped[str | None]
    authors: Mapped[list[str]] = mapped_column(default=list)
    year: Mapped[int | None]
    journal: Mapped[str | None]
    publisher: Mapped[str | None]
    licence: Mapped[str | None]
    """As SPDX spells it ("CC-BY-4.0"), without the version where none is given; or as an imported set names it."""
    article_type: Mapped[str | None]
    """One of `ArticleType`."""
    completed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The fields whose value came from a service, not from the paper: `{field: {"source": …, "at": time in UTC}}`."""
    pages: Mapped[int | None]
    paragraphs: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """`{page, breaks, section, role, text}` in reading order; `breaks` lists `[offset, page]` where the text goes on
    on another page."""
    problems: Mapped[list[str]] = mapped_column(default=list)
    synthetic: Mapped[bool] = mapped_column(default=False)
    split: Mapped[str | None]
    """`training` or `evaluation`; None until the corpus is split."""
    added: Mapped[datetime] = mapped_column(default=now)


class Figure(Record):
    """A figure of a paper, known by paper, label and ordinal (a paper may print "Figure 4" four times)."""

    __tablename__ = "figure"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    paper_id: Mapped[str] = mapped_column(Id, ForeignKey("paper.id"), index=True)
    label: Mapped[str]
    """The bare number as printed: "3", "S1"."""
    ordinal: Mapped[int]
    supplementary: Mapped[bool] = mapped_column(default=False)
    page: Mapped[int | None]
    box: Mapped[list[float] | None]
    """`[x0, y0, x1, y1]` in points from the page's top left."""
    caption: Mapped[str]


class Panel(Record):
    """One sub-image of a figure, known by figure, label and ordinal; imported: by its pixels."""

    __tablename__ = "panel"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    paper_id: Mapped[str] = mapped_column(Id, ForeignKey("paper.id"), index=True)
    figure_id: Mapped[str | None] = mapped_column(Id, ForeignKey("figure.id"), index=True)
    label: Mapped[str | None]
    """The bare letter in lower case, or None."""
    ordinal: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    """Place of the panel in its paper, in reading order."""
    page: Mapped[int | None]
    box: Mapped[list[float] | None]
    caption: Mapped[str]
    kind: Mapped[str]
    kind_confidence: Mapped[float]
    """0 to 1."""
    pixel_size_m: Mapped[float | None]
    """Metres per pixel of the stored image."""
    pixel_size_source: Mapped[str | None]
    image: Mapped[str]
    """SHA-256 of the stored image file."""
    width: Mapped[int]
    height: Mapped[int]
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What an imported set says of the panel beside its caption (material, comments), as it stands."""
    origin: Mapped[str] = mapped_column(default="machine")
    """`machine`, `person` (created, split or merged by one) or `import`."""


class Mention(Record):
    """A sentence that cites a figure or some of its panels, at its place in the paper's text."""

    __tablename__ = "mention"
    __table_args__ = (Index("mention_of_figure", "paper_id", "figure"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    paper_id: Mapped[str] = mapped_column(Id, ForeignKey("paper.id"))
    figure: Mapped[str]
    """Bare number of the cited figure."""
    supplementary: Mapped[bool] = mapped_column(default=False)
    panels: Mapped[list[str]] = mapped_column(default=list)
    """Cited letters; empty where the figure is cited as a whole."""
    page: Mapped[int]
    paragraph: Mapped[int]
    """Index into the paper's paragraphs."""
    start: Mapped[int]
    end: Mapped[int]
    text: Mapped[str]
