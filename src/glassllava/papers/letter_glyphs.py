"""A single printed letter told from its shape: held against every letter as common fonts print it.

In: the mask of one mark, and the letters that a caption names. Out: the letter with how sure it is, or nothing where
the mark is no letter or one that the caption does not name. Both cases of a letter count as one, as in labels they do.

The templates are rendered once a process from the fonts that come with matplotlib: with and without serifs, upright
and slanted, thin and bold. A mark and a template are brought to one size and compared by their normalised correlation;
as their proportions are lost by that, these are compared apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from string import ascii_letters
from typing import NamedTuple

import cv2
import matplotlib
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Mask = npt.NDArray[np.bool_]

FONTS = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique", "DejaVuSerif", "DejaVuSerif-Bold",
    "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta", "cmr10", "cmss10", "cmb10",
)  # fmt: skip
SIDE = 24
"""Edge to which marks and templates are brought, in pixels."""
PRINTED = 96
"""Size at which templates are rendered, in pixels."""
SOFT = 0.05
"""Blur of both, as a share of the edge: fonts differ by so much."""
STRETCHED = 0.35
"""How much is taken off for a letter twice as wide, or half as wide, as its template."""
ALIKE = 0.76
"""Least likeness of a letter; most particles and pores stay below."""
BETTER = 0.02
"""A letter that the caption does not name must be more alike by so much to count as that one."""
SURE = 0.05
"""By so much more alike than any other letter is what needs no second opinion."""


class Glyph(NamedTuple):
    """A letter and how it was told."""

    letter: str
    """Lower case."""
    likeness: float
    """Normalised correlation with the best template, less what the proportions differ; at most 1."""
    sure: bool
    """Whether no other letter comes near."""


class _Templates(NamedTuple):
    letters: list[str]
    """Lower case, in order, each once."""
    starts: npt.NDArray[np.intp]
    """Where the templates of each of `letters` begin."""
    shapes: npt.NDArray[np.float32]
    """Each of mean 0 and length 1, shape (T, SIDE * SIDE)."""
    widths: npt.NDArray[np.float64]
    """Logarithm (base 2) of width over height, shape (T,)."""


def read_glyph(mark: Mask, letters: Sequence[str]) -> Glyph | None:
    """Tell which letter a mark is.

    Parameters
    ----------
    mark
        Shape (H, W), true where it is printed; cut to anything around the letter.
    letters
        Those that the caption names, in lower case.

    Returns
    -------
    Glyph or None
        None where it looks like no letter, or more like one that the caption does not name.
    """
    described = _described(mark)
    if described is None:
        return None
    shape, width = described
    known = _templates()
    likeness = known.shapes @ shape - STRETCHED * np.abs(known.widths - width)
    best = dict(zip(known.letters, np.maximum.reduceat(likeness, known.starts).tolist(), strict=True))
    named = [letter for letter in letters if letter in best]
    if not named:
        return None
    letter = max(named, key=lambda one: best[one])
    others = max(value for other, value in best.items() if other != letter)
    if best[letter] < max(ALIKE, others - BETTER):
        return None
    return Glyph(letter, best[letter], best[letter] > others + SURE)


def _described(mark: Mask) -> tuple[npt.NDArray[np.float32], float] | None:
    """Return shape and width of a mark as `_Templates` has them, None for an empty one."""
    rows, columns = np.flatnonzero(mark.any(axis=1)), np.flatnonzero(mark.any(axis=0))
    if not len(rows):
        return None
    cut = mark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    small = cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA if min(cut.shape) > SIDE else cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(small, (0, 0), SOFT * SIDE).ravel()
    soft -= soft.mean()
    length = float(np.linalg.norm(soft))
    if length < 1e-6:
        return None
    return soft / length, float(np.log2(cut.shape[1] / cut.shape[0]))


@lru_cache(maxsize=1)
def _templates() -> _Templates:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    found = []
    for name in FONTS:
        font = ImageFont.truetype(str(folder / f"{name}.ttf"), PRINTED)
        for letter in ascii_letters:
            picture = Image.new("L", (2 * PRINTED, 2 * PRINTED))
            ImageDraw.Draw(picture).text((PRINTED // 2, PRINTED // 3), letter, font=font, fill=255)
            described = _described(np.asarray(picture) > 127)
            if described is not None:
                found.append((letter.lower(), *described))
    letters, shapes, widths = zip(*sorted(found, key=lambda one: one[0]), strict=True)
    each, starts = np.unique(letters, return_index=True)
    return _Templates(each.tolist(), starts, np.stack(shapes), np.array(widths))
