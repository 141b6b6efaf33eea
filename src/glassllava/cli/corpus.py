"""`corpus import` and `corpus split`: the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, finish, opened, print_json, say
from glassllava.workspace import Workspace

app = typer.Typer(help="The collection: captioned image sets, the split by paper.", no_args_is_help=True)


@app.command("import")
def import_set(
    path: Annotated[
        Path,
        typer.Argument(help="JSONL or CSV that names images with their captions; or a folder of micrographs."),
    ],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> int:
    """Import a captioned image set, or a folder of a laboratory's own micrographs with its notes."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        imported = corpus.import_micrographs(here, path) if path.is_dir() else corpus.import_panels(here, path)
    if as_json:
        print_json(imported)
    else:
        say(f"{imported.panels} panels imported, {imported.known} known already, {len(imported.failed)} failed.")
    return finish(imported.failed)


@app.command()
def split(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Divide the papers into training and evaluation; a paper keeps its side for ever."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        divided = corpus.split(here)
    if as_json:
        print_json(divided)
    else:
        say(
            f"training: {divided.training_papers} papers, {divided.training_panels} panels; "
            f"evaluation: {divided.evaluation_papers} papers, {divided.evaluation_panels} panels."
        )
