"""Panels whose kind is known, as the decision about kinds sees them.

In: `../shared/data/captioned_panels` (micrographs with a language model's labels), `../shared/data/papers*` (read
whole), `tests/truth/kinds.json` (both read by eye). Out: one `Seen` a panel, with the evidence for its kind, the
label and the eye's verdict. `kinds.py` fits and measures on them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from by_eye import TRUTH, iou
from PIL import Image

from glassllava.corpus.captioned import kind_of_technique
from glassllava.micrographs.recognition import TextReader, text_reader
from glassllava.micrographs.scale_bar import words_at_the_bottom
from glassllava.papers import read_paper
from glassllava.papers.appearance import look_at
from glassllava.papers.blocks import Block
from glassllava.papers.corner_letters import letters_in_corners
from glassllava.papers.kinds import Evidence, chances_of_kinds, evidence_of, kind_of
from glassllava.papers.labels import single_letter
from glassllava.papers.panel_parts import split_caption
from glassllava.papers.picture_text import surroundings
from glassllava.papers.read import DOUBTFUL
from glassllava.papers.reading import Caption, Panel
from glassllava.records import Kind

DATA = Path(__file__).parents[2] / "shared" / "data"
CORNER = 0.25
"""Share of each side within which a letter read anywhere in the picture is the panel's."""

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Seen:
    """One panel of `captioned_panels`."""

    name: str
    """The image's file name."""
    source: str
    """DOI."""
    label: Kind
    """What the language model's technique means."""
    eye: tuple[Kind, ...]
    """What the panel is; several where each would be right."""
    evidence: Evidence


@dataclass(frozen=True)
class Read:
    """One panel of a paper, read whole."""

    name: str
    eye: tuple[Kind, ...]
    kind: Kind
    confidence: float


def captioned_panels(words: Path | None) -> list[Seen]:
    """Return the captioned panels with the evidence for their kinds.

    Parameters
    ----------
    words
        A JSON file in which what OCR reads is kept, so that another run need not read it again (minutes).
    """
    known: dict[str, Any] = json.loads(words.read_text(encoding="utf-8")) if words and words.is_file() else {}
    verdicts = json.loads((TRUTH / "kinds.json").read_text(encoding="utf-8"))["captioned_panels"]
    panels = []
    folder = DATA / "captioned_panels"
    for line in (folder / "panels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        file = folder / row["image"]
        key = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        with Image.open(file) as image:
            picture = np.asarray(image.convert("RGB"))
        caption = Caption("", False, 1, (0.0, 0.0, 0.0, 0.0), row["caption"], split_caption(row["caption"]))
        if key not in known:
            known[key] = _read(picture, caption, text_reader())
        letter, printed = known[key]
        around = surroundings(caption, letter, (), {}, printed)
        label: Any = kind_of_technique(row["technique"])
        panels.append(Seen(file.name, row["doi"], label, tuple(verdicts[key]), evidence_of(look_at(picture), around)))
    if words:
        words.write_text(json.dumps(known), encoding="utf-8")
    return panels


def panels_of_papers() -> list[Read]:
    """Read the papers whole and return their panels whose kind was read by eye; one that is cut anew is left out."""
    verdicts = json.loads((TRUTH / "kinds.json").read_text(encoding="utf-8"))["papers"]
    found = []
    for file in sorted(DATA.glob("papers*/*.pdf")):
        for figure in read_paper(file.read_bytes()).figures:
            for panel in figure.panels:
                eye = _verdict(panel, verdicts[file.stem])
                if eye is not None:
                    name = f"{file.stem} {figure.label}{panel.label or ''}"
                    found.append(Read(name, eye, panel.kind, panel.kind_confidence))
    return found


def _read(picture: Pixels, caption: Caption, reader: TextReader) -> tuple[str | None, str]:
    """Read a panel's letter, and its databar where the pipeline would."""
    letter = _letter(picture, list(caption.parts), reader) if caption.parts else None
    look, printed = look_at(picture), ""
    chances = chances_of_kinds(look, surroundings(caption, letter, (), {}))
    if look.grey and (kind_of(chances)[0] == "sem" or chances["sem"] > DOUBTFUL):
        printed = " ".join(word.text for word in words_at_the_bottom(picture, reader))
    return letter, printed


def _letter(picture: Pixels, letters: Sequence[str], reader: TextReader) -> str | None:
    height, width = picture.shape[:2]
    seen = letters_in_corners(picture, [Block((0, 0, width, height), True)], letters, reader)
    if seen:
        return seen[0].letter
    found = set()
    for word in reader.words(picture):
        x0, y0, x1, y1 = word.box
        aside = x0 < CORNER * width or x1 > (1 - CORNER) * width
        if aside and (y0 < CORNER * height or y1 > (1 - CORNER) * height):
            found.add(single_letter(word.text))
    named = found & set(letters)
    return named.pop() if len(named) == 1 else None


def _verdict(panel: Panel, rows: Sequence[dict[str, Any]]) -> tuple[Kind, ...] | None:
    near = [row for row in rows if row["page"] == panel.page and iou(panel.box, row["box"]) > 0.8]
    return tuple(near[0]["kinds"]) if near else None
