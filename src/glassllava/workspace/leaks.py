"""What would leak from training into evaluation, for the overlay: papers and panels that are left out of training.

In: the Likeness rows and the side of each paper. Out: `Leaks`, computed on each read, so that a paper whose side
changes, or a likeness that is no longer found, needs no second word.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from glassllava.records import Likeness, Paper


class Leaks(NamedTuple):
    """Training material that evaluation holds too."""

    papers: frozenset[str]
    """Papers that share their work (by DOI or title) or a passage with an evaluation paper."""
    panels: frozenset[str]
    """Panels that show the picture of an evaluation paper's panel."""


def read_leaks(session: Session) -> Leaks:
    """Return what is on the training side and shared with the evaluation side."""
    papers: set[str] = set()
    panels: set[str] = set()
    sides = {paper: side for paper, side in session.execute(select(Paper.id, Paper.split)) if side is not None}
    for found in session.scalars(select(Likeness)):
        ends = ((found.paper_id, found.panel_id), (found.other_paper_id, found.other_panel_id))
        for (paper, panel), (other, _) in (ends, ends[::-1]):
            if (sides.get(paper), sides.get(other)) == ("training", "evaluation"):
                if panel is None:
                    papers.add(paper)
                else:
                    panels.add(panel)
    return Leaks(frozenset(papers), frozenset(panels))
