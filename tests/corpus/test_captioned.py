"""Import of captioned image sets: every row becomes a panel or a named failure, once."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from glassllava import corpus
from glassllava.errors import UnreadableInput
from glassllava.micrographs.techniques import kind_of_technique
from glassllava.workspace import Workspace
from tests.conftest import noise_png


def write_set(folder: Path, rows: list[dict[str, Any]]) -> Path:
    (folder / "images").mkdir(parents=True)
    for number in range(3):
        (folder / "images" / f"{number}.png").write_bytes(noise_png(number))
    file = folder / "panels.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


ROWS: list[dict[str, Any]] = [
    {"image": "images/0.png", "caption": "Pores in a sintered glass.", "doi": "10.5555/a", "technique": "SEM"},
    {
        "image": "images/1.png",
        "caption": "A droplet phase.",
        "doi": "10.5555/a",
        "technique": "TEM",
        "material": "glass",
    },
    {"image": "images/2.png", "title": "Another paper", "technique": "FE-SEM", "pixel_size_m": 1e-8},
]


def test_each_row_becomes_a_panel_of_its_source(workspace: Workspace, tmp_path: Path) -> None:
    file = write_set(tmp_path / "set", ROWS)
    imported = corpus.import_panels(workspace, file)
    assert (imported.panels, imported.known, imported.sources, imported.failed) == (3, 0, 2, [])
    kinds = {panel.caption: (panel.kind, panel.accepted, panel.origin) for panel in workspace.panels()}
    assert kinds["Pores in a sintered glass."] == ("sem", True, "import")
    assert kinds["A droplet phase."] == ("tem", False, "import")
    assert [panel.pixel_size_m for panel in workspace.panels() if panel.caption == ""] == [1e-8]


def test_a_set_under_the_reserved_doi_prefix_is_synthetic_and_no_other(workspace: Workspace, tmp_path: Path) -> None:
    corpus.import_panels(workspace, write_set(tmp_path / "set", ROWS))
    assert {paper.doi: paper.synthetic for paper in workspace.papers()} == {"10.5555/a": True, None: False}


def test_importing_again_does_nothing(workspace: Workspace, tmp_path: Path) -> None:
    file = write_set(tmp_path / "set", ROWS)
    corpus.import_panels(workspace, file)
    again = corpus.import_panels(workspace, file)
    assert (again.panels, again.known) == (0, 3)
    assert len(workspace.panels()) == 3


def test_bad_rows_are_named_and_the_good_ones_kept(workspace: Workspace, tmp_path: Path) -> None:
    bad = [
        {"caption": "no image"},
        {"image": "images/9.png"},
        {"image": "panels.jsonl"},
        {"image": "images/1.png", "pixel_size_m": -1},
    ]
    file = write_set(tmp_path / "set", [*ROWS, *bad])
    with file.open("a") as lines:
        lines.write("{broken\n")
    imported = corpus.import_panels(workspace, file)
    assert imported.panels == 3
    reasons = dict(imported.failed)
    assert reasons["panels.jsonl row 4"].startswith("field 'image'")
    assert reasons["panels.jsonl row 5"] == "the image images/9.png is not there"
    assert "cannot be read" in reasons["panels.jsonl"]
    assert [failure.target for failure in workspace.status().failures] == ["panels.jsonl"]
    assert reasons["panels.jsonl row 7"].startswith("field 'pixel_size_m'")
    assert reasons["panels.jsonl row 8"].startswith("not valid JSON")


def test_the_same_picture_of_another_source_is_refused_and_the_first_keeps_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    corpus.import_panels(workspace, write_set(tmp_path / "one", ROWS))
    before = workspace.panels()
    stolen = write_set(tmp_path / "two", [{"image": "images/0.png", "doi": "10.5555/z", "technique": "TEM"}])
    imported = corpus.import_panels(workspace, stolen)
    assert imported.panels == 0
    assert "another source" in imported.failed[0][1]
    assert workspace.panels() == before


def test_a_csv_gives_the_same_panels_as_jsonl(workspace: Workspace, tmp_path: Path) -> None:
    corpus.import_panels(workspace, write_set(tmp_path / "set", ROWS))
    expected = {panel.id for panel in workspace.panels()}
    table = tmp_path / "set" / "panels.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=sorted({key for row in ROWS for key in row}))
        writer.writeheader()
        writer.writerows(ROWS)
    other = Workspace.create(tmp_path / "other")
    corpus.import_panels(other, table)
    assert {panel.id for panel in other.panels()} == expected
    other.close()


@pytest.mark.parametrize(("name", "content"), [("rows.xlsx", b"PK"), ("rows.jsonl", b"\xff\xfe{}"), ("rows.csv", b"")])
def test_a_file_of_another_kind_is_refused_in_one_sentence(
    workspace: Workspace, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableInput):
        corpus.import_panels(workspace, tmp_path / name)


@pytest.mark.parametrize(
    ("technique", "kind"),
    [
        ("FE-SEM", "sem"),
        ("Scanning electron microscopy", "sem"),
        ("STEM", "tem"),
        ("cryo-TEM", "tem"),
        ("SEM/EDX", "map"),
        ("Confocal Microscopy", "optical"),
        ("a microscope system", "other"),
        (None, "other"),
    ],
)
def test_a_technique_names_a_kind(technique: str | None, kind: str) -> None:
    assert kind_of_technique(technique) == kind


@pytest.mark.real
def test_the_captioned_preprint_panels_are_imported_whole(workspace: Workspace, shared_data: Path) -> None:
    imported = corpus.import_panels(workspace, shared_data / "captioned_panels" / "panels.jsonl")
    assert (imported.panels, imported.failed) == (464, [])
    assert corpus.split(workspace).evaluation_papers > 0
