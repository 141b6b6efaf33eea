"""Papers of the reserved DOI prefix are synthetic whoever adds them, and stay so."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import delete, update

from glassllava.papers import add
from glassllava.records import Paper, Task
from glassllava.workspace import Workspace
from tests.papers.written_pdf import WrittenPdf


def write_paper(folder: Path, name: str, doi: str) -> None:
    page = WrittenPdf().text(60, 60, f"The surface of a glass called {name}", 16).text(60, 90, f"doi: {doi}")
    words = f"The glass {name} was melted in a crucible and then cooled slowly to the temperature of the room."
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.pdf").write_bytes(page.lines(60, 140, [words] * 12).save())


def synthetic(workspace: Workspace) -> dict[str | None, bool]:
    return {paper.doi: paper.synthetic for paper in workspace.papers()}


def test_the_reserved_prefix_makes_a_paper_synthetic_and_nothing_makes_it_real_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    write_paper(tmp_path / "pdfs", "made", "10.5555/made.7")
    write_paper(tmp_path / "pdfs", "true", "10.1016/j.true.2020.7")
    assert add(workspace, [tmp_path / "pdfs"], workers=1).failed == []
    assert synthetic(workspace) == {"10.5555/made.7": True, "10.1016/j.true.2020.7": False}
    with workspace.writing() as session:
        # As if an earlier reading had found the reserved prefix, and the next, which reads all again, does not.
        session.execute(update(Paper).values(synthetic=True))
        session.execute(delete(Task))
    assert add(workspace, [tmp_path / "pdfs"], workers=1).papers == 2
    assert synthetic(workspace) == {"10.5555/made.7": True, "10.1016/j.true.2020.7": True}
