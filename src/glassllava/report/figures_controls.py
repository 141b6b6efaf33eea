"""Figure 6 (defects) and the controls: what the model scores when it sees no image, or the wrong one.

In: rows and the results of the main model. Out: plates; every number drawn is one of `results.json`. Levels are
drawn over the same questions (`same_questions`), and joined by lines only where they are comparable and have intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from glassllava.records import CONDITIONS, LEVELS
from glassllava.report.figures_style import (
    BLUE,
    CONDITION_COLOURS,
    CONDITION_MARKERS,
    CONDITION_NAMES,
    INK,
    LEVEL_NAMES,
    MUTED,
    ORANGE,
    VERMILLION,
    Plate,
    horizontal_grid,
    new_figure,
    sign,
)
from glassllava.report.levels import comparable, which_questions
from glassllava.report.published import published_for
from glassllava.report.remarks import count
from glassllava.report.rows import ASSESSMENTS, Rows
from glassllava.statistics import MINIMUM_CLUSTERS

AXES = {
    "quality": ("Overall quality", "Mean (points of 100)", (0.0, 100.0)),
    "features": ("Feature identification", "Mean (scale of 1 to 4)", (1.0, 4.0)),
    "defect": ("Defects and anomalies", "Accuracy (share)", (0.0, 1.0)),
}
BARS = "Bars are 95 % intervals (Student's t on paper-clustered errors), given from five papers on."


def defect_accuracy(rows: Rows, results: dict[str, Any]) -> Plate:
    """Figure 6: accuracy over context levels, beside balanced accuracy and what always saying yes would reach."""
    key, number, title = "figure-6", "Figure 6", "Defect and anomaly detection by context level"
    block = results["same_questions"]["defect"]
    cells = [block["real"][level] for level in LEVELS]
    if not any(cell["n"] for cell in cells):
        return Plate(key, number, title, "No answer to a simple question has a defect score yet.")
    figure = new_figure(3.4, 7.6)
    axis = figure.subplots()
    series = (
        ("accuracy", "accuracy", BLUE, "o", "-", -0.09),
        ("balanced_accuracy", "balanced accuracy", VERMILLION, "s", "-", 0.0),
        ("always_yes", "always “yes”", ORANGE, "^", ":", 0.09),
    )
    joined = _joined(block, cells)
    for name, label, colour, marker, line, shift in series:
        _line(
            axis,
            cells,
            name,
            label,
            colour,
            marker,
            line if joined else "",
            shift,
            with_bars=name == "accuracy",
            ends=(0, 1),
        )
    published = published_for(rows.domain.name).defect_accuracy
    if published:
        places = [place for place, level in enumerate(LEVELS) if level in published]
        axis.plot(
            places,
            [published[LEVELS[place]] for place in places],
            "D",
            mfc="none",
            mec=MUTED,
            mew=1.3,
            ms=7,
            label="published accuracy",
        )
    axis.axhline(0.5, color=MUTED, lw=0.7, ls=(0, (2, 3)))
    _levels(axis, [f"n {c['n']} · NA {c['na']}" for c in cells])
    axis.set_ylabel("Share of answers (0 to 1)")
    axis.set_ylim(-0.02, 1.04)
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    sign(figure, [rows.judges["defect"]])
    total, papers = sum(c["n"] for c in cells), max(c["papers"] for c in cells)
    return Plate(
        key,
        number,
        title,
        f"Share of right answers of the model to simple questions with the real image (n = {total:,} answers of "
        f"{count(papers, 'paper')}; NA, not applicable, counts for nothing). Levels hold {which_questions(block)}. "
        "Balanced accuracy is the mean of sensitivity and specificity: 0.5 (dashed) for any answerer that always says "
        f"the same, while plain accuracy rewards saying “yes” where most images hold defects.{_one_sided(cells)} "
        f"{_bars(papers)} Diamonds: accuracies that the publication prints.",
        figure,
    )


def conditions(rows: Rows, results: dict[str, Any]) -> Plate:
    """Control 1: each assessment with the real image, a blank one, and one of another paper."""
    key, number, title = "control-1", "Control 1", "Real image against blank and foreign images"
    blocks = results["same_questions"]
    shown = [a for a in ASSESSMENTS if any(blocks[a][c][level]["n"] for c in CONDITIONS for level in LEVELS)]
    if not shown:
        return Plate(key, number, title, "No answer has a score yet.")
    defects = list(blocks["defect"]["real"].values())
    figure = new_figure(3.1)
    for axis, assessment in zip(_row(figure.subplots(1, len(shown))), shown, strict=True):
        name = "accuracy" if assessment == "defect" else "mean"
        words, unit, ends = AXES[assessment]
        for place, condition in enumerate(CONDITIONS):
            cells = [blocks[assessment][condition][level] for level in LEVELS]
            if any(cell["n"] for cell in cells):
                _line(
                    axis,
                    cells,
                    name,
                    CONDITION_NAMES[condition],
                    CONDITION_COLOURS[condition],
                    CONDITION_MARKERS[condition],
                    "-" if _joined(blocks[assessment], cells) else "",
                    0.11 * (place - 1),
                    with_bars=True,
                    ends=ends,
                )
        _levels(axis, [f"n {blocks[assessment]['real'][level]['n']}" for level in LEVELS])
        axis.set_title(words)
        axis.set_ylabel(unit)
        room = 0.04 * (ends[1] - ends[0])
        axis.set_ylim(ends[0] - room, ends[1] + room)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=3)
    sign(figure, [rows.judges[a] for a in shown])
    return Plate(
        key,
        number,
        title,
        "The same simple questions asked with the paper's own image, a blank one, and an image of another paper; n, "
        f"under each level, counts scored answers to the real image. {_which(blocks, shown)} "
        f"{_bars(max(blocks[a]['real'][level]['papers'] for a in shown for level in LEVELS))} Where the conditions lie "
        f"together, the answers do not come from the image.{_one_sided(defects)}",
        figure,
    )


def visual_gain(rows: Rows, results: dict[str, Any]) -> Plate:
    """Control 2: what the image adds, question by question."""
    key, number, title = "control-2", "Control 2", "Visual gain: what the image adds"
    blocks = results["same_questions"]
    gains = {assessment: blocks[assessment]["visual_gain"] for assessment in ASSESSMENTS}
    shown = [a for a in ASSESSMENTS if any(gains[a][level]["n"] for level in LEVELS)]
    if not shown:
        return Plate(key, number, title, "No question has scored answers to both its real image and a control yet.")
    defects = list(blocks["defect"]["real"].values())
    figure = new_figure(3.1)
    for axis, assessment in zip(_row(figure.subplots(1, len(shown))), shown, strict=True):
        words, unit, ends = AXES[assessment]
        reach = ends[1] - ends[0]
        for control, shift in (("blank", -0.07), ("other_paper", 0.07)):
            cells = [gains[assessment][level] for level in LEVELS]
            if control == "other_paper":
                cells = [cell["other_paper"] for cell in cells]
            if any(cell["n"] for cell in cells):
                _line(
                    axis,
                    cells,
                    "mean",
                    f"against {CONDITION_NAMES[control]}",
                    CONDITION_COLOURS[control],
                    CONDITION_MARKERS[control],
                    "-" if _joined(blocks[assessment], cells) else "",
                    shift,
                    with_bars=True,
                    ends=(-reach, reach),
                )
        axis.axhline(0, color=INK, lw=0.8)
        _levels(
            axis,
            [
                f"n {gains[assessment][level]['n']}\n{count(gains[assessment][level]['papers'], 'paper')}"
                for level in LEVELS
            ],
        )
        axis.set_title(words)
        axis.set_ylabel(unit.replace("Mean", "Gain").replace("Accuracy", "Gain in accuracy"))
        low, high = axis.get_ylim()
        least = 0.05 * reach
        axis.set_ylim(min(low, -least), max(high, least))
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=2)
    sign(figure, [rows.judges[a] for a in shown])
    return Plate(
        key,
        number,
        title,
        "Score with the real image minus score with the control, paired by question, for simple questions; n counts "
        "pairs against the blank image whose two answers were scored, and the papers they come from. "
        f"{_which(blocks, shown)} {_bars(max(gains[a][level]['papers'] for a in shown for level in LEVELS))} "
        f"At zero the image adds nothing to what the question's words give away.{_one_sided(defects)}",
        figure,
    )


def _joined(block: dict[str, Any], cells: Sequence[dict[str, Any]]) -> bool:
    """Tell whether a line may join the levels: it would show a trend, which chance or other questions could make."""
    return comparable(block) and all(cell["papers"] >= MINIMUM_CLUSTERS for cell in cells if cell["n"])


def _one_sided(cells: Sequence[dict[str, Any]]) -> str:
    """Say that all benchmarks of the defect assessment take the same side; nothing where they do not."""
    always = {cell["always_yes"] for cell in cells} - {None}
    if always not in ({1.0}, {0.0}):
        return ""
    which, word = ("No", "yes") if always == {1.0} else ("Every", "no")
    return (
        f" {which} benchmark answer here denies a defect, so accuracy rewards saying {word} and there is no balanced "
        f"accuracy; an image that makes the model say {word} more often would raise it without being read."
    )


def _bars(papers: int) -> str:
    if papers >= MINIMUM_CLUSTERS:
        return BARS
    return f"{count(papers, 'paper')}: no interval, may be chance; so the points are not joined."


def _which(blocks: dict[str, Any], shown: Sequence[str]) -> str:
    """Say which questions the levels of each panel hold; once where all hold as many."""
    said = {assessment: which_questions(blocks[assessment]) for assessment in shown}
    if len(set(said.values())) == 1:
        return f"Levels hold {said[shown[0]]}."
    return "Levels hold: " + "; ".join(f"{AXES[a][0].lower()}, {words}" for a, words in said.items()) + "."


def _row(axes: Any) -> list[Axes]:
    return [axes] if isinstance(axes, Axes) else list(axes)


def _levels(axis: Axes, notes: Sequence[str]) -> None:
    labels = [f"{LEVEL_NAMES[level]}\n{note}" for level, note in zip(LEVELS, notes, strict=True)]
    axis.set_xticks(range(len(LEVELS)), labels, fontsize=7.2)
    axis.set_xlim(-0.4, len(LEVELS) - 0.6)
    axis.set_xlabel("Context level")
    horizontal_grid(axis)


def _line(
    axis: Axes,
    cells: Sequence[dict[str, Any]],
    name: str,
    label: str,
    colour: str,
    marker: str,
    line: str,
    shift: float,
    *,
    with_bars: bool,
    ends: tuple[float, float],
) -> None:
    known = [(place, cell) for place, cell in enumerate(cells) if cell[name] is not None]
    if not known:
        return
    axis.plot(
        [place + shift for place, _ in known],
        [cell[name] for _, cell in known],
        marker=marker,
        ls=line,
        color=colour,
        label=label,
    )
    for place, cell in known:
        if with_bars and cell["ci"]:
            low, high = max(cell["ci"][0], ends[0]), min(cell["ci"][1], ends[1])
            axis.plot([place + shift] * 2, [low, high], color=colour, lw=1.1, alpha=0.8)
