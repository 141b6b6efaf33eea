"""What is printed on each page, coarsely: where there is ink, and which of it every page repeats.

In: the open document and the layout of its pages. Out: masks at `PIXELS_PER_POINT`, for `figures`.

Unpacking and shrinking photographs would take most of the time, and give rectangles that the file tells: such images
are left undrawn (`undrawn_images`), and whoever reads the masks fills their boxes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from glassllava.papers.boxes import side
from glassllava.papers.ownership import LEAST_SIDE_POINTS
from glassllava.papers.reading import PageLayout

Ink = npt.NDArray[np.uint8]
"""Shape (H, W): 1 where there is ink, 0 elsewhere."""

PIXELS_PER_POINT = 1.5
"""Resolution at which a page is searched for ink."""
FURNITURE_BAND = 0.13
"""Share of the page's height, at top and bottom, where running heads are looked for."""
FURNITURE_PAGES = 8
"""Pages of each parity that are compared."""


class Inks:
    """The ink of a paper's pages; a page is opened and drawn once.

    Pages count from 1; `searched` are those that are asked for whole.
    """

    def __init__(self, document: pypdfium2.PdfDocument, layouts: Sequence[PageLayout], searched: set[int]) -> None:
        self._document = document
        self._layouts = layouts
        self._searched = searched
        self._drawn: dict[int, Ink] = {}

    def of(self, number: int) -> Ink:
        """Return the ink of a page."""
        if number not in self._drawn:
            page = self._opened(number)
            self._drawn[number] = _printed(page, (0, 0, 0, 0))
            page.close()
        return self._drawn[number]

    def taken(self, number: int) -> Ink:
        """Return the ink of a page and keep it no longer."""
        ink = self.of(number)
        del self._drawn[number]
        return ink

    def bands(self, number: int) -> tuple[Ink, Ink]:
        """Return the ink at the top and at the bottom of a page, `FURNITURE_BAND` of its height each."""
        if number in self._searched:
            return bands_of(self.of(number))
        page = self._opened(number)
        height = math.ceil(page.get_height() * PIXELS_PER_POINT)
        rest = (height - round(FURNITURE_BAND * height) - 0.5) / PIXELS_PER_POINT
        bands = _printed(page, (0, rest, 0, 0)), _printed(page, (0, 0, 0, rest))
        page.close()
        return bands

    def _opened(self, number: int) -> pypdfium2.PdfPage:
        page = self._document[number - 1]
        layout = self._layouts[number - 1]
        for index in undrawn_images(layout):
            first, *inner = layout.image_places[index]
            handle = pdfium.FPDFPage_GetObject(page, first)
            for place in inner:
                handle = pdfium.FPDFFormObj_GetObject(handle, place)
            pdfium.FPDFPageObj_SetIsActive(handle, False)
        return page


def undrawn_images(layout: PageLayout) -> list[int]:
    """Tell which of a page's images count as ink all over without being drawn.

    They are large, opaque, have more data than a blank image, and do not stand where running heads do.
    """
    low, high = FURNITURE_BAND * layout.height, (1 - FURNITURE_BAND) * layout.height
    return [
        index
        for index, (box, place) in enumerate(zip(layout.images, layout.image_places, strict=True))
        if place and side(box) >= LEAST_SIDE_POINTS and box[3] > low and box[1] < high
    ]


def bands_of(ink: Ink) -> tuple[Ink, Ink]:
    """Cut out the top and the bottom of a page, `FURNITURE_BAND` of its height each."""
    band = round(FURNITURE_BAND * len(ink))
    return ink[:band], ink[len(ink) - band :]


def furniture_of(inks: Inks, layouts: Sequence[PageLayout]) -> list[list[npt.NDArray[np.bool_]]]:
    """Mark the ink that stands in the same place at the top or bottom of most even, and of most odd, pages.

    Two masks for even pages, two for odd ones: of the top and the bottom, as `Inks.bands` gives them. None for a
    short paper.
    """
    masks: list[list[npt.NDArray[np.bool_]]] = []
    for parity in (0, 1):
        readable = [layout.number for layout in layouts if not layout.unreadable]
        numbers = [number for number in readable if number % 2 == parity][:FURNITURE_PAGES]
        printed = [inks.bands(number) for number in numbers]
        shape = printed[len(printed) // 2][0].shape if printed else (0, 0)
        alike = [bands for bands in printed if bands[0].shape == shape]
        stacks = [np.array([bands[end] for bands in alike]) for end in (0, 1)] if len(alike) >= 3 else []
        masks.append([np.asarray(stack.mean(axis=0) > 0.5) for stack in stacks])
    return masks


def _printed(page: pypdfium2.PdfPage, crop: tuple[float, float, float, float]) -> Ink:
    bitmap = page.render(scale=PIXELS_PER_POINT, grayscale=True, crop=crop)
    grey = bitmap.to_numpy().reshape(bitmap.height, bitmap.width, -1)[..., 0]
    ink = np.asarray(grey < 246, np.uint8)
    bitmap.close()
    return ink
