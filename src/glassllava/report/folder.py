"""Writing the report's folder: `results.json`, `index.html`, figures and pictures.

In: a workspace. Out: a folder that can be moved or sent: the page loads nothing from outside it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from glassllava.errors import WorkspaceError
from glassllava.records import now
from glassllava.report import figures_controls, figures_corpus, figures_map, figures_scores
from glassllava.report.figures_style import Plate, save, style
from glassllava.report.gallery import make_gallery
from glassllava.report.measures import Observation, observations
from glassllava.report.page import make_page
from glassllava.report.results import as_text, make_results
from glassllava.report.rows import Rows, has_synthetic_beside, read_rows
from glassllava.workspace import Workspace


def write(workspace: Workspace, out: Path | None = None) -> dict[str, Any]:
    """Write the report of a workspace.

    Parameters
    ----------
    workspace
        The workspace to report on. Where it holds real and synthetic papers, the report is about the real ones,
        and `results.json` keeps the synthetic ones' numbers apart under `on_synthetic`.
    out
        Folder to write to; `report` inside the workspace where it is not given. Files of an earlier report in it
        are replaced.

    Returns
    -------
    dict
        `results` and `page` (paths), `figures` (numbers of those drawn), `missing` (figure to the reason why it is
        not drawn), `items` in the gallery, and `remarks` (sentences a reader must know).

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    folder = workspace.path / "report" if out is None else Path(out)
    with workspace.run("report", 4) as progress:
        rows = read_rows(workspace)
        found = observations(rows)
        results = make_results(rows, found)
        if has_synthetic_beside(workspace):
            results["on_synthetic"] = make_results(read_rows(workspace, synthetic=True))
        progress.advance("results")
        try:
            (folder / "figures").mkdir(parents=True, exist_ok=True)
            _remove_earlier(folder)
            _put(folder / "results.json", as_text(results))
            plates = _draw(rows, found, results, folder / "figures")
            progress.advance("figures")
            items = make_gallery(rows, workspace, folder) if rows.accepted_panels else []
            progress.advance("gallery")
            _put(folder / "index.html", make_page(rows, results, found, plates, items, now()))
        except OSError as error:
            raise WorkspaceError(
                f"The report cannot be written to {folder}: {error.strerror or error}; "
                "free space or name another folder."
            ) from error
        progress.advance("page")
    return {
        "results": str(folder / "results.json"),
        "page": str(folder / "index.html"),
        "figures": [plate.number for plate, _ in plates.values() if plate.figure is not None],
        "missing": {plate.number: plate.caption for plate, _ in plates.values() if plate.figure is None},
        "items": len(items),
        "remarks": results["remarks"],
    }


def _draw(rows: Rows, found: list[Observation], results: dict[str, Any], folder: Path) -> dict[str, tuple[Plate, str]]:
    """Draw and save all figures; none where there is no panel to speak of."""
    if not rows.accepted_panels:
        return {}
    main = [o for o in found if rows.main is not None and o.model == rows.main.name]
    with style():
        plates = [
            figures_corpus.context_types(rows),
            figures_map.paper_map(rows),
            figures_scores.quality_violins(rows, main),
            figures_scores.heat_map(rows, results, "quality"),
            figures_scores.heat_map(rows, results, "features"),
            figures_controls.defect_accuracy(rows, results),
            figures_scores.combinations(rows, main),
            figures_controls.conditions(rows, results),
            figures_controls.visual_gain(rows, results),
        ]
        return {plate.key: (plate, save(plate, folder) if plate.figure is not None else "") for plate in plates}


def _remove_earlier(folder: Path) -> None:
    """Remove figures and pictures of an earlier report, so that none is left of what is no longer so."""
    own = re.compile(r"figures/(figure|control)-s?\d+\.(svg|png)|images/[0-9a-f]{16}\.jpg")
    for file in (*folder.glob("figures/*"), *folder.glob("images/*")):
        if own.fullmatch(file.relative_to(folder).as_posix()):
            file.unlink()


def _put(file: Path, text: str) -> None:
    # Whole or not at all: a page that is open in a browser never sees half a file.
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
