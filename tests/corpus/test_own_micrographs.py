"""A laboratory's folder: each image becomes a panel with its notes and its scale, or a named failure, once."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from glassllava import corpus
from glassllava.cli import main
from glassllava.corpus.notes import notes_of
from glassllava.errors import UnreadableInput
from glassllava.records import Panel
from glassllava.workspace import Workspace
from tests.micrographs.instrument_files import (
    ASCII,
    HITACHI,
    TESCAN,
    ZEISS,
    fei,
    field,
    with_strip,
    write_tiff,
    zeiss,
)


def panel_rows(workspace: Workspace) -> list[Panel]:
    with workspace.reading() as session:
        return list(session.scalars(select(Panel)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two samples: Zeiss and TESCAN images in one folder, Hitachi in another, a damaged file and a photograph."""
    lab = tmp_path / "lab"
    (lab / "試料2").mkdir(parents=True)
    write_tiff(lab / "A01.tif", field(1), [(34118, ASCII, zeiss(ZEISS))])
    Image.fromarray(with_strip(field(2))).save(lab / "A02.png")
    (lab / "A02-png.hdr").write_text(TESCAN.format(title="VEGA", strip=24))
    (lab / "A03.tif").write_bytes(b"II*\0broken")
    Image.fromarray(field(4)).save(lab / "A04.jpg")
    Image.fromarray(field(5)).save(lab / "試料2" / "破断面.png")
    (lab / "試料2" / "破断面.txt").write_bytes(HITACHI.format(title="ガラス", size="20.0").encode("utf-16"))
    (lab / "notes.csv").write_text(
        "file;note;glass;technique\nA01.tif;Droplets after 2 h at 700 °C.;GC-3;\nA02;A crack.;GC-4;\n"
        "A04.jpg;Photograph of the sample holder.;;photograph\nA09.tif;Lost.;;\n",
        encoding="utf-8-sig",
    )
    (lab / "notes.txt").write_text("Etched in 2 % HF.\nA01.tif: Magnified most.\n", encoding="utf-8")
    (lab / "試料2" / "notes.txt").write_bytes("Broken in bending.\r\n".encode("utf-16"))
    (lab / "A04.txt").write_text("Camera of the stage.", encoding="utf-8")
    return lab


def test_each_image_becomes_a_panel_with_its_notes_and_its_scale(workspace: Workspace, folder: Path) -> None:
    imported = corpus.import_micrographs(workspace, folder)
    assert (imported.panels, imported.known, imported.sources) == (4, 0, 2)
    panels = {panel.caption: panel for panel in workspace.panels()}
    assert {caption: (panel.pixel_size_m, panel.kind, panel.accepted) for caption, panel in panels.items()} == {
        "Droplets after 2 h at 700 °C. Magnified most. Etched in 2 % HF.": (1.25e-8, "sem", True),
        "A crack. Etched in 2 % HF.": (2e-8, "sem", True),
        "Photograph of the sample holder. Camera of the stage. Etched in 2 % HF.": (None, "other", False),
        "Etched in 2 % HF. Broken in bending.": (2e-8, "sem", True),
    }
    assert [paper.title for paper in workspace.papers()] == ["lab", "lab/試料2"]
    assert not any(paper.synthetic for paper in workspace.papers())


def test_what_fails_is_named_and_the_rest_is_there(workspace: Workspace, folder: Path) -> None:
    reasons = dict(corpus.import_micrographs(workspace, folder).failed)
    assert set(reasons) == {"A03.tif", "notes.csv line 5"}
    assert "cannot be read as an image" in reasons["A03.tif"]
    assert reasons["notes.csv line 5"] == "the image 'A09.tif' is not there"


def test_the_databar_is_cut_from_the_panel_and_kept(workspace: Workspace, folder: Path) -> None:
    corpus.import_micrographs(workspace, folder)
    (panel,) = [panel for panel in panel_rows(workspace) if panel.caption.startswith("A crack")]
    notes = panel.notes
    with Image.open(io.BytesIO(workspace.images.get(panel.image))) as image:
        assert (np.asarray(image) == field(2)).all()
    with Image.open(io.BytesIO(workspace.images.get(notes["databar"]["image"]))) as strip:
        assert (np.asarray(strip) == with_strip(field(2))[96:]).all()
    assert notes["databar"]["box"] == [0, 96, 128, 120]
    assert (notes["file"], notes["glass"], notes["instrument"]) == ("A02.png", "GC-4", "VEGA")
    assert notes["accelerating_voltage_v"] == 1e4


def test_importing_again_does_nothing_and_a_changed_note_is_taken(workspace: Workspace, folder: Path) -> None:
    corpus.import_micrographs(workspace, folder)
    again = corpus.import_micrographs(workspace, folder)
    assert (again.panels, again.known, [name for name, _ in again.failed]) == (0, 4, ["notes.csv line 5", "A03.tif"])
    (folder / "notes.txt").write_text("Etched in 5 % HF.\n", encoding="utf-8")
    assert corpus.import_micrographs(workspace, folder).panels == 4
    assert len(workspace.panels()) == 4
    assert all("5 % HF" in panel.caption for panel in workspace.panels())


def test_a_copy_of_a_picture_is_named_and_a_renamed_file_is_not(workspace: Workspace, folder: Path) -> None:
    corpus.import_micrographs(workspace, folder)
    (folder / "A05.tif").write_bytes((folder / "A01.tif").read_bytes())
    (folder / "試料2" / "copy.tif").write_bytes((folder / "A01.tif").read_bytes())
    reasons = dict(corpus.import_micrographs(workspace, folder).failed)
    assert reasons["A05.tif"] == "it has the same pixels as A01.tif, which is imported"
    assert "another source" in reasons["試料2/copy.tif"]
    (folder / "A01.tif").unlink()
    reasons = dict(corpus.import_micrographs(workspace, folder).failed)
    assert "A05.tif" not in reasons


def test_the_pixels_make_the_identity_of_a_panel(workspace: Workspace, folder: Path, tmp_path: Path) -> None:
    corpus.import_micrographs(workspace, folder)
    other = Workspace.create(tmp_path / "other")
    moved = folder.rename(tmp_path / "moved")
    corpus.import_micrographs(other, moved)
    assert {panel.id for panel in other.panels()} == {panel.id for panel in workspace.panels()}
    other.close()


def test_a_deep_image_keeps_its_sixteen_bits(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    write_tiff(tmp_path / "lab" / "a.tif", field(dtype="uint16"), [])
    write_tiff(tmp_path / "lab" / "b.tif", field(1).astype(np.float32) / 255, [])
    corpus.import_micrographs(workspace, tmp_path / "lab")
    stored = {
        panel.notes["file"]: np.asarray(Image.open(io.BytesIO(workspace.images.get(panel.image))))
        for panel in panel_rows(workspace)
    }
    assert (stored["a.tif"] == field(dtype="uint16")).all()
    assert (stored["b.tif"].min(), stored["b.tif"].max()) == (0, 65535)


def test_an_image_that_was_cut_off_is_imported_as_far_as_it_goes(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    file = write_tiff(tmp_path / "lab" / "a.tif", field(), [])
    file.write_bytes(file.read_bytes()[:-1280])
    assert corpus.import_micrographs(workspace, tmp_path / "lab").panels == 1
    (panel,) = panel_rows(workspace)
    assert panel.height == 86
    assert any("cut off" in problem for problem in panel.notes["problems"])


@pytest.mark.parametrize("beam", ["IBeam", None])
def test_the_notes_name_the_kind_where_no_header_does(workspace: Workspace, tmp_path: Path, beam: str | None) -> None:
    (tmp_path / "lab").mkdir()
    tags = [(34682, ASCII, fei({"Beam": {"Beam": beam}}))] if beam else []
    write_tiff(tmp_path / "lab" / "a.tif", field(), tags)
    (tmp_path / "lab" / "a.txt").write_text("SEM of a fracture surface")
    corpus.import_micrographs(workspace, tmp_path / "lab")
    (panel,) = workspace.panels()
    assert (panel.kind, panel.kind_confidence, panel.accepted) == ("sem", 0.6, True)


def test_a_folder_without_images_and_a_table_without_files_are_told(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="is no folder"):
        corpus.import_micrographs(workspace, tmp_path / "nowhere")
    (tmp_path / "notes.csv").write_text("sample,temperature\nGC-3,700\n")
    with pytest.raises(UnreadableInput, match="holds no image"):
        corpus.import_micrographs(workspace, tmp_path)
    Image.fromarray(field()).save(tmp_path / "a.png")
    imported = corpus.import_micrographs(workspace, tmp_path)
    assert imported.panels == 1
    assert "no column 'file'" in imported.failed[0][1]


def test_notes_above_speak_of_folders_below_by_path_and_by_a_name_that_is_the_only_one(tmp_path: Path) -> None:
    images = []
    for name in ("x/a.tif", "x/a.jpg", "y/a.tif", "y/b.tif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        images.append(tmp_path / name)
    (tmp_path / "Notes.csv").write_text('file,note\nx\\a.tif,"One, by its path"\nB,Two\na.tif,Whose?\nX/A,Three\n')
    noted, faults = notes_of(tmp_path, images)
    said = {str(path.relative_to(tmp_path)): one.of_it for path, one in noted.items()}
    assert said == {"x/a.tif": ["One, by its path", "Three"], "x/a.jpg": ["Three"], "y/a.tif": [], "y/b.tif": ["Two"]}
    assert faults == [("Notes.csv line 4", "several images are named 'a.tif'; write their folders too")]


def test_the_command_takes_a_folder_and_ends_as_done_in_part(
    workspace: Workspace, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["corpus", "import", str(folder), "-w", str(workspace.path), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 3
    assert (told["panels"], told["sources"], len(told["failed"])) == (4, 2, 2)


@pytest.mark.real
def test_a_folder_of_real_instruments_is_imported_with_its_scales(workspace: Workspace, shared_data: Path) -> None:
    imported = corpus.import_micrographs(workspace, shared_data / "micrographs")
    assert imported.panels == 8
    assert [name for name, _ in imported.failed] == ["fei_truncated_strips.tif"]
    panels = {panel.notes["file"]: panel for panel in panel_rows(workspace)}
    scaled = {name for name, panel in panels.items() if panel.pixel_size_m is not None}
    assert set(panels) - scaled == {"uncalibrated_fibsem.tif", "fei_bad_floats.tif"}
    assert {name for name, panel in panels.items() if panel.kind == "sem"} == scaled
    assert (panels["image000.tif"].width, panels["image000.tif"].height) == (1280, 960)
