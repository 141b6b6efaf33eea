"""What can go wrong with one request, told apart by what is done about it.

In: nothing. Out: the exceptions that the wire raises, and the one that ends a run.
"""

from __future__ import annotations

from glassllava.errors import GlassllavaError


class EndpointStopped(GlassllavaError):
    """Nothing more is asked of an endpoint; one sentence says why. What was answered before is stored."""


class BudgetSpent(EndpointStopped):
    """The next call might cost more than the settings allow."""


class TryAgainError(Exception):
    """One attempt failed in a way that may pass."""

    def __init__(self, reason: str, wait_seconds: float = 0.0, *, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds
        """As long as the endpoint asks to be left alone."""
        self.unreachable = unreachable


class RejectedError(Exception):
    """The endpoint does not take this request as it is; it may take another form of it."""

    def __init__(self, reason: str, about: str, parameter: str | None, code: str | None) -> None:
        super().__init__(reason)
        self.about = about
        """All that the endpoint says, for reading what it speaks of."""
        self.parameter = parameter
        self.code = code


class FilteredError(Exception):
    """The endpoint's filter of contents refuses the request itself."""
