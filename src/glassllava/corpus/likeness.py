"""Whether two descriptions of a publication say the same: its title, authors, journal, publisher, licence.

In: the value that a paper gives and the one that a service gives. Out: yes or no, or how alike two titles are. What
differs only in spelling (an abbreviated journal, initials, a firm's legal form) is the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from glassllava.text.licences import same_licence

_FORMS_OF_FIRMS = frozenset(
    re.findall(
        r"\S+",
        "ag b bv co company gmbh group inc john kgaa limited llc ltd nv part press publications publishers publishing "
        "s sa sas society sons uk us usa v vch verlag",
    )
)
"""What firms add to their name, or call one of their houses by."""
_SMALL_WORDS = frozenset(re.findall(r"\S+", "a an and de der des for in la of on the und"))
_LEAST_TITLE_WORDS = 4
_SAME_WORD = 0.9
"""Likeness of two spellings of a word, of five letters or more; "phosphite" and "phosphate" have 0.89."""
_SAME_WORK = 0.6
_SAME_WORK_WORDS = 0.8


def title_likeness(one: str, other: str) -> float:
    """Give how alike two titles are, from 0 to 1 (the same but for case, punctuation and spacing).

    Examples
    --------
    >>> title_likeness("Glass–ceramics: a review", "GLASS-CERAMICS. A Review")
    1.0
    """
    a, b = _letters(one), _letters(other)
    return SequenceMatcher(None, a, b, autojunk=False).ratio() if a and b else 0.0


def same_title(one: str, other: str) -> bool:
    """Tell whether two titles are one, as of a preprint and its article.

    Small words, signs and the spelling of a long word may differ ("crystallisation"); a number, a symbol or another
    word makes another title, as the papers of a series have. A title of fewer than four words is nobody's own.

    Examples
    --------
    >>> same_title("Crystallization of Li2O–SiO2 glass", "The crystallisation of Li2O-SiO2 glass")
    True
    >>> same_title("Crystallization of Li2O–SiO2 glass", "Crystallization of Na2O–SiO2 glass")
    False
    """
    a, b = title_words(one), title_words(other)
    if min(len(a), len(b)) < _LEAST_TITLE_WORDS:
        return False
    return "".join(a) == "".join(b) or (len(a) == len(b) and all(map(_same_but_for_spelling, a, b)))


def title_words(title: str) -> list[str]:
    """Return the words by which a title is told from another, in one spelling."""
    return [word for word in _words(title) if word not in _SMALL_WORDS]


def same_work(one: str, other: str) -> bool:
    """Tell whether two titles can be of one work, one of them perhaps cut short or without its subtitle."""
    a, b = set(_words(one)), set(_words(other))
    shared = len(a & b) / max(1, min(len(a), len(b)))
    return title_likeness(one, other) >= _SAME_WORK or shared >= _SAME_WORK_WORDS


def same_authors(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Tell whether two lists name the same people, by their family names."""
    return sorted(map(_family, ours)) == sorted(map(_family, theirs))


def share_an_author(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Tell whether one family name stands in both lists."""
    return bool(set(map(_family, ours)) & set(map(_family, theirs)))


def same_journal(one: str, other: str) -> bool:
    """Tell whether two names are of one journal, one of them perhaps abbreviated.

    Examples
    --------
    >>> same_journal("J. Electrochem. Soc.", "Journal of The Electrochemical Society"), same_journal("Glass", "Science")
    (True, False)
    """
    a, b = ([word for word in _words(name) if word not in _SMALL_WORDS] for name in (one, other))
    return len(a) == len(b) and all(x.startswith(y) or y.startswith(x) for x, y in zip(a, b, strict=True))


def same_publisher(one: str, other: str) -> bool:
    """Tell whether all words of one name stand in the other, legal forms and the like left out.

    Examples
    --------
    >>> same_publisher("Elsevier Ltd", "Elsevier BV"), same_publisher("Springer US", "Springer Science+Business Media")
    (True, True)
    >>> same_publisher("American Chemical Society", "American Physical Society")
    False
    """
    a, b = (set(_words(name)) - _FORMS_OF_FIRMS - _SMALL_WORDS for name in (one, other))
    return bool(a and b) and (a <= b or b <= a)


def same_value(field: str, ours: Any, theirs: Any) -> bool:
    """Tell whether two values of a descriptive field of a paper say the same.

    Parameters
    ----------
    field
        One of `glassllava.records.DESCRIPTIVE_FIELDS`.
    ours, theirs
        Its values; neither is empty.
    """
    if field == "title":
        return title_likeness(ours, theirs) >= 0.9
    if field == "authors":
        return same_authors(ours, theirs)
    if field == "journal":
        return same_journal(ours, theirs)
    if field == "publisher":
        return same_publisher(ours, theirs)
    if field == "licence":
        return same_licence(ours, theirs)
    if field == "doi":
        return bool(ours.lower() == theirs.lower())
    return bool(ours == theirs)


def _same_but_for_spelling(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if longer in (shorter, f"{shorter}s", f"{shorter}es"):
        return True
    alike = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return len(shorter) > 4 and one[:4] == other[:4] and alike > _SAME_WORD


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("ł", "l")).casefold()
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _plain(text))


def _letters(text: str) -> str:
    return "".join(_words(text))


def _family(name: str) -> str:
    words = _words(re.sub(r"\b(?:jr|sr|ii|iii)\b\.?", "", name, flags=re.IGNORECASE))
    return words[-1] if words else ""
