"""The text files that lie beside an image and belong to it: an instrument's, or a person's notes.

In: an image's path. Out: the paths and the text of its sidecar files.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from glassllava.errors import UnreadableInput
from glassllava.micrographs.encodings import decoded_text
from glassllava.micrographs.instruments import SIDECAR_ENDINGS

MOST_BYTES = 4 * 2**20
"""Larger files are nobody's notes of one image."""


def is_sidecar(file: Path) -> bool:
    """Tell whether a file's name is one of a sidecar."""
    return file.suffix.lower() in SIDECAR_ENDINGS


def sidecars_of(image: Path) -> list[Path]:
    """Return the sidecar files of an image that are there: for `x.tif`, `x.txt`, `x.tif.txt`, `x-tif.txt`, or `.hdr`.

    Endings in upper case or capitalised count too, and so do names that a file system stores in another Unicode form.
    """
    ending = image.suffix.lstrip(".")
    stems = [
        image.stem,
        image.name,
        *(f"{image.stem}-{part}" for part in {ending, ending.lower(), ending.upper()} if part),
    ]
    found: dict[Path, None] = {}
    for stem in stems:
        for form in ("NFC", "NFD"):
            for end in SIDECAR_ENDINGS:
                for spelt in (end, end.upper(), end[0] + end[1:].capitalize()):
                    beside = image.with_name(unicodedata.normalize(form, stem) + spelt)
                    if beside.is_file() and not any(beside.samefile(other) for other in found):
                        found[beside] = None
    return list(found)


def sidecar_text(file: Path) -> str:
    """Return the text of a sidecar file, whatever its encoding.

    Raises
    ------
    UnreadableInput
        It cannot be read, or is larger than `MOST_BYTES`.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UnreadableInput(f"{file} is larger than {MOST_BYTES // 2**20} MiB, so it is no image's notes.")
        return decoded_text(file.read_bytes())
    except OSError as error:
        raise UnreadableInput(f"{file} cannot be read: {error.strerror or error}.") from error
