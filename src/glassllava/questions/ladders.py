"""The context ladders of a workspace: each simple evaluation question with one, two, three attributes told.

In: accepted simple questions of the evaluation papers, their panels' text. Out: Context rows; those of some panels'
questions are committed as a whole, so a run that is stopped goes on with the next ones. Without a language model
attributes come from the text by rule and are told in the domain's forms; with one, it finds and words them, and code
chooses and checks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from pydantic import BaseModel, Field
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from glassllava.domains import Domain, load_domain
from glassllava.questions.asked_ladders import AskedLadders, Part
from glassllava.questions.attributes import find_attributes
from glassllava.questions.endpoints import chosen
from glassllava.questions.ladder import build_ladder
from glassllava.questions.pairs import IMPORTED
from glassllava.questions.texts import texts_of
from glassllava.records import Context
from glassllava.workspace import PanelView, QuestionView, Workspace, identity, task_id

STAGE = "contexts-2"
SIDE_BY_SIDE = 64
"""Panels whose ladders are asked for side by side, and committed together."""


class Contexts(BaseModel):
    """What one run of `contexts` did, and what stands in the workspace after it."""

    questions: int
    """Simple evaluation questions that are accepted."""
    made: int
    """Questions whose ladder was made now."""
    rungs: dict[str, int]
    """Questions that are told something, by level."""
    types: dict[str, int]
    """Attributes told, by type, counted at each level."""
    worded: int = 0
    """Rungs of this run that stand in a model's words; others of its answers failed the check in code."""
    asked: int = 0
    """Calls made now."""
    stored: int = 0
    """Answers that were there already."""
    states: dict[str, int] = Field(default_factory=dict)
    """All answers by state; empty where no model was asked."""
    remarks: list[str] = Field(default_factory=list)
    """What the model turned out not to take."""
    failed: list[tuple[str, str]] = Field(default_factory=list)
    """Panel or question, and the reason, where a model gave no answer."""


def contexts(workspace: Workspace, *, llm: str | None = None) -> Contexts:
    """Make the context ladder of every accepted simple question of the evaluation papers.

    Pairs that came from a file keep the ladders that they came with. A ladder whose question has not changed is left
    alone; that of a changed question, or of another model, is made again.

    Parameters
    ----------
    workspace
        Questions are read from it, contexts written to it.
    llm
        Name of the endpoint that finds and words the attributes; None takes the setting `questions.llm`, and
        "embedded", or no setting, takes them from the text by rule.

    Raises
    ------
    WorkspaceError
        The endpoint is not named in the settings, or may not be asked.
    EndpointStopped
        It is down, refuses, or its budget is spent; what was asked until then is stored.
    """
    domain = load_domain(workspace.settings.domain)
    writer, _ = chosen(workspace, llm, None)
    wanted = [
        question
        for question in workspace.questions()
        if question.accepted
        and question.split == "evaluation"
        and question.subcategory == "simple"
        and not question.generator.startswith(IMPORTED)
    ]
    by_panel: dict[str, list[QuestionView]] = defaultdict(list)
    for question in wanted:
        by_panel[question.panel_ids[0]].append(question)
    panels = {panel.id: panel for panel in workspace.panels()}
    finished = workspace.finished(STAGE)
    made = 0
    with workspace.run("contexts", len(by_panel)) as progress, ExitStack() as stack:
        asked = None
        if writer is not None:
            asked = stack.enter_context(AskedLadders(workspace, domain, writer, progress.say))
        origin = (domain.model_dump(mode="json"), None if asked is None else asked.rules)
        order = list(by_panel)
        for group in (order[first : first + SIDE_BY_SIDE] for first in range(0, len(order), SIDE_BY_SIDE)):
            with workspace.reading() as session:
                parts = [_part(session, panels[panel], by_panel[panel], origin, finished) for panel in group]
            todo = [part for part in parts if part is not None]
            if asked is not None:
                asked.build(todo)
            else:
                _by_rule(todo, domain)
            with workspace.writing() as session:
                made += sum(_write(session, workspace, part) for part in todo)
            for panel in group:
                progress.advance(f"{panels[panel].file} {panels[panel].name}")
        figures = _ladders(workspace, wanted, made).model_copy(update=asked.figures() if asked is not None else {})
        for target, reason in figures.failed:
            progress.fail(target, reason)
        progress.figures = figures.model_dump()
    return figures


def _part(
    session: Session, view: PanelView, questions: Iterable[QuestionView], origin: Sequence[object], finished: set[str]
) -> Part | None:
    """Return a panel's questions that want a ladder with its text; None where there are none, and nothing is read."""
    keys = {q.id: task_id(STAGE, *origin, view.fingerprint, q.fingerprint) for q in questions}
    todo = [question for question in questions if keys[question.id] not in finished]
    if not todo:
        return None
    paper, (panel,) = texts_of(session, [view])
    return Part(view, paper, panel, keys, todo)


def _write(session: Session, workspace: Workspace, part: Part) -> int:
    done = [question for question in part.todo if question.id in part.ladders]
    for question in done:
        session.execute(delete(Context).where(Context.question_id == question.id))
        session.add_all(
            Context(
                id=identity("context", question.id, question.fingerprint, rung.level, rung.text),
                question_id=question.id,
                level=rung.level,
                attributes=[
                    {"type": a.type, "value": a.value, "quote": a.quote, "page": a.page} for a in rung.attributes
                ],
                text=rung.text,
                made_from=question.fingerprint,
            )
            for rung in part.ladders[question.id]
        )
        workspace.record_task(session, part.keys[question.id], STAGE, part.view.name)
    return len(done)


def _by_rule(parts: Sequence[Part], domain: Domain) -> None:
    for part in parts:
        attributes = find_attributes(part.paper, part.panel, domain)
        for question in part.todo:
            part.ladders[question.id] = build_ladder(
                question.question, question.answer, question.category, attributes, domain
            )


def _ladders(workspace: Workspace, wanted: Sequence[QuestionView], made: int) -> Contexts:
    rungs: Counter[str] = Counter()
    types: Counter[str] = Counter()
    present = {question.id: question.fingerprint for question in wanted}
    with workspace.reading() as session:
        for context in session.scalars(select(Context).order_by(Context.id)):
            if present.get(context.question_id) == context.made_from:
                rungs[context.level] += 1
                types.update(attribute["type"] for attribute in context.attributes)
    return Contexts(questions=len(wanted), made=made, rungs=dict(rungs), types=dict(types))
