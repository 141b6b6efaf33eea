"""ImageJ and OME-TIFF: pixel sizes that image software writes into a TIFF's description.

In: the tags of an image. Out: an `Acquisition` with a pixel size or the reason why there is none. ImageJ counts only
with a unit of length and a resolution other than one pixel a unit, which is what it and others write for images that
nobody calibrated. The resolution tags of any other TIFF are for printers and give no pixel size.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from glassllava.micrographs.instruments.acquisition import LENGTHS, Acquisition, Told, entries, plain_unit

DESCRIPTION_TAG, X_TAG, Y_TAG, UNIT_TAG = 270, 282, 283, 296
_TOO_COARSE = {"cm", "m"}
"""ImageJ takes centimetres from a printer's resolution."""
_NO_UNIT = {None, 0, 1}


def read_imagej(told: Told) -> Acquisition | None:
    """Read ImageJ's description and resolution; None where ImageJ did not write them."""
    description = str(told.tags.get(DESCRIPTION_TAG) or "")
    if not description.startswith("ImageJ="):
        return None
    found = Acquisition()
    unit = plain_unit(entries(description).get("unit", ""))
    across, down = _per_unit(told.tags.get(X_TAG)), _per_unit(told.tags.get(Y_TAG))
    if unit not in LENGTHS or unit in _TOO_COARSE:
        if unit not in {"", "pixel", "pixels"}:
            found.problems.append(f"ImageJ's unit '{unit}' is none of a micrograph, so its scale is left out")
    elif across is None or across == 1 or told.tags.get(UNIT_TAG) not in _NO_UNIT:
        found.problems.append(f"ImageJ's unit is '{unit}' but no resolution belongs to it: the image is uncalibrated")
    elif (size := found.length_m("ImageJ XResolution", 1 / across, unit)) is not None:
        found.pixel_size_m, found.pixel_size_source = size, "ImageJ resolution and unit"
        found.pixel_height_m = found.length_m("ImageJ YResolution", 1 / down, unit) if down else None
    return found


def _per_unit(resolution: Any) -> float | None:
    """Pixels per unit of a rational tag; None where it is absent, zero or malformed."""
    try:
        number, of = resolution
        return number / of or None
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def read_ome(told: Told) -> Acquisition | None:
    """Read the physical pixel size of OME-XML, in micrometres where it names no unit (as its schema says)."""
    description = str(told.tags.get(DESCRIPTION_TAG) or "")
    if "<OME" not in description[:2000]:
        return None
    found = Acquisition()
    if "<!DOCTYPE" in description or "<!ENTITY" in description:
        found.problems.append("the OME-XML declares entities, so it is left out")
        return found
    try:
        root = ElementTree.fromstring(description.strip(" \t\r\n\0").encode())
    except ElementTree.ParseError as error:
        found.problems.append(f"the OME-XML is malformed ({error}), so it is left out")
        return found
    pixels = next((element for element in root.iter() if element.tag.rpartition("}")[2] == "Pixels"), None)
    if pixels is not None:
        for axis in "XY":
            name = f"PhysicalSize{axis}"
            size = found.length_m(name, pixels.get(name), pixels.get(f"{name}Unit", "um"))
            if axis == "X":
                found.pixel_size_m, found.pixel_size_source = size, "OME PhysicalSizeX" if size else None
            else:
                found.pixel_height_m = size
    return found
