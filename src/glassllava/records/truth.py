"""What is known of synthetic papers: which they are, and the scene that each of their panels shows.

In: the truth files that lie beside synthetic papers, by way of `glassllava.corpus`. Out: one row a panel, which the
report holds answers against. Nothing that is asked, answered or trained reads it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record

SYNTHETIC_DOI_PREFIX = "10.5555/"
"""Crossref's prefix for examples: no publisher can register a DOI under it, so no real paper has one."""


def is_synthetic_doi(doi: str | None) -> bool:
    """Tell whether a DOI is of the prefix that is reserved for examples.

    Parameters
    ----------
    doi
        A bare DOI, or None where a paper has none.

    Examples
    --------
    >>> is_synthetic_doi("10.5555/glassllava.0007"), is_synthetic_doi("10.1016/j.x.2020.1"), is_synthetic_doi(None)
    (True, False, False)
    """
    return doi is not None and doi.startswith(SYNTHETIC_DOI_PREFIX)


class SceneTruth(Record):
    """The scene behind one panel of a synthetic paper.

    The panel is named without a foreign key: a panel that a newer reading no longer finds is removed, and its truth
    is then simply not asked for.
    """

    __tablename__ = "scene_truth"

    panel_id: Mapped[str] = mapped_column(Id, primary_key=True)
    paper_id: Mapped[str] = mapped_column(Id, index=True)
    scene: Mapped[dict[str, Any]]
    """The scene as its truth file tells it: `family`, `known`, `names`, `defect`, `artefact` and more."""
