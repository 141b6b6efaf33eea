"""How closely the sentences beside a citation of a panel belong to it.

In: a paper and one of its panels with the sentences that cite it. Out: sentences with their places, and the
relevance of those that cite the panel or stand beside one that does; used by `passages`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from glassllava.questions.source import MentionText, PanelText, PaperText
from glassllava.text.sentences import sentence_spans

CITES_PANEL = 1.0

CITES_FIGURE = 0.85

BESIDE = 0.7

BESIDE_FIGURE = 0.6
"""Beside a citation of the figure as a whole, which need not speak of this panel."""

SAME_PARAGRAPH = 0.45

CAPTION = -1
"""Stands for a paragraph's index where a sentence is from the figure's caption."""

_CITES = re.compile(r"\b(?:[Ff]igs?\.?|[Ff]igures?|FIGURES?|Scheme)\s?[SA]?\d|\b[Tt]ables?\s?[SA]?\d")

CITES_IN_BRACKET = re.compile(r"\([^()]*(?:[Ff]igs?\.?|[Ff]igures?)\s?[SA]?\d[^)]*\)\W*$")

_TURNS_AWAY = re.compile(
    r"^(?:On the other hand|In contrast|By contrast|Conversely|On the contrary|However|Unlike|Contrary|"
    r"Meanwhile|Compared (?:to|with))\b"
)

_METHODS = re.compile(
    r"\b(?:method|experiment|material|preparation|synthesis|sample|procedure|fabrication|characteri[sz]ation|"
    r"microscop|imaging|chemicals|reagents|extraction|measurements?|assay|determination)",
    re.I,
)

_FIRST_HEADING_OF_WORK = re.compile(r"\b(?:results?|discussion|experiment|methods?|materials)", re.I)

NOT_PROSE = frozenset({"heading", "caption", "reference", "title", "other"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the paper with its place."""

    paragraph: int
    order: int
    """Place within the paragraph."""
    start: int
    end: int
    quote: str
    cites: bool
    """Whether it cites any figure or table."""


@lru_cache(maxsize=8)
def _sentences_of(texts: tuple[tuple[str, str], ...]) -> tuple[tuple[Sentence, ...], ...]:
    paragraphs: list[tuple[Sentence, ...]] = []
    for place, (role, text) in enumerate(texts):
        spans = [] if role in NOT_PROSE else sentence_spans(text)
        paragraphs.append(
            tuple(
                Sentence(place, order, start, end, text[start:end], bool(_CITES.search(text[start:end])))
                for order, (start, end) in enumerate(spans)
            )
        )
    return tuple(paragraphs)


def sentences_of(paper: PaperText) -> tuple[tuple[Sentence, ...], ...]:
    """Return the sentences of each paragraph of running text (none for headings, captions and references)."""
    return _sentences_of(tuple((p.role, p.text) for p in paper.paragraphs))


def is_about_methods(section: str) -> bool:
    """Tell whether a section's heading is that of a description of methods."""
    return bool(_METHODS.search(section))


def introduction(paper: PaperText) -> frozenset[int]:
    """Return the paragraphs before the first heading of the work itself: the introduction, headed or not."""
    first = next(
        (
            place
            for place, paragraph in enumerate(paper.paragraphs)
            if paragraph.role == "heading"
            and len(paragraph.text.split()) <= 5
            and _FIRST_HEADING_OF_WORK.search(paragraph.text)
        ),
        0,
    )
    return frozenset(place for place in range(first) if paper.paragraphs[place].role != "abstract")


def mention_of(sentence: Sentence, mentions: tuple[MentionText, ...]) -> MentionText | None:
    """Return the mention, among those given, that is this sentence; None where it cites nothing of them."""
    for mention in mentions:
        if mention.paragraph == sentence.paragraph and mention.start < sentence.end and sentence.start < mention.end:
            return mention
    return None


def direct_relevance(paper: PaperText, panel: PanelText) -> dict[tuple[int, int], float]:
    """Return the relevance of the sentences that cite a panel and of those beside them, by paragraph and place."""
    found: dict[tuple[int, int], float] = {}
    paragraphs = sentences_of(paper)
    for place in sorted({mention.paragraph for mention in panel.mentions}):
        if place >= len(paragraphs):
            continue
        run = paragraphs[place]
        mine = [mention_of(sentence, panel.mentions) for sentence in run]
        other = [mention_of(sentence, panel.other_mentions) is not None for sentence in run]
        for index, sentence in enumerate(run):
            mention = mine[index]
            if mention is None:
                continue
            of_panel = bool(mention.panels) and len(mention.panels) <= 4
            found[place, index] = CITES_PANEL if of_panel or panel.label is None else CITES_FIGURE
            trailing = bool(CITES_IN_BRACKET.search(sentence.quote))
            near = BESIDE if mention.panels or panel.label is None else BESIDE_FIGURE
            _spread(found, run, index, other, mine, trailing, near)
        opening = next((i for i, sentence in enumerate(run) if sentence.cites), 0)
        if mine[opening] is not None or other[opening]:
            # What stands before a paragraph's first citation speaks of the figure as a whole.
            for index in range(max(0, opening - 2), opening):
                found[place, index] = max(found.get((place, index), 0.0), SAME_PARAGRAPH)
    return found


def _spread(
    found: dict[tuple[int, int], float],
    run: tuple[Sentence, ...],
    index: int,
    other: list[bool],
    mine: list[MentionText | None],
    trailing: bool,
    near: float,
) -> None:
    """Give the sentences around a citing one their share.

    A citation in brackets at a sentence's end closes what was said before it; one in the running text opens
    what follows. So a sentence between two bracketed citations belongs to the second.
    """
    place = run[index].paragraph
    if trailing:
        for back in range(index - 1, max(-1, index - 4), -1):
            if run[back].cites or mine[back] is not None:
                break
            found[place, back] = max(found.get((place, back), 0.0), near)
    following = next((i for i in range(index + 1, len(run)) if other[i]), None)
    belongs_ahead = (
        following is not None and bool(CITES_IN_BRACKET.search(run[following].quote)) and following - index <= 4
    )
    for ahead in range(index + 1, min(len(run), index + 5)):
        if other[ahead] or (mine[ahead] is None and run[ahead].cites and not CITES_IN_BRACKET.search(run[ahead].quote)):
            break
        if trailing and belongs_ahead:
            break
        if _TURNS_AWAY.match(run[ahead].quote) and following is not None:
            break
        if mine[ahead] is None and run[ahead].cites:
            continue
        closeness = near if ahead - index <= 2 else SAME_PARAGRAPH
        found[place, ahead] = max(found.get((place, ahead), 0.0), closeness)
