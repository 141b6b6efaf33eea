"""Pairs as rows: what generators and gates decided goes into the workspace, and what stands there comes out.

In: drafts with their verdicts. Out: Question rows; drafts again, for the gate against duplicates; the figures of a run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field
from sqlalchemy import update
from sqlalchemy.orm import Session

from glassllava.domains import Domain
from glassllava.questions.gates import Surroundings
from glassllava.questions.source import Draft, Evidence, PanelText, PaperText
from glassllava.records import Question
from glassllava.workspace import PanelView, QuestionView, Workspace, identity
from glassllava.workspace.overlay import made_from

Verdict = tuple[Draft, tuple[str, str] | None]
"""A draft, and the gate that refused it with its reason; None where all let it pass."""


class Generated(BaseModel):
    """What one run of `generate` did, and what stands in the workspace after it."""

    papers: int
    """Papers whose pairs were made now."""
    known: int
    """Papers that needed nothing."""
    made: int
    """Pairs made now, accepted or not."""
    accepted: int
    """Pairs of the workspace that are accepted and not stale."""
    rejected: int
    """Pairs of the workspace that a gate refused."""
    gates: dict[str, int]
    """Refused pairs by the gate's name."""
    categories: dict[str, int]
    """Accepted pairs by category."""
    panels: int
    """Accepted panels."""
    pairs_per_panel: float | None
    """Accepted pairs of an accepted panel, counted once for each panel that a pair is about; None without panels."""
    asked: int = 0
    """Calls made now, of the model that writes and the one that checks."""
    stored: int = 0
    """Answers that were there already."""
    states: dict[str, int] = Field(default_factory=dict)
    """All answers by state; empty where no model was asked."""
    remarks: list[str] = Field(default_factory=list)
    """What a reader must know of the models that were asked."""
    failed: list[tuple[str, str]] = Field(default_factory=list)
    """Panel and reason where a model gave no pairs."""


def accepted_before(workspace: Workspace) -> dict[str, list[Draft]]:
    """Return the accepted pairs of the workspace, by paper, for the gate against duplicates."""
    found: dict[str, list[Draft]] = defaultdict(list)
    for view in workspace.questions():
        if view.accepted:
            found[view.paper_id].append(_draft_of(view))
    return found


def surroundings(
    paper: PaperText, texts: Sequence[PanelText], domain: Domain, before: Mapping[str, Sequence[Draft]], but: set[str]
) -> Surroundings:
    """Return what the gates of a paper look at: its text and panels, and the pairs of all papers but some."""
    around = Surroundings(paper, {text.id: text for text in texts}, domain)
    for other, drafts in before.items():
        for draft in drafts if other not in but else ():
            around.accept(draft)
    return around


def _draft_of(view: QuestionView) -> Draft:
    return Draft(
        panels=view.panel_ids,
        category=view.category,
        subcategory="complex" if view.subcategory == "complex" else "simple",
        question=view.question,
        answer=view.answer,
        evidence=tuple(Evidence(**item) for item in view.evidence),
        needs_image=view.needs_image,
        generator=view.generator,
    )


IMPORTED = "import/"
"""How the generator of a pair begins that came from a file; no generator's run touches it."""


def mark_superseded(workspace: Workspace, paper_id: str, origin: str) -> None:
    """Mark the pairs of a paper that another generator made, or this one by other rules, words or text."""
    made = Question.paper_id == paper_id, ~Question.generator.startswith(IMPORTED)
    with workspace.writing() as session:
        session.execute(update(Question).where(*made).values(superseded=Question.generator != origin))


def write_pairs(
    session: Session,
    paper_id: str,
    origin: str,
    verdicts: Sequence[Verdict],
    panels: dict[str, PanelView],
) -> None:
    """Write the drafts of a paper with their verdicts as Question rows, those of before anew."""
    for draft, refusal in verdicts:
        shown = sorted(draft.panels)
        session.merge(
            Question(
                id=identity("question", origin, shown, draft.category, draft.subcategory, draft.question, draft.answer),
                paper_id=paper_id,
                panel_ids=list(draft.panels),
                category=draft.category,
                subcategory=draft.subcategory,
                question=draft.question,
                answer=draft.answer,
                evidence=[
                    {"quote": e.quote, "page": e.page, "paragraph": e.paragraph, "start": e.start, "end": e.end}
                    for e in draft.evidence
                ],
                needs_image=draft.needs_image,
                generator=origin,
                state="accepted" if refusal is None else "rejected",
                gate=None if refusal is None else refusal[0],
                reason=None if refusal is None else refusal[1],
                made_from=made_from(panels[key] for key in draft.panels),
            )
        )


def figures_of(workspace: Workspace, new: int, known: int, made: int) -> Generated:
    """Return what stands in the workspace, with what a run did: papers done now, papers that needed nothing, pairs."""
    questions = workspace.questions()
    accepted = [question for question in questions if question.accepted]
    refused = Counter(q.gate for q in questions if q.state == "rejected" and q.gate is not None)
    panels = sum(panel.accepted for panel in workspace.panels())
    told = sum(len(question.panel_ids) for question in accepted)
    return Generated(
        papers=new,
        known=known,
        made=made,
        accepted=len(accepted),
        rejected=sum(refused.values()),
        gates=dict(refused.most_common()),
        categories=dict(Counter(question.category for question in accepted).most_common()),
        panels=panels,
        pairs_per_panel=round(told / panels, 2) if panels else None,
    )
