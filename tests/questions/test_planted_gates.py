"""Each gate against pairs that break its rule in one place, and against good pairs."""

from __future__ import annotations

import pytest

from glassllava.questions.gates import GATES
from glassllava.questions.gates.notation import notation_in
from glassllava.questions.gates.numbers import one_spelling
from tests.questions.planted import outcomes

LISTS = ("planted_gates.yaml", "planted_gates_second.yaml")


@pytest.fixture(scope="module")
def found():
    return {name: outcomes(name) for name in LISTS}


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_catches_what_was_planted_for_it(found, gate):
    first, second = (found[name][0][gate] for name in LISTS)
    assert first.planted >= 15
    for outcome in (first, second):
        assert outcome.caught >= 0.95 * outcome.planted, outcome.missed


def test_good_pairs_pass(found):
    assert found[LISTS[0]][1] >= 100
    for by_gate, good in found.values():
        refused = [name for outcome in by_gate.values() for name in outcome.false]
        assert len({name.partition(":")[0] for name in refused}) <= 0.05 * good, refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grains of Al2O3, KNO3 and Ca2+ at 5 MPa·m1/2, 3 Nm or 2 kWh/kg.", []),
        ("In 33.3Li2O–66.7SiO2 with N2 and C60, As and In stay.", []),
        ("The bar S1600 of set B lies above Tg.", ["S1600", "Tg", "set B"]),
        ("A set A of BMGs.", ["BMGs", "set A"]),
    ],
)
def test_notation_of_one_paper_is_told_from_formulae_and_units(text, expected):
    assert list(notation_in(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two hours", "2 h"),
        ("the two phases", "the two phases"),
        ("1 300 degrees Celsius or 1,300 °C", "1300 °C or 1300 °C"),
        ("threefold, one third and 200-µm-thick", "3 times, 1/3 and 200 µm-thick"),
        ("settles for 24 hr9,39.", "settles for 24 hr."),
        ("an area of 2 mm2", "an area of 2 mm2"),
    ],
)
def test_numbers_come_in_one_spelling(text, expected):
    assert one_spelling(text) == expected
