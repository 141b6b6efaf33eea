"""The folder: made, opened, refused in one sentence, and never half written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from glassllava.errors import WorkspaceError
from glassllava.records import Paper, Record, SceneTruth
from glassllava.workspace import Workspace, content_id, identity
from glassllava.workspace.database import MIGRATIONS
from glassllava.workspace.files import FileStore
from tests.workspace.rows import plant_judged_answer, plant_paper, plant_question


def take_back(workspace: Workspace, revision: str) -> None:
    """Make the tables those of an older version, and close the workspace."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with workspace.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    workspace.close()


def test_making_a_workspace_twice_opens_it(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    Workspace.create(tmp_path / "w").close()


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(WorkspaceError, match="holds other files"):
        Workspace.create(tmp_path)


def test_a_folder_that_is_no_workspace_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="glassllava init"):
        Workspace(tmp_path)


def test_a_workspace_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be made"):
        Workspace.create(tmp_path / "file" / "w")


def test_a_workspace_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    with sqlite3.connect(tmp_path / "w" / "glassllava.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WorkspaceError, match="newer version"):
        Workspace(tmp_path / "w")
    with sqlite3.connect(tmp_path / "w" / "glassllava.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_damaged_database_is_named_in_one_sentence(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    for file in (tmp_path / "w").glob("glassllava.db*"):
        file.write_bytes(b"this is not a database" * 100)
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        Workspace(tmp_path / "w")


def test_a_workspace_of_an_older_version_is_brought_up_and_keeps_its_rows(workspace: Workspace) -> None:
    panel, _ = plant_paper(workspace, "p")
    plant_judged_answer(workspace, plant_question(workspace, panel), 70.0)
    before = (workspace.panels(), workspace.questions(), workspace.scores())
    take_back(workspace, "0001")
    newer = Workspace(workspace.path)
    assert (newer.panels(), newer.questions(), newer.scores()) == before
    assert [(paper.publisher, paper.completed) for paper in newer.papers()] == [(None, {})]
    newer.close()


def test_a_paper_of_the_reserved_prefix_that_an_older_version_took_for_real_is_marked(workspace: Workspace) -> None:
    dois = {"a": "10.5555/a", "b": "10.1016/j.b", "c": None}
    with workspace.writing() as session:
        for name, doi in dois.items():
            session.merge(Paper(id=content_id(name.encode()), file=f"{name}.pdf", state="ok", doi=doi))
    take_back(workspace, "0002")
    newer = Workspace(workspace.path)
    assert {paper.doi: paper.synthetic for paper in newer.papers()} == {
        "10.5555/a": True,
        "10.1016/j.b": False,
        None: False,
    }
    newer.close()


def test_the_scene_of_a_panel_is_read_with_what_can_be_measured(workspace: Workspace) -> None:
    scene = {"family": "needles", "known": False, "names": ["needle*"], "defect": None, "artefact": "dust", "count": 7}
    with workspace.writing() as session:
        session.merge(SceneTruth(panel_id="p", paper_id="q", scene=scene))
    (truth,) = workspace.truths().values()
    assert truth.model_dump() == {key: scene[key] for key in scene if key != "count"} | {"names": ("needle*",)}


def test_the_migrations_make_the_tables_that_the_records_describe(workspace: Workspace) -> None:
    with workspace.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Record.metadata) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("domain = [", "not valid TOML"),
        ('[papers]\nworkers = "many"', "setting 'papers.workers'"),
        ("[split]\nevaluation_share = 2", "setting 'split.evaluation_share'"),
        ("colour = 1", "setting 'colour'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_field(tmp_path: Path, text: str, sentence: str) -> None:
    Workspace.create(tmp_path / "w").close()
    (tmp_path / "w" / "glassllava.toml").write_text(text)
    with pytest.raises(WorkspaceError, match=sentence):
        Workspace(tmp_path / "w")


def test_the_environment_goes_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Workspace.create(tmp_path / "w").close()
    (tmp_path / "w" / "glassllava.toml").write_text("[papers]\nworkers = 3\nocr = false")
    monkeypatch.setenv("GLASSLLAVA_PAPERS__WORKERS", "5")
    settings = Workspace(tmp_path / "w").settings
    assert (settings.papers.workers, settings.papers.ocr) == (5, False)


def test_a_stored_file_comes_back_and_is_stored_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path, ".png")
    key = store.put(b"pixels")
    assert store.put(b"pixels") == key == content_id(b"pixels")
    assert store.get(key) == b"pixels"
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="missing from the workspace"):
        FileStore(tmp_path, ".png").get("0" * 64)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)


@given(st.lists(_json, max_size=4), st.lists(_json, max_size=4))
def test_different_things_have_different_ids(first: list[object], second: list[object]) -> None:
    # Python holds True equal to 1; as content they differ, so it is their written form that counts.
    assert (identity(*first) == identity(*second)) == (repr(first) == repr(second))
