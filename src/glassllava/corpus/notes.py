"""What people noted of the images in a folder: `notes.csv` and `notes.txt`, in any encoding.

In: a folder and the images below it. Out: `Noted` values by image, and the lines that belong to none. A file of notes
speaks of the images in its own folder and in those below. `notes.csv` has a column `file` and a column `note`; a column
`technique` names how an image was taken, and others are kept by their names. In `notes.txt` a line "NAME: text" is of
one image, any other line of all.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from glassllava.errors import UnreadableInput
from glassllava.micrographs.sidecars import sidecar_text

NOTES_TABLE, NOTES_TEXT = "notes.csv", "notes.txt"

_FILE_COLUMNS = ("file", "image", "filename", "file name", "name")
_NOTE_COLUMNS = ("note", "notes", "caption", "comment", "comments", "description", "remark", "remarks")
_OF_ONE_IMAGE = re.compile(r"(?P<name>[^:\t]{1,300}?)\s*[:\t]\s*(?P<text>\S.*)")


@dataclass(slots=True)
class Noted:
    """What the notes say of one image."""

    of_it: list[str] = field(default_factory=list)
    of_all: list[str] = field(default_factory=list)
    technique: str | None = None
    others: dict[str, str] = field(default_factory=dict)
    """Other columns of the table, by their names."""


class _Names:
    """Finds the images that a line of notes names, by path or by name, with or without ending."""

    def __init__(self, place: Path, images: Sequence[Path]) -> None:
        self._by_path: dict[str, list[Path]] = defaultdict(list)
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        for image in images:
            path = PurePosixPath(image.relative_to(place).as_posix())
            for key in {_plain(str(path)), _plain(str(path.with_suffix("")))}:
                self._by_path[key].append(image)
            for key in {_plain(path.name), _plain(path.stem)}:
                self._by_name[key].append(image)

    def find(self, name: str) -> list[Path]:
        """Return the images of a name; several only where they lie side by side, as `a.tif` and `a.jpg`.

        Raises
        ------
        UnreadableInput
            Images in several folders have the name.
        """
        key = _plain(name.replace("\\", "/"))
        found = self._by_path.get(key) or self._by_name.get(key) or []
        if len({path.parent for path in found}) > 1:
            raise UnreadableInput(f"several images are named '{name}'; write their folders too")
        return found


def notes_of(folder: Path, images: Sequence[Path]) -> tuple[dict[Path, Noted], list[tuple[str, str]]]:
    """Return what is noted of each image, and the lines of notes that cannot be used, with the reason.

    Parameters
    ----------
    folder
        Where notes are looked for, with all folders below.
    images
        Paths of the images in it.
    """
    noted = {image: Noted() for image in images}
    faults: list[tuple[str, str]] = []
    for file in sorted(path for path in folder.rglob("*") if _plain(path.name) in {NOTES_TABLE, NOTES_TEXT}):
        below = [image for image in images if file.parent in image.parents]
        where = str(file.relative_to(folder))
        try:
            text = sidecar_text(file)
        except UnreadableInput as error:
            faults.append((where, str(error)))
            continue
        names = _Names(file.parent, below)
        if _plain(file.name) == NOTES_TABLE:
            faults += [(f"{where} {line}".strip(), reason) for line, reason in _from_table(text, names, noted)]
        else:
            faults += [(f"{where} {line}", reason) for line, reason in _from_text(text, names, below, noted)]
    return noted, faults


def _from_table(text: str, names: _Names, noted: Mapping[Path, Noted]) -> Iterator[tuple[str, str]]:
    """Give each image the notes of its row; yield the rows that name none."""
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    columns = {_plain(name): name for name in rows.fieldnames or () if name}
    named = next((columns[name] for name in _FILE_COLUMNS if name in columns), None)
    if named is None:
        yield "", f"it has no column '{_FILE_COLUMNS[0]}', so its notes belong to no image"
        return
    noting = [columns[name] for name in _NOTE_COLUMNS if name in columns]
    technique = columns.get("technique")
    try:
        for row in rows:
            name = row[named] or ""
            try:
                images = names.find(name)
            except UnreadableInput as error:
                yield f"line {rows.line_num}", str(error)
                continue
            if not images:
                yield f"line {rows.line_num}", f"the image '{name}' is not there"
            said = {key: value.strip() for key, value in row.items() if isinstance(value, str) and value.strip()}
            for image in images:
                one = noted[image]
                one.of_it += [said[column] for column in noting if column in said]
                one.technique = said.get(technique or "", one.technique)
                used = {named, technique, *noting}
                one.others |= {key: value for key, value in said.items() if key and key not in used}
    except csv.Error as error:
        yield f"line {rows.line_num}", f"it is no table from here on ({error})"


def _from_text(
    text: str, names: _Names, below: Sequence[Path], noted: Mapping[Path, Noted]
) -> Iterator[tuple[str, str]]:
    """Give each image the lines that begin with its name, and all of them the others."""
    of_all = []
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        match = _OF_ONE_IMAGE.fullmatch(line)
        try:
            images = names.find(match["name"]) if match else []
        except UnreadableInput as error:
            yield f"line {number}", str(error)
            continue
        for image in images:
            noted[image].of_it.append(match["text"] if match else "")
        if line and not images:
            of_all.append(line)
    if of_all:
        for image in below:
            noted[image].of_all.append(" ".join(of_all))


def _plain(name: str) -> str:
    """Return a file's name as any two people would write it: one Unicode form, no difference of case."""
    return unicodedata.normalize("NFC", name.strip()).casefold()
