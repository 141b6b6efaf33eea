"""The truth beside synthetic papers: which scene each of their panels shows.

In: a folder of synthetic papers, `NAME.pdf` with `NAME.truth.json` beside it, and the workspace that read them. Out:
one SceneTruth row for each SEM panel that was found, which the report measures models against. Truth is never taken
for a paper that is not synthetic: only a made image has one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import delete

from glassllava.errors import UnreadableInput
from glassllava.records import SceneTruth
from glassllava.workspace import PanelView, Workspace, figure_id, file_id
from glassllava.workspace.truth import SceneTruthView

SUFFIX = ".truth.json"


class TruthRecorded(BaseModel):
    """What is known after recording."""

    panels: int
    """SEM panels whose scene is known now."""
    without: int
    """SEM panels of the truth files that the reading of the papers did not find: these cannot be measured."""


class _Scene(SceneTruthView):
    model_config = ConfigDict(frozen=True, extra="allow")


class _TruePanel(BaseModel):
    figure: str = Field(min_length=1)
    label: str | None
    scene: _Scene | None


class _TruthFile(BaseModel):
    synthetic: Literal[True]
    panels: list[_TruePanel]


def record_truth(workspace: Workspace, folder: str | os.PathLike[str]) -> TruthRecorded:
    """Record the scenes of the synthetic papers that a folder holds; recording twice changes nothing.

    A PDF is known by its bytes, whatever its name. One that has no truth file beside it, is not in the workspace or
    is not synthetic there is passed over. A panel is the one with its figure's number and its letter, as printed
    (the first, should a paper print a number twice); a letter that a person corrected counts as corrected.

    Parameters
    ----------
    workspace
        Where the papers were read and where the rows go.
    folder
        Searched through for PDF files, as `papers.add` does.

    Raises
    ------
    UnreadableInput
        The folder does not exist, or a truth file is malformed; nothing is written then.
    """
    where = Path(folder)
    if not where.is_dir():
        raise UnreadableInput(f"{where} is not a folder; name the one that holds the synthetic papers.")
    synthetic = {paper.id for paper in workspace.papers() if paper.synthetic}
    told: dict[str, _TruthFile] = {}
    for file in sorted(file for file in where.rglob("*") if file.suffix.lower() == ".pdf" and file.is_file()):
        beside = file.with_name(file.stem + SUFFIX)
        if beside.is_file() and (paper := file_id(file)) in synthetic:
            told[paper] = _read(beside)
    found = _places(panel for panel in workspace.panels() if panel.paper_id in told)
    recorded = without = 0
    with workspace.run("corpus truth", len(told)) as progress, workspace.writing() as session:
        for paper, truth in told.items():
            # From the last to the first, so that the first panel of a name is the one that is kept, as in `_places`.
            scenes = {(p.figure, p.label): p.scene for p in reversed(truth.panels) if p.scene is not None}
            rows = [
                SceneTruth(panel_id=found[paper, figure, label], paper_id=paper, scene=scene.model_dump(mode="json"))
                for (figure, label), scene in scenes.items()
                if (paper, figure, label) in found
            ]
            session.execute(delete(SceneTruth).where(SceneTruth.paper_id == paper))
            session.add_all(rows)
            recorded += len(rows)
            without += len(scenes) - len(rows)
            progress.advance(f"{len(rows)} panels")
    return TruthRecorded(panels=recorded, without=without)


def _read(file: Path) -> _TruthFile:
    try:
        return _TruthFile.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            reason = f"{place}: {first['msg']}" if place else first["msg"]
        else:
            reason = error.strerror or str(error)
        raise UnreadableInput(
            f"{file} is no truth file of a synthetic paper ({reason}); make the paper again or remove the file."
        ) from error


def _places(panels: Iterable[PanelView]) -> dict[tuple[str, str, str | None], str]:
    """Return the id of the first panel at each place: paper, figure's number and letter, as printed."""
    places: dict[tuple[str, str, str | None], str] = {}
    for panel in panels:
        if panel.figure is not None and panel.figure_id == figure_id(panel.paper_id, panel.figure, 0):
            places.setdefault((panel.paper_id, panel.figure, panel.label), panel.id)
    return places
