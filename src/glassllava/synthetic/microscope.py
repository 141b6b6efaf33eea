"""The electron microscope: how a specimen's relief and composition become grey levels.

In: a `Specimen` and the `Beam`. Out: an 8-bit image, [rows, columns]. What is modelled, after Goldstein et al.
(2018), Scanning Electron Microscopy and X-Ray Microanalysis, 4th ed., doi:10.1007/978-1-4939-6676-9, and Reimer
(1998), Scanning Electron Microscopy, 2nd ed., doi:10.1007/978-3-540-38967-5:

- secondary electrons rise with the tilt of the surface as its secant, more at edges, where the interaction volume comes
  to the surface, the wider the faster the electrons; few come out of pits; the detector at one side sees the faces that
  are turned to it a little brighter;
- back-scattered electrons rise with the mean atomic number and show little relief;
- the probe blurs, unevenly with astigmatism; what lies out of the depth of focus is blurred more; lines drift; the
  electrons that are counted have shot noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from glassllava.synthetic.fields import Field, Grid, blur, child, smooth_noise
from glassllava.synthetic.specimen import Specimen

Detector = Literal["SE", "BSE"]

NOMINAL_COLUMNS = 640
"""Dose and blur are those of a scan with so many columns; coarser images average over its pixels."""


@dataclass(frozen=True, slots=True)
class Beam:
    """How an image is recorded.

    Attributes
    ----------
    detector
        Secondary (SE) or back-scattered electrons (BSE).
    voltage_kv
        Accelerating voltage in kV.
    working_distance_mm
        Distance from the pole piece in mm; the depth of focus grows with it.
    electrons
        Electrons counted a pixel of the nominal scan at mid-grey; fewer means more noise.
    azimuth
        Direction of the detector in radians, 0 to the right, -pi/2 at the top.
    defocus, astigmatism
        Blur of the probe in pixels of the nominal scan, and the share by which it is longer one way.
    drift
        Standard deviation of the lines' shift in pixels of the nominal scan.
    brightness, contrast
        Mean and standard deviation that the operator sets, in shares of the grey range.
    """

    detector: Detector
    voltage_kv: float
    working_distance_mm: float
    electrons: float
    azimuth: float
    defocus: float
    astigmatism: float
    drift: float
    brightness: float
    contrast: float


def backscatter_yield(atomic: Field) -> Field:
    """Return the share of electrons that are scattered back, for a mean atomic number (Reuter 1972, in Goldstein)."""
    z = np.clip(atomic, 1, 92)
    return np.asarray(-0.0254 + 0.016 * z - 1.86e-4 * z**2 + 8.3e-7 * z**3, dtype=np.float32)


def record(rng: np.random.Generator, specimen: Specimen, beam: Beam) -> NDArray[np.uint8]:
    """Return the image that the microscope records of `specimen`, 8 bits, [rows, columns]."""
    grid = specimen.grid
    signal = _secondary(specimen, beam) if beam.detector == "SE" else _backscattered(specimen, beam)
    signal = (signal + specimen.glow * float(signal.mean())) * specimen.dimming
    signal = _focused(rng, signal, specimen, beam)
    return _digitised(rng, signal, grid, beam)


def _slopes(specimen: Specimen) -> tuple[Field, Field]:
    down, across = np.gradient(specimen.height, specimen.grid.pixel)
    return np.asarray(across, dtype=np.float32), np.asarray(down, dtype=np.float32)


def _secondary(specimen: Specimen, beam: Beam) -> Field:
    grid = specimen.grid
    across, down = _slopes(specimen)
    secant = np.sqrt(1 + across**2 + down**2)
    facing = -(across * np.cos(beam.azimuth) + down * np.sin(beam.azimuth)) / secant
    # The escape depth of secondaries is nanometres; what widens the bright edge is the interaction volume, whose
    # range grows with the voltage to the power 1.67 (Kanaya and Okayama).
    width = 0.0011 + 0.0016 * (beam.voltage_kv / 15) ** 1.67
    above = specimen.height - blur(specimen.height, width, grid)
    edge = np.clip(above / (0.8 * width), -1.0, 0.8)
    around = blur(specimen.height, 0.022, grid) - specimen.height
    trapped = np.exp(-np.clip(around / 0.020, 0, 5))
    yields = 0.35 + 0.06 * backscatter_yield(specimen.atomic) / 0.12
    tilted = np.minimum(secant, 2.0) ** 0.85
    return np.asarray(yields * (tilted + 0.45 * facing + 0.36 * edge) * (0.12 + 0.88 * trapped), dtype=np.float32)


def _backscattered(specimen: Specimen, beam: Beam) -> Field:
    grid = specimen.grid
    across, down = _slopes(specimen)
    secant = np.sqrt(1 + across**2 + down**2)
    facing = -(across * np.cos(beam.azimuth) + down * np.sin(beam.azimuth)) / secant
    around = blur(specimen.height, 0.02, grid) - specimen.height
    trapped = np.exp(-np.clip(around / 0.018, 0, 5))
    volume = 0.0010 + 0.0018 * (beam.voltage_kv / 15) ** 1.67
    yields = blur(backscatter_yield(specimen.atomic), volume, grid)
    return np.asarray(yields * (1 + 0.14 * facing) * (0.2 + 0.8 * trapped), dtype=np.float32)


def _focused(rng: np.random.Generator, signal: Field, specimen: Specimen, beam: Beam) -> Field:
    grid = specimen.grid
    shrink = grid.columns / NOMINAL_COLUMNS
    long = max(1e-3, beam.defocus * shrink * (1 + beam.astigmatism))
    short = max(1e-3, beam.defocus * shrink)
    sharp = signal
    if long > 0.2:
        sharp = cv2.GaussianBlur(signal, (0, 0), long, sigmaY=max(short, 0.05), borderType=cv2.BORDER_REFLECT)
    # Out of focus by height: a short working distance means a wide aperture angle and a small depth.
    depth = 0.02 + 0.012 * beam.working_distance_mm
    off = np.clip(np.abs(specimen.height - float(np.median(specimen.height))) / depth - 0.5, 0, 1)
    if float(off.max()) > 0.05:
        sharp = sharp + off * (blur(sharp, 0.0035, grid) - sharp)
    own = child(rng)
    if beam.drift > 0:
        shifts = np.cumsum(own.normal(0, beam.drift, int(NOMINAL_COLUMNS * 0.75)))
        shifts -= np.linspace(shifts[0], shifts[-1], len(shifts))
        rows = np.interp(np.linspace(0, 1, grid.rows), np.linspace(0, 1, len(shifts)), shifts) * shrink
        to_x = (np.arange(grid.columns)[None, :] + rows[:, None]).astype(np.float32)
        to_y = np.repeat(np.arange(grid.rows, dtype=np.float32)[:, None], grid.columns, axis=1)
        sharp = cv2.remap(
            np.asarray(sharp, dtype=np.float32), to_x, to_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
    return np.asarray(sharp, dtype=np.float32)


def _digitised(rng: np.random.Generator, signal: Field, grid: Grid, beam: Beam) -> NDArray[np.uint8]:
    low, middle, high = np.percentile(signal[:: max(1, grid.rows // 96), :: max(1, grid.columns // 128)], [2, 50, 98])
    # An even field is not stretched until only noise is left: the operator stops at some gain.
    spread = max(float(high - low) / 3.6, 0.11 * float(middle))
    grey = beam.brightness + beam.contrast * (signal - middle) / spread
    grey += 0.05 * smooth_noise(rng, grid, 0.8) * beam.contrast  # the detector's uneven solid angle
    own = child(rng)
    counted = beam.electrons * (NOMINAL_COLUMNS / grid.columns) ** 2
    noise = own.standard_normal(grid.shape).astype(np.float32) * np.sqrt(np.clip(grey, 0.04, 1.5) / counted)
    noise += own.standard_normal((grid.rows, 1)).astype(np.float32) * 0.004
    return np.asarray(np.clip(np.round(255 * (grey + noise)), 0, 255), dtype=np.uint8)
