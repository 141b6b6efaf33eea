"""Lists of panel letters as papers write them: "a", "a–c, e and f", "(A) to (C)", "a1–a3".

In: the text of such a list. Out: the names in it, ranges filled. For captions, for sentences that cite panels and for
whatever else reads letters.
"""

from __future__ import annotations

import re

DASHES = "-–—−~∼"
JOIN = rf"(?:\s*(?:[{DASHES}&/;]|,(?:\s*(?:and|or)\b)?)\s*|\s*\b(?:and|or|to|through)\b\s*)"
"""What stands between two letters of a list, as a pattern."""
_MOST = 26
"""Letters of the longest list."""
_TOKEN = re.compile(rf"[A-Za-z]\d{{1,2}}(?![A-Za-z\d])|[A-Za-z]+|[{DASHES}]")


def list_of(letter: str, join: str = JOIN) -> str:
    """Return the pattern of a list whose items match `letter`, itself a pattern such as "[a-z]"."""
    return rf"{letter}(?:{join}{letter}){{0,{_MOST - 1}}}"


def names_in(listed: str) -> list[str]:
    """Return the panels that a list names, as it writes them, each once and in its order.

    Parameters
    ----------
    listed
        The list, with or without brackets around its letters.

    Returns
    -------
    list of str
        One letter each, with the number that stands behind it in "a1"; ranges are filled. A range that runs backwards
        gives its ends.

    Examples
    --------
    >>> names_in("a–c, e and f"), names_in("(A) to (C)"), names_in("b1–b3")
    (['a', 'b', 'c', 'e', 'f'], ['A', 'B', 'C'], ['b1', 'b2', 'b3'])
    """
    names: list[str] = []
    spans = False
    for token in _TOKEN.findall(listed):
        if token in DASHES or token in ("to", "through"):
            spans = True
        elif len(token) == 1 or token[1].isdigit():
            names += [*_between(names[-1], token), token] if spans and names else [token]
            spans = False
    return list(dict.fromkeys(names))


def letters_in(listed: str) -> list[str]:
    """Return the letters of a list in lower case, without the numbers behind them: "A1–A3, C" names a and c."""
    return list(dict.fromkeys(name[0].lower() for name in names_in(listed)))


def _between(first: str, last: str) -> list[str]:
    if first[0] == last[0] and first[1:] and last[1:]:
        return [f"{first[0]}{number}" for number in range(int(first[1:]) + 1, int(last[1:]))]
    if first[0].isupper() != last[0].isupper():
        return []
    number = first[1:] if first[1:] == last[1:] else ""
    return [f"{chr(code)}{number}" for code in range(ord(first[0]) + 1, ord(last[0]))]
