"""What is in a workspace, what is missing, what failed, and what to run next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from glassllava.records import Answer, Checkpoint, Context, Judgement, Paper, Review, Run, Task, now
from glassllava.settings import Settings
from glassllava.workspace.overlay import PanelView, QuestionView, panel_views, question_views
from glassllava.workspace.runs import state_of


class Failure(BaseModel):
    """One input that failed, and why."""

    stage: str
    target: str
    reason: str


class RunView(BaseModel):
    """A run as it stands now."""

    id: int
    stage: str
    state: str
    done: int
    total: int | None
    message: str | None
    started: str
    heartbeat: str


class Status(BaseModel):
    """A workspace at a glance."""

    workspace: str
    domain: str
    policy: str
    counts: dict[str, int]
    reviewed_share: float | None
    """Share of the accepted panels that a person looked at; None where there is none."""
    answers: dict[str, int]
    """Number of answers by state."""
    judgements: dict[str, int]
    """Number of judgements by state."""
    missing: list[str]
    failures: list[Failure]
    runs: list[RunView]
    """The last run of each stage."""
    next: str
    """The command to run now."""


def read_status(session: Session, settings: Settings, path: Path) -> Status:
    """Read the status of the workspace at `path` from its database."""
    panels = panel_views(session, settings.acceptance)
    questions = question_views(session, {panel.id: panel for panel in panels})
    accepted = [panel for panel in panels if panel.accepted]
    counts = _counts(session, panels, questions)
    answers = _states(session, Answer.state, Answer.superseded.is_(False))
    judgements = _states(session, Judgement.state)
    missing, following = _missing(counts, answers, judgements, (path / "report" / "results.json").is_file())
    return Status(
        workspace=str(path),
        domain=settings.domain,
        policy=settings.acceptance.policy,
        counts=counts,
        reviewed_share=sum(p.review is not None for p in accepted) / len(accepted) if accepted else None,
        answers=answers,
        judgements=judgements,
        missing=missing,
        failures=_failures(session),
        runs=_runs(session),
        next=following,
    )


def _count(session: Session, column: Any, *where: Any) -> int:
    return session.scalar(select(func.count(column)).where(*where)) or 0


def _counts(session: Session, panels: list[PanelView], questions: list[QuestionView]) -> dict[str, int]:
    accepted = [panel for panel in panels if panel.accepted]
    return {
        "papers": _count(session, Paper.id, Paper.state == "ok"),
        "papers_failed": _count(session, Paper.id, Paper.state != "ok"),
        "papers_without_split": _count(session, Paper.id, Paper.state == "ok", Paper.split.is_(None)),
        "panels": len(panels),
        "panels_accepted": len(accepted),
        "panels_training": sum(panel.split == "training" for panel in accepted),
        "panels_evaluation": sum(panel.split == "evaluation" for panel in accepted),
        "questions": len(questions),
        "questions_accepted": sum(question.accepted for question in questions),
        "questions_evaluation": sum(q.accepted and q.split == "evaluation" for q in questions),
        "questions_stale": sum(question.stale for question in questions),
        "contexts": _count(session, Context.id),
        "checkpoints": _count(session, Checkpoint.id),
        "reviews": _count(session, Review.id),
    }


def _states(session: Session, column: Any, *where: Any) -> dict[str, int]:
    return dict(session.execute(select(column, func.count()).where(*where).group_by(column)).all())


def _missing(
    counts: dict[str, int], answers: dict[str, int], judgements: dict[str, int], reported: bool
) -> tuple[list[str], str]:
    steps = [
        (counts["papers"] == 0, "no paper was read", "glassllava papers add PDF_DIR"),
        (counts["panels_accepted"] == 0, "no panel is accepted", "glassllava papers add PDF_DIR"),
        (counts["papers_without_split"] > 0, "papers are not split", "glassllava corpus split"),
        (counts["questions_accepted"] == 0, "no question is accepted", "glassllava questions generate"),
        (counts["contexts"] == 0, "no question has contexts", "glassllava questions contexts"),
        (counts["checkpoints"] == 0, "no model is trained", "glassllava train tiny"),
        (not answers, "no answer is planned", "glassllava answer"),
        (
            answers.get("planned", 0) > 0,
            f"{answers.get('planned', 0)} answers are planned only",
            "glassllava answer",
        ),
        (not judgements, "no answer is judged", "glassllava judge"),
        (not reported, "no report is written", "glassllava report"),
    ]
    missing = [(what, command) for lacking, what, command in steps if lacking]
    following = missing[0][1] if missing else "glassllava report"
    return [what for what, _ in missing], following


def _failures(session: Session) -> list[Failure]:
    papers = session.scalars(select(Paper).where(Paper.state != "ok").order_by(Paper.file))
    found = [Failure(stage="papers", target=p.file, reason=p.reason or "unknown") for p in papers]
    tasks = session.scalars(select(Task).where(Task.state != "ok").order_by(Task.stage, Task.target))
    found += [Failure(stage=t.stage, target=t.target, reason=t.reason or "unknown") for t in tasks]
    answers = session.scalars(select(Answer).where(Answer.state.not_in(("ok", "planned"))).limit(100))
    found += [Failure(stage="answers", target=a.model, reason=a.reason or a.state) for a in answers]
    return found


def _runs(session: Session) -> list[RunView]:
    last = select(func.max(Run.id)).group_by(Run.stage)
    at = now()
    return [
        RunView(
            id=run.id,
            stage=run.stage,
            state=state_of(run, at),
            done=run.done,
            total=run.total,
            message=run.message,
            started=run.started.isoformat(),
            heartbeat=run.heartbeat.isoformat(),
        )
        for run in session.scalars(select(Run).where(Run.id.in_(last)).order_by(Run.id))
    ]
