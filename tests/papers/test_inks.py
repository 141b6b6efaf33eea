"""Which images are taken for ink without being drawn, and what of a page is ink."""

import numpy as np
import pytest

from glassllava.papers.inks import PIXELS_PER_POINT, Inks, undrawn_images
from glassllava.papers.layout import read_layout
from tests.papers.test_figures import micrograph
from tests.papers.written_pdf import WrittenPdf

BOX = (60.0, 200.0, 280.0, 365.0)


@pytest.mark.parametrize("form", [False, True])
def test_a_photograph_is_not_drawn_and_what_stands_beside_it_is(form: bool) -> None:
    pdf = WrittenPdf().picture(BOX, micrograph(), form).draw("300 500 20 20 re f")
    with pdf.open() as document:
        layouts = read_layout(document)
        assert undrawn_images(layouts[0]) == [0]
        ink = Inks(document, layouts, {1}).of(1)
    assert ink.sum() == pytest.approx((20 * PIXELS_PER_POINT) ** 2, rel=0.1)


def test_a_blank_image_and_one_among_the_running_heads_are_drawn() -> None:
    blank = np.full((300, 400), 255, np.uint8)
    pdf = WrittenPdf().picture(BOX, blank).picture((60, 20, 200, 90), micrograph(seed=1))
    with pdf.open() as document:
        layouts = read_layout(document)
        assert len(layouts[0].images) == 2
        assert undrawn_images(layouts[0]) == []
        ink = Inks(document, layouts, {1}).of(1)
    rows = np.flatnonzero(ink.any(axis=1)) / PIXELS_PER_POINT
    assert (rows.min(), rows.max()) == pytest.approx((20, 90), abs=1.5)
