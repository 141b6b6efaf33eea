"""`answer`, `judge` and `ask`: the answer grid, the assessments, one question."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer

from glassllava.cli.console import JsonOption, WorkspaceOption, finish, note, opened, print_json, say
from glassllava.errors import GlassllavaError, UnreadableInput
from glassllava.records import BASELINES
from glassllava.settings import FILE_NAME
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
        known = here.settings.evaluation.models
        if model is not None and model not in known:
            raise GlassllavaError(
                f"The answer grid has no model '{model}', only {', '.join(known)}; add it to `models` under "
                f"[evaluation] in {FILE_NAME}."
            )
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
        reply = answers.ask(here, image.read_bytes(), question, model)
        measured = _measured(here, model)
    if as_json:
        print_json(
            {"model": model, "question": question, "answer": reply.text, "state": reply.state, "measured": measured}
        )
        return
    say(reply.text or "")
    if reply.state == "truncated":
        note("The answer was cut at the recipe's limit of new tokens.")
    if measured is None:
        note(f"How far {model} can be trusted was not measured in this workspace; see `glassllava report`.")
    else:
        note(
            f"Measured: {model} reaches {measured['quality']:.1f} of 100 (judge {measured['judge']}, "
            f"n {measured['n']}, papers {measured['papers']}); the best baseline, which sees no image, "
            f"{measured['best_baseline']:.1f}{', on synthetic images only' if measured['synthetic'] else ''}."
        )
        if measured["quality"] <= measured["best_baseline"]:
            note("It is not better than answering without the image: do not rely on this answer.")


def _measured(here: Workspace, model: str) -> dict[str, Any] | None:
    """Return the model's mean quality on real images without context, beside the best baseline's; None unmeasured."""
    found = here.scores()
    # Synthetic and real never share a mean; what is measured on real papers counts where there are any.
    synthetic = all(score.synthetic for score in found)
    scores = [
        score
        for score in found
        if (score.assessment, score.state, score.level, score.condition) == ("quality", "ok", "none", "real")
        and score.synthetic == synthetic
    ]
    own = [score for score in scores if score.model == model]
    baselines = [
        fmean(score.value for score in scores if score.model == name and score.value is not None)
        for name in {score.model for score in scores} & set(BASELINES)
    ]
    if not own or not baselines:
        return None
    return {
        "quality": fmean(score.value for score in own if score.value is not None),
        "best_baseline": max(baselines),
        "n": len(own),
        "papers": len({score.paper_id for score in own}),
        "judge": own[0].judge,
        "synthetic": synthetic,
    }
