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


@given(st.text(alphabet="abAB .,!?()[]12\n“”é", max_size=120))
def test_spans_cover_everything_but_space_in_order(text: str) -> None:
    spans = sentence_spans(text)
    assert [end for _, end in spans] == sorted(end for _, end in spans)
    covered = set().union(*(range(start, end) for start, end in spans)) if spans else set()
    assert all(index in covered or character.isspace() for index, character in enumerate(text))
