"""A workspace filled with rows as the stages write them: papers, panels, questions, ladders, answers, judgements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from glassllava.domains import load_domain
from glassllava.records import Answer, Checkpoint, Context, Figure, Judgement, Panel, Paper, Question, SceneTruth
from glassllava.workspace import Workspace, content_id, figure_id, identity, panel_id
from glassllava.workspace.overlay import made_from
from tests.conftest import noise_png

LEVELS = ("none", "basic", "moderate", "high")
CONDITIONS = ("real", "blank", "other_paper")
TYPES = ("material type", "appearance", "properties", "processing conditions", "other")
JUDGE = "embedded-1"


@dataclass(frozen=True)
class Cell:
    """One cell of the answer grid, for a function that decides how it was answered."""

    question: str
    category: str
    subcategory: str
    paper: str
    level: str
    condition: str
    model: str


Outcome = tuple[str, dict[str, float]]
"""State of the answer, and the value of each assessment where it is `ok`."""


def plausible(cell: Cell) -> Outcome:
    """Scores that grow with context, fall without the image and differ from paper to paper."""
    random = np.random.default_rng(int(identity(cell.question, cell.level, cell.condition, cell.model)[:12], 16))
    paper = np.random.default_rng(int(identity(cell.paper)[:12], 16)).normal(0, 4)
    mean = 52 + 7 * LEVELS.index(cell.level) + paper + (8 if cell.subcategory == "complex" else 0)
    mean -= {"real": 0, "blank": 9, "other_paper": 7}[cell.condition] + (0 if cell.model == "tiny" else 6)
    quality = float(np.clip(random.normal(mean, 13), 0, 100).round(1))
    values = {"quality": quality, "features": float(np.clip(1 + quality / 33, 1, 4).round(2))}
    values["defect"] = float(random.random() < quality / 90)
    return "ok", values


def add_papers(workspace: Workspace, training: int, evaluation: int, *, synthetic: bool = False) -> None:
    """Write papers of two panels each; the first panel is calibrated."""
    for number in range(training + evaluation):
        split = "training" if number < training else "evaluation"
        word = "synthetic" if synthetic else "paper"
        with workspace.writing() as session:
            paper = content_id(f"{word} {number}".encode())
            session.merge(
                Paper(
                    id=paper,
                    file=f"{word}-{number:02d}.pdf",
                    state="ok",
                    doi=None if number == 1 else f"10.5555/{word}.{number:04d}",
                    title=f"Glass number {number} & its <fractures> at $T_g$",
                    paragraphs=[
                        {"page": 1, "section": "", "role": "body", "text": f"Glass {number} was quenched. " * 9}
                    ],
                    split=split,
                    synthetic=synthetic,
                )
            )
            session.flush()
            figure = figure_id(paper, "3", 0)
            session.merge(Figure(id=figure, paper_id=paper, label="3", ordinal=0, page=2, box=None, caption="Fig. 3."))
            session.flush()
            for position, label in enumerate("ab"):
                session.merge(
                    Panel(
                        id=panel_id(figure, label, 0),
                        paper_id=paper,
                        figure_id=figure,
                        label=label,
                        ordinal=0,
                        position=position,
                        page=2,
                        box=[0.0, 0.0, 90.0, 60.0],
                        caption=f"({label}) Fracture surface.",
                        kind="sem",
                        kind_confidence=0.9,
                        pixel_size_m=12.5e-9 if label == "a" else None,
                        pixel_size_source="scale bar" if label == "a" else None,
                        image=workspace.images.put(noise_png(2 * number + position, (160, 110))),
                        width=160,
                        height=110,
                    )
                )


def add_questions(workspace: Workspace, categories: tuple[str, ...] = ()) -> None:
    """Write one question of each category and subcategory for each panel, and the ladders of evaluation papers."""
    domain = load_domain("glass-sem")
    panels = workspace.panels()
    with workspace.writing() as session:
        for panel in panels:
            for category in domain.categories:
                if categories and category.name not in categories:
                    continue
                for subcategory in category.subcategories:
                    session.merge(
                        Question(
                            id=identity("question", panel.id, category.name, subcategory),
                            paper_id=panel.paper_id,
                            panel_ids=[panel.id],
                            category=category.name,
                            subcategory=subcategory,
                            question=category.samples[subcategory][0],
                            answer="The surface is smooth. It was polished. A <crack> runs through it & ends.",
                            evidence=[
                                {"quote": "a crack runs", "page": 4, "paragraph": 0, "start": 3, "end": 15},
                                {"quote": "Fracture surface", "page": 2, "paragraph": None, "start": 4, "end": 20},
                            ],
                            needs_image=True,
                            generator="extractive-1",
                            state="accepted",
                            made_from=made_from([panel]),
                        )
                    )
    questions = [q for q in workspace.questions() if q.split == "evaluation" and q.subcategory == "simple"]
    with workspace.writing() as session:
        for question in questions:
            start = int(question.id[:4], 16)
            attributes = [
                {"type": TYPES[(start + 2 * place) % 5], "value": f"value {place}", "quote": "", "page": 1}
                for place in range(3)
            ]
            for told, level in enumerate(LEVELS[1:], start=1):
                session.merge(
                    Context(
                        id=identity("context", question.id, level),
                        question_id=question.id,
                        level=level,
                        attributes=attributes[:told],
                        text=f"Given {told} attributes: {question.question}",
                        made_from=question.fingerprint,
                    )
                )


def add_truths(workspace: Workspace) -> dict[str, dict[str, object]]:
    """Give each panel a scene: spherulites with a crack for a, needles without a defect for b; return them by panel.

    The base model is said to know the spherulites and not the needles.
    """
    scenes: dict[str, dict[str, object]] = {}
    for panel in workspace.panels():
        cracked = panel.label == "a"
        scenes[panel.id] = {
            "family": "spherulites" if cracked else "needles",
            "known": cracked,
            "names": ["spherulit*"] if cracked else ["needle*", "lath*"],
            "defect": "crack" if cracked else None,
            "artefact": None if cracked else "charging",
        }
    with workspace.writing() as session:
        for panel in workspace.panels():
            session.merge(SceneTruth(panel_id=panel.id, paper_id=panel.paper_id, scene=scenes[panel.id]))
    return scenes


def add_checkpoint(workspace: Workspace, name: str = "tiny", when: int = 1, parent: str | None = None) -> str:
    """Write a trained model; return its id."""
    key = identity("checkpoint", name, when)
    with workspace.writing() as session:
        session.merge(
            Checkpoint(
                id=key,
                name=name,
                recipe={"name": name},
                parent=parent,
                folder="checkpoints/x",
                figures={"steps": 400, "loss": [5.1, 2.2, 1.3], "tokens": 123456, "seconds": 61.5},
                created=datetime(2025, 1, when, tzinfo=UTC),
            )
        )
    return key


def add_answers(
    workspace: Workspace,
    outcome: Callable[[Cell], Outcome | None] = plausible,
    models: tuple[str, ...] = ("tiny", "always-yes", "nearest-text"),
    checkpoint: str | None = None,
    words: Callable[[Cell], str] = lambda cell: "A crack is seen. <script>alert(1)</script>",
) -> None:
    """Plan, fill and judge the grid as `outcome` says; what it leaves out is not judged, a None is not planned.

    An answer in state `ok` says what `words` gives.
    """
    images = {panel.id: panel.image for panel in workspace.panels()}
    asked = [question for question in workspace.questions() if question.split == "evaluation"]
    answers, judgements = [], []
    for question in asked:
        levels = LEVELS if question.subcategory == "simple" else LEVELS[:1]
        for level, condition, model in _grid(levels, models):
            cell = Cell(
                question.id, question.category, question.subcategory, question.paper_id, level, condition, model
            )
            planned = outcome(cell)
            if planned is None:
                continue
            state, values = planned
            key = identity("answer", question.id, level, condition, model, checkpoint)
            answers.append(
                Answer(
                    id=key,
                    question_id=question.id,
                    level=level,
                    condition=condition,
                    sample=0,
                    model=model,
                    checkpoint_id=checkpoint if model == "tiny" else None,
                    prompt=question.question if level == "none" else f"Given attributes: {question.question}",
                    image=images[question.panel_ids[0]] if condition == "real" else None,
                    state=state,
                    text=words(cell) if state == "ok" else None,
                    reason=None if state == "ok" else "the server gave up",
                    made_from=question.fingerprint,
                )
            )
            judgements += [
                _judgement(key, question.id, assessment, value)
                for assessment, value in values.items()
                if assessment != "defect" or question.category == "Defect and Fracture"
            ]
    with workspace.writing() as session:
        session.add_all(answers)
        session.flush()
        session.add_all(judgements)


def _grid(levels: tuple[str, ...], models: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for level in levels:
        for condition in CONDITIONS:
            for model in models:
                yield level, condition, model


def _judgement(answer: str, question: str, assessment: str, value: float) -> Judgement:
    detail = {}
    if assessment == "defect":
        benchmark = "absent" if int(question[:2], 16) % 4 == 0 else "present"
        other = {"absent": "present", "present": "absent"}[benchmark]
        detail = {"benchmark_polarity": benchmark, "answer_polarity": benchmark if value == 1 else other}
    return Judgement(
        id=identity("judgement", answer, assessment),
        answer_id=answer,
        assessment=assessment,
        judge=JUDGE,
        state="ok",
        value=value,
        detail=detail,
        reason="3 of 5 claims are covered.",
    )


def fill(
    workspace: Workspace,
    training: int = 2,
    evaluation: int = 6,
    outcome: Callable[[Cell], Outcome | None] = plausible,
    categories: tuple[str, ...] = (),
) -> None:
    """Write a whole workspace: papers to judgements."""
    add_papers(workspace, training, evaluation)
    add_questions(workspace, categories)
    add_answers(workspace, outcome, checkpoint=add_checkpoint(workspace))
