"""The budget of one model at one address: calls, tokens, money, over all runs of a workspace.

In: what was spent before, and each call before and after it is made. Out: leave to make it, or `BudgetSpent`. A call is
counted at its highest until its cost is known; one that might not fit waits for those under way, whose true cost may
leave room for it.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from glassllava.llm.estimates import money
from glassllava.llm.faults import BudgetSpent
from glassllava.llm.store import Spent
from glassllava.settings import FILE_NAME, EndpointSettings


class Tokens(NamedTuple):
    """What a call takes, or may take at most."""

    prompt_tokens: int
    completion_tokens: int


class Budget:
    """What may still be spent.

    Parameters
    ----------
    endpoint
        Its name, for people.
    settings
        Limits and prices.
    before
        What earlier calls have used.
    """

    def __init__(self, endpoint: str, settings: EndpointSettings, before: Spent) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._calls = before.calls
        self._sent = before.prompt_tokens
        self._answered = before.completion_tokens
        self._under_way: list[Tokens] = []
        self._changed = asyncio.Condition()

    async def reserve(self, call: Tokens) -> None:
        """Take a call into the budget before it is made; `settle` must follow.

        Raises
        ------
        BudgetSpent
            It might cost more than is left, and no call is under way that could leave more.
        """
        async with self._changed:
            while (exceeded := self._exceeded(call)) is not None:
                if not self._under_way:
                    raise BudgetSpent(exceeded)
                await self._changed.wait()
            self._under_way.append(call)

    async def settle(self, call: Tokens, used: Tokens | None) -> None:
        """Count what a call has used in place of what was reserved; None where it was not answered."""
        async with self._changed:
            self._under_way.remove(call)
            if used is not None:
                self._calls += 1
                self._sent += used.prompt_tokens
                self._answered += used.completion_tokens
            self._changed.notify_all()

    def _exceeded(self, call: Tokens) -> str | None:
        settings = self._settings
        sent = self._sent + sum(other.prompt_tokens for other in self._under_way) + call.prompt_tokens
        answered = self._answered + sum(other.completion_tokens for other in self._under_way) + call.completion_tokens
        calls = self._calls + len(self._under_way) + 1
        cost = money(settings, sent, answered)
        limits: tuple[tuple[str, float, float | None], ...] = (
            ("budget_calls", calls, settings.budget_calls),
            ("budget_tokens", sent + answered, settings.budget_tokens),
            ("budget_money", cost or 0.0, settings.budget_money),
        )
        for field, needed, limit in limits:
            if limit is not None and needed > limit:
                return (
                    f"The budget of the endpoint '{self._endpoint}' is spent: the next call may bring it to {needed:g} "
                    f"of {field} = {limit:g}; what was answered is stored, and a higher {field} in {FILE_NAME} goes on."
                )
        return None
