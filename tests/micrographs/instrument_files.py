"""Files as instruments write them, made by the tests: TIFF tags and sidecar texts with numbers that are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tifffile

ASCII, BYTES = 2, 1
"""Types of TIFF tags."""


def field(seed: int = 0, size: tuple[int, int] = (96, 128), dtype: str = "uint8") -> np.ndarray[Any, Any]:
    """A noisy grey field of the middle of the range, [rows, columns]."""
    rng = np.random.default_rng(seed)
    top = np.iinfo(dtype).max
    return rng.normal(0.5 * top, 0.12 * top, size).clip(0.05 * top, 0.95 * top).astype(dtype)


def with_strip(
    image: np.ndarray[Any, Any], rows: int = 24, ground: int = 0, ink: int = 255, seed: int = 0
) -> np.ndarray[Any, Any]:
    """The image with a databar below: marks as high as letters, and a line as a scale bar."""
    strip = np.full((rows, image.shape[1]), ground, image.dtype)
    rng = np.random.default_rng(seed)
    for left in range(6, image.shape[1] - 40, 9):
        letter = rng.random((rows // 2, 5)) < 0.6
        letter[:, 0] = True
        strip[rows // 4 : rows // 4 + rows // 2, left : left + 5][letter] = ink
    strip[rows // 2 : rows // 2 + 2, -30:-8] = ink
    return np.vstack([image, strip])


def write_tiff(file: Path, image: np.ndarray[Any, Any], tags: list[tuple[int, int, bytes]], **options: Any) -> Path:
    """Write a TIFF with private tags of (code, type, value)."""
    extra = [(code, kind, len(value) + (kind == ASCII), value, True) for code, kind, value in tags]
    tifffile.imwrite(file, image, extratags=extra, metadata=None, **options)
    return file


def zeiss(lines: dict[str, str], first: str = "0") -> bytes:
    """Tag 34118: unnamed numbers, then a name and a line with title and value for each parameter."""
    body = "".join(f"{key}\r\n{value}\r\n" for key, value in lines.items())
    return f"{first}\r\n{body}".encode("latin-1")


ZEISS = {
    "AP_IMAGE_PIXEL_SIZE": "Image Pixel Size = 12.5 nm",
    "AP_PIXEL_SIZE": "Pixel Size = 99.0 nm",
    "AP_MAG": "Mag =  25.00 K X",
    "AP_ACTUALKV": "EHT = 5.00 kV",
    "AP_WD": "WD = 4.2 mm",
    "DP_DETECTOR_TYPE": "Detector = InLens",
    "DP_SEM": "Sem = Sigma 300",
    "DP_IMAGE_STORE": "Store resolution = 128 * 96",
}

FEI = {
    "System": {"SystemType": "Apreo 2"},
    "Beam": {"HV": "5000", "Beam": "EBeam", "Scan": "EScan"},
    "EBeam": {"HV": "5000", "WD": "0.0101", "HFW": "1.6e-05"},
    "Scan": {"PixelWidth": "1.25e-07", "PixelHeight": "1.25e-07", "HorFieldsize": "1.6e-05"},
    "Image": {"ResolutionX": "128", "ResolutionY": "96", "MagCanvasRealWidth": "0.4144"},
    "Detectors": {"Name": "T1"},
}


def fei(sections: dict[str, dict[str, str]]) -> bytes:
    """Tag 34682: sections of `key=value` lines."""
    return "\r\n".join(
        f"[{name}]\r\n" + "\r\n".join(f"{key}={value}" for key, value in held.items())
        for name, held in sections.items()
    ).encode()


JEOL = """$SEM_DATA_VERSION 1
$CM_DETECTOR_NAME LED
$CM_ACCEL_VOLT 15.00
$$SM_WD 8.40
$CM_MAG 5000
$CM_FORMAT JEOL-SEM
$CM_INSTRUMENT JSM-IT800
$CM_TITLE {title}
$$SM_MICRON_BAR 125
$$SM_MICRON_MARKER {marker}
$CM_FULL_SIZE 128 96
"""

HITACHI = """[SemImageFile]
InstructName=SU8230
SampleName={title}
DataSize=128x96
PixelSize={size}
SignalName=SE(U)
AcceleratingVoltage=3000 Volt
Magnification=50000
WorkingDistance=2100 um
"""

TESCAN = """[MAIN]
Device={title}
ImageStripSize={strip}
Magnification=2500.0
PixelSizeX=2.0e-08
PixelSizeY=2.0e-08
ViewFieldsCountX=1

[SEM]
AcceleratorVoltage=10000.0
Detector=BSE
HV=10000.0
WD=0.0061
"""
