"""What a synthetic paper is about: a glass, its figures, the scene behind each picture.

In: a number. Out: a `Story`, from which `manuscript` writes the words. Materials, treatments and scenes follow from the
number alone; whether a scene holds a defect depends on nothing that caption or question tell, so that only the image
does.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import ascii_lowercase

import numpy as np
from PIL import Image

from glassllava.records.papers import Kind
from glassllava.synthetic import decoys
from glassllava.synthetic.citing import MANNERS, Manner
from glassllava.synthetic.databar import STYLES
from glassllava.synthetic.materials import MATERIALS, Material, Treatment, treat
from glassllava.synthetic.micrograph import Micrograph, draw
from glassllava.synthetic.statements import Statements, state
from glassllava.synthetic.typesetting import Layout

LAYOUTS: tuple[Layout, ...] = ("two-column-abutting", "two-column-gutters", "one-column")

THEMES = (
    ("Crystallisation", ("spherulites", "dendrites", "needles")),
    ("Phase separation", ("droplets", "spinodal network")),
    ("Contact damage", ("indentation", "contact imprint")),
    ("Fracture", ("fracture surface", "polished surface")),
    ("Powders", ("packed particles", "agglomerates")),
    ("Fibre composites", ("fibres", "fracture surface")),
    ("Optical arrays", ("microlenses", "laser tracks")),
    ("Capillaries", ("nanocapillaries", "polished surface")),
    ("Corrosion", ("gel layer", "polished surface")),
)
"""Themes and the families that belong to them; a paper has two."""

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
    figures: tuple[FigurePlan, ...]
    rng: np.random.Generator = field(repr=False)
    """For the words."""


def tell(number: int) -> Story:
    """Return the story of paper `number`, 0 or more."""
    rng = np.random.default_rng([number, 0x570])
    material = MATERIALS[(7 * number + int(rng.integers(3))) % len(MATERIALS)]
    treatment = treat(material, rng)
    layout = LAYOUTS[number % 3]
    manner = MANNERS[(number + number // 3) % len(MANNERS)]
    first, second = number % len(THEMES), (number + 1 + number // len(THEMES)) % len(THEMES)
    if second == first:
        second = (second + 1) % len(THEMES)
    style = STYLES[int(rng.integers(len(STYLES)))]
    seeds = iter(range(_FIRST_SEED + number * _SEEDS_A_PAPER, _FIRST_SEED + (number + 1) * _SEEDS_A_PAPER))
    figures = [_preamble(rng, material)]
    for place, theme in enumerate((first, second)):
        family = THEMES[theme][1][int(rng.integers(len(THEMES[theme][1])))]
        figures.append(_sem_figure(rng, str(place + 2), family, material, treatment, style, layout, seeds))
    return Story(
        number=number,
        layout=layout,
        manner=manner,
        material=material,
        treatment=treatment,
        themes=(THEMES[first][0], THEMES[second][0]),
        figures=tuple(figures),
        rng=rng,
    )


def _preamble(rng: np.random.Generator, material: Material) -> FigurePlan:
    """Return the first figure, which holds no electron micrograph: plots, or a drawing."""
    if rng.random() < 0.3:
        drawings: tuple[tuple[decoys.Drawing, str], ...] = (
            ("process", f"Schematic illustration of the preparation of {material.with_article}"),
            ("furnace", "Schematic illustration of the furnace"),
            ("test", "Schematic illustration of the mechanical test"),
        )
        subject, words = drawings[int(rng.integers(3))]
        picture = decoys.schematic(rng, subject)
        return FigurePlan("1", (Part(None, "schematic", picture, words),), 1, False, None)
    words_of: dict[decoys.Subject, str] = {
        "xrd": f"X-ray diffraction pattern of {material.with_article}",
        "dsc": f"DSC curve of {material.with_article}",
        "raman": f"Raman spectrum of {material.with_article}",
        "size": "Histogram of the size of the powder before melting",
        "hardness": f"Vickers hardness of {material.with_article} after different heat treatments",
    }
    subjects: list[decoys.Subject] = [list(words_of)[k] for k in rng.permutation(5)[: int(rng.integers(1, 3))]]
    parts = tuple(
        Part(
            ascii_lowercase[place] if len(subjects) > 1 else None, "plot", decoys.plot(rng, subject), words_of[subject]
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
    seeds: Iterator[int],
) -> FigurePlan:
    panels = int(rng.choice([2, 4, 6], p=[0.35, 0.5, 0.15]))
    decoy = panels == 4 and rng.random() < 0.4
    columns = 2 if panels < 6 else 3
    parts: list[Part] = []
    hours = sorted(rng.choice([1, 2, 3, 4, 6, 8, 12, 24, 48], panels, replace=False).tolist())
    for place in range(panels):
        label = ascii_lowercase[place]
        if decoy and place == panels - 1:
            rows, across = parts[0].micrograph.image.shape  # type: ignore[union-attr]
            parts.append(_other_microscope(rng, label, material, rows / across))
            continue
        own = Treatment({**treatment.numbers, "hours": str(hours[place])})
        micrograph = draw(next(seeds), families=[family], databar=style)
        said = state(micrograph.truth, material, own, rng)
        words = _condition(rng, own)
        parts.append(Part(label, "sem", micrograph.png(), words, micrograph, said))
    wide = layout != "one-column" and (columns == 3 or rng.random() < 0.5)
    return FigurePlan(number, tuple(parts), columns, wide, family)


def _condition(rng: np.random.Generator, treatment: Treatment) -> str:
    """Return how a caption names a sample: by its treatment, never by what is seen."""
    temperature, hours = treatment.temperature, treatment.hours
    forms = (
        f"annealed at {temperature} °C for {hours} h",
        f"after {hours} h at {temperature} °C",
        f"heated at {temperature} °C for {hours} h",
    )
    return forms[int(rng.integers(len(forms)))]


def _other_microscope(rng: np.random.Generator, label: str, material: Material, proportions: float) -> Part:
    """Return a panel of another microscope, cut to the proportions (height over width) of its neighbours."""
    kind: Kind = "tem" if rng.random() < 0.5 else "optical"
    if kind == "tem":
        words, picture = f"TEM image of {material.with_article}", decoys.tem_like(rng)
    else:
        words = f"optical micrograph of {material.with_article} in polarised light"
        picture = decoys.optical_like(rng)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    # The scale bar stands at the bottom; what is too much goes at the top.
    width = min(image.width, round(image.height / proportions))
    height = min(image.height, round(width * proportions))
    buffer = io.BytesIO()
    image.crop((0, image.height - height, width, image.height)).save(buffer, "PNG")
    return Part(label, kind, buffer.getvalue(), words)
