"""How far one text is made of another: quotes found again, tokens and n-grams shared.

In: two texts. Out: offsets of a quote in its source, token recall, n-gram overlap. Used to ground answers in a
paper, to find near-duplicates, and to see what leaks from an answer into a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][a-z]+)?")
_SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "μ": "µ", "\u00ad": "", "\u200b": ""})
_DASHES = re.compile("[‐‑‒–—−]")

STOPWORDS = frozenset(
    re.findall(
        r"\S+",
        "a about above after all also an and any are as at be because been before being below between both "
        "but by can could did do does due during each either few for from further had has have having here "
        "how however if in into is it its itself may more most no nor not of off on once only or other our "
        "out over own same she should so some such than that the their them then there these they this those "
        "through to too under until up upon very was we were what when where which while who whom why will "
        "with within without would you your one two image images shown shows show seen see sample samples "
        "figure micrograph",
    )
)


def normalised(text: str) -> str:
    """Return the text in one spelling: compatibility forms, plain dashes and quotes, single spaces, lower case."""
    plain = unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)
    return re.sub(r"\s+", " ", _DASHES.sub("-", plain)).strip().lower()


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text without spaces, in one spelling, and where each of its signs stood."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        plain = _DASHES.sub("-", unicodedata.normalize("NFKC", sign.translate(_SAME)).translate(_SAME)).lower()
        for part in plain:
            if not part.isspace():
                signs.append(part)
                places.append(place)
    return "".join(signs), places


_folded_cached = lru_cache(maxsize=256)(_folded)


def find_quote(quote: str, source: str) -> tuple[int, int] | None:
    """Return where a quote stands in a source, in the source's own offsets, or None.

    Spacing, case, dashes, quotation marks and Unicode compatibility forms do not matter; everything else does.

    Parameters
    ----------
    quote, source : str
        What is looked for, and where.

    Returns
    -------
    tuple of int or None
        ``(start, end)`` with ``source[start:end]`` the quote as the source prints it.

    Examples
    --------
    >>> find_quote("1.6 - 2 µm", "sizes of 1.6–2 μm were")
    (9, 17)
    """
    wanted, _ = _folded(quote)
    if not wanted:
        return None
    text, places = _folded_cached(source)
    at = text.find(wanted)
    if at < 0:
        return None
    return places[at], places[at + len(wanted) - 1] + 1


def tokens(text: str) -> list[str]:
    """Return the words and numbers of a text, in lower case."""
    return _TOKEN.findall(normalised(text))


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, their plural endings off, with all numbers."""
    kept = (token for token in tokens(text) if token not in STOPWORDS and (len(token) > 2 or token.isdigit()))
    return [word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word for word in kept]


def token_recall(reference: str, response: str) -> float:
    """Return the share of the reference's content words that the response holds, 0 to 1 (0 for an empty one)."""
    wanted = Counter(content_words(reference))
    if not wanted:
        return 0.0
    given = Counter(content_words(response))
    return sum(min(count, given[word]) for word, count in wanted.items()) / sum(wanted.values())


def ngrams(text: str, n: int = 5) -> set[tuple[str, ...]]:
    """Return the runs of `n` tokens of a text."""
    words = tokens(text)
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
