"""`corpus import`, `corpus complete` and `corpus split`: the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, finish, opened, print_json, say
from glassllava.workspace import Workspace

app = typer.Typer(help="The collection: captioned image sets, metadata, the split by paper.", no_args_is_help=True)


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
def complete(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Complete the papers' metadata from Crossref and OpenAlex, where the workspace allows the network."""
    from glassllava import corpus

    with opened(Workspace(workspace)) as here:
        done = corpus.complete(here)
    if as_json:
        print_json(done)
    else:
        filled = ", ".join(f"{field.replace('_', ' ')} of {n}" for field, n in done.filled.items())
        say(
            f"{done.papers} papers: {done.asked} requests sent, {done.stored} answers known already, "
            f"{len(done.not_found)} papers not found, {len(done.failed)} failed. Filled: {filled or 'nothing'}."
        )
        for file, asked in done.not_found:
            say(f"not found: {file}: {asked}")
        for other in done.differences:
            say(f"differs: {other.file}: {other.field}: the paper has {other.paper!r}, {other.service} {other.value!r}")
    return finish(done.failed)


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
