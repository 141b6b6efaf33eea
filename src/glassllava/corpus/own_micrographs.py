"""Import of a laboratory's own micrographs: a folder as an instrument leaves it, with what people noted of it.

In: a folder of images with the instrument's sidecar files beside them, and notes: tables and texts as in `notes`, and
free text in `NAME.txt` beside `NAME.tif`. Out: one Paper row a folder that holds images and one Panel row an image,
without its databar, the caption being the notes. Images are read in child processes; one that fails is named, the
rest is imported.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from glassllava.corpus.notes import Noted, notes_of
from glassllava.corpus.storing import Imported
from glassllava.errors import UnreadableInput
from glassllava.micrographs.databar import without_databar
from glassllava.micrographs.metadata import MicrographInfo, read_micrograph
from glassllava.micrographs.sidecars import sidecars_of
from glassllava.micrographs.stored import StoredImage, stored_image
from glassllava.micrographs.techniques import kind_of_technique
from glassllava.records import Panel, Paper
from glassllava.sandbox import Outcome, Sandbox
from glassllava.workspace import Workspace, file_id, identity, task_id
from glassllava.workspace.imports import PanelImport

STAGE = "micrographs-import-1"

IMAGE_ENDINGS = {".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp", ".jp2", ".webp", ".gif"}
FROM_NOTES = 0.6
"""Confidence of a kind that only the notes name: people write what they did with the sample as well."""


class _Job(NamedTuple):
    path: str
    noted: Noted
    task: str


class _Seen(NamedTuple):
    """What a child process gives back of one image."""

    image: StoredImage
    databar_png: bytes | None
    info: MicrographInfo
    kind: str | None
    notes: str


def import_micrographs(workspace: Workspace, folder: str | os.PathLike[str]) -> Imported:
    """Import all images in `folder` and the folders below it.

    Parameters
    ----------
    workspace
        Where the records go.
    folder
        Each folder below it that holds images is a source of its own, never divided by the split.

    Returns
    -------
    Imported
        What was done; images and lines of notes that failed are named with their reason.

    Raises
    ------
    UnreadableInput
        `folder` is no folder, or holds no image.
    """
    root = Path(folder)
    if not root.is_dir():
        raise UnreadableInput(f"{root} is no folder; name one that holds micrographs.")
    images = sorted(path for path in root.rglob("*") if _is_image(path))
    if not images:
        raise UnreadableInput(f"{root} holds no image ({', '.join(sorted(IMAGE_ENDINGS))}).")
    finished = workspace.finished(STAGE)
    with workspace.run("corpus import") as progress:
        noted, faults = notes_of(root, images)
        for target, reason in faults:
            progress.fail(target, reason)
        jobs = [_Job(str(path), noted[path], _task(path, noted[path])) for path in images]
        new = [job for job in jobs if job.task not in finished]
        progress.say(None, total=len(new))
        settings = workspace.settings.papers
        run = PanelImport(workspace, STAGE, progress)
        done = 0
        with Sandbox[_Job](
            "glassllava.corpus.own_micrographs:read_image",
            workers=min(settings.workers, max(1, len(new))),
            seconds=settings.seconds,
            memory_bytes=settings.memory_bytes,
        ) as sandbox:
            for outcome in sandbox.map(new):
                done += _store(workspace, root, outcome, run)
                progress.advance(outcome.item.path)
        return Imported(
            panels=done,
            known=len(jobs) - len(new),
            sources=len({Path(job.path).parent for job in new}),
            failed=progress.failures,
        )


def read_image(job: _Job) -> _Seen:
    """Read one image with its metadata, without its databar. Runs in a child process."""
    micrograph = read_micrograph(Path(job.path))
    if micrograph.picture is None:
        raise UnreadableInput("; ".join(micrograph.info.problems))
    values = micrograph.picture.pixels
    databar_png = None
    if micrograph.info.databar is not None:
        x0, y0, x1, y1 = micrograph.info.databar
        databar_png = stored_image(values[y0:y1]).png
        values = without_databar(values, (x0, y0, x1, y1))
    return _Seen(stored_image(values), databar_png, micrograph.info, micrograph.kind, micrograph.notes)


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_ENDINGS and not path.name.startswith(".") and path.is_file()


def _task(path: Path, noted: Noted) -> str:
    """Id of the work on an image: it is done anew when its pixels, its sidecars or its notes change."""
    beside = [_content(sidecar) for sidecar in sidecars_of(path)]
    notes = [noted.of_it, noted.of_all, noted.technique, sorted(noted.others.items())]
    return task_id(STAGE, _content(path), [str(path.resolve()), beside, notes])


def _content(path: Path) -> str:
    """Return the id of a file's bytes; of one that cannot be read, an id that a readable file cannot have."""
    try:
        return file_id(path)
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _store(workspace: Workspace, root: Path, outcome: Outcome[_Job], run: PanelImport) -> bool:
    path, noted = Path(outcome.item.path), outcome.item.noted
    name = str(path.relative_to(root))
    if outcome.reason is not None:
        run.fail(outcome.item.task, name, outcome.reason)
        return False
    seen: _Seen = outcome.value
    caption = " ".join(filter(None, [*noted.of_it, " ".join(seen.notes.split()), *noted.of_all]))
    kind, confidence = _kind(seen, noted, caption)
    place = path.parent.resolve()
    title = root.resolve().name
    if place != root.resolve():
        title += f"/{place.relative_to(root.resolve()).as_posix()}"
    source = identity("micrographs", str(place))
    panel = Panel(
        id=seen.image.key,
        paper_id=source,
        figure_id=None,
        label=None,
        ordinal=0,
        caption=caption,
        kind=kind,
        kind_confidence=confidence,
        pixel_size_m=seen.info.pixel_size_m,
        pixel_size_source=seen.info.pixel_size_source,
        image=workspace.images.put(seen.image.png),
        width=seen.image.width,
        height=seen.image.height,
        notes=_notes(workspace, path.name, seen, noted),
        origin="import",
    )

    def taken(present: Panel) -> str | None:
        other = present.notes.get("file")
        if other in {None, path.name} or not (path.parent / other).is_file():
            return None
        return f"it has the same pixels as {other}, which is imported"

    paper = Paper(id=source, file=title, origin="import", state="ok", title=title)
    return run.store(outcome.item.task, name, paper, panel, taken)


def _kind(seen: _Seen, noted: Noted, caption: str) -> tuple[str, float]:
    """Kind and confidence: what the instrument's header says, else what the notes name."""
    if seen.kind is not None:
        return seen.kind, 1.0
    if noted.technique:
        return kind_of_technique(noted.technique), 1.0
    kind = kind_of_technique(caption)
    return kind, 0.0 if kind == "other" else FROM_NOTES


def _notes(workspace: Workspace, file: str, seen: _Seen, noted: Noted) -> dict[str, Any]:
    """Return what is known of an image beside its caption; the databar that was cut off is kept as a picture."""
    known = seen.info.model_dump(exclude_none=True)
    for name in ("width", "height", "pixel_size_m", "pixel_size_source", "databar"):
        known.pop(name, None)
    if seen.databar_png is not None:
        known["databar"] = {"box": seen.info.databar, "image": workspace.images.put(seen.databar_png)}
    if noted.technique:
        known["technique"] = noted.technique
    return {**noted.others, **known, "file": file}
