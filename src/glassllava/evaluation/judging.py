"""What is judged and what comes back: the one interface that every judge implements.

In: nothing. Out: `Case` (one answer under one assessment), `Verdict` (state, value, what it was made of) and the
`Judge` protocol. A failure is a state of a verdict, never a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Assessment = Literal["quality", "features", "defect"]

ASSESSMENTS: tuple[Assessment, ...] = ("quality", "features", "defect")
"""Context assessment is not among them: it is quality, looked at over the context levels."""

State = Literal["ok", "not_applicable", "refused", "truncated", "unparseable", "error"]

STATES: tuple[State, ...] = ("ok", "not_applicable", "refused", "truncated", "unparseable", "error")


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to be judged under one assessment."""

    assessment: Assessment
    question: str
    """As asked without context, so that one answer is judged alike at each context level."""
    reference: str
    """The benchmark answer."""
    response: str
    """The answer to be judged: untrusted text."""
    category: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of one case."""

    state: State
    value: float | None
    """On the assessment's scale; None unless the state is `ok`."""
    detail: dict[str, Any] = field(default_factory=dict)
    """What the value was made of, as JSON."""
    reason: str | None = None


def not_applicable(reason: str, **detail: Any) -> Verdict:
    """Return the verdict that the assessment does not apply, for `reason`."""
    return Verdict("not_applicable", None, detail, reason)


class Judge(Protocol):
    """Anything that judges: by rule and embeddings, or by language model."""

    @property
    def name(self) -> str:
        """Name and version; another version judges anew."""
        ...

    @property
    def limits(self) -> tuple[str, ...]:
        """Where the judge is unfit, in sentences for every figure that it made."""
        ...

    def judge(self, cases: Sequence[Case]) -> list[Verdict]:
        """Return one verdict for each case, in order; a case that fails is a verdict with its state."""
        ...
