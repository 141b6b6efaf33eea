"""What breaks a specimen: cracks, pores, scratches and what else goes wrong, each with its exact mask.

In: a generator and a laid-out `Specimen`. Out: the same with the defect in relief and composition, and its pixels in
`Specimen.defect`. Sources: Bradt and Tressler, eds. (1994), Fractography of Glass, doi:10.1007/978-1-4899-1325-8; Lawn
(1993), Fracture of Brittle Solids, 2nd ed.; Varshneya and Mauro (2019), Fundamentals of Inorganic Glasses, 3rd ed.
"""

from __future__ import annotations

import numpy as np

from glassllava.synthetic.fields import (
    ASPECT,
    Field,
    Mask,
    blur,
    lines,
    rough_noise,
    scattered,
    smooth_noise,
    soft_disc,
    stamp,
    two_nearest,
    uneven,
    wander,
)
from glassllava.synthetic.specimen import Specimen

GAP_DARKNESS = 0.6
"""Share of the signal that a gap swallows: few electrons come out of it."""

LEVELLED = 0.015
"""Over what distance a surface is levelled where a flaw took its structure away, in field widths."""

RIM = 0.0026
"""Step at the rim of a gap in field widths: the upright walls are not seen, the rounded edges shine."""

_SEEN = 0.25
"""Coverage from which a pixel counts as part of a defect."""


def _open(specimen: Specimen, coverage: Field) -> None:
    """Open a gap where `coverage` is and nothing spares the glass, and mark it: what stood there is gone."""
    coverage = coverage * ~specimen.spared
    _level(specimen, coverage)
    specimen.height -= RIM * coverage
    specimen.dimming *= 1 - GAP_DARKNESS * coverage
    specimen.defect |= coverage > _SEEN


def _level(specimen: Specimen, coverage: Field, over: float = LEVELLED) -> None:
    """Take relief and composition away where `coverage` is, as far as they change over `over`: they do not show."""
    for field in (specimen.height, specimen.atomic):
        field += coverage * (blur(field, over, specimen.grid) - field)


def _whole(specimen: Specimen) -> Mask:
    """Return where tough bodies lie, which neither cracks nor pores enter."""
    return specimen.structure if len(specimen.tough) else np.zeros(specimen.grid.shape, dtype=np.bool_)


def _round(path: np.ndarray, width: float, tough: np.ndarray) -> np.ndarray:
    """Return the path of a crack so wide led round tough bodies, along their rims."""
    led = path.copy()
    for x, y, radius in np.add(tough, (0, 0, width / 2)):
        way = led - [x, y]
        distance = np.hypot(way[:, 0], way[:, 1])
        within = distance < radius
        led[within] = [x, y] + way[within] * (radius / np.maximum(distance[within], 1e-6))[:, None]
    return led


def crack(rng: np.random.Generator, specimen: Specimen) -> None:
    """Run a crack across the field, now and then with a branch: it wanders, and so does its width."""
    width = rng.uniform(0.006, 0.011)
    heading = rng.uniform(0, np.pi)
    middle = np.array([rng.uniform(0.3, 0.7), rng.uniform(0.25, 0.5)])
    start = middle - 0.75 * np.array([np.cos(heading), np.sin(heading)])
    path = wander(rng, start, heading, 1.6, 0.006, 0.2)
    pieces = uneven(rng, _round(path, width, specimen.tough), width)
    for _ in range(rng.integers(0, 3)):
        place = path[int(rng.uniform(0.35, 0.65) * len(path))]
        way = heading + rng.choice([-1, 1]) * rng.uniform(0.4, 0.8)
        branch = wander(rng, place, way, rng.uniform(0.2, 0.6), 0.006, 0.18)
        pieces += uneven(rng, _round(branch, width, specimen.tough), 0.75 * width, tip=0.85)
    _open(specimen, lines(specimen.grid, pieces) * ~_whole(specimen))


def crack_network(rng: np.random.Generator, specimen: Specimen) -> None:
    """Part the surface into islands by cracks, as a layer does that shrank while it stuck to what is below."""
    grid = specimen.grid
    points = scattered(rng, np.full(rng.integers(10, 22), 0.09), gap=0.9, margin=-0.1)
    across = grid.x + 0.010 * smooth_noise(rng, grid, 0.08) + 0.0015 * smooth_noise(rng, grid, 0.015)
    down = grid.y + 0.010 * smooth_noise(rng, grid, 0.08) + 0.0015 * smooth_noise(rng, grid, 0.015)
    nearest, second, _ = two_nearest(across, down, points)
    width = rng.uniform(0.006, 0.010) * np.exp(0.25 * smooth_noise(rng, grid, 0.05))
    _open(specimen, np.clip((width - (second - nearest)) / grid.pixel * 0.5 + 0.5, 0, 1).astype(np.float32))


def pores(rng: np.random.Generator, specimen: Specimen) -> None:
    """Leave round pores that the surface cuts open."""
    number = int(rng.integers(5, 18))
    _hollow(specimen, scattered(rng, rng.uniform(0.014, 0.036) * rng.lognormal(0, 0.25, number), gap=1.4, margin=0.03))


def bubbles(rng: np.random.Generator, specimen: Specimen) -> None:
    """Leave a few gas bubbles of unlike size, cut open: seed of the melt that refining did not remove."""
    number = int(rng.integers(2, 7))
    _hollow(specimen, scattered(rng, rng.uniform(0.02, 0.085, number), gap=1.3, margin=0.08))


def _hollow(specimen: Specimen, discs: np.ndarray) -> None:
    grid = specimen.grid
    whole = _whole(specimen)

    def paint(window: tuple[slice, slice], distance: Field, radius: float) -> None:
        inside = soft_disc(distance, radius, grid.pixel) * ~whole[window]
        bowl = np.sqrt(np.clip(1 - (distance / radius) ** 2, 0, None)).astype(np.float32)
        surface = float(np.median(specimen.height[window]))
        floor = np.minimum(specimen.height[window], surface - 0.85 * radius * bowl - 0.12 * radius)
        specimen.height[window] += inside * (floor - specimen.height[window])
        specimen.defect[window] |= inside > 0.5

    stamp(grid, discs, paint, 1.1)


def scratches(rng: np.random.Generator, specimen: Specimen) -> None:
    """Draw scratches: straight grooves with a rim of ploughed glass and shell-like chips along them."""
    grid = specimen.grid
    main = rng.uniform(0, np.pi)
    for _ in range(rng.integers(2, 7)):
        turn = main + rng.normal(0, 0.18)
        heading = np.array([np.cos(turn), np.sin(turn)])
        middle = np.array([rng.uniform(0.1, 0.9), rng.uniform(0.08, ASPECT - 0.08)])
        length = rng.uniform(0.4, 1.3)
        path = middle + np.outer([-length / 2, length / 2], heading)
        width = rng.uniform(0.004, 0.009)
        groove = lines(grid, [(path, width)]) * ~specimen.spared
        rim = lines(grid, [(path, 2.4 * width)]) * ~specimen.spared - groove
        beside = np.clip(lines(grid, [(path, 4.5 * width)]) * ~specimen.spared - groove, 0, 1)
        chips = np.clip(smooth_noise(rng, grid, 0.02) - 1.1, 0, 1) * beside
        _level(specimen, groove)
        specimen.height += -0.0022 * groove + 0.0009 * np.clip(rim, 0, 1) - 0.003 * chips
        specimen.dimming *= 1 - 0.12 * groove
        specimen.defect |= groove > _SEEN


def inclusions(rng: np.random.Generator, specimen: Specimen) -> None:
    """Embed stones: angular grains of a heavy oxide that did not dissolve in the melt."""
    grid = specimen.grid
    for x, y, radius in scattered(rng, rng.uniform(0.025, 0.06, rng.integers(2, 6)), gap=1.6, margin=0.06):
        angle = np.arctan2(grid.y - y, grid.x - x)
        shape = 1 + sum(
            share * np.cos(order * angle + rng.uniform(0, 2 * np.pi))
            for order, share in ((2, 0.2), (3, 0.14), (5, 0.08))
        )
        inside = soft_disc(np.hypot(grid.x - x, grid.y - y) / shape, radius, grid.pixel)
        _level(specimen, inside, over=float(radius))
        specimen.atomic += inside * rng.uniform(12, 18)
        specimen.height += inside * (0.006 + 0.0015 * rough_noise(rng, grid, 0.03, octaves=3))
        specimen.defect |= inside > 0.5


def broken_particles(rng: np.random.Generator, specimen: Specimen) -> None:
    """Break some of the uppermost spheres: a piece is split off along a flat, rippled face."""
    grid = specimen.grid
    inside = specimen.whole_elements
    number = max(2, int(rng.uniform(0.12, 0.25) * len(inside)))
    largest = inside[np.argsort(inside[:, 2])[-max(number, len(inside) // 2) :]]
    for x, y, diameter, _ in largest[rng.choice(len(largest), number, replace=False)]:
        way, share, steep = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, -0.1), rng.uniform(1.4, 2.8)

        def paint(
            window: tuple[slice, slice], distance: Field, radius: float, way: float = way, share: float = share,
            steep: float = steep, x: float = x, y: float = y,
        ) -> None:  # fmt: skip
            across = ((grid.x[window] - x) * np.cos(way) + (grid.y[window] - y) * np.sin(way)) / radius
            summit = specimen.height[window][distance <= max(float(distance.min()), 0.2 * radius)].max()
            ripple = 0.014 * np.sin(2 * np.pi * 2.5 * np.hypot(across - share, distance / radius))
            face = summit - radius * (steep * (across - share) + 0.12 + ripple)
            cut = (distance < radius) & specimen.structure[window] & (across > share) & (specimen.height[window] > face)
            specimen.height[window] = np.where(cut, face, specimen.height[window]).astype(np.float32)
            specimen.defect[window] |= cut

        stamp(grid, [(x, y, diameter / 2)], paint, 1.02)


def radial_cracks(rng: np.random.Generator, specimen: Specimen) -> None:
    """Run radial cracks from the corners of the indentation outwards (Lawn 1993)."""
    x, y, diagonal, turn = specimen.elements[0]
    reach = rng.uniform(1.0, 2.0) * diagonal / 2
    width = rng.uniform(0.0045, 0.0075)
    pieces = []
    for corner in range(4):
        angle = turn + corner * np.pi / 2
        start = np.array([x, y]) + 0.9 * diagonal / 2 * np.array([np.cos(angle), np.sin(angle)])
        path = wander(rng, start, angle + rng.normal(0, 0.06), reach * rng.uniform(0.7, 1.3), 0.008, 0.035)
        pieces += uneven(rng, path, width, tip=0.85)
    _open(specimen, lines(specimen.grid, pieces))


def lateral_chipping(rng: np.random.Generator, specimen: Specimen) -> None:
    """Chip shells off beside the indentation, where lateral cracks reached the surface."""
    grid = specimen.grid
    x, y, diagonal, turn = specimen.elements[0]
    for side in rng.choice(4, rng.integers(1, 3), replace=False):
        angle = turn + np.pi / 4 + side * np.pi / 2
        centre = np.array([x, y]) + diagonal * rng.uniform(0.42, 0.5) * np.array([np.cos(angle), np.sin(angle)])
        size = diagonal * rng.uniform(0.26, 0.4)
        distance = np.hypot(grid.x - centre[0], grid.y - centre[1]) / size
        distance = distance * (1 + 0.12 * smooth_noise(rng, grid, 0.09))
        shell = np.clip((1 - distance) / (2 * grid.pixel / size) + 0.5, 0, 1) * ~specimen.structure
        # A lateral crack runs outwards from below the indenter, and so do the arcs of its arrest.
        ripples = np.sin(2 * np.pi * np.hypot(grid.x - x, grid.y - y) / size * rng.uniform(3.5, 6))
        specimen.height -= shell * (0.0035 + 0.02 * (1 - distance) * size + 0.0011 * ripples)
        specimen.defect |= shell > 0.5


def ring_crack(rng: np.random.Generator, specimen: Specimen) -> None:
    """Open ring cracks just outside the contact: the mouth of a Hertzian cone (Lawn 1993)."""
    grid = specimen.grid
    x, y, diameter, _ = specimen.elements[0]
    pieces: list[tuple[np.ndarray, float]] = []
    for number in range(rng.integers(1, 4)):
        first, arc = rng.uniform(0, 2 * np.pi), (2 * np.pi if number == 0 else rng.uniform(1.2, 4))
        radius = diameter / 2 * (rng.uniform(1.05, 1.18) + 0.16 * number)
        angles = first + np.linspace(0, arc, 90)
        radii = radius * (1 + 0.012 * np.cos(3 * angles + first))
        path = np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], axis=1)
        pieces += uneven(rng, path, rng.uniform(0.0038, 0.006) / (1 + 0.3 * number))
    _open(specimen, lines(grid, pieces))


def debonding(rng: np.random.Generator, specimen: Specimen) -> None:
    """Open gaps between some fibres and the matrix, along part of their rim, widest in their middle."""
    elements = specimen.whole_elements
    chosen = rng.choice(len(elements), max(2, int(rng.uniform(0.25, 0.6) * len(elements))), replace=False)
    pieces: list[tuple[np.ndarray, float]] = []
    for x, y, diameter, _ in elements[chosen]:
        angles = rng.uniform(0, 2 * np.pi) + np.linspace(0, rng.uniform(2, 4.5), 60)
        widest = rng.uniform(0.009, 0.016)
        widths = widest * np.sqrt(np.sin(np.pi * (np.arange(59) + 1) / 60))
        radii = diameter / 2 * 1.02 + np.append(widths, widths[-1]) / 2
        path = np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], axis=1)
        pieces += [(path[place : place + 2], float(wide)) for place, wide in enumerate(widths)]
    _open(specimen, lines(specimen.grid, pieces))


def delamination(rng: np.random.Generator, specimen: Specimen) -> None:
    """Open a gap where the layer meets the bulk."""
    grid = specimen.grid
    x, y, thickness, turn = specimen.elements[0]
    edge = np.asarray(specimen.structure, dtype=np.float32)
    # The layer's inner side is the one with heavier material beyond it.
    ways = [np.array([-np.sin(turn), np.cos(turn)]) * sign * (thickness / 2 + 0.06) for sign in (1, -1)]

    def beyond(way: np.ndarray) -> float:
        row = int(np.clip((y + way[1]) * grid.columns, 0, grid.rows - 1))
        column = int(np.clip((x + way[0]) * grid.columns, 0, grid.columns - 1))
        return float(specimen.atomic[row, column])

    way = max(ways, key=beyond)
    shift = way / np.hypot(*way)
    down = (grid.x - x) * shift[0] + (grid.y - y) * shift[1]
    gradient = np.abs(blur(edge, max(0.004, 0.8 * grid.pixel), grid) - 0.5) < 0.36
    gap = np.asarray(gradient & (down > 0), dtype=np.float32)
    along = (grid.x - x) * shift[1] - (grid.y - y) * shift[0]
    # Somewhere near the middle it is open, however the noise falls.
    certain = 3 * np.exp(-(((along - rng.uniform(-0.2, 0.2)) / 0.2) ** 2))
    gap *= np.clip(smooth_noise(rng, grid, 0.3) * 2 + 1.0 + certain, 0, 1)
    _open(specimen, gap)


def layer_cracks(rng: np.random.Generator, specimen: Specimen) -> None:
    """Run drying cracks through the layer, from side to side."""
    grid = specimen.grid
    x, y, thickness, turn = specimen.elements[0]
    pieces: list[tuple[np.ndarray, float]] = []
    for place in np.arange(-0.55, 0.6, rng.uniform(0.12, 0.25)):
        along = place + rng.normal(0, 0.02)
        foot = np.array([x + along * np.cos(turn), y + along * np.sin(turn)])
        way = turn + np.pi / 2 + rng.normal(0, 0.15)
        start = foot - 0.6 * thickness * np.array([np.cos(way), np.sin(way)])
        path = wander(rng, start, way, 1.2 * thickness, 0.01, 0.16)
        pieces += uneven(rng, path, rng.uniform(0.006, 0.01))
    _open(specimen, lines(grid, pieces) * blur(np.asarray(specimen.structure, dtype=np.float32), 0.002, grid))


def damaged_elements(rng: np.random.Generator, specimen: Specimen) -> None:
    """Break some elements of an array: what stands is torn off, leaving a rough pit; what is open is grown together."""
    grid = specimen.grid
    inside = specimen.whole_elements
    chosen = inside[rng.choice(len(inside), max(3, int(rng.uniform(0.06, 0.2) * len(inside))), replace=False)]
    scar = rough_noise(rng, grid, 0.03, octaves=4)

    def paint(window: tuple[slice, slice], distance: Field, radius: float) -> None:
        place = soft_disc(distance * (1 + 0.08 * scar[window]), 1.05 * radius, grid.pixel)
        floor = -0.02 * radius + 0.07 * radius * scar[window]
        specimen.height[window] += place * (floor - specimen.height[window])
        specimen.defect[window] |= place > 0.5

    stamp(grid, np.column_stack([chosen[:, :2], chosen[:, 2] / 2]), paint, 1.4)


def collapsed_walls(rng: np.random.Generator, specimen: Specimen) -> None:
    """Let the walls between some neighbouring channels collapse, so that they run into each other."""
    grid = specimen.grid
    inside = specimen.whole_elements
    pieces: list[tuple[np.ndarray, float]] = []
    for x, y, diameter, _ in inside[rng.choice(len(inside), max(2, int(0.14 * len(inside))), replace=False)]:
        distances = np.hypot(specimen.elements[:, 0] - x, specimen.elements[:, 1] - y)
        for other in np.argsort(distances)[1 : 1 + rng.integers(1, 3)]:
            ends = np.array([[x, y], specimen.elements[other, :2]])
            along = np.linspace(0, 1, 24)
            aside = np.array([ends[0, 1] - ends[1, 1], ends[1, 0] - ends[0, 0]]) * rng.normal(0, 0.1)
            path = ends[0] + np.outer(along, ends[1] - ends[0]) + np.outer(np.sin(np.pi * along), aside)
            waist = 1 - rng.uniform(0.1, 0.5) * np.sin(np.pi * along[:-1]) ** 2
            breach = uneven(rng, path, 0.85 * diameter)
            pieces += [(piece, wide * share) for (piece, wide), share in zip(breach, waist, strict=True)]
    coverage = lines(grid, pieces)
    deep = float(specimen.height.min())
    specimen.height += coverage * (np.minimum(specimen.height, 0.9 * deep) - specimen.height)
    specimen.defect |= (coverage > 0.5) & ~specimen.structure
