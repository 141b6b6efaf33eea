"""How many SEM panels are found with the right figure and letter, and what else is taken for one.

In: `../shared/data/papers` with `truth.json` (SEM panels read by eye) and `../shared/data/papers_without_sem`.
Out: one line a paper on stdout, precision, recall and F1 over all, seconds, and how many panels got a scale. A
second panel of one name counts as false, although a paper may print two pictures under one letter.

    python benchmarks/papers.py [--no-ocr]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from glassllava.papers import read_paper

DATA = Path(__file__).parents[2] / "shared" / "data"


def main() -> None:
    truth = json.loads((DATA / "papers" / "truth.json").read_text(encoding="utf-8"))
    ocr = "--no-ocr" not in sys.argv
    found = missed = false = 0
    print(f"{'paper':32} {'pages':>5} {'s':>6} {'SEM':>4} {'right':>5} {'scale':>5}  missed / false")
    for file in sorted(DATA.glob("papers*/*.pdf")):
        wanted = wanted_panels(truth, file.stem)
        began = time.perf_counter()
        reading = read_paper(file.read_bytes(), ocr=ocr)
        seconds = time.perf_counter() - began
        panels = [(f.label, panel) for f in reading.figures for panel in f.panels if panel.kind == "sem"]
        named = {(figure, panel.label or "") for figure, panel in panels}
        doubled = len(panels) - len(named)
        scaled = sum(panel.pixel_size_m is not None for _, panel in panels)
        found, missed, false = (
            found + len(wanted & named),
            missed + len(wanted - named),
            false + len(named - wanted) + doubled,
        )
        twice = f" and {doubled} of a name twice" if doubled else ""
        print(
            f"{file.stem[:32]:32} {reading.pages:5} {seconds:6.1f} {len(panels):4} {len(wanted & named):5} {scaled:5}"
            f"  {_names(wanted - named)} / {_names(named - wanted)}{twice}"
        )
    precision, recall = found / max(found + false, 1), found / max(found + missed, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f} ({found + missed} SEM panels)")


def wanted_panels(truth: dict[str, dict[str, list[dict[str, str]]]], stem: str) -> set[tuple[str, str]]:
    """Return (figure, letter) of each SEM panel of a paper; the letter is empty where the figure has none."""
    entry = truth.get(stem) or next((v for k, v in truth.items() if k != "note" and stem.startswith(k)), None)
    rows = entry["sem"] if entry else []
    return {(row["fig"], letter.lower()) for row in rows for letter in (row["panels"] or [""])}


def _names(panels: set[tuple[str, str]]) -> str:
    return " ".join(figure + letter for figure, letter in sorted(panels)) or "-"


if __name__ == "__main__":
    main()
