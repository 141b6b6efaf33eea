"""Crystals that grew in glass: spherulites, dendrites, needles.

In: a generator and an empty `Specimen`. Out: the laid-out specimen. Sources: Keith and Padden (1963), J. Appl. Phys.
34, 2409 (spherulites); Kurz and Fisher (1998), Fundamentals of Solidification, 4th ed. (dendrites); Höland and Beall
(2019), Glass-Ceramic Technology, 3rd ed. (needles and laths).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassllava.synthetic.fields import (
    ASPECT,
    Grid,
    blur,
    lines,
    polar_noise,
    polygon,
    rough_noise,
    scattered,
    smooth_noise,
    two_nearest,
)
from glassllava.synthetic.specimen import Specimen


def spherulites(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out spherulites: fibrils radiate from each nucleus; where neighbours met, a straight groove.

    Either they fill the field, or they stand apart in glass that has not crystallised.
    """
    grid = specimen.grid
    mean = rng.uniform(0.075, 0.15)
    filling = rng.random() < 0.55
    # Where they stand apart, those that nucleated later are smaller.
    spread = 0.15 if filling else 0.4
    discs = scattered(
        rng, mean * rng.uniform(1 - spread, 1 + spread, int(2.4 / mean**2 / np.pi)), gap=0.72, margin=-0.08
    )
    nearest, second, owner = two_nearest(grid.x, grid.y, discs, None if filling else discs[:, 2])
    if not filling:
        nearest, second = (np.asarray(discs[owner, 2] * far, dtype=np.float32) for far in (nearest, second))
    angle = np.arctan2(grid.y - discs[owner, 1], grid.x - discs[owner, 0]).astype(np.float32)
    # A turn and a shift of its own for each, so that no two share their fibrils.
    own = rng.uniform(0, 1, (len(discs), 2)).astype(np.float32)
    turned = (angle + 2 * np.pi * own[owner, 0] + np.pi) % (2 * np.pi) - np.pi
    away = nearest + own[owner, 1]
    fibrils = sum(
        weight * polar_noise(rng, turned, away, sectors, length) * np.clip(nearest * sectors / 6 / 0.35, 0, 1)
        for weight, sectors, length in ((1.0, 36, 0.10), (0.9, 80, 0.06), (0.6, 170, 0.035))
    )
    limit = np.where(filling, np.inf, discs[:, 2] * 0.72)[owner]
    inside = np.clip((limit - nearest) / (2 * grid.pixel) + 0.5, 0, 1)
    boundary = np.exp(-(((second - nearest) / 0.007) ** 2)) * inside
    specimen.height += inside * (0.0017 * fibrils + 0.02 * (mean - nearest) * (nearest < 2 * mean)) - 0.004 * boundary
    specimen.height += 2e-4 * rough_noise(rng, grid, 0.05)
    specimen.atomic += inside * (1.3 + 0.7 * fibrils)
    specimen.structure[:] = inside > 0.5
    sizes = np.full(len(discs), _cell_diameter(discs)) if filling else 2 * 0.72 * discs[:, 2]
    specimen.elements = np.column_stack([discs[:, :2], sizes, np.zeros(len(discs))])


def _cell_diameter(points: np.ndarray) -> float:
    """Return the mean diameter of circles as large as the cells of `points` that lie wholly in the field.

    The cells are counted on a grid of its own, so that it is the same at every resolution of the image.
    """
    grid = Grid(192)
    _, _, owner = two_nearest(grid.x, grid.y, points)
    cut = set(np.concatenate([owner[0], owner[-1], owner[:, 0], owner[:, -1]]).tolist())
    areas = [area for cell, area in enumerate(np.bincount(owner.ravel())) if area and cell not in cut]
    return float(np.mean(2 * np.sqrt(np.array(areas or [owner.size]) / np.pi)) * grid.pixel)


def dendrites(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out dendrites: trunks with side arms at even spacing that shorten towards the tip.

    They grow until they meet a neighbour, half way between the two nuclei.
    """
    grid = specimen.grid
    spread = rng.choice([np.pi / 2, np.pi / 3], p=[0.6, 0.4])
    main = rng.uniform(0, np.pi)
    spacing = rng.uniform(0.028, 0.046)
    trunks: list[tuple[float, float, float]] = []
    arms: list[tuple[float, float, float, float, float]] = []
    nuclei = scattered(rng, np.full(rng.integers(4, 10), 0.13), gap=0.8, margin=-0.02)[:, :2]
    for nucleus in nuclei:
        x, y = float(nucleus[0]), float(nucleus[1])
        angle = main + rng.normal(0, 0.15) + rng.integers(4) * spread
        grower = _Dendrite(rng, arms, spacing, spread, nucleus, nuclei[(nuclei != nucleus).any(axis=1)])
        axes = round(np.pi / spread) if rng.random() < 0.75 else 1
        for way in range(2 * axes):
            turn = float(angle + way // 2 * spread + way % 2 * np.pi)
            trunks.append((x, y, turn))
            grower.grow(x, y, turn, float(rng.uniform(0.2, 0.45)))
    drawn = np.array(arms)
    body = np.clip(lines(grid, zip(drawn[:, :4].reshape(-1, 2, 2), drawn[:, 4], strict=True)) * 1.4, 0, 1)
    rounded = np.sqrt(np.clip(blur(body, 0.0022, grid), 0, 1))
    specimen.height += 0.0075 * rounded + 2.5e-4 * rough_noise(rng, grid, 0.04)
    specimen.atomic += rng.choice([-2.6, 3.2, 4.5]) * np.clip(blur(body, 0.001, grid), 0, 1)
    specimen.structure[:] = body > 0.5
    specimen.elements = np.array([[x, y, spacing, angle] for x, y, angle in trunks])


@dataclass(frozen=True)
class _Dendrite:
    """How one dendrite grows; what it grows is added to `arms`: x and y of both ends, and width."""

    rng: np.random.Generator
    arms: list[tuple[float, float, float, float, float]]
    spacing: float
    spread: float
    """Angle between an arm and its side arms, in radians."""
    nucleus: NDArray[np.float64]
    others: NDArray[np.float64]
    """Nuclei of the other dendrites, [n, 2]."""

    def grow(self, x: float, y: float, angle: float, length: float, level: int = 0) -> None:
        """Grow an arm from a place, and its side arms."""
        along, down = math.cos(angle), math.sin(angle)
        length = min(length, self._room(x, y, along, down))
        width = (0.30, 0.24, 0.16)[level] * self.spacing
        for share in (0.0, 0.35, 0.7):  # three pieces, each thinner: the arm tapers
            first, last = share * length, min(1, share + 0.36) * length
            ends = x + first * along, y + first * down, x + last * along, y + last * down
            self.arms.append((*ends, width * (1 - 0.7 * share)))
        if level == 2:
            return
        step = self.spacing * (1.0, 0.62)[level]
        for number in range(1, max(1, math.ceil(length / step - 0.5))):
            place = number * step
            most = (0.5, 0.3)[level] * (length - place) * min(1, place / (3 * step) + 0.3)
            reach = most * self.rng.uniform(0.6, 1.1)
            if reach > 0.35 * step:
                for side in (self.spread, -self.spread):
                    self.grow(x + place * along, y + place * down, angle + side, reach, level + 1)

    def _room(self, x: float, y: float, along: float, down: float) -> float:
        """Return how far an arm may go that way before it is nearer to another nucleus than to its own."""
        away = self.others - self.nucleus
        nearing = 2 * (away @ [along, down])
        lead = ((self.others - [x, y]) ** 2).sum(axis=1) - ((self.nucleus - [x, y]) ** 2).sum()
        limits = lead[nearing > 1e-9] / nearing[nearing > 1e-9]
        return max(0.0, float(limits.min(initial=np.inf)) - self.spacing / 3)


def needles(rng: np.random.Generator, specimen: Specimen) -> None:
    """Lay out interlocking needles or laths that point all ways, the later ones on top."""
    grid = specimen.grid
    number = int(rng.uniform(110, 240))
    width = rng.uniform(0.008, 0.018)
    lengths = np.clip(rng.lognormal(np.log(12 * width), 0.35, number), 4 * width, 0.5)
    widths = width * rng.uniform(0.7, 1.35, number)
    middles = rng.uniform(-0.05, 1.05, (number, 2)) * [1, ASPECT]
    texture = rng.random() < 0.3
    turns = rng.normal(rng.uniform(0, np.pi), 0.35, number) if texture else rng.uniform(0, np.pi, number)
    levels = np.sort(rng.uniform(0, 0.03, number))
    atomic = grid.zeros()
    heading = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    along, across = heading * lengths[:, None] / 2, heading[:, ::-1] * [-1, 1] * widths[:, None] / 2
    facets = []
    for share, rise in ((1.0, 0.0), (0.72, 0.18), (0.4, 0.26)):
        side, tip = across * share, along * (1 - 0.05 * share)
        corners = [along + 0.3 * side, tip + side, -tip + side, -along, -tip - side, tip - side]
        facets.append((middles[:, None] + np.stack(corners, axis=1), levels + rise * widths))
    whole = middles[:, None] + np.stack([along + across, along - across, -along - across, -along + across], axis=1)
    for number in range(len(middles)):
        for corners_of_all, heights in facets:
            polygon(specimen.height, grid, corners_of_all[number], heights[number])
        polygon(atomic, grid, whole[number], 1.0)
    specimen.height[:] = blur(specimen.height, 0.0009, grid)
    specimen.height += 4e-4 * smooth_noise(rng, grid, 0.01)
    specimen.atomic += 2.2 * blur(atomic, 0.0008, grid)
    specimen.structure[:] = atomic > 0
    specimen.elements = np.column_stack([middles, widths, turns])
