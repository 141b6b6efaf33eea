"""`panels list`: the order in which a person is shown the panels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glassllava.cli import main
from glassllava.records import Panel
from glassllava.workspace import Workspace
from tests.workspace.rows import plant_paper


@pytest.fixture
def planted(tmp_path: Path) -> tuple[Path, list[str]]:
    """Six panels, 0.9, 0.55, 0.7, 0.2 (TEM), 0.99 and 0.6 sure of their kind; e is accepted, f skipped."""
    folder = tmp_path / "workspace"
    workspace = Workspace.create(folder)
    keys = plant_paper(workspace, "paper", "abcdef")
    with workspace.writing() as session:
        for key, confidence in zip(keys, (0.9, 0.55, 0.7, 0.2, 0.99, 0.6), strict=True):
            panel = session.get(Panel, key)
            assert panel is not None
            panel.kind_confidence = confidence
            panel.kind = "tem" if confidence == 0.2 else "sem"
    workspace.review("panel", keys[4], "ada", "accept")
    workspace.review("panel", keys[5], "ada", "skip")
    workspace.close()
    return folder, keys


def listed(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> list[dict[str, Any]]:
    assert main(["panels", "list", "-w", str(folder), "--json", *options]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


def test_panels_are_listed_in_the_order_of_the_paper(
    planted: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = planted
    assert [row["label"] for row in listed(capsys, folder)] == ["a", "b", "c", "e", "f"]


def test_the_doubtful_ones_that_nobody_decided_on_come_first(
    planted: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = planted
    assert [row["label"] for row in listed(capsys, folder, "--doubtful")] == ["b", "f", "c", "a"]


def test_with_all_kinds_the_doubtful_others_are_shown_too(
    planted: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = planted
    assert [row["label"] for row in listed(capsys, folder, "--doubtful", "--all")] == ["d", "b", "f", "c", "a"]


def test_what_a_person_corrects_is_no_longer_doubtful(
    planted: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, keys = planted
    workspace = Workspace(folder)
    workspace.review("panel", keys[3], "ada", "accept", changes={"kind": "sem"})
    workspace.close()
    assert "d" not in [row["label"] for row in listed(capsys, folder, "--doubtful", "--all")]
