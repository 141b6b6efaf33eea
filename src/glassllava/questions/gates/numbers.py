"""The gate that holds the numbers, units and formulae of an answer to its quotes.

Both sides are brought into one spelling first: number words become digits ("five fields", "threefold", "one third"),
long names of units short ones ("micrometres", "per minute"), and thousands lose their separators. "One" and "two" count
only before a unit, for they mostly stand for things named beside them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from glassllava.questions.gates.surroundings import Surroundings
from glassllava.questions.source import Draft
from glassllava.text.formulae import is_formula, words
from glassllava.text.quantities import find_quantities, numbers_in, unit_in_si

_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_VALUES = {name: str(value) for value, name in enumerate(_SMALL, start=1)} | {
    "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70",
    "eighty": "80", "ninety": "90",
}  # fmt: skip
_PARTS = {"half": "2", "halves": "2", "third": "3", "thirds": "3", "quarter": "4", "quarters": "4", "fifth": "5"}
_UNIT_NAMES = {
    r"micromet(?:er|re)s?|microns?": "µm", r"nanomet(?:er|re)s?": "nm", r"millimet(?:er|re)s?": "mm",
    r"centimet(?:er|re)s?": "cm", r"degrees? Celsius|[°º◦˚]\s?C": "°C", r"kelvins?": "K", r"per ?cent": "%",
    r"megapascals?": "MPa", r"gigapascals?": "GPa", r"kilovolts?": "kV", r"seconds?": "s", r"minutes?": "min",
    r"hours?": "h", r"days?": "d", r"weeks?": "week",
}  # fmt: skip
_ANY_VALUE = "|".join(_VALUES)
_FRACTION = re.compile(rf"\b({_ANY_VALUE})[\s-]({'|'.join(_PARTS)})\b", re.IGNORECASE)
_FOLD = re.compile(rf"\b({_ANY_VALUE})-?fold\b", re.IGNORECASE)
_COUNT = re.compile(rf"\b({'|'.join(name for name in _VALUES if name not in ('one', 'two'))})\b", re.IGNORECASE)
_ONE_OR_TWO = re.compile(r"\b(one|two)\s(?=(?:µm|nm|mm|cm|m|°C|K|%|MPa|GPa|kV|s|min|h|d|week)\b)", re.IGNORECASE)
_REFERENCED = re.compile(
    r"(\d\s?(?:h|hrs?|mins?|d|days?|weeks?|°C|K|(?:wt|mol|at|vol)?\.?\s?%|[MG]Pa|kV))\d{1,3}(?:[,–-]\d{1,3})*(?=[\s.,;)]|$)"
)
"""Numbers of references behind a unit that has no powers: "for 24 h9,39."."""
_BETWEEN_OF_A_LIST = re.compile(r"\s*(?:[,;×x/–-]|,?\s*(?:and|or|to|by))\s*$")


@dataclass(frozen=True, slots=True)
class _Told:
    value: float
    unit: str | None
    text: str


def numbers_are_in_the_evidence(draft: Draft, around: Surroundings) -> str | None:  # noqa: ARG001 - a gate's form
    """Refuse an answer with a number, a unit or a formula that no quote holds."""
    answer, quotes = one_spelling(draft.answer), [one_spelling(item.quote) for item in draft.evidence]
    joined = " | ".join(quotes)
    for number in numbers_in(answer):
        if not re.search(rf"(?<!\d)(?<!\d\.){re.escape(number)}(?!\d|\.\d)", joined):
            return f"{number} is in no quote"
    squeezed = re.sub(r"\s", "", joined)
    for word in words(answer):
        if re.search(r"\d", word) and is_formula(word) and word not in squeezed:
            return f"{word} is in no quote"
    quoted = [told for quote in quotes for told in _quantities(quote)]
    for told in _quantities(answer):
        same = [other for other in quoted if math.isclose(other.value, told.value)]
        if not same and any(math.isclose(abs(other.value), abs(told.value)) for other in quoted):
            return f"{told.text} has another sign in the quotes"
        if told.unit and same and not any(_same_unit(told.unit, other.unit) for other in same):
            return f"{told.text} has another unit in the quotes"
    return None


def one_spelling(text: str) -> str:
    """Return a text with its numbers and units in one spelling.

    Examples
    --------
    >>> one_spelling("Five pores, one third of them 1,400 micrometres wide, grew for two hours at 10 K per minute.")
    '5 pores, 1/3 of them 1400 µm wide, grew for 2 h at 10 K/min.'
    """
    plain = unicodedata.normalize("NFKC", text).replace("μ", "µ")
    for name, unit in _UNIT_NAMES.items():
        plain = re.sub(rf"(?<![A-Za-z])(?:{name})(?![A-Za-z])", unit, plain)
    plain = re.sub(r"\s+per\s+(?=(?:s|min|h|d|m|mm|cm)\b)", "/", plain)
    plain = re.sub(r"(?<![\d.,])(\d{1,3})[, ](\d{3})(?!\d)", r"\1\2", plain)
    plain = _REFERENCED.sub(r"\1", plain)
    plain = re.sub(r"(?<=\d)[-‐‑](?=(?:µm|nm|mm|cm|°C|K|%|MPa|GPa|kV|min|h|d|s)(?![A-Za-z]))", " ", plain)
    plain = _FRACTION.sub(lambda found: f"{_VALUES[found[1].lower()]}/{_PARTS[found[2].lower()]}", plain)
    plain = _FOLD.sub(lambda found: f"{_VALUES[found[1].lower()]} times", plain)
    plain = _COUNT.sub(lambda found: _VALUES[found[1].lower()], plain)
    return _ONE_OR_TWO.sub(lambda found: f"{_VALUES[found[1].lower()]} ", plain)


def _quantities(text: str) -> Iterator[_Told]:
    """Give each number with its unit; those of a list have the unit that stands behind the last."""
    following: tuple[int, str | None] | None = None
    told: list[_Told] = []
    for found in reversed(find_quantities(text)):
        unit = found.unit
        if unit is None and following and _BETWEEN_OF_A_LIST.fullmatch(text[found.end : following[0]]):
            unit = following[1]
        following = (found.start, unit)
        values = (found.value, found.high, found.deviation)
        told += [_Told(value, unit, found.text) for value in values if value is not None]
    yield from told


def _same_unit(unit: str, other: str | None) -> bool:
    """Tell whether two units mean the same; a bare percent sign may stand for any share."""
    if other is None:
        return False
    mine, theirs = re.sub(r"[\s.]", "", unit), re.sub(r"[\s.]", "", other)
    if mine == theirs or (mine == "%" and theirs.endswith("%")):
        return True
    known, known_other = unit_in_si(unit), unit_in_si(other)
    if known is None or known_other is None or known[1] != known_other[1]:
        return False
    on_scales = known[1] == "temperature" and ("°" in mine) != ("°" in theirs)
    return math.isclose(known[0], known_other[0]) and not on_scales
