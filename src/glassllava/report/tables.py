"""The report's tables as rows of words and numbers: Table 1, Table S1, coverage, failures.

In: rows, observations and results. Out: `Table`s that the page prints as they are; every number is formatted here,
and those of the tables of scores in `tables_scores`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glassllava.records import CONDITIONS
from glassllava.report.measures import Observation
from glassllava.report.published import published_for
from glassllava.report.remarks import count
from glassllava.report.rows import ASSESSMENTS, SPLITS, Rows
from glassllava.workspace import PanelView

MOST_FAILURES = 200

BLANK = "–"

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


def gates(rows: Rows, results: dict[str, Any]) -> Table | None:
    """Return how many pairs each gate refused, by category; None where none was refused."""
    refused: dict[str, dict[str, int]] = results["questions"]["rejected_by_gate"]
    if not refused:
        return None
    # What a generator calls a category, and is none, stands last.
    known = [category.name for category in rows.domain.categories]
    used = {name for found in refused.values() for name in found}
    names = [name for name in known if name in used] + sorted(used - set(known))
    several = sum(len(question.panel_ids) > 1 for question in rows.accepted_questions)

    def counts(numbers: Sequence[int]) -> tuple[Value, ...]:
        return (*(Value(f"{number:,}" if number else BLANK) for number in numbers), Value(f"{sum(numbers):,}"))

    return Table(
        number="",
        title="Pairs refused, by gate and category",
        head=(words("Category"), *(Value(gate) for gate in refused), Value("All")),
        body=tuple((words(name), *counts([found.get(name, 0) for found in refused.values()])) for name in names),
        foot=(words("All"), *counts([sum(found.values()) for found in refused.values()])),
        caption=(
            "Each pair is refused by the first gate that it does not pass, and kept with that gate's name; "
            f"“person” is a reviewer's refusal. {count(len(rows.accepted_questions), 'pair')} passed, of which "
            f"{several:,} {'is' if several == 1 else 'are'} about several panels."
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
