"""Tasks of Label Studio become panels: image, caption, technique and the rest as notes, or a named failure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glassllava import corpus
from glassllava.cli import main
from glassllava.errors import UnreadableInput
from glassllava.workspace import PanelView, Workspace
from tests.conftest import noise_png


def choices(name: str, *chosen: str) -> dict[str, Any]:
    value = {"choices": list(chosen)}
    return {"id": "a1", "from_name": name, "to_name": "image", "type": "choices", "origin": "manual", "value": value}


def text(name: str, *lines: str) -> dict[str, Any]:
    return {"id": "a2", "from_name": name, "to_name": "image", "type": "textarea", "value": {"text": list(lines)}}


def rectangle(label: str) -> dict[str, Any]:
    place = {"x": 10.5, "y": 20, "width": 30, "height": 40, "rotation": 0}
    value = place | {"rectanglelabels": [label]}
    size = {"original_width": 64, "original_height": 64, "image_rotation": 0}
    return {"id": "a3", "from_name": "box", "to_name": "image", "type": "rectanglelabels", "value": value, **size}


def annotation(*results: dict[str, Any], **fields: Any) -> dict[str, Any]:
    said = {"was_cancelled": False, "ground_truth": False, "updated_at": "2026-01-01T00:00:00Z", "lead_time": 4.2}
    return {"id": 1, "completed_by": 1, "result": list(results), **said, **fields}


def task(image: str, *annotations: dict[str, Any], **data: Any) -> dict[str, Any]:
    given = {"image": image, **data}
    return {"id": 1, "project": 3, "data": given, "annotations": list(annotations), "predictions": [], "meta": {}}


def write(folder: Path, *tasks: Any, images: tuple[str, ...] = ("a.png",)) -> Path:
    for number, name in enumerate(images):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(noise_png(number))
    file = folder / "export.json"
    file.write_text(json.dumps(list(tasks)))
    return file


def only(workspace: Workspace, file: Path) -> PanelView:
    imported = corpus.import_panels(workspace, file)
    assert imported.failed == []
    (panel,) = workspace.panels()
    return panel


def test_what_a_person_wrote_and_chose_becomes_caption_and_kind(workspace: Workspace, tmp_path: Path) -> None:
    said = annotation(text("caption", "Pores.", "Cracks."), choices("technique", "FE-SEM"), rectangle("pore"))
    file = write(
        tmp_path, task("a.png", said, caption="A first guess.", doi="10.1016/a", license="CC-BY-4.0", sample="S3")
    )
    panel = only(workspace, file)
    assert (panel.caption, panel.kind) == ("Pores.\nCracks.", "sem")
    (paper,) = workspace.papers()
    assert (paper.doi, paper.licence) == ("10.1016/a", "CC-BY-4.0")
    with workspace.reading() as session:
        from glassllava.records import Panel

        notes = session.get_one(Panel, panel.id).notes
    assert notes["regions"] == [
        {"type": "rectanglelabels", "labels": ["pore"], "x": 10.5, "y": 20, "width": 30, "height": 40, "rotation": 0}
    ]
    assert (notes["sample"], notes["technique"]) == ("S3", "FE-SEM")


def test_a_choice_of_any_name_that_names_a_technique_is_the_kind(workspace: Workspace, tmp_path: Path) -> None:
    said = annotation(choices("quality", "good"), choices("image_class", "Transmission electron microscopy"))
    assert only(workspace, write(tmp_path, task("a.png", said))).kind == "tem"


def test_a_task_without_annotations_keeps_what_it_came_with(workspace: Workspace, tmp_path: Path) -> None:
    panel = only(workspace, write(tmp_path, task("a.png", text="A gel.", technique="SEM")))
    assert (panel.caption, panel.kind) == ("A gel.", "sem")


def test_of_several_annotations_the_agreed_one_counts_else_the_newest(workspace: Workspace, tmp_path: Path) -> None:
    old = annotation(text("caption", "old"), updated_at="2026-01-01T00:00:00Z")
    new = annotation(text("caption", "new"), updated_at="2026-02-01T00:00:00Z")
    agreed = annotation(text("caption", "agreed"), ground_truth=True, updated_at="2025-01-01T00:00:00Z")
    skipped = annotation(text("caption", "skipped"), was_cancelled=True, updated_at="2026-03-01T00:00:00Z")
    file = write(
        tmp_path,
        task("a.png", new, old, skipped),
        task("b.png", new, agreed),
        images=("a.png", "b.png"),
    )
    corpus.import_panels(workspace, file)
    assert sorted(panel.caption for panel in workspace.panels()) == ["agreed", "new"]


@pytest.mark.parametrize(
    ("address", "lies_at"),
    [
        ("/data/local-files/?d=lab/glass/a.png", "a.png"),
        ("/data/local-files/?d=lab/glass/a.png", "glass/a.png"),
        ("http://localhost:8080/data/local-files/?d=lab%2Fgl%C3%A4ser%2Fa+b.png", "gläser/a b.png"),
        ("/data/upload/3/1f0e9c2a-a.png", "images/1f0e9c2a-a.png"),
        ("/data/upload/3/1f0e9c2a-a.png", "a.png"),
        ("s3://bucket/folder/a.png", "folder/a.png"),
        ("https://site.example/pictures/a%20b.png?size=large", "pictures/a b.png"),
        ("C:\\lab\\glass\\a.png", "glass/a.png"),
        ("../other/a.png", "other/a.png"),
    ],
)
def test_an_image_is_found_by_the_end_of_its_address(
    workspace: Workspace, tmp_path: Path, address: str, lies_at: str
) -> None:
    assert only(workspace, write(tmp_path, task(address, caption="x"), images=(lies_at,))).caption == "x"


def test_tasks_that_cannot_be_used_are_named_and_the_others_kept(workspace: Workspace, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        task("a.png"),
        task("/data/upload/1/absent.png"),
        task("a.png", annotation(was_cancelled=True)),
        {"id": 4, "data": {"text": "no image"}},
        {"image": "a.png", "caption": "no task"},
        task("a.png", caption=["no", "text"]),
        "nonsense",
    )
    imported = corpus.import_panels(workspace, file)
    reasons = dict(imported.failed)
    assert imported.panels == 1
    assert reasons["export.json row 2"] == "the image /data/upload/1/absent.png is not there"
    assert reasons["export.json row 3"] == "whoever annotated it skipped it"
    assert reasons["export.json row 4"] == "field 'data': it names no image"
    assert reasons["export.json row 5"].startswith("no task of Label Studio: field 'data'")
    assert reasons["export.json row 6"].startswith("field 'caption'")
    assert reasons["export.json row 7"].startswith("no task of Label Studio")
    assert corpus.import_panels(workspace, file).known == 1


@pytest.mark.parametrize("content", ["{", '{"data": {}}', "[]", "[" * 100_000])
def test_a_file_that_is_no_export_is_refused_in_one_sentence(
    workspace: Workspace, tmp_path: Path, content: str
) -> None:
    (tmp_path / "export.json").write_text(content)
    with pytest.raises(UnreadableInput):
        corpus.import_panels(workspace, tmp_path / "export.json")


def test_the_command_imports_an_export(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, task("a.png", annotation(choices("technique", "SEM"))))
    assert main(["corpus", "import", str(file), "-w", str(workspace.path)]) == 0
    assert "1 panels imported" in capsys.readouterr().out
