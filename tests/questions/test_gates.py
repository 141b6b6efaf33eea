from dataclasses import replace

import pytest

from glassllava.domains import load_domain
from glassllava.questions.gates import GATES, Surroundings, first_refusal
from glassllava.questions.source import Draft, Evidence
from tests.questions.paper import RESULTS, example

DOMAIN = load_domain("glass-sem")


@pytest.fixture
def around():
    paper, panels = example()
    return Surroundings(paper, {panel.id: panel for panel in panels}, DOMAIN)


def quote(text):
    start = RESULTS.index(text)
    return Evidence(text, 3, 2, start, start + len(text))


@pytest.fixture
def good():
    return Draft(
        panels=("p1-2b",),
        category="Microstructure",
        subcategory="simple",
        question="Which microstructural features can be made out in this image?",
        answer=(
            "The image shows a polished section. Interlocked laths of lithium disilicate fill the section. "
            "A few pores remain where the laths meet, because the residual glass could not flow into the gaps."
        ),
        evidence=(
            quote("interlocked laths of lithium disilicate fill the section"),
            quote("A few pores remain where the laths meet, because the residual glass could not flow into the gaps."),
        ),
        needs_image=True,
        generator="test-1",
    )


def test_a_good_pair_passes(good, around):
    assert first_refusal(good, around) is None


@pytest.mark.parametrize(
    ("gate", "change"),
    [
        ("panel", {"panels": ("nowhere",)}),
        ("panel", {"panels": ()}),
        ("evidence", {"evidence": ()}),
        ("evidence", {"evidence": (Evidence("Spherulites fill the section.", 3, 2, 0, 29),)}),
        ("evidence", {"evidence": (Evidence("interlocked laths", 3, 99, 0, 17),)}),
        ("numbers", {"answer": "The image shows a section. The laths are 7 μm long. The pores lie where laths meet."}),
        ("sentences", {"answer": "Interlocked laths fill the section. A few pores remain where the laths meet."}),
        ("sentences", {"answer": "The image shows a section. and laths fill it. A few pores remain where laths meet."}),
        ("abbreviation", {"answer": "The image shows the LDGC. Laths fill the section. Pores remain in the matrix."}),
        ("abbreviation", {"answer": "The image shows BTX rods. Laths fill the section. Pores remain in the matrix."}),
        ("paper-speak", {"answer": "The image shows laths. This study found pores in the matrix. Laths cross."}),
        ("paper-speak", {"answer": "The image shows laths. We see pores in the matrix. Laths cross each other."}),
        ("paper-speak", {"question": "What does Figure 2b show?"}),
        ("category", {"category": "Colour"}),
        ("category", {"category": "General", "subcategory": "complex"}),
        ("category", {"answer": "The image is bright. The weather is fine today. Nobody knows the reason for that."}),
        (
            "leak",
            {
                "question": "Do interlocked laths of lithium disilicate fill the polished section, "
                "and do a few pores remain where residual glass could not flow?"
            },
        ),
    ],
)
def test_each_gate_refuses_what_it_is_there_for(good, around, gate, change):
    refusal = first_refusal(replace(good, **change), around)
    assert refusal is not None
    assert refusal[0] == gate


def test_a_panel_that_is_not_accepted_is_refused(good, around):
    panel = around.panels["p1-2b"]
    around = Surroundings(around.paper, {"p1-2b": replace(panel, accepted=False)}, DOMAIN)
    assert first_refusal(good, around) == ("panel", "Figure 2b is not accepted")


def test_the_same_answer_again_is_a_duplicate(good, around):
    around.accept(good)
    again = replace(good, question="Describe the microstructure of the section.", panels=("p1-2a",))
    assert first_refusal(again, around)[0] == "duplicate"
    other = replace(good, answer="The image shows laths. Their matrix is glassy and smooth. Grains cross each other.")
    assert first_refusal(replace(other, evidence=good.evidence), around) is None


def test_formulae_and_units_may_stand(good, around):
    answer = good.answer + " The matrix holds SiO2 and Li2O."
    assert GATES["abbreviation"](replace(good, answer=answer), around) is None


@pytest.mark.parametrize(
    ("last", "refused"),
    [
        ("A few pores remain where the laths meet, for the residual glass could not flow into the gaps.", False),
        ("Pressed powder took 850 °C over 20 min until laths of lithium disilicate had grown.", True),
    ],
)
def test_measures_that_name_the_sample_in_a_question_give_away_no_answer_that_says_something_new(
    good, around, last, refused
):
    asked = "Are there defects in this image of the section fired at 850 °C for 20 min?"
    answer = (
        f"The image shows the section fired at 850 °C for 20 min. The section was fired at 850 °C for 20 min. {last}"
    )
    reason = GATES["leak"](replace(good, question=asked, answer=answer), around)
    assert (reason is not None) == refused
