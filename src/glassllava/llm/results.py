"""What an asker gets back: a result for each request, the tally of all, and the plan before the first.

In: stored calls. Out: typed views of them; the form filled again from what is stored.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from glassllava.llm.outcome import STATES, State
from glassllava.llm.requests import Request
from glassllava.llm.store import Row

Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one request."""

    request: Request
    key: str
    """Id of the `Call` that tells all of it."""
    state: State
    reason: str | None
    """One sentence; None where the state is `ok`."""
    text: str | None
    stored: bool
    """Whether it was stored before, and nothing was sent."""
    served_model: str | None
    seconds: float
    prompt_tokens: int | None
    completion_tokens: int | None
    parsed: dict[str, Any] | None = field(repr=False)

    def form(self, form: type[Form]) -> Form:
        """Return the answer in the form that was asked for; only where the state is `ok`."""
        if self.state != "ok" or self.parsed is None:
            raise ValueError(f"A result that is {self.state} holds no {form.__name__}.")
        return form.model_validate(self.parsed)


def result_of(request: Request, row: Row, *, stored: bool) -> Result:
    """Return the result that a call's row holds for a request."""
    return Result(
        request=request,
        key=row["id"],
        state=cast("State", row["state"]),
        reason=row["reason"],
        text=row["text"],
        stored=stored,
        served_model=row["served_model"],
        seconds=row["seconds"],
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        parsed=row["parsed"],
    )


class Tally:
    """How many were asked, how many stored, and how they ended: the figures of every command that asks a model."""

    def __init__(self) -> None:
        self.asked = 0
        """Calls made now."""
        self.stored = 0
        """Results that were there already."""
        self.prompt_tokens = 0
        self.completion_tokens = 0
        """Tokens of the calls made now, as far as the endpoint says."""
        self._states: Counter[str] = Counter()

    def count(self, result: Result) -> None:
        """Take in one result."""
        self._states[result.state] += 1
        if result.stored:
            self.stored += 1
            return
        self.asked += 1
        self.prompt_tokens += result.prompt_tokens or 0
        self.completion_tokens += result.completion_tokens or 0

    @property
    def states(self) -> dict[str, int]:
        """Number of results by state; every state is named."""
        return {state: self._states[state] for state in STATES}

    def figures(self) -> dict[str, object]:
        """Return `{asked, stored, states}`, as every command that asks a model prints them."""
        return {"asked": self.asked, "stored": self.stored, "states": self.states}


@dataclass(frozen=True, slots=True)
class Plan:
    """What asking would take, before it is done; nothing is sent to find it."""

    endpoint: str
    model: str
    calls: int
    """To be made: what is not stored, and what ended in an error."""
    stored: int
    prompt_tokens: int
    """Estimated, of the calls to be made; see `glassllava.llm.estimates`."""
    completion_tokens_at_most: int
    money_at_most: float | None
    """By the endpoint's prices, in their currency; None where they are not known."""
    first: tuple[Request, ...]
    """The first requests that would be sent, to be looked at."""

    def figures(self) -> dict[str, object]:
        """Return what a dry run prints as JSON."""
        return {
            "endpoint": self.endpoint,
            "model": self.model,
            "calls": self.calls,
            "stored": self.stored,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens_at_most": self.completion_tokens_at_most,
            "money_at_most": self.money_at_most,
        }

    def in_words(self) -> str:
        """Return what a dry run prints for people: the figures, and the first prompts as they would be sent."""
        cost = "" if self.money_at_most is None else f", at most {self.money_at_most:.2f} in the prices' currency"
        whom = f"'{self.model}' at the endpoint '{self.endpoint}'"
        most = f"{self.completion_tokens_at_most:,}"
        lines = [
            f"{self.calls:,} calls to {whom}; {self.stored:,} more are stored.",
            f"About {self.prompt_tokens:,} tokens to send, at most {most} to receive{cost}.",
        ]
        for number, request in enumerate(self.first, 1):
            lines += ["", f"--- prompt {number} of {self.calls:,} ({request.purpose or 'no purpose'}) ---"]
            for message in request.messages:
                images = f" with {len(message.images)} image(s)" if message.images else ""
                lines += [f"[{message.role}{images}]", message.text]
        return "\n".join(lines)
