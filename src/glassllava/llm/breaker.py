"""The circuit breaker: an endpoint that is down is left alone, instead of being asked for every row.

In: how each call ended. Out: whether the next may be made, and the sentence that says why not.
"""

from __future__ import annotations

from glassllava.llm.faults import EndpointStopped

FAILURES_IN_A_ROW = 5
"""After so many calls without an answer, each after all its attempts, and none with one between them, it is down."""


class Breaker:
    """Lets calls through until an endpoint is known to be down."""

    def __init__(self) -> None:
        self._failures = 0
        self._reason: str | None = None

    def check(self) -> None:
        """Go on only where nothing has stopped the run; raises EndpointStopped."""
        if self._reason is not None:
            raise EndpointStopped(self._reason)

    def open(self, reason: str) -> None:
        """Stop the run; the first reason stays."""
        self._reason = self._reason or reason

    def answered(self) -> None:
        """Take in that a call was answered, in whatever way."""
        self._failures = 0

    def failed(self, reason: str, *, unreachable: bool) -> None:
        """Take in that a call had no answer after all its attempts; one that reached nobody stops the run at once."""
        self._failures += 1
        if unreachable or self._failures >= FAILURES_IN_A_ROW:
            self.open(reason)
