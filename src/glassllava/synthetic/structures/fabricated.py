"""What was made on purpose in or on glass: microlens arrays, nanocapillaries, laser tracks.

In: a generator and an empty `Specimen`. Out: the laid-out specimen. Sources: Ottevaere et al. (2006), J. Opt. A 8, S407
(microlenses); Gattass and Mazur (2008), Nature Photonics 2, 219 (laser tracks).
"""

from __future__ import annotations

import numpy as np

from glassllava.synthetic.fields import ASPECT, Field, child, lattice, rough_noise, scattered, smooth_noise, stamp
from glassllava.synthetic.specimen import Specimen


def microlenses(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out an array of spherical caps on a square or hexagonal lattice."""
    grid = specimen.grid
    pitch = rng.uniform(0.11, 0.2)
    points = lattice(rng, pitch, bool(rng.random() < 0.5), rng.normal(0, 0.06))
    radius = rng.uniform(0.40, 0.49) * pitch
    sag = rng.uniform(0.28, 0.42) * radius
    curvature = (radius**2 + sag**2) / (2 * sag)
    specimen.height += 1.5e-4 * rough_noise(rng, grid, 0.06)

    def paint(window: tuple[slice, slice], distance: Field, size: float) -> None:
        cap = np.sqrt(np.clip(curvature**2 - distance**2, 0, None)) - (curvature - sag)
        specimen.height[window] += np.clip(cap, 0, None).astype(np.float32)
        specimen.structure[window] |= distance < size

    discs = np.column_stack([points, np.full(len(points), radius)])
    stamp(grid, discs, paint, 1.05)
    specimen.elements = np.column_stack([points, np.full(len(points), 2 * radius), np.zeros(len(points))])


def nanocapillaries(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out the end face of a capillary array: open channels on a hexagonal lattice, seen from above."""
    grid = specimen.grid
    pitch = rng.uniform(0.075, 0.13)
    points = lattice(rng, pitch, True, rng.uniform(0, np.pi / 3), jitter=0.02)
    radius = rng.uniform(0.28, 0.38) * pitch
    specimen.height += 2.5e-4 * rough_noise(rng, grid, 0.04)

    def paint(window: tuple[slice, slice], distance: Field, size: float) -> None:
        depth = np.clip((size - distance) / (0.12 * size), 0, 1)
        specimen.height[window] -= (1.6 * size * depth).astype(np.float32)
        specimen.structure[window] |= distance < size

    sizes = radius * rng.normal(1, 0.03, len(points))
    discs = np.column_stack([points, sizes])
    stamp(grid, discs, paint, 1.1)
    specimen.spared[:] = specimen.structure
    specimen.elements = np.column_stack([points, 2 * sizes, np.zeros(len(points))])


def laser_tracks(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out parallel tracks that a pulsed laser wrote: troughs with molten rims, a ripple a pulse, spatter."""
    grid = specimen.grid
    pitch = rng.uniform(0.13, 0.24)
    width = rng.uniform(0.42, 0.6) * pitch
    turn = rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.12)
    across = (grid.y - ASPECT / 2) * np.cos(turn) - (grid.x - 0.5) * np.sin(turn) + rng.uniform(0, pitch)
    along = (grid.x - 0.5) * np.cos(turn) + (grid.y - ASPECT / 2) * np.sin(turn)
    across = across + 0.03 * pitch * smooth_noise(rng, grid, 0.06)
    offset = (across + pitch / 2) % pitch - pitch / 2
    trough = np.exp(-((2 * offset / width) ** 4))
    rim = np.exp(-(((np.abs(offset) - 0.52 * width) / (0.1 * width)) ** 2))
    pulses = np.sin(2 * np.pi * (along - 0.9 * offset**2 / width) / rng.uniform(0.014, 0.026))
    specimen.height += -0.13 * width * trough + 0.05 * width * rim * (1 + 0.3 * smooth_noise(rng, grid, 0.02))
    specimen.height += 0.0011 * trough * pulses + 0.0007 * trough * rough_noise(rng, grid, 0.02, octaves=3)
    specimen.height += 1.5e-4 * rough_noise(rng, grid, 0.05)
    own = child(rng)
    spatter = scattered(own, own.uniform(0.0015, 0.0045, 60), gap=2, tries=2)

    def paint(window: tuple[slice, slice], distance: Field, size: float) -> None:
        specimen.height[window] += np.sqrt(np.clip(size**2 - distance**2, 0, None)).astype(np.float32)

    stamp(grid, spatter, paint, 1.1)
    specimen.structure[:] = np.abs(offset) < width / 2
    specimen.elements = np.array([[0.5, ASPECT / 2, pitch, turn]])
