"""Sentences that share out a list, "annealed at 500, 600 and 700 °C, respectively": what they say of each.

In: the sentence and how many it speaks of. Out: one sentence for each, or nothing where no list of that length stands
in it, or more than one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = re.compile(r"(?:\s*,)?\s*(?:\(\s*respectively\s*\)|\brespectively\b|\bresp\.(?=\s*(?:[.,;)]|$))|\bresp$)", re.I)
_NUMBER = r"(?:[<>≤≥~≈±]\s?)?\d+(?:\.\d+)?(?:\s?[-–]\s?\d+(?:\.\d+)?)?"
_NO_UNIT = r"(?!(?:and|or|for|in|of|to|at|on|by|with|as|from)\b)"
_UNIT = rf"\s?(?:°\s?[CFK]?|(?:wt|at|mol|vol)\.?\s?%|%|{_NO_UNIT}[A-Za-zµμΩÅ]{{1,4}}(?:/\w{{1,4}}|[−-]\d)?(?!\w))"
_MEASURE = rf"{_NUMBER}(?:{_UNIT})?(?!\w)"
_MEASURES = re.compile(rf"(?<![\w.]){_MEASURE}(?:\s*,\s*{_MEASURE})*\s*,?\s*(?:\band\b|&)\s*{_MEASURE}")
_AND = re.compile(r"\s*,?\s*(?:\band\b|&)\s*")
_BOUND = (
    r"(?:of|at|for|with|without|in|on|to|after|before|from|by|under|during|containing|is|are|was|were|shows?|showing|"
    r"as|annealed|treated|heated|sintered)"
)
_BEFORE_ITEM = re.compile(rf"(?:.*(?:[,;:.()=\uE000]|(?<![\w-]){_BOUND}\s)|^)\s*", re.IGNORECASE | re.DOTALL)
_AFTER_ITEM = re.compile(rf"\s*(?:[,;:.()\uE000]|$|\s(?:and|or|{_BOUND})\b)", re.IGNORECASE)
_MOST_WORDS = 5
_REACH = 300
"""Characters to either side of an "and" in which its list lies."""


class _Listed(NamedTuple):
    start: int
    end: int
    items: list[str]


def shared_out(text: str, count: int) -> list[str] | None:
    """Say of each what a sentence with "respectively" says of all.

    Parameters
    ----------
    text
        The sentence. A private-use character (U+E000) may stand for the names of what it speaks of, so that their own
        list is not taken for the one that is shared out.
    count
        How many it speaks of.

    Returns
    -------
    list of str, or None
        The sentence once for each, with one item in the place of the list and without the word "respectively"; None
        where that word is missing or stands there twice, or where not exactly one list has `count` items.

    Examples
    --------
    >>> shared_out("Rods annealed at 500, 600 and 700 °C, respectively.", 3)
    ['Rods annealed at 500 °C.', 'Rods annealed at 600 °C.', 'Rods annealed at 700 °C.']
    """
    if count < 2 or len(_WORD.findall(text)) != 1:
        return None
    rest = _WORD.sub("", text)
    lists = _lists(rest, count)
    if len(lists) != 1:
        return None
    start, end, items = lists[0]
    return [rest[:start] + item + rest[end:] for item in items]


def _lists(text: str, count: int) -> list[_Listed]:
    measures = [_measures(match) for match in _MEASURES.finditer(text)]
    found = [listed for listed in measures if len(listed.items) == count]
    for match in _AND.finditer(text):
        if any(listed.start <= match.start() < listed.end for listed in measures):
            continue
        listed = _words(text, match, count)
        if listed is not None:
            found.append(listed)
    return found


def _measures(match: re.Match[str]) -> _Listed:
    items = [item.strip() for item in re.split(r"\s*,?\s*(?:\band\b|&)\s*|\s*,\s*", match.group()) if item.strip()]
    unit = re.sub(rf"^{_NUMBER}", "", items[-1])
    items = [item + unit if re.fullmatch(_NUMBER, item) else item for item in items]
    return _Listed(match.start(), match.end(), items)


def _words(text: str, joint: re.Match[str], count: int) -> _Listed | None:
    """Return the list of words around an "and"; None where it has not `count` items."""
    ends = _AFTER_ITEM.search(text, joint.end(), joint.end() + _REACH)
    last = text[joint.end() : ends.start() if ends else joint.end() + _REACH]
    first = max(0, joint.start() - _REACH)
    front, *middle = text[first : joint.start()].rsplit(",", count - 2)
    before = _BEFORE_ITEM.match(front)
    start = before.end() if before else 0
    items = [front[start:], *middle, last]
    items = [item.strip() for item in items]
    # Behind a comma a longer list may begin.
    if len(items) != count or front[:start].rstrip().endswith(","):
        return None
    if not all(0 < len(item.split()) <= _MOST_WORDS and not re.search(r"[;:()\uE000]", item) for item in items):
        return None
    if any(re.search(rf"(?<![\w-])(?:and|or|{_BOUND})\s", item) for item in items):
        return None
    if len({item[0].isdigit() for item in items}) > 1:
        return None
    if items[0].lower().startswith("the "):
        items = [item if item.lower().startswith("the ") else f"the {item}" for item in items]
    noun = re.match(r"(?:the\s)?\S+(\s.*\b\w+[^s\W]s)$", items[-1])
    if noun and not any(" " in re.sub(r"^the\s", "", item, flags=re.I) for item in items[:-1]):
        items[:-1] = [item + noun[1] for item in items[:-1]]
    return _Listed(first + start, joint.end() + len(last), items)
