"""What a synthetic paper is about: a glass, its figures, the scene behind each picture.

In: a number. Out: a `Story`, from which `manuscript` writes the words. Themes, a material that suits both, treatments
and scenes follow from the number alone; whether a scene holds a defect depends on nothing that caption or question
tell, so that only the image does.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from string import ascii_lowercase

import numpy as np
from PIL import Image

from glassllava.records.papers import Kind
from glassllava.synthetic import decoys
from glassllava.synthetic.catalogue import FAMILIES
from glassllava.synthetic.citing import MANNERS, Manner
from glassllava.synthetic.databar import STYLES
from glassllava.synthetic.kinetics import apart, numbers_of_sizes, widths_of_fields
from glassllava.synthetic.materials import MATERIALS, Material, Treatment, steps, treat
from glassllava.synthetic.micrograph import Micrograph, draw
from glassllava.synthetic.statements import Statements, loads, state, wording
from glassllava.synthetic.typesetting import Layout

LAYOUTS: tuple[Layout, ...] = ("two-column-abutting", "two-column-gutters", "one-column")

THEMES = (
    ("Crystallisation", ("spherulites", "dendrites", "needles")),
    ("Phase separation", ("droplets", "spinodal network")),
    ("Contact damage", ("indentation", "contact imprint")),
    ("Fracture", ("fracture surface",)),
    ("Polishing", ("polished surface",)),
    ("Powders", ("packed particles", "agglomerates")),
    ("Fibre composites", ("fibres",)),
    ("Optical arrays", ("microlenses", "laser tracks")),
    ("Capillaries", ("nanocapillaries",)),
    ("Corrosion", ("gel layer",)),
)
"""Themes and the families that belong to them; a paper has two."""

_TESTED = {"indentation"}
"""Families that the drawn test, with a diamond pyramid, leaves behind."""

_FIRST_SEED = 1_000_000
"""Seeds of papers' scenes begin here; they end below those of the base model's gallery."""
_SEEDS_A_PAPER = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One panel: its letter, its picture, and what is true of it."""

    label: str | None
    kind: Kind
    image: bytes
    words: str
    """What the caption says it is."""
    micrograph: Micrograph | None = None
    """The scene, for SEM panels."""
    said: Statements | None = None


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """One figure: its panels in order and how they are set."""

    number: str
    parts: tuple[Part, ...]
    columns: int
    wide: bool
    family: str | None
    """Family of its SEM panels; None where it has none."""


@dataclass(frozen=True)
class Story:
    """A whole paper before it is written."""

    number: int
    layout: Layout
    manner: Manner
    material: Material
    treatment: Treatment
    themes: tuple[str, str]
    families: tuple[str, str]
    """Of its two figures with electron micrographs."""
    figures: tuple[FigurePlan, ...]
    rng: np.random.Generator = field(repr=False)
    """For the words."""


def tell(number: int) -> Story:
    """Return the story of paper `number`, 0 or more."""
    rng = np.random.default_rng([number, 0x570])
    themes, families, material = matter(number)
    treatment = treat(material, rng)
    layout, manner = journal(number)
    style = STYLES[int(rng.integers(len(STYLES)))]
    seeds = iter(range(_FIRST_SEED + number * _SEEDS_A_PAPER, _FIRST_SEED + (number + 1) * _SEEDS_A_PAPER))
    figures = [_preamble(rng, material, families)]
    for place, family in enumerate(families):
        figures.append(_sem_figure(rng, str(place + 2), family, material, treatment, style, layout, manner, seeds))
    return Story(
        number=number,
        layout=layout,
        manner=manner,
        material=material,
        treatment=treatment,
        themes=themes,
        families=families,
        figures=tuple(figures),
        rng=rng,
    )


def journal(number: int) -> tuple[Layout, Manner]:
    """Return how the journal of paper `number` sets its pages and cites: in time, every manner in every layout."""
    return LAYOUTS[number % len(LAYOUTS)], MANNERS[(number + number // len(MANNERS)) % len(MANNERS)]


def matter(number: int) -> tuple[tuple[str, str], tuple[str, str], Material]:
    """Return the themes of paper `number`, a family for each, and a glass that can show both.

    Pairs of themes come round every 90 papers. Only pairs of families that several glasses can show are chosen from
    where there are any, so that papers on the same themes still differ in their glass.
    """
    rng = np.random.default_rng([number, 0x3A7])
    first = number % len(THEMES)
    second = (first + 1 + number // len(THEMES) % (len(THEMES) - 1)) % len(THEMES)
    suited = {
        pair: [material for material in MATERIALS if all(material.shows(family) for family in pair)]
        for pair in product(THEMES[first][1], THEMES[second][1])
        if pair[0] != pair[1]
    }
    most = min(2, max(map(len, suited.values())))
    pairs = [pair for pair, materials in suited.items() if len(materials) >= most]
    families = pairs[int(rng.integers(len(pairs)))]
    materials = suited[families]
    turn = number + number // (len(THEMES) * (len(THEMES) - 1))
    return (THEMES[first][0], THEMES[second][0]), families, materials[turn % len(materials)]


def _preamble(rng: np.random.Generator, material: Material, families: tuple[str, str]) -> FigurePlan:
    """Return the first figure, which holds no electron micrograph: plots, or a drawing."""
    if rng.random() < 0.3:
        drawings: list[tuple[decoys.Drawing, str]] = [
            ("process", f"Schematic illustration of the preparation of {material.with_article}"),
            ("furnace", "Schematic illustration of the furnace"),
        ]
        if _TESTED & set(families):
            drawings.append(("test", "Schematic illustration of the hardness test"))
        subject, words = drawings[int(rng.integers(len(drawings)))]
        picture = decoys.schematic(rng, subject, material)
        return FigurePlan("1", (Part(None, "schematic", picture, words),), 1, False, None)
    words_of = _plots(material)
    subjects = [list(words_of)[k] for k in rng.permutation(5)[: int(rng.integers(1, 3))]]
    parts = tuple(
        Part(
            ascii_lowercase[place] if len(subjects) > 1 else None,
            "plot",
            decoys.plot(rng, subject, material),
            words_of[subject],
        )
        for place, subject in enumerate(subjects)
    )
    return FigurePlan("1", parts, len(parts), len(parts) > 1, None)


def _sem_figure(
    rng: np.random.Generator,
    number: str,
    family: str,
    material: Material,
    treatment: Treatment,
    style: str,
    layout: Layout,
    manner: Manner,
    seeds: Iterator[int],
) -> FigurePlan:
    panels = int(rng.choice([2, 4, 6], p=[0.35, 0.5, 0.15]))
    decoy = panels == 4 and rng.random() < 0.4
    columns = 2 if panels < 6 else 3
    scenes = _scenes(family, panels - decoy, style, seeds)
    words = wording()["families"][family]
    varies, condition = words["varies"]["number"], words["condition"][int(rng.integers(len(words["condition"])))]
    # An imprint's load follows from its size alone, and is told by `loads`.
    treatments = [treatment] * len(scenes)
    if varies in treatment.numbers:
        power = words["varies"].get("power")
        values = (
            steps(varies, len(scenes), rng)
            if power is None
            else numbers_of_sizes([scene.truth.size_m or 0 for scene in scenes], power, varies, rng)
        )
        treatments = [treatment.varied(varies, value) for value in values]
    parts: list[Part] = []
    for label, scene, own in zip(ascii_lowercase, scenes, treatments, strict=False):
        # A caption names its panels alike.
        named = condition.format_map({**own.numbers, **loads(scene.truth, material)})
        said = replace(state(scene.truth, material, own, rng), condition=named)
        # Where one text stands for a range of letters, the body alone tells what its panels differ in.
        shared = words["varies"]["compared"] if manner.encloses and len(scenes) > 2 else None
        parts.append(Part(label, "sem", scene.png(), shared or said.condition, scene, said))
    if decoy:
        rows, across = scenes[0].image.shape
        other = _other_microscope if rng.random() < 0.5 else _beside
        parts.append(other(rng, ascii_lowercase[len(parts)], material, rows / across))
    wide = layout != "one-column" and (columns == 3 or rng.random() < 0.5)
    return FigurePlan(number, tuple(parts), columns, wide, family)


def _scenes(family: str, number: int, style: str, seeds: Iterator[int]) -> list[Micrograph]:
    """Draw a figure's scenes, in the order in which the number that varies between them grows.

    Where that number goes with a power of the size, fields differ by what the power allows, and no two scenes need the
    same number. Elsewhere all fields are of one width.
    """
    power = wording()["families"][family]["varies"].get("power")
    scenes: list[Micrograph] = []
    first = next(seeds)
    for width in widths_of_fields(FAMILIES[family].field_width_m, number, power, np.random.default_rng(first)):
        while True:
            scene = draw(next(seeds), families=[family], databar=style, field_width_m=width)
            size = scene.truth.size_m or 0
            if power is None or all(apart(size, other.truth.size_m or 0, power) for other in scenes):
                break
        scenes.append(scene)
    if power is not None:
        scenes.sort(key=lambda scene: scene.truth.size_m or 0, reverse=power < 0)
    return scenes


def _plots(material: Material) -> dict[decoys.Subject, str]:
    """Return what captions say of each plot."""
    return {
        "xrd": f"X-ray diffraction pattern of {material.with_article}",
        "dsc": f"DSC curve of {material.with_article}",
        "raman": f"Raman spectrum of {material.with_article}",
        "size": "Histogram of the size of the powder before melting",
        "hardness": f"Plot of the Vickers hardness of {material.with_article} after different heat treatments",
    }


def _beside(rng: np.random.Generator, label: str, material: Material, proportions: float) -> Part:
    """Return a plot or a drawing as high over its width as its neighbours."""
    if rng.random() < 0.3:
        words = "Schematic illustration of the furnace"
        return Part(label, "schematic", decoys.schematic(rng, "furnace", material, proportions), words)
    words_of = _plots(material)
    subject = list(words_of)[int(rng.integers(len(words_of)))]
    return Part(label, "plot", decoys.plot(rng, subject, material, proportions), words_of[subject])


def _other_microscope(rng: np.random.Generator, label: str, material: Material, proportions: float) -> Part:
    """Return a panel of another microscope, cut to the proportions (height over width) of its neighbours."""
    kind: Kind = "tem" if rng.random() < 0.5 else "optical"
    if kind == "tem":
        words, picture = f"TEM image of a crystallised piece of {material.with_article}", decoys.tem_like(rng)
    else:
        words = f"optical micrograph of a crystallised piece of {material.with_article} in polarised light"
        picture = decoys.optical_like(rng)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    # The scale bar stands at the bottom; what is too much goes at the top.
    width = min(image.width, round(image.height / proportions))
    height = min(image.height, round(width * proportions))
    buffer = io.BytesIO()
    image.crop((0, image.height - height, width, image.height)).save(buffer, "PNG")
    return Part(label, kind, buffer.getvalue(), words)
