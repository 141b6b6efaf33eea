"""Claims: what a text says, one clause at a time, and the words and quantities that carry each.

In: a benchmark answer or an answer. Out: `Claim` objects, which `contradiction` and `comparison` set side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from glassllava.text.overlap import STOPWORDS, content_words, tokens
from glassllava.text.quantities import Quantity, find_quantities
from glassllava.text.sentences import sentences

MIN_CLAUSE_WORDS = 3
"""A clause needs this many content words to stand as a claim of its own: subject, verb and what is said."""

_LINES = re.compile(r"\s*\n+\s*(?:[-*•]|\d{1,2}[.)])?\s*")
_CLAUSES = re.compile(
    r"\s*;\s+|,?\s+(?=(?:whereas|while|whilst|although|though|but|however)\b)|,\s+(?=(?:and|so|which|where|with)\b)",
    re.IGNORECASE,
)
# Endings that change a word's class or number and not what it speaks of; longest first.
_ENDINGS = (
    "lization", "ization", "isation", "ations", "ation", "ition", "ments", "ings", "ical", "ized", "ised",
    "ment", "ness", "able", "ally", "line", "ies", "ing", "ize", "ise", "ity", "ous", "ive", "es", "ed", "ly",
    "ic", "al", "er", "s", "y",
)  # fmt: skip
_ROOT_LETTERS = 4
_BRITISH = (
    ("aluminium", "aluminum"),
    ("grey", "gray"),
    ("fibre", "fiber"),
    ("colour", "color"),
    ("metre", "meter"),
)


# Generated answers spell out what papers print in signs. "One" is left: it is more often a pronoun.
_NUMBER_NAMES = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SIGNS = (
    *((name, str(value)) for value, name in enumerate(_NUMBER_NAMES, start=2)),
    (r"nanomet(?:re|er)s?", "nm"),
    (r"(?:micromet(?:re|er)|micron)s?", "µm"),
    (r"millimet(?:re|er)s?", "mm"),
    (r"centimet(?:re|er)s?", "cm"),
    (r"per\s?cent", "%"),
    (r"degrees?\s+(?:celsius|centigrade)", "°C"),
)
_SPELLED_OUT = tuple((re.compile(rf"\b{name}\b", re.IGNORECASE), sign) for name, sign in _SIGNS)


@dataclass(frozen=True, slots=True)
class Claim:
    """One clause of a text."""

    text: str
    roots: tuple[str, ...]
    """Roots of its content words, each once, numbers of quantities left out."""
    quantities: tuple[Quantity, ...]


def claims(text: str) -> list[Claim]:
    """Split a text into the claims that it makes.

    Sentences are cut at semicolons and before contrasting or added clauses, where both parts have content enough;
    lines of a list stand alone.

    Examples
    --------
    >>> [claim.text for claim in claims("Round pores fill the glass wall; cracks run between the larger pores.")]
    ['Round pores fill the glass wall', 'cracks run between the larger pores.']
    """
    return [claim(part) for line in _LINES.split(text) for sentence in sentences(line) for part in _clauses(sentence)]


def _clauses(sentence: str) -> list[str]:
    parts: list[str] = []
    start = 0
    for cut in _CLAUSES.finditer(sentence):
        left, right = sentence[start : cut.start()], sentence[cut.end() :]
        if min(len(content_words(left)), len(content_words(right))) >= MIN_CLAUSE_WORDS:
            parts.append(left)
            start = cut.end()
    return [part for part in (*parts, sentence[start:]) if tokens(part)]


@lru_cache(maxsize=50_000)
def claim(text: str) -> Claim:
    """Return a text as one claim."""
    bare = _in_signs(text)
    quantities = tuple(find_quantities(bare))
    for quantity in reversed(quantities):
        bare = f"{bare[: quantity.start]} {bare[quantity.end :]}"
    return Claim(text, roots(bare), quantities)


def _in_signs(text: str) -> str:
    for spelled, sign in _SPELLED_OUT:
        text = spelled.sub(sign, text)
    return text


def roots(text: str) -> tuple[str, ...]:
    """Return the roots of a text's content words, each once, in the order of the text."""
    words = [word for word in tokens(text) if len(word) > 1 and word not in STOPWORDS]
    if not words:
        # "Yes.", "No." and "The other one" have no content word; what they have is all there is to compare.
        words = tokens(text)
    return tuple(dict.fromkeys(root(word) for word in words))


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """Return a word without its ending, so that "crystals", "crystalline" and "crystallised" meet.

    Examples
    --------
    >>> root("crystals") == root("crystalline")
    True
    """
    for british, american in _BRITISH:
        word = word.replace(british, american)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _ROOT_LETTERS:
            word = word[: -len(ending)]
            break
    # "crystall-ised", "wrinkle" against "wrinkl-ed", "stopp-ed".
    word = word.rstrip("e") if len(word) > _ROOT_LETTERS else word
    return word[:-1] if len(word) > _ROOT_LETTERS and word[-1] == word[-2] else word
