"""What was read by eye on real papers (`tests/truth`), and how a reading agrees with it.

In: the truth of one paper and its reading. Out: overlaps of boxes, errors of scale, citing sentences that were found
with their panels. `papers.py` prints them.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from glassllava.papers.boxes import area, overlap
from glassllava.papers.reading import Panel, PaperReading

TRUTH = Path(__file__).parents[1] / "tests" / "truth"


def truth_of(stem: str, what: str) -> list[dict[str, Any]]:
    """Return the rows of a paper in `panels`, `scale_bars` or `mentions`; none where it was not read for that."""
    rows: list[dict[str, Any]] = json.loads((TRUTH / f"{what}.json").read_text(encoding="utf-8")).get(stem, [])
    return rows


def panel_of(reading: PaperReading, row: dict[str, Any], box: list[float] | None = None) -> Panel | None:
    """Return the SEM panel of the figure and letter of a row; of two the one that overlaps `box` most."""
    named = [
        panel
        for figure in reading.figures
        for panel in figure.panels
        if (figure.label, panel.label, panel.kind) == (row["figure"], row["label"], "sem")
    ]
    return max(named, key=lambda panel: iou(panel.box, box) if box else 0.0, default=None)


def iou(one: Any, other: Any) -> float:
    """Return the intersection of two boxes over their union."""
    both = overlap(tuple(one), tuple(other))
    return both / (area(tuple(one)) + area(tuple(other)) - both)


def overlaps(stem: str, reading: PaperReading) -> dict[str, float | None]:
    """Return the IoU of each SEM panel's box with the one drawn by eye; None where there is no such panel.

    Where the eye allows several frames (`alternatives`), the nearest counts.
    """
    found: dict[str, float | None] = {}
    for row in truth_of(stem, "panels"):
        panel = panel_of(reading, row, row["box"])
        frames = [row["box"], *_boxes(row.get("alternatives", []))]
        found[_name(row)] = None if panel is None else max(iou(panel.box, frame) for frame in frames)
    return found


def scales(stem: str, reading: PaperReading) -> dict[str, float | None]:
    """Return the relative error of the metres a point of each SEM panel with a scale bar; None where none was read."""
    boxes = {_name(row): row["box"] for row in truth_of(stem, "panels")}
    found: dict[str, float | None] = {}
    for row in truth_of(stem, "scale_bars"):
        panel = panel_of(reading, row, boxes[_name(row)])
        if panel is None or panel.pixel_size_m is None:
            found[_name(row)] = None
            continue
        read = panel.pixel_size_m * panel.width / (panel.box[2] - panel.box[0])
        found[_name(row)] = read / (row["length_m"] / row["bar_points"]) - 1
    return found


def citing(stem: str, reading: PaperReading) -> tuple[int, int, int, list[str]]:
    """Return how many (sentence, figure, panels) are right, of how many, how many were read, and the misses."""
    wanted = truth_of(stem, "mentions")
    given = {(m.page, m.text, m.figure, m.supplementary, tuple(sorted(m.panels))) for m in reading.mentions}
    left = sorted(given)
    right, misses = 0, []
    for row in wanted:
        fits = [
            (sum(_known(text, row)), -abs(len(_words(text)) - row["words"]), place)
            for place, (page, text, figure, supplementary, panels) in enumerate(left)
            if abs(page - row["page"]) <= 1
            and (figure, supplementary, panels)
            == (row["figure"], row.get("supplementary", False), tuple(sorted(row["panels"])))
            and any(_known(text, row))
        ]
        if fits:
            left.pop(max(fits)[2])
            right += 1
        else:
            misses.append(f"page {row['page']} Fig. {row['figure']}{''.join(row['panels'])}")
    misses += [f"surplus {figure}{''.join(panels)}: {text[:70]}" for _, text, figure, _, panels in left]
    return right, len(wanted), len(given), misses


def _known(text: str, row: dict[str, Any]) -> tuple[bool, bool]:
    words = _words(text)
    return _hash(words[:6]) == row["first"], _hash(words[-4:]) == row["last"]


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).lower()
    return [word for piece in folded.split() if (word := re.sub(r"[\W\d_]", "", piece))]


def _hash(words: list[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]


def _boxes(alternatives: Any) -> list[list[float]]:
    values = alternatives.values() if isinstance(alternatives, dict) else alternatives
    return [value["box"] if isinstance(value, dict) else value for value in values]


def _name(row: dict[str, Any]) -> str:
    return f"{row['figure']}{row['label'] or ''}{' second' if row.get('second') else ''}"
