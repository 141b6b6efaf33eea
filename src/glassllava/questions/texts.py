"""What the records hold of a paper and its panels, as the generators want it.

In: Paper, Figure, Panel and Mention rows. Out: `PaperText` and `PanelText`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from glassllava.questions.source import MentionText, PanelText, PaperText, ParagraphText
from glassllava.records import Figure, Mention, Paper
from glassllava.text.abbreviations import find_definitions
from glassllava.workspace import PanelView


def paper_text(paper: Paper, captions: Sequence[str]) -> PaperText:
    """Return a paper's text for the generators, with the abbreviations that it defines.

    Parameters
    ----------
    paper : Paper
        As stored.
    captions : sequence of str
        Its figures' captions, which may define abbreviations too.
    """
    paragraphs = tuple(
        ParagraphText(
            page=p["page"],
            section=p["section"],
            role=p["role"],
            text=p["text"],
            breaks=tuple((offset, page) for offset, page in p.get("breaks", ())),
        )
        for p in paper.paragraphs
    )
    prose = [p.text for p in paragraphs if p.role not in ("reference", "heading")]
    return PaperText(paper.id, paper.title, paragraphs, find_definitions([*prose, *captions]))


def panel_text(panel: PanelView, mentions: Sequence[Mention]) -> PanelText:
    """Return a panel's text for the generators.

    Parameters
    ----------
    panel : PanelView
        With reviews laid over it.
    mentions : sequence of Mention
        All sentences of the paper that cite its figure.
    """
    told = [MentionText(m.paragraph, m.start, m.end, tuple(m.panels)) for m in mentions]
    own = tuple(m for m in told if not m.panels or panel.label is None or panel.label in m.panels)
    return PanelText(
        id=panel.id,
        name=panel.name,
        label=panel.label,
        kind=panel.kind,
        accepted=panel.accepted,
        caption=panel.caption,
        figure_caption=panel.figure_caption,
        page=panel.page or 1,
        mentions=own,
        other_mentions=tuple(m for m in told if m not in own),
    )


def texts_of(session: Session, panels: Sequence[PanelView]) -> tuple[PaperText, list[PanelText]]:
    """Read one paper with some of its panels."""
    paper = session.get_one(Paper, panels[0].paper_id)
    by_figure: dict[tuple[str, bool], list[Mention]] = defaultdict(list)
    found = select(Mention).where(Mention.paper_id == paper.id).order_by(Mention.paragraph, Mention.start)
    for mention in session.scalars(found):
        by_figure[mention.figure, mention.supplementary].append(mention)
    texts = []
    for panel in panels:
        # "Fig. 1" and "Supplementary Fig. 1" bear the same number.
        figure = session.get(Figure, panel.figure_id) if panel.figure_id else None
        texts.append(panel_text(panel, by_figure[figure.label, figure.supplementary] if figure else []))
    captions = list(dict.fromkeys(panel.figure_caption for panel in panels))
    return paper_text(paper, captions), texts
