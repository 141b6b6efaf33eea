"""`papers add` and `papers list`: PDFs to panels."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, finish, opened, print_json, say, table
from glassllava.workspace import Workspace

app = typer.Typer(help="PDF papers to panels.", no_args_is_help=True)


class Engine(StrEnum):
    """What reads files side by side."""

    LOCAL = "local"
    RAY = "ray"


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="PDF files, or folders that hold some.")],
    workspace: WorkspaceOption = Path(),
    workers: Annotated[int | None, typer.Option(min=1, help="Papers read side by side.")] = None,
    engine: Annotated[
        Engine,
        typer.Option(help="local: child processes; ray: Ray Data, here or on the cluster at RAY_ADDRESS."),
    ] = Engine.LOCAL,
    as_json: JsonOption = False,
) -> int:
    """Read papers: text, figures, panels, mentions, metadata and scale. Papers known already are left alone."""
    from glassllava import corpus, papers
    from glassllava.sandbox import Sandbox
    from glassllava.scale import RayPool

    pool = RayPool if engine is Engine.RAY else Sandbox
    with opened(Workspace(workspace)) as here:
        added = papers.add(here, paths, workers=workers, pool=pool)
        added.failed.extend(corpus.record_terms(here, paths))
    if as_json:
        print_json(added)
    else:
        say(
            f"papers: {added.papers} read now, {added.known} known already, {len(added.failed)} failed; "
            f"figures: {added.figures}; panels: {added.panels}, of which {added.sem_panels} are accepted."
        )
    return finish(added.failed)


@app.command("list")
def list_papers(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """List the papers of the workspace."""
    with opened(Workspace(workspace), quiet=True) as here:
        rows = here.papers()
    if as_json:
        fields = ("file", "state", "reason", "doi", "doi_source", "title", "authors", "year", "journal")
        more = ("publisher", "licence", "article_type", "completed", "pages", "split", "synthetic", "problems")
        print_json([{"paper": row.id} | {name: getattr(row, name) for name in fields + more} for row in rows])
    else:
        table(
            ("file", "state", "DOI", "year", "split", "title"),
            [(row.file, row.state, row.doi, row.year, row.split, row.title or row.reason) for row in rows],
        )
