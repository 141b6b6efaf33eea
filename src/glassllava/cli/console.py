"""What all commands share: the workspace option, JSON or text on stdout, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from glassllava.cli.progress import shown
from glassllava.workspace import RunProgress, Workspace

FAILED = 1
IN_PART = 3

WorkspaceOption = Annotated[
    Path, typer.Option("-w", "--workspace", help="The workspace; by default the folder one stands in.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show on stderr the progress of each work told of: what (and a message behind a comma), done, of how many."""
    with shown(_err) as tell:

        def told(what: str, done: int, total: int) -> None:
            name, _, message = what.partition(", ")
            tell(name, name, done, total, message)

        yield told


@contextmanager
def opened(workspace: Workspace, *, quiet: bool = False) -> Iterator[Workspace]:
    """Show the progress of everything that runs in `workspace` on stderr, and close it at the end."""
    try:
        if quiet:
            yield workspace
        else:
            with shown(_err) as tell:

                def watch(run: RunProgress) -> None:
                    tell(run.id, run.stage, run.done, run.total, run.message or "")

                workspace.watcher = watch
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
