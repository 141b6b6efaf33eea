"""Characters that a file encodes badly and a reader sees rightly."""

from __future__ import annotations

import pytest

from glassllava.papers import glyphs


@pytest.mark.parametrize(
    ("character", "font", "seen"),
    [
        ("¼", "AdvP4C4E74", "="),
        ("¼", "Times-Roman", "¼"),
        ("˘", "TeX-matha10", "±"),
        ("\uf06d", "Symbol", "μ"),
        ("\ue103", "AdvOT999035f4", "fi"),
        ("e", "AdvPS44A44B", "–"),
    ],
)
def test_codes_of_known_symbol_fonts_are_read(character: str, font: str, seen: str) -> None:
    assert glyphs.decoded(character, font) == seen


def test_a_symbol_font_that_prints_words_is_no_symbol_font() -> None:
    assert glyphs.may_be_greek_font("AdvPS3F4C13") and glyphs.prints_greek(["m", "p", "U"])
    assert not glyphs.prints_greek(["mirror"])
    assert not glyphs.may_be_greek_font("Times-Roman")
    assert glyphs.greek("m") == "μ"


@pytest.mark.parametrize(
    ("width", "height", "middle", "name"),
    [
        (0.68, 0.04, 0.25, "−"),
        (0.66, 0.23, 0.25, "∼"),
        (0.39, 0.39, 0.6, "°"),
        (0.48, 0.48, 0.25, "×"),
        (0.66, 0.67, 0.33, "±"),
        (0.3, 1.2, -0.5, ""),
    ],
)
def test_bare_codes_are_named_by_their_ink(width: float, height: float, middle: float, name: str) -> None:
    assert glyphs.from_shape(width, height, middle) == name


def test_an_accent_joins_its_letter() -> None:
    assert glyphs.with_accent("ı", "´") == "í"
    assert glyphs.with_accent("=", "´") is None


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("at 28◦C for 24 h", "at 28°C for 24 h"),
        ("Tm (∘C)", "Tm (°C)"),
        ("at 37 ˚C, 98 ºF", "at 37 °C, 98 °F"),
        ("tilted by 45◦.", "tilted by 45°."),
        ("f ∘ Cg and a ∘ b", "f ∘ Cg and a ∘ b"),
        ("◦ Cracks; nº 5", "◦ Cracks; nº 5"),
        ("Ångström, 3.2 Å", "Ångström, 3.2 Å"),
    ],
)
def test_rings_before_a_scale_of_temperature_or_after_a_number_are_degrees(printed: str, seen: str) -> None:
    assert glyphs.with_degree_signs(printed) == seen
