"""Numbers with their units, as papers print them, turned into values that can be compared.

In: a text. Out: each number with its offsets, its value (or range, or value ± deviation), its unit as printed,
and the same in SI base units where the unit is known: "1.6 ± 0.7 μm", "10–11 Å", "1.3 × 10−3 S cm−1", "52.5
vol.%", "120 °C".
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

_MINUS = "−‐‑–-"
_EXPONENTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")

# Factor to SI base units, and the dimension that must agree before two quantities are compared.
_PREFIXES = {
    "": 1.0, "f": 1e-15, "p": 1e-12, "n": 1e-9, "µ": 1e-6, "u": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1,
    "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
}  # fmt: skip
_PREFIXED = {
    "m": (1.0, "length"), "g": (1e-3, "mass"), "s": (1.0, "time"), "A": (1.0, "current"),
    "Ah": (3600.0, "charge"), "V": (1.0, "voltage"), "eV": (1.602176634e-19, "energy"), "Pa": (1.0, "pressure"),
    "Hz": (1.0, "frequency"), "N": (1.0, "force"), "J": (1.0, "energy"), "W": (1.0, "power"),
    "Wh": (3600.0, "energy"), "Ω": (1.0, "resistance"), "S": (1.0, "conductance"), "L": (1e-3, "volume"),
    "l": (1e-3, "volume"), "mol": (1.0, "amount"), "M": (1e3, "concentration"), "T": (1.0, "flux density"),
    "F": (1.0, "capacitance"), "bar": (1e5, "pressure"), "cal": (4.184, "energy"), "K": (1.0, "temperature"),
    "Da": (1.66053907e-27, "mass"), "C": (1.0, "charge"), "px": (1.0, "pixels"),
}  # fmt: skip
_PLAIN = {
    "Å": (1e-10, "length"), "min": (60.0, "time"), "mins": (60.0, "time"), "minutes": (60.0, "time"),
    "minute": (60.0, "time"), "h": (3600.0, "time"), "hr": (3600.0, "time"), "hrs": (3600.0, "time"),
    "hours": (3600.0, "time"), "hour": (3600.0, "time"), "d": (86400.0, "time"), "days": (86400.0, "time"),
    "day": (86400.0, "time"), "weeks": (604800.0, "time"), "week": (604800.0, "time"), "sec": (1.0, "time"),
    "seconds": (1.0, "time"), "°": (math.pi / 180, "angle"), "rpm": (1 / 60, "frequency"),
    "micron": (1e-6, "length"), "microns": (1e-6, "length"), "pixels": (1.0, "pixels"), "pixel": (1.0, "pixels"),
    "cycles": (1.0, "cycles"), "cycle": (1.0, "cycles"), "Torr": (133.322368, "pressure"),
    "torr": (133.322368, "pressure"), "mbar": (100.0, "pressure"), "atm": (101325.0, "pressure"),
    "%": (0.01, "fraction"), "wt%": (0.01, "mass fraction"), "at%": (0.01, "atomic fraction"),
    "mol%": (0.01, "mole fraction"), "vol%": (0.01, "volume fraction"), "ppm": (1e-6, "fraction"),
    "ppb": (1e-9, "fraction"), "fold": (1.0, "ratio"), "°C": (1.0, "temperature"), "°F": (5 / 9, "temperature"),
}  # fmt: skip

_NUMBER = rf"[{_MINUS}]?(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_POWER = rf"(?:\s*[×x·*]\s*10\s*\^?\s*(?P<{{name}}>[{_MINUS}]?\d+|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"
_UNIT_WORDS = sorted(_PLAIN, key=len, reverse=True)
_PREFIXED_WORDS = sorted(_PREFIXED, key=len, reverse=True)
_ONE_UNIT = (
    r"(?:(?:wt|at|mol|vol)\.?\s?%|"
    rf"(?:{'|'.join(re.escape(word) for word in _UNIT_WORDS)})|"
    rf"(?:[fpnµμumcdkMGT]?(?:{'|'.join(_PREFIXED_WORDS)})))"
)
_UNIT_POWER = rf"(?:\^?[{_MINUS}⁻]?[1-4¹²³⁴])?"
_UNIT = rf"{_ONE_UNIT}{_UNIT_POWER}(?![A-Za-z0-9])(?:(?:\s?[·/]\s?|\s){_ONE_UNIT}{_UNIT_POWER}(?![A-Za-z0-9])){{0,3}}"
_UNSIGNED = _NUMBER.removeprefix(rf"[{_MINUS}]?")
_QUANTITY = re.compile(
    rf"(?<![\w.])(?P<low>{_NUMBER}){_POWER.format(name='low_power')}"
    rf"(?:\s*(?P<join>±|\+/-|[–‐‑−-]|to|and(?=\s+{_NUMBER}\s*{_UNIT}))"
    rf"\s*(?P<high>{_UNSIGNED}){_POWER.format(name='high_power')}"
    r"(?![\d.]*[A-Za-z]*\d))?"
    rf"(?:\s?(?P<unit>{_UNIT}))?"
)
_UNIT_PART = re.compile(rf"(?P<by>/)?\s*(?P<unit>{_ONE_UNIT})(?P<power>{_UNIT_POWER})(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as printed, with what it means."""

    start: int
    end: int
    text: str
    value: float
    """The number, or the lower end of a range, in the unit as printed."""
    high: float | None
    """The upper end of a range."""
    deviation: float | None
    """What stands after ±."""
    unit: str | None
    """As printed, without spaces at its ends."""
    si_value: float | None
    """`value` in SI base units; kelvin for temperatures; fractions for percentages."""
    dimension: str | None
    """What kind of quantity, such as "length"; only equal kinds are comparable."""


def _plain_number(text: str, power: str | None) -> float:
    number = float(re.sub(rf"^[{_MINUS}]", "-", text).replace(",", ""))
    if not power:
        return number
    exponent = int(re.sub(rf"^[{_MINUS}]", "-", power.translate(_EXPONENTS)))
    try:
        return number * 10.0**exponent
    except OverflowError:
        return math.inf if number > 0 else -math.inf


@lru_cache(maxsize=1024)
def unit_in_si(unit: str) -> tuple[float, str] | None:
    """Return the factor to SI base units and the kind of quantity, or None for an unknown unit.

    Parameters
    ----------
    unit : str
        As printed: "μm", "S cm−1", "K/s", "wt.%".

    Examples
    --------
    >>> unit_in_si("μm")
    (1e-06, 'length')
    """
    factor, kinds = 1.0, []
    text = unit.replace("μ", "µ")
    parts = list(_UNIT_PART.finditer(text))
    if not parts or re.search(r"\w|%", _UNIT_PART.sub("", text)):
        return None
    for part in parts:
        name = re.sub(r"\.?\s?%", "%", part["unit"])
        known = _PLAIN.get(name) or _PREFIXED.get(name)
        if known is None and name[1:] in _PREFIXED and name[0] in _PREFIXES:
            base, kind = _PREFIXED[name[1:]]
            known = (base * _PREFIXES[name[0]], kind)
        if known is None:
            return None
        power = part["power"].lstrip("^").translate(_EXPONENTS) if part["power"] else "1"
        exponent = int(re.sub(rf"^[{_MINUS}]", "-", power))
        exponent = -exponent if part["by"] else exponent
        factor *= known[0] ** exponent
        kinds.append(known[1] if exponent == 1 else f"{known[1]}^{exponent}")
    return factor, " ".join(sorted(kinds))


def _si(value: float, unit: str) -> tuple[float, str] | None:
    if re.fullmatch(r"°\s?C", unit):
        return value + 273.15, "temperature"
    if re.fullmatch(r"°\s?F", unit):
        return (value - 32) * 5 / 9 + 273.15, "temperature"
    known = unit_in_si(unit)
    return None if known is None else (value * known[0], known[1])


def find_quantities(text: str) -> list[Quantity]:
    """Return every number of a text with its unit, left to right.

    Digits inside a word or a formula ("SiO2", "BT48") are no quantities.

    Parameters
    ----------
    text : str
        A sentence or a paragraph.

    Returns
    -------
    list of Quantity

    Examples
    --------
    >>> [(q.value, q.deviation, q.unit) for q in find_quantities("arms of 1.6 ± 0.7 μm")]
    [(1.6, 0.7, 'μm')]
    """
    found: list[Quantity] = []
    for match in _QUANTITY.finditer(text):
        if match.end() < len(text) and match["unit"] is None and re.match(r"[A-Za-z]\w*\d", text[match.end() :]):
            continue
        spread = match["join"] in ("±", "+/-")
        shared_power = match["low_power"] or (match["high_power"] if match["join"] else None)
        value = _plain_number(match["low"], shared_power)
        second = _plain_number(match["high"], match["high_power"]) if match["high"] else None
        si = _si(value, match["unit"]) if match["unit"] else None
        found.append(
            Quantity(
                start=match.start(),
                end=match.end(),
                text=match.group(),
                value=value,
                high=None if spread else second,
                deviation=second if spread else None,
                unit=match["unit"],
                si_value=si[0] if si else None,
                dimension=si[1] if si else None,
            )
        )
    return found


def numbers_in(text: str) -> list[str]:
    """Return the digits of every number of a text, as printed, also those in formulae and ranges.

    This is what a check of grounding compares: "1.6", "0.7", "100".
    """
    return re.findall(r"\d+(?:[.,]\d+)*", text)
