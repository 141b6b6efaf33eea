"""What a model is shown of an image file, as PNG files with the part of the field that each shows.

In: image files. Out: `Shown` rows with the bytes of their pictures. Runs in a child process.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from glassllava.errors import UnreadableInput
from glassllava.micrographs.databar import Box, without_databar
from glassllava.micrographs.metadata import read_micrograph
from glassllava.micrographs.prepare import Databar, Way, views


class Wanted(NamedTuple):
    """One image file and how it is to be shown, as `prepare.views` takes it."""

    file: Path
    size: int
    way: Way
    databar: Databar


class Shown(BaseModel):
    """One picture that a model is shown."""

    file: str
    picture: str
    """Name of the PNG file."""
    box: Box
    """x0, y0, x1, y1: the part of the image that it shows, in the image's pixels."""
    pixel_size_m: float | None
    """Metres per pixel of the picture."""


def shown_to_a_model(wanted: Wanted) -> list[tuple[Shown, bytes]]:
    """Return the pictures of one image file, each with its PNG file.

    Raises
    ------
    UnreadableInput
        The file is no image, or not all of it can be read.
    """
    micrograph = read_micrograph(wanted.file)
    if micrograph.picture is None or not micrograph.picture.whole:
        raise UnreadableInput(f"{wanted.file} cannot be shown: {'; '.join(micrograph.info.problems)}.")
    box = micrograph.info.databar
    values = micrograph.picture.pixels
    if wanted.databar == "cut" and box is not None:
        values = without_databar(values, (box[0], box[1], box[2], box[3]))
    found = []
    for view in views(values, wanted.size, way=wanted.way):
        name = wanted.file.name + (f"-{view.box[0]}-{view.box[1]}.png" if wanted.way == "tile" else ".png")
        buffer = io.BytesIO()
        view.picture.save(buffer, "PNG")
        native_m = micrograph.info.pixel_size_m
        size_m = None if native_m is None or view.step is None else native_m * view.step
        row = Shown(file=wanted.file.name, picture=name, box=view.box, pixel_size_m=size_m)
        found.append((row, buffer.getvalue()))
    return found
