"""What all commands share: the workspace option, JSON or text on stdout, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from glassllava.workspace import RunProgress, Workspace

FAILED = 1
IN_PART = 3

WorkspaceOption = Annotated[
    Path, typer.Option("-w", "--workspace", help="The workspace; by default the folder one stands in.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


class _Bars:
    """One progress bar a run, drawn on stderr from what the run tells."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[int, TaskID] = {}

    def __call__(self, run: RunProgress) -> None:
        bar = self._bars.get(run.id)
        if bar is None:
            bar = self._bars[run.id] = self._progress.add_task(run.stage, total=run.total, message="")
        self._progress.update(bar, completed=run.done, total=run.total, message=run.message or "")


@contextmanager
def opened(workspace: Workspace, *, quiet: bool = False) -> Iterator[Workspace]:
    """Show the progress of everything that runs in `workspace` on stderr, and close it at the end."""
    columns = (
        TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=16)),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[message]}", style="dim", table_column=Column(no_wrap=True, overflow="ellipsis")),
    )
    try:
        if quiet:
            yield workspace
        else:
            with Progress(*columns, console=_err) as progress:
                workspace.watcher = _Bars(progress)
                yield workspace
    finally:
        workspace.watcher = None
        workspace.close()


def complain(sentence: str, as_json: bool) -> int:
    """Print what went wrong and return the exit code for it."""
    if as_json:
        print(json.dumps({"error": sentence}, ensure_ascii=False))
    else:
        _err.print(sentence, style="red", soft_wrap=True, markup=False)
    return FAILED


def print_json(document: Any) -> None:
    """Print one JSON document on stdout."""
    print(json.dumps(_plain(document), ensure_ascii=False, indent=2, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def say(sentence: str) -> None:
    """Print a result for people on stdout."""
    _out.print(sentence, soft_wrap=True, markup=False)


def note(sentence: str) -> None:
    """Print something that is no result, on stderr."""
    _err.print(sentence, soft_wrap=True, markup=False)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table on stdout; an unknown value is an empty cell."""
    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*("" if value is None else str(value) for value in row))
    if sys.stdout.isatty():
        _out.print(drawn, markup=False)
    else:
        # Without a terminal the width is nobody's business: nothing is wrapped or cut.
        Console(highlight=False, width=1000).print(drawn, markup=False)


def finish(failed: Sequence[tuple[str, str]]) -> int:
    """List the inputs that failed, on stderr, and return the exit code."""
    for target, reason in failed:
        note(f"failed: {target}: {reason}")
    return IN_PART if failed else 0
