"""Overall quality, 0 to 100: how near an answer comes to the benchmark answer, which is 100.

In: a `Comparison` of both. Out: a verdict with its criteria. Every answer has this assessment; looked at over the
context levels it is the paper's context assessment.

The paper names five criteria. Three are measured: coverage, accuracy (contradicted claims lose four fifths of their
support) and relevance; of fluency only that a text does not repeat itself; contextual understanding not at all.

    quality = 100 * coverage * (1 - RELEVANCE_SHARE * (1 - relevance)) * fluency
"""

from __future__ import annotations

from dataclasses import asdict

from glassllava.evaluation.comparison import Comparison
from glassllava.evaluation.judging import Verdict
from glassllava.text.overlap import ngrams, tokens

RELEVANCE_SHARE = 0.15
"""What an answer loses that speaks of other things besides. Small: an answer longer than the benchmark may be
better, and the paper lets it reach 100."""

REPETITION_WORDS = 3
"""Runs of three words: shorter ones recur in any prose."""

CLAIMS_KEPT = 8
"""Claims written beside the score, for people; the figures hold all."""


def quality(comparison: Comparison, reference: str, response: str) -> Verdict:
    """Return the quality of a response, to one decimal."""
    fluency = min(1.0, _fresh_share(response) / _fresh_share(reference))
    value = 100 * comparison.coverage * (1 - RELEVANCE_SHARE * (1 - comparison.relevance)) * fluency
    missed = [c.claim for c in comparison.claims if c.support < 0.5 and c.contradiction is None]
    against = [c.contradiction for c in comparison.claims if c.contradiction is not None]
    return Verdict(
        "ok",
        round(value, 1),
        {
            "coverage": round(comparison.coverage, 3),
            "accuracy": round(comparison.accuracy, 3),
            "relevance": round(comparison.relevance, 3),
            "fluency": round(fluency, 3),
            "claims": [
                asdict(c) | {name: round(getattr(c, name), 3) for name in ("weight", "support", "meaning")}
                for c in comparison.claims[:CLAIMS_KEPT]
            ],
        },
        _in_words(len(comparison.claims), missed, against),
    )


def _fresh_share(text: str) -> float:
    """Return the share of a text's runs of words that are not repetitions, above 0 to 1."""
    runs = len(tokens(text)) - REPETITION_WORDS + 1
    return len(ngrams(text, REPETITION_WORDS)) / runs if runs > 0 else 1.0


def _in_words(number: int, missed: list[str], against: list[str]) -> str:
    said = f"{number - len(missed) - len(against)} of {number} claims found"
    if against:
        said += f", {len(against)} contradicted ({'; '.join(against[:2])})"
    return said + (f"; not found: {missed[0].rstrip('.')}" if missed else "") + "."
