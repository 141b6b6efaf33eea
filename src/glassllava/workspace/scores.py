"""Scores: every planned answer with its assessments, the evaluator's word laid over the judge's.

In: answers, judgements, questions and reviews. Out: one flat `ScoreView` per answer and assessment, from which
every mean is made; what failed is there too, with its state and without a value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from glassllava.records import Answer, Judgement
from glassllava.workspace.overlay import QuestionView, reviews_by_target


class ScoreView(BaseModel):
    """One assessment of one answer, as it enters the tables."""

    model_config = ConfigDict(frozen=True)

    answer_id: str
    question_id: str
    paper_id: str
    synthetic: bool
    category: str
    subcategory: str
    model: str
    checkpoint_id: str | None
    level: str
    condition: str
    sample: int
    prompt: str
    image: str | None
    text: str | None
    """The model's answer."""
    assessment: str | None
    """None where the answer was not judged (it failed or is only planned)."""
    judge: str | None
    state: str
    """The answer's state unless it is `ok`; then the judgement's; `unjudged` where there is none."""
    value: float | None
    """The evaluator's value where there is one, else the judge's; None unless the state is `ok`."""
    judge_value: float | None
    overridden: bool
    detail: dict[str, Any]
    reason: str | None


def score_views(session: Session, questions: Mapping[str, QuestionView]) -> list[ScoreView]:
    """Return the scores of all answers of the present grid whose question stands unchanged and accepted."""
    judgements: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in session.scalars(select(Judgement).order_by(Judgement.assessment, Judgement.judge)):
        judgements[judgement.answer_id].append(judgement)
    reviews = reviews_by_target(session, "judgement")
    views = []
    for answer in session.scalars(select(Answer).where(Answer.superseded.is_(False)).order_by(Answer.id)):
        question = questions.get(answer.question_id)
        if question is None or not question.accepted or question.fingerprint != answer.made_from:
            continue
        base: dict[str, Any] = {
            "answer_id": answer.id,
            "question_id": question.id,
            "paper_id": question.paper_id,
            "synthetic": question.synthetic,
            "category": question.category,
            "subcategory": question.subcategory,
            "model": answer.model,
            "checkpoint_id": answer.checkpoint_id,
            "level": answer.level,
            "condition": answer.condition,
            "sample": answer.sample,
            "prompt": answer.prompt,
            "image": answer.image,
            "text": answer.text,
        }
        if answer.state != "ok" or not judgements[answer.id]:
            views.append(
                ScoreView(
                    **base,
                    assessment=None,
                    judge=None,
                    state=answer.state if answer.state != "ok" else "unjudged",
                    value=None,
                    judge_value=None,
                    overridden=False,
                    detail={},
                    reason=answer.reason,
                )
            )
        views.extend(
            _with_override(base, judgement, reviews.get(judgement.id, [])) for judgement in judgements[answer.id]
        )
    return views


def _with_override(base: dict[str, Any], judgement: Judgement, reviews: list[Any]) -> ScoreView:
    state, value, overridden = judgement.state, judgement.value, False
    for review in reviews:
        if "value" in review.changes:
            overridden = True
            value = review.changes["value"]
            state = "ok" if value is not None else "not_applicable"
    return ScoreView(
        **base,
        assessment=judgement.assessment,
        judge=judgement.judge,
        state=state,
        value=value if state == "ok" else None,
        judge_value=judgement.value,
        overridden=overridden,
        detail=judgement.detail,
        reason=judgement.reason,
    )
