"""What goes into an answering model and what comes out, whichever model it is.

In: nothing. Out: `Asked` (a cell of the answer grid) and `Reply` (what became of it).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One planned answer, as a model is asked for it."""

    id: str
    prompt: str
    image: str | None
    """SHA-256 of the image shown; None for a blank one."""
    wanted: bool
    """False where the workspace holds the answer already: it is listed only because it shapes the batches."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one planned answer."""

    state: str
    """`ok`, `truncated`, `unparseable` or `error`."""
    text: str | None
    reason: str | None
    seconds: float | None
    """Share of this answer in the time of its batch."""


def failed(reason: str) -> Reply:
    """Return the reply of a model that could not answer, for `reason`."""
    return Reply("error", None, reason, None)
