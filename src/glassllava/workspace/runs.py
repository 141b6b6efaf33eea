"""Runs and tasks: what is being done now, seen from any process, and what need not be done again.

A run beats every two seconds while its process lives; one whose heart stopped was killed. A task is one unit of
work (a paper, a panel's questions) that is committed together with what it produced, so that a kill at any
moment leaves either both or neither.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from glassllava.records import Run, Task, now
from glassllava.workspace.identity import identity

BEAT_SECONDS = 2.0

LOST_AFTER = timedelta(seconds=30)
"""A running run without a heartbeat for this long was killed."""

Watcher = Callable[["RunProgress"], None]


class RunProgress:
    """The progress of one run: told by the stage, written by the heartbeat, shown by the command line."""

    def __init__(self, engine: Engine, stage: str, total: int | None, watcher: Watcher | None) -> None:
        self.stage = stage
        self.total = total
        self.done = 0
        self.message: str | None = None
        self.failures: list[tuple[str, str]] = []
        """Target and reason of each input that failed."""
        self.figures: dict[str, Any] = {}
        self._engine = engine
        self._watcher = watcher
        with Session(engine) as session, session.begin():
            run = Run(stage=stage, state="running", total=total, host=socket.gethostname(), pid=os.getpid())
            session.add(run)
            session.flush()
            self.id = run.id
        self._tell()

    def advance(self, message: str | None = None, by: int = 1) -> None:
        """Count `by` more units as done; `message` says what is being worked on."""
        self.done += by
        self.say(message)

    def say(self, message: str | None, total: int | None = None) -> None:
        """Show `message`, and set the total where it is known only now."""
        if message is not None:
            self.message = message
        if total is not None:
            self.total = total
        self._tell()

    def fail(self, target: str, reason: str) -> None:
        """Count one input as failed, for `reason`; the run goes on."""
        self.failures.append((target, reason))

    def write(self, state: str = "running") -> None:
        """Write the present progress to the database."""
        ended = None if state == "running" else now()
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(Run)
                .where(Run.id == self.id)
                .values(
                    state=state,
                    heartbeat=now(),
                    finished=ended,
                    done=self.done,
                    total=self.total,
                    message=self.message,
                    figures=self.figures,
                )
            )

    def _tell(self) -> None:
        if self._watcher is not None:
            self._watcher(self)


@contextmanager
def run_stage(
    engine: Engine, stage: str, total: int | None = None, watcher: Watcher | None = None
) -> Iterator[RunProgress]:
    """Register a run of `stage`, keep its heart beating, and write how it ended.

    It ends as `done`, as `partly` where inputs failed, as `interrupted` on Ctrl-C, as `failed` on any other
    exception (which goes on upwards).
    """
    progress = RunProgress(engine, stage, total, watcher)
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT_SECONDS):
            progress.write()

    heart = threading.Thread(target=beat, name=f"heartbeat of run {progress.id}", daemon=True)
    heart.start()
    state = "failed"
    try:
        yield progress
        state = "partly" if progress.failures else "done"
    except KeyboardInterrupt:
        state = "interrupted"
        raise
    except BaseException as error:
        progress.message = str(error) or type(error).__name__
        raise
    finally:
        stop.set()
        heart.join()
        progress.write(state)


def state_of(run: Run, at: datetime) -> str:
    """Return the run's state as it is at the time `at`: a running one whose heart stopped was interrupted."""
    if run.state == "running" and at - run.heartbeat > LOST_AFTER:
        return "interrupted"
    return run.state


def task_id(stage: str, *inputs: Any) -> str:
    """Return the id of a unit of work: the stage (with its version) and everything it depends on."""
    return identity("task", stage, *inputs)


def finished_tasks(session: Session, stage: str) -> set[str]:
    """Return the ids of the tasks of `stage` that were done; failed ones are tried again."""
    return set(session.scalars(select(Task.id).where(Task.stage == stage, Task.state == "ok")))
