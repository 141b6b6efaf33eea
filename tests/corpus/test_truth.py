"""The truth beside synthetic papers finds the panels it belongs to, and never those of a real paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glassllava.corpus import TruthRecorded, record_truth
from glassllava.errors import UnreadableInput
from glassllava.records import Figure, Panel, Paper, SceneTruth
from glassllava.workspace import Workspace, content_id, figure_id, panel_id
from tests.conftest import noise_png
from tests.workspace.rows import all_rows

SCENE = {
    "family": "spherulites",
    "known": True,
    "names": ["spherulit*"],
    "defect": "crack",
    "artefact": None,
    "count": 12,
}


def panel(figure: str, label: str | None, scene: dict[str, Any] | None = SCENE) -> dict[str, Any]:
    return {"figure": figure, "label": label, "kind": "sem" if scene else "plot", "page": 2, "scene": scene}


def write_paper(folder: Path, name: str, panels: list[dict[str, Any]]) -> str:
    """Write bytes that stand for a PDF, with their truth; return the paper's id."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.pdf").write_bytes(name.encode())
    truth = {"synthetic": True, "doi": f"10.5555/{name}", "title": "A paper", "panels": panels, "mentions": []}
    (folder / f"{name}.truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return content_id(name.encode())


def plant(
    workspace: Workspace, paper: str, places: list[tuple[str, str | None, int]], *, synthetic: bool = True
) -> None:
    """Write the rows that a reading of the paper left: panels by figure number, letter and the figure's ordinal."""
    with workspace.writing() as session:
        session.merge(Paper(id=paper, file=f"{paper[:6]}.pdf", state="ok", synthetic=synthetic))
        session.flush()
        for position, (number, label, ordinal) in enumerate(places):
            figure = figure_id(paper, number, ordinal)
            session.merge(
                Figure(id=figure, paper_id=paper, label=number, ordinal=ordinal, page=1, box=None, caption="A figure.")
            )
            session.flush()
            session.merge(
                Panel(
                    id=panel_id(figure, label, 0),
                    paper_id=paper,
                    figure_id=figure,
                    label=label,
                    ordinal=0,
                    position=position,
                    caption="A surface.",
                    kind="sem",
                    kind_confidence=0.9,
                    image=workspace.images.put(noise_png(position)),
                    width=64,
                    height=48,
                )
            )


def key(paper: str, figure: str, label: str | None) -> str:
    return panel_id(figure_id(paper, figure, 0), label, 0)


def test_each_sem_panel_is_found_by_figure_and_letter_and_what_was_not_read_is_counted(
    workspace: Workspace, tmp_path: Path
) -> None:
    told = [panel("2", "a"), panel("2", "b"), panel("2", "c", None), panel("S1", None), panel("4", "a")]
    paper = write_paper(tmp_path / "made", "one", told)
    plant(workspace, paper, [("2", "a", 0), ("2", "c", 0), ("S1", None, 0), ("4", "a", 1)])
    assert record_truth(workspace, tmp_path / "made") == TruthRecorded(panels=2, without=2)
    assert set(workspace.truths()) == {key(paper, "2", "a"), key(paper, "S1", None)}
    assert workspace.truths()[key(paper, "2", "a")].names == ("spherulit*",)
    with workspace.reading() as session:
        row = session.get(SceneTruth, key(paper, "2", "a"))
        assert row is not None and (row.paper_id, row.scene) == (paper, SCENE)


def truth_rows(workspace: Workspace) -> list[tuple[str, Any]]:
    with workspace.reading() as session:
        return sorted((row.panel_id, row.scene) for row in session.query(SceneTruth))


def test_recording_twice_changes_nothing_and_a_panel_no_longer_told_of_loses_its_row(
    workspace: Workspace, tmp_path: Path
) -> None:
    paper = write_paper(tmp_path / "made", "one", [panel("2", "a"), panel("2", "b")])
    plant(workspace, paper, [("2", "a", 0), ("2", "b", 0)])
    first = record_truth(workspace, tmp_path / "made"), truth_rows(workspace)
    assert (record_truth(workspace, tmp_path / "made"), truth_rows(workspace)) == first
    write_paper(tmp_path / "made", "one", [panel("2", "a")])
    assert record_truth(workspace, tmp_path / "made") == TruthRecorded(panels=1, without=0)
    assert [row[0] for row in truth_rows(workspace)] == [key(paper, "2", "a")]


def test_a_paper_is_known_by_its_bytes_and_not_by_its_name(workspace: Workspace, tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "made", "one", [panel("2", "a")])
    plant(workspace, paper, [("2", "a", 0)])
    for file in sorted((tmp_path / "made").iterdir()):
        file.rename(file.with_name(file.name.replace("one", "renamed")))
    assert record_truth(workspace, tmp_path / "made").panels == 1


def test_a_real_paper_takes_no_truth_even_where_a_file_claims_to_know_it(workspace: Workspace, tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "made", "real", [panel("2", "a")])
    write_paper(tmp_path / "made", "unread", [panel("2", "a")])
    plant(workspace, paper, [("2", "a", 0)], synthetic=False)
    assert record_truth(workspace, tmp_path / "made") == TruthRecorded(panels=0, without=0)
    assert workspace.truths() == {}
    assert [row["synthetic"] for row in all_rows(workspace, Paper)] == [False]


def test_a_letter_that_a_person_corrected_decides_which_scene_it_is(workspace: Workspace, tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "made", "one", [panel("2", "b")])
    plant(workspace, paper, [("2", "a", 0)])
    assert record_truth(workspace, tmp_path / "made") == TruthRecorded(panels=0, without=1)
    workspace.review("panel", key(paper, "2", "a"), "microscopist", "change", changes={"label": "b"})
    assert record_truth(workspace, tmp_path / "made") == TruthRecorded(panels=1, without=0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Invalid JSON"),
        ('{"panels": []}', "synthetic: Field required"),
        ('{"synthetic": false, "panels": []}', "synthetic: Input should be True"),
        (
            '{"synthetic": true, "panels": [{"figure": "2", "label": "a", "scene": {"known": true}}]}',
            "panels.0.scene.family: Field required",
        ),
    ],
)
def test_a_malformed_truth_file_is_named_in_one_sentence_and_nothing_is_written(
    workspace: Workspace, tmp_path: Path, text: str, reason: str
) -> None:
    for name in ("one", "two"):
        plant(workspace, write_paper(tmp_path / "made", name, [panel("2", "a")]), [("2", "a", 0)])
    (tmp_path / "made" / "two.truth.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput) as raised:
        record_truth(workspace, tmp_path / "made")
    assert "two.truth.json is no truth file" in str(raised.value)
    assert reason in str(raised.value) and "\n" not in str(raised.value)
    assert workspace.truths() == {}


def test_a_folder_that_is_not_there_is_named(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="is not a folder"):
        record_truth(workspace, tmp_path / "nowhere")
