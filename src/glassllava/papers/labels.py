"""Which panel letter belongs to which picture.

In: a figure's blocks in reading order, the letters that its caption names, and letters seen on the page (the
PDF's own text, or OCR of enlarged corners). Out: one letter or None per block.

The caption's list is the prior: letters and blocks are aligned in order, as two sequences are (Needleman and
Wunsch, doi:10.1016/0022-2836(70)90057-4), where a letter seen beside a block counts for that pair and a caption
part that contradicts the block's look counts against it. Row by row and column by column are both tried; where most
letters were seen and stand in no order at all, each goes to the block at which it was seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from glassllava.papers.blocks import Block, Rect, in_reading_order, rows_of

SEEN = 4.0
"""Points for a letter that was seen at this block."""
SEEN_ELSEWHERE = -2.5
"""Points where the letter was seen at another block."""
SKIPPED_LETTER = -1.0
SKIPPED_BLOCK = -0.6

_LETTER = re.compile(r"^\W{0,2}([A-Za-z])\W{0,2}$")


@dataclass(frozen=True, slots=True)
class SeenLetter:
    """A single letter found on the picture or beside it."""

    letter: str
    """Lower case."""
    x: float
    y: float
    """Its centre, in pixels of the figure's picture."""
    confidence: float


def single_letter(text: str) -> str | None:
    """Return the panel letter in a short piece of text such as "(a)", "b." or "C", in lower case."""
    found = _LETTER.match(text.strip())
    return found.group(1).lower() if found else None


def assign_letters(
    blocks: Sequence[Block],
    letters: Sequence[str],
    seen: Sequence[SeenLetter],
    fits: np.ndarray | None = None,
) -> list[str | None]:
    """Give each block its panel letter.

    Parameters
    ----------
    blocks
        In reading order.
    letters
        The caption's letters, lower case, in the caption's order.
    seen
        Letters read on the page, possibly wrong.
    fits
        Shape (letters, blocks): points for a caption part that suits a block's look; zero where unknown.

    Returns
    -------
    list
        A letter or None for each block; one letter may stand at several blocks.
    """
    if not letters or not blocks:
        return [None] * len(blocks)
    points = np.zeros((len(letters), len(blocks))) if fits is None else fits.astype(float).copy()
    for spot in seen:
        if spot.letter not in letters:
            continue
        row = list(letters).index(spot.letter)
        place = _block_of(spot, blocks)
        if place is not None:
            points[row] += SEEN_ELSEWHERE * spot.confidence
            points[row, place] += (SEEN - SEEN_ELSEWHERE) * spot.confidence
    if len(blocks) > len(letters):
        shared = _one_letter_a_line(blocks, letters, points)
        if shared is not None:
            return shared
    best: list[str | None] = []
    best_score = -np.inf
    for order in (list(range(len(blocks))), _by_columns(blocks)):
        pairs, score = _aligned(points[:, order])
        if score > best_score + 1e-9:
            best_score = score
            best = [None] * len(blocks)
            for row, column in pairs:
                best[order[column]] = letters[row]
    pairs, score = _as_seen(points)
    if score > best_score + 1e-9:
        best = [None] * len(blocks)
        for row, column in pairs:
            best[column] = letters[row]
    return _inherited(blocks, best)


def _block_of(spot: SeenLetter, blocks: Sequence[Block]) -> int | None:
    """Find the block that a letter names: the one that it lies in, or whose corner is nearest."""
    distances = []
    for block in blocks:
        x0, y0, x1, y1 = block.box
        outside = float(np.hypot(max(x0 - spot.x, 0, spot.x - x1), max(y0 - spot.y, 0, spot.y - y1)))
        corner = min(float(np.hypot(spot.x - x, spot.y - y)) for x in (x0, (x0 + x1) / 2, x1) for y in (y0, y1))
        distances.append(4 * outside + corner)
    nearest = int(np.argmin(distances))
    x0, y0, x1, y1 = blocks[nearest].box
    return nearest if distances[nearest] < 2.5 * max(x1 - x0, y1 - y0) else None


def _by_columns(blocks: Sequence[Block]) -> list[int]:
    """Return the indices of the blocks column by column, top to bottom."""
    turned = [Block(_turned(block.box), block.solid) for block in blocks]
    indices = {id(block): i for i, block in enumerate(turned)}
    return [indices[id(block)] for block in in_reading_order(turned)]


def _aligned(points: np.ndarray) -> tuple[list[tuple[int, int]], float]:
    """Pairs (letter, block) of the best alignment in order, and its score; in doubt the last ones go without."""
    rows, columns = points.shape
    score = np.zeros((rows + 1, columns + 1))
    score[1:, 0] = SKIPPED_LETTER * np.arange(1, rows + 1)
    score[0, 1:] = SKIPPED_BLOCK * np.arange(1, columns + 1)
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            score[i, j] = max(
                score[i - 1, j - 1] + 1.0 + points[i - 1, j - 1],
                score[i - 1, j] + SKIPPED_LETTER,
                score[i, j - 1] + SKIPPED_BLOCK,
            )
    pairs = []
    i, j = rows, columns
    while i and j:
        if np.isclose(score[i, j], score[i - 1, j] + SKIPPED_LETTER):
            i -= 1
        elif np.isclose(score[i, j], score[i, j - 1] + SKIPPED_BLOCK):
            j -= 1
        else:
            pairs.append((i - 1, j - 1))
            i, j = i - 1, j - 1
    return pairs[::-1], float(score[rows, columns])


def _as_seen(points: np.ndarray) -> tuple[list[tuple[int, int]], float]:
    """Pairs (letter, block) that agree best with what was seen, in whatever order, and their score.

    A pair in order counts more (`_aligned`), so that this wins only where most letters were seen out of order.
    """
    rows, columns = linear_sum_assignment(points, maximize=True)
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if points[i, j] > 0]
    skipped = SKIPPED_LETTER * (points.shape[0] - len(pairs)) + SKIPPED_BLOCK * (points.shape[1] - len(pairs))
    return pairs, float(sum(points[pair] for pair in pairs)) + skipped


def _one_letter_a_line(blocks: Sequence[Block], letters: Sequence[str], points: np.ndarray) -> list[str | None] | None:
    """Where a grid has as many rows (or columns) as the caption has letters, a letter names the whole line."""
    rows = _lines(blocks)
    columns = _lines([Block(_turned(block.box), block.solid) for block in blocks])
    choices = [lines for lines in (rows, columns) if len(lines) == len(letters) and len({*map(len, lines)}) == 1]
    scored = [(sum(float(points[k, lines[k]].max()) for k in range(len(letters))), lines) for lines in choices]
    if not scored:
        return None
    score, lines = max(scored, key=lambda pair: pair[0])
    if score < 0:
        return None
    result: list[str | None] = [None] * len(blocks)
    for letter, line in zip(letters, lines, strict=True):
        for index in line:
            result[index] = letter
    return result


def _lines(blocks: Sequence[Block]) -> list[list[int]]:
    """Return the indices of the blocks, row by row."""
    indices = {id(block): i for i, block in enumerate(blocks)}
    return [[indices[id(block)] for block in row] for row in rows_of(list(blocks))]


def _turned(box: Rect) -> Rect:
    return (box[1], box[0], box[3], box[2])


def _inherited(blocks: Sequence[Block], labels: list[str | None]) -> list[str | None]:
    """Pictures without a letter of their own continue the picture before them in the same row, where sizes agree."""
    result = list(labels)
    for places in _lines(blocks):
        for before, here in pairwise(places):
            same_height = abs(_height(blocks[before]) - _height(blocks[here])) < 0.1 * _height(blocks[before])
            if result[here] is None and same_height and blocks[here].solid and blocks[before].solid:
                result[here] = result[before]
    return result


def _height(block: Block) -> int:
    return block.box[3] - block.box[1]
