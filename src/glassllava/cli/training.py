"""`train`: a model from a recipe and the workspace's training questions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, finish, opened, print_json, say
from glassllava.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the command line."""
    app.command()(train)


def train(
    recipe: Annotated[str, typer.Argument(help="Name of a recipe (tiny), or the path of a YAML file.")],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> int:
    """Train a model on the accepted questions of the training papers.

    A recipe that makes a base model is for `glassllava synthetic base`.
    """
    from glassllava import models

    with opened(Workspace(workspace)) as here:
        figures = models.train(here, models.load_recipe(recipe))
    if as_json:
        print_json(figures)
    else:
        loss = figures["loss"]
        say(
            f"{figures['steps']} steps in {figures['seconds']:.0f} s, loss {loss[0]:.2f} to {loss[-1]:.2f}: "
            f"{figures['checkpoint']}"
        )
    return finish(figures["left_out"])
