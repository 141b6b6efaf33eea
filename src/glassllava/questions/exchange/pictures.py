"""Which panel a line's picture is: one that the workspace holds, or a new one, known by its pixels.

In: lines whose panel the workspace does not know by id. Out: the panel's id for each picture, or the reason why there
is none; new panels with their sources. Pictures are decoded in child processes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from glassllava.errors import UnreadableInput
from glassllava.micrographs.stored import StoredImage, image_in_bytes
from glassllava.micrographs.techniques import kind_of_technique
from glassllava.questions.exchange.picture import Seen, Where
from glassllava.questions.exchange.rows import Row
from glassllava.records import Panel, Paper, is_synthetic_doi
from glassllava.sandbox import Outcome, Sandbox
from glassllava.workspace import PanelView, RunProgress, Workspace, content_id, task_id
from glassllava.workspace.imports import PanelImport, source_id

STAGE = "questions-import-1"


class Wanted(NamedTuple):
    """A picture that a line names, with the line."""

    place: str
    row: Row
    where: Where
    source: Path
    """The file that names it."""


def look(path: str) -> Seen:
    """Read one image file. Runs in a child process."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        return Seen("", None, f"the image cannot be read: {error.strerror or error}")
    try:
        return Seen(content_id(data), image_in_bytes(data), None)
    except UnreadableInput as error:
        return Seen(content_id(data), None, str(error))


class PanelsOfPictures:
    """Finds or makes the panels of pictures.

    Parameters
    ----------
    workspace
        Where the panels are.
    panels
        Those that stand there now, by id.
    progress
        Where it is told.
    technique
        How pictures were taken of which their line does not say it.
    """

    def __init__(
        self, workspace: Workspace, panels: Mapping[str, PanelView], progress: RunProgress, technique: str | None
    ) -> None:
        self._workspace = workspace
        self._progress = progress
        self._technique = technique
        self._import = PanelImport(workspace, STAGE, progress)
        self._known = set(panels)
        self._of_image: dict[str, str] = {}
        # Of several panels with one picture an accepted one is meant, else the first.
        for panel in sorted(panels.values(), key=lambda panel: panel.accepted):
            self._of_image[panel.image] = panel.id
        self.made: set[str] = set()

    def find(self, wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, str | None, str]]:
        """Yield each line with its panel's id, or with None and the reason."""
        by_picture: dict[Where, list[Wanted]] = defaultdict(list)
        for one in wanted:
            by_picture[one.where].append(one)
        for where, seen in self._seen(list(by_picture)):
            for one in by_picture[where]:
                yield one, *self._panel(one, seen)

    def _seen(self, places: Sequence[Where]) -> Iterator[tuple[Where, Seen]]:
        files = [where.path for where in places if where.group is None]
        groups: dict[tuple[str, int], list[int]] = defaultdict(list)
        for where in places:
            if where.group is not None:
                groups[where.path, where.group].append(where.row)
        if files:
            with self._reader("glassllava.questions.exchange.pictures:look", len(files)) as reader:
                for outcome in _in_order(files, reader.map(files)):
                    yield Where(outcome.item), outcome.value or Seen("", None, outcome.reason)
        if groups:
            from glassllava.questions.exchange import parquet  # needs pyarrow, an extra

            asked = [parquet.Asked(path, group, tuple(rows)) for (path, group), rows in groups.items()]
            with self._reader(parquet.READER, len(groups)) as reader:
                for outcome in _in_order(asked, reader.map(asked)):
                    path, group, rows = outcome.item
                    seen = outcome.value or [Seen("", None, outcome.reason)] * len(rows)
                    yield from ((Where(path, group, row), one) for row, one in zip(rows, seen, strict=True))

    def _reader(self, function: str, jobs: int) -> Sandbox[Any]:
        settings = self._workspace.settings.papers
        return Sandbox[Any](
            function,
            workers=min(settings.workers, jobs),
            seconds=settings.seconds,
            memory_bytes=settings.memory_bytes,
        )

    def _panel(self, one: Wanted, seen: Seen) -> tuple[str | None, str]:
        if seen.file in self._of_image:
            return self._of_image[seen.file], ""
        if seen.image is None:
            return None, seen.fault or "the image cannot be read"
        if seen.image.key in self._known:
            return seen.image.key, ""
        refusal = self._store(one, seen.image)
        if refusal is not None:
            return None, refusal
        self._known.add(seen.image.key)
        self.made.add(seen.image.key)
        return seen.image.key, ""

    def _store(self, one: Wanted, image: StoredImage) -> str | None:
        """Make a panel of a new picture; return why that cannot be."""
        row = one.row
        synthetic = is_synthetic_doi(row.doi) or bool(row.synthetic)
        key = source_id(row.doi, row.title or row.file, one.source)
        with self._workspace.reading() as session:
            present = session.get(Paper, key)
        if present is not None and present.synthetic != synthetic:
            return mislabelled(present.synthetic)
        paper = Paper(
            id=key,
            file=row.file or one.source.name,
            origin="import",
            state="ok",
            doi=row.doi,
            doi_source="import" if row.doi else None,
            title=row.title,
            authors=row.authors,
            journal=row.journal,
            year=row.year,
            licence=row.licence,
            synthetic=synthetic,
            split=row.split,
        )
        technique = row.technique or self._technique
        kind = row.kind or kind_of_technique(technique)
        notes = {} if row.panel is None else {"panel": row.panel}
        notes |= {"technique": technique} if technique and not row.kind else {}
        panel = Panel(
            id=image.key,
            paper_id=key,
            figure_id=None,
            label=None,
            ordinal=0,
            caption=row.caption,
            kind=kind,
            kind_confidence=1.0 if row.kind or technique else 0.0,
            pixel_size_m=row.pixel_size_m,
            pixel_size_source="import" if row.pixel_size_m else None,
            image=self._workspace.images.put(image.png),
            width=image.width,
            height=image.height,
            notes=notes,
            origin="import",
        )
        self._import.store(task_id(STAGE, image.key, key), one.place, paper, panel)
        return None


def _in_order(items: Sequence[Any], outcomes: Iterable[Outcome[Any]]) -> Iterator[Outcome[Any]]:
    """Yield outcomes in the order of their items, so that what is imported does not depend on what was ready first."""
    ready: dict[Any, Outcome[Any]] = {}
    coming = iter(outcomes)
    for item in items:
        while item not in ready:
            outcome = next(coming)
            ready[outcome.item] = outcome
        yield ready.pop(item)


def mislabelled(synthetic: bool) -> str:
    """Return why a line is refused whose paper is synthetic, or is not, other than the line says."""
    here, there = ("synthetic", "real") if synthetic else ("real", "synthetic")
    return f"its paper is {here} here, and the line is of a {there} one"
