"""What a synthetic panel truly shows, for those who measure.

In: the SceneTruth rows. Out: one `SceneTruthView` a panel, with the fields that an answer can be held against; the
rest of a scene (sizes, counts, how it was recorded) stays in its row.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from glassllava.records import SceneTruth


class SceneTruthView(BaseModel):
    """The scene behind one synthetic SEM panel."""

    model_config = ConfigDict(frozen=True)

    family: str
    """What kind of structure it is, as "spherulites"."""
    known: bool
    """Whether the embedded base model was trained on scenes of this family."""
    names: tuple[str, ...]
    """Words that name what is shown; a trailing ``*`` stands for any ending (see `glassllava.text.terms`)."""
    defect: str | None
    """The defect in it, as "crack"; None where there is none."""
    artefact: str | None
    """What comes of preparation or imaging, as "charging", and is no defect of the material; None where there is
    none."""


def scene_truths(session: Session) -> dict[str, SceneTruthView]:
    """Return what is known of the scenes, by the id of the panel that shows each, in order of that id."""
    rows = session.scalars(select(SceneTruth).order_by(SceneTruth.panel_id))
    return {row.panel_id: SceneTruthView.model_validate(row.scene) for row in rows}
