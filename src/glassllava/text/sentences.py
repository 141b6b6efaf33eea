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
        (?=["“‘'(\[]*(?:[A-ZÀ-ÞΑ-ΩА-Яα-ω\d•†‡*~±]|[a-z]\s?(?:[-–,&]\s?[a-z])*\)))""",
    re.VERBOSE,
)

_NEVER_AT_END = frozenset(
    [
        "al",
        "approx",
        "av",
        "ave",
        "avg",
        "ca",
        "cf",
        "chap",
        "dept",
        "dr",
        "ed",
        "eds",
        "eg",
        "e.g",
        "eq",
        "eqn",
        "eqns",
        "eqs",
        "equiv",
        "esp",
        "et",
        "ex",
        "fig",
        "figs",
        "i.e",
        "ie",
        "mr",
        "mrs",
        "ms",
        "nat",
        "nr",
        "phys",
        "prof",
        "ref",
        "refs",
        "resp",
        "sec",
        "sect",
        "sects",
        "secs",
        "st",
        "suppl",
        "supp",
        "tab",
        "tabs",
        "univ",
        "viz",
        "vs",
        "chem",
        "sci",
        "lett",
        "rev",
        "int",
        "mater",
    ]
)
_NOT_BEFORE_A_NUMBER = frozenset(
    [
        "no",
        "nos",
        "p",
        "pp",
        "vol",
        "art",
        "ch",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ]
)
_NOT_BEFORE_A_BRACKET = frozenset(["co", "corp", "inc", "ltd", "sp", "spp", "var", "cv", "wt", "at"])
_UNIT_BEFORE = re.compile(r"(?:\d\s?|[°◦º]\s?)$")


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
    if match["stop"] != ".":
        return True
    after = match["after"]
    before = re.search(r"[\w.\-]*$", text[: match.start()])
    word = before.group() if before else ""
    if after[:1].isdigit():
        # "1.5 Mg" is a number, "glass.12 We" a sentence and its reference.
        return bool(re.search(r"[^\W\d]{2}$|[)\]%]$", text[: match.start()])) and word.lower() not in _NEVER_AT_END
    if after:
        return True
    follower = text[match.end() :].lstrip("\"“‘'")[:1]
    lower = word.lower()
    if lower in _NEVER_AT_END:
        return False
    if lower in _NOT_BEFORE_A_NUMBER and follower.isdigit():
        return False
    if lower in _NOT_BEFORE_A_BRACKET and follower in "([":
        return False
    if len(word) == 1 and word.isalpha():
        # A single letter is an initial, unless it is a unit: "at 300 K.", "at 25 °C."
        if word.islower():
            return word not in "ei" and not follower.isdigit()
        return bool(_UNIT_BEFORE.search(text[: match.start() - 1]))
    return not re.fullmatch(r"(?:[A-Z]\.-?)+[A-Z]", word)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
