"""The gate against pairs that were made before in nearly the same words."""

from __future__ import annotations

from glassllava.questions.gates.known_answers import share_of_words
from glassllava.questions.gates.surroundings import Surroundings
from glassllava.questions.source import Draft
from glassllava.text.overlap import content_words
from glassllava.text.quantities import numbers_in

ALIKE = 0.8
"""Share of common content words from which two answers about one panel, or two questions, count as the same."""
ALIKE_TO_THE_SAME_QUESTION = 0.6
"""The same for answers to one question: with most words in common, the second is the first in other words."""


def not_a_near_duplicate(draft: Draft, around: Surroundings) -> str | None:
    """Refuse a pair that was made before in nearly the same words.

    About one panel, an answer counts as given before whatever the order of its sentences, unless its numbers are
    others; in another category only where the question is the same too. About another panel, it must be the same nearly
    word for word: what two panels show may differ in little.
    """
    if not content_words(draft.answer):
        return "the answer is too short to compare"
    again = [other for other in around.known.of_the_same_panel(draft) if _said_again(draft, other)]
    again += [other for other in around.known.copied_elsewhere(draft) if draft.category == other.category]
    if not again:
        return None
    return f"like “{again[0].question[:60]}” ({share_of_words(draft.answer, again[0].answer):.0%} of its words)"


def _said_again(draft: Draft, other: Draft) -> bool:
    mine, theirs = set(numbers_in(draft.answer)), set(numbers_in(other.answer))
    if mine - theirs and theirs - mine:
        return False
    share = share_of_words(draft.answer, other.answer)
    same_question = share_of_words(draft.question, other.question) >= ALIKE
    same_kind = (draft.category, draft.subcategory) == (other.category, other.subcategory)
    if same_question and same_kind:
        return share >= ALIKE_TO_THE_SAME_QUESTION
    return share >= ALIKE and (same_question or draft.category == other.category)
