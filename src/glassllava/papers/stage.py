"""The papers stage: files in, records of what each PDF holds out.

In: PDF files and folders of them. Out: Paper, Figure, Panel and Mention rows, panel images and a copy of each
PDF in the workspace. Each paper is read in a child process and committed as a whole.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from glassllava.errors import UnreadableInput
from glassllava.papers.read import read_paper
from glassllava.papers.reading import PaperReading
from glassllava.records import DESCRIPTIVE_FIELDS, Figure, Mention, Panel, Paper, is_synthetic_doi
from glassllava.sandbox import Outcome, PoolOf, Sandbox
from glassllava.workspace import RunProgress, Workspace, content_id, figure_id, file_id, identity, panel_id, task_id

STAGE = "papers-7"
"""Name and version of this stage: a new version reads every paper again."""


class Added(BaseModel):
    """What one run of the stage did."""

    papers: int
    """Papers read now."""
    known: int
    """Papers that needed nothing."""
    figures: int
    panels: int
    sem_panels: int
    """Panels that the acceptance policy takes, of all papers given."""
    failed: list[tuple[str, str]]
    """File and reason."""


class _Job(NamedTuple):
    path: str
    ocr: bool


def find_pdfs(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Return the PDF files that `paths` name: files as given, folders searched through, sorted by name.

    Raises
    ------
    UnreadableInput
        A path does not exist or is a device, or nothing in the folders ends in ".pdf".
    """
    found: list[Path] = []
    given = [Path(path) for path in paths]
    for path in given:
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if file.suffix.lower() == ".pdf" and file.is_file())
        elif path.is_file():
            found.append(path)
        elif path.exists():
            raise UnreadableInput(f"{path} is neither a file nor a folder; name PDF files or a folder that holds some.")
        else:
            raise UnreadableInput(f"{path} does not exist; name PDF files or a folder that holds some.")
    if not found:
        names = ", ".join(str(path) for path in given)
        raise UnreadableInput(f"{names} holds no PDF file; name PDF files or a folder that holds some.")
    return list(dict.fromkeys(found))


def add(
    workspace: Workspace,
    paths: Sequence[str | os.PathLike[str]],
    *,
    workers: int | None = None,
    pool: PoolOf = Sandbox,
) -> Added:
    """Read the PDFs that `paths` name into the workspace.

    A paper that was read already by this version of the stage is left alone, also under another name. One that
    fails is kept as a Paper in state `error` with its reason and tried again next time.

    Parameters
    ----------
    workspace
        Where the records go.
    paths
        PDF files, or folders searched through.
    workers
        Child processes; by default as the settings say.
    pool
        What reads the files: child processes of this one, or `glassllava.scale.RayPool`. The records are the same.

    Raises
    ------
    UnreadableInput
        There is no PDF among `paths`.
    """
    files = find_pdfs(paths)
    settings = workspace.settings.papers
    finished = workspace.finished(STAGE)
    with workspace.run("papers", len(files)) as progress:
        todo: dict[str, tuple[Path, str]] = {}
        given: set[str] = set()
        for file in files:
            try:
                paper = file_id(file)
            except OSError as error:
                progress.fail(_name(file), f"the file cannot be opened: {error.strerror or error}")
                progress.advance(_name(file))
                continue
            if paper in given or _task(paper, settings.ocr) in finished:
                progress.advance(_name(file))
            else:
                todo[str(file.absolute())] = (file, paper)
            given.add(paper)
        known = len(files) - len(todo) - len(progress.failures)
        jobs = [_Job(path, settings.ocr) for path in todo]
        with pool(
            "glassllava.papers.stage:read_file",
            workers=min(workers or settings.workers, max(1, len(jobs))),
            seconds=settings.seconds,
            memory_bytes=settings.memory_bytes,
        ) as readers:
            for outcome in readers.map(jobs):
                file, paper = todo[outcome.item.path]
                _store(workspace, _name(file), paper, outcome, progress)
                progress.advance(_name(file))
        accepted = [panel for panel in workspace.panels() if panel.accepted and panel.paper_id in given]
        with workspace.reading() as session:
            figures = _count(session, Figure, given)
            panels = _count(session, Panel, given)
        return Added(
            papers=len(files) - known - len(progress.failures),
            known=known,
            figures=figures,
            panels=panels,
            sem_panels=len(accepted),
            failed=progress.failures,
        )


def read_file(job: _Job) -> tuple[bytes, PaperReading]:
    """Read one PDF; this is what runs in the child process."""
    data = Path(job.path).read_bytes()
    return data, read_paper(data, ocr=job.ocr)


def _name(file: Path) -> str:
    """Return the file's name as text: where its bytes are no UTF-8, no database would take them."""
    return os.fsencode(file.name).decode("utf-8", "replace")


def _count(session: Session, record: type[Figure] | type[Panel], papers: set[str]) -> int:
    """Count what the papers hold; a list of all their ids would be more than a query may have."""
    by_paper = session.execute(select(record.paper_id, func.count()).group_by(record.paper_id))
    return sum(number for paper, number in by_paper if paper in papers)


def _task(paper: str, ocr: bool) -> str:
    """Return the id of reading a paper; one read without OCR is read again once OCR can be had."""
    return task_id(STAGE, paper, ocr and find_spec("rapidocr") is not None)


def _store(workspace: Workspace, file: str, paper: str, outcome: Outcome[_Job], progress: RunProgress) -> None:
    key = _task(paper, workspace.settings.papers.ocr)
    reason = outcome.reason
    if reason is None and content_id(outcome.value[0]) != paper:
        reason = "the file was changed while it was being read; add it again"
    if reason is not None:
        progress.fail(file, reason)
        with workspace.writing() as session:
            known = session.get(Paper, paper)
            if known is None or known.state != "ok":
                session.merge(Paper(id=paper, file=file, state="error", reason=reason))
        return
    data, reading = outcome.value
    workspace.pdfs.put(data)
    images = {id(panel): workspace.images.put(panel.image) for figure in reading.figures for panel in figure.panels}
    with workspace.writing() as session:
        _write(session, paper, file, reading, images)
        workspace.record_task(session, key, STAGE, file)


def _write(session: Session, paper: str, file: str, reading: PaperReading, images: dict[int, str]) -> None:
    """Write what was read, over what an earlier version of the stage read; people's panels and reviews stay.

    What a service completed stays too, where the paper does not say it itself.
    """
    present = session.get(Paper, paper)
    described = {field: getattr(reading, field) for field in DESCRIPTIVE_FIELDS} | {"doi_source": reading.doi_source}
    completed = {} if present is None else {f: told for f, told in present.completed.items() if not described[f]}
    for field in completed:
        described[field] = getattr(present, field)
    if "doi" in completed and present is not None:
        described["doi_source"] = present.doi_source
    session.merge(
        Paper(
            id=paper,
            file=file if present is None else present.file,
            state="ok",
            reason=None,
            **described,
            completed=completed,
            pages=reading.pages,
            paragraphs=[
                {"page": p.page, "breaks": p.breaks, "section": p.section, "role": p.role, "text": p.text}
                for p in reading.paragraphs
            ],
            problems=reading.problems,
            # Once synthetic, always: a newer reading that misses the DOI must not let the paper in among the real.
            synthetic=is_synthetic_doi(described["doi"]) or (present is not None and present.synthetic),
        )
    )
    session.flush()
    session.execute(delete(Mention).where(Mention.paper_id == paper))
    for mention in reading.mentions:
        session.merge(
            Mention(
                id=identity("mention", paper, mention.figure, mention.supplementary, mention.paragraph, mention.start),
                paper_id=paper,
                figure=mention.figure,
                supplementary=mention.supplementary,
                panels=list(mention.panels),
                page=mention.page,
                paragraph=mention.paragraph,
                start=mention.start,
                end=mention.end,
                text=mention.text,
            )
        )
    _write_figures(session, paper, reading, images)


def _write_figures(session: Session, paper: str, reading: PaperReading, images: dict[int, str]) -> None:
    written: set[str] = set()
    figures_so_far: Counter[str] = Counter()
    position = 0
    for figure in reading.figures:
        ordinal = figures_so_far[figure.label]
        figures_so_far[figure.label] += 1
        key = figure_id(paper, figure.label, ordinal)
        session.merge(
            Figure(
                id=key,
                paper_id=paper,
                label=figure.label,
                ordinal=ordinal,
                supplementary=figure.supplementary,
                page=figure.page,
                box=list(figure.box),
                caption=figure.caption,
            )
        )
        session.flush()
        panels_so_far: Counter[str | None] = Counter()
        for panel in figure.panels:
            panel_key = panel_id(key, panel.label, panels_so_far[panel.label])
            session.merge(
                Panel(
                    id=panel_key,
                    paper_id=paper,
                    figure_id=key,
                    label=panel.label,
                    ordinal=panels_so_far[panel.label],
                    position=position,
                    page=panel.page,
                    box=list(panel.box),
                    caption=panel.caption,
                    kind=panel.kind,
                    kind_confidence=panel.kind_confidence,
                    pixel_size_m=panel.pixel_size_m,
                    pixel_size_source=panel.pixel_size_source,
                    image=images[id(panel)],
                    width=panel.width,
                    height=panel.height,
                )
            )
            panels_so_far[panel.label] += 1
            position += 1
            written.add(panel_key)
    found = select(Panel.id).where(Panel.paper_id == paper, Panel.origin == "machine")
    gone = [key for key in session.scalars(found) if key not in written]
    session.execute(delete(Panel).where(Panel.id.in_(gone)))
