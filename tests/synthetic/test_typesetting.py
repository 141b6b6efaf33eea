"""The printed papers: where the pictures are, what the PDF says of itself, and that nothing is printed over another."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from glassllava.papers import read_paper
from glassllava.synthetic.typesetting import FigureArt, Layout, Manuscript, PanelArt, PlacedPanel, Section, typeset

LAYOUTS: tuple[Layout, ...] = ("two-column-abutting", "two-column-gutters", "one-column")
SENTENCE = "The glass was melted at 1450 °C, poured into a mould & cooled; its surface is smooth. "
SIGNS = 'Signs: #let x = $y$ *bold* _slanted_ `raw` <label> @key [a] {b} \\ / // ~ "quoted" µ 2θ'


def grey(seed: int, width: int = 160, height: int = 120) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    return buffer.getvalue()


def figure(number: str, letters: str, columns: int, *, wide: bool = False, **changes: object) -> FigureArt:
    panels = tuple(
        PanelArt(letter, "sem", grey(place, width=160 if place % 2 else 120))
        for place, letter in enumerate(letters or (None,))
    )
    art = FigureArt(number, f"SEM images of the glass number {number}.", panels, columns, "inside", "(a)", wide)
    return replace(art, **changes)  # type: ignore[arg-type]


def manuscript(layout: Layout, seed: int = 0) -> Manuscript:
    rng = np.random.default_rng(seed)

    def text() -> str:
        return SENTENCE * int(rng.integers(3, 16))

    place = "outside" if seed % 2 else "inside"
    blocks = (
        *(text(), figure("1", "", 1), text(), figure("2", "abcd", 2, label_place=place), text(), text()),
        *(figure("3", "abc", 3, wide=True), text(), text(), figure("4", "ab", 1, label_place=place), text()),
        *(figure("S1", "abcde", 3, wide=bool(seed % 3), label_place=place), text(), text()),
    )
    return Manuscript(
        title="Surfaces of a glass that was never melted",
        authors=("Ada Example", "Ben Example", "Cleo Example"),
        affiliation="Institute of Nothing, Nowhere",
        year=2019,
        journal="Journal of Imagined Glass",
        doi="10.5555/typesetting.1",
        abstract=SENTENCE * 4,
        keywords=("glass", "surface"),
        sections=(Section("1. Introduction", (text(), SIGNS)), Section("Results", blocks)),
        layout=layout,
        seed=seed,
    )


def pictures(pdf: bytes) -> list[tuple[int, tuple[float, ...]]]:
    """Page and box, from the page's top left, of each image object of a PDF."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, 1):
            for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
                left, bottom, right, top = item.get_bounds()
                found.append((number, (left, page.get_height() - top, right, page.get_height() - bottom)))
    return found


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


def overlap(one: PlacedPanel, other: PlacedPanel) -> float:
    wide = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    high = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return min(wide, high) if one.page == other.page else 0


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("seed", range(4))
def test_every_box_is_where_the_pdf_has_its_picture_and_none_lies_on_another(layout: Layout, seed: int) -> None:
    pdf, placed = typeset(manuscript(layout, seed))
    printed = pictures(pdf)
    assert len(placed) == len(printed) == 15
    for panel in placed:
        misses = [np.abs(np.subtract(box, panel.box)).max() for page, box in printed if page == panel.page]
        assert min(misses) < 0.6
    assert all(overlap(one, other) < 0.5 for one, other in combinations(placed, 2))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("seed", range(4))
def test_no_text_but_letters_is_printed_over_a_picture(layout: Layout, seed: int) -> None:
    pdf, placed = typeset(manuscript(layout, seed))
    with pypdfium2.PdfDocument(pdf) as document:
        for panel in placed:
            page = document[panel.page - 1]
            left, top, right, bottom = panel.box
            height = page.get_height()
            inside = page.get_textpage().get_text_bounded(left + 1, height - bottom + 1, right - 1, height - top - 1)
            assert inside.strip("() \r\n") in ("", panel.label)


def test_the_same_manuscript_gives_the_same_bytes() -> None:
    one, other = manuscript("two-column-gutters", 3), manuscript("two-column-gutters", 3)
    assert typeset(one) == typeset(other)


def test_abutting_panels_touch_and_gutters_are_white() -> None:
    gaps = {}
    for layout in LAYOUTS:
        _, placed = typeset(manuscript(layout))
        a, b = (next(p for p in placed if (p.figure, p.label) == ("2", letter)) for letter in "ab")
        gaps[layout] = b.box[0] - a.box[2]
        assert a.box[3] - a.box[1] == pytest.approx(b.box[3] - b.box[1])
    assert gaps["two-column-abutting"] == pytest.approx(0, abs=1e-6)
    assert gaps["two-column-gutters"] > 3
    assert gaps["one-column"] > 3


@pytest.mark.parametrize("layout", LAYOUTS)
def test_text_is_printed_as_it_stands(layout: Layout) -> None:
    assert " ".join(SIGNS.split()) in text_of(typeset(manuscript(layout))[0])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_pdf_says_what_it_is(layout: Layout) -> None:
    work = manuscript(layout)
    pdf, _ = typeset(work)
    with pypdfium2.PdfDocument(pdf) as document:
        stated = document.get_metadata_dict()
    assert stated["Title"] == work.title
    assert stated["Author"] == ", ".join(work.authors)
    assert stated["Subject"] == "Journal of Imagined Glass, 2019, doi:10.5555/typesetting.1"
    assert stated["Keywords"] == "glass, surface, synthetic"
    assert "Synthetic paper" in text_of(pdf)
    assert "References" in text_of(pdf)


def test_an_authors_own_references_are_printed_instead_of_invented_ones() -> None:
    work = manuscript("one-column")
    work = replace(work, sections=(*work.sections, Section("References", ("A. Nobody, A work, 2001.",))))
    text = text_of(typeset(work)[0])
    assert "References 1. A. Nobody, A work, 2001." in text
    assert "2. " not in text.split("References 1.")[1]


def test_a_figure_may_be_printed_twice() -> None:
    twice = figure("4", "ab", 2)
    work = replace(manuscript("one-column"), sections=(Section("Results", (twice, SENTENCE, twice)),))
    _, placed = typeset(work)
    assert [(p.figure, p.label) for p in placed] == [("4", "a"), ("4", "b")] * 2


def test_pictures_keep_their_pixels() -> None:
    work = replace(manuscript("one-column"), sections=(Section("Results", (figure("1", "", 1),)),))
    pdf, _ = typeset(work)
    with pypdfium2.PdfDocument(pdf) as document:
        items = [i for page in document for i in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
        pixels = np.asarray(items[0].get_bitmap(render=False).to_pil().convert("L"))
    assert np.array_equal(pixels, np.asarray(Image.open(io.BytesIO(grey(0, width=120)))))


def test_a_picture_that_is_no_png_is_refused() -> None:
    broken = figure("7", "", 1, panels=(PanelArt(None, "sem", b"not a picture"),))
    work = replace(manuscript("one-column"), sections=(Section("Results", (broken,)),))
    with pytest.raises(ValueError, match="Figure 7 is not a PNG"):
        typeset(work)


def test_a_figure_without_panels_is_refused() -> None:
    work = replace(manuscript("one-column"), sections=(Section("Results", (figure("7", "", 1, panels=()),)),))
    with pytest.raises(ValueError, match="Figure 7 needs at least one panel"):
        typeset(work)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_reading_of_papers_finds_title_doi_and_captions(layout: Layout) -> None:
    work = manuscript(layout)
    reading = read_paper(typeset(work)[0], ocr=False)
    assert (reading.title, reading.doi, reading.year) == (work.title, work.doi, work.year)
    assert {figure.label for figure in reading.figures} == {"1", "2", "3", "4", "S1"}
