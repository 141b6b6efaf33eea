"""A small collection to evaluate on: three papers, questions with ladders, a checkpoint, filled answers."""

from __future__ import annotations

from sqlalchemy import select

from glassllava.records import Answer, Checkpoint, Context
from glassllava.workspace import Workspace, identity
from tests.workspace.rows import plant_paper, plant_question

SHAPE = (
    "What shape do the particles have?",
    "The particles are spherical and have a mean diameter of 5 µm. They lie in a glass. Their surface is smooth.",
)
CRACKS = (
    "Are any cracks or pores evident?",
    "No cracks are visible. The polished surface is free of pores. It was not etched.",
)


def ask(
    workspace: Workspace, panel: str, pair: tuple[str, str], category: str = "Morphology", subcategory: str = "simple"
) -> str:
    """Write an accepted question about a panel; return its id."""
    return plant_question(workspace, panel, *pair, category, subcategory)


def ladder(workspace: Workspace, question: str) -> None:
    """Give a question its three context levels."""
    view = next(q for q in workspace.questions() if q.id == question)
    with workspace.writing() as session:
        for number, level in enumerate(("basic", "moderate", "high"), start=1):
            session.merge(
                Context(
                    id=identity("context", question, level),
                    question_id=question,
                    level=level,
                    attributes=[{"type": "material type", "value": str(n)} for n in range(number)],
                    text=f"{number} told. {view.question}",
                    made_from=view.fingerprint,
                )
            )


def collection(workspace: Workspace) -> list[str]:
    """Two evaluation papers with three questions, one training paper with one; return the evaluation questions."""
    one = plant_paper(workspace, "one", split="evaluation")
    two = plant_paper(workspace, "two", split="evaluation")
    trained = plant_paper(workspace, "three", split="training")
    ask(workspace, trained[0], SHAPE)
    asked = [
        ask(workspace, one[0], SHAPE),
        ask(workspace, one[1], CRACKS, "Defect and Fracture"),
        ask(workspace, two[0], SHAPE, subcategory="complex"),
    ]
    ladder(workspace, asked[0])
    return asked


def train(workspace: Workspace, generation: str, name: str = "tiny") -> str:
    """Write a checkpoint; return its id."""
    key = identity("checkpoint", name, generation)
    with workspace.writing() as session:
        session.merge(Checkpoint(id=key, name=name, recipe={"generation": generation}, folder=f"models/{key[:8]}"))
    return key


def fill(workspace: Workspace, text: str = "Spherical particles of 5 µm in a matrix.") -> None:
    """Fill every planned answer; one of each question fails."""
    with workspace.writing() as session:
        failed: set[str] = set()
        for answer in session.scalars(select(Answer).where(Answer.state == "planned").order_by(Answer.id)):
            if answer.question_id in failed:
                answer.state, answer.text = "ok", text
            else:
                answer.state, answer.reason = "error", "the model gave up"
                failed.add(answer.question_id)
