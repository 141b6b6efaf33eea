"""Scale bars that instruments print, held against the pixel size that they write into the file.

In: the instrument files of `../shared/data/micrographs`. Out: for each whose picture and pixel size can be read, the
pixel size from its printed bar, and how far it is off; then how many were read, and how many of these are right.

    python benchmarks/printed_bars.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from glassllava.micrographs.levels import eight_bits
from glassllava.micrographs.metadata import read_micrograph
from glassllava.micrographs.recognition import text_reader
from glassllava.micrographs.scale_bar import find_scale

MICROGRAPHS = Path(__file__).parents[2] / "shared" / "data" / "micrographs"
PICTURES = {".tif", ".tiff", ".bmp", ".png", ".jpg", ".jpeg"}
RIGHT = 0.03
"""Greatest relative difference of a bar that is read rightly."""


def main() -> None:
    """Print one line a file, and the sums."""
    reader = text_reader()
    differences: list[float] = []
    without = 0
    for file in sorted(path for path in MICROGRAPHS.iterdir() if path.suffix.lower() in PICTURES):
        read = read_micrograph(file)
        if read.picture is None:
            print(f"{file.name:36} no picture")
            continue
        levels = eight_bits(read.picture.pixels)
        colours = np.repeat(levels[..., None], 3, axis=2) if levels.ndim == 2 else levels
        scale = find_scale(np.ascontiguousarray(colours), None, reader)
        told = read.info.pixel_size_m
        if scale is None or told is None:
            told_words = "-" if told is None else f"{told:.4g} m"
            found_words = "-" if scale is None else f"{scale.metres_per_pixel:.4g} m"
            print(f"{file.name:36} instrument {told_words:12} printed {found_words}")
            without += scale is None
            continue
        differences.append(scale.metres_per_pixel / told - 1)
        print(
            f"{file.name:36} instrument {told:.4g} m  printed {scale.metres_per_pixel:.4g} m  "
            f"{100 * differences[-1]:+.2f} %  ({scale.source})"
        )
    right = sum(abs(difference) <= RIGHT for difference in differences)
    print(f"bars read: {len(differences)}, within {100 * RIGHT:.0f} %: {right}; pictures without a reading: {without}")


if __name__ == "__main__":
    main()
