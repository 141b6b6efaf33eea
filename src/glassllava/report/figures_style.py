"""How the report's figures look, and how they are saved: SVG and PNG as files, and SVG for inside the page.

In: matplotlib figures drawn under `style()`. Out: two files a figure, and markup whose ink follows the page's
colours, so that the same drawing reads in light and dark. Colours are those of Okabe and Ito
(https://jfly.uni-koeln.de/color/), told apart with every common colour blindness; series differ in marker too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, YELLOW = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#d55e00",
    "#cc79a7",
    "#56b4e9",
    "#f0e442",
)
INK, MUTED, FAINT, SHEET = "#1b1b1c", "#6e6e72", "#dcdce1", "#fefefe"
"""Stand for the page's own ink, quiet ink, hairlines and ground: the markup inside the page takes those."""

SUBCATEGORY_COLOURS = {"simple": BLUE, "complex": ORANGE}
CONDITION_COLOURS = {"real": BLUE, "blank": ORANGE, "other_paper": GREEN}
CONDITION_MARKERS = {"real": "o", "blank": "s", "other_paper": "^"}
CONDITION_NAMES = {"real": "real image", "blank": "blank image", "other_paper": "image of another paper"}
LEVEL_NAMES = {"none": "None", "basic": "Basic", "moderate": "Moderate", "high": "High"}

WIDTH = 9.0
"""Inches of a full-width figure."""

_RULES: Mapping[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.facecolor": "none",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "text.parse_math": False,  # names and DOIs are free text: a "$" in one is no formula
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.4,
    "lines.markersize": 5,
    "figure.facecolor": SHEET,
    "savefig.facecolor": SHEET,
    "savefig.dpi": 200,
    "svg.fonttype": "none",
    "figure.constrained_layout.use": True,
}

_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--quiet)",
    FAINT: "var(--hairline)",
    SHEET: "var(--sheet)",
    BLUE: "var(--blue)",
}


@dataclass(frozen=True)
class Plate:
    """One numbered figure of the report, drawn or not."""

    key: str
    """Name of its files, without ending."""
    number: str
    """As "Figure 3"."""
    title: str
    caption: str
    """What is shown, n, and what the bars mean; where nothing is drawn, why."""
    figure: Figure | None = None


def style() -> AbstractContextManager[None]:
    """Give the surroundings in which figures are drawn and saved."""
    return matplotlib.style.context(["default", dict(_RULES)])


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure of a size in inches; nothing of it is kept by pyplot."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def horizontal_grid(axes: Axes) -> None:
    """Draw hairlines across, for axes whose values are read upwards."""
    axes.grid(visible=True, axis="y")


def vertical_grid(axes: Axes) -> None:
    """Draw hairlines upwards, for axes whose values are read sideways."""
    axes.grid(visible=True, axis="x")


def sign(figure: Figure, judges: Sequence[str]) -> None:
    """Write under a figure of scores who judged, and that the judge is embedded where it is."""
    if judges:
        embedded = any(judge.startswith("embedded") for judge in judges)
        words = ", embedded judge without a language model" if embedded else ""
        figure.supxlabel(
            f"Judge: {', '.join(sorted(set(judges)))}{words}; uncalibrated.",
            fontsize=7,
            color=MUTED,
            x=0.995,
            ha="right",
        )


def save(plate: Plate, folder: Path) -> str:
    """Write `KEY.svg` and `KEY.png` into `folder`; return the markup for inside the page.

    The files stand on white; the markup has no ground of its own. Same drawing, same bytes.
    """
    assert plate.figure is not None
    with mpl.rc_context({"svg.hashsalt": plate.key}):
        buffer = io.StringIO()
        plate.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "GlassLLaVA"})
        plate.figure.savefig(folder / f"{plate.key}.png", format="png", metadata={"Software": "GlassLLaVA"})
    svg = buffer.getvalue()
    (folder / f"{plate.key}.svg").write_text(svg, encoding="utf-8")
    return _for_page(svg, f"{plate.number}: {plate.title}")


def _for_page(svg: str, name: str) -> str:
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="patch_1">.*?</g>', "", body, count=1, flags=re.DOTALL)  # the ground of the whole figure
    referenced = set(re.findall(r"#([A-Za-z_][\w.-]*)", body))
    body = re.sub(r' id="([^"]*)"', lambda found: found.group(0) if found.group(1) in referenced else "", body)
    body = body.replace("font-family: 'DejaVu Sans', sans-serif", "font-family: var(--sans)")
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    width = re.search(r'viewBox="0 0 ([\d.]+) ', body)
    points = float(width.group(1)) if width else 72 * WIDTH
    opening = f'<svg role="img" aria-label="{_attribute(name)}" style="max-width:{points * 4 / 3:.0f}px" '
    body = re.sub(r'<svg ([^>]*?)width="[^"]*"', r"<svg \1", body, count=1)
    body = re.sub(r'<svg ([^>]*?)height="[^"]*"', r"<svg \1", body, count=1)
    return body.replace("<svg ", opening, 1)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
