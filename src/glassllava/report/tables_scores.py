"""The tables of scores: main numbers, what context adds, and the defect assessment in full.

In: rows and results. Out: `Table`s that the page prints as they are; every number is one of `results.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glassllava.records import CONDITIONS, LEVELS
from glassllava.report.levels import comparable
from glassllava.report.published import published_for
from glassllava.report.remarks import count
from glassllava.report.rows import ASSESSMENTS, Rows
from glassllava.report.tables import BLANK, Table, Value, percent, words
from glassllava.statistics import MINIMUM_CLUSTERS

ASSESSMENT_NAMES = {
    "quality": "Overall quality (0–100)",
    "features": "Feature identification (1\u2060–\u20604)",
    "defect": "Defect accuracy (%)",
}
NAMED_WORDS = {"named": "Names defects", "not_named": "Does not name them"}
IMAGE_WORDS = {"real": "Real", "blank": "Blank", "other_paper": "Foreign"}
UNITS = {"quality": "points of 100", "features": "on 1 to 4", "defect": "percentage points"}


def main_numbers(rows: Rows, results: dict[str, Any]) -> Table | None:
    """Return the main table: each assessment by model and context level; None where nothing was scored."""
    body: list[tuple[Value, ...]] = []
    quiet: set[int] = set()
    for assessment in ASSESSMENTS:
        before = len(body)
        for name, measured in _models(rows, results):
            parts = measured[assessment]["real"]["none"]["by_subcategory"]
            block = measured["same_questions"][assessment]
            cells = [parts.get("complex"), parts.get("simple")]
            cells += [block["real"][level] if level in block["levels"] else None for level in LEVELS]
            if any(cell and cell["n"] for cell in cells):
                if rows.main is None or name != rows.main.name:
                    quiet.add(len(body))
                model = words(name, _questions(block))
                body.append((words(ASSESSMENT_NAMES[assessment]), model, *(_score(cell, assessment) for cell in cells)))
        printed = _published_row(rows, assessment)
        if printed and len(body) > before:
            quiet.add(len(body))
            body.append((words(ASSESSMENT_NAMES[assessment]), words("as published"), *printed))
    if not body:
        return None
    return Table(
        number="",
        title="Main numbers: real image, by context level",
        head=(
            words("Assessment"),
            words("Model", "same simple questions"),
            Value("None", "all complex"),
            Value("None", "all simple"),
            *(Value(level.capitalize(), "the same simple") for level in LEVELS),
        ),
        body=tuple(body),
        caption=(
            "Means over answers to the real image, with n, coverage (the share of planned answers that have a score) "
            f"and the 95 % interval clustered by paper where there are {MINIMUM_CLUSTERS} papers or more. Complex "
            "questions are asked without added context only. Not every simple question reaches every level: the four "
            "columns at right hold only those that did, so that they compare the same questions; their number, and "
            "that of those which reached fewer levels, stands under the model. “As published” stands where the "
            "publication prints a number, over its own 10 evaluation papers and with its own judge."
        ),
        quiet=frozenset(quiet),
    )


def _models(rows: Rows, results: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    own = [(rows.main.name, results)] if rows.main else []
    return own + list(results["compared"].items())


def _questions(block: dict[str, Any]) -> str:
    if not block["levels"]:
        return ""
    if not comparable(block):
        return "other questions at each level"
    fewer = f"\n{block['fewer']:,} reached fewer" if block["fewer"] else ""
    return f"{count(block['questions'], 'question')}{fewer}"


def _score(cell: dict[str, Any] | None, assessment: str) -> Value:
    if cell is None:
        return Value("")
    value = cell["accuracy"] if assessment == "defect" else cell["mean"]
    note = f"n {cell['n']:,} · {percent(cell['coverage'])}"
    if cell["ci"]:
        low, high = (_number(end, assessment) for end in cell["ci"])
        note += f"\n[{low}, {high}]"
    return Value(BLANK if value is None else _number(value, assessment), note)


def _number(value: float, assessment: str) -> str:
    scale, digits = {"quality": (1, 1), "features": (1, 2), "defect": (100, 1)}[assessment]
    number = round(scale * value, digits) + 0.0  # what rounds to zero has no sign
    return f"{number:.{digits}f}".replace("-", "−")


def _published_row(rows: Rows, assessment: str) -> tuple[Value, ...] | None:
    published = published_for(rows.domain.name)
    if assessment == "quality" and published.quality_by_subcategory:
        without = [Value(f"{published.quality_by_subcategory[name]:.0f}") for name in ("complex", "simple")]
        return (*without, *(Value("") for _ in LEVELS))
    if assessment == "defect" and published.defect_accuracy:
        printed = published.defect_accuracy
        levels = [Value(f"{100 * printed[level]:.0f}" if level in printed else "") for level in LEVELS]
        return (Value(""), Value(""), *levels)
    return None


def context_gains(rows: Rows, results: dict[str, Any]) -> Table | None:
    """Return what each context level adds to none over the same questions; None where no pair was scored."""
    body: list[tuple[Value, ...]] = []
    quiet: set[int] = set()
    for assessment in ASSESSMENTS:
        for name, measured in _models(rows, results):
            cells = measured["paired_levels"][assessment]
            if any(cell["n"] for cell in cells.values()):
                if rows.main is None or name != rows.main.name:
                    quiet.add(len(body))
                heading = f"{ASSESSMENT_NAMES[assessment].split(' (')[0]} ({UNITS[assessment]})"
                body.append((words(heading), words(name), *(_gain(cell, assessment) for cell in cells.values())))
    if not body:
        return None
    return Table(
        number="",
        title="What context adds: difference to no context over the same questions",
        head=(words("Assessment"), words("Model"), *(Value(level.capitalize()) for level in LEVELS[1:])),
        body=tuple(body),
        caption=(
            "Mean difference between a simple question's answer at the level and the same question's without context, "
            "real image; n counts the pairs whose two answers were scored. A level has every question that reached it. "
            f"The interval is clustered by paper; below {MINIMUM_CLUSTERS} papers there is none, and a difference may "
            "be chance. The context is text of the paper: it may give away part of the answer."
        ),
        quiet=frozenset(quiet),
    )


def _gain(cell: dict[str, Any], assessment: str) -> Value:
    note = f"n {cell['n']:,} · {count(cell['papers'], 'paper')}"
    if cell["ci"]:
        low, high = (_number(end, assessment) for end in cell["ci"])
        note += f"\n[{low}, {high}]"
    if cell["mean"] is None:
        return Value(BLANK, note)
    number = _number(cell["mean"], assessment)
    return Value(number if number.startswith("−") or not number.strip("0.") else f"+{number}", note)


def defect_figures(results: dict[str, Any]) -> Table | None:
    """Return the defect assessment in full, for every condition and level; None where nothing was scored.

    Parted by whether category or question name defects, where there are questions of both kinds.
    """
    names = ("accuracy", "balanced_accuracy", "mcc", "sensitivity", "specificity", "always_yes")
    grid = results["defect"]
    kinds = {
        name for condition in CONDITIONS for level in LEVELS for name in grid[condition][level].get("by_named", {})
    }
    parted = kinds == set(NAMED_WORDS)
    body = []
    for kind, condition, level, cell in _defect_cells(grid, parted):
        if not cell["n"] and not cell["na"]:
            continue
        body.append(
            (
                *([words(NAMED_WORDS[kind])] if parted else []),
                words(IMAGE_WORDS[condition]),
                words(level.capitalize()),
                *(_share(cell[name], signed=name == "mcc") for name in names),
                Value(f"{cell['n']:,}"),
                Value(f"{cell['na']:,}"),
                Value(percent(cell["coverage"])),
                Value(f"[{cell['ci'][0]:.2f}, {cell['ci'][1]:.2f}]" if cell["ci"] else BLANK),
            )
        )
    if not body:
        return None
    naming = (
        " A question names defects where its own words or its category do; of the others only the benchmark answer "
        "speaks of them."
    )
    heads = (
        "Accuracy",
        "Balanced",
        "MCC",
        "Sensitivity",
        "Specificity",
        "Always yes",
        "n",
        "NA",
        "Coverage",
        "95 % CI",
    )
    return Table(
        number="",
        title="Defect and anomaly detection in full",
        head=(
            *([words("Question")] if parted else []),
            words("Image"),
            words("Context"),
            *(Value(head) for head in heads),
        ),
        body=tuple(body),
        caption=(
            "All questions with a defect assessment, simple and complex, so that levels hold different questions; "
            "a foreign image is one of another paper."
            f"{naming if parted else ''} Shares run from 0 to 1, MCC (Matthews "
            "correlation) from −1 to 1; a dash marks a figure that is undefined, as specificity is where no benchmark "
            "denies a defect. “Always yes” is the accuracy of answering yes to everything; the interval is that of the "
            "accuracy."
        ),
    )


def _defect_cells(grid: dict[str, Any], parted: bool) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for kind in NAMED_WORDS if parted else ("",):
        for condition in CONDITIONS:
            for level in LEVELS:
                cell = grid[condition][level]
                if parted and kind not in cell.get("by_named", {}):
                    continue
                yield kind, condition, level, cell["by_named"][kind] if parted else cell


def _share(value: float | None, *, signed: bool = False) -> Value:
    if value is None:
        return Value(BLANK)
    return Value((f"{value:+.2f}" if signed else f"{value:.2f}").replace("-", "−"))
