"""Sentences about images: true of the scene, and read by the judge's rules as they are meant."""

from __future__ import annotations

import numpy as np
import pytest

from glassllava.domains import load_domain
from glassllava.synthetic.catalogue import ARTEFACTS, DEFECTS, FAMILIES
from glassllava.synthetic.lessons import captions, lessons
from glassllava.synthetic.materials import MATERIALS, treat
from glassllava.synthetic.micrograph import draw
from glassllava.synthetic.statements import in_words, state, wording
from glassllava.text.polarity import polarity
from glassllava.text.terms import find_terms

DEFECT_WORDS = load_domain("glass-sem").defects


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
        for sentence in (s for part in family.values() if isinstance(part, list) for s in part):
            assert polarity(sentence, DEFECT_WORDS) == "undecided", sentence
    for sentence in (s for part in words["artefacts"].values() for s in part):
        assert polarity(sentence, DEFECT_WORDS) == "undecided", sentence


def test_sentences_about_defects_affirm_them_and_those_about_soundness_deny_them() -> None:
    words = wording()
    for defect in words["defects"].values():
        for sentence in (s for part in defect.values() for s in part):
            assert polarity(sentence, DEFECT_WORDS) == "present", sentence
    for sentence in (s for part in words["sound"].values() for s in part):
        assert polarity(sentence, DEFECT_WORDS) == "absent", sentence


def test_what_is_shown_and_its_shape_name_the_family_and_no_other() -> None:
    for name, family in wording()["families"].items():
        for sentence in (*family["shown"], *family["shape"]):
            assert find_terms(sentence, FAMILIES[name].names), sentence
            assert named_family(sentence) == name, sentence


@pytest.mark.parametrize("seed", range(40))
def test_statements_say_what_is_true_of_the_scene(seed: int) -> None:
    micrograph = draw(seed, 96)
    truth, rng = micrograph.truth, np.random.default_rng(seed)
    material = MATERIALS[seed % len(MATERIALS)]
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
