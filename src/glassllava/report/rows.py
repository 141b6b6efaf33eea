"""Everything that the report reads, read once from the workspace.

In: an open workspace. Out: `Rows`, one frozen set of papers, panels, questions, contexts, answers and scores of
one kind of corpus; results, tables, figures and gallery are made from it and read nothing else.

Synthetic and real are never in the same `Rows`: the report is about the real papers where there are any. Which of the
two a paper is shows in what was read of it, so one that could not be read is neither, and stands where the report does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select

from glassllava.domains import Domain, load_domain
from glassllava.records import BASELINES, Checkpoint, Context, Judgement, Paper
from glassllava.settings import Settings
from glassllava.workspace import PanelView, QuestionView, ScoreView, Workspace
from glassllava.workspace.status import Failure
from glassllava.workspace.truth import SceneTruthView

ASSESSMENTS = ("quality", "features", "defect")
SPLITS = ("training", "evaluation")


@dataclass(frozen=True)
class ContextRow:
    """One rung of the ladder of an accepted evaluation question."""

    question_id: str
    level: str
    types: tuple[str, ...]
    """Context types of its attributes, one an attribute, in alphabetical order."""


@dataclass(frozen=True)
class Model:
    """A model whose answers are in the workspace: a name, and the checkpoint behind it where there is one."""

    name: str
    checkpoint: Checkpoint | None


@dataclass(frozen=True)
class Rows:
    """What the report is made from."""

    name: str
    """The workspace's folder name."""
    settings: Settings
    domain: Domain
    synthetic: bool
    papers: tuple[Paper, ...]
    panels: tuple[PanelView, ...]
    """All panels that stand, accepted or not."""
    questions: tuple[QuestionView, ...]
    """All questions, rejected and stale ones too."""
    contexts: tuple[ContextRow, ...]
    scores: tuple[ScoreView, ...]
    """All scores of the answers that stand: the newest one of each cell, by the newest checkpoint of each name."""
    judges: dict[str, str]
    """The judge of each assessment: the one that judged last."""
    other_judges: tuple[str, ...]
    main: Model | None
    """The newest checkpoint that answered; None where only baselines did."""
    others: tuple[Model, ...]
    """Baselines and further models, by name."""
    parent: Checkpoint | None
    """The checkpoint that the main model was trained from, where it is in the workspace."""
    truths: Mapping[str, SceneTruthView]
    """The scene behind each synthetic panel, by the panel's id; empty for real papers."""
    failures: tuple[Failure, ...]
    """Papers and units of work that failed."""

    @cached_property
    def accepted_panels(self) -> tuple[PanelView, ...]:
        """Panels that the next stages use."""
        return tuple(panel for panel in self.panels if panel.accepted)

    @cached_property
    def accepted_questions(self) -> tuple[QuestionView, ...]:
        """Questions that are trained on or asked."""
        return tuple(question for question in self.questions if question.accepted)

    @cached_property
    def training_papers(self) -> int:
        """Number of papers with at least one accepted training question."""
        return len({q.paper_id for q in self.accepted_questions if q.split == "training"})

    @cached_property
    def evaluation_papers(self) -> int:
        """Number of papers with at least one accepted evaluation question."""
        return len({q.paper_id for q in self.accepted_questions if q.split == "evaluation"})

    @property
    def embedded_judge(self) -> bool:
        """Whether any assessment was made by the embedded judge, which knows no language model."""
        return any(judge.startswith("embedded") for judge in self.judges.values())


def read_rows(workspace: Workspace, synthetic: bool | None = None) -> Rows:
    """Read the rows of one kind of corpus.

    Parameters
    ----------
    workspace
        The workspace to report on.
    synthetic
        True for the synthetic papers, False for the real ones; None for the real ones where there are any.
    """
    papers = workspace.papers()
    read = [paper.synthetic for paper in papers if paper.state == "ok"]
    mainly = bool(read) and all(read)
    synthetic = mainly if synthetic is None else synthetic
    questions = tuple(question for question in workspace.questions() if question.synthetic == synthetic)
    newest_judges, all_judges = _judges(workspace)
    checkpoints = _newest_checkpoints(workspace)
    scores = _of_newest((s for s in workspace.scores() if s.synthetic == synthetic), checkpoints)
    main = _main_model(scores, checkpoints)
    names = sorted({score.model for score in scores} - {main.name if main else ""})
    return Rows(
        name=workspace.path.resolve().name,
        settings=workspace.settings,
        domain=load_domain(workspace.settings.domain),
        synthetic=synthetic,
        papers=tuple(p for p in papers if (p.synthetic if p.state == "ok" else mainly) == synthetic),
        panels=tuple(panel for panel in workspace.panels() if panel.synthetic == synthetic),
        questions=questions,
        contexts=_contexts(workspace, questions),
        scores=scores,
        judges=newest_judges,
        other_judges=tuple(sorted(all_judges - set(newest_judges.values()))),
        main=main,
        others=tuple(Model(name, checkpoints.get(name)) for name in names),
        parent=_parent(workspace, main),
        truths=workspace.truths() if synthetic else {},
        failures=_failures(workspace),
    )


def has_synthetic_beside(workspace: Workspace) -> bool:
    """Whether the workspace holds synthetic papers beside real ones."""
    return len({paper.synthetic for paper in workspace.papers() if paper.state == "ok"}) == 2


def _judges(workspace: Workspace) -> tuple[dict[str, str], set[str]]:
    query = (
        select(Judgement.assessment, Judgement.judge)
        .group_by(Judgement.assessment, Judgement.judge)
        .order_by(func.max(Judgement.created), Judgement.judge)
    )
    with workspace.reading() as session:
        pairs = [(assessment, judge) for assessment, judge in session.execute(query)]
    return dict(sorted(dict(pairs).items())), {judge for _, judge in pairs}


def _newest_checkpoints(workspace: Workspace) -> dict[str, Checkpoint]:
    with workspace.reading() as session:
        rows = session.scalars(select(Checkpoint).order_by(Checkpoint.created, Checkpoint.id)).all()
    return {row.name: row for row in rows}


def _of_newest(scores: Iterable[ScoreView], checkpoints: Mapping[str, Checkpoint]) -> tuple[ScoreView, ...]:
    """Leave out the answers of a checkpoint that was trained again and not asked again yet."""
    return tuple(
        score
        for score in scores
        if score.checkpoint_id is None
        or score.model not in checkpoints
        or score.checkpoint_id == checkpoints[score.model].id
    )


def _main_model(scores: Sequence[ScoreView], checkpoints: Mapping[str, Checkpoint]) -> Model | None:
    """Return the newest checkpoint that was asked; else the first further model by name."""
    asked = {score.model for score in scores} - set(BASELINES)
    trained = [name for name in checkpoints if name in asked]
    if trained:
        newest = max(trained, key=lambda name: (checkpoints[name].created, checkpoints[name].id))
        return Model(newest, checkpoints[newest])
    if asked:
        return Model(min(asked), None)
    if checkpoints:
        newest = max(checkpoints, key=lambda name: (checkpoints[name].created, checkpoints[name].id))
        return Model(newest, checkpoints[newest])
    return None


def _parent(workspace: Workspace, main: Model | None) -> Checkpoint | None:
    if main is None or main.checkpoint is None or main.checkpoint.parent is None:
        return None
    with workspace.reading() as session:
        return session.get(Checkpoint, main.checkpoint.parent)


def _contexts(workspace: Workspace, questions: Sequence[QuestionView]) -> tuple[ContextRow, ...]:
    fingerprints = {q.id: q.fingerprint for q in questions if q.accepted and q.split == "evaluation"}
    with workspace.reading() as session:
        found = session.scalars(select(Context).order_by(Context.question_id, Context.level)).all()
    return tuple(
        ContextRow(
            question_id=row.question_id,
            level=row.level,
            types=tuple(sorted(str(attribute["type"]) for attribute in row.attributes)),
        )
        for row in found
        if fingerprints.get(row.question_id) == row.made_from
    )


def _failures(workspace: Workspace) -> tuple[Failure, ...]:
    """Return failed papers and tasks, each once; failed answers are counted from the scores instead."""
    found = {(f.stage, f.target, f.reason): f for f in workspace.status().failures if f.stage != "answers"}
    return tuple(found[key] for key in sorted(found))
