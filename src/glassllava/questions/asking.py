"""A run of asking a model for pairs: the papers of a workspace in groups, each from asking to rows.

In: the accepted panels by paper, the names of the endpoints that write and check. Out: Question rows. A group's place
in the corpus is fixed, and a group with a paper to be done is judged as a whole, from stored answers where there are
any: so a run that was killed and one that was not come to the same pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from glassllava.domains import Domain
from glassllava.domains.prompts import load_prompts
from glassllava.llm import Request, StageDoor, Tally, allowed_endpoint
from glassllava.llm.families import family_of
from glassllava.questions.pairs import (
    Generated,
    accepted_before,
    figures_of,
    mark_superseded,
    surroundings,
    write_pairs,
)
from glassllava.questions.rounds import Panel, Work, ask_in_rounds, first_requests
from glassllava.questions.source import PaperText
from glassllava.questions.texts import texts_of
from glassllava.questions.wanted import Want, wanted
from glassllava.workspace import PanelView, Workspace, identity, task_id
from glassllava.workspace.overlay import made_from

STAGE = "questions-asked-1"
SIDE_BY_SIDE = 16
"""Papers of a group, asked about side by side: enough to keep an endpoint busy, few enough to lose little by a kill."""


class _Paper(NamedTuple):
    text: PaperText
    panels: tuple[Panel, ...]
    views: list[PanelView]
    origin: str
    """What its pairs are traced to: which model, by which rules, prompts and text."""
    key: str
    """Of the task that says that the paper is done."""


class Asking:
    """One run.

    Parameters
    ----------
    workspace
        Questions are written to it; its settings name the endpoints and allow them.
    domain
        Of the workspace.
    by_paper
        Accepted panels by paper.
    writer, checker
        Names of the endpoints; without a checker the gates by model are not asked.

    Raises
    ------
    WorkspaceError
        An endpoint is not named in the settings, or may not be asked.
    """

    def __init__(
        self,
        workspace: Workspace,
        domain: Domain,
        by_paper: Mapping[str, list[PanelView]],
        writer: str,
        checker: str | None,
    ) -> None:
        self._workspace, self._domain, self._by_paper = workspace, domain, by_paper
        self._writer, self._checker = writer, checker
        self._prompts = load_prompts(workspace.settings.domain, workspace.path)
        self._settings = workspace.settings.questions
        model = allowed_endpoint(workspace, writer).settings
        checking = allowed_endpoint(workspace, checker).settings if checker is not None else None
        versions = self._prompts.versions()
        self._model = model.model
        self._rules = identity(
            domain.model_dump(mode="json"),
            self._settings.per_panel,
            self._settings.see_images,
            [versions[name] for name in ("S1", "G1", "G2")],
            [model.model, model.base_url, model.temperature, model.top_p],
            [checking.model, checking.base_url, checking.temperature, checking.top_p] if checking is not None else None,
        )
        self._kin = _kin(model.model, checking.model) if checking is not None else []
        self._wants = _wants(by_paper, domain, self._settings.per_panel)

    def requests(self) -> Iterator[Request]:
        """Give the requests of the first round, of all papers that are not done."""
        finished = self._workspace.finished(STAGE)
        for paper_id in self._by_paper:
            paper = self._paper(paper_id)
            if paper.key not in finished:
                yield from first_requests(paper.text, paper.panels, self._prompts, self._settings.per_panel)

    def run(self) -> Generated:
        """Ask, judge and write; return what was done and what stands in the workspace."""
        new = made = 0
        failed: list[tuple[str, str]] = []
        with ExitStack() as stack:
            progress = stack.enter_context(self._workspace.run("questions", len(self._by_paper)))
            writer = stack.enter_context(StageDoor(self._workspace, self._writer, progress.say))
            checker = None
            if self._checker is not None:
                checker = stack.enter_context(StageDoor(self._workspace, self._checker, progress.say))
            finished = self._workspace.finished(STAGE)
            order = list(self._by_paper)
            for group in (order[first : first + SIDE_BY_SIDE] for first in range(0, len(order), SIDE_BY_SIDE)):
                papers = [self._paper(paper_id) for paper_id in group]
                todo = {paper.key for paper in papers} - finished
                works = self._works(papers) if todo else {}
                if works:
                    ask_in_rounds(
                        list(works.values()), self._prompts, self._domain, self._settings.per_panel, writer, checker
                    )
                for paper in papers:
                    if paper.key in todo:
                        made += self._write(paper, works[paper.key])
                        new += 1
                        failed += _failures(paper, works[paper.key])
                    mark_superseded(self._workspace, paper.text.id, paper.origin)
                    progress.advance(paper.views[0].file)
            for target, reason in failed:
                progress.fail(target, reason)
            doors = [door for door in (writer, checker) if door is not None]
            figures = figures_of(self._workspace, new, len(self._by_paper) - new, made).model_copy(
                update=_asked([door.tally for door in doors])
                | {"remarks": [*self._kin, *(r for door in doors for r in door.remarks)], "failed": failed}
            )
            progress.figures = figures.model_dump()
        return figures

    def _paper(self, paper_id: str) -> _Paper:
        views = self._by_paper[paper_id]
        with self._workspace.reading() as session:
            text, panels = texts_of(session, views)
        origin = f"asked/{self._model}/{identity(self._rules, [part.text for part in text.paragraphs])[:8]}"
        asked = tuple(
            Panel(panel, self._wants[view.id], view.image if self._settings.see_images else None)
            for panel, view in zip(panels, views, strict=True)
        )
        key = task_id(STAGE, origin, paper_id, made_from(views), [panel.wants for panel in asked])
        return _Paper(text, asked, views, origin, key)

    def _works(self, papers: Sequence[_Paper]) -> dict[str, Work]:
        """Return the work on each paper of a group, by its key; none looks at what stands of the group itself."""
        before, group = accepted_before(self._workspace), {paper.text.id for paper in papers}
        return {
            paper.key: Work(
                paper.text,
                paper.panels,
                surroundings(paper.text, [panel.text for panel in paper.panels], self._domain, before, group),
                paper.origin,
            )
            for paper in papers
        }

    def _write(self, paper: _Paper, work: Work) -> int:
        with self._workspace.writing() as session:
            write_pairs(session, paper.text.id, paper.origin, work.verdicts, {view.id: view for view in paper.views})
            # Where an answer was an error, another run asks again.
            if not work.errors:
                self._workspace.record_task(session, paper.key, STAGE, paper.views[0].file)
        return len(work.verdicts)


def _wants(by_paper: Mapping[str, Sequence[PanelView]], domain: Domain, number: int) -> dict[str, tuple[Want, ...]]:
    """Return what is wanted of each panel, by its id: those of each split in their order."""
    turns = {measured: wanted(domain, "evaluation" if measured else None, number) for measured in (True, False)}
    return {panel.id: next(turns[panel.split == "evaluation"]) for panels in by_paper.values() for panel in panels}


def _failures(paper: _Paper, work: Work) -> list[tuple[str, str]]:
    names = {view.id: f"{view.file} {view.name}" for view in paper.views}
    return [(names[panel], f"{result.state}: {result.reason}") for panel, result in sorted(work.failed.items())]


def _asked(tallies: Sequence[Tally]) -> dict[str, object]:
    states: dict[str, int] = defaultdict(int)
    for tally in tallies:
        for state, number in tally.states.items():
            states[state] += number
    return {
        "asked": sum(tally.asked for tally in tallies),
        "stored": sum(tally.stored for tally in tallies),
        "states": dict(states),
    }


def _kin(writer: str, checker: str) -> list[str]:
    """Warn where the model that checks is of the family that writes, for models favour their own."""
    family = family_of(writer)
    if family is None or family != family_of(checker):
        return []
    return [f"The model that checks, “{checker}”, is of the same family as the one that writes, “{writer}”."]
