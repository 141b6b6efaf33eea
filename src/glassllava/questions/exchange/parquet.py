"""Pairs as Parquet with the images inside, as the Hugging Face hub and TRL take them.

In: rows and the bytes of their images; or such a file from anywhere. Out: `data/train.parquet`, `data/test.parquet` and
`data/unsplit.parquet`, each where it has rows; or each row's fields and pictures. Column `images` holds one picture
(`Image` feature of `datasets`: struct of bytes and path), `prompt` and `completion` one turn each; the others are the
fields of `Row`.

Only this file needs pyarrow. Files from outside are read in a child process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from glassllava.errors import UnreadableInput
from glassllava.micrographs.stored import image_in_bytes
from glassllava.questions.exchange import forms
from glassllava.questions.exchange.picture import Line, Seen, Where
from glassllava.questions.exchange.rows import Row
from glassllava.sandbox import Pool
from glassllava.workspace import content_id

NAME = "data"
SPLITS = {"training": "train", "evaluation": "test", None: "unsplit"}
"""Our sides by the names that the hub knows."""

GROUP_BYTES = 16 * 2**20
"""Image bytes of a row group: what writer and reader hold in memory."""
GROUP_ROWS = 1000
_SAME_IMAGE_BYTES = 4 * GROUP_BYTES
"""Up to here a picture that several rows of a group share is written once."""

_TEXT = pa.string()
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", _TEXT)])
_TURN = pa.struct([("role", _TEXT), ("content", _TEXT)])
_QUOTE = pa.struct(
    [("quote", _TEXT), ("page", pa.int32()), ("paragraph", pa.int32()), ("start", pa.int32()), ("end", pa.int32())]
)
_ATTRIBUTE = pa.struct([("type", _TEXT), ("value", _TEXT), ("quote", _TEXT), ("page", pa.int32())])
_RUNG = pa.struct([("level", _TEXT), ("text", _TEXT), ("attributes", pa.list_(_ATTRIBUTE))])
_MENDED = pa.struct(
    [("question", _TEXT), ("answer", _TEXT), ("category", _TEXT), ("subcategory", _TEXT), ("needs_image", pa.bool_())]
)
_DECISION = pa.struct(
    [("reviewer", _TEXT), ("decision", _TEXT), ("changes", _MENDED), ("comment", _TEXT), ("seconds", pa.float64()),
     ("created", _TEXT)]
)  # fmt: skip
_COLUMNS: dict[str, pa.DataType] = {
    "id": _TEXT, "images": pa.list_(_IMAGE), "prompt": pa.list_(_TURN), "completion": pa.list_(_TURN),
    "category": _TEXT, "subcategory": _TEXT, "needs_image": pa.bool_(), "evidence": pa.list_(_QUOTE),
    "contexts": pa.list_(_RUNG), "panel": _TEXT, "panels": pa.list_(_TEXT), "caption": _TEXT, "kind": _TEXT,
    "pixel_size_m": pa.float64(), "doi": _TEXT, "title": _TEXT, "authors": pa.list_(_TEXT), "journal": _TEXT,
    "year": pa.int32(), "file": _TEXT, "licence": _TEXT, "split": _TEXT,
    "synthetic": pa.bool_(), "generator": _TEXT, "review": _TEXT, "reviews": pa.list_(_DECISION),
    "as_generated": _MENDED, "state": _TEXT, "gate": _TEXT, "reason": _TEXT, "question_id": _TEXT, "panel_id": _TEXT,
    "panel_ids": pa.list_(_TEXT), "made_from": _TEXT, "checksum": _TEXT,
}  # fmt: skip


def _feature(kind: pa.DataType) -> Any:
    """Return an Arrow type as `datasets` writes its features; lists in the spelling that all its versions read."""
    if kind.equals(_IMAGE):
        return {"_type": "Image"}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    if pa.types.is_list(kind):
        return [_feature(kind.value_type)]
    return {"dtype": str(kind).replace("double", "float64"), "_type": "Value"}


_FEATURES = {name: _feature(kind) for name, kind in _COLUMNS.items()}
_SCHEMA = pa.schema(list(_COLUMNS.items()), metadata={"huggingface": json.dumps({"info": {"features": _FEATURES}})})


def write(folder: Path, rows: Iterable[Row], image_bytes: Callable[[Row], bytes]) -> None:
    """Write rows to one file a side in `folder/data`, a row group at a time.

    Parameters
    ----------
    folder
        Where `data` is made.
    rows
        In any order; rows that share a picture take its room once where they follow each other.
    image_bytes
        Gives the image file of a row.
    """
    (folder / NAME).mkdir()
    waiting: dict[str | None, _Group] = {}
    with ExitStack() as opened:
        for row in rows:
            if row.split not in waiting:
                writer = pq.ParquetWriter(
                    folder / NAME / f"{SPLITS[row.split]}.parquet",
                    _SCHEMA,
                    use_dictionary=["images.list.element.bytes"],
                    dictionary_pagesize_limit=_SAME_IMAGE_BYTES,
                )
                waiting[row.split] = _Group(opened.enter_context(writer))
            waiting[row.split].add(row, image_bytes(row))
        for group in waiting.values():
            group.write()


class _Group:
    """Rows that wait to be written together."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0

    def add(self, row: Row, image: bytes) -> None:
        fields = row.model_dump(mode="json", exclude={"technique", "image", "question", "answer"})
        fields["images"] = [{"bytes": image, "path": Path(row.image).name}]
        fields["prompt"] = [{"role": "user", "content": row.question}]
        fields["completion"] = [{"role": "assistant", "content": row.answer}]
        self._rows.append(fields)
        self._bytes += len(image)
        if self._bytes >= GROUP_BYTES or len(self._rows) >= GROUP_ROWS:
            self.write()

    def write(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=_SCHEMA), row_group_size=GROUP_ROWS)
        self._rows, self._bytes = [], 0


class Asked(NamedTuple):
    """What is wanted of a Parquet file."""

    path: str
    group: int | None = None
    """None asks for the number of row groups."""
    pictures: tuple[int, ...] | None = None
    """Rows of the group whose pictures are wanted; None asks for the fields of all rows."""


READER = "glassllava.questions.exchange.parquet:look"


def look(asked: Asked) -> Any:
    """Answer one question about a Parquet file. Runs in a child process.

    Returns
    -------
    int, list of dict or list of Seen
        Number of row groups; or the fields of a group's rows; or the pictures of those asked for, in their order.

    Raises
    ------
    UnreadableInput
        The file is no Parquet file, or damaged.
    """
    try:
        with pq.ParquetFile(asked.path) as file:
            if asked.group is None:
                return file.metadata.num_row_groups
            names = set(file.schema_arrow.names)
            if asked.pictures is None:
                wanted = sorted(names & (Row.model_fields.keys() | forms.FIELDS) - {"image"})
                return file.read_row_group(asked.group, columns=wanted).to_pylist()
            column = next((name for name in ("images", "image") if name in names), None)
            if column is None:
                return [_NONE] * len(asked.pictures)
            values = file.read_row_group(asked.group, columns=[column]).column(0)
            return list(_pictures(values, asked.pictures))
    except (pa.ArrowException, OSError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UnreadableInput(f"{asked.path} cannot be read as Parquet: {reason}.") from error


_NONE = Seen("", None, "it holds no picture")


def _pictures(values: pa.ChunkedArray, rows: Iterable[int]) -> Iterator[Seen]:
    seen: dict[str, Seen] = {}
    for row in rows:
        value = values[row].as_py()
        held = value[0] if isinstance(value, list) and value else value
        data = held.get("bytes") if isinstance(held, dict) else held
        if not isinstance(data, bytes):
            yield _NONE
            continue
        key = content_id(data)
        if key not in seen:
            try:
                seen[key] = Seen(key, image_in_bytes(data), None)
            except UnreadableInput as error:
                seen[key] = Seen(key, None, str(error))
        yield seen[key]


def read(path: Path, reader: Pool[Asked]) -> Iterator[Line]:
    """Yield each row of a file, without its picture.

    Parameters
    ----------
    path
        A Parquet file.
    reader
        What calls `look`, outside of this process, one at a time.

    Raises
    ------
    UnreadableInput
        It is no Parquet file. A row group that cannot be read is a line with its fault.
    """
    (counted,) = reader.map([Asked(str(path))])
    if counted.reason is not None:
        raise UnreadableInput(counted.reason)
    number = 0
    for outcome in reader.map(Asked(str(path), group) for group in range(counted.value)):
        group = outcome.item.group
        if outcome.reason is not None:
            yield Line(f"{path.name} row group {group}", fault=outcome.reason)
            continue
        for row, fields in enumerate(outcome.value):
            number += 1
            given = {name: value for name, value in fields.items() if value is not None}
            yield Line(f"{path.name} row {number}", given, Where(str(path), group, row))
