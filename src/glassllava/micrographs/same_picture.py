"""Whether two images are one picture, re-encoded, scaled, darkened, cropped, mirrored or turned as it may be.

In: image files and who owns each. Out: pairs of different owners that show the same picture, with their likeness.

A sieve comes first, by vectors alone: each image is described as it is in its eight positions, and as it would be with
something cut off at its sides; images that are alike in one of these ways are candidates. Then pixels decide: the two
are laid over each other (by correlation, then by an affine map that maximises it), and must agree tile by tile in their
fine detail. Two micrographs of one texture agree in tone and grain but not there; two of one regular array do, and so
an image that is like itself when it is shifted must be liker to its copy than that. A databar or a letter spoils the
tiles that it covers, and no others: the median of the tiles is what counts.

References
----------
Evangelidis and Psarakis, IEEE TPAMI 30 (2008) 1858, doi:10.1109/TPAMI.2008.113 (alignment by enhanced correlation).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from glassllava.errors import UnreadableInput

SIDE = 192
"""Longer side in pixels of the copies that are compared."""
CELLS = 12
"""Cells across of a description."""
SIEVE = 0.55
"""Least rank correlation of two descriptions: its copies have 0.6 to 1, and of other images one in ten."""
CANDIDATES = 6
"""Images that are looked at for each image at most, the likest first."""
OVERLAID = 0.25
"""Least correlation of two images at their best place over each other; unlike ones have 0.15."""
SAME = 0.65
"""Least median correlation of the tiles: of copies 0.85 to 1, of two images that are not one at most 0.4."""
TILE = 16
"""Side of a tile in pixels."""
LEAST_TILES = 12
LEAST_SHARE = 0.4
"""Tiles that have detail: their number, and their share of all, without which nothing can be said."""
DETAIL = 0.05
"""Least standard deviation of a tile that has detail, grain counting as such, where the image's own is about 1."""
UNEXPLAINED = 0.5
"""Share of what an image lacks in likeness to itself elsewhere that it may lack in likeness to a copy: two gratings or
arrays are as like each other as each is to itself a period further."""

_CUTS = (
    (0.0, 0.0, 0.0, 0.0),
    *((0.0, 0.0, 0.0, cut) for cut in (0.05, 0.10, 0.15, 0.20)),
    *((0.0, cut, 0.0, 0.0) for cut in (0.05, 0.10)),
    *((cut, 0.0, 0.0, 0.0) for cut in (0.05, 0.10)),
    *((0.0, 0.0, cut, 0.0) for cut in (0.05, 0.10)),
    *((cut, cut, cut, cut) for cut in (0.04, 0.08, 0.12)),
    *(
        sides
        for cut in (0.08, 0.15)
        for sides in ((0, 0, cut, cut), (cut, 0, 0, cut), (0, cut, cut, 0), (cut, cut, 0, 0))
    ),
)
"""What is cut off at the left, top, right and bottom, as shares of the sides: databars first, then what crops do."""
_POSITIONS = 8
_SCALES = (1.0, 0.94, 1.06)
"""Sizes that are tried, since no cut is quite the right one."""
_ALIGNING = ((10, 0.3), (40, 0.4))
"""Rounds of alignment, and the correlation without which it is given up: most candidates are, after the first few."""
_ROWS_AT_ONCE = 128
_DETAILS_KEPT = 1024

Copy = NDArray[np.uint8]
Plane = NDArray[np.float32]


class SamePicture(NamedTuple):
    """Two images that show one picture."""

    one: int
    other: int
    """Places in the list that was given, the lesser first."""
    similarity: float
    """Median correlation of the tiles, 0.65 to 1; 1 for files of the same bytes."""


def small_copy(data: bytes) -> Copy:
    """Return a small grey copy of an image file, its tones stretched, which stands for it in the comparison.

    Parameters
    ----------
    data
        An image file, 8 or 16 bits, grey or in colours.

    Returns
    -------
    ndarray of uint8, shape [rows, columns]
        The longer side has `SIDE` pixels.

    Raises
    ------
    UnreadableInput
        The file cannot be decoded.
    """
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH) if data else None
    if image is None:
        raise UnreadableInput("the image cannot be decoded, so it was not compared with others")
    rows, columns = image.shape
    scale = SIDE / max(rows, columns)
    size = (max(TILE, round(columns * scale)), max(TILE, round(rows * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR).astype(np.float32)
    dark, bright = np.percentile(small, (0.5, 99.5))
    stretched: Copy = np.clip((small - dark) * (255 / max(bright - dark, 1e-6)), 0, 255).astype(np.uint8)
    return stretched


def find_same_pictures(
    copies: Sequence[Copy],
    owners: Sequence[Hashable],
    say: Callable[[int], object] = lambda _: None,
) -> list[SamePicture]:
    """Find the pairs of images of different owners that show one picture.

    Parameters
    ----------
    copies
        One `small_copy` an image.
    owners
        Whose each image is; images of one owner are not compared with each other.
    say
        Told how many images have been sifted.

    Returns
    -------
    list of SamePicture
        In order of place.
    """
    if len(copies) < 2:
        return []
    whose = np.unique([str(owner) for owner in owners], return_inverse=True)[1]
    detail = lru_cache(maxsize=_DETAILS_KEPT)(lambda place: _detail(copies[place]))
    found: dict[tuple[int, int], float] = {}
    for one, other, cut, position in _sifted(copies, whose, say):
        pair = (min(one, other), max(one, other))
        if found.get(pair, 0.0) < SAME:
            is_equal = np.array_equal(copies[one], copies[other]) and np.ptp(copies[one]) > 0
            found[pair] = 1.0 if is_equal else _likeness(detail(one), _turned(detail(other), position), _CUTS[cut])
    return [SamePicture(*pair, value) for pair, value in sorted(found.items()) if value >= SAME]


def _sifted(
    copies: Sequence[Copy], whose: NDArray[np.int_], say: Callable[[int], object]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield candidates: image, other image, the cut of the first that is like the second, and the second's position."""
    n, cells = len(copies), CELLS * CELLS
    as_cut = np.empty((n, len(_CUTS), cells), np.float32)
    as_turned = np.empty((n * _POSITIONS, cells), np.float32)
    for place, copy in enumerate(copies):
        as_cut[place] = [_description(_cut(copy, sides)) for sides in _CUTS]
        as_turned[place * _POSITIONS : (place + 1) * _POSITIONS] = [
            _description(_turned(copy, position)) for position in range(_POSITIONS)
        ]
    for start in range(0, n, _ROWS_AT_ONCE):
        rows = as_cut[start : start + _ROWS_AT_ONCE]
        best = np.full((len(rows), len(as_turned)), -1, np.float32)
        alike = np.empty_like(best)
        for cut in range(len(_CUTS)):  # one after the other, since all at once would not fit the caches
            np.matmul(rows[:, cut], as_turned.T, out=alike)
            np.maximum(best, alike, out=best)
        of_images = best.reshape(len(rows), n, _POSITIONS).max(axis=2)
        of_images[whose[start : start + len(rows), None] == whose[None, :]] = -1
        for row, others in enumerate(np.argsort(-of_images, axis=1, kind="stable")[:, :CANDIDATES].tolist()):
            for other in others:
                if of_images[row, other] >= SIEVE:
                    ways = rows[row] @ as_turned[other * _POSITIONS : (other + 1) * _POSITIONS].T
                    cut, position = divmod(int(ways.argmax()), _POSITIONS)
                    yield start + row, other, cut, position
        say(min(n, start + _ROWS_AT_ONCE))


def _cut(image: Copy, sides: tuple[float, ...]) -> Copy:
    rows, columns = image.shape
    left, top, right, bottom = sides
    return image[round(top * rows) : round((1 - bottom) * rows), round(left * columns) : round((1 - right) * columns)]


def _turned(image: NDArray[Any], position: int) -> NDArray[Any]:
    """Return an image in one of its eight positions: four turns, and those of its mirror image."""
    turned = np.rot90(image, position % 4)
    return np.ascontiguousarray(turned[:, ::-1] if position >= 4 else turned)


def _description(image: NDArray[Any]) -> Plane:
    """Return the ranks of an image's cells, without its shading, as a unit vector [CELLS²].

    Ranks do not know brightness, contrast or gamma, and a white label is no more than the brightest cell.
    """
    cells = _ranks(cv2.resize(image, (CELLS, CELLS), interpolation=cv2.INTER_AREA))
    cells -= cv2.GaussianBlur(cells, (0, 0), CELLS / 4, borderType=cv2.BORDER_REFLECT)
    ranks = _ranks(cells).ravel()
    ranks -= ranks.mean()
    return ranks / np.float32(np.linalg.norm(ranks))


def _ranks(cells: NDArray[Any]) -> Plane:
    ranks = cells.ravel().argsort(kind="stable").argsort(kind="stable")
    return ranks.astype(np.float32).reshape(cells.shape)


def _likeness(below: Plane, above: Plane, sides: tuple[float, ...]) -> float:
    """Return how alike two images are in their detail, the second laid over what the first is without its sides."""
    left, top, right, bottom = sides
    rows, columns = below.shape
    # [2, 3], from the upper image's pixels to the lower one's.
    laid = np.array(
        [
            [(1 - left - right) * columns / above.shape[1], 0, left * columns],
            [0, (1 - top - bottom) * rows / above.shape[0], top * rows],
        ],
        np.float32,
    )
    tried = [_shifted(below, above, laid * np.array([scale, scale, 1], np.float32)) for scale in _SCALES]
    correlation, laid = max(tried, key=lambda found: found[0])
    if correlation < OVERLAID:
        return 0.0
    for rounds, least in _ALIGNING:
        ends = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, rounds, 1e-4)
        try:
            correlation, laid = cv2.findTransformECC(above, below, laid, cv2.MOTION_AFFINE, ends, None, 5)
        except cv2.error:  # it says so where the two cannot be brought over each other
            return 0.0
        if correlation < least:
            return 0.0
    similarity = _tiles_alike(below, above, laid)
    if similarity < SAME:
        return similarity
    return similarity if 1 - similarity <= UNEXPLAINED * (1 - _likeness_to_itself(above)) else 0.0


def _likeness_to_itself(image: Plane) -> float:
    """Return how alike an image is to itself when it is shifted to where it is likest, as its tiles tell it."""
    rows, columns = image.shape
    smooth = _smooth(image)
    core = smooth[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    correlation = cv2.matchTemplate(smooth, core, cv2.TM_CCOEFF_NORMED)
    y, x = rows // 4, columns // 4
    # Around the place where it lies on itself, the correlation falls off as wide as the detail is; a shift begins
    # behind the first valley, which a peak has around it and the slope of the first one has not.
    peaks = correlation == cv2.dilate(correlation, np.ones((5, 5), np.uint8))
    peaks[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5] = False
    if not peaks.any():
        return 0.0
    at_y, at_x = np.unravel_index(int(np.where(peaks, correlation, -1).argmax()), correlation.shape)
    shift = np.array([[1, 0, int(at_x) - x], [0, 1, int(at_y) - y]], np.float32)
    return _tiles_alike(image, image, shift)


def _detail(image: Copy) -> Plane:
    """Return what is left of an image without its shading, of about the same strength everywhere."""
    detail: Plane = image.astype(np.float32)
    detail -= cv2.GaussianBlur(detail, (0, 0), 6)
    strength: Plane = np.sqrt(np.maximum(cv2.blur(detail * detail, (41, 41)), 0))
    return detail / (strength + 2)


def _shifted(below: Plane, above: Plane, laid: Plane) -> tuple[float, Plane]:
    """Shift one image over the other, at half their size, to where they correlate best; return how much, and where."""
    halved = [
        cv2.resize(cv2.GaussianBlur(image, (0, 0), 2), size, interpolation=cv2.INTER_AREA)
        for image, size in (
            (below, (below.shape[1] // 2, below.shape[0] // 2)),
            (above, (max(8, int(above.shape[1] * laid[0, 0] / 2)), max(8, int(above.shape[0] * laid[1, 1] / 2)))),
        )
    ]
    rows, columns = halved[1].shape
    top, left = int(0.15 * rows), int(0.15 * columns)
    core = halved[1][top : rows - top, left : columns - left]
    if core.shape[0] > halved[0].shape[0] or core.shape[1] > halved[0].shape[1]:
        return 0.0, laid
    correlation = cv2.matchTemplate(halved[0], core, cv2.TM_CCOEFF_NORMED)
    x, y, reach = int(laid[0, 2] / 2) + left, int(laid[1, 2] / 2) + top, int(0.12 * max(halved[0].shape))
    x0, y0 = max(0, x - reach), max(0, y - reach)
    near = correlation[y0 : y + reach + 1, x0 : x + reach + 1]
    if not near.size:
        return 0.0, laid
    at_y, at_x = np.unravel_index(int(near.argmax()), near.shape)
    moved = laid.copy()
    moved[:, 2] = 2 * (int(at_x) + x0 - left), 2 * (int(at_y) + y0 - top)
    return float(near[at_y, at_x]), moved


def _tiles_alike(below: Plane, above: Plane, laid: Plane) -> float:
    """Return the median correlation of the tiles that have detail, 0 where too few have."""
    size = (above.shape[1], above.shape[0])
    way = cv2.WARP_INVERSE_MAP
    under = cv2.warpAffine(below, laid, size, flags=cv2.INTER_LINEAR | way)
    inside = cv2.warpAffine(np.ones_like(below), laid, size, flags=cv2.INTER_NEAREST | way)
    one, other, whole = (_tiles(plane) for plane in (_smooth(under), _smooth(above), inside))
    one, other = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    strengths = one.std(axis=1), other.std(axis=1)
    told = (whole.mean(axis=1) > 0.99) & (strengths[0] > DETAIL) & (strengths[1] > DETAIL)
    if told.sum() < max(LEAST_TILES, LEAST_SHARE * len(told)):
        return 0.0
    correlations = (one * other).mean(axis=1)[told] / (strengths[0] * strengths[1])[told]
    return float(np.clip(np.median(correlations), 0, 1))


def _smooth(plane: Plane) -> Plane:
    smooth: Plane = cv2.GaussianBlur(plane, (0, 0), 1)
    return smooth


def _tiles(plane: Plane) -> Plane:
    """Return a plane's tiles, [tiles, TILE²]."""
    down, across = plane.shape[0] // TILE, plane.shape[1] // TILE
    whole = plane[: down * TILE, : across * TILE].reshape(down, TILE, across, TILE)
    return whole.transpose(0, 2, 1, 3).reshape(down * across, TILE * TILE)
