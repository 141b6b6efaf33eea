"""The gates for what a pair asks and answers: in its category, and not answered by its own question."""

from __future__ import annotations

from glassllava.questions.categories import category_strengths
from glassllava.questions.gates.surroundings import Surroundings
from glassllava.questions.source import Draft
from glassllava.text.overlap import content_words
from glassllava.text.quantities import find_quantities
from glassllava.text.sentences import sentences

CONTAINED = 0.6
"""Share of the answer's content words in the question from which the question gives the answer away."""
LEAST_MEASURES = 2
"""Fewest numbers with units that give it away together; one alone may name the sample ("the rod of 2 mm")."""


def category_fits(draft: Draft, around: Surroundings) -> str | None:
    """Refuse an answer that does not use its category's words, or uses another's four times as much."""
    known = {category.name: category for category in around.domain.categories}
    if draft.category not in known:
        return f"the domain has no category {draft.category}"
    if draft.subcategory not in known[draft.category].subcategories:
        return f"{draft.category} has no {draft.subcategory} questions"
    strengths = category_strengths(sentences(draft.answer), around.domain)
    own = strengths[draft.category]
    if draft.category == around.domain.categories[0].name:
        return None if own > 0 else f"no word of {draft.category}"
    rivals = [value for name, value in strengths.items() if name != around.domain.categories[0].name]
    if own < 0.5 or own < 0.25 * max(rivals):
        strongest = max(strengths, key=lambda name: strengths[name])
        return f"speaks of {strongest} rather than {draft.category}"
    return None


def answer_is_not_in_the_question(draft: Draft, around: Surroundings) -> str | None:  # noqa: ARG001 - a gate's form
    """Refuse a question that holds most of its answer, or all of two or more measures in it and whatever else is new.

    Measures may name the sample ("heated at 555 °C for 2 h"): where a sentence of the answer says something new, the
    question has not given the answer away by them.
    """
    answer = content_words(draft.answer)
    asked = set(content_words(draft.question))
    if not answer:
        return "the answer says nothing"
    shared = sum(word in asked for word in answer) / len(answer)
    if shared >= CONTAINED:
        return f"{shared:.0%} of the answer stands in the question"
    told = _measures(draft.answer)
    if len(told) < LEAST_MEASURES or not told <= _measures(draft.question):
        return None
    if any(not _measures(sentence) and _is_new(sentence, asked) for sentence in sentences(draft.answer)):
        return None
    return "all measures of the answer stand in the question"


def _measures(text: str) -> set[str]:
    return {found.text for found in find_quantities(text) if found.unit}


def _is_new(sentence: str, asked: set[str]) -> bool:
    """Whether the question holds less than half of a sentence's words."""
    words = content_words(sentence)
    return sum(word in asked for word in words) < len(words) / 2
