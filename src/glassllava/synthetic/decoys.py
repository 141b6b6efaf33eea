"""Pictures of a paper that are no SEM images: plots, drawings, TEM-like and optical-like micrographs.

In: a numpy generator, a subject, and the glass that plots and schematics are about. Out: PNG bytes, 500 to 700 pixels
wide, the same for the same generator. They make the reading of papers tell SEM images from what stands beside them.
Nothing in them was measured; peak positions and curve shapes follow what the methods show of glasses (Varshneya,
Fundamentals of Inorganic Glasses, 2013; for Raman bands Neuville, de Ligny and Henderson, 2014, Rev. Mineral. Geochem.
78, 509, doi:10.2138/rmg.2013.78.13).
"""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Circle, Polygon, Rectangle
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage
from scipy.spatial import cKDTree
from scipy.special import expit

from glassllava.synthetic.materials import Material

Subject = Literal["xrd", "dsc", "raman", "size", "hardness"]
Drawing = Literal["furnace", "process", "test"]

PLOT_PROPORTIONS = 3.2 / 4.2
DRAWING_PROPORTIONS = 2.8 / 4.4
"""Height over width where nothing stands beside."""

_COLOURS = ("black", "#c23b22", "#1f5fa8", "#2b8a57")

_BANDS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "silica": ((460, 70, 0.6), (600, 28, 0.3), (800, 45, 0.3), (950, 40, 0.45), (1095, 38, 0.9)),
    "boron oxide": ((660, 45, 0.3), (770, 22, 0.7), (806, 14, 0.9), (940, 45, 0.25), (1400, 80, 0.5)),
    "phosphorus oxide": ((340, 60, 0.25), (700, 32, 0.6), (1165, 30, 0.95), (1280, 40, 0.4)),
    "germanium oxide": ((420, 45, 0.9), (520, 24, 0.45), (780, 40, 0.35), (865, 35, 0.6)),
    "tellurium oxide": ((290, 40, 0.3), (460, 50, 0.7), (665, 40, 0.95), (765, 45, 0.6)),
}
"""Raman bands by network former: shift and width in cm⁻¹, height."""
_HALOS = {
    "silica": 24.0, "boron oxide": 26.5, "phosphorus oxide": 25.0, "germanium oxide": 26.0, "tellurium oxide": 28.0,
}  # fmt: skip
"""Middle of the broad halo of diffraction, 2θ in degrees for copper Kα, by network former."""
_CRYSTALLINE = ("spherulites", "dendrites", "needles")


def plot(
    rng: np.random.Generator, subject: Subject, material: Material, proportions: float = PLOT_PROPORTIONS
) -> bytes:
    """Draw a plot as a journal prints it.

    Parameters
    ----------
    rng
        Chooses curves, values and colours.
    subject
        `xrd` (diffraction patterns of a glass, with or without crystals), `dsc` (a heating curve), `raman`, `size`
        (a histogram of diameters) or `hardness` (means with their deviation).
    material
        Sets transition temperature, hardness, and the bands of its network former.
    proportions
        Height over width.

    Returns
    -------
    bytes
        PNG, 630 pixels wide.
    """
    return _png_of(plotted(rng, subject, material, proportions))


def plotted(
    rng: np.random.Generator, subject: Subject, material: Material, proportions: float = PLOT_PROPORTIONS
) -> Figure:
    """Return the figure that `plot` prints, with its curves as data."""
    # Space over the axes, where a figure's letter stands.
    figure = Figure(
        figsize=(4.2, 4.2 * proportions), dpi=150, layout=ConstrainedLayoutEngine(rect=(0.01, 0, 0.98, 0.93))
    )
    axes = figure.add_subplot()
    axes.tick_params(direction="in", top=True, right=True)
    {"xrd": _xrd, "dsc": _dsc, "raman": _raman, "size": _size, "hardness": _hardness}[subject](rng, axes, material)
    return figure


def schematic(
    rng: np.random.Generator, subject: Drawing, material: Material, proportions: float = DRAWING_PROPORTIONS
) -> bytes:
    """Draw a schematic.

    Parameters
    ----------
    rng
        Chooses masses, loads and colours.
    subject
        `furnace` (a section through a tube furnace), `process` (steps from batch to glass) or `test` (an indenter over
        a sample, or bending at three points).
    material
        Sets the temperatures of melting and annealing.
    proportions
        Height over width; what the drawing does not need stays white.

    Returns
    -------
    bytes
        PNG, 660 pixels wide.
    """
    figure = Figure(figsize=(4.4, 4.4 * proportions), dpi=150)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 11), ylim=(0, 7), aspect="equal")
    axes.set_axis_off()
    {"furnace": _furnace, "process": _process, "test": _test}[subject](rng, axes, material)
    return _png_of(figure)


def tem_like(rng: np.random.Generator) -> bytes:
    """Paint what a transmission electron microscope shows of a glass-ceramic in bright field.

    Dark precipitates, some with lattice fringes, lie in a foil of uneven thickness that is crossed by broad dark bend
    contours; the scale bar stands in the picture, without a databar (Williams and Carter, Transmission Electron
    Microscopy, 2009).

    Parameters
    ----------
    rng
        Chooses precipitates, contours and noise.

    Returns
    -------
    bytes
        Grey PNG, 600 by 600 pixels.
    """
    side = 600
    y, x = np.mgrid[:side, :side].astype(float)
    bright = 168 + 14 * _cloud(rng, side, side, 110)
    path = 0.5 * np.hypot(x - rng.uniform(-200, 100), y - rng.uniform(-300, 900)) + 22 * _cloud(rng, side, side, 60)
    bands = np.cos(path / rng.uniform(16, 24))
    bright -= rng.uniform(18, 32) * np.clip(bands - 0.72, 0, None) / 0.28
    bright += 5 * _cloud(rng, side, side, 2.2)
    for _ in range(int(rng.integers(22, 42))):
        cx, cy, long = rng.uniform(0, side), rng.uniform(0, side), rng.uniform(9, 34)
        short, angle = long * rng.uniform(0.55, 1), rng.uniform(0, np.pi)
        here = np.s_[max(0, int(cy - 50)) : int(cy + 50), max(0, int(cx - 50)) : int(cx + 50)]
        u = ((x[here] - cx) * np.cos(angle) + (y[here] - cy) * np.sin(angle)) / long
        v = ((y[here] - cy) * np.cos(angle) - (x[here] - cx) * np.sin(angle)) / short
        inside = expit((1 - np.hypot(u, v)) * long / 1.6)
        fringes = 1 + 0.3 * np.sin((u * long * np.cos(angle / 2) + v * short) * 1.1) * (rng.random() < 0.4)
        bright[here] -= inside * rng.uniform(45, 105) * fringes
    bright = rng.poisson(np.clip(bright, 8, 240) * 1.6) / 1.6
    image = Image.fromarray(np.clip(ndimage.gaussian_filter(bright, 0.7), 0, 255).astype(np.uint8))
    return _with_bar(image, f"{int(rng.choice([20, 50, 100, 200]))} nm", int(rng.integers(110, 170)), ink=0)


def optical_like(rng: np.random.Generator) -> bytes:
    """Paint a polished section of a crystallised glass between crossed polarisers.

    Each grain has one interference colour of the first order, from grey over yellow and orange to red, and darkens
    towards its boundary; pores stay black (Nesse, Introduction to Optical Mineralogy, 2012).

    Parameters
    ----------
    rng
        Chooses grains, colours and pores.

    Returns
    -------
    bytes
        RGB PNG, 640 by 480 pixels.
    """
    width, height = 640, 480
    y, x = np.mgrid[:height, :width].astype(float)
    centres = rng.uniform((-40, -40), (width + 40, height + 40), size=(int(rng.integers(60, 160)), 2))
    warped = np.stack([x + 7 * _cloud(rng, height, width, 9), y + 7 * _cloud(rng, height, width, 9)], axis=-1)
    distance, grain = cKDTree(centres).query(warped, k=2)
    palette = np.array(
        [[214, 200, 176], [236, 205, 120], [226, 158, 66], [201, 104, 48], [150, 62, 52], [112, 84, 66], [70, 58, 60]]
    )
    chosen = rng.choice(len(palette), size=len(centres), p=(0.16, 0.2, 0.22, 0.16, 0.1, 0.1, 0.06))
    tones = np.clip(palette[chosen] * rng.uniform(0.82, 1.1, (len(centres), 1)), 0, 255)
    colour = tones[grain[..., 0]]
    boundary = np.clip((distance[..., 1] - distance[..., 0]) / 7, 0.25, 1)
    # Extinction sweeps over a grain in stripes where its lattice is bent.
    angles = rng.uniform(0, np.pi, len(centres))[grain[..., 0]]
    sweep = 1 + 0.1 * np.sin((x * np.cos(angles) + y * np.sin(angles)) / 9 + 3 * angles)
    colour = colour * (boundary * sweep * (1 + 0.03 * _cloud(rng, height, width, 1.2)))[..., None]
    for _ in range(int(rng.integers(6, 22))):
        cx, cy, radius = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(3, 11)
        colour *= expit(np.hypot(x - cx, y - cy) - radius)[..., None]
    soft = ndimage.gaussian_filter(colour, (0.9, 0.9, 0)) + rng.normal(0, 2.5, colour.shape)
    image = Image.fromarray(np.clip(soft, 0, 255).astype(np.uint8))
    return _with_bar(image, f"{int(rng.choice([50, 100, 200, 500]))} µm", int(rng.integers(100, 160)), ink=255)


def _xrd(rng: np.random.Generator, axes: Axes, material: Material) -> None:
    angle = np.linspace(10, 70, 1200)
    lines = rng.choice(np.array([16.8, 20.6, 23.8, 24.3, 24.9, 26.6, 30.6, 37.6, 39.3, 50.1, 59.9]), 8, replace=False)
    heights = rng.uniform(0.15, 1, len(lines))
    crystals = any(material.shows(family) for family in _CRYSTALLINE) and bool(rng.random() < 0.8)
    first = round(material.transition_c + 100, -1)
    names = [f"{first + 60 * step} °C" for step in range(3)] if crystals else ["as cast"]
    middle = _HALOS[material.former]
    for step, name in enumerate(names):
        share = step / 2 if crystals else 0
        halo = np.exp(-(((angle - middle) / 6.5) ** 2)) + 0.25 * np.exp(-(((angle - middle - 20) / 9) ** 2))
        peaks = sum(h / (1 + ((angle - at) / 0.16) ** 2) for at, h in zip(lines, heights, strict=True))
        counts = (1 - 0.7 * share) * 0.55 * halo + 1.3 * share * peaks + 1.25 * step + rng.normal(0, 0.018, angle.size)
        axes.plot(angle, counts, color=_COLOURS[step], lw=0.8)
        axes.text(69, 1.25 * step + 0.3, name, ha="right", fontsize=8)
    axes.set(xlabel="2θ (°)", ylabel="Intensity (a.u.)", xlim=(10, 70), yticks=[])
    axes.set_ylim(top=axes.get_ylim()[1] * 1.12)


def _dsc(rng: np.random.Generator, axes: Axes, material: Material) -> None:
    transition = material.transition_c
    growth = transition + rng.uniform(150, 240)
    melting = min(growth + rng.uniform(170, 260), material.melt_c - 60)
    heat = np.linspace(transition - 130, melting + 70, 1400)
    flow = -0.12 / (1 + np.exp(-(heat - transition) / 6)) - 0.00015 * (heat - heat[0])
    flow += rng.uniform(0.6, 1.1) * np.exp(-(((heat - growth) / 13) ** 2)) - 0.6 * np.exp(
        -(((heat - melting) / 16) ** 2)
    )
    axes.plot(heat, flow, color=_COLOURS[int(rng.integers(4))], lw=1.2)
    for name, at, lift in (("g", transition, 0.22), ("c", growth, 0.1), ("m", melting, -0.12)):
        value = float(np.interp(at, heat, flow))
        axes.annotate(
            f"$T_\\mathrm{{{name}}}$ = {at:.0f} °C", (at, value), (at - 40, value + lift), fontsize=8, ha="center",
            arrowprops={"arrowstyle": "-", "lw": 0.6},
        )  # fmt: skip
    axes.text(0.03, 0.08, "exo ↑", transform=axes.transAxes, fontsize=8)
    axes.set(xlabel="Temperature (°C)", ylabel="Heat flow (mW/mg)", xlim=(heat[0], heat[-1]), ylim=(-1, 1.5))


def _raman(rng: np.random.Generator, axes: Axes, material: Material) -> None:
    shift = np.linspace(200, 1750, 1550)
    for step in range(int(rng.integers(2, 4))):
        heights = [(at, w, h * rng.uniform(0.75, 1.25)) for at, w, h in _BANDS[material.former]]
        curve = sum(h * np.exp(-(((shift - at) / w) ** 2)) for at, w, h in heights)
        axes.plot(shift, curve + 1.1 * step + rng.normal(0, 0.012, shift.size), color=_COLOURS[step], lw=0.9)
        axes.text(1735, 1.1 * step + 0.34, f"sample {step + 1}", ha="right", fontsize=8)
    axes.set(xlabel="Raman shift (cm$^{-1}$)", ylabel="Intensity (a.u.)", xlim=(200, 1750), yticks=[])
    axes.set_ylim(top=axes.get_ylim()[1] * 1.12)


def _size(rng: np.random.Generator, axes: Axes, _: Material) -> None:
    middle, spread, count = rng.uniform(0.5, 6), rng.uniform(0.2, 0.45), int(rng.integers(120, 400))
    sizes = rng.lognormal(np.log(middle), spread, count)
    edges = np.linspace(0, middle * 3, 19)
    axes.hist(sizes, edges.tolist(), weights=np.full(count, 100 / count), color="#8fb3d9", edgecolor="black", lw=0.6)
    d = np.linspace(edges[0] + 1e-3, edges[-1], 300)
    density = np.exp(-((np.log(d / middle) / spread) ** 2) / 2) / (d * spread * np.sqrt(2 * np.pi))
    axes.plot(d, 100 * density * (edges[1] - edges[0]), color="#c23b22", lw=1.3)
    axes.text(0.95, 0.88, f"N = {count}", transform=axes.transAxes, ha="right", fontsize=9)
    axes.set(xlabel="Diameter (µm)", ylabel="Frequency (%)", xlim=(0, edges[-1]))


def _hardness(rng: np.random.Generator, axes: Axes, material: Material) -> None:
    heat = round(material.transition_c - 120, -1) + np.arange(0, 211, 30)
    rise = rng.uniform(0.02, 0.08) / (1 + np.exp(-(heat - material.transition_c) / 30))
    # A smaller load measures a greater hardness.
    for series, (name, more) in enumerate((("1 N", rng.uniform(0.03, 0.07)), ("10 N", 0.0))):
        value = material.hardness_gpa * (1 + more + rise - rise.mean() + rng.normal(0, 0.008, heat.size))
        spread = material.hardness_gpa * rng.uniform(0.01, 0.03, heat.size)
        axes.errorbar(
            heat, value, spread, color=_COLOURS[series], marker="so"[series], ms=4.5, lw=1, capsize=3, label=name
        )
    axes.legend(fontsize=8, frameon=False, loc="lower right", title="Load", title_fontsize=8)
    axes.set(xlabel="Heat treatment temperature (°C)", ylabel="Vickers hardness (GPa)")
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.35 * (high - low), high)


def _furnace(rng: np.random.Generator, axes: Axes, material: Material) -> None:
    for bottom in (1.3, 4.7):
        axes.add_patch(Rectangle((1.6, bottom), 7, 1.1, fc="#d9d2c5", ec="black"))
        for x in np.arange(2.1, 8.4, 0.75):
            axes.add_patch(Circle((x, bottom + 0.55), 0.2, fc="#e2703a", ec="black"))
    axes.add_patch(Rectangle((0.7, 2.6), 8.8, 1.9, fc="#eef5fa", ec="black"))
    axes.add_patch(Polygon([(4.2, 3.7), (4.5, 2.75), (5.9, 2.75), (6.2, 3.7)], closed=True, fc="#9a9a9a", ec="black"))
    axes.add_patch(Polygon([(4.42, 3.3), (4.6, 2.9), (5.8, 2.9), (5.98, 3.3)], closed=True, fc="#f5b041", ec="none"))
    gas = ("N$_2$", "Ar", "air")[int(rng.integers(3))]
    axes.annotate("", (0.7, 3.55), (0, 3.55), arrowprops={"arrowstyle": "->"})
    axes.text(0.1, 3.8, gas, fontsize=8)
    axes.annotate("", (10.4, 3.55), (9.5, 3.55), arrowprops={"arrowstyle": "->"})
    axes.text(9.7, 3.8, "exhaust", fontsize=8)
    axes.plot([7.6, 7.6, 6.4], [6.5, 3.9, 3.9], color="#1f5fa8", lw=2)
    axes.text(7.75, 6.2, "thermocouple", fontsize=9)
    for name, at, to in (
        ("heating elements", (2.85, 5.25), (1.2, 6.35)),
        ("crucible with melt", (5, 3.1), (3.4, 0.45)),
    ):
        axes.annotate(name, at, to, fontsize=9, arrowprops={"arrowstyle": "-", "lw": 0.8})
    axes.text(7.2, 0.5, f"{material.melt_c} °C", fontsize=9)


def _process(rng: np.random.Generator, axes: Axes, material: Material) -> None:
    steps = (
        f"Batch\n{int(rng.integers(50, 300))} g", f"Melting\n{material.melt_c} °C, 3 h", "Casting\nsteel mould",
        f"Annealing\n{material.transition_c} °C, 1 h", "Cutting and\npolishing",
        "SEM, XRD",
    )  # fmt: skip
    tint = ("#dcebf7", "#fbe5d6", "#e2efda")[int(rng.integers(3))]
    spots = ((0.5, 4.3), (4.1, 4.3), (7.7, 4.3), (7.7, 1), (4.1, 1), (0.5, 1))
    for (x, y), name in zip(spots, steps, strict=True):
        axes.add_patch(Rectangle((x, y), 2.8, 1.7, fc=tint, ec="black", lw=1.2))
        axes.text(x + 1.4, y + 0.85, name, ha="center", va="center", fontsize=8.5)
    for start, end in pairwise(spots):
        sideways = np.sign(end[0] - start[0])
        begin = (start[0] + 1.4 + 1.4 * sideways, start[1] + (0.85 if sideways else 0))
        stop = (end[0] + 1.4 - 1.4 * sideways, end[1] + (0.85 if sideways else 1.7))
        axes.annotate("", stop, begin, arrowprops={"arrowstyle": "-|>", "lw": 1.6, "color": "black"})


def _test(rng: np.random.Generator, axes: Axes, _: Material) -> None:
    bending = bool(rng.random() < 0.5)
    axes.add_patch(Rectangle((1.5, 2.3), 8, 1.1 if bending else 1.7, fc="#cfe8ef", ec="black"))
    force = f"F = {int(rng.integers(1, 50))} N"
    if bending:
        for x, y in ((2.3, 1.95), (8.7, 1.95), (5.5, 3.75)):
            axes.add_patch(Circle((x, y), 0.35, fc="#8c8c8c", ec="black"))
        axes.annotate("", (2.3, 0.9), (8.7, 0.9), arrowprops={"arrowstyle": "<->"})
        axes.text(5.5, 0.35, f"span {int(rng.integers(20, 41))} mm", ha="center", fontsize=9)
        top = 4.1
    else:
        axes.add_patch(Polygon([(5.5, 3.75), (4.3, 5), (6.7, 5)], closed=True, fc="#8c8c8c", ec="black"))
        axes.add_patch(Polygon([(5.5, 3.6), (5.2, 4.0), (5.8, 4.0)], closed=True, fc="#eeeeee", ec="black"))
        axes.plot([5.5, 5.3, 5.6, 5.4], [4.0, 3.3, 2.9, 2.6], color="#c23b22", lw=1.2)
        axes.text(6.9, 4.6, "diamond pyramid 136°", fontsize=8.5)
        axes.add_patch(Rectangle((0.9, 1.5), 9.2, 0.8, fc="#bdbdbd", ec="black"))
        axes.text(5.5, 1.9, "stage", ha="center", va="center", fontsize=9)
        top = 5.0
    axes.annotate("", (5.5, top), (5.5, 6.5), arrowprops={"arrowstyle": "-|>", "lw": 2})
    axes.text(5.8, 6, force, fontsize=10)
    axes.text(2, 2.6, "glass sample", fontsize=9)


def _cloud(rng: np.random.Generator, height: int, width: int, grain: float) -> NDArray[np.float64]:
    """Smooth noise of mean 0 and deviation 1; `grain` is its correlation length in pixels."""
    # Broad clouds are smoothed on a coarse grid, which is many times faster and looks the same.
    step = max(1, int(grain // 6))
    coarse = rng.normal(size=(-(-height // step) + 1, -(-width // step) + 1))
    noise = ndimage.gaussian_filter(coarse, grain / step, mode="wrap")
    noise = (ndimage.zoom(noise, step, order=3) if step > 1 else noise)[:height, :width]
    cloud: NDArray[np.float64] = (noise - noise.mean()) / noise.std()
    return cloud


def _with_bar(image: Image.Image, words: str, length: int, ink: int) -> bytes:
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"), 26)
    draw = ImageDraw.Draw(image)
    colour: int | tuple[int, int, int] = ink if image.mode == "L" else (ink, ink, ink)
    left, bottom = 22, image.height - 22
    draw.rectangle((left, bottom - 8, left + length, bottom), fill=colour)
    draw.text((left + length / 2, bottom - 12), words, fill=colour, font=font, anchor="mb")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _png_of(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # Without matplotlib's version, so that a drawing's bytes depend on what is drawn alone.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    # Without the channel of transparency, as journals store their pictures.
    opaque = io.BytesIO()
    Image.open(buffer).convert("RGB").save(opaque, "PNG")
    return opaque.getvalue()
