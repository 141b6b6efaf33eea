"""Where sentences begin and end in scientific prose, as character offsets; no library, no model.

In: one paragraph of running text. Out: offsets of its sentences, for mentions, captions and questions. A full
stop ends a sentence unless it belongs to an abbreviation ("Fig.", "et al.", "ca."), an initial ("F.
graminearum") or a number; reference numbers that follow the stop ("materials.34,36 However") stay with the
sentence before.
"""

from __future__ import annotations

import re

_STOP = re.compile(
    r"""(?P<stop>[.!?]+)
        (?P<after>["”’')\]]*(?:\d{1,3}(?:[,–−-]\s?\d{1,3})*|(?:\[[\da-z,;–−\-\s]+\])+)?["”’')\]]*)
        (?P<space>\s+)
        (?=["“‘'(\[]*(?:[A-ZÀ-ÞΑ-ΩА-Яα-ω\d•†‡*~±]|pH\b|[a-z]\s?(?:[-–,&]\s?[a-z])*\)))""",
    re.VERBOSE,
)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ANNOUNCES = _words(
    """approx ca cf chap dr eg e.g eq eqn eqns eqs esp ex fig figs i.e ie mr mrs ms nr prof ref refs resp sec sect sects
    secs suppl supp tab tabs viz vs"""
)
"""Abbreviations of something that follows, so that no sentence ends behind them."""
_SHORTENED = _words(
    """al av ave avg chem co conc cv dept dia diam ed eds equiv et int lett mater max nat phys rev sci sp spp st temp
    univ var"""
)
"""Abbreviations that may end a sentence; they do where the next word begins one."""
_OPENS = _words(
    """after all although among as at because before both by during each finally for from furthermore hence however if
    in it its moreover our since such that the their then there therefore these they this those though thus under upon
    we when where while with"""
)
"""Words that begin sentences, but no names."""
_NOT_BEFORE_A_NUMBER = _words("no nos p pp vol art ch jan feb mar apr jun jul aug sep sept oct nov dec min max temp")
_NOT_BEFORE_A_BRACKET = _words("corp inc ltd wt at")
_UNIT_BEFORE = re.compile(r"(?:\d\s?|[°◦º]\s?)$")
_CITED_BEHIND = re.compile(r"[^\W\d]{2}$|[)\]%]$|\d\s[^\W\d]$")
"""What reference numbers stand behind: a word, a bracket, "5 K"; behind other digits they are decimals."""


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Split running text into sentences.

    Parameters
    ----------
    text
        One paragraph.

    Returns
    -------
    list of (start, end)
        Character offsets, in order; `text[start:end]` is a sentence without space around it. Together they
        cover all of the text but white space.

    Examples
    --------
    >>> text = "Cracks grew (Fig. 2a). Rao et al. saw ca. 3 wt.% more."
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['Cracks grew (Fig. 2a).', 'Rao et al. saw ca. 3 wt.% more.']
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _STOP.finditer(text):
        if _ends_sentence(text, match):
            spans.append((start, match.start("space")))
            start = match.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trimmed(text, *span)) is not None]


def sentences(text: str) -> list[str]:
    """Split running text into its sentences, as strings; see `sentence_spans`."""
    return [text[start:end] for start, end in sentence_spans(text)]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    head, tail = text[: match.start()], text[match.end() :].lstrip("\"“‘'")
    if match["stop"] != ".":
        # Three points within a list, "1 ... 6", stand for what is left out.
        return not (match["stop"].startswith("..") and head[-1:].isspace())
    before = re.search(r"[\w.\-]*$", head)
    word = before.group() if before else ""
    lower, follower = word.lower(), tail[:1]
    opens = (following := re.match(r"[A-Z]\w*", tail)) is not None and following.group().lower() in _OPENS
    if match["after"][:1].isdigit():
        # "1.5 Mg" is a number, "glass.12 We" a sentence and its reference.
        if lower in _ANNOUNCES or (lower in _SHORTENED and not opens):
            return False
        return bool(_CITED_BEHIND.search(head)) or (opens and not word.isdigit())
    if match["after"]:
        return True
    if lower in _ANNOUNCES:
        return False
    if lower in _NOT_BEFORE_A_NUMBER and follower.isdigit():
        return bool(_UNIT_BEFORE.search(head[: len(head) - len(word)]))
    if lower in _SHORTENED:
        return opens
    if lower in _NOT_BEFORE_A_BRACKET and follower in "([":
        return False
    if len(word) == 1 and word.isalpha():
        # A single letter is an initial, unless it is a unit: "at 300 K.", "at 25 °C."
        unit = bool(_UNIT_BEFORE.search(head[:-1]))
        if word.islower():
            return word not in "ei" and (unit or not follower.isdigit())
        return unit or opens
    return opens or not re.fullmatch(r"(?:[A-Z]\.-?)+[A-Z]", word)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
