"""Ladders for which a language model finds the attributes and words the contexts; code chooses and checks.

In: panels with the questions that want a ladder. Out: a ladder for each question, or the reason why there is none. A
level whose words fail the check stands in the domain's own forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from glassllava.domains import Domain
from glassllava.domains.prompts import load_prompts
from glassllava.llm import Request, StageDoor, allowed_endpoint
from glassllava.questions.ladder import Rung, build_ladder
from glassllava.questions.source import PanelText, PaperText
from glassllava.questions.told import attributes_of, attributes_request, contexts_request, worded
from glassllava.workspace import PanelView, QuestionView, Workspace


@dataclass(slots=True)
class Part:
    """One panel, and its questions that want a ladder."""

    view: PanelView
    paper: PaperText
    panel: PanelText
    keys: dict[str, str]
    """Task of each question, by the question's id."""
    todo: list[QuestionView]
    ladders: dict[str, Sequence[Rung]] = field(default_factory=dict)
    """By the question's id; a question without one stays to be done."""


class AskedLadders:
    """The way to the model, as a context.

    Parameters
    ----------
    workspace, endpoint, tell
        As for `glassllava.llm.StageDoor`.
    domain
        Of the workspace.
    """

    def __init__(self, workspace: Workspace, domain: Domain, endpoint: str, tell: Callable[[str], None]) -> None:
        self._domain = domain
        self._prompts = load_prompts(workspace.settings.domain, workspace.path)
        self._door = StageDoor(workspace, endpoint, tell)
        self._worded = 0
        self._failed: list[tuple[str, str]] = []
        model, versions = allowed_endpoint(workspace, endpoint).settings, self._prompts.versions()
        self.rules = [model.model, model.base_url, model.temperature, model.top_p, versions["S3"], versions["S4"]]
        """All that decides a ladder beside the texts."""

    def __enter__(self) -> AskedLadders:
        self._door.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._door.__exit__(kind, fault, trace)

    def build(self, parts: Sequence[Part]) -> None:
        """Fill in the ladders of some panels' questions.

        Raises
        ------
        EndpointStopped
            The endpoint is down, refuses, or its budget is spent; what was asked is stored.
        """
        forms: dict[str, tuple[Part, QuestionView, tuple[Rung, ...]]] = {}
        told = {
            result.request.tag: result
            for result in self._door.ask_all(attributes_request(self._prompts, p.paper, p.panel) for p in parts)
        }
        for part in parts:
            result = told[part.panel.id]
            if result.state != "ok":
                self._fail(f"{part.view.file} {part.view.name}", result.state, result.reason)
                continue
            attributes = attributes_of(result, part.paper, part.panel, self._domain)
            for question in part.todo:
                rungs = build_ladder(question.question, question.answer, question.category, attributes, self._domain)
                if rungs:
                    forms[question.id] = part, question, rungs
                else:
                    part.ladders[question.id] = ()
        for result in self._door.ask_all(self._requests(forms)):
            part, question, rungs = forms[result.request.tag]
            if result.state != "ok":
                self._fail(f"{part.view.file} {part.view.name}: {question.question}", result.state, result.reason)
                continue
            ladder = worded(result, question.question, rungs)
            self._worded += sum(rung not in rungs for rung in ladder)
            part.ladders[question.id] = ladder

    def _requests(self, forms: dict[str, tuple[Part, QuestionView, tuple[Rung, ...]]]) -> Iterator[Request]:
        for key, (_, question, rungs) in forms.items():
            yield contexts_request(self._prompts, question.question, rungs, key)

    def _fail(self, target: str, state: str, reason: str | None) -> None:
        self._failed.append((target, f"{state}: {reason}"))

    def figures(self) -> dict[str, object]:
        """Return what a run adds to its figures."""
        return {
            **self._door.tally.figures(),
            "worded": self._worded,
            "remarks": self._door.remarks,
            "failed": sorted(self._failed),
        }
