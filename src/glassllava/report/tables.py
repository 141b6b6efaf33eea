"""The report's tables as rows of words and numbers: main numbers, Table 1, Table S1, coverage, failures.

In: rows, observations and results. Out: `Table`s that the page prints as they are; every number is formatted here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glassllava.report.measures import Observation
from glassllava.report.published import published_for
from glassllava.report.remarks import count
from glassllava.report.rows import ASSESSMENTS, CONDITIONS, LEVELS, SPLITS, Rows
from glassllava.statistics import MINIMUM_CLUSTERS
from glassllava.workspace import PanelView

MOST_FAILURES = 200

BLANK = "–"

ASSESSMENT_NAMES = {
    "quality": "Overall quality (0–100)",
    "features": "Feature identification (1–4)",
    "defect": "Defect accuracy (%)",
}
CONDITION_WORDS = {"real": "real image", "blank": "blank image", "other_paper": "another paper's"}


@dataclass(frozen=True)
class Value:
    """One cell: what is printed, a quiet second line, and whether it is a number (aligned right)."""

    text: str
    note: str = ""
    number: bool = True


@dataclass(frozen=True)
class Table:
    """A table with its heading row; `caption` says what it holds and what the numbers mean."""

    number: str
    title: str
    head: tuple[Value, ...]
    body: tuple[tuple[Value, ...], ...]
    caption: str
    quiet: frozenset[int] = frozenset()
    """Rows that are printed quietly: published numbers and baselines."""
    foot: tuple[Value, ...] = ()


def words(text: str, note: str = "") -> Value:
    """Return a cell of words, aligned left."""
    return Value(text, note, number=False)


def main_numbers(rows: Rows, results: dict[str, Any]) -> Table | None:
    """Return the main table: each assessment by model and context level; None where nothing was scored."""
    places = [("none", "complex"), *((level, "simple") for level in LEVELS)]
    body: list[tuple[Value, ...]] = []
    quiet: set[int] = set()
    models = [(rows.main.name, results)] if rows.main else []
    models += list(results["compared"].items())
    for assessment in ASSESSMENTS:
        for name, measured in models:
            cells = [
                measured[assessment]["real"][level]["by_subcategory"].get(subcategory) for level, subcategory in places
            ]
            if any(cell and cell["n"] for cell in cells):
                own = rows.main is not None and name == rows.main.name
                if not own:
                    quiet.add(len(body))
                heading = ASSESSMENT_NAMES[assessment]
                body.append((words(heading), words(name), *(_score(cell, assessment) for cell in cells)))
        printed = _published_row(rows, assessment, places)
        if printed and any(row[0].text == ASSESSMENT_NAMES[assessment] for row in body):
            quiet.add(len(body))
            body.append((words(ASSESSMENT_NAMES[assessment]), words("as published"), *printed))
    if not body:
        return None
    return Table(
        number="",
        title="Main numbers: real image, by context level",
        head=(
            words("Assessment"),
            words("Model"),
            Value("None", "complex"),
            *(Value(level.capitalize(), "simple") for level in LEVELS),
        ),
        body=tuple(body),
        caption=(
            "Means over answers to the real image, with n, coverage (the share of planned answers that have a score) "
            f"and the 95 % interval clustered by paper where there are {MINIMUM_CLUSTERS} papers or more. Complex "
            "questions are asked without added context only. “As published” stands where the publication prints a "
            "number, over its own 10 evaluation papers and with its own judge. With few papers an interval may pass "
            "the end of its scale."
        ),
        quiet=frozenset(quiet),
    )


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
    return f"{scale * value:.{digits}f}".replace("-", "−")


def _published_row(rows: Rows, assessment: str, places: Sequence[tuple[str, str]]) -> tuple[Value, ...] | None:
    published = published_for(rows.domain.name)
    if assessment == "quality" and published.quality_by_subcategory:
        return tuple(
            Value(f"{published.quality_by_subcategory[subcategory]:.0f}" if level == "none" else "")
            for level, subcategory in places
        )
    if assessment == "defect" and published.defect_accuracy:
        simple = published.defect_accuracy
        return tuple(
            Value(f"{100 * simple[level]:.0f}" if subcategory == "simple" and level in simple else "")
            for level, subcategory in places
        )
    return None


def defect_figures(results: dict[str, Any]) -> Table | None:
    """Return the defect assessment in full, for every condition and level; None where nothing was scored."""
    names = ("accuracy", "balanced_accuracy", "mcc", "sensitivity", "specificity", "always_yes")
    body = []
    for condition in CONDITIONS:
        for level in LEVELS:
            cell = results["defect"][condition][level]
            if not cell["n"] and not cell["na"]:
                continue
            body.append(
                (
                    words(CONDITION_WORDS[condition].capitalize()),
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
        head=(words("Image"), words("Context"), *(Value(head) for head in heads)),
        body=tuple(body),
        caption=(
            "All questions with a defect assessment, as in results.json. Shares run from 0 to 1, MCC (Matthews "
            "correlation) from −1 to 1; a dash marks a figure that is undefined, as specificity is where no benchmark "
            "denies a defect. “Always yes” is the accuracy of answering yes to everything; the interval is that of the "
            "accuracy."
        ),
    )


def _share(value: float | None, *, signed: bool = False) -> Value:
    if value is None:
        return Value(BLANK)
    return Value((f"{value:+.2f}" if signed else f"{value:.2f}").replace("-", "−"))


def categories(rows: Rows, results: dict[str, Any]) -> Table:
    """Return Table 1: share of each category by split, beside the published shares."""
    counts = results["questions"]["by_category"]
    totals = {split: results["questions"][split] for split in SPLITS}
    shares = rows.domain.shares
    published = published_for(rows.domain.name)
    body = [
        (
            words(name),
            *(_share_of(pairs[split], totals[split]) for split in SPLITS),
            Value(f"{shares.training[name]:.1f} %"),
            Value(f"{shares.evaluation[name]:.1f} %"),
        )
        for name, pairs in counts.items()
    ]
    return Table(
        number="Table 1",
        title="Questions by category, training and evaluation",
        head=(
            words("Category"),
            Value("Training"),
            Value("Evaluation"),
            Value("Training", "published"),
            Value("Evaluation", "published"),
        ),
        body=tuple(body),
        foot=(
            words("Total (count)"),
            *(Value(f"{totals[split]:,}") for split in SPLITS),
            *(Value(f"{published.pairs[split]:,}" if published.pairs else BLANK) for split in SPLITS),
        ),
        caption=(
            "Share of each category in the accepted question–answer pairs of a split, with its count; at right the "
            "shares that the publication prints in its Table 1."
        ),
    )


def _share_of(part: int, whole: int) -> Value:
    return Value(f"{100 * part / whole:.1f} %" if whole else BLANK, f"{part:,}")


def sources(rows: Rows) -> Table:
    """Return Table S1: the papers with their split and the names of their accepted panels."""
    by_paper: dict[str, list[PanelView]] = defaultdict(list)
    for panel in rows.accepted_panels:
        by_paper[panel.paper_id].append(panel)
    order = {"training": 0, "evaluation": 1}
    papers = sorted(
        (paper for paper in rows.papers if paper.id in by_paper),
        key=lambda paper: (order.get(paper.split or "", 2), paper.doi or "~", paper.file),
    )
    body = tuple(
        (
            words(paper.doi or "no DOI found", paper.file if paper.doi is None else ""),
            words((paper.split or "no split").capitalize()),
            Value(f"{len(by_paper[paper.id]):,}"),
            words(_names(by_paper[paper.id])),
        )
        for paper in papers
    )
    without = len(rows.papers) - len(papers)
    rest = f" {without} more papers hold none or could not be read." if without > 1 else ""
    rest = " One more paper holds none or could not be read." if without == 1 else rest
    return Table(
        number="Table S1",
        title="Sources and their panels",
        head=(words("Source (DOI)"), words("Split"), Value("Panels"), words("Names")),
        body=body,
        caption=f"Papers with accepted panels (n = {len(papers):,}). A name printed twice by a paper stands "
        f"twice.{rest}",
    )


def _names(panels: Sequence[PanelView]) -> str:
    imported = sum(panel.figure is None for panel in panels)
    named = [panel.name for panel in panels if panel.figure is not None]
    return ", ".join(named + ([count(imported, "imported image")] if imported else []))


def coverage(rows: Rows, found: Sequence[Observation]) -> Table | None:
    """Return, for each model and condition, how many planned answers have a score and why the rest have none."""
    if not found:
        return None
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for o in found:
        counts[o.model, o.assessment, o.condition][o.state] += 1
    names = [rows.main.name] if rows.main else []
    names += [model.name for model in rows.others]
    body = []
    for name in names:
        for assessment in ASSESSMENTS:
            for condition in CONDITIONS:
                states = counts.get((name, assessment, condition))
                if states is None:
                    continue
                due = states.total() - states["not_applicable"]
                failed = sorted((s, n) for s, n in states.items() if s not in {"ok", "not_applicable"})
                body.append(
                    (
                        words(name),
                        words(assessment.capitalize()),
                        words(CONDITION_WORDS[condition]),
                        Value(f"{states.total():,}"),
                        Value(f"{states['ok']:,}"),
                        Value(f"{states['not_applicable']:,}"),
                        words(", ".join(f"{state} {n:,}" for state, n in failed) or BLANK),
                        Value(percent(states["ok"] / due if due else None)),
                    )
                )
    heads = (words("Model"), words("Assessment"), words("Image"), Value("Planned"), Value("Scored"), Value("NA"))
    return Table(
        number="",
        title="Coverage",
        head=(*heads, words("Without a score"), Value("Coverage")),
        body=tuple(body),
        caption=(
            "Over all context levels. NA (not applicable) counts neither for nor against; everything else without a "
            "score lowers the coverage and enters no mean."
        ),
    )


def failures(rows: Rows) -> Table | None:
    """Return every failure with its reason: papers, units of work, and answers and judgements in groups."""
    body = [(words(f.stage), words(f.target), Value("1"), words(f.reason)) for f in rows.failures]
    groups: Counter[tuple[str, str, str]] = Counter()
    for score in rows.scores:
        if score.state in {"ok", "not_applicable", "planned", "unjudged"}:
            continue
        stage = "answers" if score.assessment is None else f"judging of {score.assessment}"
        groups[stage, score.model, f"{score.state}: {score.reason}" if score.reason else score.state] += 1
    body += [
        (words(stage), words(model), Value(f"{times:,}"), words(reason))
        for (stage, model, reason), times in sorted(groups.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    ]
    if not body:
        return None
    left = len(body) - MOST_FAILURES
    return Table(
        number="",
        title="Failures",
        head=(words("Stage"), words("What"), Value("Count"), words("Reason")),
        body=tuple(body[:MOST_FAILURES]),
        caption="What failed, and why; the same reason of the same model is counted once with its number."
        + (f" {left:,} more are left out here." if left > 0 else ""),
    )


def percent(share: float | None) -> str:
    """Return a share of 0–1 as per cent without decimals, or a dash; what is not all is never rounded to 100 %."""
    if share is None:
        return BLANK
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"
