"""Zeiss (and LEO) SmartSEM: TIFF tag 34118, as tifffile parses it.

In: the tags of an image. Out: an `Acquisition`. "Image Pixel Size" belongs to the stored image. Older versions lack
it; then the field's width over the columns of the file gives the size. "Pixel Size" alone is that of a display of
1024 columns, so it counts for images of that width only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from glassllava.micrographs.instruments.acquisition import Acquisition, Told, words

TAG = 34118
_DISPLAY_COLUMNS = 1024


def read_zeiss(told: Told) -> Acquisition | None:
    """Read Zeiss tags; None where there are none."""
    tags = told.tags.get(TAG)
    if not isinstance(tags, Mapping):
        return None
    found = Acquisition(kind="sem")
    _pixel_size(found, tags, told.width)
    found.size(_value(tags, "dp_image_store"))
    found.instrument = words(_value(tags, "dp_sem")) or words(_value(tags, "sv_serial_number"))
    for name in ("ap_actualkv", "ap_manualkv"):
        found.accelerating_voltage_v = found.accelerating_voltage_v or found.voltage_v(name, _value(tags, name))
    found.working_distance_m = found.length_m("ap_wd", _value(tags, "ap_wd"))
    found.detector = words(_value(tags, "dp_detector_type")) or words(_value(tags, "dp_detector_channel"))
    magnified = re.fullmatch(r"(.*?)\s*(K?)\s*X?", str(_value(tags, "ap_mag") or ""), re.IGNORECASE | re.DOTALL)
    if magnified is not None and (number := found.number("ap_mag", magnified.group(1))) is not None:
        found.magnification = number * (1000.0 if magnified.group(2) else 1.0)
    return found


def _pixel_size(found: Acquisition, tags: Mapping[str, Any], width: int | None) -> None:
    size = found.length_m("ap_image_pixel_size", _value(tags, "ap_image_pixel_size"))
    source = "Zeiss ap_image_pixel_size"
    if size is None and "ap_image_pixel_size" not in tags:
        field_m = found.length_m("ap_width", _value(tags, "ap_width"))
        if field_m is not None and width:
            size, source = field_m / width, "Zeiss ap_width over the image's columns"
        elif width == _DISPLAY_COLUMNS:
            size, source = found.length_m("ap_pixel_size", _value(tags, "ap_pixel_size")), "Zeiss ap_pixel_size"
    if size is not None:
        found.pixel_size_m, found.pixel_size_source = size, source


def _value(tags: Mapping[str, Any], name: str) -> str | None:
    """Value and unit of a parameter as one text; tifffile gives (title, value) or (title, value, unit)."""
    parameter = tags.get(name)
    return " ".join(map(str, parameter[1:])) if isinstance(parameter, tuple) else None
