"""Lengths in printed words: "20 µm" on a picture, "scale bars, 10 µm" in a caption.

In: text from captions or OCR. Out: metres, or None where the text states no single length.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS = {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "å": 1e-10}
_NUMBER = r"(\d{1,4}(?:[.,]\d{1,2})?)"
_UNIT = r"(nm|[uµμpj]\s?m|mm|cm|Å|micron(?:s|meters?)?)"
_LENGTH = re.compile(rf"(?<![\d.,]){_NUMBER}\s?[-‐]?{_UNIT}(?![a-z])", re.IGNORECASE)
ROUND_LENGTHS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)
"""Leading digits of the lengths that scale bars have; a working distance of 10.6 mm is none."""
_LINE = re.compile(rf"^\W*(?:{_NUMBER}|[Il|T])\s?[-‐]?{_UNIT}[a-z]?\W*$", re.IGNORECASE)
"""A line that holds a bar's length and nothing else; OCR takes "1" for other strokes, and adds a letter."""
_OTHER_DISTANCE = re.compile(r"(?:\bW\.?D\.?|HFW|\bdistance|\bwidth)\s?[:=]?\s?$", re.IGNORECASE)
"""What stands before a working distance or the width of the field, which are lengths but no bar's."""
_BAR = (
    r"(?:\bscale\s?-?\s?(?:bars?|markers?)\b|(?<!error )(?<!\d )(?<!\d)\b(?:bars?|markers?)\b"
    r"(?=\s*(?:[:=,(\d]|is\b|are\b|in\b|of\b|for\b|length|indicat|represent|correspond|denot|show|measur|at\b))"
    r"|\bscales?\b(?=\s*(?:[:=]|\d|is\b|are\b)))"
)
"""What names a scale bar; error bars are none, nor is a pressure, nor "on the scale of"."""
_BAR_NAME = re.compile(_BAR, re.IGNORECASE)
_BAR_SENTENCE = re.compile(rf"[^.;]*?{_BAR}(?:[^.;]|\.(?=\d)|;(?=[^.;]*\d))*", re.IGNORECASE)
OPENING = 12
"""Most letters before the name of the bar in a sentence that is of nothing else: "The", "All", "100 µm"."""
_JUST_BEFORE = re.compile(r"\W{0,3}$")
_MORE = r"(?:\s?(?:[,–—−~∼-]|and|to|&)\s?\(?[a-z]\b\)?)*"
_NAMED_AFTER = re.compile(rf"\s*(?:(?:for|in|on)\s+(?:panels?\s+)?|(?=\())(\(?[a-z]\b\)?{_MORE})", re.IGNORECASE)
"""What follows a length whose panels are named after it: "200 nm for b, e, h", "5 µm (a)"."""
_PANEL_MARKS = re.compile(
    rf"(?:(?:\(|(?<![\w(]))[a-z]\b{_MORE}\)(?:\s?(?:[,–—−~∼-]|and|to|&)+\s?)?)+|(?:^|(?<=[.;]\s))[a-z]\b{_MORE},\s",
    re.IGNORECASE,
)
"""The marks before a panel's part of a caption: "(a)", "(a, b)", "(a)–(c)", "a)", and "a, " where a sentence begins."""
_EVERY = re.compile(r"\b(?:all|each|every|both)\b", re.IGNORECASE)
_INSET = re.compile(r"\bin[sl]ets?\b", re.IGNORECASE)
_LETTERS = re.compile(
    r"\(?\b([a-z])\s?\)?\s?(?:[-–—−~∼]|to)\s?\(?([a-z])\b\)?|\(([a-z])\)|\b([a-z])\b(?=\s?[,)]|\sand\s)",
    re.IGNORECASE,
)


def length_in_metres(text: str) -> float | None:
    """Return the one length that a short text states, in metres; None where there is none, or several.

    OCR reads "µ" as u, p or j; no micrograph has a bar in picometres.
    """
    found = {_metres(*match.groups()) for match in _LENGTH.finditer(text)}
    return found.pop() if len(found) == 1 and 0.0 not in found else None


def length_of_line(text: str) -> float | None:
    """Return the bar's length, in metres, in a line that should hold nothing else; None where it is no such line.

    Examples
    --------
    >>> length_of_line("-30 μm"), length_of_line("Tum"), length_of_line("WD 8.0 mm")
    (3e-05, 1e-06, None)
    """
    line = _LINE.match(text)
    metres = _metres(line.group(1) or "1", line.group(2)) if line else 0.0
    return metres if metres and _is_round(metres) else None


def is_other_distance(before: str) -> bool:
    """Tell whether text says that the length after it is a working distance or a field's width, so no bar's."""
    return bool(_OTHER_DISTANCE.search(before))


def lengths_of_bars(line: str, before: str = "") -> list[tuple[int, int, float]]:
    """Return the lengths in a line of a databar that may be a bar's.

    Parameters
    ----------
    line
        What OCR reads as one run of text, such as "WD 8.0 mm 15.0 kV 2 µm".
    before
        What stands before it in the databar.

    Returns
    -------
    list of tuple
        First letter, end, and metres of each. What is called a working distance or a field width is left out, and so
        is a length that no bar has, such as 10.6 mm.

    Examples
    --------
    >>> lengths_of_bars("WD 8.0 mm 15.0 kV 500 nm")
    [(18, 24, 5e-07)]
    """
    found = [(m.start(), m.end(), _metres(*m.groups())) for m in _LENGTH.finditer(line)]
    return [
        (start, end, metres)
        for start, end, metres in found
        if metres > 0 and _is_round(metres) and not is_other_distance(f"{before} {line[:start]}")
    ]


def stated_length(caption: str, letter: str | None) -> float | None:
    """Return the length of a panel's scale bar as its caption states it.

    A length holds for the panels that its sentence names, or else for those whose part of the caption it stands in,
    unless it is said of all. The only one of a caption, in a sentence of its own, holds for all panels named before it,
    and for every panel where nothing follows.

    Parameters
    ----------
    caption
        The whole caption.
    letter
        The panel's letter, lower case, or None.

    Returns
    -------
    float or None
        Metres; None where the caption states no length, or several and none for this panel.

    Examples
    --------
    >>> stated_length("(a) Fracture, scale bar 5 µm. (b) Glass, scale bar 200 nm.", "b")
    2e-07
    """
    # Most captions name no bar, and to look for a sentence that does takes many times as long.
    sentences = _BAR_SENTENCE.finditer(caption) if _BAR_NAME.search(caption) else ()
    statements = [statement for match in sentences for statement in _statements(caption, match)]
    for wanted in (
        {s.metres for s in statements if s.panels and letter in s.panels},
        {s.metres for s in statements if s.panels is None},
        {s.metres for s in statements if len(statements) == 1 and (s.ends or letter in s.before)},
    ):
        if wanted:
            return wanted.pop() if len(wanted) == 1 else None
    return None


@dataclass(frozen=True, slots=True)
class _Statement:
    """A length that a caption states."""

    metres: float
    panels: set[str] | None
    """What it is said of; None: all."""
    before: set[str]
    """All panels that are named before it, if its sentence is of nothing else and names none."""
    ends: bool
    """Whether it names no panel and nothing follows."""


def _statements(caption: str, match: re.Match[str]) -> Iterator[_Statement]:
    """Lengths of bars in one sentence of a caption: those after the name of the bar, or the one right before it."""
    sentence = match.group(0)
    name = _BAR_NAME.search(sentence)
    lengths = [(m.start(), m.end(), _metres(*m.groups())) for m in _LENGTH.finditer(sentence)]
    if name is None:
        return
    chosen = [length for length in lengths if length[0] >= name.end()]
    if not chosen:
        chosen = [length for length in lengths if _JUST_BEFORE.match(sentence[length[1] : name.start()])][-1:]
    marks = list(_PANEL_MARKS.finditer(caption, 0, match.start()))
    around = _letters_in(marks[-1].group(0)) if marks else None
    is_own = len(sentence[: name.start()].strip()) <= OPENING
    earlier = {letter for mark in marks for letter in _letters_in(mark.group(0))} if is_own else set()
    start, last_named = 0, set[str]()
    for k, (begin, end, metres) in enumerate(chosen):
        before, after = sentence[start:begin], sentence[end : chosen[k + 1][0] if k + 1 < len(chosen) else None]
        following = _NAMED_AFTER.match(after)
        named = _letters_in(following.group(1) + "," if following else before)
        start, named = end, named or last_named
        last_named = named
        if following or not _INSET.search(before):
            ends = not named and not caption[match.start() + end :].strip(" .;)")
            panels = named or (None if _EVERY.search(before) else around)
            yield _Statement(metres, panels, set() if named else earlier, ends)


def _letters_in(text: str) -> set[str]:
    letters: set[str] = set()
    for first, last, bracketed, bare in _LETTERS.findall(text.lower()):
        if first:
            letters.update(chr(code) for code in range(ord(first), ord(last) + 1))
        letters.update(filter(None, (bracketed, bare)))
    return letters


def _is_round(metres: float) -> bool:
    leading = metres / 10 ** math.floor(math.log10(metres) + 1e-9)
    return any(abs(leading - digits) < 1e-6 for digits in ROUND_LENGTHS)


def _metres(number: str, unit: str) -> float:
    unit = unit.lower().replace(" ", "")
    if unit.startswith("micron") or (len(unit) == 2 and unit[0] in "uµμpj"):
        unit = "um"
    return float(number.replace(",", ".")) * _UNITS[unit]
