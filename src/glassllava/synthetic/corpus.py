"""Writing synthetic papers and micrographs as files, each with its truth beside it.

In: how many, and a folder. Out: `paper-0007.pdf` with `paper-0007.truth.json`; `micrograph-….png` with its own. Papers
that are there already and whole are not written again.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from glassllava.synthetic.manuscript import write
from glassllava.synthetic.micrograph import draw
from glassllava.synthetic.side_by_side import in_order
from glassllava.synthetic.story import tell
from glassllava.synthetic.typesetting import typeset

VERSION = 5
"""Raised when the same number gives another paper."""

Say = Callable[[str, int, int], None]


def paper(number: int) -> tuple[bytes, dict[str, Any]]:
    """Return the PDF of paper `number` and its truth as JSON values.

    The truth holds `panels` (figure, label, kind, page, box in points from the page's top left, caption, width in
    pixels and pixel_size_m of the picture as it was given to the printer, scene) and `mentions` (figure, panels,
    supplementary, text).
    """
    story = tell(number)
    manuscript, citing = write(story)
    pdf, placed = typeset(manuscript)
    parts = {(figure.number, part.label): part for figure in story.figures for part in figure.parts}
    panels = []
    for place in placed:
        part = parts[place.figure, place.label]
        truth = part.micrograph.truth if part.micrograph is not None else None
        panels.append(
            {
                "figure": place.figure,
                "label": place.label,
                "kind": place.kind,
                "page": place.page,
                "box": [round(value, 3) for value in place.box],
                "caption": part.words,
                "width": Image.open(io.BytesIO(part.image)).width,
                "pixel_size_m": truth.pixel_size_m if truth is not None else None,
                "scene": truth.as_json() if truth is not None else None,
            }
        )
    return pdf, {
        "synthetic": True,
        "version": VERSION,
        "doi": manuscript.doi,
        "title": manuscript.title,
        "layout": manuscript.layout,
        "panels": panels,
        "mentions": [
            {"figure": c.figure, "panels": list(c.panels), "supplementary": c.supplementary, "text": c.text}
            for c in citing
        ],
    }


def write_papers(
    folder: str | os.PathLike[str], number: int, *, first: int = 0, workers: int = 2, say: Say | None = None
) -> list[Path]:
    """Write `number` papers with their truth into `folder`; return the PDFs.

    Parameters
    ----------
    folder
        Made where it is missing.
    number
        Papers.
    first
        The number of the first one.
    workers
        Processes side by side.
    say
        Told of each paper.
    """
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    files = {k: out / f"paper-{k:04d}.pdf" for k in range(first, first + number)}
    missing = [k for k, file in files.items() if not _is_whole(file)]
    written = in_order("glassllava.synthetic.corpus:paper", missing, workers)
    for done, (k, (pdf, truth)) in enumerate(zip(missing, written, strict=True), start=1):
        _put(files[k], pdf)
        # The truth comes last: it says that the paper beside it is whole.
        _put_truth(files[k], truth)
        if say is not None:
            say("papers written", number - len(missing) + done, number)
    return list(files.values())


def write_micrographs(
    folder: str | os.PathLike[str], number: int, *, columns: int = 640, seed: int = 0, say: Say | None = None
) -> list[Path]:
    """Write micrographs with seeds from `seed` on, each with its truth beside it; return the images."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    files = [out / f"micrograph-{seed + k:06d}.png" for k in range(number)]
    for k, file in enumerate(files):
        micrograph = draw(seed + k, columns)
        _put(file, micrograph.png())
        _put_truth(file, {"synthetic": True, "version": VERSION, **micrograph.truth.as_json()})
        if say is not None:
            say("micrographs", k + 1, number)
    return files


def _is_whole(pdf: Path) -> bool:
    truth = _truth_of(pdf)
    if not pdf.is_file() or not truth.is_file():
        return False
    try:
        return bool(json.loads(truth.read_text(encoding="utf-8")).get("version") == VERSION)
    except (json.JSONDecodeError, AttributeError):
        return False


def _truth_of(file: Path) -> Path:
    return file.with_name(f"{file.stem}.truth.json")


def _put_truth(file: Path, truth: dict[str, Any]) -> None:
    _put(_truth_of(file), (json.dumps(truth, ensure_ascii=False, indent=1) + "\n").encode())


def _put(file: Path, content: bytes) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(content)
    part.replace(file)
