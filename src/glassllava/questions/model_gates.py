"""Gates by model: whether the answer follows from its evidence, and whether it could be known without the image.

In: drafts that passed the gates in code. Out: requests to the checking model, and what its answers decide. Another
family of model than the generator's should check, for models favour their own (Panickssery et al. 2024,
arXiv:2404.13076). A check that got no answer decides nothing: the pair waits, and is not counted as passed.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from glassllava.domains.prompts import Prompts, Rendered
from glassllava.llm import Request, Result, conversation
from glassllava.questions.source import Draft

EVIDENCE_GATE, IMAGE_GATE, UNCHECKED = "model-evidence", "model-image", "model-unchecked"
"""Names of the gates, as a refused pair keeps them; the last is that of a pair whose check failed."""

CHECKS = (EVIDENCE_GATE, IMAGE_GATE)
"""The gates in the order in which their refusals count."""


class Supported(BaseModel):
    """Whether the answer follows from the quotes."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(description="One sentence: the statement that does not follow, or why all do.")
    follows: bool = Field(description="Whether every statement of the answer follows from the quotes.")


class KnownUnseen(BaseModel):
    """Whether the answer could be known without the image."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(description="One sentence.")
    known: bool = Field(description="Whether one who does not see the image could give this answer.")


@dataclass(frozen=True, slots=True)
class Check:
    """Which draft a request is about, and for which gate."""

    draft: Draft
    gate: str


def checks(draft: Draft, prompts: Prompts) -> list[Request]:
    """Return what is asked of the checking model about a draft; of its image only where it is said to need it."""
    quotes = [item.quote for item in draft.evidence]
    told = prompts["G1"].render(question=draft.question, answer=draft.answer, quotes=quotes)
    asked = [_request(told, Supported, Check(draft, EVIDENCE_GATE))]
    if draft.needs_image:
        told = prompts["G2"].render(question=draft.question, answer=draft.answer)
        asked.append(_request(told, KnownUnseen, Check(draft, IMAGE_GATE)))
    return asked


def _request(told: Rendered, form: type[BaseModel], check: Check) -> Request:
    return Request(conversation(told.system, told.user), form, purpose=told.purpose, tag=check)


def refusal_by(result: Result) -> tuple[str, str] | None:
    """Return the gate's name and reason where a check refuses its draft; None where it lets it pass."""
    check: Check = result.request.tag
    if result.state != "ok":
        return UNCHECKED, f"the check of {check.gate} was {result.state}: {result.reason}"
    if check.gate == EVIDENCE_GATE:
        verdict = result.form(Supported)
        return None if verdict.follows else (EVIDENCE_GATE, verdict.reason)
    unseen = result.form(KnownUnseen)
    return (IMAGE_GATE, unseen.reason) if unseen.known else None
