"""FEI and Thermo Fisher: TIFF tags 34680 and 34682 as tifffile parses them, and the XML of tag 34683.

In: the tags of an image. Out: an `Acquisition`. The sections are in SI units. The Phenom desktop microscopes write
only XML, also behind a JPEG.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from glassllava.micrographs.instruments.acquisition import Acquisition, Told, words

TAGS = (34680, 34682)
XML_TAG = 34683
_CAMERA = re.compile(r"nav.?cam|ccd", re.IGNORECASE)
"""Cameras in the chamber: their pictures are photographs."""


def read_fei(told: Told) -> Acquisition | None:
    """Read FEI tags; None where there are none."""
    sections: dict[str, Any] = {}
    for code in TAGS:
        if isinstance(told.tags.get(code), Mapping):
            sections.update(told.tags[code])
    xml = told.tags.get(XML_TAG)
    if not sections and not isinstance(xml, str | bytes):
        return None
    found = Acquisition()
    if sections:
        _sections(found, sections)
    if isinstance(xml, str | bytes) and found.pixel_size_m is None:
        _xml(found, xml)
    return found


def _sections(found: Acquisition, sections: Mapping[str, Any]) -> None:
    def said(section: str, name: str) -> Any:
        held = sections.get(section)
        return held.get(name) if isinstance(held, Mapping) else None

    beam = str(said("Beam", "Beam") or "EBeam")
    columns, rows = said("Image", "ResolutionX"), said("Image", "ResolutionY")
    found.size(f"{columns} x {rows}")
    scans = dict.fromkeys(("Scan", str(said("Beam", "Scan") or "Scan"), "EScan", "IScan"))
    field_m = next((width for scan in scans if (width := said(scan, "HorFieldsize")) not in (None, "")), None)
    for scan in scans:
        size = found.length_m(f"{scan}.PixelWidth", said(scan, "PixelWidth"), "m")
        if size is not None:
            found.pixel_size_m, found.pixel_size_source = size, f"FEI {scan}.PixelWidth"
            found.pixel_height_m = found.length_m(f"{scan}.PixelHeight", said(scan, "PixelHeight"), "m")
            break
    width_m = found.length_m("HorFieldsize", field_m or said(beam, "HFW"), "m")
    if found.pixel_size_m is None and width_m is not None and found.columns:
        found.pixel_size_m, found.pixel_size_source = width_m / found.columns, "FEI field width over columns"
    canvas_m = found.length_m("Image.MagCanvasRealWidth", said("Image", "MagCanvasRealWidth"), "m")
    if canvas_m is not None and width_m is not None:
        # What the databar prints: the width at which the image is shown or printed, over that of the field.
        found.magnification = float(f"{canvas_m / width_m:.4g}")
    found.instrument = words(said("System", "SystemType"))
    for section in dict.fromkeys((beam, "Beam")):
        voltage = found.voltage_v(f"{section}.HV", said(section, "HV"), "V")
        found.accelerating_voltage_v = found.accelerating_voltage_v or voltage
    for section, name in ((beam, "WD"), ("Stage", "WorkingDistance")):
        distance = found.length_m(f"{section}.{name}", said(section, name), "m")
        found.working_distance_m = found.working_distance_m or distance
    found.detector = words(said("Detectors", "Name"))
    if beam == "EBeam" and beam in sections and not _CAMERA.search(found.detector or ""):
        found.kind = "sem"


def _xml(found: Acquisition, xml: str | bytes) -> None:
    """Read what tag 34683 says of the pixel size: `FeiImage` of a Phenom, else `BinaryResult/PixelSize`."""
    text = xml.decode("utf-8", "replace") if isinstance(xml, bytes) else xml
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        found.problems.append("the XML of tag 34683 declares entities, so it is left out")
        return
    try:
        root = ElementTree.fromstring(text.strip(" \t\r\n\0").encode())
    except ElementTree.ParseError as error:
        found.problems.append(f"the XML of tag 34683 is malformed ({error}), so it is left out")
        return
    phenom = root.tag == "FeiImage"
    across, down = ("pixelWidth", "pixelHeight") if phenom else (f"BinaryResult/PixelSize/{axis}" for axis in "XY")
    found.pixel_size_m = _xml_length(found, root.find(across))
    found.pixel_height_m = _xml_length(found, root.find(down))
    if found.pixel_size_m is not None:
        found.pixel_size_source = "Phenom pixelWidth" if phenom else "FEI XML PixelSize"
    if phenom:
        found.kind = "sem"
        found.instrument = words(root.findtext("instrument/edition")) or words(root.findtext("instrument/type"))
        height = root.findtext("databarHeight")
        found.databar_rows = int(height) if height and height.strip().isascii() and height.strip().isdigit() else None
    else:
        found.instrument = found.instrument or words(root.findtext("Instrument/InstrumentClass"))


def _xml_length(found: Acquisition, element: ElementTree.Element | None) -> float | None:
    if element is None:
        return None
    return found.length_m(element.tag, element.text, element.get("unit", ""))
