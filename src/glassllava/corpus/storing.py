"""What an import of pictures says of itself.

In: nothing. Out: `Imported`. Both kinds of import of this room, of captioned sets and of a laboratory's own folders,
give it.
"""

from __future__ import annotations

from pydantic import BaseModel


class Imported(BaseModel):
    """What one import did."""

    panels: int
    known: int
    sources: int
    failed: list[tuple[str, str]]
