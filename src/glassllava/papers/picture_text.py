"""The texts that stand around a panel, gathered for the decision about its kind.

In: a caption with its parts, the mentions, the paragraphs. Out: `Surroundings` for `kinds`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from glassllava.micrographs.lengths import stated_length
from glassllava.papers.kinds import Surroundings
from glassllava.papers.reading import Caption, Mention, Paragraph
from glassllava.records import Kind

_SENTENCE_END = re.compile(r"(?<=[.;:])\s+(?=[(A-Z])")


def body_text(paragraphs: Sequence[Paragraph]) -> str:
    """Return the paper's own prose as one text, references left out."""
    return " ".join(p.text for p in paragraphs if p.role in ("title", "abstract", "body"))


def surroundings(
    caption: Caption,
    letter: str | None,
    mentions: Sequence[Mention],
    microscopes: dict[Kind, float],
    printed: str = "",
) -> Surroundings:
    """Gather the texts around one panel.

    Parameters
    ----------
    caption
        The figure's caption.
    letter
        The panel's letter, or None.
    mentions
        All mentions of the paper.
    microscopes
        What `usual_microscopes` says of the paper's prose.
    printed
        Words read in the picture.
    """
    own, lead, others = _parted(caption, letter)
    about = [m for m in mentions if m.figure == caption.label and m.supplementary == caption.supplementary]
    return Surroundings(
        own=own,
        lead=lead,
        others=others,
        mentions=[m.text for m in about if letter is not None and letter in m.panels],
        figure_mentions=[m.text for m in about if not m.panels],
        microscopes=microscopes,
        printed=printed,
        bar_m=stated_length(caption.text, letter),
    )


def _parted(caption: Caption, letter: str | None) -> tuple[str, str, list[str]]:
    """Split a caption into what it says of one panel alone, of every panel, and of each of the others."""
    if not caption.parts:
        return "", caption.text, []
    texts = list(caption.parts.values())
    opening = _common_words(texts) if len(texts) > 1 else ""
    sentences = {key: _SENTENCE_END.split(text[len(opening) :]) for key, text in caption.parts.items()}
    shared = set.intersection(*(set(parts) for parts in sentences.values())) if len(texts) > 1 else set()
    lead = " ".join([opening, *(s for s in next(iter(sentences.values())) if s in shared)]).strip()
    alone = {key: " ".join(s for s in parts if s not in shared) for key, parts in sentences.items()}
    own = alone.pop(letter, "") if letter is not None else ""
    return own, lead, [text for text in dict.fromkeys(alone.values()) if text and text != own]


def _common_words(texts: Sequence[str]) -> str:
    """Return the words that all texts begin with."""
    first, last = min(texts), max(texts)
    end = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rfind(" ", 0, end) + 1] if end < len(first) else first
