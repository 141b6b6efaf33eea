"""A manuscript in; the PDF of a synthetic paper and the exact place of each of its pictures out.

In: a `Manuscript` whose pictures are PNG bytes. Out: PDF bytes made by typst from the templates in `layouts/`, and a
`PlacedPanel` for each picture, whose box typst itself reports from its layout: this is the truth that the reading of
papers is measured on. What a journal prints around a manuscript (dates, citation, references, the manner of its
captions) comes from `typst_source`.
"""

from __future__ import annotations

import itertools
import json
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal, cast

import matplotlib
import typst

from glassllava.records.papers import Kind
from glassllava.synthetic.typst_source import picture_name, printed_manuscript

Layout = Literal["two-column-abutting", "two-column-gutters", "one-column"]
LetterPlace = Literal["inside", "outside"]
LetterStyle = Literal["a", "(a)", "A", "a)"]


@dataclass(frozen=True, slots=True)
class PanelArt:
    """One picture of a figure, as it goes to the printer."""

    label: str | None
    """The bare letter in lower case; None for a figure of one panel."""
    kind: Kind
    image: bytes
    """PNG, without its letter."""


@dataclass(frozen=True, slots=True)
class FigureArt:
    """A figure: its pictures, how they are set, and its caption."""

    number: str
    """As printed: "3", "S1"."""
    caption: str
    """The whole caption as plain text, without the "Figure 3" in front."""
    panels: tuple[PanelArt, ...]
    columns: int
    """Panels in a row."""
    label_place: LetterPlace
    """On the picture's upper left corner, or outside of the picture (above its left corner or below its middle)."""
    label_style: LetterStyle
    wide: bool
    """Over both columns; over the whole width in the layout of one column."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what follows it: a string is one paragraph of plain text."""

    heading: str
    blocks: tuple[str | FigureArt, ...]


@dataclass(frozen=True, slots=True)
class Manuscript:
    """All that an author hands in, and the journal that prints it."""

    title: str
    authors: tuple[str, ...]
    affiliation: str
    year: int
    journal: str
    doi: str
    abstract: str
    keywords: tuple[str, ...]
    sections: tuple[Section, ...]
    """A last section called "References" is printed as the list of references, one paragraph a work; without it the
    journal makes a list of works that do not exist."""
    layout: Layout
    seed: int
    """Chooses what the journal leaves open: dates, caption's manner, letter's box."""


@dataclass(frozen=True, slots=True)
class PlacedPanel:
    """Where one picture landed."""

    figure: str
    label: str | None
    kind: Kind
    page: int
    """From 1."""
    box: tuple[float, float, float, float]
    """`(x0, y0, x1, y1)` in points from the page's top left, of the picture alone: a letter outside is not in it."""


def typeset(manuscript: Manuscript) -> tuple[bytes, list[PlacedPanel]]:
    """Print a manuscript.

    Parameters
    ----------
    manuscript
        What to print. Its text is printed as it stands: no character has a meaning of its own.

    Returns
    -------
    bytes
        The PDF; the same manuscript gives the same bytes with the same typst and the same fonts.
    list of PlacedPanel
        One for each picture, in the order of the manuscript.

    Raises
    ------
    ValueError
        If a figure has no panels, fewer than one column, or a picture that is not a PNG.
    """
    figures = [block for section in manuscript.sections for block in section.blocks if isinstance(block, FigureArt)]
    with tempfile.TemporaryDirectory(prefix="glassllava-typeset-") as name:
        folder = Path(name)
        for place, figure in enumerate(figures):
            for number, panel in enumerate(figure.panels):
                (folder / picture_name(place, number)).write_bytes(panel.image)
        layouts = resources.files("glassllava.synthetic") / "layouts"
        for template, target in (("figures.typ", "figures.typ"), (f"{manuscript.layout}.typ", "main.typ")):
            (folder / target).write_text((layouts / template).read_text("utf-8"), encoding="utf-8")
        spread: frozenset[int] = frozenset()
        while True:
            data = printed_manuscript(manuscript, figures, spread)
            (folder / "manuscript.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
            # The machine's own fonts stay out, or papers would differ between machines; matplotlib's wheel brings a
            # Times-like and a sans-serif face, which typst's lacks.
            compiler = typst.Compiler(
                str(folder / "main.typ"),
                root=name,
                font_paths=[str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")],
                ignore_system_fonts=True,
            )
            # typst 0.15 takes a float of one column for no higher than what a float over both columns leaves of the
            # page, and prints the rest of it over that. Floats over both columns alone never collide, so each turn
            # leaves fewer of the others.
            narrow = {place for place, figure in enumerate(figures) if not figure.wide} - spread
            collided = narrow & _collisions(json.loads(compiler.query("<edge>", field="value")))
            if not collided or manuscript.layout == "one-column":
                break
            spread |= collided
        pdf = compiler.compile(format="pdf", pdf_tags=False)
        marks = json.loads(compiler.query("<panel>", field="value"))
    # `compile` gives a list for pictures of pages and nothing where it writes a file; for a PDF it gives bytes.
    return cast(bytes, pdf), _placed(figures, marks)


def _collisions(edges: list[dict[str, float]]) -> set[int]:
    """Give the places of figures that overlap another or reach below their page's text."""
    corners: dict[int, list[dict[str, float]]] = {}
    for edge in edges:
        corners.setdefault(int(edge["figure"]), []).append(edge)
    collided = {place for place, (_, end) in corners.items() if end["y"] > end["limit"] + 1}
    for (one, (start, end)), (other, (begin, stop)) in itertools.combinations(corners.items(), 2):
        wide = min(end["x"], stop["x"]) - max(start["x"], begin["x"])
        high = min(end["y"], stop["y"]) - max(start["y"], begin["y"])
        if start["page"] == begin["page"] and wide > 1 and high > 1:
            collided |= {one, other}
    return collided


def _placed(figures: list[FigureArt], marks: list[dict[str, float]]) -> list[PlacedPanel]:
    found = {(int(mark["figure"]), int(mark["panel"])): mark for mark in marks}
    placed = []
    for place, figure in enumerate(figures):
        for number, panel in enumerate(figure.panels):
            mark = found[place, number]
            x, y = mark["x"], mark["y"]
            box = (x, y, x + mark["width"], y + mark["height"])
            placed.append(PlacedPanel(figure.number, panel.label, panel.kind, int(mark["page"]), box))
    return placed
