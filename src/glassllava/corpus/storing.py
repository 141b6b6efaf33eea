"""Imported pictures as panels: the file that is stored, its identity, and its rows, once.

In: pixel values and what is known of a picture. Out: Paper and Panel rows. Both kinds of import, of captioned sets and
of a laboratory's own folders, store here.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel

from glassllava.micrographs.levels import eight_bits, sixteen_bits
from glassllava.records import Panel, Paper
from glassllava.workspace import RunProgress, Workspace, content_id, identity


class Imported(BaseModel):
    """What one import did."""

    panels: int
    known: int
    sources: int
    failed: list[tuple[str, str]]


class StoredImage(NamedTuple):
    """A picture as it goes into the workspace."""

    png: bytes
    key: str
    """Id of its pixels."""
    width: int
    height: int


def stored_image(values: NDArray[Any]) -> StoredImage:
    """Return a picture as a PNG file with the id of its pixels.

    Parameters
    ----------
    values
        Grey levels or colours. Grey levels keep up to 16 bits; deeper ones are scaled to 16, colours to 8, as PNG
        files of Pillow hold no more.
    """
    if values.ndim == 3 or values.dtype == np.bool_:
        plain: NDArray[Any] = eight_bits(values)
    else:
        plain = values if values.dtype == np.uint8 else sixteen_bits(values)
    plain = np.ascontiguousarray(plain)
    buffer = io.BytesIO()
    Image.fromarray(plain).save(buffer, "PNG")
    key = identity("pixels", str(plain.dtype), list(plain.shape), content_id(plain.tobytes()))
    return StoredImage(buffer.getvalue(), key, plain.shape[1], plain.shape[0])


class Import:
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
