import pytest

from glassllava.domains import load_domain
from glassllava.questions.clauses import in_singular, material_of_sample, noun_phrases, passives, possessed

DOMAIN = load_domain("glass-sem")


def phrases(text):
    return [phrase.text for phrase in noun_phrases(text, DOMAIN.materials)]


def done(text):
    return [(clause.subject, clause.value) for clause in passives(text)]


def test_a_noun_phrase_keeps_all_its_words():
    assert phrases("We sintered a lanthanum strontium cobalt iron oxide cathode.") == [
        "lanthanum strontium cobalt iron oxide cathode"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It was improved by adding tributyl phosphate.",  # a gerund: the additive's use, not a material
        "A 50 nm film was removed.",  # a unit is no qualifier
        "The oxide was measured.",  # one word says nothing
    ],
)
def test_what_is_no_whole_noun_phrase_is_left(text):
    assert phrases(text) == []


def test_a_decimal_point_does_not_end_a_clause():
    assert done("The rods were annealed at a constant voltage of 3.7 V. Then nothing.") == [
        ("The rods", "annealed at a constant voltage of 3.7 V")
    ]


def test_a_subject_is_shared_by_the_participles_that_follow():
    text = "The discs were cleaned in acetone in vacuum and carbon-coated with graphite at 300 K to avoid charging."
    assert done(text) == [
        ("The discs", "cleaned in acetone in vacuum"),
        ("The discs", "carbon-coated with graphite at 300 K"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The ingots were prepared by melting Ti, Zr, and Cu in argon.",  # a list would be cut
        "The bars were heated at 5, 10 and 20 K/min.",
        "The glasses were etched in acid or water.",
        "The glasses were etched in acid according to an earlier method in water.",
        "The bars were heated in air at different temperatures.",
    ],
)
def test_a_clause_that_would_be_cut_is_left(text):
    assert done(text) == []


def test_the_sample_is_what_stands_right_after_the_verb():
    phrase = material_of_sample("The sample studied here is a soda-lime glass held in epoxy resin.", DOMAIN.materials)
    assert phrase is not None
    assert phrase.text == "soda-lime glass"
    assert material_of_sample("The sample is held in a hard epoxy resin.", DOMAIN.materials) is None


def test_a_property_needs_a_degree_and_its_owner():
    assert list(possessed("The laths have a high fracture toughness.", DOMAIN.properties)) == [
        "high fracture toughness"
    ]
    assert list(possessed("They have a high fracture toughness.", DOMAIN.properties)) == []
    assert list(possessed("The cycle life was measured.", DOMAIN.properties)) == []


def test_singular():
    assert in_singular("metallic glasses") == "metallic glass"
    assert in_singular("lithium silicate glass-ceramics") == "lithium silicate glass-ceramic"
    assert in_singular("bioactive glass") == "bioactive glass"
