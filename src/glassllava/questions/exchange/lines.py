"""Pairs as JSON lines: `questions.jsonl`, one pair and panel a line with all fields, and `images/` beside it.

In: rows; or a file of such lines from anywhere. Out: the file; or each line's fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from glassllava.errors import UnreadableInput
from glassllava.questions.exchange.picture import Line, Where
from glassllava.questions.exchange.rows import Row

NAME = "questions.jsonl"


def write(folder: Path, rows: Iterable[Row]) -> None:
    """Write rows to the file in a folder."""
    with (folder / NAME).open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            fields = row.model_dump(mode="json", exclude={"technique"})
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")


def read(path: Path, images: Path) -> Iterator[Line]:
    """Yield each line that is not empty; image paths are relative to `images`.

    Raises
    ------
    UnreadableInput
        The file is not UTF-8 text.
    """
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        try:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _parsed(f"{path.name} line {number}", line, images)
        except UnicodeDecodeError as error:
            raise UnreadableInput(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}.") from error


def _parsed(place: str, text: str, images: Path) -> Line:
    """Return the fields that a text holds as JSON, or the reason why there are none."""
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        return Line(place, fault=f"it is no valid JSON ({error.msg})")
    return of_object(place, fields, images)


def of_object(place: str, fields: object, images: Path) -> Line:
    """Return a JSON value as a line; its `image` names a file in `images`."""
    if not isinstance(fields, dict):
        return Line(place, fault="it is no JSON object")
    given = {name: value for name, value in fields.items() if value is not None}
    image = given.get("image")
    return Line(place, given, Where(str(images / image)) if isinstance(image, str) and image else None)
