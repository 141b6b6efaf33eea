"""The split by paper: about the same share of papers and of panels is kept for evaluation.

In: the workspace's papers and accepted panels. Out: `Paper.split`. A paper keeps its split for ever, so that
nothing that was trained on is evaluated later; new papers are divided so that the whole comes nearest to the
share asked for (the paper of this system: 62 of 72 papers and 404 of 481 images for training).
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping

from pydantic import BaseModel
from sqlalchemy import select

from glassllava.records import Paper
from glassllava.workspace import Workspace

_RESTARTS = 64


class Split(BaseModel):
    """How the corpus is divided."""

    training_papers: int
    training_panels: int
    evaluation_papers: int
    evaluation_panels: int
    assigned: int
    """Papers that got their split now."""


def split(workspace: Workspace) -> Split:
    """Give each paper without a split one, and return how the whole is divided.

    Papers without an accepted panel go to training, where they change nothing.
    """
    settings = workspace.settings.split
    with workspace.run("corpus split") as progress:
        panels = Counter(panel.paper_id for panel in workspace.panels() if panel.accepted)
        with workspace.writing() as session:
            papers = list(session.scalars(select(Paper).where(Paper.state == "ok").order_by(Paper.id)))
            _follow_their_doi(papers)
            unassigned = [paper for paper in papers if paper.split is None]
            fixed = {_name(paper) for paper in papers if paper.split == "evaluation"}
            candidates = {_name(paper): panels[paper.id] for paper in unassigned if panels[paper.id] > 0}
            others = {
                _name(paper): panels[paper.id] for paper in papers if paper.split is not None and panels[paper.id] > 0
            }
            chosen = choose_evaluation(candidates, others, fixed, settings.evaluation_share, settings.seed)
            for paper in unassigned:
                paper.split = "evaluation" if _name(paper) in chosen else "training"
            _follow_their_doi(papers)
            divided = {paper.id: paper.split for paper in papers}
        progress.advance(f"{len(unassigned)} papers")
    return Split(
        training_papers=sum(part == "training" for part in divided.values()),
        training_panels=sum(n for paper, n in panels.items() if divided.get(paper) == "training"),
        evaluation_papers=sum(part == "evaluation" for part in divided.values()),
        evaluation_panels=sum(n for paper, n in panels.items() if divided.get(paper) == "evaluation"),
        assigned=len(unassigned),
    )


def _name(paper: Paper) -> str:
    """Return what a paper is drawn by: its DOI first, so that another copy of its PDF is divided alike."""
    return f"{(paper.doi or '').lower()} {paper.id}"


def _follow_their_doi(papers: list[Paper]) -> None:
    """Put records of one DOI (a PDF and a set of its images, say) on the side of the first that has one.

    Evaluation wins where they were divided apart before they were known to be one.
    """
    sides: dict[str, set[str]] = defaultdict(set)
    for paper in papers:
        if paper.doi and paper.split:
            sides[paper.doi.lower()].add(paper.split)
    for paper in papers:
        if paper.doi and sides[paper.doi.lower()]:
            paper.split = "evaluation" if "evaluation" in sides[paper.doi.lower()] else "training"


def choose_evaluation(
    candidates: Mapping[str, int],
    others: Mapping[str, int],
    fixed: set[str],
    share: float,
    seed: int,
) -> set[str]:
    """Choose which of the candidate papers are kept for evaluation.

    Parameters
    ----------
    candidates
        Paper id to its number of panels (> 0), for the papers to be divided.
    others
        The same for the papers that have their split already.
    fixed
        Those of `others` that are kept for evaluation.
    share
        Wanted share of papers and of panels, between 0 and 1.
    seed
        Makes the choice among equally good divisions.

    Returns
    -------
    set of str
        Ids from `candidates`. As soon as there are two papers with panels in all, at least one is kept for
        evaluation and at least one is left for training.

    Notes
    -----
    The number of papers comes first (the share of all, rounded); among choices of that many papers, seeded
    restarts of a descent by swaps look for the one whose share of panels is nearest.
    """
    papers = len(candidates) + len(others)
    if papers < 2 or not candidates:
        return set()
    fixed_here = {paper for paper in fixed if paper in others}
    wanted = min(max(1, round(share * papers)), papers - 1)
    count = min(max(0, wanted - len(fixed_here)), len(candidates))
    if len(candidates) == papers:
        count = min(count, papers - 1)
    if count == 0:
        return set()
    target = share * (sum(candidates.values()) + sum(others.values())) - sum(others[p] for p in fixed_here)
    best: tuple[float, list[str]] | None = None
    for restart in range(_RESTARTS):
        choice = _descend(candidates, count, target, random.Random(f"{seed}:{restart}"))
        miss = abs(sum(candidates[paper] for paper in choice) - target)
        if best is None or miss < best[0]:
            best = miss, choice
    assert best is not None
    return set(best[1])


def _descend(candidates: Mapping[str, int], count: int, target: float, rng: random.Random) -> list[str]:
    order = sorted(candidates)
    rng.shuffle(order)
    inside, outside = order[:count], order[count:]
    total = sum(candidates[paper] for paper in inside)
    improved = True
    while improved:
        improved = False
        for i, kept in enumerate(inside):
            for j, left in enumerate(outside):
                swapped = total - candidates[kept] + candidates[left]
                if abs(swapped - target) < abs(total - target):
                    inside[i], outside[j] = left, kept
                    total, improved = swapped, True
                    break
    return inside
