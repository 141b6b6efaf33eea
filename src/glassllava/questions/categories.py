"""How strongly a text speaks the language of each category of questions.

In: sentences and a domain. Out: a strength for each category; used by the generator and by the gates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from glassllava.domains import CategoryRole, Domain
from glassllava.text.terms import find_terms

VISIBLE: tuple[CategoryRole, ...] = ("overview", "seen", "defects")
"""Roles of the categories whose answers are read off the image."""


@lru_cache(maxsize=8192)
def _term_weights(text: str, vocabularies: tuple[tuple[str, ...], ...]) -> tuple[Mapping[str, float], ...]:
    """Return for each vocabulary its terms found in a text, each weighed by how few vocabularies know it."""
    found = [{match.text.lower() for match in find_terms(text, terms)} for terms in vocabularies]
    counts = Counter(word for words in found for word in words)
    return tuple({word: 1.0 / counts[word] for word in words} for words in found)


def category_strengths(sentences: Iterable[str], domain: Domain) -> dict[str, float]:
    """Return how strongly sentences speak the language of each category.

    A category's strength is the number of its distinct terms found, each divided by the number of categories
    that know it.
    """
    vocabularies = tuple(category.terms for category in domain.categories)
    merged: list[dict[str, float]] = [{} for _ in vocabularies]
    for sentence in sentences:
        for target, weights in zip(merged, _term_weights(sentence, vocabularies), strict=True):
            target.update(weights)
    return {category.name: sum(weights.values()) for category, weights in zip(domain.categories, merged, strict=True)}
