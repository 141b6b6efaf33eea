"""What a journal adds to a manuscript: dates, citation, licence, notice, references, and how it sets its figures.

In: a `Manuscript`. Out: the plain values that the templates in `layouts/` read from `manuscript.json`. All text
travels as JSON strings, which typst prints as they stand, so nothing has to be escaped. The cited works, volume and
dates are invented from the manuscript's seed.
"""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, UnidentifiedImageError

if TYPE_CHECKING:
    from glassllava.synthetic.typesetting import FigureArt, Manuscript

NOTICE = (
    "Synthetic paper: written by a program to test GlassLLaVA. Its micrographs come from a virtual microscope; "
    "nothing in it was measured."
)
LICENCE = "© {year} The Authors. Published under the CC BY 4.0 licence."

_LEADS = {
    "two-column-abutting": ("Fig. {}.", "Figure {}."),
    "two-column-gutters": ("Fig. {} |", "FIGURE {}"),
    "one-column": ("Figure {}.", "Fig. {}."),
}
_LOOKS: dict[str, dict[str, Any]] = {
    "two-column-abutting": {
        "gutter": 0, "row_limit": 230, "figure_limit": 520, "caption_gap": 7, "caption_font": "STIXGeneral",
        "caption_size": 8, "accent": "#000000", "letter_font": "STIXGeneral", "letter_size": 11,
    },
    "two-column-gutters": {
        "gutter": 5, "row_limit": 220, "figure_limit": 500, "caption_gap": 8, "caption_font": "DejaVu Sans",
        "caption_size": 6.8, "accent": "#0b5563", "letter_font": "DejaVu Sans", "letter_size": 8.5,
    },
    "one-column": {
        "gutter": 7, "row_limit": 215, "figure_limit": 480, "caption_gap": 9, "caption_font": "New Computer Modern",
        "caption_size": 9, "accent": "#000000", "letter_font": "New Computer Modern", "letter_size": 10.5,
    },
}  # fmt: skip
"""Lengths in points. The limits keep a row, and a figure with its caption, on a page with text around it."""

_ACCENTS = ("#0b5563", "#7a1f2b", "#1f3f7a")
_FAMILIES = ("Amsel", "Birke", "Dahl", "Erlenbach", "Fenn", "Grewe", "Holm", "Iversen", "Kestrel", "Lindqvist")
_FAMILIES_ALSO = ("Marsh", "Nakano", "Oster", "Petrel", "Quist", "Rowan", "Sorrel", "Tamsin", "Ulme", "Wren")
_PERIODICALS = ("J. Imagined Glass", "Ann. Virtual Microsc.", "Synth. Ceram. Lett.", "Acta Vitrea Ficta")
_METHODS = ("Slow cooling", "Surface treatment", "Controlled crystallisation", "Polishing", "Ageing", "Sintering")
_MATTERS = ("silicate glasses", "borate melts", "glass-ceramics", "thin glass sheets", "porous glass", "glass powders")
_VIEWS = ("a study by microscopy", "kinetics and structure", "a review", "effects on strength", "models and limits")


def picture_name(figure: int, panel: int) -> str:
    """Give the file name of a picture, from the places of its figure and of itself, both from 0."""
    return f"picture-{figure}-{panel}.png"


def printed_manuscript(manuscript: Manuscript, figures: list[FigureArt], spread: frozenset[int]) -> dict[str, Any]:
    """Turn a manuscript into the values that its journal's template prints.

    Parameters
    ----------
    manuscript
        What was handed in.
    figures
        Its figures in order; a figure's place in this list names its pictures' files.
    spread
        Places of figures of one column that are centred over both columns all the same.

    Returns
    -------
    dict
        JSON values; lengths in points.

    Raises
    ------
    ValueError
        If a figure has no panels, fewer than one column, or a picture that is not a PNG.
    """
    rng = np.random.default_rng([manuscript.seed, 0x7E75])
    received = date(manuscript.year, 1, 1) + timedelta(days=int(rng.integers(3, 200)))
    accepted = received + timedelta(days=int(rng.integers(40, 90)))
    published = accepted + timedelta(days=int(rng.integers(7, 40)))
    volume, first = int(rng.integers(3, 60)), int(rng.integers(100, 900))
    look = {**_LOOKS[manuscript.layout], "letter_boxed": bool(rng.random() < 0.5)}
    if manuscript.layout == "two-column-gutters":
        look["accent"] = _ACCENTS[int(rng.integers(len(_ACCENTS)))]
    lead = _LEADS[manuscript.layout][int(rng.integers(2))]
    below = bool(rng.random() < 0.5)
    places = iter(range(len(figures)))
    sections = [
        {
            "heading": re.sub(r"^\d+(?:\.\d+)*\.?\s+", "", section.heading),
            "blocks": [
                block
                if isinstance(block, str)
                else _figure(block, next(places), manuscript.layout, lead, below, spread)
                | {"float": bool(rng.random() < 0.4)}
                for block in section.blocks
            ],
        }
        for section in manuscript.sections
    ]
    references = _invented_references(rng, manuscript.year)
    if sections and str(sections[-1]["heading"]).lower() == "references":
        references = [block for block in sections.pop()["blocks"] if isinstance(block, str)]
    surnames = [author.split()[-1] for author in manuscript.authors]
    return {
        "title": manuscript.title,
        "authors": list(manuscript.authors),
        "running_authors": surnames[0] + " et al." if len(surnames) > 2 else " and ".join(surnames),
        "affiliation": manuscript.affiliation,
        "journal": manuscript.journal,
        "doi": manuscript.doi,
        "abstract": manuscript.abstract,
        "printed_keywords": list(manuscript.keywords),
        "keywords": list(dict.fromkeys([*manuscript.keywords, "synthetic"])),
        "subject": f"{manuscript.journal}, {manuscript.year}, doi:{manuscript.doi}",
        "citation": f"{manuscript.journal} {volume} ({manuscript.year}) {first}",
        "year": published.year,
        "month": published.month,
        "day": published.day,
        "received": _printed_date(received),
        "accepted": _printed_date(accepted),
        "published": _printed_date(published),
        "licence": LICENCE.format(year=manuscript.year),
        "notice": NOTICE,
        "look": look,
        "sections": sections,
        "references": references,
    }


def _figure(
    figure: FigureArt, place: int, layout: str, lead: str, below: bool, spread: frozenset[int]
) -> dict[str, Any]:
    if not figure.panels or figure.columns < 1:
        raise ValueError(f"Figure {figure.number} needs at least one panel and one column.")
    panels = []
    for number, art in enumerate(figure.panels):
        aspect, ink = _measure(art.image, f"Figure {figure.number}{art.label or ''}")
        panels.append(
            {
                "figure": place,
                "panel": number,
                "file": picture_name(place, number),
                "aspect": aspect,
                "ink": ink,
                "printed": _printed_letter(art.label, figure.label_style),
            }
        )
    rows = [panels[start : start + figure.columns] for start in range(0, len(panels), figure.columns)]
    share = 1.0
    if layout == "one-column" and not figure.wide:
        share = 0.58 if figure.columns == 1 else 0.84
    if place in spread:
        share = 0.62
    return {
        "place": place,
        "lead": lead.format(figure.number),
        "caption": figure.caption,
        "rows": rows,
        "share": share,
        "letters": "inside" if figure.label_place == "inside" else "below" if below else "above",
        "wide": figure.wide or place in spread,
    }


def _printed_letter(label: str | None, style: str) -> str | None:
    if label is None:
        return None
    return {"a": label, "(a)": f"({label})", "A": label.upper(), "a)": f"{label})"}[style]


def _measure(png: bytes, name: str) -> tuple[float, str]:
    """Give width over height, and the ink, black or white, that stands out from the upper left corner."""
    try:
        image = Image.open(io.BytesIO(png))
    except UnidentifiedImageError as error:
        raise ValueError(f"The picture of {name} is not a PNG.") from error
    if image.format != "PNG":
        raise ValueError(f"The picture of {name} is not a PNG.")
    width, height = image.size
    corner = np.asarray(image.convert("L").crop((0, 0, max(1, width // 9), max(1, height // 8))))
    return width / height, "#000000" if corner.mean() > 128 else "#ffffff"


def _printed_date(day: date) -> str:
    months = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
    return f"{day.day} {(*months, 'November', 'December')[day.month - 1]} {day.year}"


def _invented_references(rng: np.random.Generator, year: int) -> list[str]:
    """Make works that do not exist, by nobody, in periodicals that do not exist."""
    works = []
    for _ in range(int(rng.integers(14, 24))):
        names = [
            f"{'ABCDEFGHJKLMNPRSTW'[int(rng.integers(18))]}. {family}"
            for family in rng.choice(_FAMILIES + _FAMILIES_ALSO, size=int(rng.integers(1, 5)), replace=False)
        ]
        title = f"{rng.choice(_METHODS)} of {rng.choice(_MATTERS)}: {rng.choice(_VIEWS)}"
        page = int(rng.integers(1, 900))
        works.append(
            f"{', '.join(names)}, {title}, {rng.choice(_PERIODICALS)} {int(rng.integers(2, 70))} "
            f"({year - int(rng.integers(1, 25))}) {page}–{page + int(rng.integers(4, 16))}."
        )
    return works
