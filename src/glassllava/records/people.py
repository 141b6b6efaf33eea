"""What people decide, kept apart from what machines found and never overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record, now


class Review(Record):
    """One decision of a person about one record; rows are only ever added."""

    __tablename__ = "review"
    __table_args__ = (Index("review_of_target", "target", "target_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    target: Mapped[str]
    """`panel`, `question` or `judgement`."""
    target_id: Mapped[str] = mapped_column(Id)
    reviewer: Mapped[str]
    decision: Mapped[str]
    """`accept`, `reject`, `skip`, `change`, `create`, `split` or `merge`."""
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Changed fields with their new values; `{"into": [ids]}` for a split or a merge."""
    comment: Mapped[str | None]
    seconds: Mapped[float | None]
    """How long the person looked."""
    created: Mapped[datetime] = mapped_column(default=now)
