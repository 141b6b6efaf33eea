"""What microscopists call artefacts: made by preparation or by the beam, no fault of the material.

In: a generator and a finished `Specimen`. Out: the same, disturbed, with the pixels in `Specimen.artefact`. Source:
Goldstein et al. (2018), Scanning Electron Microscopy and X-Ray Microanalysis, 4th ed., doi:10.1007/978-1-4939-6676-9,
chapters on charging, specimen preparation and contamination.
"""

from __future__ import annotations

import numpy as np

from glassllava.synthetic.fields import (
    ASPECT,
    Field,
    blur,
    polygon,
    rough_noise,
    scattered,
    smooth_noise,
    soft_disc,
    stamp,
    two_nearest,
)
from glassllava.synthetic.specimen import CARBON_Z, Specimen


def charging(rng: np.random.Generator, specimen: Specimen) -> None:
    """Charge the specimen: bright streaks along the scan lines, and glowing patches with dark halos."""
    grid = specimen.grid
    rows = np.clip(smooth_noise(rng, grid, 0.5, stretch=0.03)[:, :1] - 0.6, 0, None)
    streaks = rows * np.clip(0.4 + smooth_noise(rng, grid, 0.25, stretch=0.08), 0, 2)
    patches = grid.zeros()
    for x, y, radius in scattered(rng, rng.uniform(0.08, 0.2, rng.integers(1, 4)), gap=0.5):
        distance = np.hypot((grid.x - x) / 1.4, grid.y - y) / radius
        patches += 1.1 * np.exp(-(distance**2)) - 0.5 * np.exp(-(((distance - 1.7) / 0.5) ** 2))
    specimen.glow += rng.uniform(0.2, 0.45) * np.asarray(streaks + patches, dtype=np.float32)
    specimen.artefact |= np.abs(specimen.glow) > 0.15


def coating_cracks(rng: np.random.Generator, specimen: Specimen) -> None:
    """Break the conductive coating into fine islands: a hair-fine net of low contrast, alike everywhere."""
    grid = specimen.grid
    points = scattered(rng, np.full(260, 0.022), gap=0.9, margin=-0.03, tries=8)
    nearest, second, _ = two_nearest(grid.x, grid.y, points)
    net = np.clip((0.003 - (second - nearest)) / 0.003, 0, 1) * (specimen.defect == 0)
    specimen.dimming *= 1 - 0.28 * net
    specimen.artefact |= net > 0.4


def polishing_pull_out(rng: np.random.Generator, specimen: Specimen) -> None:
    """Tear grains out while polishing: small, shallow, angular pits in swarms."""
    grid = specimen.grid
    pits = grid.zeros()
    for x, y, spread in scattered(rng, rng.uniform(0.05, 0.12, rng.integers(2, 5)), gap=0.7):
        for _ in range(rng.integers(6, 16)):
            middle = np.array([x, y]) + rng.normal(0, 0.5 * spread, 2)
            angles = np.sort(rng.uniform(0, 2 * np.pi, 5))
            radii = rng.uniform(0.002, 0.006, 5)
            polygon(pits, grid, middle + np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1), 1.0)
    specimen.height -= 0.0035 * blur(pits, 0.0007, grid)
    specimen.artefact |= pits > 0.5


def curtaining(rng: np.random.Generator, specimen: Specimen) -> None:
    """Leave curtains of ion milling: streaks along the beam that grow stronger downwards."""
    grid = specimen.grid
    stripes = smooth_noise(rng, grid, 0.012, stretch=60) + 0.7 * smooth_noise(rng, grid, 0.03, stretch=30)
    specimen.dimming *= np.asarray(1 + 0.075 * stripes * (0.35 + grid.y / ASPECT), dtype=np.float32)
    specimen.artefact[:] = True


def dust(rng: np.random.Generator, specimen: Specimen) -> None:
    """Drop dust on the surface: a few ragged, loose particles that stand high and charge a little."""
    grid = specimen.grid
    ragged = rough_noise(rng, grid, 0.025, octaves=4)

    def paint(window: tuple[slice, slice], distance: Field, radius: float) -> None:
        inside = soft_disc(distance * (1 + 0.16 * ragged[window]), radius, 2 * grid.pixel)
        dome = np.sqrt(np.clip(1 - (distance / (1.3 * radius)) ** 2, 0, None)).astype(np.float32)
        lies_on = float(np.percentile(specimen.height[window], 90))
        top = lies_on + radius * (0.5 * dome + 0.1 * ragged[window])
        specimen.height[window] += inside * (top - specimen.height[window])
        specimen.dimming[window] += inside * (1 - specimen.dimming[window])
        specimen.atomic[window] += inside * (CARBON_Z - specimen.atomic[window])
        specimen.glow[window] += 0.35 * inside
        specimen.defect[window] &= inside < 0.5
        specimen.artefact[window] |= inside > 0.5

    stamp(grid, scattered(rng, rng.uniform(0.010, 0.026, rng.integers(2, 6)), gap=2, margin=0.04), paint, 1.6)


def beam_damage(rng: np.random.Generator, specimen: Specimen) -> None:
    """Leave the frame of an earlier scan at higher magnification: darker, sharp-edged, a little sunken."""
    grid = specimen.grid
    width = rng.uniform(0.22, 0.4)
    left, top = rng.uniform(0.08, 0.92 - width), rng.uniform(0.06, ASPECT - 0.06 - width * ASPECT)
    frame = grid.zeros()
    box = np.array([[0, 0], [1, 0], [1, ASPECT], [0, ASPECT]]) * width + [left, top]
    polygon(frame, grid, box, 1.0)
    edge = np.clip(frame - blur(frame, 0.006, grid), 0, 1)
    specimen.dimming *= 1 - rng.uniform(0.1, 0.2) * blur(frame, 0.0012, grid) - 0.05 * edge
    specimen.dimming *= 1 + 0.01 * smooth_noise(rng, grid, 0.2)
    specimen.artefact |= frame > 0.5
