"""Whether two claims about the same thing contradict each other: negation, opposite words, other numbers.

In: a claim of the benchmark answer and the claim of the answer that speaks of the same. Out: what contradicts, in
words, or None. Embeddings are blind to all three ("cracks" and "no cracks" have cosine 0.8), so they are read by
rule here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from glassllava.evaluation.claims import Claim, root
from glassllava.text.overlap import STOPWORDS, tokens
from glassllava.text.polarity import defect_statements
from glassllava.text.quantities import Quantity

NUMBER_TOLERANCE = 0.10
"""Quantities that differ by less than this share agree: "about 5 µm" and "5.3 µm" are one reading of an image.
Bare numbers count something or name a year; they agree when they are equal."""

TEMPERATURE_TOLERANCE = 0.03
"""In kelvin a tenth would be 100 °C in a furnace; 3 % is about 30 °C there."""

_MAY_NEGATE = re.compile(
    r"n't\b|-free\b|\b(?:no|not|none|never|without|free|devoid|absen\w+|lack\w*|neither|nor|cannot|hardly|barely|"
    r"scarcely|fail\w*|missing|void|intact|un\w+|\w+less|yes)\b",
    re.IGNORECASE,
)
_NOT_THIS = re.compile(
    r"\b(?:not|never|neither|nor|hardly)(?:\s+(?:very|really|a|an|the|at\s+all|\w+ly))?\s+([\w-]+)", re.IGNORECASE
)
_PLACES = (
    "in", "on", "at", "along", "near", "between", "among", "within", "inside", "across", "over", "under", "through",
    "around", "from", "by", "during", "after", "before", "to", "with",
)  # fmt: skip
_NEGATOR = r"n't|no|not|none|never|without|free|devoid|absence|lack\w*|neither|nor|cannot|hardly|fail\w*"
_PLACE_BEFORE = re.compile(rf"\b(?:{'|'.join(_PLACES)})\s+(?:(?!(?:{_NEGATOR})\b)[^,;:.])*$", re.IGNORECASE)
_LEAD = re.compile(r"\W*(yes|no)\b\s*(?:[,.;:!–—-]|$)", re.IGNORECASE)

# Pairs that exclude each other when said of one thing, in the language of microscopy. Closed and short: opposites
# stand nearer to each other than synonyms do in sentence embeddings ("homogeneous" and "heterogeneous" 0.72).
_OPPOSITES = (
    ("smooth", "rough"),
    ("homogeneous", "heterogeneous"),
    ("homogeneous", "inhomogeneous"),
    ("uniform", "irregular"),
    ("uniform", "nonuniform"),
    ("regular", "irregular"),
    ("even", "uneven"),
    ("dense", "porous"),
    ("dense", "loose"),
    ("amorphous", "crystalline"),
    ("glassy", "crystalline"),
    ("crystallised", "amorphous"),
    ("fine", "coarse"),
    ("small", "large"),
    ("smaller", "larger"),
    ("thin", "thick"),
    ("thinner", "thicker"),
    ("short", "long"),
    ("bright", "dark"),
    ("brittle", "ductile"),
    ("open", "closed"),
    ("connected", "isolated"),
    ("visible", "invisible"),
    ("intact", "broken"),
    ("intact", "damaged"),
    ("intact", "cracked"),
    ("increase", "decrease"),
    ("higher", "lower"),
    ("high", "low"),
    ("improve", "worsen"),
    ("strengthen", "weaken"),
    ("spherical", "angular"),
    ("spherical", "needle"),
    ("single", "multiple"),
    ("few", "many"),
    ("stable", "unstable"),
    ("inside", "outside"),
    ("before", "after"),
)


def _both_ways() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for one, other in _OPPOSITES:
        table.setdefault(root(one), set()).add(root(other))
        table.setdefault(root(other), set()).add(root(one))
    return {word: frozenset(others) for word, others in table.items()}


OPPOSITES = _both_ways()


def contradiction(reference: Claim, response: Claim) -> str | None:
    """Return how the response's claim contradicts the reference's, in words, or None.

    Examples
    --------
    >>> from glassllava.evaluation.claims import claim
    >>> contradiction(claim("No cracks are seen."), claim("Some cracks are seen."))
    'crack: absent there, present here'
    """
    for compare in _COMPARISONS:
        found = compare(reference, response)
        if found is not None:
            return found
    return None


def quantities_agree(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities of the same kind overlap, ranges and deviations included."""
    if one.dimension != other.dimension:
        return False
    tolerance = {None: 0.0, "temperature": TEMPERATURE_TOLERANCE}.get(one.dimension, NUMBER_TOLERANCE)
    low, high = _span(one)
    other_low, other_high = _span(other)
    return low - tolerance * abs(low) <= other_high and other_low <= high + tolerance * abs(high)


def _span(quantity: Quantity) -> tuple[float, float]:
    """Return the lower and the upper end, in SI units where the unit is known."""
    low, high = quantity.value, quantity.value if quantity.high is None else quantity.high
    if quantity.deviation is not None:
        low, high = low - quantity.deviation, high + quantity.deviation
    if quantity.si_value is None:
        return min(low, high), max(low, high)
    if quantity.dimension == "temperature":
        # Degrees are shifted, not stretched, on their way to kelvin (close enough for °F within the tolerance).
        low, high = (end - quantity.value + quantity.si_value for end in (low, high))
    else:
        factor = quantity.si_value / quantity.value if quantity.value else 0.0
        low, high = low * factor, high * factor
    return min(low, high), max(low, high)


def _other_number(reference: Claim, response: Claim) -> str | None:
    for wanted in reference.quantities:
        # A bare number may count anything; only quantities of one kind can contradict.
        same_kind = [given for given in response.quantities if given.dimension == wanted.dimension is not None]
        if same_kind and not any(quantities_agree(wanted, given) for given in same_kind):
            return f"{wanted.text} there, {same_kind[0].text} here"
    return None


def _other_polarity(reference: Claim, response: Claim) -> str | None:
    if not (_MAY_NEGATE.search(reference.text) or _MAY_NEGATE.search(response.text)):
        return None
    there, here = said_of_words(reference.text), said_of_words(response.text)
    for word, said in there.items():
        if {said, here.get(word)} == {"present", "absent"}:
            return f"{word}: {said} there, {here[word]} here"
    lead_there, lead_here = _LEAD.match(reference.text), _LEAD.match(response.text)
    if lead_there and lead_here and lead_there[1].lower() != lead_here[1].lower():
        return f"{lead_there[1].lower()} there, {lead_here[1].lower()} here"
    return None


def _opposite_word(reference: Claim, response: Claim) -> str | None:
    mine, theirs = set(response.roots), set(reference.roots)
    for word in reference.roots:
        against = OPPOSITES.get(word, frozenset()) & mine - theirs
        if against and word not in mine:
            other = min(against)
            there = said_of_words(reference.text).get(word, "present")
            here = said_of_words(response.text).get(other, "present")
            if there == here == "present":
                return f"{word} there, {other} here"
    return None


@lru_cache(maxsize=20_000)
def said_of_words(text: str) -> dict[str, str]:
    """Return for each content word's root whether the text affirms it (`present`), denies it, or leaves it open."""
    skipped = STOPWORDS.union(_PLACES)
    words = tuple(dict.fromkeys(word for word in tokens(text) if len(word) > 1 and word not in skipped))
    said: dict[str, str] = {}
    for statement in defect_statements(text, words):
        key = root(statement.text.lower())
        # "No pores are seen along the boundaries" denies the pores, not the boundaries.
        of_a_place = statement.polarity == "absent" and _PLACE_BEFORE.search(text[: statement.start])
        # A word that is affirmed anywhere in the claim is affirmed by it.
        if said.get(key) != "present":
            said[key] = "undecided" if of_a_place else statement.polarity
    for denied in _NOT_THIS.finditer(text):
        for word in tokens(denied[1]):
            if word not in STOPWORDS:
                said[root(word)] = "absent"
    return said


_COMPARISONS: tuple[Callable[[Claim, Claim], str | None], ...] = (
    _other_number,
    _other_polarity,
    _opposite_word,
)
