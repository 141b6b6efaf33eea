"""What all tables share: typed columns, JSON values, times in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, String, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine


def now() -> datetime:
    """Return the present time in UTC, to the microsecond."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC that comes back with its zone on SQLite too, which stores none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """Give the zone back to a time that the database stored without it."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Record(DeclarativeBase):
    """Base of every table."""

    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any] | TypeDecorator[Any]]] = {
        str: Text(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        list[str]: JSON(),
        list[float]: JSON(),
        list[dict[str, Any]]: JSON(),
    }


Id = String(64)
"""The column type of a content hash (SHA-256 in hex)."""
