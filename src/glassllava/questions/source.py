"""What a generator reads and writes: a paper's text and one of its panels in, drafts of pairs out.

In: nothing. Out: plain frozen types, so that generators and gates are pure functions that know no workspace. The stage
fills them from records.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from glassllava.domains import Subcategory


@dataclass(frozen=True, slots=True)
class ParagraphText:
    """A paragraph of the paper, as read."""

    page: int
    section: str
    role: str
    """`body`, `abstract`, `heading`, `caption`, `reference`, `title` or `other`."""
    text: str
    breaks: tuple[tuple[int, int], ...] = ()
    """(offset, page) where the text goes on on another page."""

    def page_at(self, offset: int) -> int:
        """Return the page on which the character at an offset is printed."""
        return [self.page, *(page for start, page in self.breaks if start <= offset)][-1]


@dataclass(frozen=True, slots=True)
class MentionText:
    """A sentence that cites the panel's figure, at its place in a paragraph."""

    paragraph: int
    start: int
    end: int
    panels: tuple[str, ...]
    """Cited letters; empty where the figure is cited as a whole."""


@dataclass(frozen=True, slots=True)
class PanelText:
    """One panel with the text that speaks of it."""

    id: str
    name: str
    """"Figure 3a"."""
    label: str | None
    kind: str
    accepted: bool
    caption: str
    """The part of the caption that speaks of this panel; the whole caption where it has no parts."""
    figure_caption: str
    """The whole caption, as printed."""
    page: int
    mentions: tuple[MentionText, ...] = ()
    """Sentences that cite this panel, or its figure as a whole."""
    other_mentions: tuple[MentionText, ...] = ()
    """Sentences that cite other panels of the same figure, not this one."""


@dataclass(frozen=True, slots=True)
class PaperText:
    """The text of one paper."""

    id: str
    title: str | None
    paragraphs: tuple[ParagraphText, ...]
    definitions: dict[str, str] = field(default_factory=dict, compare=False)
    """Abbreviations, short form to long form."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote and where it stands."""

    quote: str
    page: int
    paragraph: int | None
    """Index into the paper's paragraphs; None where the quote is from the figure's caption."""
    start: int
    end: int
    """Offsets into the paragraph, or into the figure's caption."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question-answer pair before the gates have judged it."""

    panels: tuple[str, ...]
    """Ids of the panels that it is about."""
    category: str
    subcategory: Subcategory
    question: str
    answer: str
    evidence: tuple[Evidence, ...]
    needs_image: bool
    generator: str
    """Name and version of what wrote it."""
