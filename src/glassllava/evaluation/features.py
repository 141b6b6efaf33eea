"""Feature identification, 1 to 4: how many of the benchmark answer's features an answer identifies.

In: both texts, their comparison, and the domain's words. Out: a verdict with each
feature and how far it was identified. Every answer has this assessment, at each context level.

A feature is a domain word (structure, defect, material, property, processing) of the benchmark with up to two words
that stand right before it ("needle-like crystals"), or a quantity with its unit. A quantity counts where an equal one
is found (`contradiction.quantities_agree`). A word counts
- `HEAD` where the word itself is found and not denied, the rest by the share of its describing words found;
- up to `DEDUCIBLE` where the word is missing but the claim that it stands in is met in meaning ("similar or
  deducible" from what the answer says);
- 0 where one text denies what the other affirms.
A benchmark without such a feature is taken by its claims instead.

    score = 1 + 3 * share of features identified

so that none is 1 and all is 4, as the paper's anchors want; a third is 2 ("few"), two thirds are 3 ("many").

Source of the scale: Alshehri, Lee and Wang (2023), arXiv 2309.12460, section "Feature Identification".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from glassllava.domains import Domain
from glassllava.evaluation.claims import claims, root, roots
from glassllava.evaluation.comparison import Comparison
from glassllava.evaluation.contradiction import quantities_agree, said_of_words
from glassllava.evaluation.judging import Verdict
from glassllava.text.overlap import STOPWORDS, tokens
from glassllava.text.terms import find_terms

HEAD = 0.6
"""To name the thing is more than half of identifying it; its shape or size is the rest."""

DEDUCIBLE = 0.7
"""Most that a feature can count whose own word is missing: similar is not the same."""

DESCRIBING_WORDS = 2
"""Words before the head that describe it."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A thing that a text names, with the words that describe it."""

    text: str
    head: tuple[str, ...]
    """Roots of the domain's word."""
    describing: tuple[str, ...]
    polarity: str
    """`present`, `absent` or `undecided`, as its claim says."""
    claim: str
    """The claim that it stands in."""


def features(text: str, domain: Domain) -> list[Feature]:
    """Return the features that a text names, each head once, in the order of the text."""
    words = (*domain.structures, *domain.defects, *domain.materials, *domain.properties, *domain.processing)
    found: dict[tuple[str, ...], Feature] = {}
    for claim in claims(text):
        said = said_of_words(claim.text)
        end_of_last = 0
        for term in find_terms(claim.text, words):
            head = roots(term.text)
            describing = _describing(claim.text[end_of_last : term.start])
            end_of_last = term.end
            if head not in found:
                found[head] = Feature(
                    text=" ".join((*describing, term.text)),
                    head=head,
                    describing=tuple(root(word) for word in describing),
                    polarity=said.get(head[-1], "undecided"),
                    claim=claim.text,
                )
    return list(found.values())


def _describing(before: str) -> list[str]:
    """Return the last words of a text, as far back as content words follow each other."""
    words = tokens(re.split(r"[,;:()]", before)[-1])[-DESCRIBING_WORDS:]
    for place in reversed(range(len(words))):
        if words[place] in STOPWORDS or len(words[place]) < 2:
            return words[place + 1 :]
    return words


def feature_identification(comparison: Comparison, reference: str, response: str, domain: Domain) -> Verdict:
    """Return the feature score of a response, to two decimals."""
    there, here = claims(reference), claims(response)
    meaning = {c.claim: c.meaning for c in comparison.claims}
    mine = {word for claim in here for word in claim.roots}
    said = [pair for claim in here for pair in said_of_words(claim.text).items()]
    denied = {word for word, polarity in said if polarity == "absent"}
    shares = {f.text: round(_identified(f, mine, denied, meaning[f.claim]), 3) for f in features(reference, domain)}
    shares |= {
        q.text: float(any(quantities_agree(q, other) for claim in here for other in claim.quantities))
        for claim in there
        for q in claim.quantities
        if q.dimension is not None
    }
    by = "features" if shares else "claims"
    if not shares:
        shares = {c.claim: round(c.support, 3) for c in comparison.claims}
    share = sum(shares.values()) / len(shares)
    lacking = [name for name, found in shares.items() if found < 0.5]
    return Verdict(
        "ok",
        round(1 + 3 * share, 2),
        {"features": shares, "by": by},
        f"{len(shares) - len(lacking)} of {len(shares)} features found"
        + (f"; not found: {', '.join(lacking[:4])}." if lacking else "."),
    )


def _identified(feature: Feature, mine: set[str], denied: set[str], meaning: float) -> float:
    """Return how far a feature is identified, 0 to 1."""
    if not set(feature.head) <= mine:
        return DEDUCIBLE * meaning
    other_polarity = (feature.head[-1] in denied) != (feature.polarity == "absent")
    if other_polarity and feature.polarity != "undecided":
        return 0.0
    if not feature.describing:
        return 1.0
    return HEAD + (1 - HEAD) * sum(word in mine for word in feature.describing) / len(feature.describing)
