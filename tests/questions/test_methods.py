import pytest

from glassllava.domains import load_domain
from glassllava.questions.methods import by_another_method, sources_of_making, tells_of_making
from glassllava.questions.source import PaperText, ParagraphText

DOMAIN = load_domain("glass-sem")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("The X-ray photoelectron spectroscopy result confirms a thick film.", True),
        ("The FTIR spectrum shows a band of water.", True),
        ("Confocal laser microscopy shows the grains growing.", True),
        ("The EDX map shows calcium.", True),
        ("Scanning electron microscopy and transmission electron microscopy show round particles.", False),
        ("The particles are round, where the EDS signals show calcium.", False),
        ("Cracks cross the section.", False),
    ],
)
def test_another_method_is_known_by_its_name(text, other):
    assert by_another_method(text) is other


@pytest.mark.parametrize(
    ("text", "makes"),
    [
        ("The rods were cast in a copper mould under argon.", True),
        ("The stubs were then sputter-coated with gold.", True),
        ("The sections were cut, ground and polished.", True),
        ("The spectra were recorded at room temperature on polished glass.", False),
        ("Tensile tests were performed on cast rods.", False),
        ("The coated grains have a mean size of 3 μm.", False),
        ("Deposited gold would be made to work equally well.", False),
    ],
)
def test_making_is_not_measuring(text, makes):
    assert tells_of_making(text, DOMAIN) is makes


def _paper(*sections):
    return PaperText("p", None, tuple(ParagraphText(1, section, "body", text) for section, text in sections))


def test_a_section_on_microscopy_is_preferred_and_other_assays_are_left_out():
    paper = _paper(
        ("Determination of antifungal activity", "Spores were treated with oil."),
        ("Scanning electron microscopy", "Spores were rinsed and coated with gold."),
        ("Sample preparation", "Glasses were melted at 1400 °C."),
        ("Materials and methods", "Flasks were filled with broth and closed with cotton for a week."),
    )
    assert sources_of_making(paper) == {1, 2}


def test_without_such_a_section_every_paragraph_that_opens_with_no_test_may_tell():
    paper = _paper(
        ("Experimental", "The hardness was measured with a diamond on polished glass of each kind. Glasses were cut."),
        ("Experimental", "Glasses were melted at 1400 °C in a platinum crucible and quenched. They were cut."),
    )
    assert sources_of_making(paper) == {1}
