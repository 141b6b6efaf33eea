"""The electron microscope: how a specimen's relief and composition become grey levels.

In: a `Specimen` and the `Beam`. Out: an 8-bit image, [rows, columns]. What is modelled, after Goldstein et al.
(2018), Scanning Electron Microscopy and X-Ray Microanalysis, 4th ed., doi:10.1007/978-1-4939-6676-9, and Reimer
(1998), Scanning Electron Microscopy, 2nd ed., doi:10.1007/978-3-540-38967-5:

- electrons spread in the specimen as far as their range (Kanaya and Okayama), which is a small share of a wide field
  and a large one of a narrow field;
- secondary electrons rise with the tilt of the surface as its secant, more at edges, where the interaction volume comes
  to the surface, the wider the faster the electrons; few come out of pits; the detector at one side sees the faces that
  are turned to it a little brighter;
- back-scattered electrons rise with the mean atomic number, blurred over the volume that they come from, and show
  little relief; charges on the surface hardly turn them;
- the probe blurs, one way more than the other with astigmatism; what lies out of the depth of focus is blurred more;
  the specimen drifts and the column shakes; the electrons that are counted have shot noise, which the operator's gain
  then spreads with the signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from glassllava.synthetic.fields import ASPECT, Field, Grid, blur, child, smooth_noise
from glassllava.synthetic.specimen import GLASS_Z, Specimen

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
    aperture_um
        Diameter of the final aperture in micrometres; the depth of focus shrinks with it.
    electrons
        Electrons counted a pixel of the nominal scan at mid-grey; fewer means more noise.
    azimuth
        Direction of the detector in radians, 0 to the right, -pi/2 at the top.
    defocus, astigmatism, axis
        Blur of the probe in pixels of the nominal scan, the share by which it is longer one way, and which way, in
        radians.
    drift
        How far the specimen moves sideways while the frame is scanned, in pixels of the nominal scan.
    vibration
        Standard deviation of the lines' shift against each other in pixels of the nominal scan.
    brightness, contrast
        Mean and standard deviation that the operator sets, in shares of the grey range.
    """

    detector: Detector
    voltage_kv: float
    working_distance_mm: float
    aperture_um: float
    electrons: float
    azimuth: float
    defocus: float
    astigmatism: float
    axis: float
    drift: float
    vibration: float
    brightness: float
    contrast: float


def electron_range(voltage_kv: float) -> float:
    """Return how deep the beam's electrons reach in a silicate glass, in metres.

    R = 27.6 nm · A · E^1.67 / (Z^0.89 · ρ), with A in g/mol, E in keV and ρ in g/cm³: Kanaya and Okayama (1972),
    J. Phys. D 5, 43, doi:10.1088/0022-3727/5/1/308.

    Examples
    --------
    >>> f"{electron_range(15) * 1e6:.1f} µm"
    '2.6 µm'
    """
    mass, density = 21.0, 2.5
    return float(27.6e-9 * mass * voltage_kv**1.67 / (GLASS_Z**0.89 * density))


def backscatter_yield(atomic: Field) -> Field:
    """Return the share of electrons that are scattered back, for a mean atomic number (Reuter 1972, in Goldstein)."""
    z = np.clip(atomic, 1, 92)
    return np.asarray(-0.0254 + 0.016 * z - 1.86e-4 * z**2 + 8.3e-7 * z**3, dtype=np.float32)


def record(rng: np.random.Generator, specimen: Specimen, beam: Beam, field_width_m: float) -> NDArray[np.uint8]:
    """Return the image that the microscope records of `specimen`, 8 bits, [rows, columns].

    Parameters
    ----------
    rng
        For noise, drift and vibration.
    field_width_m
        Width of the field in metres: how far electrons spread and how fine the probe is, is measured against it.
    """
    reach = electron_range(beam.voltage_kv) / field_width_m
    signal = _secondary(specimen, beam, reach) if beam.detector == "SE" else _backscattered(specimen, beam, reach)
    # What turns slow secondaries away hardly moves electrons of several keV.
    charged = specimen.glow if beam.detector == "SE" else 0.25 * specimen.glow
    signal = (signal + charged * float(signal.mean())) * specimen.dimming
    signal = _focused(signal, specimen, beam, field_width_m)
    signal = _scanned(rng, signal, specimen.grid, beam)
    return _digitised(rng, signal, specimen.grid, beam)


def _relief(specimen: Specimen, beam: Beam) -> tuple[Field, Field, Field]:
    """Return the secant of the tilt, how far each face is turned to the detector, and how deep it lies in a pit.

    A pit's depth is taken over its width, at the width where it is deepest: a small hole shades as a large one does.
    """
    grid = specimen.grid
    down, across = np.gradient(specimen.height, grid.pixel)
    secant = np.sqrt(1 + across**2 + down**2)
    facing = -(across * np.cos(beam.azimuth) + down * np.sin(beam.azimuth)) / secant
    sunken = [(blur(specimen.height, width, grid) - specimen.height) / width for width in (0.022, 0.06)]
    pit = np.clip(np.maximum(*sunken), 0, 5)
    return tuple(np.asarray(part, dtype=np.float32) for part in (secant, facing, pit))  # type: ignore[return-value]


def _secondary(specimen: Specimen, beam: Beam, reach: float) -> Field:
    secant, facing, pit = _relief(specimen, beam)
    # The escape depth of secondaries is nanometres; what widens the bright edge is the interaction volume.
    width = float(np.clip(0.3 * reach, 0.0011, 0.006))
    above = specimen.height - blur(specimen.height, width, specimen.grid)
    edge = np.clip(above / (0.8 * width), -1.0, 0.8)
    yields = 0.35 + 0.06 * backscatter_yield(specimen.atomic) / 0.12
    tilted = np.minimum(secant, 2.0) ** 0.85
    return np.asarray(
        yields * (tilted + 0.45 * facing + 0.36 * edge) * (0.12 + 0.88 * np.exp(-1.2 * pit)), dtype=np.float32
    )


def _backscattered(specimen: Specimen, beam: Beam, reach: float) -> Field:
    _, facing, pit = _relief(specimen, beam)
    yields = backscatter_yield(specimen.atomic)
    # Most come back close to the beam, the rest from about half their range around it.
    yields = 0.65 * blur(yields, 0.05 * reach, specimen.grid) + 0.35 * blur(yields, 0.25 * reach, specimen.grid)
    return np.asarray(yields * (1 + 0.14 * facing) * (0.12 + 0.88 * np.exp(-1.8 * pit)), dtype=np.float32)


def _focused(signal: Field, specimen: Specimen, beam: Beam, field_width_m: float) -> Field:
    """Return the signal after the probe's blur and that of what lies out of focus."""
    grid = specimen.grid
    scale = grid.columns / NOMINAL_COLUMNS
    # A field emission gun's probe is a nanometre wide, and a few where the electrons are slow.
    probe = (1.0 + 2.5 / beam.voltage_kv) * 1e-9 / 2.355 / field_width_m * NOMINAL_COLUMNS
    short = float(np.hypot(beam.defocus, probe)) * scale
    sharp = signal
    if short * (1 + beam.astigmatism) > 0.2:
        kernel = _probe(short * (1 + beam.astigmatism), max(short, 0.05), beam.axis)
        sharp = np.asarray(cv2.filter2D(signal, -1, kernel, borderType=cv2.BORDER_REFLECT), dtype=np.float32)
    # Out of focus by height: the cone of the beam is as wide as the aperture is seen from the specimen.
    off = np.abs(specimen.height - float(np.median(specimen.height)))
    furthest = float(off.max())
    angle = beam.aperture_um / 2000 / beam.working_distance_mm
    if angle * furthest / 2 * grid.columns > 0.2:
        sharp = sharp + off / furthest * (blur(sharp, angle * furthest / 2, grid) - sharp)
    return np.asarray(sharp, dtype=np.float32)


def _probe(long: float, short: float, axis: float) -> Field:
    """Return a Gaussian with standard deviations `long` and `short` in pixels, its long axis turned by `axis`."""
    half = max(1, int(np.ceil(3 * long)))
    down, across = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    along = across * np.cos(axis) + down * np.sin(axis)
    aside = down * np.cos(axis) - across * np.sin(axis)
    kernel = np.exp(-0.5 * ((along / long) ** 2 + (aside / short) ** 2))
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def _scanned(rng: np.random.Generator, signal: Field, grid: Grid, beam: Beam) -> Field:
    """Return the signal as the scan meets it, line after line, while the specimen drifts and the column shakes."""
    lines = int(NOMINAL_COLUMNS * ASPECT)
    time = np.linspace(-0.5, 0.5, lines)
    shaking = np.cumsum(child(rng).normal(0, beam.vibration, lines))
    shaking -= np.linspace(shaking[0], shaking[-1], lines)
    shifts = beam.drift * time + shaking
    rows = np.interp(np.linspace(-0.5, 0.5, grid.rows), time, shifts) * grid.columns / NOMINAL_COLUMNS
    if float(np.abs(rows).max()) < 0.05:
        return signal
    to_x = (np.arange(grid.columns)[None, :] + rows[:, None]).astype(np.float32)
    to_y = np.repeat(np.arange(grid.rows, dtype=np.float32)[:, None], grid.columns, axis=1)
    moved = cv2.remap(signal, to_x, to_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, dtype=np.float32)


def _digitised(rng: np.random.Generator, signal: Field, grid: Grid, beam: Beam) -> NDArray[np.uint8]:
    """Return the counted electrons as grey levels: shot noise first, then the gain that the operator sets."""
    low, middle, high = np.percentile(signal[:: max(1, grid.rows // 96), :: max(1, grid.columns // 128)], [2, 50, 98])
    uneven = 1 + 0.012 * smooth_noise(rng, grid, 0.8)  # the detector's solid angle
    signal = np.clip(signal, 0.02 * middle, None) * uneven
    own = child(rng)
    counted = beam.electrons * (NOMINAL_COLUMNS / grid.columns) ** 2
    noise = own.standard_normal(grid.shape).astype(np.float32) * np.sqrt(signal * float(middle) / counted)
    # An even field is not stretched until only noise is left: the operator stops at some gain.
    spread = max(float(high - low) / 3.6, 0.11 * float(middle))
    grey = beam.brightness + beam.contrast * (signal + noise - middle) / spread
    grey += own.standard_normal((grid.rows, 1)).astype(np.float32) * 0.004
    return np.asarray(np.clip(np.round(255 * grey), 0, 255), dtype=np.uint8)
