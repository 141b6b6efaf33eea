"""Rounds of asking: pairs are written, gates judge them, and what broke a rule is written again, up to twice.

In: some papers with their panels, the door to the model that writes, and that to the one that checks. Out: for each
paper every draft with its verdict, and the panels whose answer failed. The papers of one call are asked side by side
and judged in their order, so that the same answers always give the same pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from glassllava.domains import Domain
from glassllava.domains.prompts import Prompts
from glassllava.llm import Request, Result, StageDoor
from glassllava.questions.asked import Refused, drafts_of, pairs_request
from glassllava.questions.gates import GATES, Surroundings, first_refusal
from glassllava.questions.model_gates import CHECKS, checks, refusal_by
from glassllava.questions.pairs import Verdict
from glassllava.questions.source import Draft, PanelText, PaperText
from glassllava.questions.wanted import Want

REPAIRS = 2
"""How often a refused pair is given back to be written again."""

_IN_ORDER = {"duplicate"}
"""Gates that look at the pairs that passed before, and so are asked last, pair by pair."""
_BEYOND_REPAIR = {"panel", "duplicate", "model-unchecked"}
"""What another wording cannot mend."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel to be asked about."""

    text: PanelText
    wants: tuple[Want, ...]
    image: str | None
    """SHA-256 of its stored image, where the model is to see it."""


@dataclass(slots=True)
class Work:
    """One paper: what is asked about it, and what has come of it."""

    paper: PaperText
    panels: tuple[Panel, ...]
    around: Surroundings
    generator: str
    verdicts: list[Verdict] = field(default_factory=list)
    failed: dict[str, Result] = field(default_factory=dict)
    """The last answer about a panel that was not `ok`, by the panel's id."""
    errors: int = 0
    """Answers and checks that were an `error`: another run asks again."""


def first_requests(paper: PaperText, panels: Sequence[Panel], prompts: Prompts, number: int) -> Iterator[Request]:
    """Give a paper's requests of the first round."""
    for panel in panels:
        yield pairs_request(prompts, paper, panel.text, number, wants=panel.wants, image=panel.image)


def ask_in_rounds(
    works: Sequence[Work],
    prompts: Prompts,
    domain: Domain,
    number: int,
    writer: StageDoor,
    checker: StageDoor | None,
) -> None:
    """Fill in the verdicts of some papers.

    Parameters
    ----------
    works
        Papers in their order; changed.
    prompts, domain
        Of the workspace.
    number
        Most pairs of a panel.
    writer, checker
        Doors to the two models; without a checker the gates by model are not asked.

    Raises
    ------
    EndpointStopped
        An endpoint is down, refuses, or its budget is spent; what was asked is stored.
    """
    requests = [request for work in works for request in first_requests(work.paper, work.panels, prompts, number)]
    for turn in range(1 + REPAIRS):
        answers = {result.request.tag: result for result in writer.ask_all(requests)}
        drafts = [list(_drafts(work, answers, domain)) for work in works]
        refusals = _refusals(works, drafts, prompts, checker)
        requests = []
        for work, written in zip(works, drafts, strict=True):
            refused = _judged(work, written, refusals)
            if turn < REPAIRS:
                requests += _repairs(work, refused, prompts, turn)
        if not requests:
            return


def _drafts(work: Work, answers: Mapping[str, Result], domain: Domain) -> Iterator[Draft]:
    for panel in work.panels:
        result = answers.get(panel.text.id)
        if result is None:
            continue
        if result.state != "ok":
            work.failed[panel.text.id] = result
            work.errors += result.state == "error"
        yield from drafts_of(result, work.paper, panel.text, domain, work.generator)


def _refusals(
    works: Sequence[Work], drafts: Sequence[Sequence[Draft]], prompts: Prompts, checker: StageDoor | None
) -> dict[int, tuple[str, str]]:
    """Return what refuses each draft, by the draft's identity: gates in code, then for those that pass, by model."""
    gates = {name: gate for name, gate in GATES.items() if name not in _IN_ORDER}
    found: dict[int, tuple[str, str]] = {}
    passed: list[tuple[Work, Draft]] = []
    for work, written in zip(works, drafts, strict=True):
        for draft in written:
            refusal = first_refusal(draft, work.around, gates)
            if refusal is None:
                passed.append((work, draft))
            else:
                found[id(draft)] = refusal
    if checker is None:
        return found
    asked = [request for _, draft in passed for request in checks(draft, prompts)]
    results = {(id(result.request.tag.draft), result.request.tag.gate): result for result in checker.ask_all(asked)}
    for work, draft in passed:
        own = [results[id(draft), gate] for gate in CHECKS if (id(draft), gate) in results]
        work.errors += sum(result.state == "error" for result in own)
        # A refusal for its content goes before a check that failed.
        for result in sorted(own, key=lambda result: result.state != "ok"):
            refusal = refusal_by(result)
            if refusal is not None:
                found.setdefault(id(draft), refusal)
    return found


def _judged(
    work: Work, drafts: Sequence[Draft], refusals: Mapping[int, tuple[str, str]]
) -> list[tuple[Draft, tuple[str, str]]]:
    """Take the drafts of a round into a paper's verdicts; return those that were refused."""
    refused = []
    last = {name: GATES[name] for name in _IN_ORDER}
    for draft in drafts:
        refusal = refusals.get(id(draft)) or first_refusal(draft, work.around, last)
        work.verdicts.append((draft, refusal))
        if refusal is None:
            work.around.accept(draft)
        else:
            refused.append((draft, refusal))
    return refused


def _repairs(
    work: Work, refused: Sequence[tuple[Draft, tuple[str, str]]], prompts: Prompts, repeat: int
) -> Iterator[Request]:
    for panel in work.panels:
        again = [
            Refused(question=draft.question, answer=draft.answer, gate=gate, reason=reason)
            for draft, (gate, reason) in refused
            if panel.text.id in draft.panels and gate not in _BEYOND_REPAIR
        ]
        if again:
            yield pairs_request(
                prompts, work.paper, panel.text, len(again), refused=again, image=panel.image, repeat=repeat
            )
