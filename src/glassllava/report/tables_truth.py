"""The tables of a synthetic corpus: models against the scenes' own truth, and the main model by family of scenes.

In: rows and results. Out: `Table`s that the page prints as they are; every number is one of `results.json`. There are
none for real papers, whose truth nobody knows.
"""

from __future__ import annotations

from typing import Any

from glassllava.records import BASELINES
from glassllava.report.remarks import count
from glassllava.report.rows import Rows
from glassllava.report.tables import BLANK, Table, Value, percent, words
from glassllava.statistics import MINIMUM_CLUSTERS

COLUMNS = (
    ("defects", "real", "real image"),
    ("defects", "blank", "blank image"),
    ("defects", "other_paper", "another paper's"),
    ("structure", "real", "real image"),
    ("structure", "blank", "blank image"),
)
FAMILIES = {"all": "All families", "known": "Known to the base", "unknown": "Unknown to the base"}


def against_truth(rows: Rows, results: dict[str, Any]) -> Table | None:
    """Return the table of models against the truth, without context; None where nothing was measured so."""
    grids = [(name, grid) for name, grid in _grids(rows, results) if grid is not None]
    body: list[tuple[Value, ...]] = []
    quiet: set[int] = set()
    for families, heading in FAMILIES.items():
        for name, grid in grids:
            cells = {condition: _of_families(grid[condition]["none"], families) for _, condition, _ in COLUMNS}
            if not any(cell["n"] or cell["structure"]["n"] for cell in cells.values()):
                continue
            if rows.main is None or name != rows.main.name:
                quiet.add(len(body))
            values = [_value(cells[condition], figure) for figure, condition, _ in COLUMNS]
            body.append((words(heading), words(name), *values))
    if not body:
        return None
    figures = {"defects": "Defects", "structure": "Structure"}
    return Table(
        number="",
        title="Against the scene's own truth (synthetic)",
        head=(words("Scenes"), words("Model"), *(Value(figures[figure], image) for figure, _, image in COLUMNS)),
        body=tuple(body),
        caption=(
            "Without context. Defects: balanced accuracy, 0 to 1, over questions that ask for defects; an answer that "
            "always says the same has 0.5. Structure: share of answers about what is shown whose first named structure "
            "is the scene's, over questions that name none. The truth is that of the question's own panel, whichever "
            "image is shown. Families unknown to the base are those that the embedded base model never saw. n counts "
            f"answers; the 95 % interval is clustered by paper, where there are {MINIMUM_CLUSTERS} papers or more that "
            "differ. A failed answer enters no number."
        ),
        quiet=frozenset(quiet),
    )


def _grids(rows: Rows, results: dict[str, Any]) -> list[tuple[str, dict[str, Any] | None]]:
    """Return the models' grids: the main one, what it was trained from, further ones, baselines."""
    parent = rows.parent.name if rows.parent else ""
    own = [(rows.main.name, results["truth"])] if rows.main else []
    others = [(name, other["truth"]) for name, other in results["compared"].items()]
    return own + sorted(others, key=lambda pair: (pair[0] in BASELINES, pair[0] != parent, pair[0]))


def _of_families(cell: dict[str, Any], families: str) -> dict[str, Any]:
    part: dict[str, Any] = cell if families == "all" else cell["by_known"][families]
    return part


def _value(cell: dict[str, Any], figure: str) -> Value:
    if figure == "defects":
        share, ends = cell["balanced_accuracy"], cell["balanced_ci"]
    else:
        cell = cell["structure"]
        share, ends = cell["accuracy"], cell["ci"]
    note = f"n {cell['n']:,} · {count(cell['papers'], 'paper')}"
    if cell["coverage"] is not None and cell["coverage"] < 1:
        note += f" · {percent(cell['coverage'])}"
    if ends:
        low, high = (f"{end:.2f}".replace("-", "−") for end in ends)
        note += f"\n[{low}, {high}]"
    return Value(BLANK if share is None else f"{share:.2f}", note)


def by_family(rows: Rows, results: dict[str, Any]) -> Table | None:
    """Return the main model's figures by family of scenes, real image, no context; None where there are none."""
    families = results["truth_by_family"]
    if not families or rows.main is None:
        return None
    return Table(
        number="",
        title=f"By family of scenes: “{rows.main.name}”, real image, no context",
        head=(
            words("Family"),
            words("Known to the base"),
            Value("Defect accuracy"),
            Value("Structure"),
            Value("n", "answers"),
            Value("Papers"),
        ),
        body=tuple(
            (
                words(name),
                words("yes" if family["known"] else "no"),
                _share_of(family["defect_accuracy"], family["defect_n"]),
                _share_of(family["structure_accuracy"], family["structure_n"]),
                Value(f"{family['n']:,}"),
                Value(f"{family['papers']:,}"),
            )
            for name, family in families.items()
        ),
        caption=(
            "Shares of right answers, 0 to 1. Within a family the scenes may all have a defect, or none may, so plain "
            "accuracy stands here and always saying the same can score high. Few answers each: read single families "
            "with care."
        ),
    )


def _share_of(share: float | None, number: int) -> Value:
    return Value(BLANK if share is None else f"{share:.2f}", f"n {number:,}")
