"""Planted rows: papers with panels, questions and answers, written through the workspace as stages do."""

from __future__ import annotations

from sqlalchemy import select

from glassllava.records import Answer, Figure, Judgement, Mention, Panel, Paper, Question
from glassllava.workspace import Workspace, content_id, figure_id, identity, panel_id
from glassllava.workspace.overlay import made_from
from tests.conftest import noise_png


def plant_paper(workspace: Workspace, name: str, labels: str = "ab", split: str | None = None) -> list[str]:
    """Write a synthetic paper with one figure of SEM panels and a sentence that cites them; return the panels' ids."""
    paper = content_id(name.encode())
    figure = figure_id(paper, "1", 0)
    keys = []
    with workspace.writing() as session:
        session.merge(
            Paper(id=paper, file=f"{name}.pdf", state="ok", doi=f"10.5555/{name}", synthetic=True, split=split)
        )
        session.flush()
        session.merge(
            Figure(id=figure, paper_id=paper, label="1", ordinal=0, page=1, box=[0, 0, 9, 9], caption="Figure 1.")
        )
        session.flush()
        for position, label in enumerate(labels):
            keys.append(panel_id(figure, label, 0))
            session.merge(
                Panel(
                    id=keys[-1],
                    paper_id=paper,
                    figure_id=figure,
                    label=label,
                    ordinal=0,
                    position=position,
                    page=1,
                    box=[0.0, 0.0, 4.0, 4.0],
                    caption=f"({label}) A polished surface.",
                    kind="sem",
                    kind_confidence=0.9,
                    image=workspace.images.put(noise_png(int(figure[:8], 16) + position)),
                    width=64,
                    height=48,
                )
            )
        session.merge(
            Mention(
                id=identity("mention", paper, 0),
                paper_id=paper,
                figure="1",
                panels=[labels[0]],
                page=1,
                paragraph=0,
                start=0,
                end=40,
                text=f"The surface is smooth (Figure 1{labels[0]}).",
            )
        )
    return keys


def plant_question(
    workspace: Workspace,
    panel: str,
    text: str = "Is the surface smooth?",
    answer: str = "It is smooth. It was polished. No scratch is seen.",
    category: str = "Morphology",
    subcategory: str = "simple",
) -> str:
    """Write an accepted question about a panel; return its id."""
    view = next(p for p in workspace.panels() if p.id == panel)
    key = identity("question", panel, text, subcategory)
    with workspace.writing() as session:
        session.merge(
            Question(
                id=key,
                paper_id=view.paper_id,
                panel_ids=[panel],
                category=category,
                subcategory=subcategory,
                question=text,
                answer=answer,
                evidence=[],
                needs_image=True,
                generator="planted",
                state="accepted",
                made_from=made_from([view]),
            )
        )
    return key


def plant_judged_answer(workspace: Workspace, question: str, value: float | None, state: str = "ok") -> str:
    """Write an answer with one quality judgement; return the judgement's id."""
    view = next(q for q in workspace.questions() if q.id == question)
    answer, judgement = identity("answer", question), identity("judgement", question)
    with workspace.writing() as session:
        session.merge(
            Answer(
                id=answer,
                question_id=question,
                level="none",
                condition="real",
                sample=0,
                model="tiny",
                prompt=view.question,
                state="ok",
                text="Smooth.",
                made_from=view.fingerprint,
            )
        )
        session.flush()
        session.merge(
            Judgement(id=judgement, answer_id=answer, assessment="quality", judge="planted", state=state, value=value)
        )
    return judgement


def all_rows(workspace: Workspace, record: type) -> list[dict[str, object]]:
    """Return every row of a table as plain values, in order of id, times left out."""
    times = {"added", "created"}
    with workspace.reading() as session:
        found = session.scalars(select(record)).all()
        names = [column.key for column in record.__table__.columns if column.key not in times]
        return sorted(({name: getattr(row, name) for name in names} for row in found), key=lambda row: str(row["id"]))
