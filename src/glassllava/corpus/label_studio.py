"""Label Studio's JSON export as rows of a captioned image set.

In: the text of an export (https://labelstud.io/guide/task_format): a list of tasks, each with `data` and with
`annotations` whose `result` holds what a person chose, wrote and drew. Out: for each task the fields of a row, or why
it cannot be used. What a person wrote goes before what the task came with; predictions, a machine's, are left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glassllava.errors import UnreadableInput
from glassllava.micrographs.techniques import kind_of_technique

_IMAGE = ("image", "img", "picture", "micrograph", "photo")
"""Under these names a task's data has its image."""
_CALLED = {
    "text": "caption",
    "description": "caption",
    "license": "licence",
    "kind": "technique",
    "modality": "technique",
    "method": "technique",
}
"""Other names of a row's fields."""
_FIELDS = {"caption", "title", "doi", "licence", "technique", "pixel_size_m"}
_UPLOADED = re.compile(r"^[0-9a-f]{8}-(?=.)")
"""What Label Studio puts before the names of uploaded files."""


class Unusable(str):
    """Why a task becomes no row."""


class _Result(BaseModel):
    from_name: str = ""
    type: str = ""
    value: dict[str, Any] = {}


class _Annotation(BaseModel):
    result: list[_Result] = []
    was_cancelled: bool | None = False
    ground_truth: bool | None = False
    updated_at: str | None = None


class _Task(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: dict[str, Any] = Field(min_length=1)
    annotations: list[_Annotation] = []


def tasks_of(text: str, file: Path) -> Iterator[dict[str, Any] | Unusable]:
    """Yield the fields of a row for each task, or why there is none.

    Parameters
    ----------
    text
        The export.
    file
        Where it lies; images are looked for in its folder and those below, by the end of their address.

    Raises
    ------
    UnreadableInput
        It is no list of tasks.
    """
    try:
        tasks = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(
            f"{file} is not valid JSON ({error}); export it from Label Studio again as JSON."
        ) from error
    if not isinstance(tasks, list):
        raise UnreadableInput(f"{file} is no list of tasks; export it from Label Studio as JSON.")
    for task in tasks:
        try:
            yield _fields(_Task.model_validate(task), file.parent)
        except ValidationError as error:
            first = error.errors()[0]
            yield Unusable(
                f"no task of Label Studio: field '{'.'.join(map(str, first['loc']))}': {first['msg'].lower()}"
            )


def _fields(task: _Task, folder: Path) -> dict[str, Any] | Unusable:
    used = [annotation for annotation in task.annotations if not annotation.was_cancelled]
    if task.annotations and not used:
        return Unusable("whoever annotated it skipped it")
    address = next((task.data[name] for name in _IMAGE if isinstance(task.data.get(name), str)), None)
    if address is None:
        return Unusable("field 'data': it names no image")
    fields: dict[str, Any] = {"image": _local(address, folder)}
    for name, value in task.data.items():
        if name not in _IMAGE and value not in ("", None):
            fields[_CALLED.get(name, name)] = value
    if used:
        # Of several people's the agreed one; else the newest.
        _add(fields, max(used, key=lambda one: (bool(one.ground_truth), one.updated_at or "")))
    return fields


def _add(fields: dict[str, Any], annotation: _Annotation) -> None:
    """Put what a person chose, wrote and drew over what the task came with."""
    regions: list[dict[str, Any]] = []
    for result in annotation.result:
        name = _CALLED.get(result.from_name, result.from_name)
        if "x" in result.value or result.type.endswith("labels"):
            regions.append(_region(result))
        elif result.type == "textarea":
            fields[name] = _joined(result.value.get("text"), "\n")
        elif result.type == "choices":
            chosen = _joined(result.value.get("choices"), ", ")
            names_a_technique = name not in _FIELDS and kind_of_technique(chosen) != "other"
            fields["technique" if names_a_technique and "technique" not in fields else name] = chosen
        elif result.type == "number":
            fields[name] = result.value.get("number")
    if regions:
        fields["regions"] = regions


def _region(result: _Result) -> dict[str, Any]:
    """Return a region's labels, and its place in percent of the picture where it is a rectangle."""
    place: dict[str, Any] = {
        key: result.value[key] for key in ("x", "y", "width", "height", "rotation") if key in result.value
    }
    return {"type": result.type, "labels": result.value.get(result.type, result.value.get("text", [])), **place}


def _joined(value: Any, between: str) -> str:
    return between.join(map(str, value)) if isinstance(value, list) else str(value or "")


def _local(address: str, folder: Path) -> str:
    """Return the path of an address's image, relative to the folder; the address where nothing there fits.

    Addresses are those of Label Studio's own server (`/data/local-files/?d=…`, `/data/upload/…`), of a bucket or of a
    site: only the last parts can lie here, and the longest run of them that does is the image.
    """
    named = parse_qs(urlsplit(address).query).get("d", [unquote(urlsplit(address).path) or address])[0]
    parts = [part for part in PurePosixPath(named.replace("\\", "/")).parts if part not in {"/", "..", "."}]
    for start in range(len(parts)):
        own_name = [*parts[start:-1], _UPLOADED.sub("", parts[-1])]
        for path in (PurePosixPath(*parts[start:]), PurePosixPath(*own_name)):
            for place in (PurePosixPath(), PurePosixPath("images")):
                if (folder / place / path).is_file():
                    return str(place / path)
    return address
