"""`report`: tables, figures, one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, opened, print_json, say
from glassllava.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the command line."""
    app.command()(report)


def report(
    out: Annotated[Path | None, typer.Argument(help="Folder for the report; by default the workspace's own.")] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write the report: the paper's tables and figures, the controls, and one page that holds them."""
    from glassllava import report as room

    with opened(Workspace(workspace)) as here:
        written = room.write(here, out)
    if as_json:
        print_json(written)
    else:
        say(f"The report is {written['page']}")
