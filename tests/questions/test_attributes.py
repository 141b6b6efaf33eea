"""Each wrong source of context that was found on real papers, in own words: nothing of it may be told."""

import pytest

from glassllava.domains import load_domain
from glassllava.questions.attributes import find_attributes
from glassllava.questions.source import MentionText, PanelText, PaperText, ParagraphText
from glassllava.text.abbreviations import find_definitions

DOMAIN = load_domain("glass-sem")


def told(parts, label, *sections, results="The parts are shown in Fig. 1.", title=None, lead="SEM images."):
    """Return the attributes of one panel: parts of the caption by letter, sections of (heading, text)."""
    caption = f"Figure 1. {lead} " + " ".join(f"({letter}) {text}." for letter, text in parts.items())
    written = [("abstract" if heading == "Abstract" else "body", heading, text) for heading, text in sections]
    paragraphs = tuple(ParagraphText(1, h, role, text) for role, h, text in [*written, ("body", "Results", results)])
    paper = PaperText("p", title, paragraphs, find_definitions([p.text for p in paragraphs]))
    panel = PanelText(
        id="x", name=f"Figure 1{label}", label=label, kind="sem", accepted=True, page=3,
        caption=f"{lead} ({label}) {parts[label]}", figure_caption=caption,
        mentions=(MentionText(len(paragraphs) - 1, 0, len(results), ()),),
    )  # fmt: skip
    found = find_attributes(paper, panel, DOMAIN)
    source = " ".join([caption, title or "", *(p.text for p in paragraphs)])
    assert all(attribute.quote in source for attribute in found)
    return {attribute.value for attribute in found}


TREATED = {"a": "Moss without copper salt (control)", "b": "Moss with copper salt"}
SEM = "Scanning electron microscopy"


def test_what_was_done_for_the_microscope_is_told():
    text = "The stubs were sputter-coated with gold to lead charge away. Images were taken by SEM at 12.5 kV."
    for label in TREATED:
        assert told(TREATED, label, (SEM, text)) == {
            "sputter-coated with gold",
            "an accelerating voltage of 12.5 kV",
        }


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Methods", "RNA was isolated with a kit. The moss samples were ground in liquid nitrogen into a fine powder."),
        ("Growth assay", "The dishes were incubated at 25 °C for 5 days."),
        ("Methods", "The TEM samples were prepared by ion milling in argon at 5 kV."),
        ("Methods", "After the tensile test the samples were quenched in water."),
        ("Methods", "A leaf sample was washed in tap water for 5 min."),
    ],
)
def test_another_method_or_assay_tells_nothing(heading, text):
    assert told(TREATED, "a", (heading, text)) == set()


def test_the_treated_twin_tells_nothing_of_the_untreated_one():
    text = "The moss was immersed in copper salt solution at 30 °C. The control moss was washed in water at 20 °C."
    assert told(TREATED, "a", (SEM, text)) == {"washed in water at 20 °C"}
    assert told(TREATED, "b", (SEM, text)) == {"immersed in copper salt solution at 30 °C"}


def test_one_electrode_is_not_made_as_the_other():
    parts = {"a": "Fresh anode", "b": "Cathode after 20 cycles"}
    text = "The anodes were prepared by casting a water slurry. The cathodes were prepared by pressing at 3 MPa."
    assert told(parts, "b", ("Methods", text)) == {"prepared by pressing at 3 MPa"}


def test_another_panels_measure_is_not_told():
    parts = {"a": "Frit fired at 600 °C", "b": "Frit fired at 800 °C"}
    text = "The frit was heated at 800 °C for 2 h."
    assert told(parts, "a", ("Methods", text)) == set()
    assert told(parts, "b", ("Methods", text)) == {"heated at 800 °C for 2 h"}


def test_a_detector_of_the_methods_is_not_told():
    text = "Both the annular detector and the through-lens detector of the SEM were used."
    assert told(TREATED, "a", (SEM, text)) == set()


def test_what_holds_the_sample_is_not_its_material():
    parts = {"a": "Polished glass section"}
    results = "The section stands in a hard epoxy resin, and a silver coating lies on it (Fig. 1)."
    assert told(parts, "a", results=results) == set()


def test_a_title_names_the_material_only_where_the_panels_text_speaks_of_it():
    title = "Pores in Sodium Borate Glasses"
    body = ("Introduction", "Many borate glasses hold pores, and sodium is common.")
    assert told({"a": "Broken glass"}, "a", body, title=title) == {"sodium borate glass"}
    assert told({"a": "Broken rod"}, "a", body, title=title) == set()


def test_an_amorphous_sample_is_no_composite():
    title = "Bars of metallic glass composite"
    results = "The metallic glass composite bar is dense (Fig. 1)."
    assert told({"a": "Cast bar"}, "a", results=results, title=title) == {"metallic glass composite"}
    amorphous = "The metallic glass composite bar is fully amorphous (Fig. 1)."
    assert told({"a": "Cast bar"}, "a", results=amorphous, title=title) == set()


def test_a_word_that_lost_its_prefix_is_not_told():
    results = (
        "The β-Zr dendrite alloy is clear. The β-Zr dendrite alloy is bright. It is a β-Zr dendrite alloy (Fig. 1)."
    )
    assert "Zr dendrite alloy" not in told({"a": "The Zr dendrite alloy"}, "a", results=results)


def test_words_run_together_at_a_lines_end_are_not_told():
    text = "The sections were rinsed in sulfatebuffer saline at 20 °C. A sulfate was mixed with a buffer. SEM was used."
    assert told({"a": "Sections"}, "a", (SEM, text)) == set()
