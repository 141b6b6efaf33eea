import pytest

from glassllava.questions.samples import of_one_sample, without_codes


@pytest.mark.parametrize(
    ("printed", "one"),
    [
        ("All five samples show a similar structure of laths.", "The sample shows a structure of laths."),
        ("Both alloys have the same amorphous matrix.", "The alloy has an amorphous matrix."),
        ("The sample is a glass, and other samples have two phases.", "The sample is a glass."),
        ("The laths are long.", "The laths are long."),
    ],
)
def test_what_is_said_of_all_is_said_of_the_one_that_is_seen(printed, one):
    assert of_one_sample(printed) == one


@pytest.mark.parametrize(
    "printed",
    [
        "The three samples differ in their laths.",
        "The laths are longer than in the other samples.",
        "All alloys, when cut, bend.",
    ],
)
def test_what_only_several_samples_can_show_is_left_out(printed):
    assert of_one_sample(printed) is None


def test_a_code_after_its_noun_goes_and_the_noun_stays():
    assert (
        without_codes("It was made with the strain E72 extract.", frozenset({"E72"}))
        == "It was made with the strain extract."
    )
    assert without_codes("It is known as strain E72.", frozenset({"E72"})) == "It is known as strain."


def test_a_known_abbreviation_is_no_code():
    assert without_codes("The SX4 layer is thin.", frozenset(), frozenset({"SX4"})) == "The SX4 layer is thin."
    assert without_codes("It grew on SX4.", frozenset()) is None


def test_what_is_said_of_a_named_sample_is_preferred_to_what_is_said_of_the_others():
    printed = "While for GC1 and GC2 only a glass is seen, all other alloys exhibit laths."
    assert without_codes(printed, frozenset({"GC2"})) == "Only a glass is seen."
    assert without_codes(printed, frozenset({"GC3"})) == "All alloys exhibit laths."


def test_how_several_were_made_is_how_this_one_was_made():
    printed = "The bars of GC48 and the bars of other GCX were prepared by casting."
    assert without_codes(printed, frozenset({"GC48"})) == "The bars were prepared by casting."
    assert without_codes(printed, frozenset({"GC20"})) == "The bars were prepared by casting."
    assert without_codes(printed, frozenset({"AB1"})) is None
