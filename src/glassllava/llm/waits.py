"""How long to wait: as the endpoint asks, longer after each failure, and never more often than agreed.

In: headers of an answer, the number of attempts. Out: seconds.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

JITTER = 0.25
"""Waits are longer by up to this share, at random, so that those who were turned away together do not come back so."""


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that an answer asks to wait, which gives them or a date; 0 where it asks for none."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is not None:
        return seconds
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp())


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def backoff(seconds: float, attempt: int) -> float:
    """Return the wait behind an attempt (from 1): `seconds`, doubled for each one before."""
    return seconds * 2.0 ** (attempt - 1)


def jittered(seconds: float) -> float:
    """Return a wait a little longer than `seconds`, never shorter."""
    return seconds * (1 + JITTER * random.random())


class Pace:
    """Lets requests begin evenly spaced, so many in a minute; all at once where there is no limit."""

    def __init__(self, per_minute: float | None) -> None:
        self._pause = 0.0 if per_minute is None else 60.0 / per_minute
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until the next request may begin."""
        if not self._pause:
            return
        clock = asyncio.get_running_loop().time
        begins = max(self._next, clock())
        self._next = begins + self._pause
        await asyncio.sleep(begins - clock())
