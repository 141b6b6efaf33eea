import pytest

from glassllava.text.formulae import is_formula, is_sample_code, sample_codes, short_forms


@pytest.mark.parametrize(
    "word", ["SiO2", "Ti45.7Zr33.0Cu5.8Co3.0Be12.5", "NaOH", "LiPF6", "Be2Zr", "Pt", "KOH", "Mg2+"]
)
def test_formulae_are_known(word):
    assert is_formula(word)


@pytest.mark.parametrize("word", ["SOC", "BT48", "PCT-1", "NCM622", "glass", "SEM"])
def test_abbreviations_and_codes_are_no_formulae(word):
    assert not is_formula(word)


@pytest.mark.parametrize("word", ["BT48", "SEB-3", "PCT-1·DMF", "E72", "BTX"])
def test_sample_codes_are_known(word):
    assert is_sample_code(word)


def test_units_numerals_and_words_of_the_field_are_no_short_forms():
    assert short_forms("X-ray diffraction at 15 kV and 200 MPa of phase III in SiO2 at pH 7") == []


def test_short_forms_are_listed_once():
    assert short_forms("SEI, FIB-SEM and SEI of BT48") == ["SEI", "FIB-SEM", "BT48"]
    assert sample_codes("BT48 and BT100, not SiO2") == ["BT48", "BT100"]


def test_instruments_and_steel_grades_are_no_sample_codes():
    assert [is_sample_code(word) for word in ("EDX", "EDAX", "X70", "BT48", "BTX")] == [False, False, False, True, True]
