import pytest

from glassllava.questions.shown import what_is_shown

KNOWN = {
    "SEM": "scanning electron microscopy",
    "BSE": "back-scattered electron",
    "NMC": "nickel manganese cobalt oxide",
}


def shown(part, label, caption=None):
    return what_is_shown(part, caption or part, label, KNOWN, "")


@pytest.mark.parametrize(
    ("part", "label", "named"),
    [
        ("SEM images of (a) as-cast rods and (b) the polished ingot.", "b", "the polished ingot"),
        ("(A) Pristine anode.", "a", "the pristine anode"),
        (
            "SEM images of a glass film a) pristine; b) after being immersed in water.",
            "b",
            "a glass film after being immersed in water",
        ),
        (
            "SEM micrograph of the crack network in a single NMC particle. Scale bar is 5 μm.",
            None,
            "the crack network in a single nickel manganese cobalt oxide particle",
        ),
        (
            "(a–c) SEM micrographs of rods with diameters of 2 mm, 6 mm, and 10 mm, respectively.",
            "b",
            "the rod with a diameter of 6 mm",
        ),
        ("SEM image of GC700 after etching.", None, "the sample after etching"),
    ],
)
def test_the_object_is_named_in_running_english(part, label, named):
    assert shown(part, label).object == named


def test_a_code_alone_is_no_name_but_is_kept_as_code():
    found = shown("SEM images of (c) GC700 and (d) GC850.", "d")
    assert found.object is None
    assert found.codes == {"GC850"}


def test_back_scattered_electrons_are_noticed():
    assert shown("(a) BSE image of the glaze.", "a").backscattered
    assert not shown("(a) SEM image of the glaze.", "a").backscattered


def test_the_quote_stands_in_the_caption():
    caption = "Figure 2. SEM images of glass. (a) Polished section. (b) Fracture surface. Bar: 2 μm."
    found = shown("SEM images of glass. (b) Fracture surface. Bar: 2 μm.", "b", caption)
    assert caption[found.start : found.end] == found.quote


def test_whole_sentences_of_the_caption_are_statements():
    caption = "(c) Section of a cathode. The region in yellow shows a cut particle. Scale bar is 2 μm."
    assert [s.rewritten.text for s in shown(caption, "c").statements] == ["The region in yellow shows a cut particle."]


def test_each_letter_of_a_series_shows_one_of_what_its_title_names():
    caption = "Fired bars with a width of 4 mm. (a, b) SEM micrographs of GC7 and GC8, respectively."
    assert shown(caption, "b").object == "the fired bar with a width of 4 mm"


def test_a_statement_of_the_others_is_known_as_such():
    caption = (
        "(a–c) SEM micrographs of GC7, GC8 and GC9, respectively. GC7 shows a glass, and other samples have two phases."
    )
    first, second = (shown(caption, letter).statements[0] for letter in "ab")
    assert (first.rewritten.text, first.of_the_others) == ("The sample shows a glass.", False)
    assert (second.rewritten.text, second.of_the_others) == ("The sample has two phases.", True)


def test_a_quote_keeps_the_print_where_a_part_is_punctuated_otherwise():
    caption = "Figure 7. Maps of the cracking: a: morphology of cracks; b: carbon."
    found = shown("Maps of the cracking a: morphology of cracks.", "a", caption)
    assert found.quote is not None
    assert caption[found.start : found.end] == found.quote


def test_how_an_image_was_taken_is_no_part_of_what_it_shows():
    assert shown("(c) Section of the glass and imaged with a new detector.", "c").object == "the section of the glass"
