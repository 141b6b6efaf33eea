"""Figure about the collection: Figure 2, the context added to the questions.

In: contexts of `rows`. Out: a plate.
"""

from __future__ import annotations

from collections import Counter

from glassllava.records import LEVELS
from glassllava.report.figures_style import BLUE, INK, LEVEL_NAMES, Plate, new_figure, vertical_grid
from glassllava.report.remarks import count
from glassllava.report.rows import Rows


def context_types(rows: Rows) -> Plate:
    """Figure 2: how many evaluation questions are told which type of context, at each level."""
    key, number, title = "figure-2", "Figure 2", "Context told with the evaluation questions, by type and level"
    ladders = [row for row in rows.contexts if row.level in LEVELS]
    if not ladders:
        return Plate(key, number, title, "No evaluation question has context.")
    types = [kind.name for kind in rows.domain.context_types]
    figure = new_figure(2.6)
    axes = figure.subplots(1, 3, sharey=True, sharex=True)
    for place, (axis, level) in enumerate(zip(axes, LEVELS[1:], strict=True)):
        told = [row for row in ladders if row.level == level]
        counts = Counter(kind for row in told for kind in row.types)
        values = [counts[kind] for kind in types]
        bars = axis.barh(range(len(types)), values, color=BLUE, height=0.62)
        axis.bar_label(bars, [f"{value:,}" for value in values], padding=3, fontsize=8, color=INK)
        axis.set_title(f"{'ABC'[place]}  {LEVEL_NAMES[level]} (n = {len(told):,})")
        axis.margins(x=0.18)
        vertical_grid(axis)
    axes[0].set_yticks(range(len(types)), [kind.capitalize() for kind in types])
    axes[0].invert_yaxis()
    axes[1].set_xlabel("Context attributes (count)")
    questions = len({row.question_id for row in ladders})
    return Plate(
        key,
        number,
        title,
        f"Count of context attributes by type at the levels basic (A), moderate (B) and high (C), over "
        f"{count(questions, 'simple evaluation question')} with context; n is the number of questions at a level. "
        "A question is told up to one, two or three attributes, each level keeping those before it.",
        figure,
    )
