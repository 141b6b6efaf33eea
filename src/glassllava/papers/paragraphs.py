"""Paragraphs with their section and role, from lines in reading order.

In: the pages from `layout` and the captions from `captions`. Out: `Paragraph` values for `mentions` and for the
stages that read a paper's text. A paragraph that a column's end, a page's end, a figure or an equation
interrupts is joined again; words broken at line ends are made whole; references are marked so that nobody
takes them for text. Tables, their captions and notes, footnotes and imprints stand between the parts of a sentence
without ending it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from glassllava.papers.captions import body_size
from glassllava.papers.reading import Caption, Line, PageLayout, Paragraph, Role
from glassllava.text.hyphenation import join_with_starts, word_counts

_NUMBERING = r"(?:(?:section\s+)?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5}|[A-Z])[.)]?\s+|[■●◆▪]\s*)?"
_REFERENCES = re.compile(
    rf"^{_NUMBERING}(?:references?(?:\s+and\s+notes?)?|notes?\s+and\s+references?|bibliography|literature(?:\s+cited)?|"
    r"works\s+cited|reference\s+list)\s*:?$",
    re.IGNORECASE,
)
_KNOWN_HEADING = re.compile(
    rf"^{_NUMBERING}(?:abstract|summary|introduction|background|(?:materials?|experimental)(?:\s+and\s+methods?|\s+section|"
    r"\s+procedures?|\s+details?|\s+methods?)?|methods?(?:\s+and\s+materials?)?|methodology|theory|results?"
    r"(?:\s+and\s+discussions?)?|discussions?|(?:summary\s+and\s+)?conclusions?(?:\s+and\s+outlook|\s+remarks)?|"
    r"outlook|perspectives?|acknowledge?ments?|author(?:s['’]?|['’]s)?\s+(?:contributions?|information)|"
    r"additional\s+information|(?:conflicts?|declarations?|competing)\s+(?:of\s+)?(?:competing\s+)?(?:financial\s+)?"
    r"interests?|data\s+availability(?:\s+statement)?|funding|supplementary\s+(?:materials?|information)|"
    r"supporting\s+information|appendix(?:\s+[A-Z])?|abbreviations?|nomenclature|keywords?)\s*:?$",
    re.IGNORECASE,
)
_NUMBERED_HEADING = re.compile(r"^(?:\d{1,2}\.\s|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s)\s*[A-Z]\S*(?:\s+\S+){0,14}$")
_TERMINAL = re.compile(r"[.!?:;]['”’\")\]]*(?:\s?\[[\d,–\-a-z]+\]|[\d,–-]{1,9})?$")
_LEFT_OPEN = re.compile(
    r"\b(?:an?|and|are|as|at|but|by|for|from|has|have|in|into|is|of|on|or|than|that|the|their|to|was|were|which|with)$"
)
_ITEM = re.compile(r"(?:[•●▪■◆–—]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s)")
# A stop after one of these ends no sentence: the number that it announces stands in the next column.
_ANNOUNCES = re.compile(r"\b(?:figs?|eqs?|refs?|tabs?|nos?|al|vs|ca|cf|e\.g|i\.e)\.$", re.IGNORECASE)
_HEAD_BAND = 0.08
"""Share of a page's height, at its top, where running heads stand."""
LONGEST_CELL_GAP = 15
"""White between two heads of a table, in units of the font size."""
LONGEST_SCRAP = 3
"""Characters of a sign that stands alone between two lines of text."""
_REFERENCE_START = re.compile(r"^(?:\[?\(?\d{1,3}[\].)]|\[\w{1,8}\])\s?\S")
_CITED_WORK = re.compile(
    r"(?:\[?\(?\d{1,3}[\].)]\s*)?(?:[A-Z]\.[\s-]?)*[^\W\d_][\w’'-]+(?:\s[A-Z][\w’'-]+)?,?\s(?:[A-Z]\.?[\s,-]?)+.*\d{4}|"
    r".{3,60}\((?:19|20)\d\d[a-z]?\)\."
)
_ABSTRACT = re.compile(r"^(?:abstract|summary)\b\s*[:.—–|-]?\s*", re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"[\w.]@\w[\w-]*\.\w|^\W*(?:received|accepted|published|keywords?|key words|correspondence|edited by|"
    r"reviewed by|citation|doi|https?://|copyright|©|\*|†|‡|§|e-?mail|academic editor|article history|cite this)|"
    r"creative commons|these authors contributed|all rights reserved",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"^\W*(?:doi\b|https?://|copyright\b|©|e-?mail:|received:?\s\d|(?:this|the)\sarticle\sis\s(?:licensed|published|"
    r"distributed)\s)|creative commons|all rights reserved",
    re.IGNORECASE,
)
"""How blocks begin that say where an article stands and who may copy it."""
_TABLE_CAPTION = re.compile(
    r"^(?i:(?:supplementary\s|supporting\s|extended\sdata\s)?(?:table|tab\.|scheme|chart|algorithm|box))\s?"
    r"(?:[SA]?\d{1,2}|[IVX]{1,4})\b(?P<stop>\s?[.:|])?\s*(?=[A-Z(“\d]|$)"
)
_NOTE_MARK = re.compile(r"^(?:[*†‡§¶#∗]+\s?\w|[a-z]\)?\s?[A-Z][a-z]+\s|(?i:notes?|abbreviations)[.:]\s)")
"""How notes under a table and at the foot of a page begin."""
_FORMULA = re.compile(r"[=≈≤≥<>∑∫→]")
_AFFILIATION = re.compile(
    r"^[\d*†‡§∗a-z]{0,4}\s?[A-Z].*\b(?:universit|department|institut|laborator|school|facult|college|academy)",
    re.DOTALL,
)


@dataclass(slots=True)
class _Block:
    """Lines of one paragraph on one page and in one column."""

    page: int
    lines: list[Line]
    opens: bool
    """Whether it stands first in its column or behind a caption: it may go on with a paragraph from before."""
    indented: bool
    caption: str | None = None
    in_row: bool = False
    """Whether its first line stands in a row with others of its kind, as the heads of a table do."""

    @property
    def size(self) -> float:
        sizes: Counter[float] = Counter()
        for line in self.lines:
            sizes[round(line.size, 1)] += len(line.text)
        return sizes.most_common(1)[0][0]


@dataclass(slots=True)
class _Draft:
    page: int
    section: str
    role: Role
    size: float
    lines: list[str] = field(default_factory=list)
    text: str = ""
    turns: list[tuple[int, int]] = field(default_factory=list)
    """Index of the first line that stands on another page than the one before, and that page."""


def find_paragraphs(layouts: list[PageLayout], captions: list[Caption]) -> list[Paragraph]:
    """Join lines to paragraphs.

    Parameters
    ----------
    layouts
        All pages of the paper.
    captions
        What `find_captions` found on these pages; each becomes one paragraph of role "caption".

    Returns
    -------
    list of Paragraph
        In reading order.
    """
    words = word_counts(line.text for layout in layouts for line in layout.lines)
    body = body_size(layouts)
    blocks = [block for layout in layouts for block in _blocks(layout, captions)]
    drafts = _drafts(blocks, body, _body_font(layouts))
    _mark_unheaded_references(drafts)
    paragraphs = []
    for draft in drafts:
        joined, starts = join_with_starts(draft.lines, words)
        text = draft.text or joined
        if text:
            breaks = [(starts[line], page) for line, page in draft.turns]
            paragraphs.append(Paragraph(draft.page, draft.section, draft.role, text, breaks))
    return paragraphs


def _blocks(layout: PageLayout, captions: list[Caption]) -> list[_Block]:
    here = [caption for caption in captions if caption.page == layout.number]
    blocks: list[_Block] = []
    for column in _columns(layout.lines):
        left, right = _edges(column)
        placed: set[int] = set()
        current: _Block | None = None
        opens = True
        pitch = _pitch(column)
        scraps = _scraps(column)
        running = [line for line in column if id(line) not in scraps]
        blocks += [_Block(layout.number, [line], False, False) for line in column if id(line) in scraps]
        for before, line in zip([None, *running], running, strict=False):
            owner = next((caption for caption in here if _inside(line, caption)), None)
            if owner is not None:
                if id(owner) not in placed and not any(block.caption == owner.text for block in blocks):
                    blocks.append(_Block(layout.number, [line], False, False, owner.text))
                placed.add(id(owner))
                current, opens = None, True
                continue
            indented = line.box[0] > left + 0.7 * line.size
            if current is None or before is None or _begins(before, line, left, right, pitch):
                in_row = _is_heading_text(line.text) and _is_in_row(line, layout.lines)
                current = _Block(layout.number, [line], opens, indented, in_row=in_row)
                blocks.append(current)
                opens = opens and _is_running_head(column, line, layout.height)
            else:
                current.lines.append(line)
    return blocks


def _scraps(column: list[Line]) -> set[int]:
    """Find signs of formulas, by `id`, that stand between two lines and reach into one: fractions, limits, accents."""
    return {
        id(line)
        for before, line, after in zip(column, column[1:], column[2:], strict=False)
        if len(line.text) <= LONGEST_SCRAP
        and any(
            len(other.text) > LONGEST_SCRAP
            and other.box[0] - 1 < line.box[0]
            and line.box[2] < other.box[2] + 1
            and min(other.box[3], line.box[3]) - max(other.box[1], line.box[1]) > 0.25 * line.size
            for other in (before, after)
        )
    }


def _is_in_row(line: Line, lines: list[Line]) -> bool:
    return any(
        other is not line
        and abs(other.box[3] - line.box[3]) < 0.3 * line.size
        and abs(other.size - line.size) < 0.1 * line.size
        and other.font == line.font
        and max(other.box[0], line.box[0]) - min(other.box[2], line.box[2]) < LONGEST_CELL_GAP * line.size
        for other in lines
    )


def _is_running_head(column: list[Line], line: Line, height: float) -> bool:
    """Whether a line stands alone over its column, as a head does that too few pages repeat to tell it by that."""
    if line is not column[0] or len(column) < 2 or line.box[3] > _HEAD_BAND * height:
        return False
    below = column[1]
    return abs(below.size - line.size) > 0.1 * line.size and below.box[3] - line.box[3] > 1.6 * line.size


def _columns(lines: list[Line]) -> list[list[Line]]:
    """Find runs of lines that follow each other downwards in one column."""
    columns: list[list[Line]] = []
    for line in lines:
        last = columns[-1][-1] if columns else None
        if (
            last is not None
            and line.box[3] > last.box[3] - 0.5 * last.size
            and min(line.box[2], last.box[2]) - max(line.box[0], last.box[0]) > -2 * line.size
        ):
            columns[-1].append(line)
        else:
            columns.append([line])
    return columns


def _edges(column: list[Line]) -> tuple[float, float]:
    lefts = Counter(round(line.box[0]) for line in column)
    rights = Counter(round(line.box[2]) for line in column)
    return float(lefts.most_common(1)[0][0]), float(max(rights, key=lambda edge: (rights[edge], edge)))


def _pitch(column: list[Line]) -> float:
    steps = Counter(
        round(after.box[3] - before.box[3]) for before, after in pairwise(column) if after.box[3] > before.box[3]
    )
    return float(steps.most_common(1)[0][0]) if steps else 0.0


def _inside(line: Line, caption: Caption) -> bool:
    x, y = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
    x0, y0, x1, y1 = caption.box
    return x0 - 1 <= x <= x1 + 1 and y0 - 1 <= y <= y1 + 1


def _begins(before: Line, line: Line, left: float, right: float, pitch: float) -> bool:
    """Whether a new paragraph begins at `line`."""
    step = line.box[3] - before.box[3]
    if abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return True
    short = before.box[2] < right - 2 * line.size
    ended = bool(_TERMINAL.search(before.text)) and short
    if before.bold != line.bold and (short or step > 1.15 * pitch):
        return True
    if before.font != line.font and short and not line.text[:1].islower() and not re.search(r"[-,]$", before.text):
        return True
    if step > max(1.4 * pitch, 1.25 * line.size) and step > 1.4 * line.size:
        return True
    if _is_heading_text(line.text) or _is_heading_text(before.text):
        return True
    if short and _NUMBERED_HEADING.match(before.text) and not re.search(r"[.,;-]$", before.text):
        return not _LEFT_OPEN.search(before.text)
    indent = line.box[0] - left
    open_line = not _is_ended(before.text)
    hanging = (open_line and not line.text[:1].isupper()) or (bool(_ITEM.match(before.text)) and not ended)
    if indent > 0.7 * line.size and before.box[0] < left + 0.4 * line.size and indent < 6 * line.size and not hanging:
        return True
    if _ITEM.match(line.text) and before.box[0] - line.box[0] > 0.7 * line.size:
        return True
    return (ended and not line.text[:1].islower()) or bool(
        _REFERENCE_START.match(line.text) and re.search(r"[.)\]]$", before.text) and before.box[2] < right - line.size
    )


def _is_heading_text(text: str) -> bool:
    return bool(_REFERENCES.match(text) or _KNOWN_HEADING.match(text))


def _is_heading(block: _Block, body: float, body_font: str) -> bool:
    text = " ".join(line.text for line in block.lines)
    if _is_heading_text(text):
        return not block.in_row
    if _FRONT_MATTER.search(text) or _LEFT_OPEN.search(text):
        return False
    if len(block.lines) > 3 or len(text) > 160 or not re.search(r"[^\W\d_]{3}", text) or text.endswith((",", ";")):
        return False
    if re.search(r"[=@{}∆∑√∫±×“]|^(?:table|scheme|keywords?|figure|fig\.)\b", text, re.IGNORECASE):
        return False
    if _NUMBERED_HEADING.match(text) and not text.endswith("."):
        return True
    if re.search(r"[.:]$", text) and len(text.split()) > 8:
        return False
    strong = all(line.bold for line in block.lines) or block.size > body + 0.8
    other_font = all(line.font != body_font for line in block.lines) and block.size > body - 0.3
    strong = strong or (other_font and text[-1].isalnum() and len(text.split()) >= 2)
    return strong and block.size > body - 0.6 and not text[0].islower() and len(text.split()) <= 20


def _body_font(layouts: list[PageLayout]) -> str:
    letters: Counter[str] = Counter()
    for layout in layouts:
        for line in layout.lines:
            letters[line.font] += len(line.text)
    return letters.most_common(1)[0][0] if letters else ""


def _drafts(blocks: list[_Block], body: float, body_font: str) -> list[_Draft]:
    drafts: list[_Draft] = []
    section = ""
    references, small_print = False, 0.0
    title = _title_block(blocks)
    flow = _Flow()
    before_title = title is not None
    before: _Block | None = None
    in_table_caption = False
    for block in blocks:
        text = " ".join(line.text for line in block.lines)
        lines = [line.text for line in block.lines]
        in_table_caption = before is not None and _is_of_table_caption(block, text, before, in_table_caption)
        before = block
        if block.caption is not None:
            drafts.append(_Draft(block.page, section, "caption", block.size, text=block.caption))
            continue
        if block is title:
            before_title = False
            drafts.append(_Draft(block.page, section, "title", block.size, lines))
            continue
        if in_table_caption:
            drafts.append(_Draft(block.page, section, "other", block.size, lines))
            continue
        heading = _is_heading(block, body, body_font) and not before_title
        if heading and title is not None and block.page == title.page and not section:
            # Between title and first section stand authors and a bold abstract.
            heading = _is_heading_text(text) or bool(_NUMBERED_HEADING.match(text))
        if heading and not (references and not _is_heading_text(text) and block.size < body + 0.8):
            references = bool(_REFERENCES.match(text))
            section = " ".join(text.split())
            drafts.append(_Draft(block.page, section, "heading", block.size, lines))
            flow = _Flow()
            continue
        role: Role = "reference" if references else _role(block, body, text, section)
        if references and not small_print:
            small_print = block.size if block.size < body - 0.6 else 0.0
        elif small_print and abs(block.size - small_print) < 0.35 and _CITED_WORK.match(text):
            # Two columns of references under the acknowledgements are read after these.
            role = "reference"
        resumed = flow.resumed_by(block, role, interrupted=bool(drafts) and drafts[-1] is not flow.last)
        if resumed is not None:
            if block.page != (resumed.turns[-1][1] if resumed.turns else resumed.page):
                resumed.turns.append((len(resumed.lines), block.page))
            resumed.lines += lines
            flow.went_on(resumed)
            continue
        draft = _Draft(block.page, section, role, block.size, lines)
        drafts.append(draft)
        if role in _FLOWING and not _is_aside(draft, flow.last):
            flow.went_on(draft)
    return drafts


_FLOWING: tuple[Role, ...] = ("body", "reference", "abstract")


@dataclass(slots=True)
class _Flow:
    """The running text of a section: what the next block may go on with."""

    last: _Draft | None = None
    waiting: _Draft | None = None
    """The last draft whose sentence is open, where another one has followed: a note or a box stands between."""

    def went_on(self, draft: _Draft) -> None:
        if self.last is not None and self.last is not draft and not _is_ended(self.last.lines[-1]):
            self.waiting = self.last
        if draft is self.waiting:
            self.waiting = None
        self.last = draft

    def resumed_by(self, block: _Block, role: Role, interrupted: bool) -> _Draft | None:
        """Return the draft that a block goes on with, if any; `interrupted` where something else came between."""
        if role not in _FLOWING:
            return None
        first = block.lines[0].text
        for draft in (self.last, self.waiting):
            if draft is None or draft.role != role or abs(block.size - draft.size) >= 0.6:
                continue
            if block.opens and draft is self.last and _goes_on(draft.lines[-1], block):
                return draft
            if (
                (block.opens or interrupted)
                and first[:1].islower()
                and not _NOTE_MARK.match(first)
                and not block.indented
                and (not _is_ended(draft.lines[-1]) or draft.lines[-1].endswith(":"))
            ):
                return draft
        return None


def _is_of_table_caption(block: _Block, text: str, before: _Block, continues: bool) -> bool:
    """Whether a block is the caption of a table, or goes on with one that its label or a mark parts."""
    if block.caption is not None:
        return False
    if _TABLE_CAPTION.match(text):
        return True
    said = " ".join(line.text for line in before.lines)
    label = _TABLE_CAPTION.match(said)
    return (
        continues
        and not block.opens
        and block.page == before.page
        and abs(block.size - before.size) < 0.6
        and ((label is not None and label.end() == len(said)) or not _is_ended(said))
    )


def _is_aside(draft: _Draft, flowing: _Draft | None) -> bool:
    """Whether a note stands between the parts of a sentence: smaller print, or marked as notes are."""
    if flowing is None or flowing.role != draft.role or _is_ended(flowing.lines[-1]):
        return False
    return draft.size < flowing.size - 0.6 or bool(_NOTE_MARK.match(draft.lines[0]))


def _goes_on(last: str, block: _Block) -> bool:
    first = block.lines[0].text
    if _NOTE_MARK.match(first):
        return False
    if _REFERENCE_START.match(first) and _is_ended(last):
        return False
    return not _is_ended(last) or (first[:1].islower() and not block.indented)


def _is_ended(line: str) -> bool:
    """Whether a line of text closes its sentence."""
    return bool(_TERMINAL.search(line)) and not _ANNOUNCES.search(line)


def _title_block(blocks: list[_Block]) -> _Block | None:
    """Find the largest print of the first pages that reads like a title."""
    likely = [
        block
        for block in blocks
        if block.page <= 2
        and block.caption is None
        and len(block.lines) <= 6
        and sum(len(re.findall(r"[^\W\d_]{2,}", line.text)) for line in block.lines) >= 4
    ]
    if not likely:
        return None
    largest = max(block.size for block in likely)
    return next((block for block in likely if block.size > largest - 0.3), None)


def _role(block: _Block, body: float, text: str, section: str) -> Role:
    words = text.split()
    letters = sum(character.isalpha() for character in text)
    width = max(len(line.text) for line in block.lines)
    prose = len(words) >= 8 and letters > 0.55 * len(text) and width >= 30
    if _ABSTRACT.match(section) or (not section and _ABSTRACT.match(text) and len(words) > 30):
        return "abstract" if prose else "other"
    if block.page <= 2 and not section:
        if _FRONT_MATTER.search(text[:200]) or _AFFILIATION.search(text[:200]) or not prose:
            return "other"
        return "abstract" if len(words) >= 60 and not re.search(r"\[\d|\(Fig", text) else "body"
    if _IMPRINT.search(text[:200]) or _is_formula(text):
        return "other"
    if block.page <= 2 and block.size < body - 0.3 and _AFFILIATION.search(text[:200]):
        return "other"
    if abs(block.size - body) <= 0.6 and letters > 0.4 * len(text) and (len(words) >= 4 or block.opens):
        return "body"
    if prose and block.size > 0.7 * body and len(words) >= 15 and not _FRONT_MATTER.search(text[:120]):
        return "body"
    return "other"


def _is_formula(text: str) -> bool:
    return bool(_FORMULA.search(text)) and len(re.findall(r"[^\W\d_]{3,}", text)) <= max(2, len(text.split()) // 8)


def _mark_unheaded_references(drafts: list[_Draft]) -> None:
    """Mark a numbered list at the end as references where the paper gives it no heading."""
    if any(draft.role == "reference" for draft in drafts):
        return
    start = len(drafts) // 2
    numbered = [
        index
        for index, draft in enumerate(drafts)
        if index >= start and draft.role in ("body", "other") and _REFERENCE_START.match(" ".join(draft.lines)[:20])
    ]
    if len(numbered) >= 5 and numbered[-1] - numbered[0] < 3 * len(numbered):
        for draft in drafts[numbered[0] : numbered[-1] + 1]:
            if draft.role in ("body", "other"):
                draft.role = "reference"
