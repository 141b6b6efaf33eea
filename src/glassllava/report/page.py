"""The page: tables, figures and gallery on one HTML file that opens from disk.

In: rows, results, drawn plates, tables and gallery items. Out: HTML. Everything written by papers, models or people
goes through Jinja's autoescape; only the drawings made here are taken as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from glassllava.report import published, tables, tables_scores, tables_truth
from glassllava.report.figures_style import Plate
from glassllava.report.gallery import Item
from glassllava.report.measures import Observation
from glassllava.report.remarks import OUT_OF_DEPTH_PAPERS, count, without_panels
from glassllava.report.rows import Rows

TEMPLATES = Path(__file__).parent / "templates"


def make_page(
    rows: Rows,
    results: dict[str, Any],
    found: Sequence[Observation],
    plates: Mapping[str, tuple[Plate, str]],
    items: Sequence[Item],
    written: datetime,
) -> str:
    """Return the report's HTML.

    Parameters
    ----------
    rows, results, found
        What the report is about.
    plates
        Each figure by key, with its markup; empty where it was not drawn.
    items
        The gallery.
    written
        The time that the page carries.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    figures = {key: (plate, Markup(svg)) for key, (plate, svg) in plates.items()}
    return environment.get_template("report.html.jinja").render(
        rows=rows,
        results=results,
        summary=_summary(rows, results),
        nothing=without_panels(rows),
        facts=_facts(results),
        figures=figures,
        main_numbers=tables_scores.main_numbers(rows, results),
        context_gains=tables_scores.context_gains(rows, results),
        truth_figures=tables_truth.against_truth(rows, results),
        truth_families=tables_truth.by_family(rows, results),
        defect_figures=tables_scores.defect_figures(results),
        categories=tables.categories(rows, results) if rows.accepted_questions else None,
        gates=tables.gates(rows, results),
        sources=tables.sources(rows),
        coverage=tables.coverage(rows, found),
        failures=tables.failures(rows),
        items=items,
        versions={name: number for name, number in results["versions"].items() if number},
        settings=_flat(results["settings"]),
        training=_training(rows),
        source=published.SOURCE,
        out_of_depth_papers=OUT_OF_DEPTH_PAPERS,
        written=written,
    )


def _summary(rows: Rows, results: dict[str, Any]) -> str:
    panels, questions = results["panels"], results["questions"]
    papers = f"{panels['papers']['read']:,} {'synthetic ' if rows.synthetic else ''}papers"
    written = (
        f"From {papers.replace('papers', 'paper') if panels['papers']['read'] == 1 else papers} GlassLLaVA cut "
        f"{count(panels['accepted'], 'accepted panel')} and wrote "
        f"{count(questions['accepted'], 'question–answer pair')} grounded in the papers' text: "
        f"{questions['training']:,} of {count(questions['papers']['training'], 'paper')} to train on, "
        f"{questions['evaluation']:,} of {count(questions['papers']['evaluation'], 'other paper')} to measure with."
    )
    if not rows.scores:
        return written
    who = f"The model “{rows.main.name}” was asked" if rows.main else "Baselines were asked"
    return (
        f"{written} {who} the evaluation questions with growing context and with the real, a blank and a foreign "
        "image, and the answers were held against what the papers say."
    )


def _facts(results: dict[str, Any]) -> list[tuple[str, str]]:
    papers, panels, questions = results["panels"]["papers"], results["panels"], results["questions"]
    return [
        ("papers read", f"{papers['read']:,}"),
        ("accepted panels", f"{panels['accepted']:,}"),
        ("training pairs", f"{questions['training']:,}"),
        ("evaluation pairs", f"{questions['evaluation']:,}"),
        ("evaluation papers", f"{questions['papers']['evaluation']:,}"),
        ("panels reviewed", tables.percent(results["reviewed_share"])),
    ]


def _flat(settings: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            lines += _flat(value, f"{before}{name}.")
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            lines.append((before + name, shown))
    return lines


def _training(rows: Rows) -> list[tuple[str, str]]:
    """Return what is known of the main model's training, in words; long lists by their ends."""
    if rows.main is None or rows.main.checkpoint is None:
        return []
    checkpoint = rows.main.checkpoint
    lines = [("checkpoint", checkpoint.id[:16])]
    for name, value in sorted(checkpoint.figures.items()):
        if isinstance(value, list):
            ends = [entry for entry in (value[:1] + value[-1:]) if isinstance(entry, int | float)]
            if len(ends) == 2:
                lines.append((name, f"{ends[0]:.3g} at first, {ends[1]:.3g} at last ({len(value):,} values)"))
        elif isinstance(value, int | float | str):
            lines.append(
                (
                    name,
                    f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value,
                )
            )
    return lines
