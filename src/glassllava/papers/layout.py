"""Lines of text in reading order: fragments of characters to lines, lines to columns, page furniture out.

In: an open `pypdfium2.PdfDocument`; `characters` reads each page. Out: one `PageLayout` a page, for
`paragraphs`, `captions`, `metadata` and the figures. Running headers and footers, page numbers and line
numbers are left out.

Columns are found by the gutter that leaves most text on either side of it; blocks that cross the gutter cut
the page into zones, and each zone is read column by column. Both sides are treated the same way again, so
that three columns or a side bar need no rule of their own (after the recursive X-Y cut, Nagy and Seth 1984,
but with the vertical cut judged by text and not by white space alone, which headings and figures break).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2

from glassllava.papers import glyphs
from glassllava.papers.characters import PageContent, read_content
from glassllava.papers.fragments import Fragment
from glassllava.papers.reading import Line, PageLayout

_ASCENT, _DESCENT = 0.78, 0.24
_FURNITURE_BAND, _NUMBER_BAND = 0.14, 0.07
_PAGE_NUMBER = re.compile(r"[-–(]?\s*(?:\d{1,6}|[ivx]{1,6})\s*[-–)]?|\d+ (?:of|/) \d+")
_FIGURE_OR_TABLE = re.compile(r"(?:fig(?:ure)?|table|scheme)s?\.?\s?[SA]?\d", re.IGNORECASE)
_SHORTEST_GUTTER_POINTS = 5.0
_DEEPEST_CUT = 6


@dataclass(slots=True)
class _Segment:
    """Fragments that stand next to each other on one line."""

    fragments: list[Fragment]
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    baseline: float
    size: float
    bold: bool


def read_layout(document: pypdfium2.PdfDocument) -> list[PageLayout]:
    """Read every page of a document as lines in reading order.

    Parameters
    ----------
    document
        An open document.

    Returns
    -------
    list of PageLayout
        One entry a page, in page order. A page without text has no lines; one that cannot be loaded is marked.
    """
    contents: list[PageContent] = []
    segments: list[list[_Segment]] = []
    unreadable: set[int] = set()
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            # One broken page does not cost the rest of a paper; the layout says that it is missing.
            unreadable.add(number + 1)
            content = PageContent(0.0, 0.0, [], [])
        else:
            content = read_content(page)
            page.close()
        contents.append(content)
        segments.append(_segments(content.fragments))
    furniture = _furniture(segments, [content.height for content in contents])
    return [
        PageLayout(
            number=number,
            width=content.width,
            height=content.height,
            lines=[_line(segment) for segment in _merged_rows(_reading_order(_others(parts, left_out)))],
            images=content.images,
            furniture=[_line(parts[index]) for index in sorted(left_out)],
            unreadable=number in unreadable,
        )
        for number, (content, parts, left_out) in enumerate(zip(contents, segments, furniture, strict=True), start=1)
    ]


def _segments(fragments: list[Fragment]) -> list[_Segment]:
    """Join neighbours on a line, with what is raised or lowered beside them."""
    order = sorted(range(len(fragments)), key=lambda index: fragments[index].baseline)
    leader = list(range(len(fragments)))

    def root(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    largest = max((fragment.size for fragment in fragments), default=0.0)
    for place, index in enumerate(order):
        one = fragments[index]
        for other_index in order[place + 1 :]:
            other = fragments[other_index]
            if other.baseline - one.baseline > 0.65 * largest:
                break
            if root(index) != root(other_index) and _beside(one, other):
                leader[root(other_index)] = root(index)
    groups: dict[int, list[Fragment]] = defaultdict(list)
    for index, fragment in enumerate(fragments):
        groups[root(index)].append(fragment)
    return [_segment(group) for group in groups.values()]


def _beside(upper: Fragment, lower: Fragment) -> bool:
    """Whether two fragments stand on one line; `upper` has the baseline nearer to the page's top."""
    large = max(upper.size, lower.size)
    gap = max(upper.x0, lower.x0) - min(upper.x1, lower.x1)
    drop = lower.baseline - upper.baseline
    if drop <= 0.12 * large:
        return -0.3 * large < gap < min(0.95 * large, 1.6 * min(upper.size, lower.size))
    if gap > 0.7 * large or gap < -0.6 * large:
        return False
    if upper.size < 0.88 * lower.size:
        return drop < 0.62 * large
    if lower.size < 0.88 * upper.size:
        return drop < 0.4 * large
    return False


def _segment(group: list[Fragment]) -> _Segment:
    group = sorted(group, key=lambda fragment: fragment.x0)
    weights: Counter[float] = Counter()
    for fragment in group:
        weights[round(fragment.size, 1)] += len(fragment.text)
    size = weights.most_common(1)[0][0]
    main = [fragment for fragment in group if abs(fragment.size - size) <= 0.15 * size] or group
    pieces = [group[0].text]
    for before, after in pairwise(group):
        gap = after.x0 - before.x1
        em = min(before.size, after.size)
        apart = gap > 0.17 * em or (after.space_before and gap > 0.05 * em)
        pieces.append(" " + after.text if apart else after.text)
    baseline = median(fragment.baseline for fragment in main)
    letters = sum(len(fragment.text) for fragment in group)
    return _Segment(
        fragments=group,
        text="".join(pieces),
        x0=group[0].x0,
        x1=max(fragment.x1 for fragment in group),
        top=baseline - _ASCENT * size,
        bottom=baseline + _DESCENT * size,
        baseline=baseline,
        size=size,
        bold=sum(len(fragment.text) for fragment in group if fragment.bold) > 0.85 * letters,
    )


def _others(segments: list[_Segment], left_out: set[int]) -> list[_Segment]:
    return [segment for index, segment in enumerate(segments) if index not in left_out]


def _furniture(pages: list[list[_Segment]], heights: list[float]) -> list[set[int]]:
    """Find, page by page, what repeats at the same place, page numbers and line numbers."""
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, segments in enumerate(pages):
        for segment in segments:
            seen[_pattern(segment)].add(number)
    often = max(3, math.ceil(0.5 * len(pages)))
    found = []
    for segments, height in zip(pages, heights, strict=True):
        left_out = _line_numbers(segments)
        for index, segment in enumerate(segments):
            if _FIGURE_OR_TABLE.match(segment.text):
                # Captions at the feet of two pages may begin with the same words.
                continue
            repeats = max(len(seen[pattern]) for pattern in _neighbouring(_pattern(segment)))
            if (
                repeats >= often
                or (repeats >= 2 and _at_edge(segment, height, _FURNITURE_BAND))
                or (_at_edge(segment, height, _NUMBER_BAND) and _PAGE_NUMBER.fullmatch(segment.text))
            ):
                left_out.add(index)
        found.append(left_out)
    return found


def _at_edge(segment: _Segment, height: float, band: float) -> bool:
    return segment.bottom < band * height or segment.top > (1 - band) * height


def _pattern(segment: _Segment) -> tuple[str, int]:
    return re.sub(r"\d+", "#", segment.text.casefold()), round(segment.baseline / 4)


def _neighbouring(pattern: tuple[str, int]) -> list[tuple[str, int]]:
    text, row = pattern
    return [(text, row - 1), (text, row), (text, row + 1)]


def _line_numbers(segments: list[_Segment]) -> set[int]:
    """Find a column of rising numbers beside the text, such as manuscripts have."""
    columns: dict[int, list[int]] = defaultdict(list)
    for index, segment in enumerate(segments):
        if segment.text.isdigit() and len(segment.text) <= 4:
            columns[round(segment.x1 / 3)].append(index)
    left = min((segment.x0 for segment in segments if len(segment.text) > 25), default=0.0)
    right = max((segment.x1 for segment in segments if len(segment.text) > 25), default=math.inf)
    found: set[int] = set()
    for key in sorted(columns):
        members = sorted(columns[key] + columns.get(key + 1, []), key=lambda index: segments[index].baseline)
        values = [int(segments[index].text) for index in members]
        steps = Counter(after - before for before, after in pairwise(values))
        step, times = steps.most_common(1)[0] if steps else (0, 0)
        outside = all(segments[i].x1 < left + 1 or segments[i].x0 > right - 1 for i in members)
        if outside and step in (1, 2, 5, 10) and times >= 4 and times >= 0.8 * (len(values) - 1):
            found.update(members)
    return found


def _reading_order(segments: list[_Segment], depth: int = 0) -> list[_Segment]:
    gutter = _gutter(segments) if depth < _DEEPEST_CUT else None
    if gutter is None:
        return _rows(segments)
    crossing = sorted(
        (segment for segment in segments if segment.x0 < gutter < segment.x1),
        key=lambda segment: segment.baseline,
    )
    left: dict[int, list[_Segment]] = defaultdict(list)
    right: dict[int, list[_Segment]] = defaultdict(list)
    for segment in segments:
        if segment.x0 < gutter < segment.x1:
            continue
        zone = sum(1 for block in crossing if block.baseline < segment.baseline)
        (left if segment.x1 <= gutter else right)[zone].append(segment)
    ordered: list[_Segment] = []
    block: list[_Segment] = []
    for zone in range(len(crossing) + 1):
        if (
            0 < zone < len(crossing)
            and crossing[zone].baseline - crossing[zone - 1].baseline < 2.2 * crossing[zone].size
        ):
            # No columns fit between two lines this close: what stands here stands beside the block.
            block += left[zone] + right[zone]
        elif left[zone] or right[zone]:
            ordered += _reading_order(block, depth + 1)
            block = []
            ordered += _reading_order(left[zone], depth + 1)
            ordered += _reading_order(right[zone], depth + 1)
        if zone < len(crossing):
            block.append(crossing[zone])
    return ordered + _reading_order(block, depth + 1)


def _rows(segments: list[_Segment]) -> list[_Segment]:
    """From top to bottom, and from left to right what stands on about the same baseline."""
    rows: list[list[_Segment]] = []
    for segment in sorted(segments, key=lambda segment: segment.baseline):
        if rows and segment.baseline - rows[-1][0].baseline < 0.4 * min(segment.size, rows[-1][0].size):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [segment for row in rows for segment in sorted(row, key=lambda segment: segment.x0)]


def _gutter(segments: list[_Segment]) -> float | None:
    """Where the white strip between two columns of text stands, or None for one column."""
    if len(segments) < 6:
        return None
    edges = sorted({round(segment.x1, 1) for segment in segments})
    best: tuple[float, float] | None = None
    for edge in edges:
        candidate = edge + 0.5
        left = [segment for segment in segments if segment.x1 <= candidate]
        right = [segment for segment in segments if segment.x0 >= candidate]
        if len(left) < 3 or len(right) < 3:
            continue
        width = min(segment.x0 for segment in right) - edge
        if width < _SHORTEST_GUTTER_POINTS:
            continue
        score = _side_by_side(left, right)
        if score > 0 and (best is None or score > best[0]):
            best = (score, edge + width / 2)
    return best[1] if best else None


def _side_by_side(left: list[_Segment], right: list[_Segment]) -> float:
    """Letters on the poorer side, where running text stands beside running text or a side bar."""
    top = max(min(s.top for s in left), min(s.top for s in right))
    bottom = min(max(s.bottom for s in left), max(s.bottom for s in right))
    sides = [[s for s in side if s.bottom > top and s.top < bottom] for side in (left, right)]
    if min(len(side) for side in sides) < 3:
        return 0.0
    running = [_is_running_text(side) for side in sides]
    if not any(running) or not all(one or _is_side_bar(side) for one, side in zip(running, sides, strict=True)):
        return 0.0
    return min(sum(len(s.text) for s in side) for side in sides)


def _is_running_text(side: list[_Segment]) -> bool:
    letters = sum(len(s.text) for s in side)
    return letters >= 100 and sum(len(s.text) for s in side if len(s.text) >= 20) >= 0.6 * letters


def _is_side_bar(side: list[_Segment]) -> bool:
    """Short lines of words, flush on one edge: dates and addresses, but not numbers, labels or list marks."""
    letters = sum(character.isalpha() for s in side for character in s.text)
    flush = max(
        Counter(round(s.x0) for s in side).most_common(1)[0][1], Counter(round(s.x1) for s in side).most_common(1)[0][1]
    )
    return letters >= max(40, 6 * len(side)) and flush >= 0.6 * len(side)


def _merged_rows(segments: list[_Segment]) -> list[_Segment]:
    """Join parts of one line that a wide space had parted."""
    merged: list[_Segment] = []
    for segment in segments:
        last = merged[-1] if merged else None
        if (
            last is not None
            and abs(last.baseline - segment.baseline) < 0.4 * max(last.size, segment.size)
            and min(last.size, segment.size) > 0.75 * max(last.size, segment.size)
            and -0.3 * segment.size < segment.x0 - last.x1 < 1.8 * segment.size
        ):
            merged[-1] = _segment(last.fragments + segment.fragments)
        else:
            merged.append(segment)
    return merged


def _line(segment: _Segment) -> Line:
    return Line(
        text=glyphs.with_degree_signs(" ".join(segment.text.split())),
        box=(segment.x0, segment.top, segment.x1, segment.bottom),
        size=segment.size,
        bold=segment.bold,
        lead_bold=segment.fragments[0].bold,
        font=_family(segment.fragments),
    )


def _family(fragments: list[Fragment]) -> str:
    letters: Counter[str] = Counter()
    for fragment in fragments:
        letters[re.split(r"[-,.+]", fragment.font)[0]] += len(fragment.text)
    return letters.most_common(1)[0][0]
