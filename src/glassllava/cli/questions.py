"""`questions generate`, `contexts` and `list`: pairs and the context ladder; `exchange` adds `export` and `import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from glassllava.cli import exchange
from glassllava.cli.console import JsonOption, WorkspaceOption, finish, opened, print_json, say, table
from glassllava.workspace import QuestionView, Workspace

app = typer.Typer(help="Question-answer pairs grounded in the papers' text.", no_args_is_help=True)
exchange.register(app)


@app.command()
def generate(
    workspace: WorkspaceOption = Path(),
    llm: Annotated[
        str | None, typer.Option(help="Endpoint whose model writes the pairs; embedded: the papers' own sentences.")
    ] = None,
    checker: Annotated[
        str | None, typer.Option(help="Endpoint that checks evidence and need of the image, best of another family.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Send nothing; tell what it would take, and show the prompts.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Make pairs for the accepted panels, with verbatim evidence, through the gates."""
    from glassllava import questions

    with opened(Workspace(workspace), quiet=dry_run) as here:
        if dry_run:
            plan = questions.plan_generation(here, llm=llm)
            if as_json:
                print_json(plan.figures())
            else:
                say(plan.in_words())
            return 0
        figures = questions.generate(here, llm=llm, checker=checker)
    _tell(figures, as_json)
    return finish(figures.failed)


@app.command()
def contexts(
    workspace: WorkspaceOption = Path(),
    llm: Annotated[
        str | None, typer.Option(help="Endpoint whose model finds and words the attributes; embedded: by rule.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Make the context ladder of the simple evaluation questions."""
    from glassllava import questions

    with opened(Workspace(workspace)) as here:
        figures = questions.contexts(here, llm=llm)
    _tell(figures, as_json)
    return finish(figures.failed)


@app.command("list")
def list_questions(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """List the pairs, the rejected ones with their gate."""
    with opened(Workspace(workspace), quiet=True) as here:
        found = here.questions()
    if as_json:
        print_json([_row(question) for question in found])
    else:
        table(
            ("file", "panels", "category", "subcategory", "state", "gate", "split", "question"),
            [
                (q.file, ", ".join(q.panels), q.category, q.subcategory, q.state, q.gate, q.split, q.question)
                for q in found
            ],
        )


def _row(question: QuestionView) -> dict[str, Any]:
    evidence = [{"quote": item["quote"], "page": item["page"]} for item in question.evidence]
    fields = {
        "id", "file", "doi", "panels", "category", "subcategory", "question", "answer", "needs_image", "generator",
        "state", "gate", "split", "review", "stale",
    }  # fmt: skip
    return question.model_dump(mode="json", include=fields) | {"evidence": evidence}


def _tell(figures: Any, as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    plain = figures if isinstance(figures, dict) else figures.model_dump()
    say(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in plain.items()))
