import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.text.abbreviations import expand, find_definitions


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Seen by scanning electron microscopy (SEM).", "SEM", "scanning electron microscopy"),
        ("The heat-affected zone (HAZ) is narrow.", "HAZ", "heat-affected zone"),
        ("Made of bulk metallic glasses (BMGs).", "BMG", "bulk metallic glass"),
        ("Two lithium-ion batteries (LIBs) were cut.", "LIB", "lithium-ion battery"),
        ("Oil of Ocimum sanctum L. essential oil (OSEO).", "OSEO", "Ocimum sanctum L. essential oil"),
        ("The TTT (time–temperature–transformation) diagram.", "TTT", "time–temperature–transformation"),
        ("At the minimum fungicidal (MFC) concentration.", "MFC", "minimum fungicidal concentration"),
    ],
)
def test_a_definition_is_found(text, short, long):
    assert find_definitions([text])[short] == long


@pytest.mark.parametrize(
    "text",
    [
        "The alloy BT48 (Ti45.7Zr33.0) was cast.",
        "Cells with sodium hydroxide (NaOH) were filled.",
        "The panel (Fig. 3a) is dark.",
        "Two samples (A and B) were cut.",
    ],
)
def test_codes_formulae_and_remarks_are_no_definitions(text):
    assert find_definitions([text]) == {}


def test_the_first_definition_holds():
    assert find_definitions(["a glass transition (GT)", "green tea (GT)"])["GT"] == "glass transition"


def test_short_forms_are_written_out_with_their_number():
    known = {"LIB": "lithium-ion battery", "SEI": "Solid electrolyte interphase"}
    assert expand("The SEI of LIBs grows.", known) == "The solid electrolyte interphase of lithium-ion batteries grows."


def test_a_bracket_that_defines_is_left_out():
    assert expand("By scanning electron microscopy (SEM).", {"SEM": "scanning electron microscopy"}) == (
        "By scanning electron microscopy."
    )


def test_a_short_form_inside_a_word_stays():
    assert expand("PSEMX and SEM-3", {"SEM": "scanning electron microscopy"}) == "PSEMX and SEM-3"


def test_an_article_wants_the_singular():
    known = {"BMG": "bulk metallic glass", "MIC": "minimum inhibitory concentration"}
    assert expand("A Ti-based BMGs was cast.", known) == "A Ti-based bulk metallic glass was cast."
    assert expand("A series of BMGs was cast.", known) == "A series of bulk metallic glasses was cast."


def test_the_head_of_a_long_form_is_not_said_twice():
    known = {"MIC": "minimum inhibitory concentration"}
    assert expand("Grown at concentrations of MIC.", known) == "Grown at the minimum inhibitory concentration."
    assert expand("The MIC concentration is low.", known) == "The minimum inhibitory concentration is low."


@given(st.lists(st.text(max_size=120), max_size=4))
def test_any_text_is_searched_without_a_fault(texts):
    find_definitions(texts)
