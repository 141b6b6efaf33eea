"""How the reading of papers does on synthetic ones, whose truth is exact: panels, pixel sizes, mentions.

In: synthetic papers, written anew into a temporary folder. Out: precision, recall and F1 of panels (figure, letter and
kind right, boxes overlapping by an IoU of 0.8 or more), of all kinds and of SEM alone; the share of SEM panels found
whose pixel size is within 3 %; F1 of mentions (figure, of the paper or of its supplement, and cited letters right, in
the same sentence); by layout.

    python benchmarks/synthetic_papers.py [PAPERS [FIRST]] [--list] [--in=FOLDER]
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from glassllava.papers import read_paper
from glassllava.synthetic.corpus import write_papers

LEAST_OVERLAP = 0.8
PIXEL_TOLERANCE = 0.03


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    kept = next((word.removeprefix("--in=") for word in sys.argv if word.startswith("--in=")), None)
    with tempfile.TemporaryDirectory() as folder:
        number, first = (*numbers, *(24, 0)[len(numbers) :])
        files = write_papers(kept or folder, number, first=first)
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        with ProcessPoolExecutor(2) as pool:
            for file, (layout, found, notes) in zip(files, pool.map(measure, files), strict=True):
                counts["all"].update(found)
                counts[layout].update(found)
                if "--list" in sys.argv:
                    print(file.name, layout, *notes, sep="\n    ")
    for layout, found in counts.items():
        line = [f"{layout:22} {found['papers']:3} papers"]
        for what in ("panels", "SEM", "mentions"):
            right, wanted, given = found[f"{what} right"], found[f"{what} wanted"], found[f"{what} given"]
            precision, recall = right / max(given, 1), right / max(wanted, 1)
            line.append(
                f"{what} F1 {2 * right / max(wanted + given, 1):.3f} (P {precision:.3f} R {recall:.3f} n {wanted})"
            )
        line.append(f"pixel size {found['pixel right'] / max(found['SEM right'], 1):.3f} of {found['SEM right']}")
        print(", ".join(line))


def measure(file: Path) -> tuple[str, Counter[str], list[str]]:
    """Return layout, counts and notes of one paper."""
    truth = json.loads(file.with_name(f"{file.stem}.truth.json").read_text(encoding="utf-8"))
    reading = read_paper(file.read_bytes(), ocr=True)
    found: Counter[str] = Counter(papers=1)
    notes: list[str] = []
    given = [(figure.label, panel) for figure in reading.figures for panel in figure.panels]
    matched: set[int] = set()
    for wanted in truth["panels"]:
        name = f"{wanted['figure']}{wanted['label'] or ''} {wanted['kind']}"
        sem = wanted["kind"] == "sem"
        found["panels wanted"] += 1
        found["SEM wanted"] += sem
        right = [
            k
            for k, (figure, panel) in enumerate(given)
            if k not in matched
            and (figure, panel.label, panel.kind) == (wanted["figure"], wanted["label"], wanted["kind"])
            and overlap(panel.box, wanted["box"]) >= LEAST_OVERLAP
        ]
        if not right:
            near = [
                (figure, p.label, p.kind, round(overlap(p.box, wanted["box"]), 2))
                for figure, p in given
                if overlap(p.box, wanted["box"]) > 0.1
            ]
            notes.append(f"missed {name}: {near}")
            continue
        matched.add(right[0])
        found["panels right"] += 1
        found["SEM right"] += sem
        if sem:
            panel = given[right[0]][1]
            # A panel is stored at another resolution than that at which it was given to the printer.
            size, exact = panel.pixel_size_m, wanted["pixel_size_m"] * wanted["width"] / panel.width
            close = size is not None and abs(size / exact - 1) <= PIXEL_TOLERANCE
            found["pixel right"] += close
            if not close:
                notes.append(f"pixel size of {name}: {size}, truth {exact:.4g}")
    found["panels given"] += len(given)
    found["SEM given"] += sum(panel.kind == "sem" for _, panel in given)
    notes += [f"surplus {f}{p.label or ''} {p.kind}" for k, (f, p) in enumerate(given) if k not in matched]
    mentioned(truth["mentions"], reading.mentions, found, notes)
    return truth["layout"], found, notes


def mentioned(wanted: list[dict[str, Any]], given: list[Any], found: Counter[str], notes: list[str]) -> None:
    """Count the mentions; a sentence that cites two figures is two mentions."""
    left = [(m.figure, m.supplementary, tuple(m.panels), letters(m.text)) for m in given]
    found["mentions given"] += len(left)
    found["mentions wanted"] += len(wanted)
    for mention in wanted:
        key = (mention["figure"], mention["supplementary"], tuple(mention["panels"]), letters(mention["text"]))
        if key in left:
            left.remove(key)
            found["mentions right"] += 1
        else:
            notes.append(f"missed mention {key[:3]}: {mention['text']}")
    notes += [f"surplus mention {key[:3]}: {key[3][:80]}" for key in left]


def letters(text: str) -> str:
    """Return a sentence without what line breaks may change."""
    return re.sub(r"[\s\-–­]+", "", text)


def overlap(first: Any, second: Any) -> float:
    """Return the intersection over the union of two boxes."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0.0) * max(height, 0.0)
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return shared / (area - shared)


if __name__ == "__main__":
    main()
