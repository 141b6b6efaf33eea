import pytest

from glassllava.domains import load_domain
from glassllava.questions.ladder import Attribute, build_ladder, find_attributes, leaks
from tests.questions.paper import example

DOMAIN = load_domain("glass-sem")


def attribute(kind, value):
    return Attribute(kind, value, f"A quote with {value}.", 1, 0)


MANY = [
    attribute("material type", "lithium disilicate glass-ceramic"),
    attribute("processing conditions", "quenched in water"),
    attribute("properties", "high fracture toughness"),
    attribute("appearance", "interlocked laths"),
    attribute("other", "accelerating voltage of 15 kV"),
]


def test_attributes_are_typed_and_quoted_verbatim():
    paper, panels = example()
    found = find_attributes(paper, panels[1], DOMAIN)
    text = " ".join(p.text for p in paper.paragraphs) + panels[1].figure_caption + (paper.title or "")
    assert {a.type for a in found} >= {"processing conditions"}
    assert all(a.quote in text for a in found)
    assert any(a.value.startswith("melted in a platinum crucible") for a in found)


def test_levels_hold_one_two_and_three_attributes_and_are_nested():
    rungs = build_ladder(
        "Is any damage visible?",
        "The surface is smooth. It is dense. It is bright.",
        "Defect and Fracture",
        MANY,
        DOMAIN,
    )
    assert [rung.level for rung in rungs] == ["basic", "moderate", "high"]
    assert [len(rung.attributes) for rung in rungs] == [1, 2, 3]
    assert rungs[2].attributes[:2] == rungs[1].attributes
    assert rungs[1].attributes[:1] == rungs[0].attributes
    assert all(rung.text.endswith("Is any damage visible?") for rung in rungs)
    assert all(a.value in rungs[2].text for a in rungs[2].attributes)


@pytest.mark.parametrize(
    ("category", "type_"),
    [
        ("Processing and Environmental Impact", "processing conditions"),
        ("Prediction and Interpretation", "properties"),
        ("Morphology", "appearance"),
    ],
)
def test_a_type_that_would_answer_the_question_is_not_told(category, type_):
    rungs = build_ladder("What is it?", "Nothing is shared here.", category, MANY, DOMAIN)
    assert type_ not in {a.type for a in rungs[-1].attributes}


def test_what_stands_in_the_answer_is_not_told():
    answer = "The image shows interlocked laths. Fifteen were seen at 15 kV. Toughness is high."
    assert leaks(MANY[3], "What is seen?", answer)
    assert leaks(MANY[4], "What is seen?", answer)
    assert leaks(MANY[2], "What is seen?", answer)
    assert not leaks(MANY[1], "What is seen?", answer)
    assert not leaks(MANY[3], "Are interlocked laths seen?", answer)


def test_where_nothing_can_be_told_there_is_no_rung():
    assert build_ladder("What is seen?", "Quenched in water.", "General", [MANY[1]], DOMAIN) == ()


def test_attributes_are_told_in_whole_sentences():
    several = [
        attribute("processing conditions", "sputter-coated with gold"),
        attribute("other", "a scale bar of 5 μm"),
        attribute("other", "a working distance of 8 mm"),
    ]
    rungs = build_ladder("Is it broken?", "No.", "Defect and Fracture", several, DOMAIN)
    assert rungs[0].text == "The sample was sputter-coated with gold. Is it broken?"
    assert rungs[2].text == (
        "The sample was sputter-coated with gold. The image was recorded with a scale bar of 5 μm and a working "
        "distance of 8 mm. Is it broken?"
    )


def test_another_form_of_a_word_of_the_answer_is_not_told():
    assert leaks(attribute("processing conditions", "crystallised in air"), "What is seen?", "There are crystals.")
    assert leaks(attribute("processing conditions", "coated with carbon"), "What is seen?", "A coating is seen.")
