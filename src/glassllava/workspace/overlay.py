"""What everyone downstream reads: machine records with people's reviews laid over them.

In: records and reviews. Out: `PanelView` and `QuestionView`, computed on each read, so that neither a machine's
nor a person's word is ever overwritten, and so that what was made from a changed record shows as stale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from glassllava.records import Figure, Mention, Panel, Paper, Question, Review
from glassllava.settings import AcceptanceSettings
from glassllava.workspace.identity import identity
from glassllava.workspace.leaks import Leaks, read_leaks
from glassllava.workspace.reviews import PanelChanges, QuestionChanges

_VERDICTS = {"accept": "accepted", "reject": "rejected", "skip": "skipped"}


class MentionView(BaseModel):
    """A citing sentence of a panel and where it stands."""

    model_config = ConfigDict(frozen=True)

    page: int
    text: str
    paragraph: int
    start: int
    end: int


class PanelView(BaseModel):
    """A panel as everyone downstream sees it: the machine's findings with people's decisions over them."""

    model_config = ConfigDict(frozen=True)

    id: str
    paper_id: str
    figure_id: str | None
    doi: str | None
    file: str
    page: int | None
    figure: str | None
    label: str | None
    name: str
    box: tuple[float, float, float, float] | None
    kind: str
    kind_confidence: float
    pixel_size_m: float | None
    pixel_size_source: str | None
    caption: str
    figure_caption: str
    mentions: tuple[MentionView, ...]
    image: str
    """SHA-256 of the stored image."""
    width: int
    height: int
    origin: str
    split: str | None
    synthetic: bool
    review: str | None
    """`accepted`, `rejected`, `skipped` or None where no person has looked."""
    accepted: bool
    """By the workspace's acceptance policy, and not leaked."""
    leaked: bool
    """Would be accepted, but is on the training side and shares its picture or text with the evaluation side."""
    fingerprint: str
    """Changes when anything changes that questions are made from."""


class QuestionView(BaseModel):
    """A question with people's decisions over it, and whether what it was made from has changed since."""

    model_config = ConfigDict(frozen=True)

    id: str
    paper_id: str
    panel_ids: tuple[str, ...]
    panels: tuple[str, ...]
    """Names of the panels, as "Figure 3a"."""
    file: str
    doi: str | None
    category: str
    subcategory: str
    question: str
    answer: str
    evidence: tuple[dict[str, Any], ...]
    needs_image: bool
    generator: str
    state: str
    gate: str | None
    reason: str | None
    split: str | None
    synthetic: bool
    review: str | None
    accepted: bool
    """Passed the gates (or a person accepted it), not rejected by a person, and not stale."""
    stale: bool
    fingerprint: str


class _Decisions:
    """The last verdict and the accumulated changes of one record's reviews."""

    def __init__(self, reviews: Sequence[Review], fields: frozenset[str]) -> None:
        self.verdict: str | None = None
        self.changes: dict[str, Any] = {}
        self.replaced = False
        for review in reviews:
            self.verdict = _VERDICTS.get(review.decision, self.verdict)
            self.changes.update({key: value for key, value in review.changes.items() if key in fields})
            self.replaced = self.replaced or review.decision in {"split", "merge"}


def reviews_by_target(session: Session, target: str) -> dict[str, list[Review]]:
    """Return all reviews of the records of one kind, oldest first, by the record's id."""
    found: dict[str, list[Review]] = defaultdict(list)
    for review in session.scalars(select(Review).where(Review.target == target).order_by(Review.id)):
        found[review.target_id].append(review)
    return found


def panel_name(figure: Figure | None, label: str | None) -> str:
    """Return the name of a panel as papers print it: "Figure 3a", "Figure S1"; "Image" for an imported one."""
    if figure is None:
        return "Image"
    supplementary = figure.supplementary and figure.label[:1].isdigit()
    return f"{'Supplementary ' if supplementary else ''}Figure {figure.label}{label or ''}"


def panel_views(session: Session, acceptance: AcceptanceSettings) -> list[PanelView]:
    """Return all panels that stand (not split or merged into others), in order of paper and place."""
    reviews = reviews_by_target(session, "panel")
    leaks = read_leaks(session)
    mentions: dict[tuple[str, str, bool], list[Mention]] = defaultdict(list)
    for mention in session.scalars(select(Mention).order_by(Mention.paragraph, Mention.start)):
        mentions[mention.paper_id, mention.figure, mention.supplementary].append(mention)
    rows = session.execute(
        select(Panel, Paper, Figure)
        .join(Paper, Panel.paper_id == Paper.id)
        .outerjoin(Figure, Panel.figure_id == Figure.id)
        # A paper's whole text would come with every one of its panels.
        .options(defer(Paper.paragraphs))
        .order_by(Paper.file, Paper.id, Panel.position, Panel.id)
    )
    views = []
    for panel, paper, figure in rows:
        decisions = _Decisions(reviews.get(panel.id, ()), frozenset(PanelChanges.model_fields))
        if not decisions.replaced:
            citing = mentions[paper.id, figure.label, figure.supplementary] if figure is not None else []
            views.append(_panel_view(panel, paper, figure, decisions, citing, acceptance, leaks))
    return views


def _panel_view(
    panel: Panel,
    paper: Paper,
    figure: Figure | None,
    decisions: _Decisions,
    citing: Iterable[Mention],
    acceptance: AcceptanceSettings,
    leaks: Leaks,
) -> PanelView:
    changes = decisions.changes
    label = changes.get("label", panel.label)
    kind = changes.get("kind", panel.kind)
    caption = changes.get("caption", panel.caption)
    box = changes.get("box", panel.box)
    mentions = tuple(
        MentionView(page=m.page, text=m.text, paragraph=m.paragraph, start=m.start, end=m.end)
        for m in citing
        if not m.panels or label is None or label in m.panels
    )
    by_machine = (
        panel.origin != "person"
        and kind in acceptance.kinds
        and ("kind" in changes or panel.kind_confidence >= acceptance.min_confidence)
    )
    leaks_here = paper.id in leaks.papers or panel.id in leaks.panels
    wanted = decisions.verdict == "accepted" or (
        acceptance.policy == "auto" and decisions.verdict != "rejected" and by_machine
    )
    name = panel_name(figure, label)
    figure_caption = figure.caption if figure is not None else panel.caption
    return PanelView(
        id=panel.id,
        paper_id=paper.id,
        figure_id=panel.figure_id,
        doi=paper.doi,
        file=paper.file,
        page=panel.page,
        figure=figure.label if figure is not None else None,
        label=label,
        name=name,
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        kind=kind,
        kind_confidence=1.0 if "kind" in changes else panel.kind_confidence,
        pixel_size_m=changes.get("pixel_size_m", panel.pixel_size_m),
        pixel_size_source="person" if "pixel_size_m" in changes else panel.pixel_size_source,
        caption=caption,
        figure_caption=figure_caption,
        mentions=mentions,
        image=panel.image,
        width=panel.width,
        height=panel.height,
        origin=panel.origin,
        split=paper.split,
        synthetic=paper.synthetic,
        review=decisions.verdict,
        accepted=wanted and not leaks_here,
        leaked=wanted and leaks_here,
        fingerprint=identity(
            "panel-content",
            name,
            caption,
            kind,
            panel.image,
            [[m.paragraph, m.start, m.text] for m in mentions],
        ),
    )


def made_from(panels: Iterable[PanelView]) -> str:
    """Return the fingerprint of several panels together: what a question was made from."""
    return identity("made-from", sorted(panel.fingerprint for panel in panels))


def question_fingerprint(key: str, fields: Mapping[str, Any]) -> str:
    """Return the fingerprint of a question: what its contexts and answers were made from.

    Parameters
    ----------
    key
        The question's id.
    fields
        What a person may mend on it (`QuestionChanges`), as it stands.
    """
    return identity("question-content", key, fields)


def question_views(session: Session, panels: Mapping[str, PanelView]) -> list[QuestionView]:
    """Return all questions, in order of paper and panel, with staleness against the panels as they are now."""
    reviews = reviews_by_target(session, "question")
    rows = session.execute(
        select(Question, Paper)
        .join(Paper, Question.paper_id == Paper.id)
        # A paper's whole text would come with every one of its questions.
        .options(defer(Paper.paragraphs))
        .order_by(Paper.file, Question.id)
    )
    views = []
    for question, paper in rows:
        decisions = _Decisions(reviews.get(question.id, ()), frozenset(QuestionChanges.model_fields))
        shown = [panels[key] for key in question.panel_ids if key in panels]
        stale = (
            question.superseded
            or len(shown) != len(question.panel_ids)
            or not all(panel.accepted for panel in shown)
            or made_from(shown) != question.made_from
        )
        passed = question.state == "accepted" or decisions.verdict == "accepted"
        fields = {name: decisions.changes.get(name, getattr(question, name)) for name in QuestionChanges.model_fields}
        views.append(
            QuestionView(
                id=question.id,
                paper_id=paper.id,
                panel_ids=tuple(question.panel_ids),
                panels=tuple(panel.name for panel in shown),
                file=paper.file,
                doi=paper.doi,
                evidence=tuple(question.evidence),
                generator=question.generator,
                state=question.state,
                gate=question.gate,
                reason=question.reason,
                split=paper.split,
                synthetic=paper.synthetic,
                review=decisions.verdict,
                accepted=passed and decisions.verdict != "rejected" and not stale,
                stale=stale,
                fingerprint=question_fingerprint(question.id, fields),
                **fields,
            )
        )
    first_place = {key: place for place, key in enumerate(panels)}
    return sorted(views, key=lambda view: (view.file, min((first_place.get(k, 0) for k in view.panel_ids), default=0)))
