"""What an instrument says of an image, in SI units, and how its numbers are read.

In: the words and numbers of tags and sidecar files. Out: `Acquisition` values. A number that is malformed, has no
unit that is known, or cannot be, is left out and named among the problems; it is never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

LENGTHS = {
    "pm": -12,
    "å": -10,
    "angstrom": -10,
    "nm": -9,
    "um": -6,
    "micron": -6,
    "microns": -6,
    "micrometer": -6,
    "micrometers": -6,
    "mm": -3,
    "cm": -2,
    "m": 0,
}
"""Power of ten of a metre of each unit, by its name in lower case with micro written u."""
VOLTAGES = {"v": 0, "volt": 0, "volts": 0, "kv": 3}
"""Power of ten of a volt likewise."""

_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\S.*)?", re.ASCII | re.DOTALL)
_KEY = re.compile(r"[A-Za-z][\w .%-]{0,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """One place that may speak of an image: the tags of its file, or the text of a sidecar file."""

    tags: Mapping[int, Any] = field(default_factory=dict)
    """TIFF or EXIF tags by code."""
    text: str = ""
    width: int | None = None
    """Columns of the image file; None where there is only a sidecar."""


@dataclass(slots=True)
class Acquisition:
    """What one instrument's header says; None where it says nothing, or nothing that can be."""

    columns: int | None = None
    rows: int | None = None
    """Size of the image as the instrument recorded it, without a databar that was added below."""
    databar_rows: int | None = None
    """Rows at the bottom of the file that are a databar."""
    pixel_size_m: float | None = None
    pixel_size_source: str | None = None
    pixel_height_m: float | None = None
    instrument: str | None = None
    accelerating_voltage_v: float | None = None
    working_distance_m: float | None = None
    magnification: float | None = None
    detector: str | None = None
    kind: Literal["sem"] | None = None
    """`sem` where the header is one that only scanning electron microscopes write for their beam's image."""
    problems: list[str] = field(default_factory=list)

    def number(self, name: str, said: Any) -> float | None:
        """Return a number above zero; None where nothing is said or it cannot be, which is a problem.

        Parameters
        ----------
        name
            What the number is called in the header.
        said
            A number or its text; None and empty text say nothing.
        """
        found = self._parsed(name, said)
        return None if found is None else found[0]

    def length_m(self, name: str, said: Any, unit: str = "") -> float | None:
        """Return a length above zero, in metres.

        Parameters
        ----------
        name
            What the length is called in the header.
        said
            A number, or a text such as "7706.35 um".
        unit
            The unit that the header's format defines; a unit in the text goes before it.
        """
        return self._with_unit(name, said, unit, LENGTHS)

    def voltage_v(self, name: str, said: Any, unit: str = "") -> float | None:
        """Return a voltage above zero, in volts; as `length_m`."""
        return self._with_unit(name, said, unit, VOLTAGES)

    def size(self, said: Any) -> None:
        """Take columns and rows from a text such as "1280 960", "1280x960" or "1024 * 768"."""
        numbers = re.findall(r"\d{1,7}", str(said or ""), re.ASCII)
        if len(numbers) == 2 and all(int(number) > 0 for number in numbers):
            self.columns, self.rows = int(numbers[0]), int(numbers[1])

    def _with_unit(self, name: str, said: Any, unit: str, units: Mapping[str, int]) -> float | None:
        found = self._parsed(name, said)
        if found is None:
            return None
        number, printed = found
        power = units.get(plain_unit(printed or unit))
        if power is None:
            self.problems.append(f"{name} has no unit that is known ({said!r}), so it is left out")
            return None
        # 496.0938 nm are 4.960938e-07 m to the last digit; a product of floats is not.
        return float(Decimal(repr(number)).scaleb(power))

    def _parsed(self, name: str, said: Any) -> tuple[float, str] | None:
        text = "" if said is None else str(said).strip()
        if not text:
            return None
        match = _NUMBER.fullmatch(text)
        if match is None:
            self.problems.append(f"{name} is malformed ({text[:40]!r}), so it is left out")
            return None
        number = float(match.group(1))
        if not math.isfinite(number) or number <= 0:
            self.problems.append(f"{name} is {match.group(1)}, which cannot be, so it is left out")
            return None
        return number, (match.group(2) or "").strip()


def plain_unit(unit: str) -> str:
    r"""Return a unit's name in lower case, micro as u: "µm", "μm" and ImageJ's escaped "\u00B5m" are "um"."""
    return re.sub(r"\\u00b5|\\u03bc|[µμ]", "u", unit.strip().lower()).replace("â", "")


def entries(text: str) -> dict[str, str]:
    r"""Return the `key=value` lines of a text; where a key stands twice the first counts.

    Examples
    --------
    >>> entries("[MAIN]\nPixelSizeX=5e-8\r\nDevice = VEGA")
    {'PixelSizeX': '5e-8', 'Device': 'VEGA'}
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and _KEY.fullmatch(key.strip()):
            found.setdefault(key.strip(), value.strip())
    return found


def words(said: Any) -> str | None:
    """Return a text without quotes and spaces around it; None where nothing is left."""
    return None if said is None else str(said).strip(" \t\r\n\0\"'") or None
