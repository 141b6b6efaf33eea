"""`answer`, `judge` and `ask`: the answer grid, the assessments, one question."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, finish, note, opened, print_json, say
from glassllava.errors import UnreadableInput
from glassllava.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the command line."""
    app.command()(answer)
    app.command()(judge)
    app.command()(ask)


def answer(
    workspace: WorkspaceOption = Path(),
    model: Annotated[str | None, typer.Option(help="Only this model; by default those of the settings.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Plan the answer grid over the evaluation questions and fill what is missing."""
    from glassllava import answers, evaluation

    with opened(Workspace(workspace)) as here:
        planned = evaluation.plan(here)
        filled = answers.fill(here, model)
    if as_json:
        print_json({"plan": planned, **filled})
    else:
        _say_asked(filled)
    return finish(filled["failed"])


def judge(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Assess the answers that have no judgement yet, with the embedded judge."""
    from glassllava import evaluation

    with opened(Workspace(workspace)) as here:
        judged = evaluation.judge(here)
    if as_json:
        print_json(judged)
    else:
        _say_asked(judged)


def _say_asked(figures: dict[str, Any]) -> None:
    states = ", ".join(f"{number} {state}" for state, number in figures["states"].items() if number)
    say(f"{figures['asked']} asked now, {figures['stored']} stored before; {states or 'nothing to do'}.")


def ask(
    image: Annotated[Path, typer.Argument(help="A micrograph.")],
    question: Annotated[str, typer.Argument(help="What to ask of it.")],
    workspace: WorkspaceOption = Path(),
    model: Annotated[str, typer.Option(help="Name of a trained model.")] = "tiny",
    as_json: JsonOption = False,
) -> None:
    """Ask a trained model one question about one micrograph."""
    from glassllava import answers

    if not image.is_file():
        raise UnreadableInput(f"{image} is not a file; name an image.")
    with opened(Workspace(workspace), quiet=True) as here:
        text = answers.ask(here, image.read_bytes(), question, model)
        measured = any(score.model == model and score.state == "ok" for score in here.scores())
    if as_json:
        print_json({"model": model, "question": question, "answer": text, "measured": measured})
    else:
        say(text)
        if not measured:
            note(f"How far {model} can be trusted was not measured in this workspace; see glassllava report.")
