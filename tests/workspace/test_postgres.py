"""The same workspace on a real PostgreSQL server, named by GLASSLLAVA_TEST_POSTGRES."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from glassllava.errors import WorkspaceError
from glassllava.records import Record, Review
from glassllava.workspace import Workspace
from tests.workspace.rows import plant_judged_answer, plant_paper, plant_question

SERVER = os.environ.get("GLASSLLAVA_TEST_POSTGRES")

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(SERVER is None, reason="GLASSLLAVA_TEST_POSTGRES names no PostgreSQL server"),
]


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Workspace]:
    assert SERVER is not None
    name = f"glassllava_{uuid.uuid4().hex}"
    admin = sa.create_engine(sa.make_url(SERVER).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    folder = tmp_path / "w"
    folder.mkdir()
    url = sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    (folder / "glassllava.toml").write_text(f'database_url = "{url}"\n')
    workspace = Workspace(folder)
    yield workspace
    workspace.close()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


def test_the_tables_are_those_that_the_records_describe(on_postgres: Workspace) -> None:
    with on_postgres.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Record.metadata) == []


def test_panels_questions_and_scores_read_as_on_sqlite(on_postgres: Workspace, workspace: Workspace) -> None:
    for here in (on_postgres, workspace):
        first, _ = plant_paper(here, "p")
        plant_judged_answer(here, plant_question(here, first), 70.0)
        here.review("panel", first, "ada", "accept", seconds=1.5)
    assert on_postgres.panels() == workspace.panels()
    assert on_postgres.questions() == workspace.questions()
    assert on_postgres.scores() == workspace.scores()
    assert on_postgres.status().counts == workspace.status().counts


def test_a_run_and_its_tasks_are_kept(on_postgres: Workspace) -> None:
    with on_postgres.run("papers", 1) as progress:
        with on_postgres.writing() as session:
            on_postgres.record_task(session, "1" * 64, "papers-1", "a.pdf")
        progress.advance("a.pdf")
    assert on_postgres.finished("papers-1") == {"1" * 64}
    assert on_postgres.status().runs[0].state == "done"


def test_reviews_of_many_at_once_are_all_kept(on_postgres: Workspace) -> None:
    first, _ = plant_paper(on_postgres, "p")

    def decide(name: str) -> None:
        for _ in range(10):
            on_postgres.review("panel", first, name, "accept")

    people = [threading.Thread(target=decide, args=(f"person {n}",)) for n in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with on_postgres.reading() as session:
        assert session.query(Review).count() == 80


def test_a_server_that_is_not_there_is_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "glassllava.toml").write_text('database_url = "postgresql://nobody@127.0.0.1:1/none"\n')
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        Workspace(tmp_path)
