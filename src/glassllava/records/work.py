"""Work: units that are done, runs with their progress, checkpoints that training leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record, now


class Task(Record):
    """A unit of a stage's work that was done or failed; its id is the hash of stage, version and inputs."""

    __tablename__ = "task"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    stage: Mapped[str]
    target: Mapped[str]
    """What the work was about, for people: a file's name, a panel's name."""
    state: Mapped[str]
    """`ok` or `error`."""
    reason: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(default=now)


class Run(Record):
    """One run of a stage, with a heartbeat, so that any process can show live progress."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    stage: Mapped[str]
    state: Mapped[str]
    """`running`, `done`, `partly`, `failed` or `interrupted`."""
    started: Mapped[datetime] = mapped_column(default=now)
    heartbeat: Mapped[datetime] = mapped_column(default=now)
    finished: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    message: Mapped[str | None]
    host: Mapped[str]
    pid: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Checkpoint(Record):
    """A trained model: the recipe and data it was made from, where it lies, and its training figures."""

    __tablename__ = "checkpoint"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Hash of recipe, parent and training data."""
    name: Mapped[str]
    recipe: Mapped[dict[str, Any]]
    parent: Mapped[str | None]
    folder: Mapped[str]
    """Relative to the workspace."""
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Steps, loss curve, tokens, seconds."""
    created: Mapped[datetime] = mapped_column(default=now)
