"""What a review may say: checked before it is written, because reviews are never removed.

In: target, decision and changed fields as a caller gives them. Out: the fields as they are stored, or one sentence
that says what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from glassllava.errors import WorkspaceError
from glassllava.records import Judgement, Kind, Panel, Question

DECISIONS = ("accept", "reject", "skip", "change")

Box = tuple[float, float, float, float]


class _Changes(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PanelChanges(_Changes):
    """What a person may mend on a panel."""

    label: str | None = None
    caption: str = ""
    kind: Kind = "other"
    pixel_size_m: Annotated[float, Field(gt=0)] | None = None
    box: Box = (0.0, 0.0, 0.0, 0.0)


class QuestionChanges(_Changes):
    """What a person may mend on a question."""

    question: Annotated[str, Field(min_length=1)] = "?"
    answer: Annotated[str, Field(min_length=1)] = "."
    category: str = ""
    subcategory: Literal["simple", "complex"] = "simple"
    needs_image: bool = True


class JudgementChanges(_Changes):
    """The evaluator's own value; None where the assessment is not applicable."""

    value: float | None = None


_TARGETS: Mapping[str, tuple[type[_Changes], type[Panel] | type[Question] | type[Judgement]]] = {
    "panel": (PanelChanges, Panel),
    "question": (QuestionChanges, Question),
    "judgement": (JudgementChanges, Judgement),
}


def checked_changes(
    session: Session, target: str, target_id: str, decision: str, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the changed fields as they are stored.

    Raises
    ------
    WorkspaceError
        The target is of no known kind or does not exist, the decision is none of `DECISIONS`, or a field may not be
        mended or cannot have that value.
    """
    if target not in _TARGETS:
        raise WorkspaceError(f"A review is of a {', '.join(_TARGETS)}; '{target}' is none of them.")
    if decision not in DECISIONS:
        raise WorkspaceError(f"A decision is one of {', '.join(DECISIONS)}; '{decision}' is none of them.")
    model, record = _TARGETS[target]
    if session.get(record, target_id) is None:
        raise WorkspaceError(f"There is no {target} with the id {target_id}.")
    try:
        return model.model_validate(changes).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise WorkspaceError(f"'{field}' of a {target} cannot be changed so: {first['msg'].lower()}.") from error
