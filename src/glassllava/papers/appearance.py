"""What a panel's pixels look like: drawn or recorded, grey or coloured, even or dotted.

In: a panel's picture. Out: an `Appearance`, which `kinds` weighs with the words around the panel. All measures are
taken at 400 pixels of the longer side or less, so that they mean the same in a small and in a large copy; they cost a
few milliseconds a panel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from scipy import fft

from glassllava.papers.tones import Pixels, highest_channel, lowest_channel, percentiles, shrunk

Look = Literal["axes", "drawing", "fills", "few levels", "grey", "colour"]

LONGEST_SIDE = 400
"""Pixels of the longer side at which pictures are measured."""
FEW_LEVELS = 0.85
"""Share of pixels on three greys that lie apart, from which on a picture is a segmentation."""
SECOND_LEVELS = 0.12
"""Share of pixels that a segmentation has beside its commonest grey; a databar or scale mark takes less."""
MOST_COLOUR, MOST_TINT = 0.16, 0.2
"""Most coloured pixels, and most coloured light, of a grey picture; marks and a brownish print have less."""
AXES = 0.25
"""Least length of two straight dark lines, one along each side, that frame a plot; as shares of the sides."""
MOST_INK = 0.35
"""Greatest share of dark pixels at which lines are looked for: on a black ground everything is a line."""

Grey = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Appearance:
    """What a panel's pixels look like; shares are from 0 to 1."""

    colour: float
    """Share of clearly coloured pixels."""
    tint: float
    """Share of the picture's light that is coloured: high for a dim red fluorescence, 0.13 for a brownish print."""
    white: float
    black: float
    even: float
    """Share of pixels that are no darker than 12 and equal to their eight neighbours within 2 levels."""
    flat: float
    """Share of pixels within a few levels of the three commonest greys, where these lie apart and the commonest does
    not hold nearly all: an even surface with a databar has two greys as well."""
    entropy: float
    """Of the grey levels, in bits."""
    axes: float = 0.0
    """The shorter of the longest dark horizontal and the longest dark vertical line, as shares of width and height;
    0 for what is not drawn."""
    tone: float = 0.0
    """How far dark and bright tail reach from the median, from -1 (dark things on a bright ground, as in
    bright-field transmission) to 1. This and what follows is 0 for what is drawn."""
    detail: float = 0.0
    """Logarithm of the contrast at one to two pixels, relative to white."""
    dots: float = 0.0
    """Logarithm of the same contrast relative to the mean brightness: high where single counts are shown."""
    glow: float = 0.0
    """Correlation of brightness with steepness, from -1 to 1: secondary electrons make edges bright."""
    lattice: float = 0.0
    """Logarithm of the strongest over the median spectral power in a ring: high for lattice fringes."""
    one_hue: float = 0.0
    """How alike the hues of coloured pixels are, from 0 to 1."""

    @property
    def line_art(self) -> bool:
        """Whether the panel is drawn on plain paper."""
        return self.white > 0.45 and self.entropy < 5.2

    @property
    def drawn(self) -> bool:
        """Whether the panel is drawn, on plain paper or on coloured fields."""
        return self.line_art or (self.even > 0.45 and self.tint > 0.08)

    @property
    def look(self) -> Look:
        """The one of six looks that says most about the kind."""
        if self.drawn:
            return "axes" if self.axes > AXES else "drawing" if self.line_art else "fills"
        if self.colour >= MOST_COLOUR or self.tint >= MOST_TINT:
            return "colour"
        return "few levels" if self.flat > FEW_LEVELS else "grey"

    @property
    def grey(self) -> bool:
        """Whether the panel is a grey picture; some coloured marks are allowed."""
        return self.look in ("grey", "few levels")


def look_at(picture: Pixels) -> Appearance:
    """Measure a panel's pixels.

    Parameters
    ----------
    picture
        RGB, shape (H, W, 3).
    """
    small = shrunk(picture, LONGEST_SIDE / max(picture.shape[:2]))
    brightest = highest_channel(small)
    chroma = cv2.subtract(brightest, lowest_channel(small))
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    levels = np.bincount(grey.ravel(), minlength=256) / grey.size
    filled = levels[levels > 0]
    appearance = Appearance(
        colour=float(np.mean(chroma > 36)),
        tint=float(chroma.mean() / (brightest.mean() + 1.0)),
        white=float(levels[249:].sum()),
        black=float(levels[:8].sum()),
        even=_even(small, grey),
        flat=_share_of_flat_levels(levels),
        entropy=float(-(filled * np.log2(filled)).sum()),
    )
    if appearance.drawn:
        return replace(appearance, axes=_axes(picture))
    bare = _without_margins(grey)
    inner = np.asarray(bare, np.float32) / np.float32(255)
    fine, blurred = cv2.GaussianBlur(inner, (0, 0), 1.0), cv2.GaussianBlur(inner, (0, 0), 2.0)
    dots = np.abs(inner - cv2.GaussianBlur(inner, (0, 0), 1.5)).mean() / (inner.mean() + 0.016)
    return replace(
        appearance,
        tone=_tone(bare),
        detail=float(np.log(float(np.std(fine - blurred)) + 1e-3)),
        dots=float(np.log(dots + 0.01)),
        glow=_glow(blurred, fine),
        lattice=_lattice(inner),
        one_hue=_one_hue(small, chroma),
    )


def _without_margins(grey: Pixels) -> Pixels:
    """Return the inner part, where letters, scale bars and databars seldom are."""
    height, width = grey.shape
    return grey[round(0.08 * height) : round(0.86 * height) or 1, round(0.06 * width) : round(0.94 * width) or 1]


def _even(small: Pixels, grey: Pixels) -> float:
    square = np.ones((3, 3), np.uint8)
    reach = highest_channel(cv2.subtract(cv2.dilate(small, square), cv2.erode(small, square)))
    return float(np.mean((reach <= 2) & (grey > 12)))


def _tone(bare: Pixels) -> float:
    low, median, high = percentiles(bare[..., None], (0.02, 0.5, 0.98))[:, 0] / 255
    return float((high + low - 2 * median) / (high - low + 0.02))


def _glow(bright: Grey, fine: Grey) -> float:
    steepness = cv2.magnitude(cv2.Sobel(fine, cv2.CV_32F, 1, 0), cv2.Sobel(fine, cv2.CV_32F, 0, 1))
    if steepness.std() < 1e-5 or bright.std() < 1e-4:
        return 0.0
    return float(np.corrcoef(steepness.ravel(), bright.ravel())[0, 1])


def _lattice(inner: Grey) -> float:
    side = min(inner.shape)
    if side < 32:
        return 0.0
    window = np.hanning(side).astype(np.float32)
    square = inner[:side, :side]
    power = np.abs(fft.rfft2((square - square.mean()) * np.outer(window, window))).ravel() ** 2
    rings = [power[places] for places in _rings(side)]
    return float(np.log(max(ring.max() / (np.median(ring) + 1e-9) for ring in rings) + 1e-3))


@lru_cache(maxsize=64)
def _rings(side: int) -> list[npt.NDArray[np.intp]]:
    """Places in the flattened half spectrum of a square, by how far they are from its middle: eight rings."""
    distance = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    ring = np.digitize(distance, np.linspace(0.1, 0.45, 9)).ravel()
    return [np.flatnonzero(ring == number) for number in range(1, 9)]


def _one_hue(small: Pixels, chroma: Pixels) -> float:
    coloured = chroma > 36
    if coloured.mean() < 0.02:
        return 0.0
    hues = np.bincount(cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[..., 0][coloured], minlength=180)
    return float(np.abs(hues @ np.exp(2j * np.pi * np.arange(180) / 180)) / hues.sum())


def _axes(picture: Pixels) -> float:
    """Thin lines are thickened before the picture is shrunk, or they would fade."""
    step = -(-max(picture.shape[:2]) // LONGEST_SIDE)
    dark = highest_channel(cv2.erode(picture, np.ones((step, step), np.uint8))[::step, ::step]) < 140
    if dark.mean() > MOST_INK:
        return 0.0
    return min(_longest_run(dark), _longest_run(dark.T))


def _longest_run(dark: npt.NDArray[np.bool_]) -> float:
    """Longest run of true values along a row, as a share of the row."""
    places = np.arange(1, dark.shape[1] + 1, dtype=np.int16)
    last_gap = np.maximum.accumulate(np.where(dark, np.int16(0), places), axis=1)
    return float((places - last_gap).max()) / int(dark.shape[1])


def _share_of_flat_levels(levels: npt.NDArray[np.float64]) -> float:
    rest = levels.copy()
    peaks: list[int] = []
    share = largest = 0.0
    for _ in range(3):
        windowed = np.convolve(rest, np.ones(11), mode="same")
        peak = int(windowed.argmax())
        if windowed[peak] < 0.04:
            break
        share += float(windowed[peak])
        largest = max(largest, float(windowed[peak]))
        peaks.append(peak)
        rest[max(0, peak - 16) : peak + 17] = 0.0
    apart = len(peaks) > 1 and max(peaks) - min(peaks) > 40 and share - largest > SECOND_LEVELS
    return share if apart else 0.0
