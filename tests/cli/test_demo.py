"""The demo: synthetic papers through the whole workflow, to a report that holds the answers against the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glassllava.cli import main
from glassllava.cli.workflow import _demo_workspace
from glassllava.errors import WorkspaceError
from glassllava.records import Paper
from glassllava.workspace import Workspace

PAPERS = 4

RECIPE = """
name: tiny
base: tiny-base
training: {trains: [projector, language_model], steps: 4, batch_size: 4, pairs: 4, learning_rate: 1.0e-4}
generation: {max_new_tokens: 120}
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A demo of a few papers and a few steps of training, and what it printed as JSON."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    workspace = folder / "w"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSLLAVA_RECIPE", str(folder / "recipe.yaml"))
        patch.setenv("GLASSLLAVA_EVALUATION__CONDITIONS", '["real", "blank"]')
        patch.setenv("GLASSLLAVA_QUESTIONS__PER_PANEL", "3")
        assert main(["demo", str(workspace), "--papers", str(PAPERS), "--json"]) == 0
    return workspace, json.loads((workspace / "report" / "results.json").read_text(encoding="utf-8"))


def test_every_paper_is_read_as_synthetic_and_its_scenes_are_known(demo: tuple[Path, dict[str, Any]]) -> None:
    folder, results = demo
    workspace = Workspace(folder)
    papers, panels, truths = workspace.papers(), workspace.panels(), workspace.truths()
    workspace.close()
    assert len(papers) == PAPERS and all(paper.synthetic and paper.state == "ok" for paper in papers)
    assert {paper.split for paper in papers} == {"training", "evaluation"}
    assert {panel.id for panel in panels if panel.accepted} == set(truths)
    assert results["synthetic"] is True


def test_the_report_holds_base_and_fine_tuned_model_against_the_truth(demo: tuple[Path, dict[str, Any]]) -> None:
    folder, results = demo
    assert results["model"]["name"] == "tiny"
    assert results["model"]["parent"] == "tiny-base"
    for truth in (results["truth"], results["compared"]["tiny-base"]["truth"]):
        cell = truth["real"]["none"]
        assert cell["n"] > 0 and cell["structure"]["n"] > 0
        assert 0 <= cell["accuracy"] <= 1
    always = results["compared"]["always-yes"]["truth"]["real"]["none"]
    assert always["sensitivity"] in {1, None} and always["specificity"] in {0, None}
    page = (folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "synthetic" in page
    assert "truth" in page


def test_the_same_command_does_nothing_twice_and_ends_with_a_table(
    demo: tuple[Path, dict[str, Any]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, results = demo
    monkeypatch.setenv("GLASSLLAVA_RECIPE", str(folder.parent / "recipe.yaml"))
    monkeypatch.setenv("GLASSLLAVA_EVALUATION__CONDITIONS", '["real", "blank"]')
    monkeypatch.setenv("GLASSLLAVA_QUESTIONS__PER_PANEL", "3")
    before = [file.stat().st_mtime_ns for file in sorted((folder / "synthetic-papers").iterdir())]
    assert main(["demo", str(folder), "--papers", str(PAPERS)]) == 0
    out = capsys.readouterr().out
    assert [file.stat().st_mtime_ns for file in sorted((folder / "synthetic-papers").iterdir())] == before
    assert json.loads((folder / "report" / "results.json").read_text(encoding="utf-8")) == results
    for words in ("tiny-base", "always-yes", "index.html", "glassllava run PDF_DIR"):
        assert words in out


def test_a_demo_that_was_stopped_while_its_workspace_was_made_gets_its_settings(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    workspace = _demo_workspace(tmp_path / "w")
    again = _demo_workspace(tmp_path / "w")
    for opened in (workspace, again):
        assert opened.settings.split.evaluation_share == 0.25
        assert opened.settings.questions.per_panel == 4
        opened.close()


def test_the_demo_does_not_mix_with_papers_of_ones_own(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with workspace.writing() as session:
        session.add(Paper(id="a" * 64, file="own.pdf", state="ok"))
    workspace.close()
    with pytest.raises(WorkspaceError, match="papers of your own"):
        _demo_workspace(tmp_path / "w")


def test_an_image_of_the_demo_can_be_asked_about(
    demo: tuple[Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = demo
    assert main(["synthetic", "micrographs", str(tmp_path), "--number", "1", "--json"]) == 0
    image = json.loads(capsys.readouterr().out)["files"][0]
    assert main(["ask", image, "Are any cracks visible?", "-w", str(folder), "--json"]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert reply["answer"]
    assert reply["measured"]["synthetic"] is True
