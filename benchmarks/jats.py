"""What publishers' JATS XML tells of a paper's figures: captions and the sentences that cite them.

In: a JATS article (NISO Z39.96) beside a PDF. Out: gold captions and citing sentences, and how what was read from the
PDF agrees with them. `papers.py` prints it.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from glassllava.text.sentences import sentence_spans

_NOT_TEXT = {"table-wrap", "disp-formula", "label", "fig"}
"""Elements that are no part of a running sentence."""

_SAME_SENTENCE = 0.85
"""Share of the shorter sentence's words that stand in the other, in order, from which both are the same one. The XML
differs in dashes and formulae, and where a reference's number follows a full stop the two are cut differently."""

_LEAST_WORDS = 6
"""A shorter piece is too little to be the sentence."""


@dataclass(frozen=True, slots=True)
class Gold:
    """What the XML says."""

    doi: str
    captions: dict[str, str]
    """Bare figure number to its caption, without the label."""
    citing: tuple[tuple[str, str], ...]
    """(figure number, sentence) for each cross-reference, each pair once."""


def read_gold(file: Path) -> Gold:
    """Return the gold captions and citing sentences of an article."""
    article = ElementTree.parse(file).getroot()
    numbers: dict[str, str] = {}
    captions: dict[str, str] = {}
    for figure in article.iter("fig"):
        found = re.search(r"\d+", figure.findtext("label") or "")
        caption = figure.find("caption")
        if found and caption is not None:
            numbers[figure.get("id", "")] = found[0]
            captions[found[0]] = " ".join("".join(part.itertext()).strip() for part in caption)
    citing: list[tuple[str, str]] = []
    body = article.find("body")
    for paragraph in body.iter("p") if body is not None else ():
        text, references = "", []
        for piece, reference in _pieces(paragraph):
            if reference is not None:
                references.append((len(text), reference))
            text += piece
        for start, end in sentence_spans(text):
            cited = [numbers[rid] for place, rid in references if start <= place < end and rid in numbers]
            citing += [(figure, text[start:end]) for figure in dict.fromkeys(cited)]
    doi = next((e.text or "" for e in article.iter("article-id") if e.get("pub-id-type") == "doi"), "")
    return Gold(doi, captions, tuple(dict.fromkeys(citing)))


def _pieces(element: ElementTree.Element) -> Iterator[tuple[str, str | None]]:
    """Yield the text of a paragraph in pieces, each with the figure that it refers to, if it does."""
    yield element.text or "", None
    for child in element:
        kind = child.get("ref-type") if child.tag == "xref" else None
        words = "".join(child.itertext())
        if kind == "fig":
            # An empty one stands beside a supplementary figure, which has no caption here.
            yield words, child.get("rid") if words.strip() else None
        elif kind != "bibr" and child.tag not in _NOT_TEXT:
            yield from _pieces(child)
        yield child.tail or "", None


def folded(text: str) -> str:
    """Return text in NFKC, dashes alike, white space folded."""
    text = re.sub(r"[‐‑‒–—−]", "-", unicodedata.normalize("NFKC", text))
    return re.sub(r"\s+", " ", text).strip()


def similarity(one: str, other: str) -> float:
    """Return 1 − Levenshtein distance over the longer length, of folded texts."""
    a, b = (np.frombuffer(folded(text).encode("utf-32-le"), dtype=np.uint32) for text in (one, other))
    if not len(a) or not len(b):
        return float(len(a) == len(b))
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for place, letter in enumerate(a, start=1):
        above = np.minimum(row[1:] + 1, row[:-1] + (b != letter))
        # Insertions run along the row: a running minimum of what each cell is less its distance from the left.
        row = np.minimum.accumulate(np.concatenate(([place], above)) - steps) + steps
    return 1 - float(row[-1]) / max(len(a), len(b))


def caption_body(text: str) -> str:
    """Return a caption without the "Figure 3." in front."""
    return re.sub(r"^\s*(?:fig(?:ure)?\.?)\s*S?\d+\s*[.:|–-]?\s*", "", text, flags=re.IGNORECASE)


def held(one: str, other: str) -> float:
    """Return the share of the shorter sentence's words that stand in the other in the same order."""
    a, b = (re.findall(r"\w+", folded(text).lower()) for text in (one, other))
    if min(len(a), len(b)) < _LEAST_WORDS:
        return float(a == b)
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / min(len(a), len(b))


def matched(gold: tuple[tuple[str, str], ...], read: list[tuple[str, str]]) -> int:
    """Return how many (figure, sentence) pairs were read, each gold pair matched with one that was read at most."""
    left = list(dict.fromkeys(read))
    right = 0
    for figure, sentence in gold:
        near = [(held(sentence, text), place) for place, (number, text) in enumerate(left) if number == figure]
        best = max(near, default=(0.0, -1))
        if best[0] >= _SAME_SENTENCE:
            left.pop(best[1])
            right += 1
    return right
