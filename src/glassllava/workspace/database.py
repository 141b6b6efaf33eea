"""The workspace's database: SQLite in WAL mode by default, PostgreSQL by URL; migrated when it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from glassllava.errors import MissingExtra, WorkspaceError

MIGRATIONS = Path(__file__).parent / "migrations"

BUSY_SECONDS = 60
"""How long a writer waits for another one on SQLite, which lets one write at a time."""


def open_database(url: str) -> Engine:
    """Connect to the database at `url` and bring its tables to this version.

    Raises
    ------
    WorkspaceError
        The URL is wrong, or the tables were written by a newer version of GlassLLaVA.
    MissingExtra
        The URL names PostgreSQL and its driver is not installed.
    """
    engine = _connect(url)
    with engine.begin() as connection:
        _migrate(connection)
    return engine


def _connect(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_at_once)
        else:
            engine = create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise WorkspaceError(
            f"database_url is not a database address that GlassLLaVA knows ({error}); "
            "use postgresql://user@host/name or leave it out."
        ) from error
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "database_url names PostgreSQL, whose driver is missing: pip install 'glassllava[postgres]'."
        ) from error
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would open transactions by its own rules; ours begin where SQLAlchemy says so.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_at_once(connection: Connection) -> None:
    # A transaction that reads first and writes later can fail with "database is locked" at once, whatever the
    # timeout, when another wrote in between; taking the write lock at the start makes it wait instead.
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN" if options.get("read_only") else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    present = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(config)
    if present is not None:
        try:
            scripts.get_revision(present)
        except CommandError as error:
            raise WorkspaceError(
                f"This workspace was written by a newer version of GlassLLaVA (its tables are at '{present}'); "
                "install that version or a later one."
            ) from error
    if present != scripts.get_current_head():
        command.upgrade(config, "head")
