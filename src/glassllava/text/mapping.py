"""The map of a collection: its papers laid out in the plane by what they speak of, in clusters with titles.

In: papers with their text. Out: `PaperMap`, which the command shows and the report draws. As published: one embedding a
paper, t-SNE to the plane, K-means in the plane, five clusters. The published study let a language model name the
clusters; here the terms do that a cluster's papers use and others do not (class-based TF-IDF).

References
----------
Poličar et al., J. Stat. Softw. 109 (2024) 3, doi:10.18637/jss.v109.i03 (openTSNE); van der Maaten and Hinton, JMLR 9
(2008) 2579; Rousseeuw, J. Comput. Appl. Math. 20 (1987) 53, doi:10.1016/0377-0427(87)90125-7 (silhouette);
Grootendorst, arXiv 2203.05794 (class-based TF-IDF).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from glassllava.records import Paper
from glassllava.text.embeddings import embed
from glassllava.text.overlap import STOPWORDS, tokens

CLUSTERS = 5
"""Groups of papers in the map, as published."""
PERPLEXITY = 30
"""Of t-SNE where there are papers enough: its customary value."""
LEAST_PAPERS = 5
"""Fewer papers make no map: with two or three the plane holds nothing but their order."""
TITLE_TERMS = 3

_CHARACTERS, _PIECES = 900, 8
_SEED = 0


class MappedPaper(BaseModel):
    """A paper in the plane."""

    file: str
    title: str | None
    doi: str | None
    split: str | None
    x: float
    """Without unit, as `y`: distances between groups mean nothing in t-SNE."""
    y: float
    cluster: int
    """From 1, numbered from the left."""


class Cluster(BaseModel):
    """Papers that lie together."""

    cluster: int
    title: str
    """The terms that tell its papers from the others, the most telling first."""
    papers: int
    training: int
    evaluation: int


class PaperMap(BaseModel):
    """A collection in the plane."""

    papers: list[MappedPaper]
    clusters: list[Cluster]
    silhouette: float | None
    """Mean silhouette of the clusters in the plane, -1 to 1; above 0.5 they are apart. None for fewer than two."""
    perplexity: float
    wanted_clusters: int
    """Clusters that were asked for; few papers make fewer."""
    embedding: str = "all-MiniLM-L6-v2"


class PaperText(BaseModel):
    """A paper with what it says."""

    file: str
    title: str | None
    doi: str | None
    split: str | None
    text: str


def paper_text(paper: Paper, captions: Iterable[str]) -> PaperText:
    """Return a paper with its title and paragraphs; with the captions of its panels where it has no paragraphs."""
    body = [str(paragraph.get("text", "")) for paragraph in paper.paragraphs] or list(dict.fromkeys(captions))
    return PaperText(
        file=paper.file,
        title=paper.title,
        doi=paper.doi,
        split=paper.split,
        text="\n".join([paper.title or "", *body]).strip(),
    )


def map_texts(papers: Sequence[PaperText], clusters: int = CLUSTERS) -> PaperMap | None:
    """Lay papers out in the plane and group them there; the same papers give the same map.

    Parameters
    ----------
    papers
        Those without text are left out.
    clusters
        Number of groups, at least 2.

    Returns
    -------
    PaperMap or None
        None for fewer than `LEAST_PAPERS` papers with text. With few papers the perplexity is reduced to (n − 1)/3,
        and the number of clusters to n/2.

    Raises
    ------
    MissingExtra
        The extra `offline`, which holds the embedder, is not installed.
    """
    told = [paper for paper in papers if paper.text]
    if len(told) < LEAST_PAPERS:
        return None
    vectors = _embeddings([paper.text for paper in told])
    perplexity = min(float(PERPLEXITY), (len(told) - 1) / 3)
    places = lay_out(vectors, perplexity)
    groups, silhouette = group(places, min(clusters, len(told) // 2))
    titles = _titles(told, groups)
    return PaperMap(
        papers=[
            MappedPaper(
                file=paper.file,
                title=paper.title,
                doi=paper.doi,
                split=paper.split,
                x=round(float(x), 4),
                y=round(float(y), 4),
                cluster=int(number) + 1,
            )
            for paper, (x, y), number in zip(told, places, groups, strict=True)
        ],
        clusters=[
            Cluster(
                cluster=number + 1,
                title=title,
                papers=int((groups == number).sum()),
                training=_of_side(told, groups == number, "training"),
                evaluation=_of_side(told, groups == number, "evaluation"),
            )
            for number, title in enumerate(titles)
        ],
        silhouette=silhouette,
        perplexity=perplexity,
        wanted_clusters=clusters,
    )


def lay_out(vectors: NDArray[np.float32], perplexity: float) -> NDArray[np.float64]:
    """Lay vectors [n, d] out in the plane by t-SNE with cosine distances; return places [n, 2], without unit."""
    from openTSNE import TSNE

    layout = TSNE(
        perplexity=perplexity,
        metric="cosine",
        initialization="pca",
        negative_gradient_method="bh",
        neighbors="exact",
        random_state=_SEED,
        n_jobs=1,
    ).fit(np.asarray(vectors, dtype=np.float64))
    return np.asarray(layout, dtype=np.float64)


def group(places: NDArray[np.float64], clusters: int) -> tuple[NDArray[np.int_], float | None]:
    """Group places [n, 2] by K-means; return the group of each, numbered from the left, and the mean silhouette."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    found = KMeans(n_clusters=clusters, n_init=10, random_state=_SEED).fit_predict(places)
    order = sorted(set(found.tolist()), key=lambda number: float(places[found == number, 0].mean()))
    groups = np.array([order.index(number) for number in found.tolist()])
    apart = 1 < len(order) < len(places)
    return groups, round(float(silhouette_score(places, groups)), 4) if apart else None


def _embeddings(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the mean embedding of each text's opening pieces, as unit vectors [n, d]."""
    pieces, owners = [], []
    for place, text in enumerate(texts):
        cut = [text[at : at + _CHARACTERS] for at in range(0, min(len(text), _CHARACTERS * _PIECES), _CHARACTERS)]
        pieces += cut
        owners += [place] * len(cut)
    vectors = embed(pieces)
    means = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
    np.add.at(means, owners, vectors)
    unit: NDArray[np.float32] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return unit


def _titles(papers: Sequence[PaperText], groups: NDArray[np.int_]) -> list[str]:
    """Return for each group the terms that its papers use and others do not."""
    clusters = int(groups.max()) + 1
    weights = [Counter[str]() for _ in range(clusters)]
    held = [Counter[str]() for _ in range(clusters)]
    for paper, number in zip(papers, groups.tolist(), strict=True):
        # A paper's title says as much of it as its text, and a long text no more than a short one.
        for said in (paper.title or "", paper.text[: _CHARACTERS * _PIECES]):
            terms = _terms(said)
            for term, times in terms.items():
                weights[number][term] += times / terms.total()
        held[number].update(_terms(paper.text[: _CHARACTERS * _PIECES]).keys())
    everywhere = sum(weights, Counter[str]())
    spread = sum(held, Counter[str]())
    mean = everywhere.total() / clusters
    titles = []
    for number, weight in enumerate(weights):
        least = 2 if (groups == number).sum() > 2 else 1
        telling = {
            term: value * np.log(1 + mean / everywhere[term]) * held[number][term] / spread[term]
            for term, value in weight.items()
            if held[number][term] >= least
        }
        titles.append(", ".join(_apart(sorted(telling, key=lambda term: (-telling[term], term)))) or "no common term")
    return titles


def _terms(text: str) -> Counter[str]:
    """Return the words of a text and the pairs that stand side by side, without numbers and small words."""
    words = [word if _tells(word) else "" for word in map(_singular, tokens(text))]
    pairs = [f"{a} {b}" for a, b in pairwise(words) if a and b and a != b]
    return Counter([*(word for word in words if word), *pairs])


def _tells(word: str) -> bool:
    return len(word) > 3 and word.isalpha() and word not in STOPWORDS and word not in _OF_ANY_PAPER


_OF_ANY_PAPER = frozenset(
    re.findall(
        r"\S+",
        """abstract accepted according active analysis approach article attribution author available based behavior
    behaviour bright case characterization characterized coated colour common compared copyright creative curve
    dark department different direct dried effect electron elsevier energy enhanced experimental figure first
    found general give good heated high higher image imaged imaging important increase increased inset
    international introduction investigated journal keyword large left licence license lower made magnification
    make many mapping material mean measured method microscope microscopic microscopy much nano necessary note
    novel number observed obtained online open order outlined paper part performance picture prepared present
    presented process property published received report reported representative research respectively result
    review right room scale scanning schematic science second selection several show showed shown side simple
    since single size small spectra spectrum structure studied study surface system technique technology
    temperature therefore third thus time towards treated type typical universal university used using value
    various very view well white work""",
    )
)
"""Words, in the singular, that tell no paper from another."""


def _singular(word: str) -> str:
    if len(word) > 6 and word.endswith("ies"):
        return word if word == "species" else f"{word[:-3]}y"
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _apart(terms: Sequence[str]) -> list[str]:
    """Return the first terms that share no word with each other."""
    kept: list[str] = []
    for term in terms:
        if len(kept) == TITLE_TERMS:
            break
        if not any(set(term.split()) & set(other.split()) for other in kept):
            kept.append(term)
    return kept


def _of_side(papers: Sequence[PaperText], here: NDArray[np.bool_], side: str) -> int:
    return sum(paper.split == side for paper, is_here in zip(papers, here.tolist(), strict=True) if is_here)
