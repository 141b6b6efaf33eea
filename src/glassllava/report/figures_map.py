"""The map of the papers, drawn: Figure S1 of the report, and the picture that `corpus map` writes.

In: a `PaperMap` (`glassllava.text.mapping`). Out: a plate, or a file of its own.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from glassllava.errors import MissingExtra, WorkspaceError
from glassllava.report.figures_style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SHEET,
    SKY,
    VERMILLION,
    YELLOW,
    Plate,
    new_figure,
    style,
)
from glassllava.report.remarks import count
from glassllava.report.rows import Rows
from glassllava.text.mapping import LEAST_PAPERS, PERPLEXITY, MappedPaper, PaperMap, map_texts, paper_text

MOST_NAMES = 12
"""Papers that are written beside their marks at most."""

_COLOURS = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, YELLOW, MUTED)
_MARKERS = {"training": "o", "evaluation": "D", None: "x"}


def paper_map(rows: Rows) -> Plate:
    """Figure S1: papers by what their text speaks of; training and evaluation marked."""
    key, number, title = "figure-s1", "Figure S1", "Map of the papers by what they speak of"
    captions: dict[str, list[str]] = defaultdict(list)
    for panel in rows.panels:
        captions[panel.paper_id].append(panel.caption)
    papers = [paper_text(paper, captions[paper.id]) for paper in rows.papers if paper.state == "ok"]
    try:
        mapped = map_texts(papers)
    except MissingExtra as lacking:
        return Plate(key, number, title, f"The map was not drawn. {lacking}")
    if mapped is None:
        told = sum(bool(paper.text) for paper in papers)
        return Plate(
            key, number, title, f"A map needs {LEAST_PAPERS} papers with text; there are {told}, so none is drawn."
        )
    return Plate(key, number, title, caption(mapped), draw(mapped))


def picture_form(file: Path) -> str:
    """Return the form, `png` or `svg`, that a file's ending asks for.

    Raises
    ------
    WorkspaceError
        The ending is another one.
    """
    form = file.suffix.lower().removeprefix(".")
    if form not in {"png", "svg"}:
        raise WorkspaceError(f"{file} ends neither in .png nor in .svg; those are the forms that a map is written in.")
    return form


def save_map(mapped: PaperMap, file: Path) -> None:
    """Write a map as a picture of its own.

    Parameters
    ----------
    mapped
        Beyond eight clusters, colours repeat.
    file
        Its ending, `.png` or `.svg`, names the form.

    Raises
    ------
    WorkspaceError
        The ending is another one, or the file cannot be written.
    """
    form = picture_form(file)
    metadata = {"Date": None, "Creator": "GlassLLaVA"} if form == "svg" else {"Software": "GlassLLaVA"}
    with style(), mpl.rc_context({"svg.hashsalt": "map"}):
        figure = draw(mapped)
        figure.suptitle(
            textwrap.fill(caption(mapped), 150), fontsize=7, color=MUTED, x=0.01, ha="left", y=-0.01, va="top"
        )
        try:
            figure.savefig(file, format=form, metadata=metadata, bbox_inches="tight")
        except OSError as error:
            raise WorkspaceError(f"The map cannot be written to {file}: {error.strerror or error}.") from error


def draw(mapped: PaperMap) -> Figure:
    """Return the figure of a map; to be called within `figures_style.style`."""
    figure = new_figure(4.6)
    axes = figure.subplots()
    for side, marker in _MARKERS.items():
        here = [paper for paper in mapped.papers if paper.split == side]
        if not here:
            continue
        axes.scatter(
            [paper.x for paper in here],
            [paper.y for paper in here],
            s=52 if len(mapped.papers) <= 100 else 22,
            marker=marker,
            c=[_colour(paper.cluster) for paper in here],
            edgecolors=INK if marker != "x" else None,
            linewidths=1.3 if side == "evaluation" else 0.5,
        )
        axes.scatter([], [], marker=marker, c=MUTED, s=40, label=f"{side or 'no split'} ({len(here):,})")
    for cluster in mapped.clusters:
        name = textwrap.fill(f"{cluster.cluster}  {cluster.title} ({cluster.papers:,})", 34, subsequent_indent="    ")
        axes.scatter([], [], marker="s", c=_colour(cluster.cluster), s=40, label=name)
    if len(mapped.papers) <= MOST_NAMES:
        _write_names(axes, mapped.papers)
    axes.margins(0.12)
    axes.set_xlabel("t-SNE axis 1 (no unit)")
    axes.set_ylabel("t-SNE axis 2 (no unit)")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), labelspacing=0.7)
    return figure


def _write_names(axes: Axes, papers: Sequence[MappedPaper]) -> None:
    """Write each paper's name on the side of its mark that is towards the middle, none over another."""
    left, right = min(paper.x for paper in papers), max(paper.x for paper in papers)
    low, high = min(paper.y for paper in papers), max(paper.y for paper in papers)
    line, last = 0.045 * (high - low), -np.inf
    for paper in sorted(papers, key=lambda paper: paper.y):
        last = max(paper.y, last + line)
        to_the_right = paper.x <= (left + right) / 2
        beside = 0.018 * (right - left) * (1 if to_the_right else -1)
        words = axes.text(
            paper.x + beside, last, _short(paper), ha="left" if to_the_right else "right", va="center", fontsize=7
        )
        words.set_bbox({"facecolor": SHEET, "edgecolor": "none", "alpha": 0.75, "pad": 0.5})


def caption(mapped: PaperMap) -> str:
    """Return what a map shows, with what was reduced for want of papers."""
    n, clusters = len(mapped.papers), len(mapped.clusters)
    reduced = []
    if clusters < mapped.wanted_clusters:
        reduced.append(f"{clusters} clusters instead of {mapped.wanted_clusters}")
    if mapped.perplexity < PERPLEXITY:
        reduced.append(f"perplexity {mapped.perplexity:.1f} instead of {PERPLEXITY}")
    few = f" Reduced for want of papers: {', '.join(reduced)}." if reduced else ""
    apart = "" if mapped.silhouette is None else f" Mean silhouette in the plane: {mapped.silhouette:.2f}."
    return (
        f"Each mark is one paper (n = {n:,}): sentence embeddings of title and opening text ({mapped.embedding}), laid "
        f"out by t-SNE and grouped by K-means into {count(clusters, 'cluster')}, which bear the terms that tell their "
        f"papers from the others; circles are training, diamonds evaluation papers.{apart}{few} "
        "Distances between groups have no meaning in t-SNE."
    )


def _colour(cluster: int) -> str:
    return _COLOURS[(cluster - 1) % len(_COLOURS)]


def _short(paper: MappedPaper) -> str:
    name = paper.title or paper.file
    return name if len(name) <= 44 else f"{name[:43].rstrip()}…"
