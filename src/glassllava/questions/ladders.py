"""The context ladders of a workspace: each simple evaluation question with one, two, three attributes told.

In: accepted simple questions of the evaluation papers, their panels' text. Out: Context rows; those of one panel's
questions are committed as a whole, so a run that is stopped goes on with the next panel.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import delete, select

from glassllava.domains import load_domain
from glassllava.questions.attributes import find_attributes
from glassllava.questions.ladder import build_ladder
from glassllava.questions.texts import texts_of
from glassllava.records import Context
from glassllava.workspace import QuestionView, Workspace, identity, task_id

STAGE = "contexts-2"


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


def contexts(workspace: Workspace) -> Contexts:
    """Make the context ladder of every accepted simple question of the evaluation papers.

    A ladder whose question has not changed is left alone; one of a changed question is made again.

    Parameters
    ----------
    workspace
        Questions are read from it, contexts written to it.
    """
    domain = load_domain(workspace.settings.domain)
    wanted = [
        question
        for question in workspace.questions()
        if question.accepted and question.split == "evaluation" and question.subcategory == "simple"
    ]
    by_panel: dict[str, list[QuestionView]] = defaultdict(list)
    for question in wanted:
        by_panel[question.panel_ids[0]].append(question)
    panels = {panel.id: panel for panel in workspace.panels()}
    finished = workspace.finished(STAGE)
    vocabulary = domain.model_dump(mode="json")
    made = 0
    with workspace.run("contexts", len(by_panel)) as progress:
        for panel_id, questions in by_panel.items():
            panel = panels[panel_id]
            keys = {q.id: task_id(STAGE, vocabulary, panel.fingerprint, q.fingerprint) for q in questions}
            todo = [question for question in questions if keys[question.id] not in finished]
            if todo:
                with workspace.reading() as session:
                    paper, texts = texts_of(session, [panel])
                attributes = find_attributes(paper, texts[0], domain)
                with workspace.writing() as session:
                    for question in todo:
                        rungs = build_ladder(question.question, question.answer, question.category, attributes, domain)
                        session.execute(delete(Context).where(Context.question_id == question.id))
                        session.add_all(
                            Context(
                                id=identity("context", question.id, question.fingerprint, rung.level, rung.text),
                                question_id=question.id,
                                level=rung.level,
                                attributes=[
                                    {"type": a.type, "value": a.value, "quote": a.quote, "page": a.page}
                                    for a in rung.attributes
                                ],
                                text=rung.text,
                                made_from=question.fingerprint,
                            )
                            for rung in rungs
                        )
                        workspace.record_task(session, keys[question.id], STAGE, panel.name)
                made += len(todo)
            progress.advance(f"{panel.file} {panel.name}")
        figures = _ladders(workspace, wanted, made)
        progress.figures = figures.model_dump()
    return figures


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
