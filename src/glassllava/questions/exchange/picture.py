"""Where a line's picture lies, and what was found there.

In: nothing. Out: plain types that the readers of all forms give and `pictures` takes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from glassllava.micrographs.stored import StoredImage


class Where(NamedTuple):
    """The place of a picture: a file, or a row of a Parquet file."""

    path: str
    group: int | None = None
    """Row group of the Parquet file; None for an image file."""
    row: int = 0
    """Row within the group."""


class Line(NamedTuple):
    """One line of a file: its fields, or the reason why it has none."""

    place: str
    """As "questions.jsonl line 3"."""
    fields: dict[str, Any] | None = None
    picture: Where | None = None
    fault: str | None = None


class Seen(NamedTuple):
    """A picture that was read."""

    file: str
    """SHA-256 of the image file."""
    image: StoredImage | None
    fault: str | None
    """Why it cannot be read."""
