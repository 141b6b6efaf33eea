"""How much of a benchmark answer an answer says: claim by claim, by words, meaning, numbers and negation.

In: two texts, the question, and the unit vectors of their claims. Out: a `Comparison` with each reference claim's
support (0 to 1), what contradicts it, and how much of the answer is to the point.

Formulae, for each reference claim c and each claim u of the response:

- ``r(c, u)``: share of c's words (by root) and quantities that u holds, each word that the question holds already
  counting `TOLD_WEIGHT`. ``R(c)``: the same against the whole response.
- ``m(c, u) = ramp(cos(c, u); low, MEANING_HIGH)`` with ``low = max(MEANING_LOW, cos(c, question))``: how much nearer
  u is to the claim than the bare question is.
- ``support = w + (1 - w) * PARAPHRASE * m`` with ``w = ramp(r + ELSEWHERE * (R - r); CHANCE, 1)``: words found count
  fully; what the words do not cover counts as far as the meaning is near.
- The best u is taken by this support; if that is `SAME_SUBJECT` or more and u contradicts c (`contradiction`), it is
  multiplied by `CONTRADICTED`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassllava.evaluation.claims import Claim, claim, claims, roots
from glassllava.evaluation.contradiction import contradiction, quantities_agree

Vectors = Mapping[str, NDArray[np.float32]]
"""Unit vector of each text, shape (384,)."""

TOLD_WEIGHT = 0.25
"""Words of the reference that the question holds tell nothing: whoever repeats the question has them. Not 0, so that
a claim made of them alone can still be supported."""

MEANING_LOW = 0.35
"""Cosine at which similar meaning begins. MiniLM gives unrelated sentences of one field 0.05 to 0.3."""

MEANING_HIGH = 0.90
"""Cosine of a restatement; above it lie spelling and word order."""

PARAPHRASE = 0.6
"""Credit for meaning without the words. Below 1: "round" and "needle-shaped" stand equally near "spherical", so
the meaning alone cannot tell right from wrong."""

ELSEWHERE = 0.5
"""Credit for words of a claim that the response holds, but in another claim than the one that fits best."""

CHANCE = 0.15
"""Share of a claim's words that any text of some length has by chance ("run", "long"); it counts nothing."""

SAME_SUBJECT = 0.2
"""Support below which two claims speak of different things, which cannot contradict each other."""

CONTRADICTED = 0.2
"""What is left of a claim that is contradicted: the subject was understood. Not 0, so that a wrong answer about the
right thing stands above an answer about nothing."""

QUANTITY_WEIGHT = 2.0
"""A number with its unit carries as much as the two words it replaces."""


@dataclass(frozen=True, slots=True)
class ClaimSupport:
    """One claim of the reference and what the response says of it."""

    claim: str
    weight: float
    support: float
    """0 to 1, after `CONTRADICTED`."""
    meaning: float
    """The largest m of any claim of the response, 0 to 1; 0 where contradicted."""
    by: str | None
    """The response's claim that fits best."""
    contradiction: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A response against its reference."""

    claims: tuple[ClaimSupport, ...]
    coverage: float
    """Mean support by weight, 0 to 1."""
    accuracy: float
    """Share of the reference's weight that is not contradicted, 0 to 1."""
    relevance: float
    """Share of the response's claims that speak of what reference or question speak of, 0 to 1."""


def texts_to_embed(question: str, reference: str, response: str) -> list[str]:
    """Return every text whose vector `compare` asks for."""
    return [question, *(c.text for c in claims(reference)), *(c.text for c in claims(response))]


def compare(question: str, reference: str, response: str, vectors: Vectors) -> Comparison:
    """Compare a response with the reference; both need words.

    Raises
    ------
    KeyError
        A text of `texts_to_embed` has no vector.
    """
    wanted, given = claims(reference), claims(response)
    told = frozenset(roots(question))
    there = np.stack([vectors[c.text] for c in wanted])  # [reference claims, 384]
    here = np.stack([vectors[c.text] for c in given])  # [response claims, 384]
    cosines = there @ here.T  # [reference claims, response claims]
    to_question = there @ vectors[question]  # [reference claims]
    whole = claim(response)
    supports = tuple(
        _support(c, given, whole, told, cosines[row], float(to_question[row])) for row, c in enumerate(wanted)
    )
    total = sum(s.weight for s in supports)
    nearest = np.maximum(cosines.max(axis=0), here @ vectors[question])  # [response claims]
    return Comparison(
        claims=supports,
        coverage=sum(s.weight * s.support for s in supports) / total,
        accuracy=sum(s.weight for s in supports if s.contradiction is None) / total,
        relevance=float(np.mean([ramp(float(c), 0.0, MEANING_LOW) for c in nearest])),
    )


def ramp(value: float, low: float, high: float) -> float:
    """Return 0 at `low` and below, 1 at `high` and above, and a straight line between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _support(
    wanted: Claim,
    given: Sequence[Claim],
    whole: Claim,
    told: frozenset[str],
    cosines: NDArray[np.float32],
    to_question: float,
) -> ClaimSupport:
    everywhere = _word_share(wanted, whole, told)
    low = min(max(MEANING_LOW, to_question), MEANING_HIGH - 0.05)
    best, by, meaning = -1.0, given[0], 0.0
    for unit, cosine in zip(given, cosines, strict=True):
        in_unit = _word_share(wanted, unit, told)
        words = ramp(in_unit + ELSEWHERE * max(0.0, everywhere - in_unit), CHANCE, 1.0)
        near = ramp(float(cosine), low, MEANING_HIGH)
        meaning = max(meaning, near)
        support = words + (1 - words) * PARAPHRASE * near
        if support > best:
            best, by = support, unit
    against = contradiction(wanted, by) if best >= SAME_SUBJECT else None
    return ClaimSupport(
        claim=wanted.text,
        weight=_weight(wanted, told),
        support=best * CONTRADICTED if against else best,
        meaning=0.0 if against else meaning,
        by=by.text if best > 0 else None,
        contradiction=against,
    )


def _weight(wanted: Claim, told: frozenset[str]) -> float:
    words = sum(TOLD_WEIGHT if word in told else 1.0 for word in wanted.roots)
    return words + QUANTITY_WEIGHT * len(wanted.quantities)


def _word_share(wanted: Claim, given: Claim, told: frozenset[str]) -> float:
    """Return the share of a claim's weight whose words and quantities are given."""
    mine = set(given.roots)
    found = sum(TOLD_WEIGHT if word in told else 1.0 for word in wanted.roots if word in mine)
    found += QUANTITY_WEIGHT * sum(
        any(quantities_agree(quantity, other) for other in given.quantities) for quantity in wanted.quantities
    )
    return found / _weight(wanted, told)
