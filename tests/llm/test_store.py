"""The store of calls: the first answer stays, an error gives way, and many are committed together."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from glassllava.llm.store import CallStore, Row, Spent, spent, stored_states
from glassllava.records import now
from glassllava.settings import EndpointSettings
from glassllava.workspace import Workspace, identity
from tests.workspace.test_postgres import SERVER, on_postgres

__all__ = ["on_postgres"]

HERE = EndpointSettings(base_url="http://127.0.0.1:8000/v1", model="qwen3-vl")


def row(name: str, state: str, **fields: Any) -> Row:
    return {
        "id": identity(name),
        "endpoint": "lab",
        "base_url": HERE.base_url,
        "model": HERE.model,
        "served_model": None,
        "purpose": "",
        "messages": [{"role": "user", "text": name, "images": []}],
        "repeat": 0,
        "asked": {"temperature": 0.2},
        "sent": {"temperature": 0.2},
        "mode": "json_schema",
        "state": state,
        "reason": None,
        "text": None,
        "parsed": None,
        "prompt_tokens": 10,
        "completion_tokens": 1,
        "cached_tokens": None,
        "seconds": 0.5,
        "attempts": 1,
        "created": now(),
        **fields,
    }


def keeps_the_first_answer(workspace: Workspace) -> None:
    async def main() -> None:
        with CallStore(workspace) as store:
            assert await store.get(identity("a")) is None
            assert (await store.put(row("a", "error")))["state"] == "error"
            first = row("a", "ok", parsed={"score": 1.5}, text="{}")
            assert await store.put(first) == first
            for late in (row("a", "error"), row("a", "refused")):
                kept = await store.put(late)
                assert (kept["state"], kept["parsed"]) == ("ok", {"score": 1.5})
            assert await store.get(identity("a")) == first
            others = [row(f"b{place}", "truncated") for place in range(500)]
            assert await asyncio.gather(*map(store.put, others)) == others

    asyncio.run(main())
    assert stored_states(workspace, [identity("a"), identity("b7"), identity("c")]) == {
        identity("a"): "ok",
        identity("b7"): "truncated",
    }
    assert spent(workspace, HERE) == Spent(501, 5010, 501)
    assert spent(workspace, HERE.model_copy(update={"model": "other"})) == Spent(0, 0, 0)


def test_the_first_answer_stays_and_an_error_gives_way(workspace: Workspace) -> None:
    keeps_the_first_answer(workspace)


@pytest.mark.postgres
@pytest.mark.skipif(SERVER is None, reason="GLASSLLAVA_TEST_POSTGRES names no PostgreSQL server")
def test_the_first_answer_stays_on_postgresql_too(on_postgres: Workspace) -> None:
    keeps_the_first_answer(on_postgres)


def test_what_waits_is_committed_together(workspace: Workspace) -> None:
    commits: list[object] = []
    event.listen(workspace.engine, "commit", commits.append)

    async def main() -> None:
        with CallStore(workspace) as store:
            await asyncio.gather(*(store.put(row(f"b{place}", "ok")) for place in range(1000)))

    asyncio.run(main())
    assert spent(workspace, HERE).calls == 1000
    assert len(commits) < 100


def test_what_goes_wrong_with_the_database_reaches_whoever_asked(workspace: Workspace) -> None:
    async def main() -> None:
        with CallStore(workspace) as store:
            with pytest.raises(Exception, match="NOT NULL"):
                await store.put(row("a", "ok", model=None))
            assert (await store.put(row("b", "ok")))["state"] == "ok"

    asyncio.run(main())
