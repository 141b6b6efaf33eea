"""Progress on stderr: bars on a terminal; in a log, a line when work begins, now and then, and when it is done.

In: what stages and long works tell of themselves. Out: nothing that enters a result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

Tell = Callable[[object, str, int, int | None, str], None]
"""Takes a key of the work, its name, what is done, of how many, and a message."""

LINE_SECONDS = 20.0
"""Least time between two lines about one work in a log."""


@contextmanager
def shown(console: Console) -> Iterator[Tell]:
    """Show progress on `console` while the block runs; what is yielded is told of it."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (
        TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=16)),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[message]}", style="dim", table_column=Column(no_wrap=True, overflow="ellipsis")),
    )
    with Progress(*columns, console=console) as progress:
        yield _Bars(progress)


class _Bars:
    """One bar a work."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[object, TaskID] = {}

    def __call__(self, key: object, name: str, done: int, total: int | None, message: str) -> None:
        if key not in self._bars:
            self._bars[key] = self._progress.add_task(name, total=total, message="")
        self._progress.update(self._bars[key], completed=done, total=total, message=message)


class _Lines:
    """Lines for a log, where bars would be a mess and silence a worry."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: dict[object, float] = {}
        self._ended: set[object] = set()

    def __call__(self, key: object, name: str, done: int, total: int | None, message: str) -> None:
        now = time.monotonic()
        ends = total is not None and done >= total
        if key in self._ended or (not ends and now - self._last.get(key, -LINE_SECONDS) < LINE_SECONDS):
            return
        self._last[key] = now
        if ends:
            self._ended.add(key)
        of = f" of {total}" if total is not None else ""
        behind = f" ({message})" if message else ""
        self._console.print(f"{name}: {done}{of}{behind}", soft_wrap=True, markup=False)
