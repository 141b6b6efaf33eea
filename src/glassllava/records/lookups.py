"""What services of bibliographic metadata answered: once for each work, and once a day for each page of a search."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record, now


class Lookup(Record):
    """One answer of a service; its id is the hash of the service and of what it was asked."""

    __tablename__ = "lookup"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    service: Mapped[str]
    """`crossref` or `openalex`."""
    asked: Mapped[str]
    """The DOI or the title that was sent; or, of a search, the day and the query."""
    state: Mapped[str]
    """`ok` or `not_found`; what failed is not stored and is asked again."""
    works: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """The records of the answer as the service sent them, with only the fields that are read; of a search, its page."""
    answered: Mapped[datetime] = mapped_column(default=now)
