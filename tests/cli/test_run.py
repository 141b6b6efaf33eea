"""The whole workflow on made papers: to a report, nothing twice, and through ten kills to the same rows."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from glassllava.cli import main
from glassllava.records import (
    Answer,
    Checkpoint,
    Context,
    Figure,
    Judgement,
    Mention,
    Panel,
    Paper,
    Question,
    Task,
)
from glassllava.workspace import Workspace
from tests.cli.made_papers import make_paper
from tests.workspace.rows import all_rows

KILLS = 10

TABLES = (Paper, Figure, Panel, Mention, Question, Context, Answer, Judgement, Checkpoint, Task)

MEASURED_TIMES = {"seconds"}
"""Fields that differ between two runs because they are durations."""

RECIPE = Path(__file__).parent / "recipe.yaml"
"""The tiny recipe with a few steps: the training is run, but does not learn."""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    for number in range(5):
        make_paper(folder, number)
    return folder


def start(papers: Path, workspace: Path) -> subprocess.Popen[str]:
    """Start `glassllava run` as a process of its own."""
    command = [sys.executable, "-c", "import sys; from glassllava.cli import main; sys.exit(main())"]
    environment = {**os.environ, "GLASSLLAVA_RECIPE": str(RECIPE), "OMP_NUM_THREADS": "2", "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(
        [*command, "run", str(papers), "-w", str(workspace), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def finish(papers: Path, workspace: Path) -> dict[str, Any]:
    with start(papers, workspace) as process:
        out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    figures: dict[str, Any] = json.loads(out)
    return figures


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key not in MEASURED_TIMES}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def rows(workspace: Path) -> dict[str, Any]:
    here = Workspace(workspace)
    found = {table.__tablename__: without_times(all_rows(here, table)) for table in TABLES}
    here.close()
    return found


@pytest.fixture(scope="module")
def unbroken(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A workspace that one run filled, and how long that took."""
    workspace = tmp_path_factory.mktemp("unbroken") / "w"
    started = time.monotonic()
    finish(papers, workspace)
    return workspace, time.monotonic() - started


def test_one_command_reaches_a_report_with_every_stage_done(unbroken: tuple[Path, float]) -> None:
    workspace, _ = unbroken
    found = rows(workspace)
    assert len(found["paper"]) == 5
    assert all(found[name] for name in ("panel", "mention", "question", "context", "answer", "judgement", "checkpoint"))
    assert {row["state"] for row in found["answer"]} <= {"ok", "truncated"}
    assert (workspace / "report" / "index.html").is_file()
    results = json.loads((workspace / "report" / "results.json").read_text())
    assert set(results) >= {"questions", "panels", "quality", "features", "defect", "visual_gain", "judge", "model"}


def test_a_second_run_does_nothing_again(papers: Path, unbroken: tuple[Path, float]) -> None:
    workspace, _ = unbroken
    before = rows(workspace)
    results = (workspace / "report" / "results.json").read_bytes()
    figures = finish(papers, workspace)
    assert figures["papers"]["papers"] == 0
    assert figures["split"]["assigned"] == 0
    assert figures["answers"]["asked"] == 0
    assert figures["judgements"]["asked"] == 0
    assert rows(workspace) == before
    assert (workspace / "report" / "results.json").read_bytes() == results


PANEL_FIELDS = {
    "id", "paper", "doi", "file", "page", "figure", "label", "name", "box", "kind", "kind_confidence", "pixel_size_m",
    "pixel_size_source", "caption", "mentions", "image", "split", "review",
}  # fmt: skip

QUESTION_FIELDS = {
    "id", "file", "doi", "panels", "category", "subcategory", "question", "answer", "evidence", "needs_image",
    "generator", "state", "gate", "split", "review", "stale",
}  # fmt: skip


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_lists_hold_the_fields_of_the_contract(
    unbroken: tuple[Path, float], capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, _ = unbroken
    panels = listed(capsys, "panels", "list", "-w", str(workspace))
    assert all(set(panel) == PANEL_FIELDS for panel in panels)
    assert {panel["kind"] for panel in panels} == {"sem"}
    assert {panel["name"] for panel in panels} == {"Figure 1a", "Figure 1b", "Figure 1c", "Figure 1d"}
    assert all((workspace / panel["image"]).is_file() and len(panel["box"]) == 4 for panel in panels)
    assert all(set(mention) == {"page", "text"} for panel in panels for mention in panel["mentions"])
    assert len(listed(capsys, "panels", "list", "--all", "-w", str(workspace))) >= len(panels)
    questions = listed(capsys, "questions", "list", "-w", str(workspace))
    assert all(set(question) == QUESTION_FIELDS for question in questions)
    assert {question["state"] for question in questions} <= {"accepted", "rejected"}
    assert all(set(item) == {"quote", "page"} for question in questions for item in question["evidence"])
    papers = listed(capsys, "papers", "list", "-w", str(workspace))
    assert {paper["doi"] for paper in papers} == {f"10.5555/made.{number}" for number in range(5)}


def test_no_pixel_size_is_given_where_no_scale_bar_is_drawn(
    unbroken: tuple[Path, float], capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, _ = unbroken
    sizes = {panel["pixel_size_m"] for panel in listed(capsys, "panels", "list", "-w", str(workspace))}
    assert sizes == {None}


def test_panels_and_pairs_are_exported_with_their_images(
    unbroken: tuple[Path, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, _ = unbroken
    exported = listed(capsys, "panels", "export", str(tmp_path / "panels"), "-w", str(workspace))
    rows = [json.loads(line) for line in (tmp_path / "panels" / "panels.jsonl").read_text().splitlines()]
    assert len(rows) == exported["panels"] > 0
    assert all((tmp_path / "panels" / row["image"]).is_file() for row in rows)
    pairs = listed(capsys, "questions", "export", str(tmp_path / "llava"), "--format", "llava", "-w", str(workspace))
    conversations = json.loads((tmp_path / "llava" / pairs["file"]).read_text())
    assert len(conversations) == pairs["pairs"] > 0
    assert all(row["conversations"][0]["value"].startswith("<image>\n") for row in conversations)


def test_ctrl_c_says_that_the_same_command_goes_on_and_it_does(
    papers: Path, unbroken: tuple[Path, float], tmp_path: Path
) -> None:
    whole, _ = unbroken
    workspace = tmp_path / "w"
    with start(papers, workspace) as process:
        while not (workspace / "glassllava.db").exists() or not Workspace(workspace).papers():
            assert process.poll() is None
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again to go on" in err
    assert "Traceback" not in err
    here = Workspace(workspace)
    assert {run.state for run in here.status().runs} <= {"interrupted", "done"}
    here.close()
    finish(papers, workspace)
    assert rows(workspace) == rows(whole)


@pytest.mark.slow
def test_a_run_killed_at_ten_random_moments_ends_with_the_same_rows(
    papers: Path, unbroken: tuple[Path, float], tmp_path: Path
) -> None:
    whole, seconds = unbroken
    moments = random.Random(20230921)
    kills = attempt = 0
    while kills < KILLS:
        attempt += 1
        workspace = tmp_path / f"killed-{attempt}"
        ended = False
        while kills < KILLS and not ended:
            with start(papers, workspace) as process:
                try:
                    process.communicate(timeout=moments.uniform(0.05, 0.9) * seconds)
                    ended = True
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    kills += 1
        finish(papers, workspace)
        assert rows(workspace) == rows(whole)
        assert (workspace / "report" / "results.json").read_bytes() == (whole / "report" / "results.json").read_bytes()
