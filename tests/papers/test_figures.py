"""Figures over several pages, captions above and beside, sideways pages, and the resolution of what is drawn."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from glassllava.papers.continued import whole_captions
from glassllava.papers.read import read_paper
from glassllava.papers.reading import Caption, PaperReading
from tests.papers.written_pdf import LEFT, RIGHT, WrittenPdf

EIGHT = (
    "Figure 1. SEM micrographs of glass after (a) 1 h, (b) 2 h, (c) 3 h, (d) 4 h, (e) 5 h, (f) 6 h, "
    "(g) 7 h and (h) 8 h."
)


def micrograph(letter: str = "", width: int = 400, height: int = 300, seed: int = 0) -> npt.NDArray[np.uint8]:
    """A rough surface, shape (H, W), with a letter in its upper left corner."""
    random = np.random.default_rng(seed + ord(letter or " "))
    rough = cv2.GaussianBlur(random.normal(size=(height, width)), (0, 0), 4)
    grey = rough / rough.std() * 35 + 110 + random.normal(scale=12, size=rough.shape)
    pixels = np.ascontiguousarray(grey.clip(0, 255).astype(np.uint8))
    if letter:
        cv2.putText(pixels, letter, (12, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 255, 4)
    return pixels


def four(pdf: WrittenPdf, letters: str) -> WrittenPdf:
    """Print up to four micrographs, two in a row."""
    for place, letter in enumerate(letters):
        x, y = 60 + (place % 2) * 240, 80 + (place // 2) * 180
        pdf.picture((x, y, x + 230, y + 170), micrograph(letter))
    return pdf


def body(pdf: WrittenPdf, y: float, times: int = 2) -> WrittenPdf:
    """Print running text in two columns."""
    for number in range(times):
        pdf.lines(60, y + 75 * number, LEFT).lines(310, y + 75 * number, RIGHT)
    return pdf


def read(pdf: WrittenPdf) -> PaperReading:
    return read_paper(pdf.save(), ocr=False)


def named(reading: PaperReading) -> list[tuple[str, list[tuple[str | None, int]]]]:
    """Figures with the letter and page of each panel."""
    return [(figure.label, [(panel.label, panel.page) for panel in figure.panels]) for figure in reading.figures]


OVER_TWO_PAGES = [("1", [*((letter, 1) for letter in "abcd"), *((letter, 2) for letter in "efgh")])]


def test_panels_on_the_page_before_their_caption_are_found() -> None:
    pdf = body(four(body(four(WrittenPdf(), "abcd"), 480).page(), "efgh").lines(60, 450, [EIGHT], 8), 500)
    reading = read(pdf)
    assert (named(reading), reading.problems) == (OVER_TWO_PAGES, [])


@pytest.mark.parametrize(("first", "second"), [("Figure 1. Cont.", EIGHT), (EIGHT, "Figure 1. (continued)")])
def test_a_continued_caption_is_a_further_place_of_the_one_it_continues(first: str, second: str) -> None:
    pdf = body(four(WrittenPdf(), "abcd").lines(60, 450, [first], 8), 500).page()
    reading = read(body(four(pdf, "efgh").lines(60, 450, [second], 8), 500))
    assert (named(reading), reading.problems) == (OVER_TWO_PAGES, [])
    assert reading.figures[0].caption == EIGHT
    assert {panel.kind for panel in reading.figures[0].panels} == {"sem"}


def test_what_a_continued_caption_adds_is_part_of_the_text() -> None:
    box = (0.0, 0.0, 9.0, 9.0)
    printed = [
        Caption("1", False, 3, box, "Figure 1. Glass. (a) Mirror. (b) Mist. (Continued)", {"a": "", "b": ""}),
        Caption("1", False, 4, box, "Figure 1 (continued). (c) Hackle.", continues=True),
        Caption("2", False, 5, box, "Figure 2. Continued heating of the glass."),
        Caption("3", False, 6, box, "Figure 3. Cont.", continues=True),
    ]
    first, *others = whole_captions(printed)
    assert first.text == "Figure 1. Glass. (a) Mirror. (b) Mist. (c) Hackle."
    assert (list(first.parts), first.elsewhere) == (["a", "b", "c"], [(4, box)])
    assert others == printed[2:]


def test_two_pictures_overleaf_of_their_caption_are_both_taken() -> None:
    pdf = body(WrittenPdf(), 80).page()
    for letter, y in (("a", 60), ("b", 400)):
        pdf.picture((60, y, 530, y + 330), micrograph(letter))
    caption = "Figure 1. SEM micrographs of (a) the mirror and (b) the hackle."
    reading = read(body(pdf.page().lines(60, 80, [caption], 8), 130))
    assert named(reading) == [("1", [("a", 2), ("b", 2)])]


def test_letters_without_a_picture_are_a_problem() -> None:
    reading = read(body(four(WrittenPdf(), "gh").lines(60, 270, [EIGHT], 8), 320))
    assert reading.problems == ["Figure 1: no picture was told apart for panels a–f."]


def test_numerals_without_a_picture_are_a_problem_too() -> None:
    caption = "Figure 1. SEM micrographs: (i) the mirror; (ii) the mist; (iii) the hackle; (iv) the origin."
    pdf = WrittenPdf().picture((60, 60, 530, 260), micrograph("a")).lines(60, 270, [caption], 8)
    assert read(body(pdf, 320)).problems == ["Figure 1: no picture was told apart for panels ii, iii and iv."]


def test_more_pictures_overleaf_than_letters_are_left_alone() -> None:
    pdf = body(four(WrittenPdf(), "abcd"), 480).page()
    caption = "Figure 1. SEM micrographs of (a) the mirror, (b) the mist and (c) the hackle."
    reading = read(body(four(pdf, "ab").lines(60, 270, [caption], 8), 320))
    assert named(reading) == [("1", [("a", 2), ("b", 2)])]
    assert reading.problems == ["Figure 1: no picture was told apart for panel c."]


def test_captions_above_their_figures_get_their_own() -> None:
    pdf = WrittenPdf()
    for number, y in ((1, 80), (2, 300)):
        pdf.lines(60, y, [f"Figure {number}. SEM micrograph of the fracture surface."], 8)
        pdf.picture((60, y + 20, 280, y + 185), micrograph(seed=number))
    reading = read(body(pdf, 560))
    assert [figure.box for figure in reading.figures] == [
        pytest.approx((60, 100, 280, 265), abs=2),
        pytest.approx((60, 320, 280, 485), abs=2),
    ]


def test_a_caption_above_two_pictures_and_narrower_than_they_gets_both() -> None:
    caption = "Figure 1. SEM micrographs of the surfaces. (a) Mirror. (b) Hackle."
    pdf = four(WrittenPdf().lines(60, 72, [caption], 8), "ab")
    assert named(read(body(pdf, 320))) == [("1", [("a", 1), ("b", 1)])]


def test_a_caption_beside_the_upper_of_two_stacked_pictures_gets_both() -> None:
    pdf = WrittenPdf().picture((60, 80, 280, 245), micrograph("a")).picture((60, 260, 280, 425), micrograph("b"))
    words = ["Figure 1. SEM micrographs of", "glass broken in bending:", "(a) the mirror and (b) the", "hackle."]
    assert named(read(body(pdf.lines(300, 90, words, 8), 450))) == [("1", [("a", 1), ("b", 1)])]


@pytest.mark.parametrize("form", [False, True])
def test_a_picture_keeps_its_pixels_inside_a_form(form: bool) -> None:
    pdf = WrittenPdf().picture((60, 80, 280, 245), micrograph(width=1600, height=1200), form)
    reading = read(body(pdf.lines(60, 260, ["Figure 1. SEM micrograph of the mirror."], 8), 320))
    (panel,) = reading.figures[0].panels
    assert [panel.width, panel.height] == pytest.approx([1600, 1200], abs=10)


def test_a_page_that_runs_sideways_is_read_turned() -> None:
    pdf = body(WrittenPdf(), 80, 4).page()
    for letter, y in (("b", 60), ("a", 430)):
        pdf.picture((60, y, 360, y + 350), np.rot90(micrograph(letter)))
    pdf.sideways(390, 780, "Figure 1. SEM micrographs of (a) the mirror and (b) the hackle.", 8)
    reading = read(pdf.text(60, 30, "Journal of Glass 12 (2020) 345", 7))
    assert (named(reading), reading.problems) == ([("1", [("a", 2), ("b", 2)])], [])


def test_a_sideways_caption_on_an_upright_page_is_a_problem() -> None:
    pdf = body(WrittenPdf(), 80, 4).sideways(560, 780, "stamp in the margin: Figure 3. of no interest")
    pdf.sideways(500, 780, "Figure 1. SEM micrographs of the hackle.", 8)
    assert read(pdf).problems == ["The caption of Figure 1 on page 1 runs sideways and was not read."]
