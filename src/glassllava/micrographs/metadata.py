"""What an image file says of its own acquisition: pixel size, voltage, working distance, detector.

In: an image file. Out: a `MicrographInfo`; what the file does not say, or says malformed, is None and named among
the problems, never guessed. FEI/Thermo and Zeiss TIFF tags are read through tifffile; any other image gives its
size and bit depth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tifffile
from PIL import Image
from pydantic import BaseModel

from glassllava.errors import UnreadableInput

_LENGTHS_M = {"pm": 1e-12, "nm": 1e-9, "µm": 1e-6, "μm": 1e-6, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0}
_VOLTS = {"V": 1.0, "kV": 1e3}

_BITS = {"1": 1, "L": 8, "P": 8, "RGB": 8, "RGBA": 8, "CMYK": 8, "I;16": 16, "I;16B": 16, "I": 32, "F": 32}


class MicrographInfo(BaseModel):
    """Size and acquisition of one image file; None where it is not known."""

    file: str
    width: int
    height: int
    bit_depth: int
    pixel_size_m: float | None = None
    pixel_size_source: str | None = None
    instrument: str | None = None
    accelerating_voltage_v: float | None = None
    working_distance_m: float | None = None
    magnification: float | None = None
    detector: str | None = None
    databar: list[int] | None = None
    """`[x0, y0, x1, y1]` in pixels of the strip below the image that holds its data."""
    problems: list[str] = []


def read_metadata(file: Path) -> MicrographInfo:
    """Read what `file` says of itself.

    Raises
    ------
    UnreadableInput
        The file is missing or no image that can be read.
    """
    if not file.is_file():
        raise UnreadableInput(f"{file} is not a file; name an image.")
    try:
        if file.suffix.lower() in {".tif", ".tiff"}:
            return _tiff(file)
        with Image.open(file) as image:
            return MicrographInfo(
                file=file.name, width=image.width, height=image.height, bit_depth=_BITS.get(image.mode, 8)
            )
    except (OSError, tifffile.TiffFileError, ValueError, IndexError) as error:
        raise UnreadableInput(f"{file} cannot be read as an image: {error}.") from error


def _tiff(file: Path) -> MicrographInfo:
    with tifffile.TiffFile(file) as tiff:
        page = tiff.pages[0]
        info = MicrographInfo(
            file=file.name, width=page.imagewidth, height=page.imagelength, bit_depth=int(page.bitspersample)
        )
        fei, zeiss = tiff.fei_metadata, tiff.sem_metadata
    if fei:
        _fei(info, fei)
    elif zeiss:
        _zeiss(info, zeiss)
    return info


def _fei(info: MicrographInfo, tags: Mapping[str, Any]) -> None:
    def tag(section: str, name: str) -> Any:
        return (tags.get(section) or {}).get(name)

    for section in ("Scan", "EScan", "IScan"):
        size = _positive(info, f"{section}.PixelWidth", tag(section, "PixelWidth"))
        if size is not None:
            info.pixel_size_m, info.pixel_size_source = size, f"FEI {section}.PixelWidth"
            break
    info.instrument = _text(tag("System", "SystemType"))
    for section in ("EBeam", "Beam"):
        if info.accelerating_voltage_v is None:
            info.accelerating_voltage_v = _positive(info, f"{section}.HV", tag(section, "HV"))
    for section, name in (("EBeam", "WD"), ("Stage", "WorkingDistance")):
        if info.working_distance_m is None:
            info.working_distance_m = _positive(info, f"{section}.{name}", tag(section, name))
    info.detector = _text(tag("Detectors", "Name"))
    height = _positive(info, "Image.ResolutionY", tag("Image", "ResolutionY"))
    if height is not None and height < info.height:
        info.databar = [0, int(height), info.width, info.height]


def _zeiss(info: MicrographInfo, tags: Mapping[str, Any]) -> None:
    for name in ("ap_image_pixel_size", "ap_pixel_size"):
        size = _with_unit(info, tags.get(name), _LENGTHS_M)
        if size is not None:
            info.pixel_size_m, info.pixel_size_source = size, f"Zeiss {name}"
            break
    info.instrument = _text((tags.get("dp_sem") or (None,))[-1])
    for name in ("ap_actualkv", "ap_manualkv"):
        if info.accelerating_voltage_v is None:
            info.accelerating_voltage_v = _with_unit(info, tags.get(name), _VOLTS)
    info.working_distance_m = _with_unit(info, tags.get("ap_wd"), _LENGTHS_M)
    info.detector = _text((tags.get("dp_detector_type") or (None,))[-1])
    words = str((tags.get("ap_mag") or ("", ""))[1]).replace("X", "").split()
    if words:
        number = _positive(info, "ap_mag", words[0])
        if number is not None:
            info.magnification = number * (1000.0 if words[1:2] == ["K"] else 1.0)


def _with_unit(info: MicrographInfo, value: Any, units: Mapping[str, float]) -> float | None:
    if value is None:
        return None
    name, unit = str(value[0]), str(value[2]) if len(value) > 2 else ""
    if unit not in units:
        info.problems.append(f"{name} has no unit that is known, so it is left out")
        return None
    number = _positive(info, name, value[1])
    return None if number is None else number * units[unit]


def _positive(info: MicrographInfo, name: str, value: Any) -> float | None:
    if value in (None, ""):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        info.problems.append(f"{name} is malformed ({value!r}), so it is left out")
        return None
    if not math.isfinite(number) or number <= 0:
        info.problems.append(f"{name} is {value}, which cannot be, so it is left out")
        return None
    return number


def _text(value: Any) -> str | None:
    return str(value).strip(' "') or None if value is not None else None
