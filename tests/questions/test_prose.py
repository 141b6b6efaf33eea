import pytest

from glassllava.questions.citations import without_references
from glassllava.questions.prose import LeftOut, Rewritten, rewrite
from glassllava.text.terms import term_pattern

KNOWN = {"SEM": "scanning electron microscopy", "SEI": "solid electrolyte interphase"}


def said(sentence, codes=(), plural=False):
    found = rewrite(sentence, KNOWN, frozenset(codes), plural)
    assert isinstance(found, Rewritten), found
    return found.text


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("The laths are long (Fig. 3a).", "The laths are long."),
        ("The laths are long (Figs 3D–F and Table 2) and thin.", "The laths are long and thin."),
        ("The cracks are short [12, 14] and wide (5, 6).", "The cracks are short and wide."),
        ("The laths grew in the samples.31,32", "The laths grew in the samples."),
        ("The rates29 are low.", "The rates are low."),
        ("It was cast (Rao et al., 2014) in air.", "It was cast in air."),
        ("The area is 1 cm3 of SiO2.", "The area is 1 cm3 of SiO2."),
        ("The pores (marked by arrows in Fig. 2) are round.", "The pores (marked by arrows) are round."),
    ],
)
def test_citations_go_and_the_rest_stays(printed, clean):
    assert without_references(printed) == clean


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("As shown in Fig. 3a, the laths cross each other.", "The laths cross each other."),
        ("Figure 3b shows interlocked laths in a matrix.", "The image shows interlocked laths in a matrix."),
        ("Fig. 4 reveals that the pores are round and closed.", "The pores are round and closed."),
        (
            "Round droplets can be seen in Fig. 2a near the edge.",
            "Round droplets can be seen in the image near the edge.",
        ),
        ("We found that the laths are up to 4 μm long.", "The laths are up to 4 μm long."),
        ("It can be seen that the surface is rough and porous.", "The surface is rough and porous."),
        ("Moreover, the SEI covers the whole particle.", "The solid electrolyte interphase covers the whole particle."),
        ("In this study, the glass was melted at 1450 °C.", "The glass was melted at 1450 °C."),
        ("This suggests that the laths stop the cracks.", "This observation suggests that the laths stop the cracks."),
        ("The rods are 10mm long and 2.5±0.5 mm wide.", "The rods are 10 mm long and 2.5 ± 0.5 mm wide."),
    ],
)
def test_a_sentence_reads_as_if_there_were_no_paper_around_it(printed, clean):
    assert said(printed) == clean


@pytest.mark.parametrize(
    "printed",
    [
        "We measured the length of the laths with a ruler.",
        "The authors described the laths as interlocked.",
        "Rao et al. reported a similar structure of the laths.",
        "It is long and thin and crosses the others.",
        "This is in good agreement with the phase diagram.",
        "The laths have a volume fraction of x = 0.4 in total.",
        "The GFX layer covers the surface, and its GFX is dense.",
        "The results are listed in Table 2 of the paper.",
        "Further studies are needed to understand the laths.",
        "Laths of the glass-ceramic fired at a higher temperature.",
        "The laths, as Eq. (3) shows, are long.",
    ],
)
def test_what_cannot_be_said_without_the_paper_is_left_out(printed):
    assert isinstance(rewrite(printed, KNOWN), LeftOut)


def test_the_panels_own_code_is_the_sample():
    assert said("GC700 shows round droplets in a matrix.", ["GC700"]) == "The sample shows round droplets in a matrix."
    assert said("The GC700 rods are smooth and dense.", ["GC700"]) == "The rods are smooth and dense."


def test_a_sentence_about_other_samples_is_left_out():
    assert isinstance(
        rewrite("The laths of GC850 are longer than those of GC700.", KNOWN, frozenset({"GC700"})), LeftOut
    )


def test_what_is_said_of_all_others_holds_for_this_sample():
    printed = "While for GC100 only a glass was found, all other samples contain long laths of crystals."
    assert said(printed, ["GC700"]) == "The sample contains long laths of crystals."


def test_several_panels_are_not_called_the_image():
    assert said("Figure 1a–e proves that the size changes with cooling rate.", plural=True) == (
        "The size changes with cooling rate."
    )
    assert isinstance(rewrite("The samples are shown in Fig. 1a–e, respectively.", KNOWN, plural=True), LeftOut)


def test_a_sentence_that_points_back_is_marked():
    found = rewrite("These results suggest that the laths stop the cracks.", KNOWN)
    assert isinstance(found, Rewritten)
    assert found.leans


CRACKS = term_pattern(("crack*", "pores", "layer", "layers"))


@pytest.mark.parametrize(
    ("printed", "text", "leans"),
    [
        (
            "These cracks are long and cross the whole section.",
            "The cracks are long and cross the whole section.",
            False,
        ),
        (
            "These regions are rich in fluorine and poor in carbon.",
            "These regions are rich in fluorine and poor in carbon.",
            True,
        ),
        (
            "These layers are thin and cover the whole section.",
            "These layers are thin and cover the whole section.",
            True,
        ),
        (
            "This lath is long and crosses the whole section.",
            "This lath is long and crosses the whole section.",
            True,
        ),
        (
            "On the right of the same crack, the laths are broken.",
            "On the right of the same crack, the laths are broken.",
            True,
        ),
    ],
)
def test_only_what_can_be_seen_needs_no_forerunner(printed, text, leans):
    found = rewrite(printed, KNOWN, visible=CRACKS)
    assert isinstance(found, Rewritten)
    assert (found.text, found.leans) == (text, leans)


@pytest.mark.parametrize(
    "printed",
    [
        "Additional details of the laths become clearly visible in a magnified part.",
        "The quasi-equilibrium has strong implications on designing such glasses.",
        "Both methods have been used to image the pores of such glasses.",
    ],
)
def test_a_sentence_that_says_nothing_of_the_image_is_left_out(printed):
    assert isinstance(rewrite(printed, KNOWN), LeftOut)


def test_an_image_named_by_its_technique_is_the_image():
    assert said("The pores show up bright in the SEM Fig. 3 of the section.") == (
        "The pores show up bright in the scanning electron microscopy image of the section."
    )
