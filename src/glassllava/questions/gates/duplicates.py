"""The gate against pairs that were made before in nearly the same words."""

from __future__ import annotations

from glassllava.questions.gates.known_answers import share_of_words
from glassllava.questions.gates.surroundings import Surroundings
from glassllava.questions.source import Draft
from glassllava.text.overlap import content_words, ngrams
from glassllava.text.quantities import numbers_in

ALIKE = 0.8
"""Share of common content words from which two answers about one panel, or two questions, count as the same."""
ALIKE_ELSEWHERE = 0.9
"""Share of common five-word runs for answers about different panels, which may rightly differ in one word alone."""


def not_a_near_duplicate(draft: Draft, around: Surroundings) -> str | None:
    """Refuse a pair that was made before in nearly the same words.

    About one panel, an answer counts as given before whatever the order of its sentences, unless its numbers are
    others; in another category only where the question is the same too. About another panel, it must be the same nearly
    word for word: what two panels show may differ in little.
    """
    if not content_words(draft.answer):
        return "the answer is too short to compare"
    for share, other in around.known.like(draft):
        same_panel = bool(set(other.panels) & set(draft.panels))
        again = _said_again(draft, other, share) if same_panel else _copied(draft, other)
        if again and (draft.category == other.category or share_of_words(draft.question, other.question) >= ALIKE):
            return f"like “{other.question[:60]}” ({share:.0%} of its words)"
    return None


def _said_again(draft: Draft, other: Draft, share: float) -> bool:
    mine, theirs = set(numbers_in(draft.answer)), set(numbers_in(other.answer))
    return share >= ALIKE and not (mine - theirs and theirs - mine)


def _copied(draft: Draft, other: Draft) -> bool:
    mine, theirs = ngrams(draft.answer), ngrams(other.answer)
    return len(mine & theirs) >= ALIKE_ELSEWHERE * len(mine | theirs)
