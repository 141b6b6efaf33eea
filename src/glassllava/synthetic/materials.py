"""The glasses that synthetic papers are about, and how they were treated.

In: a random generator. Out: `Material` and `Treatment`: names, compositions, numbers in the ranges of such glasses
(Varshneya and Mauro 2019, Fundamentals of Inorganic Glasses, 3rd ed., tables of composition and properties).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Material:
    """A glass.

    Attributes
    ----------
    name
        Without article: "soda lime silicate glass".
    oxides
        Its oxides and their share, as a paper prints them.
    transition_c
        Glass transition temperature in °C.
    density
        In g/cm³.
    hardness_gpa
        Vickers hardness in GPa.
    toughness
        Fracture toughness in MPa m^½.
    """

    name: str
    oxides: str
    transition_c: int
    density: float
    hardness_gpa: float
    toughness: float

    @property
    def with_article(self) -> str:
        """Return the name with its article."""
        return f"the {self.name}"


MATERIALS = (
    Material("soda lime silicate glass", "74 % SiO2, 16 % Na2O and 10 % CaO", 555, 2.49, 5.5, 0.75),
    Material("sodium borosilicate glass", "67 % SiO2, 25 % B2O3 and 8 % Na2O", 525, 2.24, 6.3, 0.80),
    Material("lithium disilicate glass", "66 % SiO2, 31 % Li2O and 3 % Al2O3", 465, 2.35, 5.9, 0.85),
    Material("barium silicate glass", "67 % SiO2 and 33 % BaO", 690, 3.72, 5.6, 0.72),
    Material("calcium aluminosilicate glass", "60 % SiO2, 20 % Al2O3 and 20 % CaO", 815, 2.60, 6.9, 0.90),
    Material("magnesium aluminosilicate glass", "56 % SiO2, 22 % Al2O3 and 22 % MgO", 790, 2.62, 7.3, 0.95),
    Material("lead silicate glass", "70 % SiO2, 18 % PbO and 12 % K2O", 440, 3.05, 4.6, 0.65),
    Material("zinc borate glass", "52 % ZnO, 38 % B2O3 and 10 % SiO2", 560, 3.55, 5.3, 0.62),
    Material("sodium phosphate glass", "55 % P2O5, 30 % Na2O and 15 % CaO", 390, 2.60, 3.4, 0.50),
    Material("iron phosphate glass", "60 % P2O5 and 40 % Fe2O3", 500, 2.95, 4.9, 0.68),
    Material("lanthanum borate glass", "70 % B2O3 and 30 % La2O3", 670, 3.95, 6.6, 0.70),
    Material("potassium titanium silicate glass", "62 % SiO2, 22 % TiO2 and 16 % K2O", 640, 2.71, 5.4, 0.74),
    Material("strontium fluorosilicate glass", "63 % SiO2, 22 % SrO and 15 % CaF2", 600, 3.05, 5.1, 0.66),
    Material("sodium tellurite glass", "80 % TeO2 and 20 % Na2O", 290, 4.95, 2.9, 0.30),
    Material("zirconium silicate glass", "70 % SiO2, 18 % ZrO2 and 12 % Na2O", 720, 2.85, 6.8, 0.92),
    Material("bismuth borate glass", "60 % B2O3, 25 % Bi2O3 and 15 % ZnO", 430, 4.60, 4.2, 0.48),
    Material("alkali-free aluminoborosilicate glass", "68 % SiO2, 12 % B2O3, 11 % Al2O3 and 9 % CaO",
             710, 2.43, 6.5, 0.84),
    Material("yttrium aluminosilicate glass", "55 % SiO2, 25 % Al2O3 and 20 % Y2O3", 880, 3.30, 7.6, 1.00),
    Material("germanate glass", "75 % GeO2, 15 % Na2O and 10 % BaO", 510, 4.00, 3.9, 0.58),
    Material("high-silica glass", "96 % SiO2, 3 % B2O3 and 1 % Na2O", 900, 2.18, 7.2, 0.78),
)  # fmt: skip
"""Twenty glasses; shares in percent by moles, rounded."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """How one sample was treated: the numbers that sentences about its making hold."""

    numbers: dict[str, str]

    @property
    def hours(self) -> str:
        """Hours of the heat treatment."""
        return self.numbers["hours"]

    @property
    def temperature(self) -> str:
        """Temperature of the heat treatment in °C."""
        return self.numbers["temperature"]


def treat(material: Material, rng: np.random.Generator) -> Treatment:
    """Return a treatment that suits a material."""
    above = int(rng.integers(6, 25)) * 5
    return Treatment(
        {
            "temperature": str(material.transition_c + above),
            "hours": str(rng.choice([0.5, 1, 2, 3, 4, 6, 8, 12, 24])).removesuffix(".0"),
            "melt": str(round(material.transition_c * 1.2 + 600, -1)).removesuffix(".0"),
            "rate": str(rng.choice([1, 2, 3, 5, 10])),
            "minutes": str(int(rng.integers(2, 13)) * 5),
            "seconds": str(int(rng.integers(2, 13)) * 5),
            "roughness": f"{rng.uniform(0.6, 4):.1f}",
            "load": str(rng.choice([2, 3, 5, 10, 20, 30, 50])),
            "bath": str(int(rng.integers(5, 10)) * 10),
            "days": str(rng.choice([3, 7, 14, 21, 28, 56, 90])),
        }
    )
