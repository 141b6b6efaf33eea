"""Fields and points from which scenes are built: coordinates, noise, scattered discs, lines, stamps.

In: a random generator and a `Grid`. Out: arrays on the grid. All lengths are in field widths, so that one seed gives
one scene at every resolution; only what is finer than a pixel is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

ASPECT = 0.75
"""Rows over columns of every field, as instruments record them."""

_SHIFT = 4
"""Bits behind the binary point in OpenCV's drawing: lines move smoothly at every resolution."""

_FINER = 4
"""Lines are drawn on so many times finer pixels, so that their width changes smoothly, too."""


@dataclass(frozen=True)
class Grid:
    """The pixels of a field that is 1 wide and `ASPECT` high.

    Parameters
    ----------
    columns
        Pixels across the field, at least 16.
    """

    columns: int

    @property
    def rows(self) -> int:
        """Pixels down the field."""
        return round(self.columns * ASPECT)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def pixel(self) -> float:
        """Edge of a pixel in field widths."""
        return 1 / self.columns

    @property
    def x(self) -> Field:
        """Column coordinates of the pixels' centres, [rows, columns], 0 to 1."""
        return _coordinates(self.columns)[0]

    @property
    def y(self) -> Field:
        """Row coordinates of the pixels' centres, [rows, columns], 0 to `ASPECT` from the top."""
        return _coordinates(self.columns)[1]

    def zeros(self) -> Field:
        """Return an empty field, [rows, columns]."""
        return np.zeros(self.shape, dtype=np.float32)


@lru_cache(maxsize=8)
def _coordinates(columns: int) -> tuple[Field, Field]:
    rows = round(columns * ASPECT)
    x = (np.arange(columns, dtype=np.float32) + 0.5) / columns
    y = (np.arange(rows, dtype=np.float32) + 0.5) / columns
    across: Field = np.asarray(np.broadcast_to(x, (rows, columns)), dtype=np.float32).copy()
    down: Field = np.asarray(np.broadcast_to(y[:, None], (rows, columns)), dtype=np.float32).copy()
    for axis in (across, down):
        axis.flags.writeable = False
    return across, down


def child(rng: np.random.Generator) -> np.random.Generator:
    """Return a generator of its own, so that what is skipped at one resolution shifts nothing that comes after."""
    return np.random.default_rng(int(rng.integers(2**63)))


def smooth_noise(rng: np.random.Generator, grid: Grid, scale: float, stretch: float = 1.0) -> Field:
    """Return noise of unit variance whose features are about `scale` wide and `stretch` times as high.

    Zero where the features would be finer than a pixel.
    """
    own = child(rng)
    if scale < grid.pixel:
        return grid.zeros()
    columns = int(np.ceil(1 / scale)) + 4
    rows = int(np.ceil(ASPECT / (scale * stretch))) + 4
    coarse = own.standard_normal((rows, columns)).astype(np.float32)
    left, top = own.uniform(1, 2, 2)
    to_x = (grid.x[0] / scale + left).astype(np.float32)
    to_y = (grid.y[:, 0] / (scale * stretch) + top).astype(np.float32)
    maps = np.broadcast_to(to_x, grid.shape), np.broadcast_to(to_y[:, None], grid.shape)
    noise = cv2.remap(coarse, np.ascontiguousarray(maps[0]), np.ascontiguousarray(maps[1]), cv2.INTER_CUBIC)
    return np.asarray(noise / max(float(noise.std()), 1e-6), dtype=np.float32)


def rough_noise(
    rng: np.random.Generator, grid: Grid, scale: float, hurst: float = 0.7, octaves: int = 5, stretch: float = 1.0
) -> Field:
    """Return a self-affine surface: octaves of `smooth_noise` whose amplitude falls by 2^-hurst each, unit variance."""
    total = grid.zeros()
    for octave in range(octaves):
        total += 2 ** (-hurst * octave) * smooth_noise(rng, grid, scale / 2**octave, stretch)
    return np.asarray(total / max(float(total.std()), 1e-6), dtype=np.float32)


def band_noise(rng: np.random.Generator, grid: Grid, wavelength: float, spread: float = 0.16) -> Field:
    """Return random waves of one wavelength and all directions, unit variance: the early spinodal pattern.

    Source: Cahn (1965), J. Chem. Phys. 42, 93, doi:10.1063/1.1695731: a sum of sinusoids of fixed wavelength and
    random orientation, phase and amplitude.
    """
    own = child(rng)
    points = 7  # a wavelength: cubic interpolation from there on is smooth
    columns, rows = int(np.ceil(points / wavelength)) + 8, int(np.ceil(ASPECT * points / wavelength)) + 8
    spectrum = np.fft.rfft2(own.standard_normal((rows, columns)))
    radius = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :])
    spectrum *= np.exp(-(((radius * points - 1) / spread) ** 2))
    coarse = np.fft.irfft2(spectrum, (rows, columns)).astype(np.float32)
    step = points / wavelength
    field = cv2.remap(coarse, grid.x * step + 3, grid.y * step + 3, cv2.INTER_CUBIC)
    return np.asarray(field / max(float(field.std()), 1e-6), dtype=np.float32)


def polar_noise(rng: np.random.Generator, angle: Field, radius: Field, sectors: int, length: float) -> Field:
    """Return noise in polar coordinates: `sectors` features round the circle, each about `length` long.

    Parameters
    ----------
    angle, radius
        Polar coordinates of each pixel, in radians and field widths.
    sectors
        Features round the whole circle.
    length
        Length of a feature along the radius, in field widths.
    """
    own = child(rng)
    rings = int(np.ceil(1.6 / length)) + 4
    coarse = own.standard_normal((rings, sectors)).astype(np.float32)
    coarse = np.hstack([coarse[:, -2:], coarse, coarse[:, :2]])  # cubic interpolation across the cut at pi
    to_x = ((angle + np.pi) / (2 * np.pi) * sectors + 2).astype(np.float32)
    to_y = (radius / length + 1).astype(np.float32)
    return np.asarray(cv2.remap(coarse, to_x, to_y, cv2.INTER_CUBIC), dtype=np.float32)


def scattered(
    rng: np.random.Generator,
    radii: Sequence[float] | NDArray[np.float64],
    gap: float = 1.0,
    margin: float = 0.0,
    tries: int = 30,
) -> NDArray[np.float64]:
    """Place discs of the given radii at random so that none overlaps another; those that find no room are left out.

    Parameters
    ----------
    radii
        In field widths; the largest are placed first.
    gap
        Least distance of two centres over the sum of their radii; below 1 they may overlap.
    margin
        Least distance of a centre from the field's edge; negative lets them lie half outside.
    tries
        Attempts a disc.

    Returns
    -------
    ndarray
        [discs, 3]: x, y, radius.
    """
    ordered = np.sort(np.asarray(radii, dtype=np.float64))[::-1]
    placed = np.empty((len(ordered), 3))
    number = 0
    spots = rng.uniform(0, 1, (len(ordered), tries, 2))
    spots = margin + spots * (np.array([1.0, ASPECT]) - 2 * margin)
    for radius, choices in zip(ordered, spots, strict=True):
        known = placed[:number]
        across, down = choices[:, :1] - known[:, 0], choices[:, 1:] - known[:, 1]
        free = (across * across + down * down >= (gap * (radius + known[:, 2])) ** 2).all(axis=1)
        first = int(free.argmax())
        if free[first]:
            placed[number] = (*choices[first], radius)
            number += 1
    return placed[:number].copy()


def lattice(
    rng: np.random.Generator, pitch: float, hexagonal: bool, turn: float, jitter: float = 0.0
) -> NDArray[np.float64]:
    """Return the points of a square or hexagonal lattice that covers the field, [points, 2].

    Parameters
    ----------
    pitch
        Distance of neighbours, in field widths.
    turn
        Rotation in radians.
    jitter
        Standard deviation of each point's shift, in pitches.
    """
    steps = np.arange(-int(1.6 / pitch) - 2, int(1.6 / pitch) + 3)
    i, j = (axis.ravel().astype(np.float64) for axis in np.meshgrid(steps, steps))
    u, v = (i + 0.5 * (j % 2), j * np.sqrt(3) / 2) if hexagonal else (i, j)
    offset = rng.uniform(0, 1, 2)
    u, v = (u + offset[0]) * pitch, (v + offset[1]) * pitch
    x = 0.5 + u * np.cos(turn) - v * np.sin(turn)
    y = ASPECT / 2 + u * np.sin(turn) + v * np.cos(turn)
    points = np.stack([x, y], axis=1) + rng.normal(0, jitter * pitch, (len(x), 2))
    inside = (points > -pitch).all(axis=1) & (points[:, 0] < 1 + pitch) & (points[:, 1] < ASPECT + pitch)
    return np.asarray(points[inside])


def stamp(
    grid: Grid,
    discs: Iterable[Sequence[float] | NDArray[np.float64]],
    paint: Callable[[tuple[slice, slice], Field, float], None],
    reach: float = 1.0,
) -> None:
    """Call `paint(window, distance, radius)` for the neighbourhood of each disc.

    Parameters
    ----------
    discs
        x, y and radius of each.
    paint
        Gets the window's slices, the distance of its pixels from the centre in field widths, and the radius.
    reach
        Half the window's edge, in radii.
    """
    rows, columns = grid.shape
    for x, y, radius in discs:
        half = reach * radius + 2 * grid.pixel
        top, bottom = max(0, int((y - half) * columns)), min(rows, int((y + half) * columns) + 1)
        left, right = max(0, int((x - half) * columns)), min(columns, int((x + half) * columns) + 1)
        if top >= bottom or left >= right:
            continue
        window = slice(top, bottom), slice(left, right)
        across, down = grid.x[top, left:right] - x, grid.y[top:bottom, left] - y
        paint(window, np.hypot(across[None, :], down[:, None]).astype(np.float32), float(radius))


def two_nearest(
    x: Field, y: Field, points: NDArray[np.float64], sizes: NDArray[np.float64] | None = None
) -> tuple[Field, Field, NDArray[np.int32]]:
    """Return the distances of each pixel from the nearest and the second nearest point, and which the nearest is.

    Parameters
    ----------
    x, y
        Coordinates of the pixels, [rows, columns].
    points
        [n, 2 or more]: x and y first.
    sizes
        [n]: distances are measured in these, so that a larger disc reaches further; by default all are 1.
    """
    nearest = np.full(x.shape, np.inf, dtype=np.float32)
    second = nearest.copy()
    owner = np.zeros(x.shape, dtype=np.int32)
    reaches = np.ones(len(points)) if sizes is None else sizes
    for number, ((point_x, point_y), reach) in enumerate(zip(points[:, :2], reaches, strict=True)):
        distance = (np.hypot(x - point_x, y - point_y) / reach).astype(np.float32)
        closer = distance < nearest
        second = np.where(closer, nearest, np.minimum(second, distance))
        nearest = np.where(closer, distance, nearest)
        owner[closer] = number
    return nearest, second, owner


def soft_disc(distance: Field, radius: float, pixel: float) -> Field:
    """Return the share of each pixel inside a disc, 0 to 1: an edge one pixel wide."""
    return np.asarray(np.clip((radius - distance) / pixel + 0.5, 0, 1), dtype=np.float32)


def lines(grid: Grid, pieces: Iterable[tuple[NDArray[np.float64], float]]) -> Field:
    """Return polylines as coverage, 0 to 1, [rows, columns].

    A line thinner than a pixel is drawn a pixel wide and the fainter for it, so that it holds its area.

    Parameters
    ----------
    pieces
        Points [n, 2] and width of each, in field widths; at least one.
    """
    columns = _FINER * grid.columns
    drawn = np.zeros((_FINER * grid.rows, columns), dtype=np.uint8)
    paths, widths = zip(*pieces, strict=True)
    fixed = np.round((np.concatenate(paths) * columns - 0.5) * 2**_SHIFT).astype(np.int32)
    pens: dict[tuple[int, int], list[NDArray[np.int32]]] = {}
    start = 0
    for path, width in zip(paths, widths, strict=True):
        pixels = width * columns
        pen = round(255 * min(1.0, max(pixels, 0.35))), max(1, round(pixels))
        pens.setdefault(pen, []).append(fixed[start : start + len(path)])
        start += len(path)
    for (ink, thickness), corners in sorted(pens.items(), key=lambda pen: pen[0]):  # the strongest last, so it stays
        cv2.polylines(drawn, corners, False, ink, thickness, cv2.LINE_8, _SHIFT)
    smooth = cv2.resize(drawn, grid.shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(smooth * np.float32(1 / 255), dtype=np.float32)


def uneven(
    rng: np.random.Generator, path: NDArray[np.float64], width: float, tip: float = 0.0
) -> list[tuple[NDArray[np.float64], float]]:
    """Return a path in pieces whose width wanders, as that of a crack does, for `lines`.

    Parameters
    ----------
    path
        Points [n, 2] at even steps, in field widths.
    width
        Mean width, in field widths.
    tip
        Share of the width that is lost until the end of the path.
    """
    number = len(path) - 1
    own = np.convolve(rng.standard_normal(number + 8), np.hanning(11)[1:-1], "valid")
    along = np.linspace(0, 1, number)
    widths = width * np.exp(0.17 * own) * (1 - tip * along**1.5)
    return [(path[place : place + 2], float(wide)) for place, wide in enumerate(widths)]


def polygon(image: Field, grid: Grid, corners: NDArray[np.float64], value: float) -> None:
    """Fill a convex polygon of `image` with `value`; `corners` [n, 2] in field widths."""
    fixed = np.round((corners * grid.columns - 0.5) * 2**_SHIFT).astype(np.int32)
    cv2.fillConvexPoly(image, fixed, float(value), cv2.LINE_8, _SHIFT)


def wander(
    rng: np.random.Generator,
    start: Sequence[float] | NDArray[np.float64],
    heading: float,
    length: float,
    step: float,
    turn: float,
) -> NDArray[np.float64]:
    """Return a path that wanders as a crack does: even steps, small turns that even out, [n, 2].

    Parameters
    ----------
    start
        x and y.
    heading
        First direction in radians; the path keeps coming back to it.
    turn
        Standard deviation of the turn at each step, in radians.
    """
    steps = max(2, int(length / step))
    turns = rng.normal(0, turn, steps)
    angles = np.empty(steps)
    angle = 0.0
    for number in range(steps):
        angle = 0.82 * angle + turns[number]
        angles[number] = heading + angle
    moves = step * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.vstack([np.asarray(start, dtype=np.float64)[None], np.asarray(start) + np.cumsum(moves, axis=0)])


def blur(field: Field, sigma: float, grid: Grid) -> Field:
    """Return `field` after a Gaussian of standard deviation `sigma` in field widths."""
    pixels = sigma * grid.columns
    if pixels < 0.2:
        return field
    return np.asarray(cv2.GaussianBlur(field, (0, 0), pixels, borderType=cv2.BORDER_REFLECT), dtype=np.float32)
