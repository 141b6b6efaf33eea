"""Hostile PDFs: every run ends, each failure is a sentence, and sound papers among them get through."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.mutated import (
    PDF_DAMAGE,
    endless_words,
    forms_in_forms,
    mutated,
    nested_brackets,
    pages_in_a_loop,
    strange_page_size,
    xmp_bomb,
)
from glassllava import papers
from glassllava.errors import UnreadableInput
from glassllava.papers import stage
from glassllava.workspace import Workspace
from tests.papers.written_pdf import LEFT, WrittenPdf

WRITTEN = (pages_in_a_loop, strange_page_size, forms_in_forms, nested_brackets, endless_words, xmp_bomb)


def sound_paper() -> bytes:
    pdf = WrittenPdf().lines(50, 80, LEFT).text(50, 200, "As Fig. 1 shows, mist is seen where the crack ran fast.")
    pdf.draw("q 300 0 0 200 60 250 cm /Picture Do Q").text(60, 610, "Fig. 1. SEM image of a fracture surface.")
    return pdf.save()


def quick(workspace: Workspace) -> Workspace:
    workspace.settings.papers.ocr = False
    workspace.settings.papers.seconds, workspace.settings.papers.memory_bytes = 30.0, 2 * 2**30
    return workspace


def test_every_hostile_pdf_is_read_or_named_and_the_sound_one_gets_through(
    workspace: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "pdfs"
    folder.mkdir()
    for number, (name, data) in enumerate(mutated(30, [sound_paper()], PDF_DAMAGE, WRITTEN, seed=5)):
        (folder / f"{number:02}-{name}.pdf").write_bytes(data)
    (folder / "15-sound.pdf").write_bytes(sound_paper())
    added = papers.add(quick(workspace), [folder])
    assert added.papers + added.known + len(added.failed) == 31
    for _, reason in added.failed:
        assert reason.endswith((".", "stopped", "memory", ")")) or "add it again" in reason
        assert "\n" not in reason
        assert not reason.startswith("reading failed"), "an exception that nobody foresaw"
    (sound,) = [row for row in workspace.papers() if row.file == "15-sound.pdf"]
    assert sound.state == "ok"
    assert [panel.name for panel in workspace.panels() if panel.paper_id == sound.id] == ["Figure 1"]


def test_hostile_files_are_the_same_for_the_same_seed() -> None:
    def made(count: int, seed: int) -> list[tuple[str, bytes]]:
        return list(mutated(count, [sound_paper()], PDF_DAMAGE, (strange_page_size,), seed=seed))

    assert made(8, 1) == made(12, 1)[:8]
    assert made(8, 1) != made(8, 2)


def test_a_file_name_that_is_no_text_is_no_obstacle(workspace: Workspace, tmp_path: Path) -> None:
    named = os.fsencode(tmp_path) + b"/gla\xdf.pdf"
    Path(os.fsdecode(named)).write_bytes(sound_paper())
    assert papers.add(quick(workspace), [tmp_path]).papers == 1
    assert [row.file for row in workspace.papers()] == ["gla\ufffd.pdf"]


def test_a_device_or_pipe_is_refused_and_not_waited_for(workspace: Workspace, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    with pytest.raises(UnreadableInput, match="neither a file nor a folder"):
        papers.add(workspace, [tmp_path / "pipe.pdf"])


def test_a_file_that_changes_between_naming_and_reading_is_a_failed_one(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(sound_paper())
    monkeypatch.setattr(stage, "file_id", lambda file: "0" * 64)
    added = papers.add(quick(workspace), [tmp_path])
    assert added.failed == [("a.pdf", "the file was changed while it was being read; add it again")]
    assert [(row.id, row.state) for row in workspace.papers()] == [("0" * 64, "error")]
