"""How papers are read: panels, boxes, scale, captions, citing sentences and DOIs, held against truth on real papers.

In: `../shared/data/papers` (SEM panels read by eye in `truth.json`, publishers' JATS beside the PDFs),
`../shared/data/papers_without_sem`, and `tests/truth` (boxes, scale bars and citing sentences read by eye). Out: one
line a paper and one a measure on stdout. A second panel of one name counts as false, although a paper may print two
pictures under one letter.

    python benchmarks/papers.py [--no-ocr]
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from by_eye import citing, overlaps, scales, truth_of
from jats import Gold, caption_body, matched, read_gold, similarity

from glassllava.papers import read_paper
from glassllava.papers.reading import PaperReading

DATA = Path(__file__).parents[2] / "shared" / "data"


@dataclass
class Tally:
    """Counts over all papers."""

    counts: Counter[str] = field(default_factory=Counter)
    captions: list[float] = field(default_factory=list)
    """Edit similarity of each caption."""
    overlaps: list[float] = field(default_factory=list)
    """IoU of each SEM panel's box with the one drawn by eye; 0 where it was not found."""
    scales: list[float] = field(default_factory=list)
    """Relative error of each scale that was read."""

    def panels(self, wanted: set[tuple[str, str]], reading: PaperReading) -> str:
        """Count SEM panels, and return what was missed or false, in words."""
        panels = [(f.label, panel) for f in reading.figures for panel in f.panels if panel.kind == "sem"]
        named = {(figure, panel.label or "") for figure, panel in panels}
        doubled = len(panels) - len(named)
        scaled = sum(panel.pixel_size_m is not None for _, panel in panels)
        self.counts.update(found=len(wanted & named), missed=len(wanted - named), false=len(named - wanted) + doubled)
        twice = f" and {doubled} of a name twice" if doubled else ""
        return (
            f"{len(panels):4} {len(wanted & named):5} {scaled:5}  "
            f"{_names(wanted - named)} / {_names(named - wanted)}{twice}"
        )

    def publisher(self, gold: Gold, reading: PaperReading) -> str:
        """Count captions, citing sentences and the DOI against the publisher's XML."""
        captions = {figure.label: figure.caption for figure in reading.figures if not figure.supplementary}
        alike = [similarity(text, caption_body(captions.get(number, ""))) for number, text in gold.captions.items()]
        self.captions += alike
        given = list(dict.fromkeys((m.figure, m.text) for m in reading.mentions if not m.supplementary))
        right = matched(gold.citing, given)
        self.counts.update(cited=right, cited_wanted=len(gold.citing), cited_given=len(given))
        self.counts.update(doi=reading.doi == gold.doi.lower(), dois=1)
        return (
            f"captions {sum(alike) / max(len(alike), 1):.3f} of {len(alike)}, least {min(alike, default=0):.3f}; "
            f"citing sentences {right} of {len(gold.citing)}, {len(given)} read; DOI {reading.doi}"
        )

    def by_eye(self, stem: str, reading: PaperReading) -> str:
        """Count boxes, scales and citing sentences against what was read by eye."""
        boxes, errors = overlaps(stem, reading), scales(stem, reading)
        self.overlaps += [share or 0.0 for share in boxes.values()]
        read = {name: error for name, error in errors.items() if error is not None}
        self.scales += read.values()
        self.counts.update(bars=len(errors))
        right, wanted, given, misses = citing(stem, reading)
        self.counts.update(sentences=right, sentences_wanted=wanted, sentences_given=given if wanted else 0)
        poor = [f"{name} {share or 0:.2f}" for name, share in boxes.items() if (share or 0) < 0.95]
        off = [f"{name} {error:+.1%}" for name, error in read.items() if abs(error) > 0.03]
        lines = [f"boxes below 0.95: {' '.join(poor) or '-'}; scales off by more than 3 %: {' '.join(off) or '-'}"]
        lines.append(f"without a scale: {' '.join(name for name in errors if name not in read) or '-'}")
        if wanted:
            lines.append(f"citing sentences with their panels {right} of {wanted}, {given} read")
            lines += [f"    {miss}" for miss in misses]
        return "\n    ".join(lines)


def main() -> None:
    truth = json.loads((DATA / "papers" / "truth.json").read_text(encoding="utf-8"))
    ocr = "--no-ocr" not in sys.argv
    tally = Tally()
    print(f"{'paper':32} {'pages':>5} {'s':>6} {'SEM':>4} {'right':>5} {'scale':>5}  missed / false")
    for file in sorted(DATA.glob("papers*/*.pdf")):
        began = time.perf_counter()
        reading = read_paper(file.read_bytes(), ocr=ocr)
        seconds = time.perf_counter() - began
        panels = tally.panels(wanted_panels(truth, file.stem), reading)
        print(f"{file.stem[:32]:32} {reading.pages:5} {seconds:6.1f} {panels}")
        if (xml := file.with_suffix(".xml")).is_file():
            print(f"    {tally.publisher(read_gold(xml), reading)}")
        if truth_of(file.stem, "panels"):
            print(f"    {tally.by_eye(file.stem, reading)}")
    counts = tally.counts
    print(
        f"SEM panels: {_scores(counts['found'], counts['found'] + counts['false'], counts['found'] + counts['missed'])}"
    )
    print(f"captions against JATS: similarity {sum(tally.captions) / len(tally.captions):.3f} of {len(tally.captions)}")
    print(f"citing sentences against JATS: {_scores(counts['cited'], counts['cited_given'], counts['cited_wanted'])}")
    print(f"DOIs against JATS: {counts['doi']} of {counts['dois']}")
    print(
        f"boxes of SEM panels against the eye: median IoU {median(tally.overlaps):.3f}, "
        f"least {min(tally.overlaps):.3f} (n {len(tally.overlaps)})"
    )
    near = sum(abs(error) <= 0.03 for error in tally.scales)
    wrong = sum(abs(error) > 0.1 for error in tally.scales)
    print(
        f"scale bars against the eye: {len(tally.scales)} of {counts['bars']} read, {near} within 3 %, "
        f"{wrong} wrong by more than 10 %"
    )
    sentences = _scores(counts["sentences"], counts["sentences_given"], counts["sentences_wanted"])
    print(f"citing sentences with their panels against the eye: {sentences}")


def wanted_panels(truth: dict[str, Any], stem: str) -> set[tuple[str, str]]:
    """Return (figure, letter) of each SEM panel of a paper; the letter is empty where the figure has none."""
    entry = truth.get(stem) or next((v for k, v in truth.items() if k != "note" and stem.startswith(k)), None)
    rows = entry["sem"] if entry else []
    return {(row["fig"], letter.lower()) for row in rows for letter in (row["panels"] or [""])}


def _scores(right: int, given: int, wanted: int) -> str:
    return (
        f"precision {right / max(given, 1):.3f}, recall {right / max(wanted, 1):.3f}, "
        f"F1 {2 * right / max(given + wanted, 1):.3f} (n {wanted})"
    )


def _names(panels: set[tuple[str, str]]) -> str:
    return " ".join(figure + letter for figure, letter in sorted(panels)) or "-"


if __name__ == "__main__":
    main()
