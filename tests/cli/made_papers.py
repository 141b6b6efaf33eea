"""Small papers made by typst, about textures made by numpy: for tests of the whole workflow, without real files.

Each has a title, a DOI under the reserved prefix 10.5555, one figure of SEM panels with letters, a caption and
sentences that cite the panels. The text says nothing that a reader should believe.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import typst
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

SUBJECTS = (
    ("soda lime glass", "spherical pores", "sintered at 650 °C for 2 h", "Vickers hardness of 5.4 GPa"),
    ("borosilicate glass", "a radial crack", "annealed at 560 °C for 1 h", "fracture toughness of 0.8 MPa"),
    ("lithium disilicate glass", "needle-like crystals", "heated at 850 °C for 4 h", "bending strength of 350 MPa"),
    ("bioactive glass", "a corroded gel layer", "immersed for 14 days at 37 °C", "thickness of 12 µm"),
    ("phosphate glass", "droplet-like phase separation", "melted at 1100 °C for 3 h", "density of 2.6 g/cm3"),
    ("fused silica", "a smooth surface without cracks", "polished for 30 min", "roughness of 2 nm"),
)  # fmt: skip


def texture(seed: int, letter: str) -> bytes:
    """Return a PNG of smoothed noise with its letter in the upper left corner."""
    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.normal(size=(240, 320)), 1 + seed % 5)
    grey = np.clip(128 + 45 * noise / noise.std() + rng.normal(0, 6, noise.shape), 0, 255).astype(np.uint8)
    image = Image.fromarray(grey)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 34, 30), fill=255)
    draw.text((8, 2), letter, fill=0, font=ImageFont.load_default(24))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def make_paper(folder: Path, number: int) -> Path:
    """Write `paper-N.pdf` into `folder` and return its path."""
    material, feature, process, prop = SUBJECTS[number % len(SUBJECTS)]
    scratch = folder / f"figures-{number}"
    scratch.mkdir(parents=True)
    letters = "abcd"[: 2 + number % 3]
    for position, letter in enumerate(letters):
        (scratch / f"{letter}.png").write_bytes(texture(10 * number + position, letter))
    images = ", ".join(f'image("figures-{number}/{letter}.png")' for letter in letters)
    parts = " ".join(f"({letter}) {material} after {n} h of etching." for n, letter in enumerate(letters, 1))
    cited = " ".join(
        f"Fig. 1{letter} shows {feature} in the {material} after {n} h of etching. The {feature} cover {n}{number} % "
        f"of its area and measure {n}.{number + 1} µm across. The surface between them is smooth and free of scratches."
        for n, letter in enumerate(letters, 1)
    )
    source = f"""
#set page(paper: "a4", margin: 2cm)
#set text(size: 10pt)
#set par(justify: true)
#align(center)[#text(size: 16pt, weight: "bold")[The surface of {material} number {number} in the electron microscope]]
#align(center)[Ada Example and Ben Example]
#align(center)[doi: 10.5555/made.{number}]
= Introduction
The {material} is known for its {prop}. It was {process}. Many uses of the {material} depend on its surface, and the
surface depends on how it was made. {"Glass is made in many places and for many uses. " * 12}
= Materials and methods
== Scanning electron microscopy
The {material} was {process}. The {material} was polished with diamond paste and sputter-coated with carbon. The images
were recorded at an accelerating voltage of 15 kV and a working distance of {8 + number} mm.
= Results
The {material} was studied by scanning electron microscopy (SEM). {cited} A {prop} was measured for the {material}.
#figure(grid(columns: 2, gutter: 6pt, {images}), supplement: [Fig.],
  caption: [SEM images of the {material} that was {process}. {parts} Scale bars, 2 µm.])
= Conclusions
The {material} was {process} and shows {feature}. {"Further work will follow in due time. " * 8}
"""
    file = folder / f"paper-{number}.pdf"
    main = folder / f"paper-{number}.typ"
    main.write_text(source, encoding="utf-8")
    typst.compile(str(main), output=str(file))
    main.unlink()
    return file
