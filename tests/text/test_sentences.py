"""Sentence boundaries in scientific prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.text.sentences import sentence_spans, sentences


@pytest.mark.parametrize(
    "text",
    [
        "Cracks are seen in Fig. 2a and Figs. 3 and 4 of this work.",
        "Rao et al. Found it first, as did Venkataramana et al. (2014).",
        "It grew by ca. 3 wt.% Mg, e.g. in air, i.e. slowly.",
        "The strain F. graminearum was kept at 1.5 MPa vs. 2.5 MPa.",
        "A. B. Smith and J.-P. Doe measured No. 5 and eq. (3).",
        "Alloy Ti45.7Zr33.0Cu5.8 has 0.5 Mn and 99.99% Al.",
    ],
)
def test_abbreviations_initials_and_numbers_end_no_sentence(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It broke. We looked.", ["It broke.", "We looked."]),
        ("It broke at 300 K. We looked.", ["It broke at 300 K.", "We looked."]),
        ("Known for metallic glass.34,36 However, it broke.", ["Known for metallic glass.34,36", "However, it broke."]),
        ("Storage systems.[4] But it broke.", ["Storage systems.[4]", "But it broke."]),
        ("Mirror (Fig. 1a). (b) Hackle.", ["Mirror (Fig. 1a).", "(b) Hackle."]),
        ("A film. b) The other.", ["A film.", "b) The other."]),
        ("It rose at once. β-Ti began to form.", ["It rose at once.", "β-Ti began to form."]),
        ("Held for 5 min. The rods broke?! Yes.", ["Held for 5 min.", "The rods broke?!", "Yes."]),
        ("It is called “mist.” We saw it.", ["It is called “mist.”", "We saw it."]),
    ],
)
def test_sentences_end_where_they_end(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


ONE_SENTENCE = [
    "The fracture surface in Fig. 3 shows hackle.",
    "Figs. 2 and 4 and Suppl. Fig. 2 show mist, as does Fig. S1 of the supplement.",
    "Cracks in Fig. 2(a) and in FIG. 3 (b) are alike.",
    "Mist was seen first by Rao et al. 2014 and then by Smith et al. [12] in silica.",
    "As Venkataramana et al. (2014), Rao et al.12 and others say, it is brittle.",
    "It carries ca. 30 % of the load, approx. Half of what silica does.",
    "Glass (cf. Ref. 12) breaks as Refs. 4 and 5 say.",
    "The load in air vs. Vacuum is drawn in Fig. 2 vs. Fig. 3.",
    "Sample No. 4 and samples Nos. 3–5 were cut.",
    "Eq. (3) follows from Eqs. 4 and 5 and from Sect. 2.3 and Sec. IV.",
    "Some, e.g. Zhang, use another modulus, i.e. Young’s.",
    "It was given by Dr. A. B. Smith and Prof. J.-P. Doe (St. Gobain).",
    "The intensity (a.u.) of each peak and its area in a.u. were kept.",
    "It holds 5 wt.% Mg, 50 at. % Zr and 3 vol.% Al.",
    "Fe, Ni, etc. were added in the order Fe, Ni.",
    "Rods (Corning Inc. (USA)) and salts (Merck Co. Ltd. (Germany)) were bought.",
    "It rose from 2.5 to 3.0 GPa, see p. 34, pp. 3–5 and vol. 12 there.",
    "The strain Streptomyces sp. E72 and F. Graminearum grew.",
    "A max. 5 K and a min. 3 K were held at a temp. Below the transition.",
    "It was funded by the U.S. National Science Foundation.",
    "Runs of Jan. 2012 and Sept. 2013 are left out.",
    "Alloy Ti45.7Zr33.0Cu5.8 has 0.5 Mn and 99.99% Al.",
    "The steps (1 ... 6) were run in turn.",
    "Powder (99.9 %, Sigma-Aldrich Corp., St. Louis, MO) was pressed.",
    "It melts, as J. R. R. Smith and A. Jones found, at 1000 °C.",
]

SENTENCES = [
    "It was ≥ 0.5. | The rest broke.",
    "It was found in most structures.23 | The rest broke.",
    "It was found in most structures.23,24 | However, some broke.",
    "It was found in most structures.23–25 | In silica it was not.",
    "It was found in CO2.12 | The rest was argon.",
    "It was kept at 5 K.12 | The rest was not.",
    "It fell by 10%.3 | We looked.",
    "It broke (Fig. 3).12 | We looked.",
    "It broke in vacuum.[12] | The rest was kept.",
    "It broke in vacuum [12,13]. | The rest was kept.",
    "It broke in vacuum (Rao et al. 2014). | The rest was kept.",
    "So it was found by Rao et al. | The rest was kept.",
    "It was kept at 25 °C. | The rest was not.",
    "It was kept at 300 K. | It broke.",
    "It was driven by 5 V. | After that it broke.",
    "It was kept for 2 h. | 3 samples broke.",
    "It was kept for 5 min. | 3 samples broke.",
    "It was as thick as 12 μm. | In air it broke.",
    "It had an aspect ratio of 3. | The rest was round.",
    "It is shown in Fig. 2a. | The rest is not.",
    "It is shown in Fig. 2. | The rest is not.",
    "It is shown for sample A. | The rest is not.",
    "It is listed in Table I. | We looked.",
    "It is of phase II. | The rest is not.",
    "It is as in Ref. 5. | The rest is not.",
    "It is No. 4. | The rest is not.",
    "The answer was no. | The rest was kept.",
    "It follows from Section 2.1. | The rest does not.",
    "It was seen by XRD. | SEM showed it too.",
    "The peaks are given in a.u. | The rest is not.",
    "It was made in the U.S. | We looked.",
    "It was made by Corning Inc. | The rest was not.",
    "We added Fe, Ni, etc. | The rest was kept.",
    "It was kept in H2O. | The rest was not.",
    "It was as acid as pH 4.5. | pH was then raised.",
    "It is called “mist”. | We saw it.",
    "Why did it break? | We looked! | It was bent.",
    "It broke... | We looked.",
    "There were two: (1) It broke. | (2) It did not.",
    "It was all β-Ti. | γ-Ti began to form.",
    "It carried 3 N. | Samples of it broke.",
    "It was mixed with 0.5 M. | Another was not.",
]
"""A stroke stands where a sentence ends."""


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_one_sentence_stays_one(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize("marked", SENTENCES)
def test_each_sentence_ends_at_its_stop(marked: str) -> None:
    parts = marked.split(" | ")
    assert sentences(" ".join(parts)) == parts


@given(st.text(alphabet="abAB .,!?()[]12\n“”é", max_size=120))
def test_spans_cover_everything_but_space_in_order(text: str) -> None:
    spans = sentence_spans(text)
    assert [end for _, end in spans] == sorted(end for _, end in spans)
    covered = set().union(*(range(start, end) for start, end in spans)) if spans else set()
    assert all(index in covered or character.isspace() for index, character in enumerate(text))
