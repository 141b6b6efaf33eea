"""Words that stand in a figure, told from the running text around it.

In: the pages from `layout` and the figures' places from `figures`. Out: the pages without the figures' own words, for
`paragraphs`: panel letters above, below or between pictures, axis titles and legends would otherwise be read into the
sentence that a figure interrupts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glassllava.papers.figures import FigureRegion
from glassllava.papers.labels import single_letter
from glassllava.papers.ownership import PROSE_LETTERS
from glassllava.papers.reading import Box, Line, PageLayout

MARGIN_POINTS = 2.0
"""Words that reach out of a figure by so little belong to it."""
LETTER_POINTS = 20.0
"""A lone letter this near to a figure is one of its panel letters."""
NARROW_PROSE = 18
"""Lines of so many letters, several under each other, are prose beside a small picture."""
WHOLE_PAGE = 0.8
"""A figure that takes more of its page is the page itself, scanned: its words are the text."""


def without_figure_words(layouts: Sequence[PageLayout], regions: Sequence[FigureRegion]) -> list[PageLayout]:
    """Leave out of each page the lines that belong to its figures.

    Parameters
    ----------
    layouts
        All pages of the paper.
    regions
        What `locate_figures` found on them.

    Returns
    -------
    list of PageLayout
        In the same order; lines of prose and captions stay, wherever they are.
    """
    return [
        replace(
            layout,
            lines=[
                line
                for line in layout.lines
                if not any(_is_in(line, box) for box in boxes) or _is_narrow_prose(line, layout.lines)
            ],
        )
        for layout in layouts
        for boxes in [[_reach(region, layout) for region in regions if _is_part(region, layout)]]
    ]


def _is_part(region: FigureRegion, layout: PageLayout) -> bool:
    x0, y0, x1, y1 = region.box
    return region.page == layout.number and (x1 - x0) * (y1 - y0) < WHOLE_PAGE * layout.width * layout.height


def _reach(region: FigureRegion, layout: PageLayout) -> Box:
    """Return the figure's box, stretched to its caption where this stands below on the same page."""
    x0, y0, x1, y1 = region.box
    caption = region.caption
    below = caption.page == layout.number and 0 < caption.box[1] - y1 < 2 * LETTER_POINTS
    return (x0, y0, x1, caption.box[1] if below else y1)


def _is_in(line: Line, figure: Box) -> bool:
    if len(line.text) >= PROSE_LETTERS:
        return False
    x, y = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
    margin = LETTER_POINTS if single_letter(line.text) else MARGIN_POINTS
    return figure[0] - margin <= x <= figure[2] + margin and figure[1] - margin <= y <= figure[3] + MARGIN_POINTS


def _is_narrow_prose(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line stands flush with prose just above or below it; the last one of a paragraph may be short."""
    flush = [
        other
        for other in lines
        if other is not line
        and abs(other.box[0] - line.box[0]) < 0.3 * line.size
        and abs(other.box[1] - line.box[1]) < 2.6 * line.size
        and abs(other.size - line.size) < 0.1
        and len(other.text) >= NARROW_PROSE
    ]
    return len(flush) >= 2 and single_letter(line.text) is None
