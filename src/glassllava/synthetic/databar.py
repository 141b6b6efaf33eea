"""The databar under a micrograph: accelerating voltage, working distance, magnification, detector, true scale bar.

In: how the image was recorded and the size of its pixels. Out: the strip as 8-bit grey levels, to be put below the
image, and the bar's length. Three styles, as different makers print them; no maker's name or mark is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from glassllava.synthetic.microscope import Beam

STYLES = ("black strip", "white strip", "on the image")

PRINT_WIDTH_M = 0.127
"""Width of the print to which magnifications refer: 5 inches, the instant film of the first instruments."""

_STEPS = (1, 2, 5)
_WANTED_SHARE = 0.22
"""Share of the width that a scale bar takes, about."""


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A scale bar as it is drawn."""

    length_m: float
    pixels: int
    text: str


def scale_bar(pixel_size_m: float, columns: int) -> ScaleBar:
    """Return the bar of a round length that takes about a fifth of the image's width."""
    wanted = _WANTED_SHARE * columns * pixel_size_m
    lengths = [step * 10.0**power for power in range(-10, 0) for step in _STEPS]
    length = min(lengths, key=lambda candidate: abs(np.log(candidate / wanted)))
    return ScaleBar(length, round(length / pixel_size_m), length_in_words(length))


def length_in_words(length_m: float) -> str:
    """Return a length as databars print it: "500 nm", "20 µm", "1 mm".

    Examples
    --------
    >>> length_in_words(2e-6), length_in_words(5e-7)
    ('2 µm', '500 nm')
    """
    for factor, unit in ((1e-3, "mm"), (1e-6, "µm"), (1e-9, "nm")):
        if length_m >= 0.9999 * factor:
            return f"{length_m / factor:.4g} {unit}"
    return f"{length_m / 1e-9:.3g} nm"


def magnification(field_width_m: float) -> int:
    """Return the magnification on the nominal print, to two digits, as instruments show it."""
    exact = PRINT_WIDTH_M / field_width_m
    digits = 10 ** (int(np.floor(np.log10(exact))) - 1)
    return int(round(exact / digits) * digits)


def with_databar(
    image: NDArray[np.uint8], beam: Beam, pixel_size_m: float, style: str
) -> tuple[NDArray[np.uint8], ScaleBar]:
    """Return the image with its databar, [rows, columns], and the bar that was drawn.

    Parameters
    ----------
    image
        8-bit grey levels, [rows, columns]; at least 256 columns, else the words cannot be read.
    style
        One of `STYLES`: a strip below the image, or bar and length on a plate in its lower right corner.
    """
    rows, columns = image.shape
    bar = scale_bar(pixel_size_m, columns)
    height = round(0.072 * columns)
    font = _font(round(0.030 * columns))
    if style == "on the image":
        canvas = Image.fromarray(image)
        draw = ImageDraw.Draw(canvas)
        words = _width(font, bar.text)
        left, top = columns - max(bar.pixels, words) - 26, rows - height - 16
        draw.rectangle((left - 10, top - 4, columns - 10, rows - 10), fill=0)
        middle = (left + columns - 20) / 2
        draw.text((middle, top), bar.text, fill=255, font=font, anchor="ma")
        start = round(middle - bar.pixels / 2)
        draw.rectangle((start, rows - 22, start + bar.pixels - 1, rows - 18), fill=255)
        return np.asarray(canvas).copy(), bar
    ground, ink = (0, 255) if style == "black strip" else (255, 0)
    strip = Image.new("L", (columns, height), ground)
    draw = ImageDraw.Draw(strip)
    facts: tuple[str, ...] = (
        f"{beam.voltage_kv:.1f} kV",
        f"WD {beam.working_distance_mm:.1f} mm",
        f"x{magnification(columns * pixel_size_m):,}",
        beam.detector,
    )
    if style == "white strip":
        facts = facts[::-1]
    room = columns - bar.pixels - _width(font, bar.text) - 44
    space = (room - sum(_width(font, fact) for fact in facts)) / len(facts)
    left = 10.0
    for fact in facts:
        draw.text((left, height / 2), fact, fill=ink, font=font, anchor="lm")
        left += _width(font, fact) + space
    end = columns - 12
    draw.text((end - bar.pixels - 10, height / 2), bar.text, fill=ink, font=font, anchor="rm")
    middle = height // 2
    draw.rectangle((end - bar.pixels, middle - 2, end - 1, middle + 2), fill=ink)
    return np.vstack([image, np.asarray(strip)]), bar


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), size)


def _width(font: ImageFont.FreeTypeFont, text: str) -> int:
    return int(np.ceil(font.getlength(text)))
