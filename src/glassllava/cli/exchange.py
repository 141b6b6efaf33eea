"""`questions export` and `import`: pairs out to a folder, and in from a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, finish, opened, print_json, say
from glassllava.workspace import Workspace


class Format(StrEnum):
    """The forms that questions are exported in."""

    LLAVA = "llava"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Side(StrEnum):
    """Which side of the split is exported."""

    TRAINING = "training"
    EVALUATION = "evaluation"
    ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the commands of this file to those of the questions."""
    app.command()(export)
    app.command("import")(import_pairs)


def export(
    out: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    form: Annotated[
        Format,
        typer.Option("--format", help="llava: LLaVA's JSON; jsonl: lines; parquet: with the images inside, for TRL."),
    ],
    split: Annotated[
        Side, typer.Option(help="Which pairs; what is measured here must not be trained on.")
    ] = Side.TRAINING,
    public: Annotated[
        bool, typer.Option("--public", help="Leave out what its licence does not allow to share, and who reviewed.")
    ] = False,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write the accepted pairs with their images, and a card with their licences, to a folder."""
    from glassllava import questions

    with opened(Workspace(workspace), quiet=True) as here:
        done = questions.export(here, out, form.value, split.value, public=public)
    if as_json:
        print_json(done)
        return
    several = f" {done.several_panels} are about several panels." if done.several_panels else ""
    synthetic = f" {done.synthetic} pairs are synthetic." if done.synthetic else ""
    say(f"{done.pairs} pairs of {done.questions} questions and {done.images} images: {done.file}.{several}{synthetic}")
    for reason, count in done.left_out.items():
        say(f"left out: {count}: {reason}")


def import_pairs(
    path: Annotated[
        Path, typer.Argument(help="LLaVA's .json, .jsonl or .parquet; or the folder of an export.", show_default=False)
    ],
    images: Annotated[
        Path | None, typer.Option(help="Folder that image paths are relative to; by default the file's own.")
    ] = None,
    category: Annotated[str | None, typer.Option(help="Category of pairs whose line names none.")] = None,
    technique: Annotated[
        str | None, typer.Option(help="How images were taken whose line does not say it, as SEM.")
    ] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> int:
    """Take in pairs with their images: an export as it was, or a file from elsewhere."""
    from glassllava import questions

    with opened(Workspace(workspace)) as here:
        done = questions.import_pairs(here, path, images=images, category=category, technique=technique)
    if as_json:
        print_json(done)
    else:
        waiting = (
            f" {done.waiting} of them wait: their panels are not accepted here, or have changed since."
            if done.waiting
            else ""
        )
        say(
            f"{done.pairs} pairs imported, {done.known} known already, {len(done.failed)} lines failed; "
            f"panels made: {done.panels}.{waiting}"
        )
    return finish(done.failed)
