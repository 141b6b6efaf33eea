"""Imported pictures as panels: their sources and their rows, stored once, whoever imports them.

In: Paper and Panel rows of pictures that came with no PDF. Out: the rows in the workspace, or a named failure. What is
imported of captioned sets, of a laboratory's own folders and with pairs is stored here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from glassllava.records import Panel, Paper
from glassllava.workspace.folder import Workspace
from glassllava.workspace.identity import identity
from glassllava.workspace.runs import RunProgress


def source_id(doi: str | None, title: str | None, file: str | os.PathLike[str]) -> str:
    """Return the id of the source of imported pictures: its DOI, else its title, else the file that names them."""
    return identity("source", (doi or "").lower() or title or str(Path(file).resolve()))


class PanelImport:
    """One run of an import: stores panels, and names each picture that fails with its reason.

    Parameters
    ----------
    workspace
        Where the records go.
    stage
        Name of the import, with its version.
    progress
        Where failures are told.
    """

    def __init__(self, workspace: Workspace, stage: str, progress: RunProgress) -> None:
        self._workspace = workspace
        self._stage = stage
        self._progress = progress

    def store(
        self, task: str, name: str, paper: Paper, panel: Panel, taken: Callable[[Panel], str | None] = lambda _: None
    ) -> bool:
        """Store one panel with its source; return False where the same picture is another one's already.

        Parameters
        ----------
        task
            Id of the work that is done with this.
        name
            What the picture is called to people.
        paper
            Its source; stored where it is not there yet.
        panel
            The picture's row.
        taken
            Says why the panel that is there, of the same source and with the same pixels, keeps them; None where it
            does not.
        """
        with self._workspace.reading() as session:
            present = session.get(Panel, panel.id)
        reason = None
        if present is not None:
            reason = (
                "the same picture was imported from another source before, which keeps it"
                if present.paper_id != paper.id
                else taken(present)
            )
        if reason is not None:
            self.fail(task, name, reason)
            return False
        with self._workspace.writing() as session:
            if session.get(Paper, paper.id) is None:
                session.add(paper)
                session.flush()
            session.merge(panel)
            self._workspace.record_task(session, task, self._stage, name)
        return True

    def fail(self, task: str, name: str, reason: str) -> None:
        """Name a picture that is not imported; it is tried again next time."""
        self._progress.fail(name, reason)
        with self._workspace.writing() as session:
            self._workspace.record_task(session, task, self._stage, name, reason)
