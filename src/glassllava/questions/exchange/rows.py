"""A line of an exchanged file: one pair about one panel, with all that is known of it, in whatever form it is written.

In: a pair of the workspace, or what a file's line says. Out: `Row` values. Of a pair from elsewhere most fields are
missing. One that GlassLLaVA wrote carries a checksum, by which its import knows that it is unchanged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from glassllava.domains import Subcategory
from glassllava.records import Kind
from glassllava.workspace import identity

Side = Literal["training", "evaluation"]

_SIDES = {"train": "training", "validation": "evaluation", "test": "evaluation"}


class Quote(BaseModel):
    """A verbatim quote and where it stands; see `records.Question.evidence`."""

    quote: str = Field(min_length=1)
    page: int | None = None
    paragraph: int | None = None
    start: int | None = None
    end: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_bare_text_is_a_quote(cls, value: Any) -> Any:
        return {"quote": value} if isinstance(value, str) else value


class Attribute(BaseModel):
    """Something that a context tells."""

    type: str
    value: str
    quote: str
    page: int | None = None


class Rung(BaseModel):
    """One rung of a pair's context ladder."""

    level: str
    text: str
    attributes: list[Attribute]


class Mended(BaseModel):
    """Some fields of a pair; None where a field is not meant."""

    question: str | None = None
    answer: str | None = None
    category: str | None = None
    subcategory: str | None = None
    needs_image: bool | None = None

    def given(self) -> dict[str, Any]:
        """Return the fields that are meant."""
        return self.model_dump(exclude_none=True)


class Decision(BaseModel):
    """What a person decided about a pair; see `records.Review`."""

    reviewer: str | None
    """None in a public export."""
    decision: str
    changes: Mended
    comment: str | None
    seconds: float | None
    created: datetime


class Row(BaseModel):
    """One line of an exchanged file."""

    model_config = ConfigDict(extra="ignore")

    id: str = ""
    """The pair's id; where it is about several panels, with the panel's behind it."""
    image: str = ""
    """Path of the panel's image, relative to the file."""
    question: str = Field(pattern=r"\S")
    answer: str = Field(pattern=r"\S")
    category: str | None = None
    subcategory: Subcategory | None = None
    needs_image: bool = True
    evidence: list[Quote] = []
    contexts: list[Rung] = []
    panel: str | None = None
    """Its name, as "Figure 3a"."""
    panels: list[str] = []
    """Names of all panels that the pair is about."""
    caption: str = ""
    kind: Kind | None = None
    technique: str | None = None
    """How the picture was taken, in words; read where `kind` is missing, never written."""
    pixel_size_m: float | None = Field(default=None, gt=0)
    doi: str | None = None
    title: str | None = None
    authors: list[str] = []
    journal: str | None = None
    year: int | None = None
    file: str | None = None
    licence: str | None = None
    split: Annotated[Side | None, BeforeValidator(lambda side: _SIDES.get(side, side))] = None
    synthetic: bool | None = None
    generator: str | None = None
    """What wrote the pair."""
    review: str | None = None
    """`accepted`, `rejected`, `skipped` or None where no person has looked."""
    reviews: list[Decision] = []
    as_generated: Mended = Mended()
    """What a person changed, as it was before."""
    state: str | None = None
    gate: str | None = None
    reason: str | None = None
    question_id: str | None = None
    panel_id: str | None = None
    panel_ids: list[str] = []
    made_from: str | None = None
    checksum: str | None = None
    """Of all that belongs to the pair; a line whose checksum is another was changed after it was written."""

    def of_the_pair(self) -> str:
        """Return the checksum of what belongs to the pair, and not to one panel or to the paper."""
        return identity("exchanged-pair", self.model_dump(mode="json", include=_OF_THE_PAIR))

    @property
    def unchanged(self) -> bool:
        """Whether it is as GlassLLaVA wrote it."""
        return self.checksum is not None and self.checksum == self.of_the_pair()

    def machine(self) -> dict[str, Any]:
        """Return the fields that a person may mend as they were generated."""
        return {name: getattr(self, name) for name in Mended.model_fields} | self.as_generated.given()


_OF_THE_PAIR = {
    "question", "answer", "category", "subcategory", "needs_image", "evidence", "contexts", "generator", "reviews",
    "as_generated", "state", "gate", "reason", "question_id", "panel_ids", "made_from",
}  # fmt: skip
