"""What is in a workspace, what is missing, what failed, and what to run next."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from glassllava.records import Answer, Call, Checkpoint, Context, Judgement, Paper, Review, Run, Task, now
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
    missing, following = _missing(
        counts,
        answers,
        _unjudged(session),
        _about_the_report(session, path),
        path,
        looked_for_contexts=_count(session, Run.id, Run.stage == "contexts", Run.state == "done") > 0,
    )
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
        "panels_leaked": sum(panel.leaked for panel in panels),
        "panels_training": sum(panel.split == "training" for panel in accepted),
        "panels_evaluation": sum(panel.split == "evaluation" for panel in accepted),
        "questions": len(questions),
        "questions_accepted": sum(question.accepted for question in questions),
        "questions_evaluation": sum(q.accepted and q.split == "evaluation" for q in questions),
        "questions_stale": sum(question.stale for question in questions),
        "contexts": _count(session, Context.id),
        "checkpoints": _count(session, Checkpoint.id),
        "calls": _count(session, Call.id),
        "reviews": _count(session, Review.id),
    }


def _states(session: Session, column: Any, *where: Any) -> dict[str, int]:
    return dict(session.execute(select(column, func.count()).where(*where).group_by(column)).all())


def _missing(
    counts: dict[str, int],
    answers: dict[str, int],
    unjudged: int,
    report: str | None,
    path: Path,
    *,
    looked_for_contexts: bool,
) -> tuple[list[str], str]:
    """Return what is missing, and the command that mends the first of it."""
    if counts["papers"] == 0:
        steps = [("no paper was read", "papers add PDF_DIR")]
    elif counts["panels_accepted"] == 0:
        steps = [("no panel is accepted, so there is nothing to ask about", "papers add OTHER_PDF_DIR")]
    else:
        planned = answers.get("planned", 0)
        failed = answers.get("error", 0)
        lacking = [
            (counts["papers_without_split"], f"{counts['papers_without_split']} papers are not split", "corpus split"),
            (not counts["questions_accepted"], "no question is accepted", "questions generate"),
            (
                counts["questions_evaluation"] and not counts["contexts"] and not looked_for_contexts,
                "no question has contexts",
                "questions contexts",
            ),
            (counts["questions_accepted"] and not counts["checkpoints"], "no model is trained", "train tiny"),
            (counts["questions_evaluation"] and not answers, "no answer is planned", "answer"),
            (planned + failed, f"{planned} answers are not filled yet, {failed} failed", "answer"),
            (unjudged, f"{unjudged} answers are not judged", "judge"),
            (report is not None, report or "", "report"),
        ]
        steps = [(what, command) for is_lacking, what, command in lacking if is_lacking]
    if not steps:
        return [], "nothing: all that is here is asked, judged and reported"
    where = "" if path.resolve() == Path().resolve() else f" -w {path}"
    return [what for what, _ in steps], f"glassllava {steps[0][1]}{where}"


def _unjudged(session: Session) -> int:
    judged = select(Judgement.answer_id)
    return _count(session, Answer.id, Answer.state == "ok", Answer.superseded.is_(False), Answer.id.not_in(judged))


def _about_the_report(session: Session, path: Path) -> str | None:
    """Say what is wrong with the report: not there, or older than what was judged last; None if nothing is."""
    file = path / "report" / "results.json"
    if not file.is_file():
        return "no report is written"
    last = session.scalar(select(func.max(Judgement.created)))
    reviewed = session.scalar(select(func.max(Review.created)))
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    newer = [time for time in (last, reviewed) if time is not None and time > written]
    return "the report is older than the last judgement or review" if newer else None


def _failures(session: Session) -> list[Failure]:
    papers = session.scalars(select(Paper).where(Paper.state != "ok").order_by(Paper.file))
    found = [Failure(stage="papers", target=p.file, reason=p.reason or "unknown") for p in papers]
    tasks = session.scalars(select(Task).where(Task.state != "ok").order_by(Task.stage, Task.target))
    found += [Failure(stage=t.stage, target=t.target, reason=t.reason or "unknown") for t in tasks]
    lost = select(Answer.model, Answer.state, func.max(Answer.reason), func.count())
    standing = Answer.superseded.is_(False), Answer.state.not_in(("ok", "planned"))
    for model, state, reason, number in session.execute(lost.where(*standing).group_by(Answer.model, Answer.state)):
        found.append(
            Failure(stage="answers", target=model, reason=f"{number} {state}" + (f": {reason}" if reason else ""))
        )
    unanswered = select(Call.endpoint, func.max(Call.reason), func.count()).where(Call.state == "error")
    for endpoint, reason, number in session.execute(unanswered.group_by(Call.endpoint)):
        found.append(Failure(stage="calls", target=endpoint, reason=f"{number} error: {reason}"))
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
