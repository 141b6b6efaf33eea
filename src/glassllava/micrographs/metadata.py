"""What an image file and the files beside it say of its acquisition: pixel size, voltage, working distance, detector.

In: an image file, or a sidecar file by itself. Out: a `MicrographInfo`, and with it the pixels for who wants them.
What is not said, or said malformed, or said in two ways, is None and named among the problems, never guessed. The
readers of the instruments' own formats are in `instruments`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from glassllava.errors import UnreadableInput
from glassllava.micrographs.databar import find_databar
from glassllava.micrographs.header import Header, read_header
from glassllava.micrographs.instruments import READERS, Acquisition, Told
from glassllava.micrographs.pixels import Picture, read_pixels
from glassllava.micrographs.sidecars import is_sidecar, sidecar_text, sidecars_of

AGREEMENT = 0.01
"""Relative difference up to which two statements of one size agree."""
LEAST_PIXEL_M, GREATEST_PIXEL_M = 1e-12, 1e-3
"""Sizes of a pixel that a micrograph can have, in metres."""


class MicrographInfo(BaseModel):
    """Size and acquisition of one image file; None where it is not known."""

    file: str
    width: int | None = None
    height: int | None = None
    """Columns and rows; of a sidecar file by itself, those of the image it speaks of."""
    bit_depth: int | None = None
    pixel_size_m: float | None = None
    pixel_size_source: str | None = None
    instrument: str | None = None
    accelerating_voltage_v: float | None = None
    working_distance_m: float | None = None
    magnification: float | None = None
    detector: str | None = None
    databar: list[int] | None = None
    """`[x0, y0, x1, y1]` in pixels of the strip below the image that holds its data."""
    problems: list[str] = []


@dataclass(frozen=True, slots=True)
class Micrograph:
    """An image file, read once: what is known of it, and its pixels."""

    info: MicrographInfo
    kind: Literal["sem"] | None
    """`sem` where an instrument's own header says that a scanning electron microscope took it."""
    picture: Picture | None
    """None where the pixels cannot be read; the reason is among the problems."""
    notes: str
    """What a person wrote in a text file of the image's name."""


def read_metadata(file: Path) -> MicrographInfo:
    """Read what `file` and its sidecars say of it; a sidecar by itself is answered with what it says.

    Raises
    ------
    UnreadableInput
        The file is missing, or is no image and no instrument's sidecar that can be read.
    """
    if is_sidecar(file):
        return _of_sidecar(file)
    return read_micrograph(file).info


def read_micrograph(file: Path) -> Micrograph:
    """Read an image file whole: metadata, sidecars and pixels.

    Raises
    ------
    UnreadableInput
        The file is missing, or is no image whose header can be read. A file with damaged pixels is no error here.
    """
    data = _bytes(file)
    try:
        header = read_header(data)
    except UnreadableInput as error:
        raise UnreadableInput(f"{file} cannot be read as an image: {error}.") from error
    info = MicrographInfo(
        file=file.name,
        width=header.width,
        height=header.height,
        bit_depth=header.bit_depth,
        problems=list(header.problems),
    )
    picture = None
    try:
        picture = read_pixels(data, header)
        info.problems += picture.problems
    except UnreadableInput as error:
        info.problems.append(str(error))
    found: list[Acquisition] = []
    notes = []
    for sidecar in sidecars_of(file):
        try:
            text = sidecar_text(sidecar)
        except UnreadableInput as error:
            info.problems.append(str(error))
            continue
        said = _acquisitions(Told(text=text, width=header.width))
        found += [_from(sidecar, acquisition) for acquisition in said]
        if not said:
            notes.append(text.strip())
    # A sidecar says more, and to more digits, than the comment that some instruments put into the image.
    found += _acquisitions(Told(tags=header.tags, width=header.width))
    _take(info, found)
    _databar(info, found, picture, header)
    kind = next((acquisition.kind for acquisition in found if acquisition.kind), None)
    return Micrograph(info, kind, picture, " ".join(notes))


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise UnreadableInput(f"{file} is not a file; name an image.")
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"{file} cannot be read: {error.strerror or error}.") from error


def _of_sidecar(file: Path) -> MicrographInfo:
    if not file.is_file():
        raise UnreadableInput(f"{file} is not a file; name an image.")
    found = _acquisitions(Told(text=sidecar_text(file)))
    if not found:
        raise UnreadableInput(f"{file} is no image, and no file that an instrument writes beside one.")
    info = MicrographInfo(file=file.name)
    _take(info, found)
    info.width, info.height = found[0].columns, found[0].rows
    return info


def _acquisitions(told: Told) -> list[Acquisition]:
    return [said for read in READERS.values() if (said := read(told)) is not None]


def _from(sidecar: Path, said: Acquisition) -> Acquisition:
    if said.pixel_size_source is None:
        return said
    return replace(said, pixel_size_source=f"{said.pixel_size_source} in {sidecar.name}")


def _take(info: MicrographInfo, found: Sequence[Acquisition]) -> None:
    """Take each value from the first that says it; a pixel size only where nothing speaks against it."""
    for said in found:
        info.problems += said.problems
        for name in ("instrument", "accelerating_voltage_v", "working_distance_m", "magnification", "detector"):
            if getattr(info, name) is None:
                setattr(info, name, getattr(said, name))
    sizes = [said for said in found if said.pixel_size_m is not None]
    if reason := _against(info, found, [said.pixel_size_m for said in sizes if said.pixel_size_m is not None]):
        info.problems.append(f"{reason}: the image is uncalibrated")
        return
    info.pixel_size_m, info.pixel_size_source = sizes[0].pixel_size_m, sizes[0].pixel_size_source
    across, down = sizes[0].pixel_size_m, sizes[0].pixel_height_m
    if across is not None and down is not None and abs(down / across - 1) > AGREEMENT:
        info.problems.append(f"the pixels are not square: {across:.4g} m wide and {down:.4g} m high")


def _against(info: MicrographInfo, found: Sequence[Acquisition], sizes: Sequence[float]) -> str | None:
    """Why no pixel size can be told; None where one can."""
    if not sizes:
        return "no pixel size is stated"
    if any(abs(size / sizes[0] - 1) > AGREEMENT for size in sizes):
        return (
            f"two pixel sizes are stated, {sizes[0]:.4g} m and {max(sizes, key=lambda s: abs(s / sizes[0] - 1)):.4g} m"
        )
    if not LEAST_PIXEL_M <= sizes[0] <= GREATEST_PIXEL_M:
        return f"a pixel of {sizes[0]:.4g} m is none of a microscope's"
    for said in found:
        if info.width is not None and said.columns is not None and said.columns != info.width:
            return f"the instrument recorded {said.columns} columns, the file has {info.width}, so it was changed since"
    return None


def _databar(info: MicrographInfo, found: Sequence[Acquisition], picture: Picture | None, header: Header) -> None:
    """Set the databar's box: where the instrument tells it, else where the pixels show it."""
    told = None
    for said in found:
        if said.databar_rows is not None:
            told = header.height - said.databar_rows
        elif said.rows is not None and said.columns == header.width:
            told = said.rows
        if told is not None and 0 < told < header.height:
            break
        told = None
    if picture is None:
        box = None if told is None else (0, told, header.width, header.height)
    elif not picture.whole:
        box = None
    else:
        box = find_databar(picture.pixels, told)
        if told is not None and box is None:
            info.problems.append(f"the instrument tells of a databar from row {told} on, which the image does not show")
            box = find_databar(picture.pixels)
    info.databar = None if box is None else list(box)
