"""What can truly be said of a virtual micrograph, in sentences.

In: a `Truth`, a material, a random generator, and the wording in `words.yaml`. Out: `Statements`: sentences by what
they speak of. Papers and lessons are put together from them; a sentence is here only where the scene's truth bears it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from glassllava.synthetic.materials import Material, Treatment
from glassllava.synthetic.micrograph import Truth

Form = str | dict[str, Any]
"""A sentence to be filled, or one with the kinds of defect and artefact for which it must not be chosen."""

_CONTACT_PRESSURE_PA = 1e9
_CONTACT_MODULUS_PA = 55e9
"""Mean pressure under a ball, and the reduced modulus of steel on glass (Lawn 1993, Fracture of Brittle Solids)."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Sentences about one image, each true of it.

    Attributes
    ----------
    condition
        How a caption names the sample behind its material: by its treatment.
    shown
        What is shown; names the structure.
    shape
        Morphology of the structure.
    sized, counted
        Size and number of its elements; None where there is none to measure or count.
    phases
        Which phases there are.
    flaw
        Which defect there is, or that there is none.
    flaw_cause, flaw_meaning
        Where the defect, or its absence, comes from, and what follows.
    flaw_measured
        Share of the field that it covers; None where nobody would measure it.
    artefact
        What disturbs the image; None where nothing does.
    made
        How the sample was made.
    """

    condition: str
    shown: str
    shape: str
    sized: str | None
    counted: str | None
    phases: str
    flaw: str
    flaw_cause: str
    flaw_meaning: str
    flaw_measured: str | None
    artefact: str | None
    made: str


@lru_cache(maxsize=1)
def wording() -> dict[str, Any]:
    """Return the content of `words.yaml`."""
    content: dict[str, Any] = yaml.safe_load((files(__package__) / "words.yaml").read_text(encoding="utf-8"))
    return content


def state(truth: Truth, material: Material, treatment: Treatment, rng: np.random.Generator) -> Statements:
    """Word what is true of an image.

    Parameters
    ----------
    truth
        Of the image.
    material, treatment
        What the sample is and how it was treated; they follow from the paper, not from the image, but for the load that
        an imprint of its size needs.
    rng
        Chooses among wordings.
    """
    words = wording()
    family = words["families"][truth.family]
    if truth.defect is None:
        flaw = words["sound"] | family.get("sound", {})
    else:
        flaw = words["defects"][truth.defect] | family.get("flaws", {}).get(truth.defect, {})
    kinds = {kind for kind in (truth.defect, truth.artefact) if kind is not None}
    fill = {
        **treatment.numbers,
        **loads(truth, material),
        **_strength(truth, material),
        **_names(material),
        "share": _two_digits(100 * truth.defect_share),
        "size": in_words(truth.size_m) if truth.size_m is not None else "",
        "count": str(truth.count),
        "Count": _capital(count_in_words(truth.count)) if truth.count is not None else "",
    }

    # Not the generator's choice: what it draws next must not tell whether there is a defect.
    measured: list[str] = flaw.get("measured", [])

    def one(forms: list[Form]) -> str:
        return _one(forms, kinds, fill, rng)

    return Statements(
        condition=one(family["condition"]),
        shown=one(family["shown"]),
        shape=one(family["shape"]),
        sized=one(family["sized"]) if truth.size_m is not None and "sized" in family else None,
        counted=one(family["counted"]) if truth.count is not None and truth.count > 1 and "counted" in family else None,
        phases=one(family["phases"]),
        flaw=one(flaw["shown"]),
        flaw_cause=one(flaw["why"]),
        flaw_meaning=one(flaw["means"]),
        flaw_measured=measured[truth.seed % len(measured)].format_map(fill) if measured else None,
        artefact=one(words["artefacts"][truth.artefact]) if truth.artefact is not None else None,
        made=one(family["made"]),
    )


def phases_of_all(family: str, kinds: Collection[str], material: Material, rng: np.random.Generator) -> str:
    """Word which phases there are in several images of a family, whose defects and artefacts are `kinds`."""
    return _one(wording()["families"][family]["phases"], kinds, _names(material), rng)


def true_forms(forms: Sequence[Form], kinds: Collection[str]) -> list[str]:
    """Return the forms that hold for a scene with these kinds of defect and artefact."""
    texts = [(form, ()) if isinstance(form, str) else (form["text"], form["unless"]) for form in forms]
    return [text for text, unless in texts if not set(kinds) & set(unless)]


def loads(truth: Truth, material: Material) -> dict[str, str]:
    """Return the load in newtons, and a ball's diameter in millimetres, that leave an imprint of this size.

    Vickers hardness is 1.854 times the load over the square of the diagonal (ISO 6507-1). A ball is chosen so that the
    mean pressure is the same for all sizes; Hertz's equation then tells its radius. Empty for other families.
    """
    if truth.size_m is None:
        return {}
    if truth.family == "indentation":
        return {"load": _two_digits(material.hardness_gpa * 1e9 * truth.size_m**2 / 1.854)}
    if truth.family == "contact imprint":
        radius = 4 * _CONTACT_MODULUS_PA * (truth.size_m / 2) / (3 * np.pi * _CONTACT_PRESSURE_PA)
        load = _CONTACT_PRESSURE_PA * np.pi * (truth.size_m / 2) ** 2
        return {"load": _two_digits(load), "ball": _two_digits(2e3 * radius)}
    return {}


def _strength(truth: Truth, material: Material) -> dict[str, str]:
    """Return the strength in MPa of a bar whose mirror has this radius, and the mirror constant; empty for others.

    Strength is the mirror constant over the square root of the radius (ASTM C1678). For soda lime silicate glass the
    constant is 2.5 times the fracture toughness (1.9 and 0.75 MPa√m), and so it is taken for every glass here.
    """
    if truth.family != "fracture surface" or truth.size_m is None:
        return {}
    mirror = round(2.5 * material.toughness, 1)
    return {"mirror": f"{mirror:.1f}", "strength": _two_digits(mirror / np.sqrt(truth.size_m))}


def _names(material: Material) -> dict[str, str]:
    return {
        "glass": material.with_article,
        "Glass": _capital(material.with_article),
        "glass_bare": material.name,
        "former": material.former,
        "modifier": material.modifier,
        "first_phase": material.phases[0],
        "second_phase": material.phases[1],
    }


def _one(forms: Sequence[Form], kinds: Collection[str], fill: dict[str, str], rng: np.random.Generator) -> str:
    fitting = true_forms(forms, kinds)
    return fitting[int(rng.integers(len(fitting)))].format_map(fill)


def _two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):g}"


def in_words(length_m: float) -> str:
    """Return a length to two digits in its natural unit.

    Examples
    --------
    >>> in_words(1.234e-5), in_words(3.1e-7), in_words(1.26e-3)
    ('12 µm', '310 nm', '1.3 mm')
    """
    for factor, unit in ((1e-3, "mm"), (1e-6, "µm"), (1e-9, "nm")):
        value = float(f"{length_m / factor:.2g}")
        if value >= 1 or unit == "nm":
            return f"{value:g} {unit}"
    raise AssertionError("unreachable: the last unit takes every length")


_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def count_in_words(number: int) -> str:
    """Return a small number as a word, a larger one in digits."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
