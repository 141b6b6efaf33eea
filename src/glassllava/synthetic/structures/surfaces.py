"""Surfaces of bulk glass: polished, indented, touched by a ball, broken.

In: a generator and an empty `Specimen`. Out: the laid-out specimen. Sources: Varshneya and Mauro (2019), Fundamentals
of Inorganic Glasses, 3rd ed., chapter on strength; Bradt and Tressler, eds. (1994), Fractography of Glass,
doi:10.1007/978-1-4899-1325-8; Lawn (1993), Fracture of Brittle Solids, 2nd ed., chapter 8.
"""

from __future__ import annotations

import numpy as np

from glassllava.synthetic.fields import ASPECT, polar_noise, rough_noise, smooth_noise
from glassllava.synthetic.specimen import Specimen

VICKERS_DEPTH = 1 / 7
"""Depth of a Vickers impression over its diagonal: the faces of the diamond enclose 136°."""


def polished(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out a polished surface: nearly flat, with the faint long waves and lines that polishing leaves."""
    grid = specimen.grid
    specimen.height += 6e-4 * smooth_noise(rng, grid, rng.uniform(0.15, 0.4))
    specimen.height += 2.0e-5 * smooth_noise(rng, grid, 0.004, stretch=30)
    specimen.height += 2.5e-5 * rough_noise(rng, grid, 0.05, octaves=4)
    specimen.structure[:] = True


def indentation(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out a Vickers impression in a polished surface.

    A square pyramid whose depth is a seventh of its diagonal, with sides that bend inwards a little where the glass
    recovers elastically, steps of shear inside, and a low rim of displaced glass.
    """
    polished(rng, specimen)
    grid = specimen.grid
    centre = np.array([0.5, ASPECT / 2]) + rng.normal(0, 0.03, 2)
    half = rng.uniform(0.13, 0.21)
    turn = rng.choice([0.0, np.pi / 4]) + rng.normal(0, 0.12)
    dx, dy = grid.x - centre[0], grid.y - centre[1]
    u, v = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    bend = 1 - 0.03 * np.exp(-(((np.abs(u) - np.abs(v)) / (0.55 * half)) ** 2))
    distance = (np.abs(u) + np.abs(v)) / (half * bend)  # 1 on the edge
    depth = 2 * half * VICKERS_DEPTH
    inside = np.clip(1 - distance, 0, 1)
    steps = 0.018 * np.sin(2 * np.pi * distance * rng.uniform(5, 9) + 1.2 * smooth_noise(rng, grid, 0.12))
    specimen.height -= depth * (inside + inside**0.5 * steps * (inside > 0) * 0.4)
    specimen.height += 0.05 * depth * np.exp(-(((distance - 1.08) / 0.16) ** 2))
    specimen.structure[:] = distance < 1
    specimen.elements = np.array([[*centre, 2 * half, turn]])


def contact_imprint(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out the place where a ball was pressed: a shallow dish with concentric scuffing.

    Sound glass springs back (Hertz), so that only a faint dish and marks of slip at its rim stay.
    """
    polished(rng, specimen)
    grid = specimen.grid
    centre = np.array([0.5, ASPECT / 2]) + rng.normal(0, 0.04, 2)
    radius = rng.uniform(0.11, 0.19)
    distance = np.hypot(grid.x - centre[0], grid.y - centre[1]).astype(np.float32)
    angle = np.arctan2(grid.y - centre[1], grid.x - centre[0]).astype(np.float32)
    specimen.height -= 0.02 * radius * np.clip(1 - (distance / radius) ** 2, 0, None)
    specimen.height += 0.006 * radius * np.exp(-(((distance - radius) / (0.12 * radius)) ** 2))
    slip = np.exp(-(((distance - 0.86 * radius) / (0.13 * radius)) ** 2))
    specimen.height += 1.6e-4 * slip * polar_noise(rng, angle, distance, 160, 0.02)
    specimen.height += 4e-4 * np.clip(1 - distance / radius, 0, 1) * rough_noise(rng, grid, 0.05, octaves=3)
    specimen.structure[:] = distance < radius
    specimen.elements = np.array([[*centre, 2 * radius, 0.0]])


def fracture_surface(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out a fracture surface: smooth mirror round the origin, mist, then hackle that runs away from it.

    The roughness grows with the distance from the origin, as the crack accelerates; hackle ridges point back to the
    origin; Wallner lines, where sound from the edges met the crack, cross the mirror as two sets of faint arcs. The
    size is the radius of the mirror, as the mirror constant is told of. (Bradt and Tressler 1994.)
    """
    grid = specimen.grid
    side = rng.integers(3)
    along = rng.uniform(0.3, 0.7)
    origin = ((along, ASPECT - 0.015), (0.015, along * ASPECT), (0.985, along * ASPECT))[side]
    mirror = rng.uniform(0.26, 0.42)
    dx, dy = grid.x - origin[0], grid.y - origin[1]
    radius = np.hypot(dx, dy).astype(np.float32)
    # The cut of the angle lies behind the origin, outside the field.
    turn = (np.pi / 2, 0.0, np.pi)[side]
    angle = np.arctan2(dx * np.sin(turn) + dy * np.cos(turn), dx * np.cos(turn) - dy * np.sin(turn)).astype(np.float32)
    wavy = radius * (1 + 0.05 * polar_noise(rng, angle, radius, 24, 0.8))
    mist = np.clip((wavy - mirror) / (0.35 * mirror), 0, 1) ** 1.5
    hackle = np.clip((wavy - 1.3 * mirror) / (0.5 * mirror), 0, 1.4)
    ridges = sum(
        weight * polar_noise(rng, angle, radius, sectors, length)
        for weight, sectors, length in ((1.0, 70, 0.5), (0.7, 150, 0.3), (0.45, 320, 0.16))
    )
    specimen.height += 0.0016 * mist * rough_noise(rng, grid, 0.02, octaves=3)
    specimen.height += 0.011 * hackle * ridges
    for way in (1, -1):
        # An arc lags behind the front the more, the farther it is from the edge that sent the sound.
        lag = radius * (1 + 0.45 * way * np.sin(angle)) + 0.01 * smooth_noise(rng, grid, 0.3)
        faint = np.clip(0.6 + 0.6 * smooth_noise(rng, grid, 0.2), 0, 1.5) * np.clip(radius / mirror * 1.4 - 0.3, 0, 1)
        specimen.height += 3e-4 * np.sin(2 * np.pi * lag / rng.uniform(0.04, 0.08)) * faint * (1 - mist)
    specimen.height += 0.02 * smooth_noise(rng, grid, 0.5)
    specimen.structure[:] = True
    specimen.elements = np.array([[min(max(origin[0], 0.02), 0.98), min(origin[1], ASPECT - 0.02), mirror, 0.0]])
