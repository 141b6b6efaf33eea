"""Question-answer pairs and the context ladder: what the questions room writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record, now


class Question(Record):
    """A pair about one or several panels of one paper, with verbatim evidence and the verdict of the gates."""

    __tablename__ = "question"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    paper_id: Mapped[str] = mapped_column(Id, ForeignKey("paper.id"), index=True)
    panel_ids: Mapped[list[str]]
    category: Mapped[str]
    subcategory: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str]
    """The benchmark answer: what the paper says."""
    evidence: Mapped[list[dict[str, Any]]]
    """`{quote, page, paragraph, start, end}`; `paragraph` None where the quote is from the caption."""
    needs_image: Mapped[bool]
    generator: Mapped[str]
    """Name and version of what wrote the pair."""
    state: Mapped[str]
    """`accepted` or `rejected` by the gates."""
    gate: Mapped[str | None]
    """Name of the rejecting gate."""
    reason: Mapped[str | None]
    made_from: Mapped[str] = mapped_column(Id)
    """Fingerprint of the panels and text it was made from; another one today means that it is stale."""
    superseded: Mapped[bool] = mapped_column(default=False)
    """Whether a newer generator, domain or text made other pairs in its place: kept, shown as stale."""
    created: Mapped[datetime] = mapped_column(default=now)


class Context(Record):
    """One rung of a question's context ladder: the question with one, two or three attributes told."""

    __tablename__ = "context"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    question_id: Mapped[str] = mapped_column(Id, ForeignKey("question.id"), index=True)
    level: Mapped[str]
    """`basic`, `moderate` or `high`: 1, 2 or 3 attributes, each level keeping those before it."""
    attributes: Mapped[list[dict[str, Any]]]
    """`{type, value, quote, page}`; type is one of the domain's context types."""
    text: Mapped[str]
    """The question as asked at this level."""
    made_from: Mapped[str] = mapped_column(Id)
    """Fingerprint of the question it was made from."""
