"""The families of scenes: which structure, how it may break, what may disturb its image, how large it is, its words.

In: nothing. Out: `FAMILIES`, a table that `micrograph` draws from and `statements` speaks from. What a family is
called here is what papers and answers call it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from glassllava.synthetic import artefacts, defects
from glassllava.synthetic.specimen import Specimen
from glassllava.synthetic.structures import crystals, fabricated, particles, phases, surfaces

Act = Callable[[np.random.Generator, Specimen], None]

DEFECTS: MappingProxyType[str, Act] = MappingProxyType(
    {
        "crack": defects.crack,
        "crack network": defects.crack_network,
        "pores": defects.pores,
        "bubbles": defects.bubbles,
        "scratches": defects.scratches,
        "inclusions": defects.inclusions,
        "broken particles": defects.broken_particles,
        "radial cracks": defects.radial_cracks,
        "lateral chipping": defects.lateral_chipping,
        "ring crack": defects.ring_crack,
        "debonding": defects.debonding,
        "delamination": defects.delamination,
        "drying cracks": defects.layer_cracks,
        "damaged lenses": defects.damaged_elements,
        "collapsed walls": defects.collapsed_walls,
    }
)
"""Kinds of defects and what makes them."""

ARTEFACTS: MappingProxyType[str, Act] = MappingProxyType(
    {
        "charging": artefacts.charging,
        "coating cracks": artefacts.coating_cracks,
        "polishing pull-out": artefacts.polishing_pull_out,
        "curtaining": artefacts.curtaining,
        "dust": artefacts.dust,
        "beam damage": artefacts.beam_damage,
    }
)
"""What disturbs an image without being a fault of the material."""


@dataclass(frozen=True, slots=True)
class Family:
    """One family of scenes.

    Attributes
    ----------
    lay_out
        Makes the sound structure.
    names
        Words that name what is shown; a trailing * stands for any ending (see `glassllava.text.terms`).
    known
        Whether the embedded base model sees such scenes; the others show what it never saw.
    defects, artefacts
        Kinds that can occur.
    field_width_m
        Least and greatest width of the field in metres.
    backscattered
        Share of images that are recorded with back-scattered electrons.
    size
        What the size of an element is: "diameter", "radius", "diagonal", "thickness", "spacing" or "width"; None where
        there is no element to measure.
    countable
        Whether the elements can be counted one by one.
    """

    lay_out: Act
    names: tuple[str, ...]
    known: bool
    defects: tuple[str, ...]
    artefacts: tuple[str, ...]
    field_width_m: tuple[float, float]
    backscattered: float
    size: str | None
    countable: bool = False


_SURFACE = ("charging", "dust", "beam damage")
_CUT = ("charging", "dust", "curtaining", "polishing pull-out")

FAMILIES: MappingProxyType[str, Family] = MappingProxyType(
    {
        "polished surface": Family(
            surfaces.polished, ("polished surface*",), True,
            ("crack", "scratches", "pores", "bubbles", "inclusions", "crack network"),
            ("charging", "dust", "beam damage", "coating cracks", "polishing pull-out"), (2e-5, 6e-4), 0.2, None,
        ),
        "indentation": Family(
            surfaces.indentation, ("indentation*", "impression*"), True, ("radial cracks", "lateral chipping"),
            ("charging", "dust", "coating cracks", "beam damage"), (3e-5, 2e-4), 0.1, "diagonal",
        ),
        "contact imprint": Family(
            surfaces.contact_imprint, ("contact imprint*",), True, ("ring crack",),
            ("dust", "coating cracks", "beam damage"), (2e-4, 2e-3), 0.0, "diameter",
        ),
        "fracture surface": Family(
            surfaces.fracture_surface, ("fracture surface*", "hackle*", "mist"), True,
            ("crack", "bubbles", "inclusions"),
            ("charging", "dust"), (5e-5, 3e-3), 0.0, "radius",
        ),
        "droplets": Family(
            phases.droplets, ("droplet*",), True, ("crack", "pores", "scratches"), (*_SURFACE, "curtaining"),
            (1e-6, 2e-5), 0.4, "diameter", countable=True,
        ),
        "spinodal network": Family(
            phases.spinodal, ("interconnected*", "spinodal*"), True, ("crack", "bubbles", "scratches"),
            (*_SURFACE, "curtaining"), (8e-7, 8e-6), 0.4, "spacing",
        ),
        "gel layer": Family(
            phases.gel_layer, ("gel layer*",), False, ("delamination", "drying cracks", "crack"),
            ("charging", "curtaining", "dust"), (4e-6, 6e-5), 0.85, "thickness",
        ),
        "spherulites": Family(
            crystals.spherulites, ("spherulit*",), True, ("crack", "pores", "bubbles"), (*_SURFACE, "coating cracks"),
            (2e-5, 3e-4), 0.25, "diameter", countable=True,
        ),
        "dendrites": Family(
            crystals.dendrites, ("dendrit*",), True, ("crack", "pores", "bubbles"), _CUT, (2e-5, 3e-4), 0.7, "spacing",
        ),
        "needles": Family(
            crystals.needles, ("needle*", "lath*"), False, ("pores", "bubbles"), ("charging", "dust", "beam damage"),
            (3e-6, 5e-5), 0.15, "width",
        ),
        "packed particles": Family(
            particles.packed_particles, ("packed particle*", "sphere*", "spherical particle*"), True,
            ("broken particles",), ("charging",), (2e-6, 3e-4), 0.1, "diameter", countable=True,
        ),
        "agglomerates": Family(
            particles.agglomerates, ("agglomerat*",), True, ("crack", "scratches"), ("charging", "beam damage"),
            (2e-6, 4e-5), 0.15, "diameter", countable=True,
        ),
        "fibres": Family(
            particles.fibres, ("fibre*", "fiber*"), True, ("debonding", "crack", "pores"), _CUT, (6e-5, 3e-4), 0.75,
            "diameter", countable=True,
        ),
        "microlenses": Family(
            fabricated.microlenses, ("microlens*", "lens*"), True, ("damaged lenses", "scratches", "crack"),
            ("charging", "dust", "beam damage"), (5e-5, 8e-4), 0.0, "diameter", countable=True,
        ),
        "nanocapillaries": Family(
            fabricated.nanocapillaries, ("nanocapillar*", "channel*"), False, ("collapsed walls", "crack"),
            ("charging", "dust"), (1e-6, 8e-6), 0.0, "diameter", countable=True,
        ),
        "laser tracks": Family(
            fabricated.laser_tracks, ("laser track*", "track*"), True, ("crack", "bubbles", "crack network"),
            ("charging", "dust"), (5e-5, 4e-4), 0.0, "spacing",
        ),
    }
)  # fmt: skip
"""Every family by its name."""

KNOWN_FAMILIES = tuple(name for name, family in FAMILIES.items() if family.known)
UNKNOWN_FAMILIES = tuple(name for name, family in FAMILIES.items() if not family.known)
