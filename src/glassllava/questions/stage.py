"""The questions stage: accepted panels in, judged pairs out.

In: Paper, Figure, Panel and Mention rows. Out: Question rows, accepted or rejected with the gate's name. Without a
language model, pairs are taken from the paper's own sentences; with one, it writes them. Each paper's pairs are
committed as a whole, so a run that is stopped goes on with the next paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from glassllava.domains import Domain, load_domain
from glassllava.errors import WorkspaceError
from glassllava.llm import Plan, plan
from glassllava.questions.asking import Asking
from glassllava.questions.endpoints import chosen
from glassllava.questions.extract import GENERATOR
from glassllava.questions.extract import generate as extract
from glassllava.questions.gates import judge
from glassllava.questions.pairs import (
    Generated,
    accepted_before,
    figures_of,
    mark_superseded,
    surroundings,
    write_pairs,
)
from glassllava.questions.texts import texts_of
from glassllava.workspace import PanelView, Workspace, identity, task_id
from glassllava.workspace.overlay import made_from

STAGE = f"questions-{GENERATOR}"


def generate(workspace: Workspace, *, llm: str | None = None, checker: str | None = None) -> Generated:
    """Make question-answer pairs about every accepted panel, through the gates.

    A paper whose panels and text are as they were is left alone. Pairs made from what has changed since stay, and
    show as stale; so do those of another generator, or of another version of this one, the domain pack or the paper's
    text. A stored answer of a model is never asked for again.

    Parameters
    ----------
    workspace
        Panels are read from it, questions written to it.
    llm
        Name of the endpoint that writes the pairs; None takes the setting `questions.llm`, and "embedded", or no
        setting, takes them from the paper's own sentences.
    checker
        Name of the endpoint that is asked for the gates by model; None takes the setting `questions.checker`.

    Raises
    ------
    WorkspaceError
        An endpoint is not named in the settings, or may not be asked.
    EndpointStopped
        It is down, refuses, or its budget is spent; what was asked until then is stored.
    """
    writer, second = chosen(workspace, llm, checker)
    domain = load_domain(workspace.settings.domain)
    by_paper = _panels(workspace, domain)
    if writer is None:
        return _taken_from_sentences(workspace, domain, by_paper)
    return Asking(workspace, domain, by_paper, writer, second).run()


def plan_generation(workspace: Workspace, *, llm: str | None = None) -> Plan:
    """Tell what the first round of asking would take, without sending anything.

    Repairs (up to two rounds) and the gates by model follow from the answers, and are not in it.

    Raises
    ------
    WorkspaceError
        No endpoint is named, or it may not be asked.
    """
    writer, _ = chosen(workspace, llm, None)
    if writer is None:
        raise WorkspaceError("Without a language model nothing is asked; name an endpoint with --llm.")
    domain = load_domain(workspace.settings.domain)
    return plan(workspace, writer, Asking(workspace, domain, _panels(workspace, domain), writer, None).requests())


def _panels(workspace: Workspace, domain: Domain) -> dict[str, list[PanelView]]:
    by_paper: dict[str, list[PanelView]] = defaultdict(list)
    for panel in workspace.panels():
        if panel.accepted and panel.kind in domain.image.kinds:
            by_paper[panel.paper_id].append(panel)
    return by_paper


def _taken_from_sentences(workspace: Workspace, domain: Domain, by_paper: Mapping[str, list[PanelView]]) -> Generated:
    finished = workspace.finished(STAGE)
    limit = workspace.settings.questions.per_panel
    vocabulary = identity(domain.model_dump(mode="json"), limit)
    made = new = 0
    with workspace.run("questions", len(by_paper)) as progress:
        corpus = accepted_before(workspace)
        for paper_id, panels in by_paper.items():
            with workspace.reading() as session:
                paper, texts = texts_of(session, panels)
            # Traced with each pair: by which rules, words and text it was made.
            origin = f"{GENERATOR}/{identity(vocabulary, [part.text for part in paper.paragraphs])[:8]}"
            key = task_id(STAGE, origin, paper_id, made_from(panels))
            if key not in finished:
                around = surroundings(paper, texts, domain, corpus, {paper_id})
                verdicts = judge(extract(paper, texts, domain, limit), around)
                with workspace.writing() as session:
                    write_pairs(session, paper_id, origin, verdicts, {panel.id: panel for panel in panels})
                    workspace.record_task(session, key, STAGE, panels[0].file)
                corpus[paper_id] = [draft for draft, refusal in verdicts if refusal is None]
                made += len(verdicts)
                new += 1
            mark_superseded(workspace, paper_id, origin)
            progress.advance(panels[0].file)
        figures = figures_of(workspace, new, len(by_paper) - new, made)
        progress.figures = figures.model_dump()
    return figures
