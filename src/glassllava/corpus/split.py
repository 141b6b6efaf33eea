"""The split by paper: about the same share of papers and of panels is kept for evaluation.

In: the workspace's papers and accepted panels, and what papers share (`glassllava.corpus.leakage`). Out: `Paper.split`.
A paper keeps its split for ever, so that nothing that was trained on is evaluated later; new papers are divided so that
the whole comes nearest to the share asked for (the paper of this system: 62 of 72 papers and 404 of 481 images for
training). Papers that share a DOI, a title, a picture or a passage are on one side.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import select

from glassllava.corpus.leakage import check, joined
from glassllava.records import Likeness, Paper
from glassllava.workspace import Workspace

_RESTARTS = 64
_NEAREST = (0, 0.5)
"""Papers and panels by which a choice misses when no other can be nearer."""


class Split(BaseModel):
    """How the corpus is divided."""

    training_papers: int
    training_panels: int
    evaluation_papers: int
    evaluation_panels: int
    assigned: int
    """Papers that got their split now."""
    joined: int
    """Papers that are alike to another one, and so not divided from it."""
    left_out_panels: int
    """Panels left out of training because evaluation, fixed before, holds their picture, text or work."""
    failed: list[tuple[str, str]]
    """Panels whose image could not be compared with others, with the reason."""


def split(workspace: Workspace) -> Split:
    """Give each paper without a split one, and return how the whole is divided.

    Papers without an accepted panel go to training, where they change nothing.
    """
    settings = workspace.settings.split
    failed = check(workspace).failed
    with workspace.run("corpus split") as progress:
        panels = Counter(panel.paper_id for panel in workspace.panels() if panel.accepted)
        with workspace.writing() as session:
            papers = list(session.scalars(select(Paper).where(Paper.state == "ok").order_by(Paper.id)))
            alike = joined(session.scalars(select(Likeness)))
            unassigned = [paper for paper in papers if paper.split is None]
            undivided = _follow_their_like(papers, alike)
            fixed = {_name([paper]) for paper in papers if paper.split == "evaluation"}
            others = {
                _name([paper]): panels[paper.id] for paper in papers if paper.split is not None and panels[paper.id] > 0
            }
            candidates = {
                _name(group): [panels[paper.id] for paper in group if panels[paper.id]] for group in undivided
            }
            candidates = {name: sizes for name, sizes in candidates.items() if sizes}
            chosen = choose_evaluation(candidates, others, fixed, settings.evaluation_share, settings.seed)
            for group in undivided:
                for paper in group:
                    paper.split = "evaluation" if _name(group) in chosen else "training"
            divided = {paper.id: paper.split for paper in papers}
        progress.advance(f"{len(unassigned)} papers")
    views = workspace.panels()
    sides = Counter(panel.split for panel in views if panel.accepted)
    return Split(
        training_papers=sum(part == "training" for part in divided.values()),
        training_panels=sides["training"],
        evaluation_papers=sum(part == "evaluation" for part in divided.values()),
        evaluation_panels=sides["evaluation"],
        assigned=len(unassigned),
        joined=sum(len(group) for group in alike),
        left_out_panels=sum(panel.leaked for panel in views),
        failed=failed,
    )


def _name(group: Iterable[Paper]) -> str:
    """Return what papers are drawn by: a DOI first, so that another copy of a PDF is divided alike."""
    return min(f"{(paper.doi or '').lower()} {paper.id}" for paper in group)


def _follow_their_like(papers: Sequence[Paper], alike: Iterable[set[str]]) -> list[list[Paper]]:
    """Put new papers on the side of one that they are alike to; return the groups that are still to be divided.

    Where such papers stand on both sides already, a new one goes to evaluation.
    """
    group_of = {key: min(group) for group in alike for key in group}
    groups: dict[str, list[Paper]] = {}
    for paper in papers:
        groups.setdefault(group_of.get(paper.id, paper.id), []).append(paper)
    undivided = []
    for group in groups.values():
        sides = {paper.split for paper in group if paper.split is not None}
        if not sides:
            undivided.append(group)
        for paper in group:
            if sides and paper.split is None:
                paper.split = "evaluation" if "evaluation" in sides else "training"
    return undivided


def choose_evaluation(
    candidates: Mapping[str, Sequence[int]],
    others: Mapping[str, int],
    fixed: set[str],
    share: float,
    seed: int,
) -> set[str]:
    """Choose which of the candidate groups of papers are kept for evaluation.

    Parameters
    ----------
    candidates
        Name of each group that is to be divided to the numbers of panels (> 0) of its papers, most often one.
    others
        Paper to its number of panels, for the papers that have their split already.
    fixed
        Those of `others` that are kept for evaluation.
    share
        Wanted share of papers and of panels, between 0 and 1.
    seed
        Makes the choice among equally good divisions.

    Returns
    -------
    set of str
        Names from `candidates`. As soon as there are two groups with panels in all, at least one is kept for
        evaluation and at least one is left for training.

    Notes
    -----
    The number of papers comes first (the share of all, rounded); among choices nearest to that many papers, seeded
    restarts of a descent by swaps look for the one whose share of panels is nearest.
    """
    papers = sum(map(len, candidates.values())) + len(others)
    fixed_here = {paper for paper in fixed if paper in others}
    alone = len(fixed_here) == len(others)
    if not candidates or len(candidates) + len(others) < 2 or (alone and others and len(candidates) == 1):
        return set()
    wanted = min(max(1, round(share * papers)), papers - 1)
    count = wanted - len(fixed_here)
    if count <= 0:
        return set()
    panels = sum(map(sum, candidates.values())) + sum(others.values())
    target = _Sum(count, share * panels - sum(others[paper] for paper in fixed_here))
    sizes = {name: _Sum(len(group), sum(group)) for name, group in candidates.items()}
    best: tuple[tuple[float, float], list[str]] | None = None
    for restart in range(_RESTARTS):
        tried = _descend(sizes, target, random.Random(f"{seed}:{restart}"))
        if best is None or tried[0] < best[0]:
            best = tried
        if best[0] <= _NEAREST:
            break
    assert best is not None
    return set(best[1])


class _Sum(NamedTuple):
    papers: int
    panels: float


def _miss(total: _Sum, target: _Sum) -> tuple[float, float]:
    return abs(total.papers - target.papers), abs(total.panels - target.panels)


def _descend(sizes: Mapping[str, _Sum], target: _Sum, rng: random.Random) -> tuple[tuple[float, float], list[str]]:
    """Return by how much a choice misses the target, and the choice."""
    order = sorted(sizes)
    rng.shuffle(order)
    inside: list[str] = []
    outside: list[str] = []
    total = _Sum(0, 0)
    for name in order:
        fits = total.papers + sizes[name].papers <= target.papers
        (inside if fits else outside).append(name)
        if fits:
            total = _Sum(total.papers + sizes[name].papers, total.panels + sizes[name].panels)
    if not inside:
        inside = [min(order, key=lambda name: sizes[name])]
        outside.remove(inside[0])
        total = sizes[inside[0]]
    improved = True
    while improved and _miss(total, target) > _NEAREST:
        improved = False
        for i, kept in enumerate(inside):
            for j, left in enumerate(outside):
                swapped = _Sum(
                    total.papers - sizes[kept].papers + sizes[left].papers,
                    total.panels - sizes[kept].panels + sizes[left].panels,
                )
                if _miss(swapped, target) < _miss(total, target):
                    inside[i], outside[j] = left, kept
                    total, improved = swapped, True
                    break
    return _miss(total, target), inside
