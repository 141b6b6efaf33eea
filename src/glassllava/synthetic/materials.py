"""The glasses that synthetic papers are about, what they can show, and how they were treated.

In: a random generator. Out: `Material` and `Treatment`: names, compositions, numbers in the ranges of such glasses.
Which structures a glass can show follows Varshneya and Mauro (2019), Fundamentals of Inorganic Glasses, 3rd ed.
(composition, properties, phase separation, durability) and Höland and Beall (2019), Glass-Ceramic Technology, 3rd ed.
(crystallisation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

OF_EVERY_GLASS = ("polished surface", "indentation", "contact imprint", "fracture surface", "laser tracks")
"""Families of scenes that every glass can show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A glass.

    Attributes
    ----------
    name
        Without article: "soda lime silicate glass".
    oxides
        Its oxides and their share, as a paper prints them.
    transition_c, melt_c
        Glass transition temperature, and the temperature at which it is melted, in °C.
    density
        In g/cm³.
    hardness_gpa
        Vickers hardness in GPa.
    toughness
        Fracture toughness in MPa m^½.
    former, modifier
        Words for its chief network former and for the oxide that water or heat takes from it first.
    families
        Families of scenes that it can show beside those of every glass.
    phases
        What its phases are rich in where it separates: the droplets or one branch of the network, and the rest. The
        first is the heavier one wherever the glass forms droplets.
    crucible
        Of what metal or oxide: "platinum".
    """

    name: str
    oxides: str
    transition_c: int
    melt_c: int
    density: float
    hardness_gpa: float
    toughness: float
    former: str
    modifier: str
    families: tuple[str, ...] = ()
    phases: tuple[str, str] = ("", "")
    crucible: str = "platinum"

    @property
    def with_article(self) -> str:
        """Return the name with its article."""
        return f"the {self.name}"

    def shows(self, family: str) -> bool:
        """Whether such a glass can show a family of scenes."""
        return family in OF_EVERY_GLASS or family in self.families


MATERIALS = (
    Material(
        name="soda lime silicate glass", oxides="74 % SiO2, 16 % Na2O and 10 % CaO",
        transition_c=555, melt_c=1450, density=2.49, hardness_gpa=5.5, toughness=0.75,
        former="silica", modifier="sodium oxide",
        families=(
            "needles", "dendrites", "packed particles", "agglomerates", "fibres", "microlenses", "nanocapillaries",
            "gel layer",
        ),
    ),
    Material(
        name="sodium borosilicate glass", oxides="67 % SiO2, 25 % B2O3 and 8 % Na2O",
        transition_c=525, melt_c=1500, density=2.24, hardness_gpa=6.3, toughness=0.80,
        former="silica", modifier="sodium oxide", phases=("silica", "sodium borate"),
        families=(
            "spinodal network", "packed particles", "agglomerates", "fibres", "microlenses", "nanocapillaries",
            "gel layer",
        ),
    ),
    Material(
        name="high-silica borosilicate glass", oxides="82 % SiO2, 13 % B2O3, 4 % Na2O and 1 % Al2O3",
        transition_c=560, melt_c=1620, density=2.23, hardness_gpa=6.2, toughness=0.77,
        former="silica", modifier="sodium oxide",
        families=("packed particles", "agglomerates", "microlenses", "nanocapillaries", "gel layer"),
    ),
    Material(
        name="sodium silicate glass", oxides="87 % SiO2 and 13 % Na2O",
        transition_c=490, melt_c=1600, density=2.35, hardness_gpa=4.8, toughness=0.72,
        former="silica", modifier="sodium oxide", phases=("silica", "sodium silicate"),
        families=("spinodal network", "agglomerates", "gel layer"),
    ),
    Material(
        name="lithium silicate glass", oxides="80 % SiO2 and 20 % Li2O",
        transition_c=470, melt_c=1550, density=2.29, hardness_gpa=5.8, toughness=0.82,
        former="silica", modifier="lithium oxide", phases=("silica", "lithium silicate"),
        families=("droplets", "spherulites", "needles", "agglomerates", "microlenses"),
    ),
    Material(
        name="lithium disilicate glass", oxides="66 % SiO2, 31 % Li2O and 3 % Al2O3",
        transition_c=465, melt_c=1400, density=2.35, hardness_gpa=5.9, toughness=0.85,
        former="silica", modifier="lithium oxide", families=("spherulites", "needles", "agglomerates", "microlenses"),
    ),
    Material(
        name="barium silicate glass", oxides="88 % SiO2 and 12 % BaO",
        transition_c=700, melt_c=1680, density=2.84, hardness_gpa=5.8, toughness=0.74,
        former="silica", modifier="barium oxide", phases=("barium oxide", "silica"),
        families=("droplets", "spinodal network", "spherulites", "packed particles", "agglomerates"),
    ),
    Material(
        name="barium disilicate glass", oxides="67 % SiO2 and 33 % BaO",
        transition_c=690, melt_c=1500, density=3.72, hardness_gpa=5.6, toughness=0.72,
        former="silica", modifier="barium oxide", families=("spherulites", "needles", "packed particles"),
    ),
    Material(
        name="strontium silicate glass", oxides="86 % SiO2 and 14 % SrO",
        transition_c=710, melt_c=1680, density=2.74, hardness_gpa=6.0, toughness=0.76,
        former="silica", modifier="strontium oxide", phases=("strontium oxide", "silica"),
        families=("droplets", "packed particles", "agglomerates"),
    ),
    Material(
        name="calcium aluminosilicate glass", oxides="60 % SiO2, 20 % Al2O3 and 20 % CaO",
        transition_c=815, melt_c=1600, density=2.60, hardness_gpa=6.9, toughness=0.90,
        former="silica", modifier="calcium oxide",
        families=("spherulites", "dendrites", "needles", "fibres", "packed particles", "agglomerates"),
    ),
    Material(
        name="magnesium aluminosilicate glass", oxides="56 % SiO2, 22 % Al2O3 and 22 % MgO",
        transition_c=790, melt_c=1600, density=2.62, hardness_gpa=7.3, toughness=0.95,
        former="silica", modifier="magnesium oxide",
        families=("spherulites", "dendrites", "fibres", "packed particles", "agglomerates"),
    ),
    Material(
        name="lead silicate glass", oxides="70 % SiO2, 18 % PbO and 12 % K2O",
        transition_c=440, melt_c=1350, density=3.05, hardness_gpa=4.6, toughness=0.65,
        former="silica", modifier="potassium oxide", crucible="alumina",
        families=("packed particles", "agglomerates", "microlenses", "nanocapillaries", "gel layer"),
    ),
    Material(
        name="lead borate glass", oxides="88 % B2O3 and 12 % PbO",
        transition_c=350, melt_c=1000, density=2.75, hardness_gpa=3.1, toughness=0.48,
        former="boron oxide", modifier="lead oxide", phases=("lead oxide", "boron oxide"),
        families=("droplets", "spinodal network", "microlenses"),
    ),
    Material(
        name="zinc borate glass", oxides="52 % ZnO, 38 % B2O3 and 10 % SiO2",
        transition_c=560, melt_c=1250, density=3.55, hardness_gpa=5.3, toughness=0.62,
        former="boron oxide", modifier="zinc oxide",
        families=("spherulites", "dendrites", "needles", "packed particles", "agglomerates", "microlenses"),
    ),
    Material(
        name="lanthanum borate glass", oxides="70 % B2O3 and 30 % La2O3",
        transition_c=670, melt_c=1300, density=3.95, hardness_gpa=6.6, toughness=0.70,
        former="boron oxide", modifier="lanthanum oxide", families=("packed particles", "agglomerates", "microlenses"),
    ),
    Material(
        name="bismuth borate glass", oxides="60 % B2O3, 25 % Bi2O3 and 15 % ZnO",
        transition_c=430, melt_c=1000, density=5.10, hardness_gpa=4.2, toughness=0.48,
        former="boron oxide", modifier="bismuth oxide", crucible="alumina",
        families=("packed particles", "agglomerates", "microlenses"),
    ),
    Material(
        name="sodium phosphate glass", oxides="55 % P2O5, 30 % Na2O and 15 % CaO",
        transition_c=390, melt_c=1100, density=2.60, hardness_gpa=3.4, toughness=0.50,
        former="phosphorus oxide", modifier="sodium oxide", crucible="alumina",
        families=("agglomerates", "microlenses"),
    ),
    Material(
        name="iron phosphate glass", oxides="60 % P2O5 and 40 % Fe2O3",
        transition_c=500, melt_c=1200, density=2.95, hardness_gpa=4.9, toughness=0.68,
        former="phosphorus oxide", modifier="iron oxide", crucible="alumina",
        families=("packed particles", "agglomerates"),
    ),
    Material(
        name="potassium titanium silicate glass", oxides="62 % SiO2, 22 % TiO2 and 16 % K2O",
        transition_c=640, melt_c=1450, density=2.71, hardness_gpa=5.4, toughness=0.74,
        former="silica", modifier="potassium oxide", families=("needles", "packed particles", "agglomerates"),
    ),
    Material(
        name="strontium fluorosilicate glass", oxides="63 % SiO2, 22 % SrO and 15 % CaF2",
        transition_c=600, melt_c=1400, density=3.05, hardness_gpa=5.1, toughness=0.66,
        former="silica", modifier="strontium oxide", families=("dendrites", "spherulites", "agglomerates"),
    ),
    Material(
        name="zirconium silicate glass", oxides="70 % SiO2, 18 % Na2O and 12 % ZrO2",
        transition_c=640, melt_c=1550, density=2.72, hardness_gpa=6.3, toughness=0.86,
        former="silica", modifier="sodium oxide", families=("fibres", "packed particles", "agglomerates"),
    ),
    Material(
        name="alkali-free aluminoborosilicate glass", oxides="68 % SiO2, 12 % B2O3, 11 % Al2O3 and 9 % CaO",
        transition_c=710, melt_c=1600, density=2.43, hardness_gpa=6.5, toughness=0.84,
        former="silica", modifier="calcium oxide",
        families=("fibres", "packed particles", "agglomerates", "microlenses"),
    ),
    Material(
        name="yttrium aluminosilicate glass", oxides="55 % SiO2, 25 % Al2O3 and 20 % Y2O3",
        transition_c=880, melt_c=1650, density=3.30, hardness_gpa=7.6, toughness=1.00,
        former="silica", modifier="yttrium oxide", families=("dendrites", "packed particles", "agglomerates"),
    ),
    Material(
        name="sodium germanate glass", oxides="75 % GeO2, 15 % Na2O and 10 % BaO",
        transition_c=510, melt_c=1250, density=4.00, hardness_gpa=3.9, toughness=0.58,
        former="germanium oxide", modifier="sodium oxide", families=("agglomerates", "microlenses"),
    ),
    Material(
        name="sodium tellurite glass", oxides="80 % TeO2 and 20 % Na2O",
        transition_c=290, melt_c=850, density=4.95, hardness_gpa=2.9, toughness=0.30,
        former="tellurium oxide", modifier="sodium oxide", crucible="gold", families=("agglomerates", "microlenses"),
    ),
)  # fmt: skip
"""Shares in percent by moles, rounded."""

STEPS = {
    "hours": (1, 2, 3, 4, 6, 8, 12, 24, 48),
    "days": (3, 7, 14, 21, 28, 42, 56, 90, 180),
    "minutes": (5, 10, 15, 20, 30, 40, 45, 60, 90),
    "rate": (1, 2, 3, 5, 8, 10, 15, 20),
    "crosshead": (0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    "speed": (1, 2, 4, 5, 8, 10, 20, 50),
    "pull": (0.5, 1, 1.5, 2, 3, 4, 5, 8),
}
"""What is chosen where a number of the treatment differs between samples: hours, days, minutes, cooling in K/min,
bending in mm/min, a laser's speed in mm/s, drawing in m/min."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """How one sample was treated: the numbers that sentences about its making hold."""

    numbers: dict[str, str]

    def varied(self, number: str, value: str) -> Treatment:
        """Return the same treatment with another value of one number."""
        return Treatment({**self.numbers, number: value})


def treat(material: Material, rng: np.random.Generator) -> Treatment:
    """Return a treatment that suits a material.

    Nuclei form a little above a glass's transition (Höland and Beall 2019); annealing and pressing take more heat, the
    growth of crystals and the drawing of tubes still more.
    """
    at = material.transition_c
    return Treatment(
        {
            "temperature": str(at + 5 * int(rng.integers(6, 25))),
            "nucleation": str(at + 5 * int(rng.integers(1, 7))),
            "growth": str(at + 10 * int(rng.integers(15, 28))),
            "drawing": str(at + 10 * int(rng.integers(18, 27))),
            "melt": str(material.melt_c),
            **{number: str(rng.choice(values)).removesuffix(".0") for number, values in STEPS.items()},
            "seconds": str(int(rng.integers(2, 13)) * 5),
            "roughness": f"{rng.uniform(0.6, 4):.1f}",
            "bath": str(int(rng.integers(5, 10)) * 10),
            "cure": str(int(rng.integers(6, 13)) * 10),
            "pressure": str(int(rng.integers(2, 13))),
            "power": str(int(rng.integers(2, 20)) * 10),
        }
    )


def steps(number: str, count: int, rng: np.random.Generator) -> list[str]:
    """Return distinct values of one number of the treatment, from the least to the greatest."""
    return [f"{value:g}" for value in sorted(rng.choice(STEPS[number], count, replace=False).tolist())]
