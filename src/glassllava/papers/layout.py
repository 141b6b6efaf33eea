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
from bisect import bisect_left, bisect_right
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
_STYLE_OF_FONT = re.compile(r"[-,.+]")
_SHORTEST_GUTTER_POINTS = 5.0
_DEEPEST_CUT = 6
_SMALLEST_SCRIPT = 0.4
"""Print smaller than this share of its neighbour is none of its indices: the neighbour is a bullet or an initial."""
_LONGEST_LIMIT = 3


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
            content = PageContent(0.0, 0.0, [], [], [], [])
        else:
            content = read_content(page)
            page.close()
        contents.append(content)
        segments.append(_segments(content.fragments))
    furniture = _furniture(segments, [content.height for content in contents])
    bodies = [_others(parts, left_out) for parts, left_out in zip(segments, furniture, strict=True)]
    usual = _usual_gutter(bodies)
    return [
        PageLayout(
            number=number,
            width=content.width,
            height=content.height,
            lines=[_line(segment) for segment in _merged_rows(_reading_order(body, usual))],
            images=content.images,
            resolutions=content.resolutions,
            image_places=content.image_places,
            sideways_caption=content.sideways_caption,
            furniture=[_line(parts[index]) for index in sorted(left_out)],
            unreadable=number in unreadable,
        )
        for number, (content, parts, body, left_out) in enumerate(
            zip(contents, segments, bodies, furniture, strict=True), start=1
        )
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
        reach = 0.65 * min(largest, one.size / _SMALLEST_SCRIPT)
        for other_index in order[place + 1 :]:
            other = fragments[other_index]
            if other.baseline - one.baseline > reach:
                break
            if root(index) != root(other_index) and _beside(one, other):
                leader[root(other_index)] = root(index)
    groups: dict[int, list[Fragment]] = defaultdict(list)
    for index, fragment in enumerate(fragments):
        groups[root(index)].append(fragment)
    return [_segment(group) for group in _with_limits(list(groups.values()))]


def _beside(upper: Fragment, lower: Fragment) -> bool:
    """Whether two fragments stand on one line; `upper` has the baseline nearer to the page's top."""
    small, large = sorted((upper.size, lower.size))
    if small < _SMALLEST_SCRIPT * large:
        return False
    drop = lower.baseline - upper.baseline
    if drop <= 0.12 * large:
        return -0.3 * large < _gap(upper, lower) < min(0.95 * large, 1.6 * small)
    if upper.size < 0.88 * lower.size:
        raised_or_lowered = drop < 0.62 * large
    else:
        raised_or_lowered = lower.size < 0.88 * upper.size and drop < 0.4 * large
    return raised_or_lowered and -0.6 * large <= _gap(upper, lower) <= 0.7 * large


def _with_limits(groups: list[list[Fragment]]) -> list[list[Fragment]]:
    """Join the limits of sums and integrals, further from the line than other small print, to the nearest line."""
    lines = [group for group in groups if not _is_limit(group)]
    kept = list(lines)
    for group in groups:
        if not _is_limit(group):
            continue
        (limit,) = group
        far: list[tuple[float, list[Fragment]]] = [
            (abs(limit.baseline - fragment.baseline), line)
            for line in lines
            for fragment in line
            if limit.size < 0.88 * fragment.size
            and abs(limit.baseline - fragment.baseline) < 0.9 * fragment.size
            and -0.1 * fragment.size < _gap(limit, fragment) < 0.5 * fragment.size
        ]
        if far:
            min(far, key=lambda found: found[0])[1].append(limit)
        else:
            kept.append(group)
    return kept


def _is_limit(group: list[Fragment]) -> bool:
    return len(group) == 1 and group[0].letters <= _LONGEST_LIMIT


def _gap(one: Fragment, other: Fragment) -> float:
    """Return the white between two fragments; below 0 where they overlap.

    One that stands in a hole of the other, as the digits of a formula do between its signs, does not overlap it.
    """
    gap = max(one.x0, other.x0) - min(one.x1, other.x1)
    if gap > -0.3 * max(one.size, other.size):
        return gap
    return min(max(a.x0, b.x0) - min(a.x1, b.x1) for a in one.words for b in other.words)


def _segment(group: list[Fragment]) -> _Segment:
    group = sorted(group, key=lambda fragment: fragment.x0)
    weights: dict[float, int] = defaultdict(int)
    for fragment in group:
        weights[round(fragment.size, 1)] += fragment.letters
    size = max(weights, key=lambda one: weights[one])
    main = [fragment for fragment in group if abs(fragment.size - size) <= 0.15 * size] or group
    words = sorted([(word, fragment.size) for fragment in group for word in fragment.words], key=lambda w: w[0].x0)
    pieces = [words[0][0].text]
    for (before, size_before), (after, size_after) in pairwise(words):
        gap = after.x0 - before.x1
        em = min(size_before, size_after)
        apart = gap > 0.17 * em or (after.space_before and gap > 0.05 * em)
        pieces.append(" " + after.text if apart else after.text)
    baseline = median(fragment.baseline for fragment in main)
    letters = sum(fragment.letters for fragment in group)
    return _Segment(
        fragments=group,
        text="".join(pieces),
        x0=group[0].x0,
        x1=max(fragment.x1 for fragment in group),
        top=baseline - _ASCENT * size,
        bottom=baseline + _DESCENT * size,
        baseline=baseline,
        size=size,
        bold=sum(fragment.letters for fragment in group if fragment.bold) > 0.85 * letters,
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


def _reading_order(segments: list[_Segment], usual: float | None, depth: int = 0) -> list[_Segment]:
    """Order segments column by column; `usual` is where the gutter of most pages stands."""
    gutter = _gutter(segments, usual) if depth < _DEEPEST_CUT else None
    if gutter is None:
        return _rows(segments)
    crossing = sorted(
        (segment for segment in segments if segment.x0 < gutter < segment.x1),
        key=lambda segment: segment.baseline,
    )
    sides: tuple[dict[int, list[_Segment]], ...] = (defaultdict(list), defaultdict(list))
    for segment in segments:
        if segment.x0 < gutter < segment.x1:
            continue
        zone = sum(1 for block in crossing if block.baseline < segment.baseline)
        sides[0 if segment.x1 <= gutter else 1][zone].append(segment)
    close = [
        0 < zone < len(crossing) and crossing[zone].baseline - crossing[zone - 1].baseline < 2.2 * crossing[zone].size
        for zone in range(len(crossing) + 1)
    ]
    _with_first_lines(sides, close)
    ordered: list[_Segment] = []
    block: list[_Segment] = []
    beside: tuple[list[_Segment], ...] = ([], [])
    for zone in range(len(crossing) + 1):
        if close[zone]:
            # No columns fit between two lines this close: what stands here stands beside the block.
            for lines, side in zip(beside, sides, strict=True):
                lines += side[zone]
        elif any(side[zone] for side in sides):
            columns = []
            for lines, side in zip(beside, sides, strict=True):
                runs_on = _runs_on(lines, side[zone])
                columns.append([*lines, *side[zone]] if runs_on else side[zone])
                block += [] if runs_on else lines
            for part in (block, *columns):
                ordered += _reading_order(part, usual, depth + 1)
            block, beside = [], ([], [])
        if zone < len(crossing):
            block.append(crossing[zone])
    return ordered + _reading_order([*block, *beside[0], *beside[1]], usual, depth + 1)


def _with_first_lines(sides: tuple[dict[int, list[_Segment]], ...], close: list[bool]) -> None:
    """Leave text beside a block whole where its first line or two stand higher than the block."""
    for side, other in (sides, sides[::-1]):
        for zone in range(len(close) - 1):
            if close[zone] or not 0 < len(side[zone]) < 3 or other[zone]:
                continue
            within = zone + 1
            while within < len(close) and close[within] and not side[within]:
                within += 1
            if within < len(close) and close[within] and _adjoins(side[zone], side[within]):
                side[within] = side.pop(zone) + side[within]


def _runs_on(lines: list[_Segment], below: list[_Segment]) -> bool:
    """Whether text beside a block, such as a wide abstract, goes on in the column under the block."""
    return len(lines) >= 3 and bool(below) and _adjoins(lines, below)


def _adjoins(above: list[_Segment], below: list[_Segment]) -> bool:
    """Whether the first line of the one follows the last of the other as lines of one paragraph do."""
    last = max(above, key=lambda segment: segment.baseline)
    first = min(below, key=lambda segment: segment.baseline)
    common = min(last.x1, first.x1) - max(last.x0, first.x0)
    return (
        abs(last.size - first.size) < 0.06 * last.size
        and first.baseline - last.baseline < 1.6 * last.size
        and common > 0.5 * min(last.x1 - last.x0, first.x1 - first.x0)
    )


def _rows(segments: list[_Segment]) -> list[_Segment]:
    """From top to bottom, and from left to right what stands on about the same baseline."""
    rows: list[list[_Segment]] = []
    for segment in sorted(segments, key=lambda segment: segment.baseline):
        if rows and segment.baseline - rows[-1][0].baseline < 0.4 * min(segment.size, rows[-1][0].size):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [segment for row in rows for segment in sorted(row, key=lambda segment: segment.x0)]


def _gutter(segments: list[_Segment], usual: float | None) -> float | None:
    """Where the white strip between two columns of text stands, or None for one column.

    A column that holds nothing but a table is no running text; there the gutter of the other pages decides.
    """
    found = _gutter_by_text(segments)
    if found is None and usual is not None:
        left = [segment for segment in segments if segment.x1 <= usual]
        right = [segment for segment in segments if segment.x0 >= usual]
        if any(_is_running_text(side) and _is_column(side) for side in _level_parts(left, right)):
            return usual
    return found


def _is_column(side: list[_Segment]) -> bool:
    """Whether most lines are about as wide as the widest: those of a table's cells are not."""
    widths = [s.x1 - s.x0 for s in side]
    return sum(width > 0.8 * max(widths) for width in widths) >= 0.5 * len(widths)


def _usual_gutter(pages: list[list[_Segment]]) -> float | None:
    """Where most pages have their gutter; None for a paper in one column."""
    gutters = Counter(round(gutter / 4) for page in pages if (gutter := _gutter_by_text(page)) is not None)
    place, times = gutters.most_common(1)[0] if gutters else (0, 0)
    return 4.0 * place if times >= max(2, len(pages) / 4) else None


def _gutter_by_text(segments: list[_Segment]) -> float | None:
    if len(segments) < 6:
        return None
    starts, ends = sorted(segment.x0 for segment in segments), sorted(segment.x1 for segment in segments)
    best: tuple[float, float] | None = None
    for edge in sorted({round(end, 1) for end in ends}):
        candidate = edge + 0.5
        first_right = bisect_left(starts, candidate)
        if bisect_right(ends, candidate) < 3 or len(starts) - first_right < 3:
            continue
        width = starts[first_right] - edge
        if width < _SHORTEST_GUTTER_POINTS:
            continue
        left = [segment for segment in segments if segment.x1 <= candidate]
        right = [segment for segment in segments if segment.x0 >= candidate]
        score = _side_by_side(left, right)
        if score > 0 and (best is None or score > best[0]):
            best = (score, edge + width / 2)
    return best[1] if best else None


def _side_by_side(left: list[_Segment], right: list[_Segment]) -> float:
    """Letters on the poorer side, where running text stands beside running text or a side bar."""
    sides = _level_parts(left, right)
    running = [_is_running_text(side) for side in sides]
    if not any(running) or not all(one or _is_side_bar(side) for one, side in zip(running, sides, strict=True)):
        return 0.0
    return min(sum(len(s.text) for s in side) for side in sides)


def _level_parts(left: list[_Segment], right: list[_Segment]) -> tuple[list[_Segment], list[_Segment]]:
    """Leave of both sides what stands at the same height as the other side; nothing where that is too little."""
    if min(len(left), len(right)) < 3:
        return [], []
    top = max(min(s.top for s in left), min(s.top for s in right))
    bottom = min(max(s.bottom for s in left), max(s.bottom for s in right))
    level_left = [s for s in left if s.bottom > top and s.top < bottom]
    level_right = [s for s in right if s.bottom > top and s.top < bottom]
    return (level_left, level_right) if min(len(level_left), len(level_right)) >= 3 else ([], [])


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
    letters: dict[str, int] = defaultdict(int)
    for fragment in fragments:
        letters[_STYLE_OF_FONT.split(fragment.font, maxsplit=1)[0]] += fragment.letters
    return max(letters, key=lambda font: letters[font])
