"""Figure captions: found by how a line begins and how it is printed, taken whole, split by panel.

In: the pages from `layout`. Out: `Caption` values for `paragraphs`, `mentions` and the figures.

A caption's first line starts with "Fig", "Figure" or "FIGURE" and a number; so do many body lines. Each such
line is weighed: delimiter after the number, bold label, type smaller than the body's, space above, and what
the line before leaves open. The paper's own clear captions then decide the doubtful ones.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from glassllava.papers.panel_parts import CONTINUED, LABEL_END, split_caption
from glassllava.papers.reading import Caption, Line, PageLayout
from glassllava.text.hyphenation import join_lines, word_counts

__all__ = ["body_size", "figure_label", "find_captions", "split_caption"]

_START = re.compile(
    rf"""^(?P<more>(?:supplementary|supporting|supplemental|extended\ data|suppl\.?|electronic\ supplementary)\ +)?
        (?:fig(?:ure)?s?|(?P<plate>(?-i:P)lates?|(?-i:PLATE)))\s?\.?\s*
        (?P<label>(?P<s>[SA]\s?[-.]?)?\d{{1,3}}(?:\.\d{{1,2}}(?=[.:\s]\s*[A-Z(])|-\d{{1,2}}(?=\s?[.:|]\s*[A-Z(]))?)
        (?P<letter>[A-Za-z]|\s?\([a-z]\)(?=\s?[.:]\s))?
        (?P<continues>\s*{CONTINUED})?
        (?P<rest>.*)$""",
    re.VERBOSE | re.IGNORECASE,
)
_DELIMITER = re.compile(rf"\s*(?:{LABEL_END}|[-–—]\s)")
_FIRST_LETTER = re.compile(r"a\)\s+\S")
_BODY_VERB = re.compile(
    r"\s*(?:shows?|showed|displays?|presents?|depicts?|illustrates?|gives?|is|are|was|were|and|or|that|which|in|of|"
    r"to|with|demonstrates?|reveals?|compares?|indicates?|summari[sz]es?|confirms?|plots?|provides?|for|as|"
    r"represents?|exhibits?|suggests?|also|can|has|have|we|the)\b"
)
_CLEAR, _ENOUGH = 3.0, 2.0


@dataclass(slots=True)
class _Start:
    page: PageLayout
    index: int
    label: str
    supplementary: bool
    weight: float
    letter: str | None
    continues: bool


def find_captions(layouts: list[PageLayout]) -> list[Caption]:
    """Find the caption of every figure of a paper.

    Parameters
    ----------
    layouts
        All pages of the paper.

    Returns
    -------
    list of Caption
        In order of page and reading; a label may occur more than once where the paper prints it more than
        once. A list of supplementary figures counts as supplementary captions.
    """
    body = body_size(layouts)
    starts = _starts(layouts, body)
    words = word_counts(line.text for layout in layouts for line in layout.lines)
    first_lines = {(id(start.page), start.index) for start in starts}
    captions: list[Caption] = []
    seen: set[tuple[str, str]] = set()
    for start in starts:
        lines = _caption_lines(start, first_lines)
        text = join_lines([line.text for line in lines], words)
        if (start.label, text) in seen and not start.continues:
            continue
        seen.add((start.label, text))
        boxes = [line.box for line in lines]
        captions.append(
            Caption(
                label=start.label,
                supplementary=start.supplementary,
                page=start.page.number,
                box=(
                    min(box[0] for box in boxes),
                    min(box[1] for box in boxes),
                    max(box[2] for box in boxes),
                    max(box[3] for box in boxes),
                ),
                text=text,
                parts=split_caption(text) or ({start.letter: text} if start.letter else {}),
                continues=start.continues,
            )
        )
    return captions


def figure_label(number: str, more: str | None = None, *, plate: bool = False) -> tuple[str, bool]:
    """Give a figure one name however it is printed, and whether it is the supplement's.

    Parameters
    ----------
    number
        As printed behind "Fig.": "3", "S4", "S-4", "A1", "1-2".
    more
        What stands before "Fig.": "Supplementary", "Extended Data", or nothing.
    plate
        Whether it is called a plate.

    Examples
    --------
    >>> figure_label("S-4"), figure_label("4", "Supplementary"), figure_label("4", "Extended Data"), figure_label("4")
    (('S4', True), ('S4', True), ('ED4', True), ('4', False))
    """
    label = number.upper()
    if label[0].isalpha():
        label = re.sub(r"[\s\-.]", "", label[:3]) + label[3:]
    if more and label[0].isdigit():
        label = ("ED" if more.lower().startswith("ext") else "S") + label
    elif plate and label[0].isdigit():
        label = "P" + label
    return label, bool(more) or label.startswith("S")


def body_size(layouts: list[PageLayout]) -> float:
    """Give the font size, in points, in which most of the paper is printed (0 for a paper without text)."""
    letters: Counter[float] = Counter()
    for layout in layouts:
        for line in layout.lines:
            letters[round(line.size * 2) / 2] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _starts(layouts: list[PageLayout], body: float) -> list[_Start]:
    found: list[_Start] = []
    for layout in layouts:
        for index, line in enumerate(layout.lines):
            match = _START.match(line.text)
            if match is None:
                continue
            weight = _weight(layout, index, match, body)
            if weight < _ENOUGH:
                continue
            label, supplementary = figure_label(match["label"], match["more"], plate=match["plate"] is not None)
            letter = re.sub(r"\W", "", match["letter"]).lower() if match["letter"] else None
            found.append(_Start(layout, index, label, supplementary, weight, letter, match["continues"] is not None))
    # "Figure 1-2." is a number where chapters are counted; elsewhere "Figs. 1-2." are two figures in running text.
    found = [start for start in found if "-" not in start.label or 2 * sum("-" in s.label for s in found) > len(found)]
    clear = Counter(_style(start) for start in found if start.weight >= _CLEAR)
    if not clear:
        return found
    return [start for start in found if start.weight >= _CLEAR or _style(start) in clear]


def _style(start: _Start) -> tuple[int, bool]:
    line = start.page.lines[start.index]
    return round(line.size * 2), line.lead_bold


def _weight(layout: PageLayout, index: int, match: re.Match[str], body: float) -> float:
    line = layout.lines[index]
    rest = match["rest"]
    delimiter = _DELIMITER.match(rest) or (match["continues"] and re.match("", rest))
    follower = rest[delimiter.end() :].lstrip() if delimiter else rest.lstrip()
    if match["letter"] and not delimiter:
        return 0.0
    begins = bool(follower) and (follower[0].isupper() or follower[0] in "([" or bool(_FIRST_LETTER.match(follower)))
    if not delimiter and not begins:
        return 0.0
    if rest.lstrip()[:1] in (",", ";", ")", "]") or re.match(r"\([^)]*\)\s*[,;).]", follower):
        return 0.0
    weight = 0.5 if not follower or begins else 0.0
    if _BODY_VERB.match(follower):
        weight -= 2.0
    weight += 1.5 if delimiter else 0.0
    weight += 2.0 if line.lead_bold else 0.0
    weight += 1.5 if line.size < body - 0.4 else 0.0
    weight -= 1.0 if match["letter"] else 0.0
    before = _line_above(layout, index)
    if before is None or line.box[1] - before.box[3] > 0.7 * line.size:
        weight += 1.0
    elif abs(before.size - line.size) < 0.3 and not re.search(r"[.!?:]['”\")\]]*[\d,–\[\]-]*$", before.text):
        weight -= 1.5
    return weight


def _line_above(layout: PageLayout, index: int) -> Line | None:
    box = layout.lines[index].box
    above = [
        other
        for place, other in enumerate(layout.lines)
        if place != index and other.box[3] <= box[1] + 0.4 * (box[3] - box[1]) and _share(other.box, box) > 0.3
    ]
    return max(above, key=lambda other: other.box[3], default=None)


def _share(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Part of the narrower width that two boxes have in common from left to right."""
    common = min(one[2], other[2]) - max(one[0], other[0])
    return common / max(1e-6, min(one[2] - one[0], other[2] - other[0]))


def _caption_lines(start: _Start, first_lines: set[tuple[int, int]]) -> list[Line]:
    page = start.page
    first = page.lines[start.index]
    size = first.size
    rest = [
        (index, line)
        for index, line in enumerate(page.lines)
        if (id(page), index) not in first_lines and abs(line.size - size) < max(0.35, 0.06 * size)
    ]
    taken = [first, *_lines_below(first, rest)]
    left, right = min(line.box[0] for line in taken), max(line.box[2] for line in taken)
    if not re.search(r"[.!?)\]]\W*$", taken[-1].text):
        # A caption set in two columns goes on at the same height to the right.
        beside = [
            line
            for _, line in rest
            if line.box[0] > right - 1 and abs(line.box[1] - first.box[1]) < 0.6 * size and line not in taken
        ]
        if beside and min(line.box[0] for line in beside) - right < right - left:
            head = min(beside, key=lambda line: line.box[0])
            taken += [head, *_lines_below(head, rest)]
    return taken


def _lines_below(first: Line, rest: list[tuple[int, Line]]) -> list[Line]:
    taken: list[Line] = []
    last, left, right = first, first.box[0], first.box[2]
    pitch = 0.0
    while True:
        below = [
            line
            for _, line in rest
            if line not in taken
            and line is not first
            and 0.3 * last.size < line.box[3] - last.box[3] < (1.32 * pitch + 1.2 if pitch else 1.75 * last.size)
            and _share(line.box, (left, 0, right, 0)) > 0.55
            and line.box[0] > left - 2.5 * last.size
        ]
        if not below:
            return taken
        following = min(below, key=lambda line: (round(line.box[3]), line.box[0]))
        if following.lead_bold and following.bold and not (first.bold or first.lead_bold):
            return taken
        step = following.box[3] - last.box[3]
        pitch = step if not pitch else min(pitch, step)
        taken.append(following)
        left, right = min(left, following.box[0]), max(right, following.box[2])
        last = following
