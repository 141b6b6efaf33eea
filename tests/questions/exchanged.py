"""Workspaces that hold the same panels, and what of their pairs an exchange must keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from glassllava.records import Context, Paper, Question, Review
from glassllava.workspace import Workspace, identity
from glassllava.workspace.overlay import made_from
from tests.workspace.rows import all_rows, plant_paper

GENERATOR = "planted-1/0a1b2c3d"


def with_panels(folder: Path) -> Workspace:
    """A workspace with two papers of three panels, one for training and one for evaluation."""
    here = Workspace.create(folder)
    plant_paper(here, "one", "abc", "training")
    plant_paper(here, "two", "abc", "evaluation")
    set_licence(here, "CC-BY-4.0")
    return here


def set_licence(workspace: Workspace, licence: str | None, paper: str = "") -> None:
    with workspace.writing() as session:
        for one in session.query(Paper).filter(Paper.file.startswith(paper)):
            one.licence = licence


def plant_pair(
    workspace: Workspace,
    panels: Sequence[str],
    question: str = "Is the surface smooth?",
    answer: str = "It is smooth. It was polished. No scratch is seen.",
    evidence: Iterable[dict[str, Any]] = (),
    **fields: Any,
) -> str:
    """Write a pair about panels of one paper; return its id."""
    views = [panel for panel in workspace.panels() if panel.id in panels]
    key = identity("question", GENERATOR, sorted(panels), question, answer, fields)
    told = {"category": "Morphology", "subcategory": "simple", "needs_image": True, "state": "accepted", **fields}
    with workspace.writing() as session:
        session.add(
            Question(
                id=key,
                paper_id=views[0].paper_id,
                panel_ids=list(panels),
                question=question,
                answer=answer,
                evidence=list(evidence),
                generator=GENERATOR,
                made_from=made_from(views),
                **told,
            )
        )
    return key


def forget_pairs(workspace: Workspace) -> None:
    with workspace.writing() as session:
        for record in (Context, Question, Review):
            session.query(record).delete()


def ids(workspace: Workspace, file: str) -> list[str]:
    return [panel.id for panel in workspace.panels() if panel.file == file]


def kept(workspace: Workspace) -> dict[str, Any]:
    """All that belongs to the accepted pairs, as stages and people see it, and as it is stored."""
    accepted = {question.id: question for question in workspace.questions() if question.accepted}
    rows = {row["id"]: row for row in all_rows(workspace, Question) if row["id"] in accepted}
    contexts = [row for row in all_rows(workspace, Context) if row["question_id"] in accepted]
    reviews = [
        {name: value for name, value in row.items() if name != "id"}
        for row in sorted(all_rows(workspace, Review), key=lambda row: (row["target_id"], row["id"]))
        if row["target_id"] in accepted
    ]
    return {"views": accepted, "rows": rows, "contexts": contexts, "reviews": reviews}
