"""Particles and fibres: packed spheres, agglomerates, fibres in a matrix.

In: a generator and an empty `Specimen`. Out: the laid-out specimen. Sources: Allen (2003), Powder Sampling and Particle
Size Determination (log-normal sizes); Hull and Clyne (1996), An Introduction to Composite Materials, 2nd ed.
"""

from __future__ import annotations

import numpy as np

from glassllava.synthetic.fields import ASPECT, Field, rough_noise, scattered, smooth_noise, soft_disc, stamp
from glassllava.synthetic.specimen import RESIN_Z, Specimen


def _spheres(specimen: Specimen, discs: np.ndarray, bases: np.ndarray) -> None:
    """Set spheres on the specimen: each pixel shows the highest."""
    grid = specimen.grid
    for disc, base in zip(discs.tolist(), bases.tolist(), strict=True):

        def paint(window: tuple[slice, slice], distance: Field, radius: float, base: float = base) -> None:
            cap = base + np.sqrt(np.clip(radius**2 - distance**2, 0, None)).astype(np.float32)
            inside = distance < radius
            higher = inside & (cap > specimen.height[window])
            specimen.height[window] = np.where(higher, cap, specimen.height[window])
            specimen.structure[window] |= higher

        stamp(grid, [disc], paint, 1.02)


def packed_particles(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out a bed of spheres, several layers deep; sizes narrow or log-normal."""
    grid = specimen.grid
    mean = rng.uniform(0.028, 0.062)
    spread = rng.choice([0.06, 0.22, 0.36])
    layers = []
    for depth in range(3):
        number = int(1.5 * ASPECT / (np.pi * mean**2))
        discs = scattered(rng, mean * rng.lognormal(0, spread, number), gap=0.93, margin=-mean, tries=16)
        layers.append((discs, np.full(len(discs), -1.25 * mean * depth) + rng.normal(0, 0.18 * mean, len(discs))))
    specimen.height -= 6 * mean
    for discs, bases in reversed(layers):
        _spheres(specimen, discs, bases)
    specimen.height += 0.012 * mean * rough_noise(rng, grid, 0.3 * mean, octaves=3)
    specimen.atomic += specimen.structure * rng.uniform(0, 2)
    top = layers[0][0]
    specimen.elements = np.column_stack([top[:, :2], 2 * top[:, 2], np.zeros(len(top))])


def agglomerates(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out agglomerates of fine particles on a film of glass, grown by sticking to what is there."""
    grid = specimen.grid
    specimen.height += 4e-4 * rough_noise(rng, grid, 0.06)
    fine = rng.uniform(0.011, 0.02)
    found: list[tuple[float, float, float]] = []
    heights: list[float] = []
    extents: list[float] = []
    clusters = scattered(rng, rng.uniform(0.06, 0.13, rng.integers(4, 9)), gap=1.1, margin=0.06)
    for x, y, reach in clusters:
        members = [(x, y)]
        number = int(rng.uniform(0.8, 1.6) * (reach / fine) ** 2)
        for _ in range(number):
            at = members[rng.integers(len(members))]
            way = rng.uniform(0, 2 * np.pi)
            new = at[0] + 1.5 * fine * np.cos(way), at[1] + 1.5 * fine * np.sin(way)
            if np.hypot(new[0] - x, new[1] - y) < reach:
                members.append(new)
        extents.append(2 * (max(np.hypot(a - x, b - y) for a, b in members) + fine))
        for place in members:
            middle = 1 - np.hypot(place[0] - x, place[1] - y) / reach
            found.append((*place, fine * float(rng.lognormal(0, 0.18))))
            heights.append(float(rng.uniform(0, 3.2) * fine * middle))
    discs = np.array(found)
    _spheres(specimen, discs, np.array(heights))
    specimen.spared[:] = specimen.structure
    specimen.atomic[specimen.structure] = rng.uniform(11, 15)
    specimen.elements = np.column_stack([clusters[:, :2], extents, np.zeros(len(clusters))])


def fibres(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out a polished cross-section of a composite: round glass fibres, end on, in a polymer matrix."""
    grid = specimen.grid
    specimen.atomic[:] = RESIN_Z
    radius = rng.uniform(0.038, 0.07)
    number = int(rng.uniform(0.42, 0.66) * 1.15 / (np.pi * radius**2))
    discs = scattered(rng, radius * rng.normal(1, 0.05, number), gap=1.04, margin=-radius, tries=60)
    specimen.height += 3.0e-4 * rough_noise(rng, grid, 0.03) + 1e-4 * smooth_noise(rng, grid, 0.005)

    def paint(window: tuple[slice, slice], distance: Field, size: float) -> None:
        inside = soft_disc(distance, size, grid.pixel)
        specimen.height[window] += 0.0028 * inside  # the harder fibre is polished away less
        specimen.atomic[window] += (11.2 - RESIN_Z) * inside
        specimen.structure[window] |= distance < size

    stamp(grid, discs, paint, 1.1)
    specimen.elements = np.column_stack([discs[:, :2], 2 * discs[:, 2], np.zeros(len(discs))])
    specimen.tough = discs
