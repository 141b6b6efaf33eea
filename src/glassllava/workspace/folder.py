"""The workspace folder itself: made, opened, read and written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from glassllava.errors import WorkspaceError
from glassllava.records import Figure, Panel, Paper, Review, Task
from glassllava.settings import FILE_NAME, Settings, load_settings
from glassllava.workspace.database import open_database
from glassllava.workspace.files import FileStore
from glassllava.workspace.identity import person_panel_id
from glassllava.workspace.overlay import PanelView, QuestionView, panel_views, question_views
from glassllava.workspace.reviews import checked_changes
from glassllava.workspace.runs import RunProgress, Watcher, finished_tasks, run_stage
from glassllava.workspace.scores import ScoreView, score_views
from glassllava.workspace.status import Status, read_status
from glassllava.workspace.truth import SceneTruthView, scene_truths

DATABASE_NAME = "glassllava.db"

FIRST_SETTINGS = """\
# Settings of this GlassLLaVA workspace. Every field has a default; docs/file-formats.md lists them.
domain = {domain}
"""

FIRST_KINDS = """
[acceptance]
kinds = {kinds}
"""


class Workspace:
    """One folder that holds a laboratory's papers, panels, questions, models and measurements.

    Parameters
    ----------
    path
        A folder that `Workspace.create` made.

    Raises
    ------
    WorkspaceError
        The folder is no workspace, cannot be written, its settings are wrong, or a newer version wrote it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not (self.path / FILE_NAME).is_file():
            raise WorkspaceError(
                f"{self.path} is not a GlassLLaVA workspace (it has no {FILE_NAME}); "
                f"make one with `glassllava init {self.path}`."
            )
        self.settings: Settings = load_settings(self.path)
        if not os.access(self.path, os.W_OK):
            raise WorkspaceError(f"{self.path} cannot be written; check its permissions or choose another folder.")
        self.images = FileStore(self.path / "images", ".png")
        self.pdfs = FileStore(self.path / "papers", ".pdf")
        self.watcher: Watcher | None = None
        """Called on each progress of a stage; the command line draws its bar from it."""
        url = self.settings.database_url or f"sqlite:///{(self.path / DATABASE_NAME).resolve()}"
        try:
            self.engine = open_database(url)
        except DatabaseError as error:
            raise WorkspaceError(f"The database of {self.path} cannot be opened: {error.orig}.") from error
        self._reader = self.engine.execution_options(read_only=True)

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], domain: str = "glass-sem", kinds: Sequence[str] | None = None
    ) -> Workspace:
        """Make a workspace in `path` (a new or empty folder, or one that is a workspace already) and open it.

        Parameters
        ----------
        path
            The folder.
        domain
            Name or folder of its domain pack, where the workspace is new.
        kinds
            Kinds of panel that it uses, where the workspace is new; None leaves the default of the settings.

        Raises
        ------
        WorkspaceError
            The folder holds other things, or cannot be made or written.
        """
        folder = Path(path)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not (folder / FILE_NAME).exists():
                if any(folder.iterdir()):
                    raise WorkspaceError(f"{folder} holds other files; name a new or an empty folder.")
                # JSON's strings and lists of strings are TOML's too.
                settings = FIRST_SETTINGS.format(domain=json.dumps(domain, ensure_ascii=False))
                if kinds is not None:
                    settings += FIRST_KINDS.format(kinds=json.dumps(list(kinds)))
                (folder / FILE_NAME).write_text(settings, encoding="utf-8")
        except OSError as error:
            raise WorkspaceError(
                f"The workspace {folder} cannot be made: {error.strerror or error}; "
                "choose a folder that can be written."
            ) from error
        return cls(folder)

    def close(self) -> None:
        """Close the database's connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one unchanging state of the database."""
        with Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose writes appear all together at its end, or not at all on an exception."""
        with Session(self.engine) as session, session.begin():
            yield session

    def run(self, stage: str, total: int | None = None) -> AbstractContextManager[RunProgress]:
        """Register a run of `stage` with live progress; see `glassllava.workspace.runs.run_stage`."""
        return run_stage(self.engine, stage, total, self.watcher)

    def finished(self, stage: str) -> set[str]:
        """Return the ids of the tasks of `stage` that need not be done again."""
        with self.reading() as session:
            return finished_tasks(session, stage)

    def record_task(self, session: Session, key: str, stage: str, target: str, reason: str | None = None) -> None:
        """Write in `session` that the task `key` was done, or failed for `reason`."""
        state = "ok" if reason is None else "error"
        session.merge(Task(id=key, stage=stage, target=target, state=state, reason=reason))

    def papers(self) -> list[Paper]:
        """Return all papers, in order of file name."""
        with self.reading() as session:
            return list(session.scalars(select(Paper).order_by(Paper.file, Paper.id)))

    def panels(self) -> list[PanelView]:
        """Return all panels with reviews laid over them, in order of paper and place."""
        with self.reading() as session:
            return panel_views(session, self.settings.acceptance)

    def questions(self) -> list[QuestionView]:
        """Return all questions with reviews laid over them, in order of paper and panel."""
        with self.reading() as session:
            panels = {panel.id: panel for panel in panel_views(session, self.settings.acceptance)}
            return question_views(session, panels)

    def scores(self) -> list[ScoreView]:
        """Return every planned answer with its assessments, the evaluator's word over the judge's."""
        with self.reading() as session:
            panels = {panel.id: panel for panel in panel_views(session, self.settings.acceptance)}
            return score_views(session, {q.id: q for q in question_views(session, panels)})

    def truths(self) -> dict[str, SceneTruthView]:
        """Return the scene behind each synthetic panel whose truth was recorded, by the panel's id."""
        with self.reading() as session:
            return scene_truths(session)

    def status(self) -> Status:
        """Return what is in the workspace, what is missing, what failed and what to run next."""
        with self.reading() as session:
            return read_status(session, self.settings, self.path)

    def review(
        self,
        target: str,
        target_id: str,
        reviewer: str,
        decision: str,
        *,
        changes: dict[str, Any] | None = None,
        comment: str | None = None,
        seconds: float | None = None,
    ) -> None:
        """Append one person's decision; earlier ones stay.

        Parameters
        ----------
        target
            `panel`, `question` or `judgement`.
        target_id
            Id of the record decided upon.
        reviewer
            Name of the person.
        decision
            `accept`, `reject`, `skip` or `change`.
        changes
            Fields with their new values.
        comment, seconds
            What the person wrote, and how long they looked.

        Raises
        ------
        WorkspaceError
            There is no such record, decision or field, or the field cannot have that value.
        """
        with self.writing() as session:
            session.add(
                Review(
                    target=target,
                    target_id=target_id,
                    reviewer=reviewer,
                    decision=decision,
                    changes=checked_changes(session, target, target_id, decision, changes or {}),
                    comment=comment,
                    seconds=seconds,
                )
            )

    def create_panel(
        self,
        figure_id: str,
        reviewer: str,
        *,
        page: int,
        box: Sequence[float],
        label: str | None,
        image: bytes,
        size: tuple[int, int],
        kind: str = "sem",
        caption: str | None = None,
        replaces: Sequence[str] = (),
        decision: str = "create",
    ) -> str:
        """Add a panel that a person drew, or that replaces panels they split or merged, and return its id.

        Parameters
        ----------
        figure_id
            The figure it belongs to.
        reviewer
            Name of the person.
        page, box
            Page (from 1) and `[x0, y0, x1, y1]` in points from its top left.
        label
            The bare letter, or None.
        image, size
            PNG of the crop, and its width and height in pixels.
        kind, caption
            What it shows; without a caption, the figure's own.
        replaces
            Panels that this one takes the place of (call once per new panel when splitting).
        decision
            `create`, `split` or `merge`.

        Raises
        ------
        WorkspaceError
            No figure has that id.
        """
        key = self.images.put(image)
        with self.writing() as session:
            figure = session.get(Figure, figure_id)
            if figure is None:
                raise WorkspaceError(f"No figure has the id {figure_id}; read the papers first.")
            new_id = person_panel_id(figure.paper_id, page, box, label)
            ordinal = session.query(Panel).filter(Panel.figure_id == figure_id, Panel.label == label).count()
            session.merge(
                Panel(
                    id=new_id,
                    paper_id=figure.paper_id,
                    figure_id=figure_id,
                    label=label,
                    ordinal=ordinal,
                    position=session.query(Panel).filter(Panel.paper_id == figure.paper_id).count(),
                    page=page,
                    box=[float(value) for value in box],
                    caption=figure.caption if caption is None else caption,
                    kind=kind,
                    kind_confidence=1.0,
                    pixel_size_m=None,
                    pixel_size_source=None,
                    image=key,
                    width=size[0],
                    height=size[1],
                    origin="person",
                )
            )
            for target_id in replaces:
                session.add(
                    Review(
                        target="panel",
                        target_id=target_id,
                        reviewer=reviewer,
                        decision=decision,
                        changes={"into": [new_id]},
                    )
                )
            session.add(Review(target="panel", target_id=new_id, reviewer=reviewer, decision="accept", changes={}))
        return new_id
