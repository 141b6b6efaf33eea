"""The map of the papers of a workspace.

In: papers with their paragraphs, or the captions of imported panels. Out: `glassllava.text.mapping.PaperMap`, from the
same computation that the report's Figure S1 is drawn from.
"""

from __future__ import annotations

from collections import defaultdict

from glassllava.errors import WorkspaceError
from glassllava.text.mapping import CLUSTERS, LEAST_PAPERS, PaperMap, map_texts, paper_text
from glassllava.workspace import Workspace


def map_papers(workspace: Workspace, clusters: int = CLUSTERS) -> PaperMap:
    """Lay the papers out in the plane by what they speak of, and group them.

    Parameters
    ----------
    workspace
        Its real papers are mapped where there are any, else its synthetic ones, as in the report.
    clusters
        Number of groups, at least 2.

    Raises
    ------
    WorkspaceError
        There are fewer than five papers with text.
    MissingExtra
        The extra `offline`, which holds the embedder, is not installed.
    """
    captions: dict[str, list[str]] = defaultdict(list)
    for panel in workspace.panels():
        captions[panel.paper_id].append(panel.caption)
    with workspace.run("corpus map") as progress:
        read = [paper for paper in workspace.papers() if paper.state == "ok"]
        chosen = [paper for paper in read if not paper.synthetic] or read
        mapped = map_texts([paper_text(paper, captions[paper.id]) for paper in chosen], clusters)
        if mapped is None:
            raise WorkspaceError(
                f"{workspace.path} has {len(chosen)} papers; a map needs {LEAST_PAPERS} with text, so add papers first."
            )
        progress.advance(f"{len(mapped.papers)} papers")
    return mapped
