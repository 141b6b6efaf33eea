"""Filling the answer grid: every planned answer gets its text and state, a batch at a time.

In: `Answer` rows in state `planned` or `error`. Out: the same rows with state, text, reason and seconds. Each batch
is one transaction, so a kill loses one batch, and the next run does only what is missing and ends with the same
texts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from glassllava.answers.baselines import always_yes, nearest_text
from glassllava.answers.checkpoint import CheckpointModel, answer_rows
from glassllava.answers.rows import Asked, Reply, failed
from glassllava.errors import GlassllavaError
from glassllava.records import ALWAYS_YES, BASELINES, NEAREST_TEXT, Answer, Checkpoint
from glassllava.workspace import Workspace

STATES = ("ok", "refused", "truncated", "unparseable", "error")

_TO_DO = ("planned", "error")
"""States of rows that are asked: what failed is tried again."""

_ROWS_A_STATEMENT = 500

_Model = tuple[str, str | None]
"""Name and checkpoint id."""


def fill(workspace: Workspace, model: str | None = None) -> dict[str, Any]:
    """Fill the planned answers.

    Parameters
    ----------
    workspace
        Holds the grid.
    model
        Only this model; by default all that have planned answers.

    Returns
    -------
    dict
        `asked` (answers asked for now), `stored` (answered before, not asked again), `states` (number of answers in
        each state, those stored before too), `failed` (`[model, reason]` of models that could not answer at all).

    Raises
    ------
    GlassllavaError
        `model` is neither a baseline nor the name of a checkpoint.
    """
    with workspace.reading() as session:
        if model is not None and model not in BASELINES:
            newest_checkpoint(session, model)
        grid = _grid(session, model)
    asked = sum(row.wanted for rows in grid.values() for row in rows)
    faults: list[list[str]] = []
    with workspace.run("answers", asked) as progress:
        for (name, checkpoint_id), rows in grid.items():
            wanted = [row for row in rows if row.wanted]
            if not wanted:
                continue
            progress.say(f"{name} answers")
            try:
                for replies in _replies(workspace, name, checkpoint_id, rows):
                    _store(workspace, replies)
                    progress.advance(f"{name} answers", by=len(replies))
            except GlassllavaError as error:
                _store(workspace, {row.id: failed(str(error)) for row in wanted}, only_to_do=True)
                progress.fail(name, str(error))
                faults.append([name, str(error)])
        with workspace.reading() as session:
            states = _states(session, model)
        figures = {
            "asked": asked,
            "stored": sum(len(rows) for rows in grid.values()) - asked,
            "states": {state: states[state] for state in STATES},
            "failed": faults,
        }
        progress.figures = figures
    return figures


def newest_checkpoint(session: Session, name: str) -> Checkpoint:
    """Return the newest checkpoint of that name.

    Raises
    ------
    GlassllavaError
        There is none.
    """
    found = session.scalars(
        select(Checkpoint).where(Checkpoint.name == name).order_by(Checkpoint.created.desc(), Checkpoint.id.desc())
    ).first()
    if found is None:
        others = sorted({*session.scalars(select(Checkpoint.name)), *BASELINES})
        raise GlassllavaError(
            f"There is no model '{name}'; name one of {', '.join(others)}, or train it with `glassllava train`."
        )
    return found


def load(workspace: Workspace, checkpoint: Checkpoint) -> CheckpointModel:
    """Load a checkpoint to answer with, on as many threads as its recipe trained it with."""
    return CheckpointModel(workspace.path / checkpoint.folder, checkpoint.recipe.get("training", {}).get("threads"))


def _grid(session: Session, model: str | None) -> dict[_Model, list[Asked]]:
    columns = Answer.model, Answer.checkpoint_id, Answer.id, Answer.prompt, Answer.image, Answer.state
    query = select(*columns).where(Answer.superseded.is_(False))
    if model is not None:
        query = query.where(Answer.model == model)
    grid: dict[_Model, list[Asked]] = defaultdict(list)
    for name, checkpoint_id, key, prompt, image, state in session.execute(query.order_by(Answer.model, Answer.id)):
        grid[name, checkpoint_id].append(Asked(key, prompt, image, wanted=state in _TO_DO))
    return grid


def _replies(
    workspace: Workspace, name: str, checkpoint_id: str | None, rows: Sequence[Asked]
) -> Iterator[Mapping[str, Reply]]:
    if name == ALWAYS_YES:
        return always_yes(rows)
    if name == NEAREST_TEXT:
        return nearest_text(workspace, rows)
    with workspace.reading() as session:
        checkpoint = (
            newest_checkpoint(session, name) if checkpoint_id is None else session.get(Checkpoint, checkpoint_id)
        )
    if checkpoint is None:
        raise GlassllavaError(
            f"The checkpoint {checkpoint_id} that was planned for '{name}' is not in the workspace; train it again."
        )
    return answer_rows(load(workspace, checkpoint), workspace, rows)


def _store(workspace: Workspace, replies: Mapping[str, Reply], *, only_to_do: bool = False) -> None:
    keys = list(replies)
    with workspace.writing() as session:
        for first in range(0, len(keys), _ROWS_A_STATEMENT):
            for answer in session.scalars(select(Answer).where(Answer.id.in_(keys[first : first + _ROWS_A_STATEMENT]))):
                if only_to_do and answer.state not in _TO_DO:
                    continue
                reply = replies[answer.id]
                answer.state, answer.text = reply.state, reply.text
                answer.reason, answer.seconds = reply.reason, reply.seconds


def _states(session: Session, model: str | None) -> Counter[str]:
    query = select(Answer.state).where(Answer.superseded.is_(False))
    return Counter(session.scalars(query if model is None else query.where(Answer.model == model)))
