"""The entry point: assembles the command groups and turns what went wrong into one sentence and an exit code."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import sys
from collections.abc import Sequence

import typer
from sqlalchemy.exc import DBAPIError
from typer.exceptions import TyperException

from glassllava.cli import (
    answering,
    corpus,
    micrograph,
    panels,
    papers,
    questions,
    reporting,
    synthetic,
    training,
    workflow,
)
from glassllava.cli.console import FAILED, complain
from glassllava.errors import GlassllavaError

INTERRUPTED = 130
"""What Typer returns, and shells expect, of a program that Ctrl-C ended."""

app = typer.Typer(
    name="glassllava",
    help="From papers and micrographs to a measured vision-language assistant for scanning electron microscopy.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
workflow.register(app)
app.add_typer(papers.app, name="papers")
app.add_typer(corpus.app, name="corpus")
app.add_typer(panels.app, name="panels")
app.add_typer(micrograph.app, name="micrograph")
app.add_typer(questions.app, name="questions")
app.add_typer(synthetic.app, name="synthetic")
training.register(app)
answering.register(app)
reporting.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code (also the `glassllava` script)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    # The bars are ours alone: those that transformers draws while it loads weights would break them.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    # Two threads that wait by spinning stop each other on a machine that does other work beside: twenty times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        result = app(args=list(arguments), prog_name="glassllava", standalone_mode=False)
    except TyperException as error:
        complain(error.format_message(), as_json)
        return error.exit_code
    except GlassllavaError as error:
        return complain(str(error), as_json)
    except BrokenPipeError:
        # The reader of stdout (as `head`) has gone; nobody is left to be told anything.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - stands until the process ends
        return FAILED
    except (OSError, sqlite3.Error, DBAPIError) as error:
        sentence = _about_the_surroundings(error)
        if sentence is None:
            raise
        return complain(sentence, as_json)
    if result == INTERRUPTED:
        print("\nStopped. What was finished is kept; run the same command again to go on.", file=sys.stderr)
    return int(result or 0)


def _about_the_surroundings(error: BaseException) -> str | None:
    """Return one sentence for what the machine refused, or None for a fault of our own."""
    message = str(error)
    if getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT} or "disk is full" in message:
        return "The disk is full; what was finished is kept. Free some space and run the same command again."
    if "disk I/O error" in message:
        return "The workspace's disk reports an error; what was finished is kept. Check the disk and run again."
    if "database is locked" in message:
        return "Another process holds the workspace's database; wait for it to finish and run the same command again."
    if "readonly database" in message:
        return "The workspace's database cannot be written; check its permissions."
    if isinstance(error, PermissionError):
        return f"{error.filename} cannot be read or written; check its permissions."
    return None
