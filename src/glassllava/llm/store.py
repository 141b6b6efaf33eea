"""The store of calls: one thread that reads and writes the workspace's `Call` rows for many askers at once.

In: keys and finished calls from an event loop. Out: stored calls, and the promise that what was put is committed. All
that waits is done together: one query, one transaction; so a call costs a share of a commit, and the loop none.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping, Sequence
from queue import SimpleQueue
from typing import Any, NamedTuple

from sqlalchemy import Table, case, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from glassllava.records import Call
from glassllava.settings import EndpointSettings
from glassllava.workspace import Workspace

Row = dict[str, Any]
"""A call by column."""

AT_ONCE = 200
"""Most that is read or written in one statement: SQLite allows 32,766 values in one."""

_CALLS: Table = Call.__table__  # type: ignore[assignment]


class Spent(NamedTuple):
    """What calls to one model at one address have used."""

    calls: int
    prompt_tokens: int
    completion_tokens: int


class _Work(NamedTuple):
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    key: str
    row: Row | None
    """None to read what is stored under the key."""


class CallStore:
    """The calls of one workspace; use it as a context, and from one event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="store of calls", daemon=True)

    def __enter__(self) -> CallStore:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.put(None)
        self._thread.join()

    async def get(self, key: str) -> Row | None:
        """Return the call stored under `key`, or None."""
        found: Row | None = await self._ask(key, None)
        return found

    async def put(self, row: Row) -> Row:
        """Store a finished call, and return what is stored now: another process may have been first.

        A stored answer is never replaced; a stored error is.
        """
        stored: Row = await self._ask(row["id"], row)
        return stored

    def _ask(self, key: str, row: Row | None) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.put(_Work(loop, future, key, row))
        return future

    def _serve(self) -> None:
        while True:
            work, ends = self._all_that_waits()
            for start in range(0, len(work), AT_ONCE):
                part = work[start : start + AT_ONCE]
                try:
                    found = self._do(part)
                except Exception as error:
                    answers: Sequence[Any] = [error] * len(part)
                else:
                    answers = [found.get(item.key) for item in part]
                for item, answer in zip(part, answers, strict=True):
                    item.loop.call_soon_threadsafe(_settle, item.future, answer)
            if ends:
                return

    def _all_that_waits(self) -> tuple[list[_Work], bool]:
        work: list[_Work] = []
        item = self._queue.get()
        while item is not None:
            work.append(item)
            if self._queue.empty():
                return work, False
            item = self._queue.get()
        return work, True

    def _do(self, work: Sequence[_Work]) -> Mapping[str, Row]:
        rows = {item.key: item.row for item in work if item.row is not None}
        asked = {item.key for item in work if item.row is None}
        found: dict[str, Row] = {}
        if rows:
            with self._workspace.engine.begin() as connection:
                written = _write(connection, list(rows.values()))
            found = {key: row for key, row in rows.items() if key in written}
            asked |= rows.keys() - written
        if asked:
            with self._workspace.reading() as session:
                found |= _read(session.connection(), asked)
        return found


def _settle(future: asyncio.Future[Any], answer: Any) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _write(connection: Connection, rows: list[Row]) -> set[str]:
    """Write calls, and return the keys of those that are stored as given: an answer that was there stays."""
    insert = postgresql.insert(_CALLS) if connection.dialect.name == "postgresql" else sqlite.insert(_CALLS)
    values = {column.name: insert.excluded[column.name] for column in _CALLS.columns if not column.primary_key}
    statement = insert.on_conflict_do_update(
        index_elements=[_CALLS.c.id], set_=values, where=_CALLS.c.state == "error"
    ).returning(_CALLS.c.id)
    return set(connection.execute(statement, rows).scalars())


def _read(connection: Connection, keys: Iterable[str]) -> dict[str, Row]:
    found = connection.execute(select(_CALLS).where(_CALLS.c.id.in_(list(keys))))
    return {row["id"]: dict(row) for row in found.mappings()}


def stored_states(workspace: Workspace, keys: Sequence[str]) -> dict[str, str]:
    """Return the state of each call that is stored, by its key."""
    with workspace.reading() as session:
        found = session.execute(select(Call.id, Call.state).where(Call.id.in_(keys)))
        return dict(found.all())


def spent(workspace: Workspace, settings: EndpointSettings) -> Spent:
    """Return what the workspace's calls to a model at an address have used; errors cost nothing."""
    answered = case((Call.state == "error", 0), else_=1)
    sums = (func.coalesce(func.sum(column), 0) for column in (answered, Call.prompt_tokens, Call.completion_tokens))
    here = Call.base_url == settings.base_url, Call.model == settings.model
    with workspace.reading() as session:
        return Spent(*map(int, session.execute(select(*sums).where(*here)).one()))
