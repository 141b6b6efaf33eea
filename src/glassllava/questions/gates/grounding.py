"""The gates that hold a pair to its panel and to the words of its paper."""

from __future__ import annotations

from glassllava.questions.gates.surroundings import Surroundings
from glassllava.questions.source import Draft
from glassllava.text.overlap import content_words, find_quote, normalised


def panel_is_accepted(draft: Draft, around: Surroundings) -> str | None:
    """Refuse a pair about a panel that is unknown or not accepted."""
    for panel in draft.panels:
        known = around.panels.get(panel)
        if known is None:
            return f"there is no panel {panel}"
        if not known.accepted:
            return f"{known.name} is not accepted"
    return None if draft.panels else "the pair names no panel"


def evidence_is_in_the_paper(draft: Draft, around: Surroundings) -> str | None:
    """Refuse a pair whose quotes do not stand in the paper where they are said to."""
    if not draft.evidence:
        return "there is no evidence"
    shown = [around.panels[panel] for panel in draft.panels if panel in around.panels]
    captions = [text for panel in shown for text in (panel.figure_caption, panel.caption)]
    for item in draft.evidence:
        if not content_words(item.quote):
            return f"nothing is quoted: “{item.quote}”"
        if item.paragraph is None:
            sources = captions
        elif 0 <= item.paragraph < len(around.paper.paragraphs):
            sources = [around.paper.paragraphs[item.paragraph].text]
        else:
            return f"there is no paragraph {item.paragraph}"
        if not any(_stands_at(item.quote, source, item.start, item.end) for source in sources):
            return f"not found: “{item.quote[:80]}”"
    return None


def _stands_at(quote: str, source: str, start: int, end: int) -> bool:
    return normalised(source[start:end]) == normalised(quote) or find_quote(quote, source) is not None
