"""Paragraphs with their section and role, from lines in reading order.

In: the pages from `layout` and the captions from `captions`. Out: `Paragraph` values for `mentions` and for the
stages that read a paper's text. A paragraph that a column's end, a page's end, a figure or an equation
interrupts is joined again; words broken at line ends are made whole; references are marked so that nobody
takes them for text.
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
# A stop after one of these ends no sentence: the number that it announces stands in the next column.
_ANNOUNCES = re.compile(r"\b(?:figs?|eqs?|refs?|tabs?|nos?|al|vs|ca|cf|e\.g|i\.e)\.$", re.IGNORECASE)
_HEAD_BAND = 0.08
"""Share of a page's height, at its top, where running heads stand."""
_REFERENCE_START = re.compile(r"^(?:\[?\(?\d{1,3}[\].)]|\[\w{1,8}\])\s?\S")
_CITED_WORK = re.compile(
    r"(?:\[?\(?\d{1,3}[\].)]\s*)?(?:[A-Z]\.[\s-]?)*[^\W\d_][\w’'-]+(?:\s[A-Z][\w’'-]+)?,?\s(?:[A-Z]\.?[\s,-]?)+.*\d{4}|"
    r".{3,60}\((?:19|20)\d\d[a-z]?\)\."
)
_ABSTRACT = re.compile(r"^(?:abstract|summary)\b\s*[:.—–|-]?\s*", re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"@|^\W*(?:received|accepted|published|keywords?|key words|correspondence|edited by|reviewed by|citation|doi|"
    r"https?://|copyright|©|\*|†|‡|§|e-?mail|academic editor|article history|cite this)|creative commons|"
    r"these authors contributed|all rights reserved",
    re.IGNORECASE,
)
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
    """Whether it is the first of its column, so that it may go on with a paragraph from before."""
    indented: bool
    caption: str | None = None

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
        for before, line in zip([None, *column], column, strict=False):
            owner = next((caption for caption in here if _inside(line, caption)), None)
            if owner is not None:
                if id(owner) not in placed and not any(block.caption == owner.text for block in blocks):
                    blocks.append(_Block(layout.number, [line], False, False, owner.text))
                placed.add(id(owner))
                current, opens = None, True
                continue
            indented = line.box[0] > left + 0.7 * line.size
            if current is None or before is None or _begins(before, line, left, right, pitch):
                current = _Block(layout.number, [line], opens, indented)
                blocks.append(current)
                opens = opens and _is_running_head(column, line, layout.height)
            else:
                current.lines.append(line)
    return blocks


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
    if before.bold != line.bold and (short or step > 1.15 * pitch):
        return True
    if before.font != line.font and short and not line.text[:1].islower() and not re.search(r"[-,]$", before.text):
        return True
    if step > max(1.4 * pitch, 1.25 * line.size) and step > 1.4 * line.size:
        return True
    if _is_heading_text(line.text) or _is_heading_text(before.text):
        return True
    if short and _NUMBERED_HEADING.match(before.text) and not re.search(r"[.,;-]$", before.text):
        return True
    indent = line.box[0] - left
    if indent > 0.7 * line.size and before.box[0] < left + 0.4 * line.size and indent < 6 * line.size:
        return True
    ended = bool(_TERMINAL.search(before.text)) and short
    return (ended and not line.text[:1].islower()) or bool(
        _REFERENCE_START.match(line.text) and re.search(r"[.)\]]$", before.text) and before.box[2] < right - line.size
    )


def _is_heading_text(text: str) -> bool:
    return bool(_REFERENCES.match(text) or _KNOWN_HEADING.match(text))


def _is_heading(block: _Block, body: float, body_font: str) -> bool:
    text = " ".join(line.text for line in block.lines)
    if _is_heading_text(text):
        return True
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
    flowing: _Draft | None = None
    before_title = title is not None
    for block in blocks:
        text = " ".join(line.text for line in block.lines)
        if block.caption is not None:
            drafts.append(_Draft(block.page, section, "caption", block.size, text=block.caption))
            continue
        if block is title:
            before_title = False
            drafts.append(_Draft(block.page, section, "title", block.size, [line.text for line in block.lines]))
            continue
        heading = _is_heading(block, body, body_font) and not before_title
        if heading and title is not None and block.page == title.page and not section:
            # Between title and first section stand authors and a bold abstract.
            heading = _is_heading_text(text) or bool(_NUMBERED_HEADING.match(text))
        if heading and not (references and not _is_heading_text(text) and block.size < body + 0.8):
            references = bool(_REFERENCES.match(text))
            section = " ".join(text.split())
            drafts.append(_Draft(block.page, section, "heading", block.size, [line.text for line in block.lines]))
            flowing = None
            continue
        role: Role = "reference" if references else _role(block, body, text, section)
        if references and not small_print:
            small_print = block.size if block.size < body - 0.6 else 0.0
        elif small_print and abs(block.size - small_print) < 0.35 and _CITED_WORK.match(text):
            # Two columns of references under the acknowledgements are read after these.
            role = "reference"
        if (
            flowing is not None
            and role == flowing.role
            and role in ("body", "reference", "abstract")
            and block.opens
            and abs(block.size - flowing.size) < 0.6
            and _goes_on(flowing.lines[-1], block)
        ):
            if block.page != (flowing.turns[-1][1] if flowing.turns else flowing.page):
                flowing.turns.append((len(flowing.lines), block.page))
            flowing.lines += [line.text for line in block.lines]
            continue
        draft = _Draft(block.page, section, role, block.size, [line.text for line in block.lines])
        drafts.append(draft)
        if role in ("body", "reference", "abstract") and not _is_aside(draft, flowing):
            flowing = draft
    return drafts


def _is_aside(draft: _Draft, flowing: _Draft | None) -> bool:
    """Whether small print, such as a footnote, stands between the parts of a sentence in the body's size."""
    if flowing is None or flowing.role != draft.role:
        return False
    return draft.size < flowing.size - 0.6 and not _is_ended(flowing.lines[-1])


def _goes_on(last: str, block: _Block) -> bool:
    first = block.lines[0].text
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
    if block.page <= 2 and block.size < body - 0.3 and _AFFILIATION.search(text[:200]):
        return "other"
    if abs(block.size - body) <= 0.6 and letters > 0.4 * len(text) and (len(words) >= 4 or block.opens):
        return "body"
    if prose and block.size > 0.7 * body and len(words) >= 15 and not _FRONT_MATTER.search(text[:120]):
        return "body"
    return "other"


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
