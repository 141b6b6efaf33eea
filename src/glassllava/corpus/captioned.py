"""Import of captioned image sets: a JSONL, CSV or Label Studio file that names images with what is known of each.

In: rows with `image` (path, relative to the file) and any of `caption`, `title`, `doi`, `licence`, `technique`,
`pixel_size_m`; other fields are kept as notes. Tasks of Label Studio become such rows in `label_studio`. Out: one
Paper row a source (its DOI, else its title, else the file) and one Panel row an image, known by its pixels. Images are
decoded in child processes.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glassllava.corpus.label_studio import Unusable, tasks_of
from glassllava.corpus.storing import Imported
from glassllava.errors import UnreadableInput
from glassllava.micrographs.stored import StoredImage, image_in_file
from glassllava.micrographs.techniques import kind_of_technique
from glassllava.records import Panel, Paper, is_synthetic_doi
from glassllava.sandbox import Outcome, Sandbox
from glassllava.workspace import Workspace, file_id, task_id
from glassllava.workspace.imports import PanelImport, source_id

STAGE = "corpus-import-1"


class CaptionedImage(BaseModel):
    """One row of a captioned image set; unknown fields are kept as notes."""

    model_config = ConfigDict(extra="allow")

    image: str = Field(min_length=1)
    caption: str = ""
    title: str | None = None
    doi: str | None = None
    licence: str | None = None
    technique: str | None = None
    pixel_size_m: float | None = Field(default=None, gt=0)


class _Job(NamedTuple):
    path: str
    row: int


def import_panels(workspace: Workspace, file: str | os.PathLike[str]) -> Imported:
    """Import the images that `file` names; rows that fail are named with their reason and tried again next time.

    Parameters
    ----------
    workspace
        Where the records go.
    file
        `.jsonl` (one object a line), `.csv` (with a header) or `.json` (Label Studio's export); image paths are
        relative to its folder.

    Raises
    ------
    UnreadableInput
        The file is missing, of another kind, or has no row that can be read.
    """
    path = Path(file)
    rows: dict[int, CaptionedImage] = {}
    finished = workspace.finished(STAGE)
    with workspace.run("corpus import") as progress:
        known = 0
        for number, row in _rows(path):
            if isinstance(row, str):
                progress.fail(f"{path.name} row {number}", row)
            elif not (path.parent / row.image).is_file():
                progress.fail(f"{path.name} row {number}", f"the image {row.image} is not there")
            elif _task(path, row) in finished:
                known += 1
            else:
                rows[number] = row
        if not rows and not known:
            raise UnreadableInput(f"{path} names no image that can be read; each row needs the field 'image'.")
        progress.say(None, total=len(rows))
        jobs = [_Job(str(path.parent / row.image), number) for number, row in rows.items()]
        settings = workspace.settings.papers
        with Sandbox[_Job](
            "glassllava.corpus.captioned:decode",
            workers=min(settings.workers, max(1, len(jobs))),
            seconds=settings.seconds,
            memory_bytes=settings.memory_bytes,
        ) as sandbox:
            done = 0
            run = PanelImport(workspace, STAGE, progress)
            for outcome in sandbox.map(jobs):
                done += _store(workspace, path, rows[outcome.item.row], outcome, run)
                progress.advance(outcome.item.path)
        sources = {source_id(row.doi, row.title, path) for row in rows.values()}
        return Imported(panels=done, known=known, sources=len(sources), failed=progress.failures)


def decode(job: _Job) -> StoredImage:
    """Read an image file as it is stored. Runs in a child process."""
    return image_in_file(job.path)


def _rows(path: Path) -> Iterator[tuple[int, CaptionedImage | str]]:
    if not path.is_file():
        raise UnreadableInput(
            f"{path} is not a file; name a .jsonl, .csv or .json file that lists images with captions."
        )
    suffix = path.suffix.lower()
    if suffix not in {".jsonl", ".csv", ".json"}:
        raise UnreadableInput(
            f"{path} is neither .jsonl nor .csv nor Label Studio's .json; those are the forms that can be imported."
        )
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            if suffix == ".csv":
                lines: Iterator[Any] = csv.DictReader(file)
            elif suffix == ".json":
                lines = tasks_of(file.read(), path)
            else:
                lines = (line for line in file if line.strip())
            for number, line in enumerate(lines, start=1):
                yield number, line if isinstance(line, Unusable) else _row(line)
        except UnicodeDecodeError as error:
            raise UnreadableInput(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}.") from error


def _row(line: Any) -> CaptionedImage | str:
    try:
        fields = json.loads(line) if isinstance(line, str) else {k: v for k, v in line.items() if v not in ("", None)}
        return CaptionedImage.model_validate(fields)
    except json.JSONDecodeError as error:
        return f"not valid JSON: {error.msg}"
    except ValidationError as error:
        first = error.errors()[0]
        return f"field '{'.'.join(map(str, first['loc']))}': {first['msg'].lower()}"


def _task(path: Path, row: CaptionedImage) -> str:
    image = file_id(path.parent / row.image)
    return task_id(STAGE, image, row.model_dump(mode="json"))


def _store(workspace: Workspace, path: Path, row: CaptionedImage, outcome: Outcome[_Job], run: PanelImport) -> bool:
    task = _task(path, row)
    if outcome.reason is not None:
        run.fail(task, row.image, outcome.reason)
        return False
    image: StoredImage = outcome.value
    source = source_id(row.doi, row.title, path)
    paper = Paper(
        id=source,
        file=path.name,
        origin="import",
        state="ok",
        doi=row.doi,
        doi_source="import" if row.doi else None,
        title=row.title,
        licence=row.licence,
        synthetic=is_synthetic_doi(row.doi),
    )
    panel = Panel(
        id=image.key,
        paper_id=source,
        figure_id=None,
        label=None,
        ordinal=0,
        caption=row.caption,
        kind=kind_of_technique(row.technique),
        kind_confidence=1.0 if row.technique else 0.0,
        pixel_size_m=row.pixel_size_m,
        pixel_size_source="import" if row.pixel_size_m else None,
        image=workspace.images.put(image.png),
        width=image.width,
        height=image.height,
        notes={**(row.model_extra or {}), **({"technique": row.technique} if row.technique else {})},
        origin="import",
    )
    return run.store(task, row.image, paper, panel)
