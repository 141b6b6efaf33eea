"""What the base model is told about an image: short descriptions, and questions with their answers.

In: a `Truth` and a random generator. Out: pairs. Questions are worded as the question stage words them, so that the
base understands what it will be asked; answers say what the image can show. Sizes and materials are told only where
the question tells them, for a model that sees 96 pixels without a scale could but invent them.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from glassllava.domains import Domain, Subcategory, load_domain
from glassllava.questions.wording import word_question
from glassllava.synthetic.materials import MATERIALS, Material, treat
from glassllava.synthetic.micrograph import Truth
from glassllava.synthetic.statements import Statements, state

Pair = tuple[str, str]

SOME_GLASS = Material(
    name="glass", oxides="", transition_c=500, melt_c=1400, density=2.5, hardness_gpa=5.5, toughness=0.8,
    former="the network former", modifier="the modifier oxides", phases=("the heavier oxides", "the lighter oxides"),
)  # fmt: skip
"""What the sample is called where the question does not say."""

_NAMED_SHARE = 0.7
"""Share of questions that name the sample."""
_TREATED_SHARE = 0.5
"""Share of those that tell how the sample was treated."""

_DIRECT = (
    "Are there any cracks?",
    "Is the sample damaged?",
    "Are any defects visible?",
    "Does the image show a defect?",
)


def captions(truth: Truth, rng: np.random.Generator) -> tuple[Pair, ...]:
    """Return short descriptions of an image, for the stage in which the model learns to see and to write."""
    domain = load_domain("glass-sem")
    pairs = []
    for _ in range(2):
        said = state(truth, SOME_GLASS, treat(SOME_GLASS, rng), rng)
        question = _question(domain, "General", "simple", None, said, rng)
        pairs.append((question, f"{said.shown} {said.flaw}"))
    return tuple(pairs)


def lessons(truth: Truth, rng: np.random.Generator) -> tuple[Pair, ...]:
    """Return question-answer pairs about an image over the domain's categories."""
    domain = load_domain("glass-sem")
    plan: tuple[tuple[str, Subcategory, tuple[str, ...]], ...] = (
        ("General", "simple", ("shown", "shape", "flaw")),
        ("General", "simple", ("shown", "flaw", "artefact")),
        ("Microstructure", "simple", ("shown", "shape", "phases")),
        ("Morphology", "simple", ("shape", "shown")),
        ("Phase and Composition", "simple", ("phases", "shown")),
        ("Defect and Fracture", "simple", ("flaw",)),
        ("Defect and Fracture", "simple", ("flaw", "shown")),
        ("Defect and Fracture", "simple", ("shown", "flaw", "flaw_meaning")),
        ("Defect and Fracture", "complex", ("flaw", "flaw_cause")),
        ("Prediction and Interpretation", "simple", ("flaw", "flaw_meaning")),
        ("Prediction and Interpretation", "complex", ("shown", "flaw", "flaw_meaning")),
        ("Microstructure", "complex", ("shown", "phases", "flaw_cause")),
    )
    pairs = []
    for category, subcategory, parts in plan:
        material = _sample(truth, rng)
        said = state(truth, material, treat(material, rng), rng)
        named = None
        if material is not SOME_GLASS:
            named = material.with_article + (f" {said.condition}" if rng.random() < _TREATED_SHARE else "")
        question = _question(domain, category, subcategory, named, said, rng)
        answer = " ".join(text for part in parts if (text := getattr(said, part)) is not None)
        if named is not None and rng.random() < 0.5:
            answer = f"{_opening(domain, truth, named, rng)} {answer}"
        pairs.append((question, answer))
    said = state(truth, SOME_GLASS, treat(SOME_GLASS, rng), rng)
    pairs.append((_DIRECT[int(rng.integers(len(_DIRECT)))], said.flaw))
    return tuple(pairs)


def _sample(truth: Truth, rng: np.random.Generator) -> Material:
    """Return the material that question and answer may name: one that can show such a scene, or some glass."""
    if rng.random() >= _NAMED_SHARE:
        return SOME_GLASS
    suited = [material for material in MATERIALS if material.shows(truth.family)]
    return suited[int(rng.integers(len(suited)))]


def _question(
    domain: Domain,
    category: str,
    subcategory: Subcategory,
    named: str | None,
    said: Statements,
    rng: np.random.Generator,
) -> str:
    key = str(int(rng.integers(2**63)))
    return word_question(domain, category, subcategory, key, named, f"{said.shown} {said.shape}", Counter())


def _opening(domain: Domain, truth: Truth, named: str, rng: np.random.Generator) -> str:
    """Return the sentence with which extractive answers begin."""
    noun = domain.image.backscattered_noun if truth.detector == "BSE" else domain.image.noun
    noun = noun or domain.image.noun
    forms = (f"The image shows {named}.", f"The {noun} shows {named}.", f"This is an image of {named}.")
    return forms[int(rng.integers(len(forms)))]
