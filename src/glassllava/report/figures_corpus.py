"""Figures about the collection: Figure 2 (context added to the questions) and Figure S1 (map of the papers).

In: papers, panels, questions and contexts of `rows`. Out: plates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassllava.errors import MissingExtra
from glassllava.records import LEVELS, Paper
from glassllava.report.figures_style import (
    BLUE,
    GREEN,
    INK,
    LEVEL_NAMES,
    MUTED,
    ORANGE,
    PURPLE,
    SHEET,
    VERMILLION,
    Plate,
    new_figure,
    vertical_grid,
)
from glassllava.report.remarks import count
from glassllava.report.rows import Rows

CLUSTERS = 5
"""Groups of papers in the map, as published."""
PERPLEXITY = 30
"""Of t-SNE where there are papers enough: its customary value."""
LEAST_PAPERS = 5
"""Fewer papers make no map: with two or three the plane holds nothing but their order."""

_CHARACTERS, _PIECES = 900, 8


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


@dataclass(frozen=True)
class PaperMap:
    """Papers in the plane, with their groups."""

    places: NDArray[np.float64]
    """[n, 2], without unit."""
    groups: NDArray[np.int_]
    """[n]"""
    perplexity: float


def map_papers(vectors: NDArray[np.float32]) -> PaperMap:
    """Lay papers out in the plane by t-SNE and group them there by K-means.

    Parameters
    ----------
    vectors : ndarray, shape [n, d]
        One embedding a paper; n of at least `LEAST_PAPERS`.

    Returns
    -------
    PaperMap
        Groups are numbered from the left. With few papers the perplexity is reduced to (n − 1)/3, and the number
        of groups to n/2.

    References
    ----------
    Poličar et al., J. Stat. Softw. 109 (2024) 3, doi:10.18637/jss.v109.i03 (openTSNE); van der Maaten and Hinton,
    JMLR 9 (2008) 2579.
    """
    from openTSNE import TSNE
    from sklearn.cluster import KMeans

    n = len(vectors)
    perplexity = min(float(PERPLEXITY), (n - 1) / 3)
    layout = TSNE(
        perplexity=perplexity,
        metric="cosine",
        initialization="pca",
        negative_gradient_method="bh",
        neighbors="exact",
        random_state=0,
        n_jobs=1,
    ).fit(np.asarray(vectors, dtype=np.float64))
    places = np.asarray(layout, dtype=np.float64)
    groups = KMeans(n_clusters=min(CLUSTERS, n // 2), n_init=10, random_state=0).fit_predict(places)
    order = sorted(set(groups.tolist()), key=lambda group: float(places[groups == group, 0].mean()))
    return PaperMap(places, np.array([order.index(group) for group in groups.tolist()]), perplexity)


def paper_map(rows: Rows) -> Plate:
    """Figure S1: papers by what their text speaks of; training and evaluation marked."""
    key, number, title = "figure-s1", "Figure S1", "Map of the papers by what they speak of"
    papers = [paper for paper in rows.papers if paper.state == "ok" and _text(paper)]
    if len(papers) < LEAST_PAPERS:
        return Plate(
            key,
            number,
            title,
            f"A map needs {LEAST_PAPERS} papers with text; there are {len(papers)}, so none is drawn.",
        )
    try:
        vectors = _embeddings(papers)
    except MissingExtra as lacking:
        return Plate(key, number, title, f"The map was not drawn. {lacking}")
    mapped = map_papers(vectors)
    colours = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE)
    figure = new_figure(4.6)
    axis = figure.subplots()
    for split, marker in (("training", "o"), ("evaluation", "D"), (None, "x")):
        for group in range(int(mapped.groups.max()) + 1):
            here = [i for i, paper in enumerate(papers) if paper.split == split and mapped.groups[i] == group]
            if here:
                axis.scatter(
                    mapped.places[here, 0],
                    mapped.places[here, 1],
                    s=52,
                    marker=marker,
                    c=colours[group],
                    edgecolors=INK if marker != "x" else None,
                    linewidths=1.3 if split == "evaluation" else 0.4,
                )
        if any(paper.split == split for paper in papers):
            axis.scatter([], [], marker=marker, c=MUTED, s=40, label=split or "no split")
    for group in range(int(mapped.groups.max()) + 1):
        axis.scatter([], [], marker="s", c=colours[group], s=40, label=f"cluster {group + 1}")
    if len(papers) <= 24:
        for paper, place in zip(papers, mapped.places, strict=True):
            words = axis.annotate(
                _short(paper), (float(place[0]), float(place[1])), xytext=(7, 0), textcoords="offset points", fontsize=7
            )
            words.set_verticalalignment("center")
            words.set_bbox({"facecolor": SHEET, "edgecolor": "none", "alpha": 0.75, "pad": 0.5})
    axis.margins(0.16)
    axis.set_xlabel("t-SNE axis 1 (no unit)")
    axis.set_ylabel("t-SNE axis 2 (no unit)")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return Plate(key, number, title, _map_caption(len(papers), mapped), figure)


def _map_caption(n: int, mapped: PaperMap) -> str:
    clusters = int(mapped.groups.max()) + 1
    reduced = []
    if clusters < CLUSTERS:
        reduced.append(f"{clusters} clusters instead of {CLUSTERS}")
    if mapped.perplexity < PERPLEXITY:
        reduced.append(f"perplexity {mapped.perplexity:.1f} instead of {PERPLEXITY}")
    few = f" With so few papers both are reduced ({', '.join(reduced)})." if len(reduced) == 2 else ""
    few = few or (f" Reduced for want of papers: {reduced[0]}." if reduced else "")
    return (
        f"Each mark is one paper (n = {n}): sentence embeddings of title and opening text (all-MiniLM-L6-v2), laid out "
        f"by t-SNE and grouped by K-means; circles are training, diamonds evaluation papers.{few} "
        "Distances between groups have no meaning in t-SNE."
    )


def _embeddings(papers: list[Paper]) -> NDArray[np.float32]:
    from glassllava.text.embeddings import embed

    pieces, owners = [], []
    for place, paper in enumerate(papers):
        text = _text(paper)
        cut = [text[at : at + _CHARACTERS] for at in range(0, min(len(text), _CHARACTERS * _PIECES), _CHARACTERS)]
        pieces += cut
        owners += [place] * len(cut)
    vectors = embed(pieces)
    means = np.zeros((len(papers), vectors.shape[1]), dtype=np.float32)
    np.add.at(means, owners, vectors)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (means / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


def _text(paper: Paper) -> str:
    body = [str(paragraph.get("text", "")) for paragraph in paper.paragraphs]
    return "\n".join([paper.title or "", *body]).strip()


def _short(paper: Paper) -> str:
    name = paper.title or paper.file
    return name if len(name) <= 34 else f"{name[:33].rstrip()}…"
