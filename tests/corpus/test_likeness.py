"""Descriptions that differ only in spelling are the same; others are not."""

from __future__ import annotations

from glassllava.corpus.likeness import (
    same_authors,
    same_journal,
    same_publisher,
    same_value,
    same_work,
    share_an_author,
    title_likeness,
)

TITLE = "Two-phase quasi-equilibrium in β-type Ti-based bulk metallic glass composites"


def test_titles_are_alike_whatever_their_case_dashes_and_accents() -> None:
    assert title_likeness(TITLE, TITLE.upper().replace("-", "‐")) == 1.0
    assert title_likeness("", TITLE) == 0.0
    assert title_likeness(TITLE, "Two-phase equilibrium in α-type Zr-based bulk metallic glasses") < 0.95


def test_a_title_cut_short_is_of_the_same_work_and_another_title_is_not() -> None:
    assert same_work("Two-phase quasi-equilibrium in", TITLE)
    assert same_work("Glass fracture: a study of rods", "Glass fracture")
    assert not same_work("Antagonistic activity of essential oil on growth of fungi in maize", TITLE)


def test_people_are_the_same_by_their_family_names() -> None:
    assert same_authors(["L. Zhang", "Vince Jászfi"], ["V. Jaszfi", "Lei Zhang"])
    assert not same_authors(["L. Zhang"], ["L. Zhang", "S. Pauly"])
    assert share_an_author(["L. Zhang", "A. B"], ["Li Zhang"]) and not share_an_author(["L. Zhang"], ["S. Pauly"])


def test_an_abbreviated_journal_and_a_firms_legal_form_are_the_same() -> None:
    assert same_journal("Adv. Sci.", "Advanced Science") and not same_journal("Adv. Sci.", "Advanced Materials")
    assert same_publisher("WILEY-VCH Verlag GmbH & Co. KGaA", "Wiley")
    assert not same_publisher("American Chemical Society", "American Physical Society")
    assert not same_publisher("Verlag GmbH", "Elsevier BV")


def test_a_licence_without_version_is_the_same_as_one_with() -> None:
    assert same_value("licence", "CC-BY", "CC-BY-4.0") and not same_value("licence", "CC-BY-NC-4.0", "CC-BY-4.0")
    assert same_value("doi", "10.1/X", "10.1/x")
