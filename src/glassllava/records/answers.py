"""Answers of models, planned and filled, and what judges say of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record, now


class Answer(Record):
    """One cell of the answer grid: question x context level x image condition x sample x model."""

    __tablename__ = "answer"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    question_id: Mapped[str] = mapped_column(Id, ForeignKey("question.id"), index=True)
    level: Mapped[str]
    """`none`, `basic`, `moderate` or `high`."""
    condition: Mapped[str]
    """`real`, `blank` or `other_paper`."""
    sample: Mapped[int]
    model: Mapped[str]
    """Name of the model that is to answer."""
    checkpoint_id: Mapped[str | None] = mapped_column(Id)
    """What stands behind the name: a checkpoint; for `nearest-text` the hash of the pairs that it knows; or None."""
    prompt: Mapped[str]
    """The question as asked, context included."""
    image: Mapped[str | None]
    """SHA-256 of the image shown; None for a blank one."""
    state: Mapped[str]
    """`planned`, then `ok`, `refused`, `truncated`, `unparseable` or `error`."""
    text: Mapped[str | None]
    reason: Mapped[str | None]
    seconds: Mapped[float | None]
    made_from: Mapped[str] = mapped_column(Id)
    """Fingerprint of the question it was planned for."""
    superseded: Mapped[bool] = mapped_column(default=False)
    """Whether the grid no longer holds this cell (a model retrained, a context changed): kept, never counted."""
    created: Mapped[datetime] = mapped_column(default=now)


class Judgement(Record):
    """One assessment of one answer by one judge; a failure is a state, never a value."""

    __tablename__ = "judgement"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    answer_id: Mapped[str] = mapped_column(Id, ForeignKey("answer.id"), index=True)
    assessment: Mapped[str]
    """`quality` (0-100), `features` (1-4) or `defect` (1, 0)."""
    judge: Mapped[str]
    """Name and version of the judge."""
    state: Mapped[str]
    """`ok`, `not_applicable`, `refused`, `truncated`, `unparseable` or `error`."""
    value: Mapped[float | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the value was made of (criteria, claims, polarities)."""
    reason: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(default=now)
