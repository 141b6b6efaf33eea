"""Answers that were given before, and which of them a new one must be compared with.

In: drafts of pairs. Out: those about the same panel, and those about other panels whose answers use nearly the same
words. Answers are compared by the sets of their content words (Jaccard), so that neither the order of the sentences,
nor articles, nor the plural hides a copy. Of other panels' answers only those that can reach the least share are
compared: in one order of all words, two sets with a share of at least t have a word in common among the first
n − ⌈t n⌉ + 1 of each (the prefix filter of Chaudhuri, Ganti and Kaushik, ICDE 2006, doi:10.1109/ICDE.2006.9), so that a
pair is not held against the whole of a large corpus.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from glassllava.questions.source import Draft
from glassllava.text.overlap import content_words

LEAST_SHARE = 0.8
"""Least share of common words of answers about different panels that is looked for."""


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
    """Accepted pairs, found again by their panels and by the words of their answers."""

    _by_panel: dict[str, list[Draft]] = field(default_factory=lambda: defaultdict(list))
    _by_word: dict[str, list[Draft]] = field(default_factory=lambda: defaultdict(list))

    def add(self, draft: Draft) -> None:
        """Take a pair in."""
        for panel in draft.panels:
            self._by_panel[panel].append(draft)
        for word in _first(_words_of(draft.answer)):
            self._by_word[word].append(draft)

    def of_the_same_panel(self, draft: Draft) -> list[Draft]:
        """Return the pairs that share a panel with this one."""
        return _each_once(self._by_panel.get(panel, []) for panel in draft.panels)

    def alike_elsewhere(self, draft: Draft) -> list[Draft]:
        """Return the pairs about other panels whose answers share at least `LEAST_SHARE` of their words with this."""
        near = _each_once(self._by_word.get(word, []) for word in _first(_words_of(draft.answer)))
        own = set(draft.panels)
        return [
            other
            for other in near
            if not own & set(other.panels) and share_of_words(draft.answer, other.answer) >= LEAST_SHARE
        ]


def _each_once(lists: Iterable[list[Draft]]) -> list[Draft]:
    return list({id(draft): draft for drafts in lists for draft in drafts}.values())
