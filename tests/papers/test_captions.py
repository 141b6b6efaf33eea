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
from glassllava.papers.reading import Line, PageLayout
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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Figure 3. (a) SEM image of fracture surface; (b) magnified view of the box in (a); "
            "(c) magnified view of the box in (b).",
            {
                "a": "(a) SEM image of fracture surface",
                "b": "(b) magnified view of the box in (a)",
                "c": "(c) magnified view of the box in (b).",
            },
        ),
        (
            "Figure 3. (a) SEM of glass, (b) magnified view of the box in (a), (c) magnified view of (b), "
            "and (d) EDS of the areas in (a) and (b).",
            {
                "a": "(a) SEM of glass",
                "b": "(b) magnified view of the box in (a)",
                "c": "(c) magnified view of (b)",
                "d": "(d) EDS of the areas in (a) and (b).",
            },
        ),
        (
            "Fig. 9 SEM images of (a) x = 0.1, (b) x = 0.2 and (c) EDS of the area marked in (b).",
            {
                "a": "SEM images of (a) x = 0.1",
                "b": "SEM images of (b) x = 0.2",
                "c": "SEM images of (c) EDS of the area marked in (b).",
            },
        ),
        (
            "Figure 2. SEM images of (a) A, (b) B; arrows in (a) show cracks, circles in (b) show pores.",
            {
                "a": "SEM images of (a) A; arrows in (a) show cracks",
                "b": "SEM images of (b) B; circles in (b) show pores.",
            },
        ),
        (
            "Fig. 4. SEM: (a, b) 5 h; (c, d) 10 h; scale bars = 10 µm (a, c) and 1 µm (b, d).",
            dict.fromkeys("ab", "SEM: (a, b) 5 h; scale bars = 10 µm (a, c) and 1 µm (b, d).")
            | dict.fromkeys("cd", "SEM: (c, d) 10 h; scale bars = 10 µm (a, c) and 1 µm (b, d)."),
        ),
        (
            "Fig. 3. (a) View of the box in (b); (b) overview; (c) spectrum.",
            {"a": "(a) View of the box in (b)", "b": "(b) overview", "c": "(c) spectrum."},
        ),
        (
            "Figure 1. SEM images of (a) A, (b) B, and TEM images of (c) C and (d) D.",
            {
                "a": "SEM images of (a) A",
                "b": "SEM images of (b) B",
                "c": "TEM images of (c) C",
                "d": "TEM images of (d) D.",
            },
        ),
        (
            "Figure 4. Surface (a) before and (b) after; cross-section (c) before and (d) after.",
            {
                "a": "Surface (a) before",
                "b": "Surface (b) after",
                "c": "cross-section (c) before",
                "d": "cross-section (d) after.",
            },
        ),
        (
            "Figure 4. The share fades towards (a) with its last traces circled in (b), which is the core.",
            dict.fromkeys("ab", "The share fades towards (a) with its last traces circled in (b), which is the core."),
        ),
        (
            "Figure 5. SEM images (a, b) of glass and the histogram (c).",
            dict.fromkeys("abc", "SEM images (a, b) of glass and the histogram (c)."),
        ),
    ],
)
def test_a_letter_that_refers_to_another_panel_cuts_nothing(text: str, parts: dict[str, str]) -> None:
    assert split_caption(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Fig. 4 | Glass. a, SEM image. b, TEM image of the core. c,d, EDS maps of Si (c) and O (d).",
            {"a": "Glass. a, SEM image.", "b": "Glass. b, TEM image of the core."}
            | dict.fromkeys("cd", "Glass. c,d, EDS maps of Si (c) and O (d)."),
        ),
        (
            "Fig. 1 Glass. a Pristine surface. b Surface after etching. Scale bars, 5 µm.",
            {
                "a": "Glass. a Pristine surface. Scale bars, 5 µm.",
                "b": "Glass. b Surface after etching. Scale bars, 5 µm.",
            },
        ),
        (
            "Fig. 1 A glass. a Before. b After. Arrows in a mark cracks.",
            {"a": "A glass. a Before. Arrows in a mark cracks.", "b": "A glass. b After."},
        ),
        ("Fig. 1 a Glass surface. A second one. c Core.", {}),
        ("Fig. 1 Glass of the type b Surface and a core.", {}),
        (
            "Figure 5. (a1–a3) SEM of G1; (b1–b3) SEM of G2.",
            {"a": "(a1–a3) SEM of G1", "b": "(b1–b3) SEM of G2."},
        ),
        (
            "Figure 5. (a1) SEM of A; (a2) SEM of B; (b1) TEM of A.",
            {"a": "(a1) SEM of A; (a2) SEM of B", "b": "(b1) TEM of A."},
        ),
        ("Figure 8. [a] SEM image; [b] TEM image.", {"a": "[a] SEM image", "b": "[b] TEM image."}),
        ("Figure 7. (i) SEM; (ii) TEM; (iii) EDS.", {"i": "(i) SEM", "ii": "(ii) TEM", "iii": "(iii) EDS."}),
        (
            "Figure 13. SEM images of (a, left) fiber and (b, right) disc.",
            {"a": "SEM images of (a, left) fiber", "b": "SEM images of (b, right) disc."},
        ),
        (
            "Figure 9. Panels a and b show SEM images; panel c shows TEM of the box in panel a.",
            dict.fromkeys("ab", "Panels a and b show SEM images") | {"c": "panel c shows TEM of the box in panel a."},
        ),
        ("Figure 14. Glass (aa) x and (ab) y.", {}),
    ],
)
def test_other_ways_to_letter_a_caption_are_read(text: str, parts: dict[str, str]) -> None:
    assert split_caption(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Figure 5. (a,c,e) SEM and (b,d,f) TEM images of G1, G2 and G3, respectively.",
            {
                "a": "(a) SEM images of G1",
                "b": "(b) TEM images of G1.",
                "c": "(c) SEM images of G2",
                "d": "(d) TEM images of G2.",
                "e": "(e) SEM images of G3",
                "f": "(f) TEM images of G3.",
            },
        ),
        (
            "Figure 3. Rods annealed at 500, 600 and 700 °C for (a), (b) and (c), respectively.",
            {
                "a": "Rods annealed at 500 °C for (a).",
                "b": "Rods annealed at 600 °C for (b).",
                "c": "Rods annealed at 700 °C for (c).",
            },
        ),
        (
            "Figure 3. Rods annealed at 500 °C and 600 °C (a and b, respectively).",
            {"a": "Rods annealed at 500 °C (a).", "b": "Rods annealed at 600 °C (b)."},
        ),
        (
            "Figure 12. SEM: (a) pristine, (b-d) after 1 d, 7 d and 28 d, resp.",
            {
                "a": "SEM: (a) pristine",
                "b": "SEM: (b) after 1 d",
                "c": "SEM: (c) after 7 d",
                "d": "SEM: (d) after 28 d",
            },
        ),
        (
            "Figure 1. (a–c) Rods with diameters of 2 mm, 6 mm, and the ingot of 100 g, respectively.",
            dict.fromkeys("abc", "(a–c) Rods with diameters of 2 mm, 6 mm, and the ingot of 100 g, respectively."),
        ),
        (
            "Figure 1. (a, b) Rods of A, B and C, respectively.",
            dict.fromkeys("ab", "(a, b) Rods of A, B and C, respectively."),
        ),
    ],
)
def test_a_list_is_shared_out_only_where_it_has_an_item_for_each_panel(text: str, parts: dict[str, str]) -> None:
    assert split_caption(text) == parts


NOUNS = ("SEM image of the glass", "hackle", "magnified view", "EDS map of silicon", "fracture surface after 6 h")


@st.composite
def captions(draw: st.DrawFn) -> str:
    """Captions whose clauses refer back to panels, in several styles."""
    mark, between = draw(
        st.sampled_from([("({})", "; "), ("({})", ", "), ("{})", "; "), ("({})", ". "), ("[{}]", "; ")])
    )
    clauses = []
    for letter in "abcde"[: draw(st.integers(2, 5))]:
        words = draw(st.sampled_from(NOUNS))
        if clauses and draw(st.booleans()):
            back = draw(st.sampled_from("abcde"[: len(clauses)]))
            words += draw(st.sampled_from([" of the box in ", " of the area marked in ", " from "])) + f"({back})"
        clauses.append(f"{mark.format(letter)} {words}")
    if between == ". ":
        clauses = [clause[:4] + clause[4:].capitalize() for clause in clauses]
    lead = draw(st.sampled_from(["", "Broken rods. ", "Images of rods: "]))
    behind = draw(st.sampled_from(["", " Scale bars are 2 µm in (a) and 1 µm in (b).", " Arrows in (b) mark cracks."]))
    return f"Figure 2. {lead}{between.join(clauses)}.{behind}"


@given(captions())
def test_parts_lose_no_words_and_begin_and_end_as_clauses_do(text: str) -> None:
    parts = split_caption(text)
    assert len(parts) >= 2
    said = " ".join(parts.values())
    assert set(re.findall(r"\w{2,}", text)) - {"Figure"} <= set(re.findall(r"\w{2,}", said))
    for letter, part in parts.items():
        own = re.search(rf"[(\[]?{letter}[)\]] \w", part)
        assert own, part
        assert not re.match(r"\W*(?:in|of|from)\b", part)
        assert not re.search(r"\b(?:in|of|from|marked|the|and)\W*$", part)


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


@pytest.mark.parametrize(
    ("line", "label", "supplementary"),
    [
        ("Figure 1-1. Mirror of a rod.", "1-1", False),
        ("Plate 1. Mirror of a rod.", "P1", False),
        ("Supplementary Figure 4. Mirror of a rod.", "S4", True),
        ("Figure S4. Mirror of a rod.", "S4", True),
        ("Extended Data Fig. 4 | Mirror of a rod.", "ED4", True),
    ],
)
def test_a_figure_has_one_name_however_it_is_printed(line: str, label: str, supplementary: bool) -> None:
    pdf = WrittenPdf().lines(50, 60, [*LEFT, *LEFT]).text(50, 300, line, size=7)
    (caption,) = find_captions(read_layout(pdf.open()))
    assert (caption.label, caption.supplementary, caption.continues) == (label, supplementary, False)


def test_a_bullet_may_stand_behind_the_number() -> None:
    page = PageLayout(1, 595, 842, [Line("Figure 1 • Mirror of a rod.", (50, 300, 200, 307), 7)])
    (caption,) = find_captions([page])
    assert caption.label == "1"


def test_a_caption_of_one_panel_is_that_panels() -> None:
    pdf = WrittenPdf().lines(50, 60, [*LEFT, *LEFT]).text(50, 300, "Figure 1(b). Mirror of a rod.", size=7)
    (caption,) = find_captions(read_layout(pdf.open()))
    assert (caption.label, caption.parts) == ("1", {"b": "Figure 1(b). Mirror of a rod."})


@pytest.mark.parametrize(
    "line", ["Fig. 3 (continued).", "Figure 3. Cont.", "Figure 3. (Continued) Rods.", "Fig. 3 (cont.)"]
)
def test_a_caption_that_goes_on_says_so(line: str) -> None:
    pdf = WrittenPdf().lines(50, 60, [*LEFT, *LEFT]).text(50, 300, line, size=7)
    (caption,) = find_captions(read_layout(pdf.open()))
    assert (caption.label, caption.continues) == ("3", True)


def test_a_range_of_figures_in_running_text_is_no_caption() -> None:
    body = [*LEFT[:3], "and the hackle, as it is shown in", "Figs. 2-4. The rods were seen in", *LEFT[3:]]
    pdf = WrittenPdf().lines(50, 60, body).text(50, 300, "Figure 2. Mirror of a rod.", size=7)
    assert [caption.label for caption in find_captions(read_layout(pdf.open()))] == ["2"]


def test_a_caption_may_begin_with_its_first_letter() -> None:
    pdf = (
        WrittenPdf()
        .lines(50, 60, [*LEFT, *LEFT])
        .text(50, 300, "FIGURE 1 a) A curve. b) A pattern.", size=7, font="Bold")
    )
    (caption,) = find_captions(read_layout(pdf.open()))
    assert sorted(caption.parts) == ["a", "b"]
