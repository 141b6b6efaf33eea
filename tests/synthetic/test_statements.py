"""Sentences about images: true of the scene, and read by the judge's rules as they are meant."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from glassllava.domains import load_domain
from glassllava.synthetic.catalogue import ARTEFACTS, DEFECTS, FAMILIES
from glassllava.synthetic.kinetics import PRINTED
from glassllava.synthetic.lessons import SOME_GLASS, captions, lessons
from glassllava.synthetic.materials import MATERIALS, OF_EVERY_GLASS, STEPS, Material, steps, treat
from glassllava.synthetic.micrograph import Truth, draw
from glassllava.synthetic.statements import in_words, loads, phases_of_all, state, true_forms, wording
from glassllava.text.polarity import polarity
from glassllava.text.terms import find_terms

DEFECT_WORDS = load_domain("glass-sem").defects
ABOUT_STRUCTURE = ("condition", "shown", "shape", "sized", "counted", "made", "phases")


def texts(forms: list) -> list[str]:
    """Return every form, whatever scene it is for."""
    return true_forms(forms, ())


def truth_of(family: str, **told: object) -> Truth:
    """Return the truth of a sound scene of a family with other values told."""
    return replace(draw(1, 64, families=[family], defect=False, artefact=False).truth, **told)  # type: ignore[arg-type]


MATERIALS_BY_FAMILY = {name: [m for m in MATERIALS if m.shows(name)] for name in FAMILIES}


def named_family(text: str) -> str | None:
    """Return the family whose name comes first in a text; None where it names none."""
    places = {
        name: min(match.start for match in found)
        for name, family in FAMILIES.items()
        if (found := find_terms(text, family.names))
    }
    return min(places, key=lambda name: places[name]) if places else None


def test_the_wording_knows_every_family_defect_and_artefact() -> None:
    words = wording()
    assert set(words["families"]) == set(FAMILIES)
    assert set(words["defects"]) == set(DEFECTS)
    assert set(words["artefacts"]) == set(ARTEFACTS)


def test_sentences_about_structure_and_artefacts_take_no_side_on_defects() -> None:
    words = wording()
    for family in words["families"].values():
        for sentence in (s for part in ABOUT_STRUCTURE for s in texts(family.get(part, []))):
            assert polarity(sentence, DEFECT_WORDS) == "undecided", sentence
    for sentence in (s for part in words["artefacts"].values() for s in part):
        assert polarity(sentence, DEFECT_WORDS) == "undecided", sentence


def test_sentences_about_defects_affirm_them_and_those_about_soundness_deny_them() -> None:
    words = wording()
    of_families = [flaw for family in words["families"].values() for flaw in family.get("flaws", {}).values()]
    for defect in (*words["defects"].values(), *of_families):
        for sentence in (s for part in defect.values() for s in texts(part)):
            assert polarity(sentence, DEFECT_WORDS) == "present", sentence
    for sentence in (s for part in words["sound"].values() for s in texts(part)):
        assert polarity(sentence, DEFECT_WORDS) == "absent", sentence


KIND_WORDS = {
    "crack": "crack", "crack network": "cracks", "pores": "pores", "bubbles": "bubbles", "scratches": "scratches",
    "inclusions": "inclusions", "broken particles": "broken", "radial cracks": "radial crack",
    "lateral chipping": "chip", "ring crack": "ring crack|circular crack", "debonding": "debonding",
    "delamination": "delamination", "drying cracks": "cracks", "damaged lenses": "damage|broken off",
    "collapsed walls": "collapsed|broken",
}  # fmt: skip


@pytest.mark.parametrize("kind", DEFECTS)
def test_what_is_said_of_a_defect_names_its_kind(kind: str) -> None:
    for sentence in wording()["defects"][kind]["shown"]:
        assert re.search(KIND_WORDS[kind], sentence, re.IGNORECASE), sentence


def test_what_is_shown_and_its_shape_name_the_family_and_no_other() -> None:
    for name, family in wording()["families"].items():
        for sentence in texts([*family["shown"], *family["shape"]]):
            assert find_terms(sentence, FAMILIES[name].names), sentence
            assert named_family(sentence) == name, sentence


@pytest.mark.parametrize("seed", range(40))
def test_statements_say_what_is_true_of_the_scene(seed: int) -> None:
    micrograph = draw(seed, 96)
    truth, rng = micrograph.truth, np.random.default_rng(seed)
    suited = MATERIALS_BY_FAMILY[truth.family]
    material = suited[seed % len(suited)]
    said = state(truth, material, treat(material, rng), rng)
    assert named_family(said.shown) == truth.family
    for sentence in (said.flaw, said.flaw_cause, said.flaw_meaning):
        assert polarity(sentence, DEFECT_WORDS) == ("absent" if truth.defect is None else "present")
    assert (said.artefact is None) == (truth.artefact is None)
    if said.sized is not None:
        assert truth.size_m is not None and in_words(truth.size_m) in said.sized
    if said.counted is not None:
        assert truth.count is not None
    assert "{" not in " ".join(text for text in vars_of(said) if text)


def vars_of(said: object) -> list[str | None]:
    return [getattr(said, name) for name in said.__dataclass_fields__]  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(20))
def test_lessons_never_say_otherwise_than_the_scene(seed: int) -> None:
    truth = draw(seed, 96).truth
    rng = np.random.default_rng(seed)
    for question, answer in (*captions(truth, rng), *lessons(truth, rng)):
        assert question and answer and "{" not in question + answer
        assert polarity(answer, DEFECT_WORDS) in {"undecided", "absent" if truth.defect is None else "present"}
        assert named_family(answer) in {None, truth.family}


def test_questions_of_lessons_do_not_tell_whether_there_is_a_defect() -> None:
    """The same questions are asked of sound and of broken scenes."""
    asked: dict[bool, set[str]] = {True: set(), False: set()}
    for seed in range(120):
        for broken in (True, False):
            truth = draw(seed, 64, families=["droplets"], defect=broken).truth
            pairs = lessons(truth, np.random.default_rng(seed))
            asked[broken] |= {question for question, _ in pairs}
    assert asked[True] == asked[False]


CONTRADICTED: dict[str, set[str]] = {
    r"\bsmooth(?!er)|without relief|\bflat\b|featureless": {
        "crack", "crack network", "pores", "bubbles", "scratches", "inclusions", "broken particles", "damaged lenses",
        "lateral chipping", "ring crack", "dust", "coating cracks", "polishing pull-out",
    },
    r"\bgre[ya]\b|\bcontrast\b|bright(?!\srims)": {
        "inclusions", "charging", "dust", "curtaining", "beam damage", "coating cracks", "polishing pull-out",
    },
    r"\bcontinuous\b|percolate|whole volume|intact": {"crack", "crack network", "delamination", "debonding"},
    r"shows one amorphous|does not change from|no grains": {"inclusions"},
    r"\bregular\b|\bsharp edges\b": {"lateral chipping", "damaged lenses", "collapsed walls"},
    r"\b(?:are circular|round mouths|circular rim|round shape|are spherical|of spherical caps|spherical particles)\b": {
        "broken particles", "damaged lenses", "collapsed walls",
    },
    r"interface .*sharp": {"delamination"},
    r"\bonly\b|\bnothing\b|\bneither\b|everywhere|throughout": {*DEFECTS, *ARTEFACTS},
}  # fmt: skip
"""What a sentence says of the structure, and the kinds that would belie it."""


@pytest.mark.parametrize("name", FAMILIES)
def test_no_sentence_on_a_structure_is_belied_by_a_defect_or_an_artefact_that_it_can_have(name: str) -> None:
    family, words = FAMILIES[name], wording()["families"][name]
    for part in ABOUT_STRUCTURE:
        for defect, artefact in product((None, *family.defects), (None, *family.artefacts)):
            kinds = {kind for kind in (defect, artefact) if kind is not None}
            chosen = true_forms(words.get(part, []), kinds)
            assert chosen or part not in words, (name, part, kinds)
            for sentence, (says, belied_by) in product(chosen, CONTRADICTED.items()):
                assert not (re.search(says, sentence, re.IGNORECASE) and kinds & belied_by), (sentence, kinds)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_sound_scene_is_not_said_to_show_nothing_where_an_artefact_looks_like_a_crack_or_a_pore(name: str) -> None:
    for artefact in {"coating cracks", "polishing pull-out"} & set(FAMILIES[name].artefacts):
        chosen = true_forms(wording()["sound"]["shown"], {artefact})
        assert chosen and all("material itself" in sentence for sentence in chosen)


def test_a_crack_that_the_resin_hides_is_not_said_to_cross_the_field() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        said = state(truth_of("gel layer", defect="crack"), SOME_GLASS, treat(SOME_GLASS, rng), rng)
        assert "cross-section" in said.flaw and not re.search("across|crosses|cuts through", said.flaw)


def test_forms_are_kept_from_kinds_that_their_family_can_have() -> None:
    """A slip of the pen in `unless` would keep nothing from anything."""
    for name, words in wording()["families"].items():
        known = {*FAMILIES[name].defects, *FAMILIES[name].artefacts}
        for form in (form for part in ABOUT_STRUCTURE for form in words.get(part, []) if not isinstance(form, str)):
            assert set(form) == {"text", "unless"} and set(form["unless"]) <= known, form


@pytest.mark.parametrize("name", FAMILIES)
def test_a_condition_holds_the_number_that_varies_and_names_no_structure(name: str) -> None:
    words = wording()["families"][name]
    varies = words["varies"]
    assert set(varies) - {"power"} == {"number", "compared", "influence"}
    assert ("power" in varies) == ("law" in words)
    assert varies["number"] == "load" or varies["number"] in (PRINTED if "power" in varies else STEPS)
    assert "power" not in varies or FAMILIES[name].size is not None
    assert len(words["condition"]) >= 3
    for form in texts(words["condition"]):
        assert f"{{{varies['number']}}}" in form
        assert not form[0].isupper() and not form.endswith(".")
        assert named_family(form) is None
    assert named_family(varies["compared"]) is None
    assert polarity(varies["compared"], DEFECT_WORDS) == "undecided"


@pytest.mark.parametrize("name", FAMILIES)
def test_samples_whose_number_differs_have_different_conditions(name: str) -> None:
    number = wording()["families"][name]["varies"]["number"]
    rng, material = np.random.default_rng(3), MATERIALS_BY_FAMILY[name][0]
    treatment, truth = treat(material, rng), truth_of(name)
    if number == "load":
        assert truth.size_m is not None
        said = [
            state(replace(truth, size_m=truth.size_m * k), material, treatment, np.random.default_rng(0))
            for k in (1, 1.2, 1.5)
        ]
    else:
        values = steps(number, 6, rng)
        assert len(set(values)) == 6 and sorted(values, key=float) == values
        said = [state(truth, material, treatment.varied(number, value), np.random.default_rng(0)) for value in values]
    assert len({one.condition for one in said}) == len(said)


def test_the_load_of_an_imprint_follows_from_its_size_and_the_hardness() -> None:
    soft, hard = (replace(SOME_GLASS, hardness_gpa=value) for value in (3.0, 6.0))
    indented = truth_of("indentation", size_m=20e-6)
    assert float(loads(indented, hard)["load"]) == pytest.approx(6e9 * 4e-10 / 1.854, rel=0.05)
    assert float(loads(indented, hard)["load"]) == pytest.approx(2 * float(loads(indented, soft)["load"]), rel=0.1)
    pressed = [loads(truth_of("contact imprint", size_m=size), hard) for size in (100e-6, 200e-6)]
    assert float(pressed[1]["load"]) == pytest.approx(4 * float(pressed[0]["load"]), rel=0.05)
    assert float(pressed[1]["ball"]) == pytest.approx(2 * float(pressed[0]["ball"]), rel=0.05)


def test_the_strength_of_a_bar_follows_from_the_radius_of_its_mirror() -> None:
    soda_lime = next(glass for glass in MATERIALS if glass.name == "soda lime silicate glass")
    said = state(
        truth_of("fracture surface", size_m=1e-4), soda_lime, treat(soda_lime, np.random.default_rng(0)),
        np.random.default_rng(0),
    )  # fmt: skip
    # ASTM C1678: 1.9 MPa√m over the root of 0.1 mm.
    assert said.sized is not None and "190 MPa" in said.sized


def test_nuclei_form_near_the_transition_and_crystals_grow_above_it() -> None:
    for material in MATERIALS:
        numbers = treat(material, np.random.default_rng(1)).numbers
        assert (
            0
            < int(numbers["nucleation"]) - material.transition_c
            <= 30
            < int(numbers["growth"]) - material.transition_c
        )


def test_only_pores_and_bubbles_are_measured_and_as_the_truth_has_them() -> None:
    for family, defect in (("polished surface", "pores"), ("spherulites", "bubbles"), ("droplets", "crack")):
        said = state(
            truth_of(family, defect=defect, defect_share=0.0234), SOME_GLASS,
            treat(SOME_GLASS, np.random.default_rng(0)), np.random.default_rng(0),
        )  # fmt: skip
        assert ("2.3 %" in (said.flaw_measured or "")) == (defect != "crack")


def test_materials_name_families_that_exist_and_every_family_has_materials() -> None:
    assert set(OF_EVERY_GLASS) <= set(FAMILIES)
    for material in MATERIALS:
        assert set(material.families) <= set(FAMILIES) - set(OF_EVERY_GLASS)
        separates = {"droplets", "spinodal network"} & set(material.families)
        assert all(material.phases) == bool(separates), material.name
    assert len({material.name for material in MATERIALS}) == len(MATERIALS)
    assert all(len(suited) >= 4 for suited in MATERIALS_BY_FAMILY.values())


CHEMISTRY: tuple[tuple[str, str], ...] = (
    (r"silica gel|rich in silica", r"SiO2"),
    (r"boron oxide|borate", r"B2O3"),
    (r"sodium", r"Na2O"),
    (r"barium", r"BaO"),
    (r"lead", r"PbO"),
    (r"lithium", r"Li2O"),
    (r"potassium", r"K2O"),
    (r"phosphorus", r"P2O5"),
)
"""What a sentence names, and the oxide that the material must then hold."""


@pytest.mark.parametrize("material", MATERIALS, ids=lambda material: material.name)
def test_no_sentence_names_an_oxide_that_the_material_does_not_hold(material: Material) -> None:
    rng = np.random.default_rng(5)
    for name in (name for name in FAMILIES if material.shows(name)):
        truth = truth_of(name)
        for _ in range(12):
            said = state(truth, material, treat(material, rng), rng)
            told = " ".join((said.shown, said.shape, said.phases, said.made)).replace(material.name, "")
            for named, oxide in CHEMISTRY:
                assert oxide in material.oxides or not re.search(named, told), told
            assert "cerium" not in told and "zirconia" not in told


def test_a_sentence_on_the_phases_of_several_images_holds_for_all_their_defects() -> None:
    told = {
        phases_of_all("spinodal network", {"crack", "dust"}, SOME_GLASS, np.random.default_rng(k)) for k in range(30)
    }
    assert len(told) == 2 and not any("percolate" in text or "{" in text for text in told)
