"""Hitachi: a `.txt` file beside the image (`[SemImageFile]`), and the same in short in TIFF tag 40092.

In: the text of a sidecar file, or the tags of an image. Out: an `Acquisition`. `PixelSize` is in nanometres.
Instruments that write none are uncalibrated here: their magnification refers to a print whose width the file does
not tell.
"""

from __future__ import annotations

import re

from glassllava.micrographs.encodings import decoded_text
from glassllava.micrographs.instruments.acquisition import Acquisition, Told, entries, words

COMMENT_TAG, AUTHOR_TAG = 40092, 40093
"""XPComment and XPAuthor, in UTF-16."""
_SIGNATURE = {"InstructName", "SerialNumber", "DataNumber", "DataSize", "PixelSize", "MicronMarker", "SignalName"}
_CONDITION = re.compile(
    r"Vacc\s*=\s*(?P<voltage>\S+)|Mag\s*=\s*[x×]?(?P<magnification>[\d.]+)(?P<thousand>k?)|WD\s*=\s*(?P<distance>\S+)"
)


def read_hitachi(told: Told) -> Acquisition | None:
    """Read a Hitachi sidecar or comment; None where it is none."""
    text = told.text or _tag(told, COMMENT_TAG)
    said = entries(text)
    if "[SemImageFile]" not in text and len(_SIGNATURE & set(said)) < 2:
        return None
    found = Acquisition(kind="sem")
    found.pixel_size_m = found.length_m("PixelSize", said.get("PixelSize"), "nm")
    if found.pixel_size_m is not None:
        found.pixel_size_source = "Hitachi PixelSize"
    found.size(said.get("DataSize"))
    found.instrument = words(said.get("InstructName")) or words(_tag(told, AUTHOR_TAG))
    found.accelerating_voltage_v = found.voltage_v("AcceleratingVoltage", said.get("AcceleratingVoltage"), "V")
    found.working_distance_m = found.length_m("WorkingDistance", said.get("WorkingDistance"), "um")
    found.magnification = found.number("Magnification", said.get("Magnification"))
    found.detector = words(said.get("SignalName"))
    _condition(found, said.get("Condition", ""))
    return found


def _condition(found: Acquisition, condition: str) -> None:
    """Complete what is not known from a line such as "Vacc=15.0kV Mag=x200 WD=7.7mm"."""
    for match in _CONDITION.finditer(condition):
        if match["voltage"] and found.accelerating_voltage_v is None:
            found.accelerating_voltage_v = found.voltage_v("Vacc", match["voltage"])
        elif match["distance"] and found.working_distance_m is None:
            found.working_distance_m = found.length_m("WD", match["distance"])
        elif match["magnification"] and found.magnification is None:
            number = found.number("Mag", match["magnification"])
            found.magnification = None if number is None else number * (1000.0 if match["thousand"] else 1.0)


def _tag(told: Told, code: int) -> str:
    held = told.tags.get(code)
    return decoded_text(held).strip("\0") if isinstance(held, bytes) else str(held or "").strip("\0")
