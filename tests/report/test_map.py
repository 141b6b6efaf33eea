"""The map, drawn: Figure S1 and the picture that `corpus map` writes are of one computation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from glassllava.cli import main
from glassllava.errors import MissingExtra
from glassllava.report.figures_map import paper_map
from glassllava.report.figures_style import style
from glassllava.report.rows import read_rows
from glassllava.text import mapping
from glassllava.workspace import Workspace
from tests.report.planted import add_papers


def test_the_command_and_the_report_show_one_map(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sentence_transformers")
    add_papers(workspace, 6, 3)
    where = ["-w", str(workspace.path)]
    files = [tmp_path / "map.png", tmp_path / "again.png", tmp_path / "map.svg"]
    for file in files:
        assert main(["corpus", "map", "--clusters", "3", "--out", str(file), "--json", *where]) == 0
        mapped = json.loads(capsys.readouterr().out)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert Image.open(files[0]).width > 1000
    assert files[2].read_text().lstrip().startswith("<?xml")
    assert [cluster["cluster"] for cluster in mapped["clusters"]] == [1, 2, 3]
    assert sum(cluster["training"] for cluster in mapped["clusters"]) == 6
    with style():
        plate = paper_map(read_rows(workspace))
    assert plate.figure is not None
    assert main(["corpus", "map", "--json", *where]) == 0
    mapped = json.loads(capsys.readouterr().out)
    drawn = sorted(tuple(place) for marks in plate.figure.axes[0].collections for place in marks.get_offsets().tolist())
    assert drawn == sorted((paper["x"], paper["y"]) for paper in mapped["papers"])
    assert f"Mean silhouette in the plane: {mapped['silhouette']:.2f}" in plate.caption
    assert "4 clusters instead of 5" in plate.caption


def test_what_cannot_be_drawn_is_said_in_one_sentence(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ["-w", str(workspace.path)]
    assert main(["corpus", "map", *where]) == 1
    assert "a map needs 5 with text" in capsys.readouterr().err.replace("\n", " ")
    add_papers(workspace, 5, 1)

    def lacking(texts: object) -> None:
        raise MissingExtra("Sentence embeddings need the package 'x': install glassllava[offline].")

    monkeypatch.setattr(mapping, "embed", lacking)
    assert main(["corpus", "map", *where]) == 1
    assert "install glassllava[offline]" in capsys.readouterr().err.replace("\n", " ")
    with style():
        assert "install glassllava[offline]" in paper_map(read_rows(workspace)).caption


def test_a_picture_of_another_form_is_refused_before_anything_is_computed(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_papers(workspace, 5, 1)
    assert main(["corpus", "map", "--out", str(tmp_path / "map.gif"), "-w", str(workspace.path)]) == 1
    assert "neither in .png nor in .svg" in capsys.readouterr().err.replace("\n", " ")
    assert workspace.status().runs == []
