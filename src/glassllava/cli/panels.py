"""`panels list` and `panels export`: panels as rows; out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, opened, print_json, say, table
from glassllava.workspace import PanelView, Workspace

app = typer.Typer(help="The panels found, with people's decisions over them.", no_args_is_help=True)

AllOption = Annotated[bool, typer.Option("--all", help="Panels of every kind, not only accepted SEM ones.")]

DoubtfulOption = Annotated[
    bool, typer.Option("--doubtful", help="Only panels that no person has decided on, least sure of their kind first.")
]


@app.command("list")
def list_panels(
    workspace: WorkspaceOption = Path(),
    every: AllOption = False,
    doubtful: DoubtfulOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the SEM panels with the text that speaks of them."""
    with opened(Workspace(workspace), quiet=True) as here:
        panels = _chosen(here, every)
        if doubtful:
            undecided = [panel for panel in panels if panel.review not in ("accepted", "rejected")]
            panels = sorted(undecided, key=lambda panel: panel.kind_confidence)
        images = {panel.id: str(here.images.path(panel.image).relative_to(here.path)) for panel in panels}
    if as_json:
        print_json([_row(panel, images[panel.id]) for panel in panels])
    else:
        table(
            ("file", "page", "name", "kind", "confidence", "pixel size / nm", "mentions", "split", "review"),
            [
                (
                    panel.file,
                    panel.page,
                    panel.name,
                    panel.kind,
                    f"{panel.kind_confidence:.2f}",
                    None if panel.pixel_size_m is None else f"{panel.pixel_size_m * 1e9:.4g}",
                    len(panel.mentions),
                    panel.split,
                    panel.review,
                )
                for panel in panels
            ],
        )


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    workspace: WorkspaceOption = Path(),
    every: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """Copy the panels' images and their rows (panels.jsonl) to a folder."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise typer.BadParameter(f"{out} holds other files; name a new or an empty folder.")
    with opened(Workspace(workspace), quiet=True) as here:
        panels = _chosen(here, every)
        try:
            (out / "images").mkdir(parents=True)
        except NotADirectoryError as error:
            raise typer.BadParameter(f"{out} lies below a file; name a new or an empty folder.") from error
        with (out / "panels.jsonl").open("w", encoding="utf-8") as file:
            for panel in panels:
                name = f"images/{panel.image}.png"
                shutil.copyfile(here.images.path(panel.image), out / name)
                file.write(json.dumps(_row(panel, name), ensure_ascii=False) + "\n")
    if as_json:
        print_json({"panels": len(panels), "folder": str(out)})
    else:
        say(f"{len(panels)} panels in {out}.")


def _chosen(here: Workspace, every: bool) -> list[PanelView]:
    kinds = here.settings.acceptance.kinds
    return [panel for panel in here.panels() if every or (panel.kind in kinds and panel.review != "rejected")]


def _row(panel: PanelView, image: str) -> dict[str, Any]:
    row = panel.model_dump(
        mode="json",
        include={
            "doi", "file", "page", "figure", "label", "name", "box", "kind", "kind_confidence", "pixel_size_m",
            "pixel_size_source", "caption", "split", "review",
        },
    )  # fmt: skip
    mentions = [{"page": mention.page, "text": mention.text} for mention in panel.mentions]
    return {"id": panel.id, "paper": panel.paper_id} | row | {"mentions": mentions, "image": image}
