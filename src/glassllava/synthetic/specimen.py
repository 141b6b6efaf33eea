"""A specimen under the virtual microscope: its relief, what it is made of, and the exact truth about both.

In: a grid. Out: one `Specimen` that a structure lays out, a defect breaks and an artefact disturbs, each saying what
it did; `microscope` makes an image of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from glassllava.synthetic.fields import Field, Grid, Mask

GLASS_Z = 10.5
"""Mean atomic number of a soda-lime silicate glass (mass-weighted, as Goldstein et al. 2018 average it)."""
RESIN_Z = 6.2
CARBON_Z = 6.0


@dataclass
class Specimen:
    """What lies in the field of view.

    Attributes
    ----------
    grid
        The pixels.
    height
        Relief in field widths, [rows, columns]; the beam comes from above.
    atomic
        Mean atomic number, [rows, columns].
    structure, defect, artefact
        Where the structure's elements, the defects and the artefacts lie.
    glow
        Signal that the specimen adds by itself where it charges, in shares of the mean signal, [rows, columns].
    spared
        Where flaws of the glass do not reach or do not show: below what lies loosely on it, in mounting resin, and
        where it is open already.
    dimming
        Factor on the signal where the surface was changed by the beam or shadowed, [rows, columns].
    elements
        x, y, size (diameter, thickness or spacing) in field widths and turn in radians of each element, [n, 4].
    tough
        x, y and radius of bodies that cracks run round and pores leave whole, [n, 3].
    """

    grid: Grid
    height: Field
    atomic: Field
    structure: Mask
    defect: Mask
    artefact: Mask
    spared: Mask
    glow: Field
    dimming: Field
    elements: np.ndarray = field(default_factory=lambda: np.empty((0, 4)))
    tough: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))

    @classmethod
    def plain(cls, grid: Grid, atomic: float = GLASS_Z) -> Specimen:
        """Return an even, empty specimen."""
        none = np.zeros(grid.shape, dtype=np.bool_)
        return cls(
            grid=grid,
            height=grid.zeros(),
            atomic=np.full(grid.shape, atomic, dtype=np.float32),
            structure=none.copy(),
            defect=none.copy(),
            artefact=none.copy(),
            spared=none.copy(),
            glow=grid.zeros(),
            dimming=np.ones(grid.shape, dtype=np.float32),
        )

    @property
    def whole_elements(self) -> np.ndarray:
        """The elements whose centre lies in the field, [n, 4]."""
        x, y = self.elements[:, 0], self.elements[:, 1]
        return self.elements[(x >= 0) & (x < 1) & (y >= 0) & (y < self.grid.rows / self.grid.columns)]
