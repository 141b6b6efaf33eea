"""Lengths in printed words: "20 µm" on a picture, "scale bars, 10 µm" in a caption.

In: text from captions or OCR. Out: metres, or None where the text states no single length.
"""

from __future__ import annotations

import re

_UNITS = {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "å": 1e-10}
_NUMBER = r"(\d{1,4}(?:[.,]\d{1,2})?)"
_UNIT = r"(nm|[uµμpj]\s?m|mm|cm|Å|micron(?:s|meters?)?)"
_LENGTH = re.compile(rf"(?<![\d.,]){_NUMBER}\s?[-‐]?{_UNIT}(?![a-z])", re.IGNORECASE)
_OTHER_DISTANCE = re.compile(r"(?:\bW\.?D\.?|HFW|\bdistance|\bwidth)\s?[:=]?\s?$", re.IGNORECASE)
"""What stands before a working distance or the width of the field, which are lengths but no bar's."""
_BAR_SENTENCE = re.compile(
    r"[^.;]*?\b(?:scale\s?-?bars?|scales?|bars?|markers?)\b(?:[^.;]|\.(?=\d)|;(?=[^.;]*\d))*", re.IGNORECASE
)
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


def lengths_of_bars(line: str) -> list[tuple[int, int, float]]:
    """Return the lengths in a line of a databar that may be a bar's.

    Parameters
    ----------
    line
        What OCR reads as one run of text, such as "WD 8.0 mm 15.0 kV 2 µm".

    Returns
    -------
    list of tuple
        First letter, end, and metres of each. What is called a working distance or a field width is left out.

    Examples
    --------
    >>> lengths_of_bars("WD 8.0 mm 15.0 kV 500 nm")
    [(18, 24, 5e-07)]
    """
    found = [(m.start(), m.end(), _metres(*m.groups())) for m in _LENGTH.finditer(line)]
    return [(a, b, metres) for a, b, metres in found if metres > 0 and not _OTHER_DISTANCE.search(line[:a])]


def stated_length(caption: str, letter: str | None) -> float | None:
    """Return the length of a panel's scale bar as its caption states it.

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
    """
    for sentence in _BAR_SENTENCE.findall(caption):
        lengths = [(m.start(), m.end(), _metres(*m.groups())) for m in _LENGTH.finditer(sentence)]
        if len({metres for _, _, metres in lengths}) == 1:
            return lengths[0][2]
        if letter is None or not lengths:
            continue
        start = 0
        for begin, end, metres in lengths:
            if letter in _letters_in(sentence[start:begin]):
                return metres
            start = end
        for (_, end, metres), following in zip(lengths, [*lengths[1:], (len(sentence), 0, 0.0)], strict=True):
            if letter in _letters_in(sentence[end : following[0]]):
                return metres
    return None


def _letters_in(text: str) -> set[str]:
    letters: set[str] = set()
    for first, last, bracketed, bare in _LETTERS.findall(text.lower()):
        if first:
            letters.update(chr(code) for code in range(ord(first), ord(last) + 1))
        letters.update(filter(None, (bracketed, bare)))
    return letters


def _metres(number: str, unit: str) -> float:
    unit = unit.lower().replace(" ", "")
    if unit.startswith("micron") or (len(unit) == 2 and unit[0] in "uµμpj"):
        unit = "um"
    return float(number.replace(",", ".")) * _UNITS[unit]
