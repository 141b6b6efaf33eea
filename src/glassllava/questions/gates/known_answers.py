"""Answers that were given before, and which of them a new one must be compared with.

In: drafts of pairs. Out: those about the same panel, and those about other panels whose answers are copied nearly word
for word. Of other panels' answers only those that can reach the least share of common five-word runs are compared: in
one order of all runs, two sets with a share of at least t have a run in common among the first n − ⌈t n⌉ + 1 of each
(the prefix filter of Chaudhuri, Ganti and Kaushik, ICDE 2006, doi:10.1109/ICDE.2006.9), so that a pair is not held
against the whole of a large corpus.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from glassllava.questions.source import Draft
from glassllava.text.overlap import content_words, ngrams

COPIED = 0.9
"""Share of common five-word runs from which an answer is a copy of one about another panel; below it, the two may
rightly differ in one word alone."""

Run = tuple[str, ...]


@lru_cache(maxsize=32768)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


def share_of_words(text: str, other: str) -> float:
    """Return the share of content words that two texts have in common, 0 to 1 (Jaccard).

    Neither the order of the sentences, nor articles, nor the plural changes it.
    """
    mine, theirs = _words_of(text), _words_of(other)
    return len(mine & theirs) / max(1, len(mine | theirs))


def _is_copied(text: str, other: str) -> bool:
    mine, theirs = ngrams(text), ngrams(other)
    return len(mine & theirs) >= COPIED * len(mine | theirs)


@lru_cache(maxsize=32768)
def _first_runs(text: str) -> tuple[Run, ...]:
    """Return the runs of which a text and its copy share one."""
    runs = sorted(ngrams(text))
    return tuple(runs[: len(runs) - math.ceil(COPIED * len(runs)) + 1])


@dataclass(slots=True)
class KnownAnswers:
    """Accepted pairs, found again by their panels and by the runs of words of their answers."""

    _by_panel: dict[str, list[Draft]] = field(default_factory=lambda: defaultdict(list))
    _by_run: dict[Run, list[Draft]] = field(default_factory=lambda: defaultdict(list))

    def add(self, draft: Draft) -> None:
        """Take a pair in."""
        for panel in draft.panels:
            self._by_panel[panel].append(draft)
        for run in _first_runs(draft.answer):
            self._by_run[run].append(draft)

    def of_the_same_panel(self, draft: Draft) -> list[Draft]:
        """Return the pairs that share a panel with this one."""
        return _each_once(self._by_panel.get(panel, []) for panel in draft.panels)

    def copied_elsewhere(self, draft: Draft) -> list[Draft]:
        """Return the pairs about other panels whose answers are this one nearly word for word."""
        near = _each_once(self._by_run.get(run, []) for run in _first_runs(draft.answer))
        own = set(draft.panels)
        return [other for other in near if not own & set(other.panels) and _is_copied(draft.answer, other.answer)]


def _each_once(lists: Iterable[list[Draft]]) -> list[Draft]:
    return list({id(draft): draft for drafts in lists for draft in drafts}.values())
