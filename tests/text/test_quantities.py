import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.text.quantities import find_quantities, numbers_in, unit_in_si


def only(text):
    (found,) = find_quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "value", "high", "deviation", "unit", "si"),
    [
        ("1.6 ± 0.7 μm", 1.6, None, 0.7, "μm", 1.6e-6),
        ("10–11 Å", 10, 11, None, "Å", 1e-9),
        ("1.3 × 10−3 S cm−1", 1.3e-3, None, None, "S cm−1", 0.13),
        ("120 °C", 120, None, None, "°C", 393.15),
        ("52.5 ± 0.9 vol.%", 52.5, None, 0.9, "vol.%", 0.525),
        ("5 wt%", 5, None, None, "wt%", 0.05),
        ("3 h", 3, None, None, "h", 10800),
        ("2 and 5 µm", 2, 5, None, "µm", 2e-6),
        ("1 × 10^3 K/s", 1000, None, None, "K/s", 1000),
        ("15 kV", 15, None, None, "kV", 15000),
        ("1,234 nm", 1234, None, None, "nm", 1.234e-6),
    ],
)
def test_a_number_is_read_with_its_unit(text, value, high, deviation, unit, si):
    found = only(text)
    assert math.isclose(found.value, value)
    assert (found.high, found.deviation, found.unit) == (high, deviation, unit)
    assert math.isclose(found.si_value, si, rel_tol=1e-9)


def test_digits_of_formulae_and_codes_are_no_quantities():
    assert find_quantities("SiO2 and BT48 glass") == []


def test_offsets_point_at_what_is_printed():
    text = "cooled at 40 K, with arms of 8.5 ± 1.3 μm"
    assert [text[q.start : q.end] for q in find_quantities(text)] == ["40 K", "8.5 ± 1.3 μm"]


def test_an_unknown_unit_has_no_si_value():
    assert unit_in_si("furlong") is None


def test_numbers_are_listed_as_printed():
    assert numbers_in("1.6 ± 0.7 μm in Ti60") == ["1.6", "0.7", "60"]


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text):
    for found in find_quantities(text):
        assert text[found.start : found.end] == found.text
