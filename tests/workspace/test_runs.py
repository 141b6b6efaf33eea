"""Runs show their progress to any process, and how they ended; tasks are committed with what they made."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from glassllava.records import Paper, Run, now
from glassllava.workspace import Workspace
from glassllava.workspace import runs as runs_module
from tests.workspace.rows import plant_judged_answer, plant_paper, plant_question


def last_run(workspace: Workspace) -> Run:
    with workspace.reading() as session:
        return session.query(Run).order_by(Run.id.desc()).first()


def test_another_process_sees_the_progress_of_a_run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "BEAT_SECONDS", 0.01)
    other = Workspace(workspace.path)
    with workspace.run("papers", 4) as progress:
        progress.advance("first.pdf")
        deadline = now() + timedelta(seconds=10)
        while (seen := other.status().runs[0]).done == 0 and now() < deadline:
            pass
        assert (seen.stage, seen.state, seen.done, seen.total, seen.message) == ("papers", "running", 1, 4, "first.pdf")
    assert other.status().runs[0].state == "done"


def test_a_run_with_failures_ends_partly_done(workspace: Workspace) -> None:
    with workspace.run("papers", 1) as progress:
        progress.fail("a.pdf", "it is encrypted")
    assert last_run(workspace).state == "partly"


def test_ctrl_c_and_faults_are_told_apart(workspace: Workspace) -> None:
    with pytest.raises(KeyboardInterrupt), workspace.run("papers"):
        raise KeyboardInterrupt
    assert last_run(workspace).state == "interrupted"
    with pytest.raises(ZeroDivisionError), workspace.run("papers"):
        raise ZeroDivisionError("by nought")
    assert (last_run(workspace).state, last_run(workspace).message) == ("failed", "by nought")


def test_a_run_whose_heart_stopped_was_interrupted(workspace: Workspace) -> None:
    with workspace.writing() as session:
        session.add(Run(stage="train", state="running", heartbeat=now() - timedelta(minutes=5), host="h", pid=1))
    assert workspace.status().runs[0].state == "interrupted"


def test_a_task_and_what_it_made_are_written_together_or_not_at_all(workspace: Workspace) -> None:
    with pytest.raises(RuntimeError), workspace.writing() as session:
        session.add(Paper(id="1" * 64, file="a.pdf", state="ok"))
        workspace.record_task(session, "2" * 64, "papers-1", "a.pdf")
        raise RuntimeError
    assert workspace.papers() == []
    assert workspace.finished("papers-1") == set()


def test_a_failed_task_is_tried_again(workspace: Workspace) -> None:
    with workspace.writing() as session:
        workspace.record_task(session, "2" * 64, "papers-1", "a.pdf", reason="it is empty")
    assert workspace.finished("papers-1") == set()
    assert [(f.target, f.reason) for f in workspace.status().failures] == [("a.pdf", "it is empty")]


def test_status_leads_from_an_empty_workspace_to_the_next_command(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace.status().next == f"glassllava papers add PDF_DIR -w {workspace.path}"
    monkeypatch.chdir(workspace.path)
    assert workspace.status().next == "glassllava papers add PDF_DIR"
    first, second = plant_paper(workspace, "p")
    assert workspace.status().next == "glassllava corpus split"
    with workspace.writing() as session:
        session.query(Paper).update({"split": "evaluation"})
    assert workspace.status().next == "glassllava questions generate"
    question = plant_question(workspace, first)
    status = workspace.status()
    assert status.counts["questions_accepted"] == 1
    assert "no answer is planned" in status.missing
    assert status.reviewed_share == 0.0
    workspace.review("panel", first, "ada", "accept")
    assert workspace.status().reviewed_share == 0.5
    plant_judged_answer(workspace, question, 70.0)
    assert "no answer is planned" not in workspace.status().missing
    assert workspace.status().missing[-1] == "no report is written"
    for panel in (first, second):
        workspace.review("panel", panel, "ada", "reject")
    assert workspace.status().missing == ["no panel is accepted, so there is nothing to ask about"]


def test_status_tells_a_report_that_is_older_than_a_review(workspace: Workspace) -> None:
    first, _ = plant_paper(workspace, "p", split="training")
    (workspace.path / "report").mkdir()
    results = workspace.path / "report" / "results.json"
    results.write_text("{}")
    workspace.review("panel", first, "ada", "accept")
    os.utime(results, (0, 0))
    assert workspace.status().missing[-1] == "the report is older than the last judgement or review"
    os.utime(results)
    assert "report" not in " ".join(workspace.status().missing)


def test_images_and_rows_survive_a_move_of_the_folder(workspace: Workspace, tmp_path: Path) -> None:
    plant_paper(workspace, "p")
    workspace.close()
    moved = Workspace(workspace.path.rename(tmp_path / "elsewhere"))
    assert all(moved.images.get(panel.image) for panel in moved.panels())
    moved.close()
