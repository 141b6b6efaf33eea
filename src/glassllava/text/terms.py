"""Finding the words of a list in a text.

In: a text, and terms as a domain pack writes them ("crystal*", "grain boundar*"). Out: the places where they
stand. A trailing ``*`` stands for any ending; spaces and hyphens are the same; case does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_NOTHING = re.compile(r"(?!)")


class TermMatch(NamedTuple):
    """A term where it stands in a text."""

    start: int
    end: int
    text: str


@lru_cache(maxsize=512)
def _compiled(terms: tuple[str, ...]) -> re.Pattern[str]:
    if not terms:
        return _NOTHING
    # Longer terms first, so that "grain boundary" is not found as "grain".
    forms = [
        r"[\s\-]+".join(re.escape(word) for word in re.split(r"[\s\-]+", term.rstrip("*")) if word)
        + (r"\w*" if term.endswith("*") else "")
        for term in sorted(terms, key=len, reverse=True)
    ]
    return re.compile(rf"(?<![\w])(?:{'|'.join(forms)})(?![\w])", re.IGNORECASE)


def term_pattern(terms: Iterable[str]) -> re.Pattern[str]:
    """Return one compiled expression that finds any of the terms as whole words.

    Parameters
    ----------
    terms : iterable of str
        Words or phrases; a trailing ``*`` stands for any ending.

    Returns
    -------
    re.Pattern
        Matches nothing where the list is empty.
    """
    return _compiled(tuple(terms))


def find_terms(text: str, terms: Iterable[str]) -> list[TermMatch]:
    """Return every place where one of the terms stands, left to right, without overlap.

    Examples
    --------
    >>> [m.text for m in find_terms("Grain boundaries and crystals", ["grain*", "grain boundar*", "crystal*"])]
    ['Grain boundaries', 'crystals']
    """
    return [TermMatch(m.start(), m.end(), m.group()) for m in term_pattern(terms).finditer(text)]


def names_first(text: str, own: Iterable[str], every: Iterable[str]) -> bool:
    """Tell whether the first of many names that a text holds is one of a thing's own.

    Parameters
    ----------
    text
        What is said.
    own
        The thing's names, as terms.
    every
        The names of all things; a name may belong to several of them.

    Examples
    --------
    >>> names_first("Round spherulites between needles.", ["spherulit*"], ["needle*", "spherulit*"])
    True
    >>> names_first("Needles between spherulites.", ["spherulit*"], ["needle*", "spherulit*"])
    False
    """
    found = find_terms(text, every)
    return bool(found) and term_pattern(own).fullmatch(found[0].text) is not None
