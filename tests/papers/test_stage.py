"""Reading a paper again keeps what a service completed, unless the paper says it itself by now."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassllava import papers
from glassllava.papers import stage
from glassllava.records import Paper
from glassllava.workspace import Workspace
from tests.papers.written_pdf import LEFT, WrittenPdf

TITLE = "Fracture of soda lime glass rods in bending"


def test_a_completed_field_stays_and_gives_way_to_what_the_paper_says(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.settings.papers.ocr = False
    pdf = WrittenPdf().text(50, 40, "REVIEW").text(50, 60, TITLE, size=18, font="Bold").lines(50, 120, LEFT)
    pdf.text(50, 800, "This is an open access article under the CC BY license.", size=7)
    (tmp_path / "a.pdf").write_bytes(pdf.save())
    papers.add(workspace, [tmp_path / "a.pdf"])
    (read,) = workspace.papers()
    assert (read.title, read.article_type, read.licence, read.completed) == (TITLE, "review", "CC-BY", {})
    told = {"source": "crossref", "at": "2026-01-01T00:00:00+00:00"}
    with workspace.writing() as session:
        row = session.get_one(Paper, read.id)
        row.doi, row.doi_source, row.publisher, row.title = "10.1016/x", "crossref title", "Glass Press", "Another"
        row.completed = {"doi": told, "publisher": told, "title": told}
    monkeypatch.setattr(stage, "STAGE", "papers-newer")
    assert papers.add(workspace, [tmp_path / "a.pdf"]).papers == 1
    (again,) = workspace.papers()
    assert (again.doi, again.doi_source, again.publisher) == ("10.1016/x", "crossref title", "Glass Press")
    assert again.title == TITLE
    assert again.completed == {"doi": told, "publisher": told}
