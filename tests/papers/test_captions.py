"""Captions found on written pages and real papers, and split by panel."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from difflib import SequenceMatcher
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassllava.papers.captions import find_captions, split_caption
from glassllava.papers.layout import read_layout
from tests.papers.written_pdf import LEFT, RIGHT, WrittenPdf


def test_a_caption_is_taken_whole_and_no_further() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT)
    pdf.lines(50, 300, ["Figure 1. Surface of the broken glass: (a) mirror and mist,", "(b) hackle."], size=8)
    pdf.lines(50, 330, LEFT)
    (caption,) = find_captions(read_layout(pdf.open()))
    assert caption.text == "Figure 1. Surface of the broken glass: (a) mirror and mist, (b) hackle."
    assert caption.label == "1"
    assert set(caption.parts) == {"a", "b"}


def test_a_body_line_that_begins_with_figure_is_no_caption() -> None:
    body = [
        *LEFT[:3],
        "Figure 1 shows the mirror, and Fig. 2a the hackle, of",
        "Figure 3. These were seen in",
        *LEFT[3:],
    ]
    pdf = WrittenPdf().lines(50, 100, body)
    assert find_captions(read_layout(pdf.open())) == []


def test_a_caption_without_delimiter_is_told_by_its_print() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT).lines(50, 260, ["Fig. 4 Mirror region of a rod"], size=8)
    assert [caption.text for caption in find_captions(read_layout(pdf.open()))] == ["Fig. 4 Mirror region of a rod"]


def test_captions_side_by_side_are_two() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT).lines(310, 100, RIGHT)
    pdf.lines(50, 300, ["Figure 1. The first of the two,", "with a second line."], size=8)
    pdf.lines(310, 300, ["Figure 2. The other of the two,", "with another line."], size=8)
    found = {caption.label: caption.text for caption in find_captions(read_layout(pdf.open()))}
    assert found == {
        "1": "Figure 1. The first of the two, with a second line.",
        "2": "Figure 2. The other of the two, with another line.",
    }


def test_a_supplementary_caption_is_marked() -> None:
    pdf = WrittenPdf().lines(50, 100, LEFT).text(50, 300, "Figure S2. More surfaces.", size=8)
    (caption,) = find_captions(read_layout(pdf.open()))
    assert (caption.label, caption.supplementary) == ("S2", True)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Fig. 1 (a) Mirror. (b) Hackle.", {"a": "(a) Mirror.", "b": "(b) Hackle."}),
        ("Figure 1. Glass. (A) Mirror; (B) hackle.", {"a": "Glass. (A) Mirror", "b": "Glass. (B) hackle."}),
        (
            "Figure 2. Films a) as cast; b) after a day. c) Pattern of the film.",
            {"a": "Films a) as cast", "b": "Films b) after a day.", "c": "c) Pattern of the film."},
        ),
        (
            "Fig. 7. Maps of a crack (a: morphology; b: carbon).",
            {"a": "Maps of a crack (a: morphology)", "b": "Maps of a crack (b: carbon)"},
        ),
        (
            "Figure 3. Rods. (a~c: cast; d: drawn).",
            dict.fromkeys("abc", "Rods. (a~c: cast)") | {"d": "Rods. (d: drawn)"},
        ),
        (
            "Fig. 3. Slab (a∼c: at 8 K/s; d∼f: at 10 K/s (fast)).",
            dict.fromkeys("abc", "Slab (a∼c: at 8 K/s)") | dict.fromkeys("def", "Slab (d∼f: at 10 K/s (fast))"),
        ),
        (
            "Figure 1. Structures of the first (a) and the second (b).",
            dict.fromkeys("ab", "Structures of the first (a) and the second (b)."),
        ),
        (
            "Fig. 2 (A) SEM image. (B) and (C) TEM images, respectively.",
            {
                "a": "(A) SEM image.",
                "b": "(B) and (C) TEM images, respectively.",
                "c": "(B) and (C) TEM images, respectively.",
            },
        ),
        ("Figure 9. A glass surface after the test.", {}),
    ],
)
def test_captions_are_split_by_panel(text: str, parts: dict[str, str]) -> None:
    assert split_caption(text) == parts


def test_a_range_of_letters_speaks_of_each_panel() -> None:
    parts = split_caption("Figure 1. Rods. (a–e) SEM micrographs of the rods. (f) TEM micrograph.")
    assert list(parts) == list("abcdef")
    assert all(parts[letter] == "Rods. (a–e) SEM micrographs of the rods." for letter in "abcde")


def test_a_last_sentence_that_cites_letters_goes_to_these() -> None:
    parts = split_caption("Fig. 1 (a) Mirror. (b) Mist. (c) Hackle. The scale bar in (a) and (c) is 2 µm.")
    assert parts["a"].endswith("is 2 µm.")
    assert parts["b"] == "(b) Mist."
    assert parts["c"].endswith("is 2 µm.")


def test_scale_bars_at_the_end_belong_to_every_panel() -> None:
    parts = split_caption("Fig. 1 (a) Mirror. (b) Mist. Scale bars, 2 µm.")
    assert all(part.endswith("Scale bars, 2 µm.") for part in parts.values())


def test_capitals_first_means_that_small_letters_are_parts_of_a_panel() -> None:
    parts = split_caption("Figure 8. (A) Cells ((a) blue; (b) orange; (c) both). (B) Counts.")
    assert set(parts) == {"a", "b"}
    assert parts["b"] == "(B) Counts."


@given(st.text(alphabet="abcABC ().,:;-–~and1 ", max_size=80))
def test_any_text_splits_without_fault(text: str) -> None:
    parts = split_caption(text)
    assert all(len(letter) == 1 and letter.islower() for letter in parts)
    assert len(parts) != 1 or all(parts.values())


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.real
def test_real_captions_agree_with_the_publishers(shared_data: Path) -> None:
    likeness = []
    for source in sorted((shared_data / "papers").glob("PMC*.xml")):
        found = {
            caption.label: caption.text
            for caption in find_captions(read_layout(pypdfium2.PdfDocument(source.with_suffix(".pdf"))))
        }
        for figure in ElementTree.parse(source).iter("fig"):
            for formula in figure.iter("tex-math"):
                formula.clear()
            label = re.search(r"\d+", "".join(figure.find("label").itertext())).group()
            gold = folded(" ".join("".join(part.itertext()) for part in figure.find("caption")))
            ours = folded(re.sub(r"^(?:FIGURE|Figure|Fig\.)\s\d+\s?[.|]?\s*", "", found.get(label, "")))
            likeness.append(SequenceMatcher(None, gold, ours, autojunk=False).ratio())
    assert len(likeness) == 53
    assert sum(likeness) / len(likeness) >= 0.98
    assert min(likeness) > 0.9


@pytest.mark.real
def test_real_captions_are_all_there_and_no_others(shared_data: Path) -> None:
    expected = {"PMC5453356": 16, "PMC5745208": 7, "PMC7057695": 6, "PMC7198556": 8}
    for name, number in expected.items():
        layouts = read_layout(pypdfium2.PdfDocument(shared_data / "papers_without_sem" / f"{name}.pdf"))
        assert [caption.label for caption in find_captions(layouts)] == [str(n + 1) for n in range(number)]


def test_units_before_a_bracket_are_no_panel_letters() -> None:
    parts = split_caption("Figure 3. Glass: a) heated for 6 h; b) heated at 420 °C; c) heated at 500 K, d) as cast.")
    assert parts["b"] == "Glass: b) heated at 420 °C"
    assert sorted(parts) == ["a", "b", "c", "d"]


def test_a_caption_may_begin_with_its_first_letter() -> None:
    pdf = (
        WrittenPdf()
        .lines(50, 60, [*LEFT, *LEFT])
        .text(50, 300, "FIGURE 1 a) A curve. b) A pattern.", size=7, font="Bold")
    )
    (caption,) = find_captions(read_layout(pdf.open()))
    assert sorted(caption.parts) == ["a", "b"]
