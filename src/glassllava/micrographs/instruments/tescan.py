"""TESCAN: a `.hdr` file beside the image, and the same lines inside TIFF tag 50431.

In: the text of a sidecar file, or the tags of an image. Out: an `Acquisition`. All values are in SI units;
`ImageStripSize` is the height in pixels of the databar below the image.
"""

from __future__ import annotations

import re

from glassllava.micrographs.instruments.acquisition import Acquisition, Told, entries, words

TAG = 50431
_SIGNATURE = {"PixelSizeX", "AcceleratorVoltage", "HV", "ImageStripSize", "ViewFieldsCountX", "DeviceModel"}
_BINARY = re.compile(rb"[^\t\n\r\x20-\x7e\xa0-\xff]+")


def read_tescan(told: Told) -> Acquisition | None:
    """Read a TESCAN header or tag; None where it is none."""
    held = told.tags.get(TAG)
    # Among the tag's bytes are a thumbnail and lengths of blocks; the header's lines stand between them.
    text = told.text or (_BINARY.sub(b"\n", held).decode("latin-1") if isinstance(held, bytes) else str(held or ""))
    said = entries(text)
    if len(_SIGNATURE & set(said)) < (1 if "[MAIN]" in text else 2):
        return None
    found = Acquisition(kind=None if "[FIB]" in text and "[SEM]" not in text else "sem")
    found.pixel_size_m = found.length_m("PixelSizeX", said.get("PixelSizeX"), "m")
    found.pixel_height_m = found.length_m("PixelSizeY", said.get("PixelSizeY"), "m")
    if found.pixel_size_m is not None:
        found.pixel_size_source = "TESCAN PixelSizeX"
    strip = said.get("ImageStripSize", "")
    found.databar_rows = int(strip) if strip.isascii() and strip.isdigit() and int(strip) > 0 else None
    found.instrument = words(said.get("Device")) or words(said.get("DeviceModel"))
    for name in ("HV", "AcceleratorVoltage"):
        voltage = found.voltage_v(name, said.get(name), "V")
        found.accelerating_voltage_v = found.accelerating_voltage_v or voltage
    found.working_distance_m = found.length_m("WD", said.get("WD"), "m")
    found.magnification = found.number("Magnification", said.get("Magnification"))
    found.detector = words(said.get("Detector")) or words(said.get("Detector0"))
    return found
