"""Printed lines joined to running text, with words that the line end broke made whole.

In: the lines of a paragraph or caption, and the words that the same paper prints unbroken. Out: one string
with single spaces. The paper is its own dictionary: "inhomo-/geneous" closes up, "high-/temperature" keeps
its hyphen where the paper writes it so elsewhere, "phosphate-/buffer" because both are words of the paper.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_HYPHENS = "\u2010\u2011\u00ad-"
_AT_LINE_ENDS = tuple(_HYPHENS)
_BROKEN = re.compile(rf"(?P<head>[^\s{_HYPHENS}]*(?:[{_HYPHENS}][^\s{_HYPHENS}]+)*)[{_HYPHENS}]$")
_WORD = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)*")
_STANDS_ALONE = frozenset(
    [
        "all",
        "back",
        "best",
        "bi",
        "cross",
        "double",
        "ever",
        "ex",
        "far",
        "fast",
        "fine",
        "first",
        "front",
        "full",
        "half",
        "heat",
        "high",
        "highly",
        "ill",
        "in",
        "large",
        "left",
        "light",
        "long",
        "low",
        "mid",
        "more",
        "most",
        "near",
        "new",
        "non",
        "off",
        "on",
        "one",
        "open",
        "out",
        "over",
        "quasi",
        "right",
        "second",
        "self",
        "semi",
        "short",
        "single",
        "slow",
        "small",
        "so",
        "so-called",
        "solid",
        "state",
        "third",
        "three",
        "top",
        "triple",
        "two",
        "ultra",
        "up",
        "well",
        "wide",
        "x",
        "zero",
    ]
)


_CLOSES_UP = frozenset(
    [
        "aero",
        "anti",
        "any",
        "auto",
        "bio",
        "break",
        "counter",
        "draw",
        "electro",
        "every",
        "extra",
        "frame",
        "further",
        "hand",
        "hydro",
        "hyper",
        "infra",
        "inter",
        "intra",
        "macro",
        "mean",
        "meta",
        "micro",
        "mis",
        "mono",
        "multi",
        "nano",
        "net",
        "never",
        "out",
        "over",
        "para",
        "photo",
        "poly",
        "post",
        "pre",
        "pro",
        "pseudo",
        "re",
        "some",
        "sub",
        "super",
        "there",
        "thermo",
        "through",
        "trans",
        "under",
        "what",
        "when",
        "where",
        "which",
        "with",
        "work",
    ]
)
"""Prefixes and words that mostly make one word with what follows: "micro-/porous", "under-/standing"."""


_ENDS_COMPOUNDS = frozenset(
    [
        "assisted",
        "based",
        "coated",
        "containing",
        "deficient",
        "dependent",
        "doped",
        "driven",
        "free",
        "induced",
        "point",
        "resistant",
        "rich",
        "shaped",
    ]
)
"""Words that follow a longer word with a hyphen: "copper-/based", "critical-/point"; "standpoint" is one word."""


def word_counts(lines: Iterable[str]) -> Counter[str]:
    """Count the words and hyphenated compounds that stand unbroken within lines, in lower case.

    What a hyphen at a line's end parts counts on neither side, so the lines should come in reading order.
    """
    counts: Counter[str] = Counter()
    goes_on = False
    for line in lines:
        words = [match.group().lower() for match in _WORD.finditer(line)][1 if goes_on else 0 :]
        goes_on = line.rstrip().endswith(_AT_LINE_ENDS)
        counts.update(words[:-1] if goes_on else words)
        counts.update(part for word in words if "-" in word for part in word.split("-"))
    return counts


def join_lines(lines: Sequence[str], words: Counter[str]) -> str:
    """Join lines to running text.

    Parameters
    ----------
    lines
        Lines in reading order.
    words
        What `word_counts` found in the whole paper.

    Returns
    -------
    str
        The text with single spaces; a hyphen at a line's end is kept only where the paper's other words say so.

    Examples
    --------
    >>> join_lines(["the inhomo-", "geneous high-", "temperature phase"], word_counts(["a high-temperature test"]))
    'the inhomogeneous high-temperature phase'
    """
    return join_with_starts(lines, words)[0]


def join_with_starts(lines: Sequence[str], words: Counter[str]) -> tuple[str, list[int]]:
    """Join lines as `join_lines` does, and tell where in the text each line begins.

    Returns
    -------
    text : str
        The joined text.
    starts : list of int
        For each of `lines` the offset in `text` of its first character; for an empty line, where
        the text before it ends.
    """
    text = ""
    starts: list[int] = []
    for line in lines:
        line = " ".join(line.split())
        if not line:
            starts.append(len(text))
            continue
        broken = _BROKEN.search(text[text.rfind(" ") + 1 :]) if text.endswith(_AT_LINE_ENDS) else None
        if not text:
            text = line
        elif broken is None or text.endswith((" -", "--")):
            open_end = text.endswith(("–", "—", "/")) and not text.endswith((" –", " —", " /"))
            text += line if open_end else " " + line
        else:
            text = _without_break(text, broken["head"], line, words)
        starts.append(len(text) - len(line))
    return text, starts


def _without_break(text: str, head: str, line: str, words: Counter[str]) -> str:
    follower = _WORD.match(line)
    tail = follower.group() if follower else ""
    if not tail or not head:
        return text + line
    if tail.lower() in ("and", "or", "to"):
        return f"{text} {line}"
    last = re.split(rf"[/({_HYPHENS}]", head)[-1].lower()
    first = tail.split("-")[0].lower()
    closed = last + first
    whole = sum(words[form] for form in {closed, closed + "s", closed.removesuffix("s"), last + tail.lower()})
    compound = words[f"{last}-{first}"] + words[f"{last}-{tail.lower()}"]
    if whole != compound:
        return text[:-1] + line if whole > compound else text + line
    keeps = (
        not tail[0].islower()
        or not last.isalpha()
        or len(last) == 1
        or (len(last) > 1 and last.upper() == re.split(rf"[/({_HYPHENS}]", head)[-1])
        or last in _STANDS_ALONE
        or (words[last] > 0 and words[first] > 0 and len(first) > 2 and len(last) > 2 and last not in _CLOSES_UP)
        or (first in _ENDS_COMPOUNDS and len(last) > 3 and last not in _CLOSES_UP | {"check", "stand", "view"})
    )
    return text + line if keeps else text[:-1] + line
