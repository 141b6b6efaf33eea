"""What two papers have in common that would leak from training into evaluation.

In: what `glassllava.corpus.check` found. Out: one row a likeness. Whether it leaks is computed from the papers' sides
(`glassllava.workspace.leaks`), never stored.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record

LikenessKind = Literal["doi", "title", "image", "passage"]


class Likeness(Record):
    """One thing that two papers share; the papers, and the panels, are named without foreign keys, as findings are."""

    __tablename__ = "likeness"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str]
    """One of `LikenessKind`."""
    similarity: Mapped[float]
    """0 to 1: of images, how alike their detail is; of passages, their share of the shorter of the two texts."""
    paper_id: Mapped[str] = mapped_column(Id)
    other_paper_id: Mapped[str] = mapped_column(Id)
    panel_id: Mapped[str | None] = mapped_column(Id)
    """The first paper's panel, for an image; None else."""
    other_panel_id: Mapped[str | None] = mapped_column(Id)
    text: Mapped[str | None]
    """The DOI, the title or the longest passage; None for an image."""
