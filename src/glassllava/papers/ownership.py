"""Which caption owns which ink of a page.

In: clusters of ink from `figures`, the page's lines and its captions. Out: for each caption the clusters that are its
figure, and those that no caption owns.

A cluster goes to the caption that it stands next to with no prose between; captions of tables compete too. A figure
of several rows stands on its caption, so a row that follows another figure's caption goes with the rows under it.
Whether captions stand below or above is told by the paper's unambiguous ones. What no caption reaches, but stands in
line with what one owns, belongs to the same figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from glassllava.papers.boxes import area, overlap, side, union
from glassllava.papers.reading import Box, Line, PageLayout

JOIN_POINTS = 7.0
"""Ink closer than this is one cluster."""
LEAST_SIDE_POINTS = 28.0
"""Shorter clusters are rules, running heads or stray letters."""
ROW_GAP_POINTS = 30.0
"""Rows of one figure stand at most so far from each other; letters or headers may stand between."""
NEAR_POINTS = 60.0
"""A figure stands at most so far from a caption that tells on which side captions stand."""
PROSE_LETTERS = 30
"""A line this long that lies on no image is prose; shorter ones may be a drawing's own words."""

_TABLE = re.compile(r"^\s*(table|tab\.|scheme|algorithm)\s*[0-9IVXS]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A caption that may own clusters on a page; `caption` is its index, None for a table's."""

    box: Box
    caption: int | None


def captions_stand_above(pages: Iterable[tuple[list[Box], PageLayout, list[Box]]]) -> bool:
    """Tell whether a paper prints its captions above the figures.

    Captions with ink on one side only tell: in doubt they stand below, as most do.

    Parameters
    ----------
    pages
        Of each page the clusters that may be figures, the layout, and the boxes of its captions.
    """
    votes = 0
    for clusters, layout, captions in pages:
        anchors, prose = _anchors(layout, captions)
        large = [cluster for cluster in clusters if side(cluster) >= LEAST_SIDE_POINTS]
        for caption in captions:
            sides = {
                cluster[1] + cluster[3] > caption[1] + caption[3]
                for cluster in large
                if min(cluster[2], caption[2]) > max(cluster[0], caption[0])
                and max(cluster[1] - caption[3], caption[1] - cluster[3]) < NEAR_POINTS
                and min(cluster[3], caption[3]) - max(cluster[1], caption[1]) < JOIN_POINTS
                and np.isfinite(_cost(cluster, caption, anchors, prose))
            }
            if len(sides) == 1:
                votes += 1 if sides.pop() else -1
    return votes > 0


def shared_out(
    clusters: list[Box], layout: PageLayout, captions: list[Box], above: bool = False
) -> tuple[list[list[Box]], list[Box]]:
    """Give each large cluster to its caption, then small ones to the figure that they touch.

    Parameters
    ----------
    clusters
        Boxes of joined ink that is no prose, in points.
    layout
        The page.
    captions
        Boxes of the captions on it.
    above
        Whether this paper's captions stand above their figures.

    Returns
    -------
    owned : list
        The clusters of each caption, in the order of `captions`.
    spare : list
        Large clusters that no caption owns.
    """
    anchors, prose = _anchors(layout, captions)
    if not above:
        owned, spare = _shared_out(clusters, anchors, prose)
        return [owned.get(index, []) for index in range(len(captions))], spare
    # Upside down, a caption above its figure is one below it.
    given = {_upside_down(box, layout): box for box in clusters}
    anchors = [_Anchor(_upside_down(anchor.box, layout), anchor.caption) for anchor in anchors]
    owned, spare = _shared_out(list(given), anchors, [_upside_down(box, layout) for box in prose])
    return [[given[box] for box in owned.get(index, [])] for index in range(len(captions))], [
        given[box] for box in spare
    ]


def in_groups(clusters: list[Box], layout: PageLayout) -> list[Box]:
    """Join clusters that stand close to each other with no prose between, and return the box of each group."""
    prose = [line.box for line in layout.lines if is_prose(line, layout.images)]
    pending = list(clusters)
    groups: list[Box] = []
    while pending:
        group = pending.pop()
        while close := [box for box in pending if _gap(box, group) < ROW_GAP_POINTS and not _hits(box, group, prose)]:
            group = union([group, close[0]])
            pending.remove(close[0])
        groups.append(group)
    return groups


def _gap(one: Box, other: Box) -> float:
    """Return the white between two boxes, along the axis on which they are further apart."""
    return max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])


def _upside_down(box: Box, layout: PageLayout) -> Box:
    return box[0], layout.height - box[3], box[2], layout.height - box[1]


def _anchors(layout: PageLayout, captions: list[Box]) -> tuple[list[_Anchor], list[Box]]:
    """Return what may own clusters on a page, and the page's prose."""
    anchors = [_Anchor(box, index) for index, box in enumerate(captions)]
    anchors += [
        _Anchor(line.box, None)
        for line in layout.lines
        if _TABLE.match(line.text) and not any(overlap(line.box, box) for box in captions)
    ]
    prose = [line.box for line in layout.lines if is_prose(line, layout.images)]
    return anchors, [box for box in prose if not any(overlap(box, c) > 0.5 * area(box) for c in captions)]


def _shared_out(
    clusters: list[Box], anchors: list[_Anchor], prose: list[Box]
) -> tuple[dict[int, list[Box]], list[Box]]:
    """Share out clusters among captions that stand below their figures, for `shared_out`."""
    captions = [anchor.box for anchor in anchors if anchor.caption is not None]
    large = [c for c in clusters if side(c) >= LEAST_SIDE_POINTS]
    small = [c for c in clusters if side(c) < LEAST_SIDE_POINTS]
    owned: dict[int, list[Box]] = {}
    spare: list[Box] = []
    nearest: list[_Anchor | None] = []
    for cluster in large:
        costs = [(_cost(cluster, anchor.box, anchors, prose), i) for i, anchor in enumerate(anchors)]
        cost, index = min(costs, default=(np.inf, -1))
        nearest.append(anchors[index] if np.isfinite(cost) else None)
    nearest = _without_strangers(large, _with_rows_below(large, nearest))
    nearest = _with_neighbours(large, nearest, [anchor.box for anchor in anchors] + prose)
    for cluster, anchor in zip(large, nearest, strict=True):
        if anchor is None:
            spare.append(cluster)
        elif anchor.caption is not None:
            owned.setdefault(anchor.caption, []).append(cluster)
    for boxes in owned.values():
        for _ in range(2):
            whole = union(boxes)
            near = (whole[0] - 14, whole[1] - 14, whole[2] + 14, whole[3] + 14)
            boxes.extend(c for c in small if overlap(c, near) > 0.7 * area(c) and not _hits(c, whole, captions + prose))
    return owned, spare


def _with_rows_below(clusters: list[Box], nearest: list[_Anchor | None]) -> list[_Anchor | None]:
    """Give rows that follow a caption of another figure to the rows below them, whose caption stands at their foot."""
    result = list(nearest)
    for index in sorted(range(len(clusters)), key=lambda k: -clusters[k][1]):
        cluster, anchor = clusters[index], nearest[index]
        if anchor is None or anchor.box[3] > cluster[1]:
            continue
        for other, below in zip(clusters, result, strict=True):
            gap = other[1] - cluster[3]
            flush = abs(other[0] - cluster[0]) < JOIN_POINTS and abs(other[2] - cluster[2]) < JOIN_POINTS
            if below is not None and flush and -1 < gap < ROW_GAP_POINTS and below.box[1] > other[3] - 1:
                result[index] = below
    return result


def _without_strangers(clusters: list[Box], nearest: list[_Anchor | None]) -> list[_Anchor | None]:
    """Take from a caption what stands beside it by chance: in the next column, while its figure stands above or below.

    A picture beside it that is in line with one above or below is another row of that figure.
    """
    result = list(nearest)
    for anchor in {id(anchor): anchor for anchor in nearest if anchor is not None}.values():
        mine = [index for index, owner in enumerate(nearest) if owner is anchor]
        own = [clusters[index] for index in mine if _shares_columns(clusters[index], anchor.box)]
        for index in mine if own else ():
            cluster = clusters[index]
            by_its_side = not _shares_columns(cluster, anchor.box) and _beside(cluster, anchor.box)
            if by_its_side and not any(_in_line(cluster, other) for other in own):
                result[index] = None
    return result


def _shares_columns(cluster: Box, caption: Box) -> bool:
    """Whether a cluster stands above or below a caption, over a part of the narrower one's width."""
    shared = min(cluster[2], caption[2]) - max(cluster[0], caption[0])
    return shared > 0.15 * min(cluster[2] - cluster[0], caption[2] - caption[0])


def _beside(cluster: Box, caption: Box) -> bool:
    """Whether a cluster stands beside a caption, over a part of the lower one's height."""
    shared = min(cluster[3], caption[3]) - max(cluster[1], caption[1])
    return shared > 0.3 * min(cluster[3] - cluster[1], caption[3] - caption[1])


def _with_neighbours(clusters: list[Box], nearest: list[_Anchor | None], text: list[Box]) -> list[_Anchor | None]:
    """Let a cluster that no caption reaches follow one in line with it, as a row or column of one figure stands."""
    result = list(nearest)
    changed = True
    while changed:
        changed = False
        for index, cluster in enumerate(clusters):
            if result[index] is not None:
                continue
            for other, anchor in zip(clusters, result, strict=True):
                if anchor is None or anchor.caption is None or not _in_line(cluster, other):
                    continue
                whole = union([box for box, owner in zip(clusters, result, strict=True) if owner is anchor])
                walls = [box for box, owner in zip(clusters, result, strict=True) if owner not in (None, anchor)]
                if not _hits(cluster, whole, text + walls):
                    result[index] = anchor
                    changed = True
                    break
    return result


def _in_line(one: Box, other: Box) -> bool:
    """Whether two clusters stand beside or under each other, flush and close, as pictures of one figure do."""
    for along in (0, 1):
        across = 1 - along
        gap = max(one[along] - other[along + 2], other[along] - one[along + 2])
        common = min(one[across + 2], other[across + 2]) - max(one[across], other[across])
        larger = max(one[across + 2] - one[across], other[across + 2] - other[across])
        flush = min(abs(one[across] - other[across]), abs(one[across + 2] - other[across + 2])) < JOIN_POINTS
        if -1 < gap < ROW_GAP_POINTS and flush and common > 0.5 * larger:
            return True
    return False


def _hits(cluster: Box, whole: Box, walls: list[Box]) -> bool:
    """Whether a figure stretched to this cluster would run over prose, a caption or another figure."""
    stretched = union([cluster, whole])
    return any(overlap(wall, stretched) > overlap(wall, whole) + 0.2 * area(wall) for wall in walls)


def _cost(cluster: Box, caption: Box, anchors: list[_Anchor], prose: list[Box]) -> float:
    """How far a cluster is from belonging to a caption, in points; infinite where text stands between."""
    if _shares_columns(cluster, caption):
        left, right = max(cluster[0], caption[0]), min(cluster[2], caption[2])
        if cluster[1] + cluster[3] < caption[1] + caption[3]:
            gap, between, extra = caption[1] - cluster[3], (left, cluster[3], right, caption[1]), 0.0
        else:
            gap, between, extra = cluster[1] - caption[3], (left, caption[3], right, cluster[1]), 40.0
    elif _beside(cluster, caption):
        top, bottom = max(cluster[1], caption[1]), min(cluster[3], caption[3])
        extra = 20.0
        if cluster[0] < caption[0]:
            gap, between = caption[0] - cluster[2], (cluster[2], top, caption[0], bottom)
        else:
            gap, between = cluster[0] - caption[2], (caption[2], top, cluster[0], bottom)
    else:
        return _diagonal_cost(cluster, caption, anchors, prose)
    if between[3] > between[1] and between[2] > between[0] and _text_between(between, caption, anchors, prose):
        return float(np.inf)
    return max(gap, 0.0) + extra


def _diagonal_cost(cluster: Box, caption: Box, anchors: list[_Anchor], prose: list[Box]) -> float:
    """Weigh a picture above a caption that is narrower than the figure and does not reach under it."""
    if cluster[3] > caption[1] + 6:
        return float(np.inf)
    between = union([cluster, caption])
    if _text_between((between[0], cluster[3], between[2], caption[1]), caption, anchors, prose):
        return float(np.inf)
    sideways = max(cluster[0] - caption[2], caption[0] - cluster[2], 0.0)
    return caption[1] - cluster[3] + sideways + 80.0


def _text_between(between: Box, caption: Box, anchors: list[_Anchor], prose: list[Box]) -> bool:
    others = [anchor.box for anchor in anchors if anchor.box != caption]
    return any(overlap(wall, between) > 0.3 * min(area(wall), area(between)) for wall in prose + others)


def is_prose(line: Line, images: list[Box]) -> bool:
    """Tell whether a line is running text: long, and not printed on an image."""
    on_image = any(overlap(line.box, image) > 0.5 * area(line.box) for image in images)
    return not on_image and len(line.text) >= PROSE_LETTERS
