"""`synthetic micrographs`, `papers`, `base`: the virtual SEM's images, papers about them, and the base model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, bar, print_json, say

app = typer.Typer(help="The virtual SEM's images and papers, with their truth.", no_args_is_help=True)


@app.command()
def micrographs(
    out: Annotated[Path, typer.Argument(help="Folder to write to.")],
    number: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    columns: Annotated[int, typer.Option(min=64, max=4096, help="Width of the field in pixels.")] = 640,
    seed: Annotated[int, typer.Option(min=0, help="Of the first; the others count on.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Write virtual micrographs, each with its truth beside it."""
    from glassllava.synthetic.corpus import write_micrographs

    with bar() as told:
        files = write_micrographs(out, number, columns=columns, seed=seed, say=told)
    _told(files, "micrographs", out, as_json)


@app.command()
def papers(
    out: Annotated[Path, typer.Argument(help="Folder to write to.")],
    number: Annotated[int, typer.Option(min=1, help="How many.")] = 12,
    workers: Annotated[int, typer.Option(min=1, help="Papers written side by side.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Write synthetic papers as PDFs, each with its truth beside it."""
    from glassllava.synthetic.corpus import write_papers

    with bar() as told:
        files = write_papers(out, number, workers=workers, say=told)
    _told(files, "papers", out, as_json)


def _told(files: list[Path], what: str, out: Path, as_json: bool) -> None:
    if as_json:
        print_json({"files": [str(file) for file in files]})
    else:
        say(f"{len(files)} synthetic {what} in {out}, each with its truth beside it (NAME.truth.json).")


@app.command()
def base(
    out: Annotated[Path, typer.Argument(help="Folder of the checkpoint.")],
    recipe: Annotated[str, typer.Option(help="Name of a base recipe, or the path of a YAML file.")] = "tiny-base",
    images: Annotated[int, typer.Option(min=100, help="Images to learn from.")] = 11_000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that draw images.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Make the base model anew from the virtual SEM alone; a run that was stopped goes on."""
    from glassllava.synthetic.base import make_base

    with bar() as told:
        figures = make_base(out, recipe, images=images, workers=workers, say=told)
    if as_json:
        print_json(figures)
        return
    for name, held_out in figures["held_out"]["measured"].items():
        say(
            f"{name} families: defects told with balanced accuracy {held_out['defect_balanced_accuracy']:.2f} "
            f"(blank image {held_out['defect_balanced_accuracy_blank']:.2f}), what is shown "
            f"{held_out['structure_accuracy']:.2f} of {held_out['images']} images."
        )
    say(f"{figures['parameters']:,} parameters, {figures['seconds']:.0f} s: {out}")
