"""Lengths in printed words: "20 µm" on a picture, "scale bars, 10 µm" in a caption.

In: text from captions or OCR. Out: metres, or None where the text states no single length.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

_UNITS = {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "å": 1e-10}
_NUMBER = r"(\d{1,4}(?:[.,]\d{1,2})?)"
_UNIT = r"(nm|[uµμpj]\s?m|mm|cm|Å|micron(?:s|meters?)?)"
_LENGTH = re.compile(rf"(?<![\d.,]){_NUMBER}\s?[-‐]?{_UNIT}(?![a-z])", re.IGNORECASE)
ROUND_LENGTHS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)
"""Leading digits of the lengths that scale bars have; a working distance of 10.6 mm is none."""
_LINE = re.compile(rf"^\W*(?:{_NUMBER}|[Il|T])\s?[-‐]?{_UNIT}[a-z]?\W*$", re.IGNORECASE)
"""A line that holds a bar's length and nothing else; OCR takes "1" for other strokes, and adds a letter."""
_OTHER_DISTANCE = re.compile(
    r"(?:\bF?W\.?D\.?|[HV]FW|\bF[WO][VW]?|\bH?FOV|\bdistance|\bwidth|\bheight|\bfield(?:\sof\sview)?|\bdepth"
    r"|\baperture|\bsize|\bspot|\bmag\w*\.?|\bstep|\bthickness)\s?[:=]?\s?$",
    re.IGNORECASE,
)
"""What stands before a working distance, the width of the field, an aperture: lengths, but no bar's."""
_BAR = (
    r"(?:\bscale\s?-?\s?(?:bars?|markers?)\b|(?<!error )(?<!\d )(?<!\d)\b(?:bars?|markers?)\b"
    r"(?=\s*(?:[:=,(\d]|is\b|are\b|in\b|of\b|for\b|length|indicat|represent|correspond|denot|show|measur|at\b))"
    r"|\bscales?\b(?=\s*(?:[:=]|\d|is\b|are\b)))"
)
"""What names a scale bar; error bars are none, nor is a pressure, nor "on the scale of"."""
_BAR_NAME = re.compile(_BAR, re.IGNORECASE)
_BAR_SENTENCE = re.compile(rf"(?:^|(?<=[.;]))[^.;]*?{_BAR}(?:[^.;]|\.(?=\d)|;(?=[^.;]*\d))*", re.IGNORECASE)
OPENING = 12
"""Most letters before the name of the bar in a sentence that is of nothing else: "The", "All", "100 µm"."""
_JUST_BEFORE = re.compile(r"\W{0,3}$")
_MORE = r"(?:\s?(?:,\s?(?:and|&)|[,/–—−~∼-]|and|to|&)\s?\(?[a-z]\b\)?+)*+"
_NAMED_AFTER = re.compile(
    rf"(?:,?\s*respectively,?)?\s*(?:(?:for|in|on|of)\s+(?:(?:panels?|images?|parts?)\s+)?|/?(?=\())"
    rf"(\(?[a-z]\b\)?+{_MORE})(?!\s+(?!(?:and|or|but|while|whereas|except|unless|with|in|for|resp\w*)\b)[a-z])",
    re.IGNORECASE,
)
"""What follows a length whose panels are named after it: "200 nm for b, e, h", "5 µm (a)"; not what a panel's own part
begins with, as in "5 µm (b) Fracture"."""
_MARKED = r"(?:\s?(?:,\s?(?:and|&)|[,–—−~∼-]|and|to|&)\s?\(?[a-z]\b\)?)*"
_SEVERAL = r"(?:\s?(?:[,–—−~∼-]|and|to|&)\s?[a-z]\b)*"
_PANEL_MARKS = re.compile(
    rf"(?:(?:\([a-z]\b{_MARKED}\)|(?<![\w(])[a-z]\b{_SEVERAL}\))(?:\s?(?:[,–—−~∼-]|and|to|&)+\s?)?)+"
    rf"|(?:^|(?<=[.;]\s))[a-z]\b{_MORE},\s",
    re.IGNORECASE,
)
"""The marks before a panel's part of a caption: "(a)", "(a, b)", "(a)–(c)", "a)", and "a, " where a sentence begins."""
_EVERY = re.compile(r"\b(?:all|each|every|both)\b", re.IGNORECASE)
_INSET = re.compile(r"\bin[sl]ets?\b", re.IGNORECASE)
_INSET_AFTER = re.compile(
    r"\s*\(?\s*(?:(?:in|for|of|on)\s+(?:the\s+|all\s+)?in[sl]ets?\b|in[sl]ets?\s*\))(?!\s*[:,=]?\s*\d)", re.IGNORECASE
)
_LETTERS = re.compile(
    r"\(?\b([a-z])\s?\)?\s?(?:[-–—−~∼]|to)\s?\(?([a-z])\b\)?|\(([a-z])\)|\b([a-z])\b(?=\s?[,/):=]|\sand\s)"
    r"|(?:\b(?:in|for|of|on|and|panels?)\s|[,&/]\s?)([a-z])(?=\s(?:is|are|represents?|indicates?|measures?)\b)"
    r"|(?:[,;:]|\band)\s([a-z])(?=\s\d)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?<![\w.,×±])\d{1,4}(?:[.,]\d{1,2})?(?![.,]?\d)")
_LISTED = re.compile(
    r"(?!\s*[a-z]\b)(?=.*(?:[,;/&)]|\b(?:and|or)\b))"
    r"(?:[\s,;/&()]|\b(?:and|or|for|in|on|panels?)\b|\b[a-z]\b|(?<=[a-z)])\s?[:=]"
    r"|(?<=[a-z)])\s?[–—−~∼-](?=\s?\(?[a-z]\b))*",
    re.IGNORECASE,
)
"""What stands between two numbers of one list, "200, 100 and 50 nm" or "(a) 200, (b) 100"."""
_PART_OF_OTHER = re.compile(r"\d\s*(?:[–—−~∼×±x-]|\bto\b)\s*$", re.IGNORECASE)
"""What stands before the second number of a range, of a product, or of a value with its error."""
_NEXT = re.compile(r"[\s,;/&]*(?:\b(?:and|or)\b)?\s*", re.IGNORECASE)
"""What stands between two lengths that nothing else is said of."""
_BARE_AFTER = re.compile(
    r"(?:\s*(?:[,;/&]|\band\b|\bor\b))+\s*\d+(?:\.\d+)?\s*(?:$|[,;/()]|(?:and|or|for|in|respectively)\b)", re.IGNORECASE
)
"""A number that follows a length and has no unit: one of the two is not what it seems."""
_COARSE = ("mm", "cm")


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
    stated = _stated(caption, letter)
    return stated.metres if stated else None


def is_stated_in_millimetres(caption: str, letter: str | None) -> bool:
    """Tell whether the length that `stated_length` gives is stated in mm or cm.

    Where a font maps its letters wrongly, "µm" is read as "mm", and the length is a thousand times too long.
    """
    stated = _stated(caption, letter)
    return stated is not None and stated.coarse


@dataclass(frozen=True, slots=True)
class _Length:
    """A length in a sentence."""

    begin: int
    end: int
    metres: float | None
    """None where it is 0, is part of a range, or may be two lengths whose space was lost: "20,10 µm"."""
    coarse: bool
    """Whether it is in mm or cm."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a caption states of panels: a length, or one that is not clear."""

    metres: float | None
    coarse: bool
    panels: set[str] | None
    """What it is said of; None: all."""
    before: set[str]
    """All panels that are named before it, if its sentence is of nothing else and names none."""
    ends: bool
    """Whether it names no panel and nothing follows."""


@lru_cache(maxsize=64)
def _all_stated(caption: str) -> tuple[_Statement, ...]:
    """Find all that a caption states of bars; it is asked for each of its panels, and more than once."""
    # Most captions name no bar, and to look for a sentence that does takes many times as long.
    sentences = _BAR_SENTENCE.finditer(caption) if _BAR_NAME.search(caption) else ()
    return tuple(statement for match in sentences for statement in _statements(caption, match))


def _stated(caption: str, letter: str | None) -> _Statement | None:
    """Find the statement that holds for a panel; None where there is none, or others contradict it."""
    statements = _all_stated(caption)
    for wanted in (
        [s for s in statements if s.panels and letter in s.panels],
        [s for s in statements if s.panels is None],
        [s for s in statements if len(statements) == 1 and (s.ends or letter in s.before)],
    ):
        if wanted:
            return wanted[0] if len({s.metres for s in wanted}) == 1 else None
    return None


def _statements(caption: str, match: re.Match[str]) -> Iterator[_Statement]:
    """Lengths of bars in one sentence of a caption: those after the name of the bar, or the ones right before it."""
    sentence = match.group(0)
    name = _BAR_NAME.search(sentence)
    if name is None:
        return
    lists = _lists_of(sentence)
    chosen = [listed for listed in lists if listed[0].begin >= name.end()]
    if not chosen:
        chosen = [listed for listed in lists if _JUST_BEFORE.match(sentence[listed[-1].end : name.start()])][-1:]
    if not chosen:
        return
    marks = list(_PANEL_MARKS.finditer(caption, 0, match.start()))
    around = set(_letters_in(marks[-1].group(0))) if marks else None
    is_own = len(sentence[: name.start()].strip()) <= OPENING
    earlier = {letter for mark in marks for letter in _letters_in(mark.group(0))} if is_own else set()
    ends = [listed[0].begin for listed in chosen[1:]] + [len(sentence)]
    rests = [sentence[max(listed[-1].end, name.end()) : end] for listed, end in zip(chosen, ends, strict=True)]
    followed = [_NAMED_AFTER.match(rest) for rest in rests]
    if not followed[-1] and _letters_in(sentence[name.end() : chosen[0][0].begin]):
        followed = [None] * len(chosen)  # "(a) 20 µm (b) 5 µm": each is named before its length
    start, last_named = 0, list[str]()
    for listed, after, following in zip(chosen, rests, followed, strict=True):
        before = sentence[start : listed[0].begin]
        named_text = following.group(1) + "," if following else before
        start = listed[-1].end
        if of_inset := _INSET_AFTER.match(after):
            start += of_inset.end()
            listed = listed[:-1]
        elif _INSET.search(before) and (not following or _INSET.search(before[-OPENING:])):
            continue
        if len(listed) > 1:
            if not following and not _letters_in(before):
                named_text = _elsewhere(caption, match, marks)
            yield from _shared_out(listed, named_text)
            continue
        named = _letters_in(named_text) or last_named
        last_named = named
        for length in listed:
            is_list = len(named) > 1 and "," in sentence[length.begin : length.end]
            metres = None if is_list or _BARE_AFTER.match(sentence[length.end :]) else length.metres
            is_last = not named and not caption[match.start() + length.end :].strip(" .;)")
            panels = set(named) or (None if _EVERY.search(before) else around)
            yield _Statement(metres, length.coarse, panels, set() if named else earlier, is_last)


def _lists_of(sentence: str) -> list[list[_Length]]:
    """Lengths of a sentence, in lists of those that stand next to each other; a number takes the unit that follows."""
    lengths: list[_Length] = []
    for match in _LENGTH.finditer(sentence):
        number, unit = match.groups()
        last = lengths[-1].end if lengths else 0
        found = [_length(sentence, (match.start(), match.end()), number, unit)]
        for alone in reversed(list(_ALONE.finditer(sentence, last, match.start()))):
            if not _LISTED.fullmatch(sentence[alone.end() : found[0].begin]):
                break
            found.insert(0, _length(sentence, alone.span(), alone.group(0), unit))
        lengths += found
    lists: list[list[_Length]] = []
    for length in lengths:
        if lists and _NEXT.fullmatch(sentence[lists[-1][-1].end : length.begin]):
            lists[-1].append(length)
        else:
            lists.append([length])
    return lists


def _length(sentence: str, place: tuple[int, int], number: str, unit: str) -> _Length:
    metres = _metres(number, unit)
    before = sentence[max(0, place[0] - OPENING) : place[0]]
    is_unclear = metres == 0 or bool(_PART_OF_OTHER.search(before)) or ("," in number and not _is_round(metres))
    return _Length(*place, None if is_unclear else metres, unit.lower() in _COARSE)


def _elsewhere(caption: str, match: re.Match[str], marks: list[re.Match[str]]) -> str:
    """Return the marks of the panels that a list of lengths may be of whose sentence names none after its bars.

    They are all of the caption, or those right before it where others follow.
    """
    following = [mark.group(0) for mark in _PANEL_MARKS.finditer(caption, match.end())]
    if marks and following:
        return marks[-1].group(0)
    return " ".join(following or [mark.group(0) for mark in marks])


def _shared_out(lengths: list[_Length], named: str) -> Iterator[_Statement]:
    """Give the lengths of a list to as many panels in order; where the numbers differ, none of them is clear."""
    letters = _letters_in(named)
    is_sure = set(re.findall(r"\b[a-z]\b", named.lower())) <= set(letters)
    groups = [_letters_in(f"{group},") for group in re.findall(r"\(([^()]*)\)", named)]
    if len(letters) == len(lengths):
        groups = [[letter] for letter in letters]
    if not is_sure or len(groups) != len(lengths) or sorted(chain(*groups)) != sorted(letters):
        yield _Statement(None, False, set(letters) or None, set(), False)
        return
    for length, group in zip(lengths, groups, strict=True):
        yield _Statement(length.metres, length.coarse, set(group), set(), False)


def _letters_in(text: str) -> list[str]:
    """Letters of panels in the order in which a text names them, each once."""
    letters: list[str] = []
    for first, last, *single in _LETTERS.findall(text.lower()):
        if first:
            letters += [chr(code) for code in range(ord(first), ord(last) + 1)]
        letters += filter(None, single)
    return list(dict.fromkeys(letters))


def _is_round(metres: float) -> bool:
    leading = metres / 10 ** math.floor(math.log10(metres) + 1e-9)
    return any(abs(leading - digits) < 1e-6 for digits in ROUND_LENGTHS)


def _metres(number: str, unit: str) -> float:
    unit = unit.lower().replace(" ", "")
    if unit.startswith("micron") or (len(unit) == 2 and unit[0] in "uµμpj"):
        unit = "um"
    return float(number.replace(",", ".")) * _UNITS[unit]
