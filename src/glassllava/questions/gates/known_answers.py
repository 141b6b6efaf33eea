"""Answers that were given before, and which of them a new one is much like.

In: drafts of pairs. Out: the accepted draft whose answer uses nearly the same words, with the share. Two answers are
compared by the sets of their content words (Jaccard), so that neither the order of the sentences, nor articles, nor the
plural hides a copy. Only answers that can reach the least share are compared: in one order of all words, two sets with
a share of at least t have a word in common among the first n − ⌈t n⌉ + 1 of each (the prefix filter of Chaudhuri, Ganti
and Kaushik, ICDE 2006, doi:10.1109/ICDE.2006.9), so that a large corpus costs no more than a small one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from glassllava.questions.source import Draft
from glassllava.text.overlap import content_words

LEAST_SHARE = 0.75
"""Least share of common words that is ever looked for."""


@lru_cache(maxsize=32768)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


def share_of_words(text: str, other: str) -> float:
    """Return the share of content words that two texts have in common, 0 to 1 (Jaccard)."""
    mine, theirs = _words_of(text), _words_of(other)
    return len(mine & theirs) / max(1, len(mine | theirs))


def _first(words: frozenset[str]) -> list[str]:
    """Return the words of which two similar answers share one; long words come first, for they are rare."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return ordered[: len(words) - math.ceil(LEAST_SHARE * len(words)) + 1]


@dataclass(slots=True)
class KnownAnswers:
    """Accepted pairs, found again by the words of their answers."""

    _by_word: dict[str, list[Draft]] = field(default_factory=lambda: defaultdict(list))

    def add(self, draft: Draft) -> None:
        """Take a pair in."""
        for word in _first(_words_of(draft.answer)):
            self._by_word[word].append(draft)

    def like(self, draft: Draft) -> list[tuple[float, Draft]]:
        """Return the pairs whose answers share at least `LEAST_SHARE` of their words with this one's."""
        words = _first(_words_of(draft.answer))
        near = {id(other): other for word in words for other in self._by_word.get(word, ())}
        found = []
        for other in near.values():
            share = share_of_words(draft.answer, other.answer)
            if share >= LEAST_SHARE:
                found.append((share, other))
        return found
