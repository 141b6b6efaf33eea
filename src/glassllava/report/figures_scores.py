"""Figures of overall quality and feature identification: Figures 3, 4, 5 and S2.

In: rows, the main model's observations on the real image, and the results. Out: plates; where nothing was scored,
a plate without a drawing that says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from glassllava.records import LEVELS
from glassllava.report.figures_style import (
    BLUE,
    FAINT,
    INK,
    LEVEL_NAMES,
    MUTED,
    SHEET,
    SUBCATEGORY_COLOURS,
    Plate,
    new_figure,
    sign,
    vertical_grid,
)
from glassllava.report.levels import comparable, which_questions
from glassllava.report.measures import Observation, mean_cell
from glassllava.report.published import published_for
from glassllava.report.remarks import count
from glassllava.report.rows import Rows

LEAST_FOR_VIOLIN = 5
"""Fewer values, or equal ones, are drawn as points alone."""
MOST_POINTS = 300
"""A violin of more values shows this many of them, evenly chosen from the sorted ones."""
MOST_COMBINATIONS = 12
ALL = "All categories"

BARS = "Horizontal lines are 95 % intervals of the mean (Student's t on paper-clustered errors), from five papers on."


def scored(found: Sequence[Observation], assessment: str) -> list[Observation]:
    """Return the observations of an assessment on the real image that have a score."""
    return [o for o in found if o.assessment == assessment and o.condition == "real" and o.state == "ok"]


def quality_violins(rows: Rows, found: Sequence[Observation]) -> Plate:
    """Figure 3: overall quality by category and subcategory, without context."""
    key, number, title = "figure-3", "Figure 3", "Overall quality by category and subcategory"
    asked = [o for o in found if o.assessment == "quality" and o.condition == "real" and o.level == "none"]
    if not scored(asked, "quality"):
        return Plate(key, number, title, "No answer to a real image without context has a quality score yet.")
    groups = [(c.name, sub) for c in rows.domain.categories for sub in c.subcategories]
    published = published_for(rows.domain.name).quality_by_category
    figure = new_figure(0.36 * len(groups) + 1.3)
    axis = figure.subplots()
    thinned = False
    for place, (category, subcategory) in enumerate(groups):
        here = [o for o in asked if o.category == category and o.subcategory == subcategory]
        values = sorted(o.value for o in here if o.state == "ok" and o.value is not None)
        thinned = thinned or len(values) > MOST_POINTS
        _violin(axis, place, values, SUBCATEGORY_COLOURS[subcategory])
        cell = mean_cell(here)
        if cell["ci"]:
            axis.plot(cell["ci"], [place, place], color=INK, lw=1.6, zorder=5)
        if cell["mean"] is not None:
            axis.plot(cell["mean"], place, "o", color=SHEET, mec=INK, mew=1.2, ms=5.5, zorder=6)
        if (category, subcategory) in published:
            axis.plot(published[category, subcategory], place, "D", mfc="none", mec=MUTED, mew=1.3, ms=7, zorder=4)
        axis.annotate(
            f"{cell['n']} · {_percent(cell['coverage'])}",
            (1.015, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=7.5,
            color=INK if cell["n"] else MUTED,
        )
    axis.annotate("n · coverage", (1.015, 1.0), xycoords="axes fraction", va="bottom", fontsize=7.5, color=MUTED)
    axis.set_yticks(range(len(groups)), [_group_label(c, s, rows) for c, s in groups])
    axis.set_ylim(len(groups) - 0.4, -0.6)
    axis.set_xlim(-2, 102)
    axis.set_xlabel("Overall quality (points of 100; 100 = the same as or better than the benchmark answer)")
    vertical_grid(axis)
    handles: list[Any] = [
        Patch(color=SUBCATEGORY_COLOURS[name], alpha=0.55, label=name) for name in SUBCATEGORY_COLOURS
    ]
    handles.append(Line2D([], [], marker="o", ls="", mfc=SHEET, mec=INK, label="mean"))
    if published:
        handles.append(Line2D([], [], marker="D", ls="", mfc="none", mec=MUTED, label="published mean"))
    axis.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=4, columnspacing=1.4)
    sign(figure, [rows.judges["quality"]])
    few = f" At most {MOST_POINTS} points a violin are shown." if thinned else ""
    total = mean_cell(asked)
    return Plate(
        key,
        number,
        title,
        f"Quality of the answers of {_model_name(rows)} to the real image without context: every point is one answer "
        f"(n = {total['n']:,} of {count(total['papers'], 'paper')}), violins are their distribution (from "
        f"{LEAST_FOR_VIOLIN} different answers on), rings their mean. {BARS} Coverage is the share of planned answers "
        f"that have a score.{few} Diamonds: means that the publication prints.",
        figure,
    )


def _violin(axis: Axes, place: int, values: list[float], colour: str) -> None:
    if len(values) >= LEAST_FOR_VIOLIN and values[0] < values[-1]:
        body = axis.violinplot(
            [values], positions=[place], orientation="horizontal", widths=0.8, showextrema=False, points=200
        )
        for part in body["bodies"]:  # type: ignore[attr-defined]
            part.set(facecolor=colour, edgecolor=colour, alpha=0.28, linewidth=0.8)
            vertices = part.get_paths()[0].vertices
            vertices[:, 0] = np.clip(vertices[:, 0], 0, 100)  # a score beyond the scale cannot be
    shown = values
    if len(values) > MOST_POINTS:
        shown = [values[i] for i in np.linspace(0, len(values) - 1, MOST_POINTS).astype(int)]
    # Golden-ratio offsets spread equal values evenly, the same way each time.
    offsets = (np.arange(len(shown)) * 0.618034 % 1 - 0.5) * 0.42
    axis.scatter(shown, place + offsets, s=7, color=colour, alpha=0.75, linewidths=0, zorder=3)


def _group_label(category: str, subcategory: str, rows: Rows) -> str:
    alone = len(rows.domain.category(category).subcategories) == 1
    return f"{category} · {subcategory}" if alone or subcategory == "simple" else subcategory


def heat_map(rows: Rows, results: dict[str, Any], assessment: str) -> Plate:
    """Figures 4 (quality) and 5 (features): mean over context level and category, simple questions."""
    quality = assessment == "quality"
    key, number = ("figure-4", "Figure 4") if quality else ("figure-5", "Figure 5")
    what = "Overall quality" if quality else "Feature identification"
    title = f"{what} by context level and category"
    whole = results["same_questions"][assessment]
    blocks = {name: whole["by_category"].get(name) for name in (c.name for c in rows.domain.categories)} | {ALL: whole}
    asked = {name: block for name, block in blocks.items() if block is not None}
    cells = {(name, level): block["real"][level] for name, block in asked.items() for level in block["levels"]}
    if not any(cell["n"] for cell in cells.values()):
        return Plate(key, number, title, f"No answer to a simple question has a score of {what.lower()} yet.")
    published = published_for(rows.domain.name)
    printed = published.quality_by_level if quality else published.features_by_level
    limits = (0.0, 100.0) if quality else (1.0, 4.0)
    figure = new_figure(0.42 * len(blocks) + 1.35)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.25, 1]) if printed else (figure.subplots(), None)
    means = {place: cell["mean"] for place, cell in cells.items() if cell["mean"] is not None}
    notes = {place: f"n {cell['n']}" for place, cell in cells.items()}
    labels = {name: name if name not in asked or comparable(asked[name]) else f"{name} †" for name in blocks}
    mesh = _cells(left, labels, means, notes, limits, 1 if quality else 2)
    left.set_title("This workspace")
    if right is not None:
        _cells(right, labels, printed, {}, limits, 2)
        right.set_title("Published, where printed")
    unit = "points of 100" if quality else "scale of 1 to 4"
    bar = figure.colorbar(mesh, ax=[left] if right is None else [left, right], fraction=0.03, pad=0.02)
    bar.set_label(f"Mean ({unit})", fontsize=8)
    bar.outline.set_visible(False)
    sign(figure, [rows.judges[assessment]])
    total = sum(whole["real"][level]["n"] for level in LEVELS)
    papers = max(whole["real"][level]["papers"] for level in LEVELS)
    fewer = sum(block["fewer"] for name, block in asked.items() if name != ALL and comparable(block))
    left_out = f" ({count(fewer, 'question')} reached fewer and {'is' if fewer == 1 else 'are'} left out)"
    apart = any(not comparable(block) for block in asked.values())
    dagger = " † Other questions at each level: none of the row was asked at all of them." if apart else ""
    return Plate(
        key,
        number,
        title,
        f"Mean {what.lower()} of the answers of {_model_name(rows)} to simple questions with the real image; n of each "
        f"cell under its mean. A row holds the questions that were asked at every level which it shows"
        f"{left_out if fewer else ''}. “{ALL}” (n = "
        f"{total:,} answers of {count(papers, 'paper')}) holds {which_questions(whole)}.{dagger} Empty cells hold no "
        "answer; at right, what the publication prints as a number.",
        figure,
    )


def _cells(
    axis: Axes,
    names: Mapping[str, str],
    means: Mapping[tuple[str, str], float],
    notes: Mapping[tuple[str, str], str],
    limits: tuple[float, float],
    digits: int,
) -> Any:
    palette = colormaps["cividis"].with_extremes(bad="none")
    table = np.array([[means.get((name, level), np.nan) for level in LEVELS] for name in names])
    mesh = axis.pcolormesh(table, cmap=palette, vmin=limits[0], vmax=limits[1], edgecolors=SHEET, linewidth=1.5)
    for row, name in enumerate(names):
        for column, level in enumerate(LEVELS):
            value, note = means.get((name, level)), notes.get((name, level))
            if value is None:
                axis.add_patch(_blank(column, row))
                if note:
                    axis.text(column + 0.5, row + 0.5, note, ha="center", va="center", fontsize=6.5, color=MUTED)
                continue
            dark = (value - limits[0]) / (limits[1] - limits[0]) < 0.55
            colour = "#ffffff" if dark else "#000000"
            up = 0.38 if note else 0.5
            axis.text(
                column + 0.5, row + up, f"{value:.{digits}f}", ha="center", va="center", fontsize=8.5, color=colour
            )
            if note:
                axis.text(column + 0.5, row + 0.76, note, ha="center", va="center", fontsize=6.5, color=colour)
    axis.set_yticks(np.arange(len(names)) + 0.5, list(names.values()))
    axis.set_xticks(np.arange(len(LEVELS)) + 0.5, [LEVEL_NAMES[level] for level in LEVELS])
    axis.set_xlabel("Context level")
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    if axis.get_ylim()[0] < axis.get_ylim()[1]:
        axis.invert_yaxis()
    return mesh


def _blank(column: int, row: int) -> Patch:
    return Rectangle((column + 0.02, row + 0.03), 0.96, 0.94, facecolor="none", edgecolor=FAINT, linewidth=0.8)


def combinations(rows: Rows, found: Sequence[Observation]) -> Plate:
    """Figure S2: quality by combination of context types, at the levels moderate and high."""
    key, number, title = "figure-s2", "Figure S2", "Overall quality by combination of context types"
    types = {(row.question_id, row.level): row.types for row in rows.contexts}
    by_level: dict[str, dict[tuple[str, ...], list[Observation]]] = {
        level: defaultdict(list) for level in ("moderate", "high")
    }
    for o in scored(found, "quality"):
        if o.level in by_level and (o.question_id, o.level) in types:
            by_level[o.level][types[o.question_id, o.level]].append(o)
    if not any(by_level.values()):
        return Plate(key, number, title, "No answer at the levels moderate or high has a quality score yet.")
    chosen = {level: _most_frequent(groups) for level, groups in by_level.items()}
    figure = new_figure(0.24 * sum(len(groups) + 2 for groups in chosen.values()) + 0.9)
    shown_levels = [level for level in chosen if chosen[level]]
    heights = [len(chosen[level]) + 1 for level in shown_levels]
    axes = figure.subplots(len(shown_levels), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    for letter, level, axis in zip("AB", shown_levels, axes, strict=False):
        for place, (_, inside) in enumerate(chosen[level]):
            _combination(axis, place, inside)
        labels = [f"{' + '.join(names)}  (n {len(inside)})" for names, inside in chosen[level]]
        axis.set_yticks(range(len(labels)), labels, fontsize=7.5)
        axis.set_ylim(len(labels) - 0.4, -0.6)
        axis.set_xlim(-2, 102)
        axis.set_title(f"{letter}  {LEVEL_NAMES[level]}")
        vertical_grid(axis)
    axes[-1].set_xlabel("Overall quality (points of 100)")
    sign(figure, [rows.judges["quality"]])
    total = sum(len(inside) for groups in by_level.values() for inside in groups.values())
    shown = sum(len(inside) for groups in chosen.values() for _, inside in groups)
    rest = f" The {MOST_COMBINATIONS} most frequent combinations a level are shown." if shown < total else ""
    return Plate(
        key,
        number,
        title,
        f"Quality of the answers of {_model_name(rows)} to the real image by the types of context told (n = {total:,} "
        f"answers). Points are answers, rings means. {BARS}{rest} The publication reports differences of about 2 "
        "points (moderate) and 1 point (high) between combinations.",
        figure,
    )


def _combination(axis: Axes, place: int, inside: list[Observation]) -> None:
    values = [o.value for o in inside if o.value is not None][:MOST_POINTS]
    axis.scatter(values, [place] * len(values), s=9, color=BLUE, alpha=0.4, linewidths=0)
    cell = mean_cell(inside)
    if cell["ci"]:
        axis.plot(cell["ci"], [place, place], color=INK, lw=1.4)
    axis.plot(cell["mean"], place, "o", color=SHEET, mec=INK, mew=1.2, ms=5.5)


def _most_frequent(
    groups: Mapping[tuple[str, ...], list[Observation]],
) -> list[tuple[tuple[str, ...], list[Observation]]]:
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_COMBINATIONS]


def _model_name(rows: Rows) -> str:
    return f"“{rows.main.name}”" if rows.main else "the model"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"
