"""Glass that fell into two phases, and glass that water has leached.

In: a generator and an empty `Specimen`. Out: the laid-out specimen. Sources: Cahn (1965), J. Chem. Phys. 42, 93,
doi:10.1063/1.1695731; Varshneya and Mauro (2019), Fundamentals of Inorganic Glasses, 3rd ed., chapters on phase
separation and chemical durability.
"""

from __future__ import annotations

import numpy as np

from glassllava.synthetic.fields import ASPECT, band_noise, rough_noise, scattered, smooth_noise, soft_disc, stamp
from glassllava.synthetic.specimen import RESIN_Z, Specimen


def droplets(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out droplets of one glass in another: nucleation and growth inside the miscibility gap.

    Etching leaves them standing out of the matrix; they hold the heavier elements.
    """
    grid = specimen.grid
    mean = rng.uniform(0.010, 0.024)
    number = int(min(420, rng.uniform(0.12, 0.28) * ASPECT / (np.pi * mean**2)))
    discs = scattered(rng, mean * rng.lognormal(0, rng.uniform(0.15, 0.4), number), gap=1.15, tries=12)
    specimen.height += 1.5e-4 * rough_noise(rng, grid, 0.08)
    heavier = rng.uniform(2.5, 6)

    def paint(window: tuple[slice, slice], distance: np.ndarray, radius: float) -> None:
        inside = soft_disc(distance, radius, grid.pixel)
        dome = np.sqrt(np.clip(1 - (distance / radius) ** 2, 0, None)).astype(np.float32)
        specimen.height[window] += 0.55 * radius * dome
        specimen.atomic[window] += heavier * inside
        specimen.structure[window] |= distance < radius

    stamp(grid, discs, paint, 1.1)
    specimen.elements = np.column_stack([discs[:, :2], 2 * discs[:, 2], np.zeros(len(discs))])


def spinodal(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out two interconnected phases of one wavelength, as spinodal decomposition leaves them."""
    grid = specimen.grid
    wavelength = rng.uniform(0.035, 0.075)
    waves = band_noise(rng, grid, wavelength)
    phase = np.tanh(rng.uniform(1.2, 2.4) * (waves + rng.uniform(-0.2, 0.2)))
    specimen.height += 0.07 * wavelength * phase + 1.5e-4 * rough_noise(rng, grid, 0.05)
    specimen.atomic += rng.uniform(1.5, 4) * phase
    specimen.structure[:] = phase > 0
    specimen.elements = np.array([[0.5, ASPECT / 2, wavelength, 0.0]])


def gel_layer(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out the cross-section of a corroded glass: bulk, porous gel layer, mounting resin.

    Water takes the alkalis and leaves a hydrated, porous silica gel, darker with back-scattered electrons than the
    bulk. `elements` holds the layer's middle and thickness.
    """
    grid = specimen.grid
    turn = rng.normal(0, 0.12)
    down = (grid.y - ASPECT / 2) * np.cos(turn) - (grid.x - 0.5) * np.sin(turn)
    if rng.random() < 0.5:
        down = -down
    thickness = rng.uniform(0.17, 0.34)
    wave = 0.012 * smooth_noise(rng, grid, 0.14) + 0.004 * smooth_noise(rng, grid, 0.03)
    upper = down + thickness / 2 + 1.6 * wave
    lower = down - thickness / 2 + 0.8 * wave
    pixel = grid.pixel
    bulk = np.clip(lower / pixel + 0.5, 0, 1)
    resin = np.clip(-upper / pixel + 0.5, 0, 1)
    gel = np.clip(1 - bulk - resin, 0, 1)
    grain = rough_noise(rng, grid, 0.014, hurst=0.4, octaves=3)
    specimen.atomic += resin * (RESIN_Z - specimen.atomic) - gel * (2.2 + 0.35 * grain)
    bands = np.sin(2 * np.pi * down / thickness * rng.integers(3, 7) + 1.5 * smooth_noise(rng, grid, 0.2))
    specimen.atomic += 0.25 * gel * bands
    specimen.height += 0.0022 * gel * grain - 0.004 * resin - 0.0015 * gel
    specimen.height += 1.0e-4 * rough_noise(rng, grid, 0.1)
    specimen.structure[:] = gel > 0.5
    specimen.spared[:] = resin > 0.5
    specimen.elements = np.array([[0.5, ASPECT / 2, thickness, turn]])
