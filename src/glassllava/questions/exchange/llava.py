"""Pairs in LLaVA's own form: `llava.json`, a list of objects with `id`, `image` and `conversations`.

In: rows; or such a file from anywhere. Out: the file, in which each object has the other fields too, which LLaVA passes
over; or each object's fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from glassllava.errors import UnreadableInput
from glassllava.questions.exchange import lines
from glassllava.questions.exchange.forms import PLACEHOLDER
from glassllava.questions.exchange.picture import Line
from glassllava.questions.exchange.rows import Row

NAME = "llava.json"


def write(folder: Path, rows: Iterable[Row]) -> None:
    """Write rows to the file in a folder."""
    with (folder / NAME).open("w", encoding="utf-8", newline="\n") as file:
        opening = "[\n"
        for row in rows:
            file.write(opening + json.dumps(_object(row), ensure_ascii=False))
            opening = ",\n"
        file.write("\n]\n")


def _object(row: Row) -> dict[str, Any]:
    fields = row.model_dump(mode="json", exclude={"technique"})
    question, answer = fields.pop("question"), fields.pop("answer")
    turns = [
        {"from": "human", "value": f"{PLACEHOLDER}\n{question}"},
        {"from": "gpt", "value": answer},
    ]
    return {"id": fields.pop("id"), "image": fields.pop("image"), "conversations": turns, **fields}


def read(path: Path, images: Path) -> Iterator[Line]:
    """Yield each object of the list; image paths are relative to `images`.

    Raises
    ------
    UnreadableInput
        The file is no JSON list.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise UnreadableInput(f"{path} is no valid JSON: {error}.") from error
    if not isinstance(found, list):
        raise UnreadableInput(f"{path} is no JSON list; LLaVA's form is a list of objects with conversations.")
    for number, fields in enumerate(found, start=1):
        yield lines.of_object(f"{path.name} item {number}", fields, images)
