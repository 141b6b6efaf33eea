"""JEOL: a `.txt` file beside the image, lines of `$KEY value`.

In: the text of a sidecar file. Out: an `Acquisition`. The pixel size is the length of the printed bar
(`$$SM_MICRON_MARKER`, with its unit) over its pixels (`$$SM_MICRON_BAR`); some instruments write one `$`. Voltages are
in kilovolts, working distances in millimetres.
"""

from __future__ import annotations

import re

from glassllava.micrographs.instruments.acquisition import Acquisition, Told, words

_LINE = re.compile(r"\$+(\w+)\s*(.*)", re.ASCII)


def read_jeol(told: Told) -> Acquisition | None:
    """Read a JEOL sidecar; None where the text is none."""
    said: dict[str, str] = {}
    for match in map(_LINE.fullmatch, map(str.strip, told.text.splitlines())):
        if match is not None:
            said.setdefault(match[1], match[2])
    if not {"CM_FORMAT", "CM_MAG", "CM_INSTRUMENT", "SM_MICRON_BAR", "SM_MICRON_MARKER"} & set(said):
        return None
    found = Acquisition(kind="sem")
    bar = found.number("SM_MICRON_BAR", said.get("SM_MICRON_BAR"))
    marker_m = found.length_m("SM_MICRON_MARKER", said.get("SM_MICRON_MARKER"))
    if bar is not None and marker_m is not None:
        found.pixel_size_m, found.pixel_size_source = marker_m / bar, "JEOL SM_MICRON_MARKER over SM_MICRON_BAR"
    found.size(said.get("CM_FULL_SIZE"))
    found.instrument = words(said.get("CM_INSTRUMENT"))
    found.accelerating_voltage_v = found.voltage_v("CM_ACCEL_VOLT", said.get("CM_ACCEL_VOLT"), "kV")
    found.working_distance_m = found.length_m("SM_WD", said.get("SM_WD"), "mm")
    found.magnification = found.number("CM_MAG", said.get("CM_MAG"))
    found.detector = words(said.get("CM_DETECTOR_NAME")) or words(said.get("CM_SIGNAL_NAME"))
    return found
