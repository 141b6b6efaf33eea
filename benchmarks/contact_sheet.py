"""A contact sheet of virtual micrographs: every family, sound and broken, with its artefacts.

In: nothing but seeds. Out: one picture, for eyes; `docs/virtual-micrographs.jpg` was made with it.

    python benchmarks/contact_sheet.py [OUT.jpg]
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from glassllava.synthetic.catalogue import FAMILIES
from glassllava.synthetic.micrograph import draw

ACROSS = 4
FIRST_SEED = 30_000
WIDTH = 256
"""Pixels of one image on the sheet."""

LINE = 20
"""Pixels of the line of words below each."""


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "virtual-micrographs.jpg"
    cells = []
    for number, name in enumerate(FAMILIES):
        for place in range(ACROSS):
            seed = FIRST_SEED + 100 * number + place
            cells.append(draw(seed, 640, families=[name], defect=place % 2 == 1, artefact=place == 2))
    height = round(WIDTH * 0.825)
    sheet = Image.new("RGB", (ACROSS * WIDTH, len(FAMILIES) * (height + LINE)), "white")
    words = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(11)
    for number, cell in enumerate(cells):
        left, top = number % ACROSS * WIDTH, number // ACROSS * (height + LINE)
        image = Image.fromarray(cell.image)
        image = image.resize((WIDTH - 4, round(image.height * (WIDTH - 4) / image.width)), Image.Resampling.LANCZOS)
        sheet.paste(image, (left + 2, top + 2))
        truth = cell.truth
        told = [truth.family, truth.defect or "sound", truth.artefact or "", truth.detector]
        words.text((left + 4, top + height), " · ".join(part for part in told if part), fill="black", font=font)
    sheet.save(out, quality=82)
    print(f"{len(cells)} images: {out}")


if __name__ == "__main__":
    main()
