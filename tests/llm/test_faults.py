"""Against an endpoint with faults: every row ends in its true state, none is lost, none becomes a number."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from glassllava.llm import StageDoor
from glassllava.records import Call
from glassllava.workspace import Workspace
from tests.llm.child import ask_all_rows
from tests.llm.faulty import Faulty, score, true_state
from tests.llm.forms_used import row_requests
from tests.llm.server import FakeEndpoint, opened, serving

ROWS = 300
QUICK = "timeout_seconds = 1.5\nattempts = 20\nconcurrency = 16"


def stored(workspace: Workspace) -> dict[int, tuple[str, object]]:
    """State and score of every row that the workspace holds."""
    with workspace.reading() as session:
        return {
            int(call.messages[-1]["text"].removeprefix("row ")): (call.state, (call.parsed or {}).get("score"))
            for call in session.scalars(select(Call))
        }


def truth(rows: int) -> dict[int, tuple[str, object]]:
    return {row: (true_state(row), score(row) if true_state(row) == "ok" else None) for row in range(rows)}


def test_every_row_ends_in_its_true_state_and_none_is_lost(workspace: Workspace) -> None:
    faulty = Faulty(seed=1)
    with serving(faulty) as endpoint:
        here = opened(workspace, endpoint.url, QUICK)
        with StageDoor(here, "lab") as door:
            results = {result.request.tag: result for result in door.ask_all(row_requests(ROWS))}
        figures = door.tally.figures()
    assert len(results) == ROWS
    assert stored(here) == truth(ROWS)
    assert {tag: result.state for tag, result in results.items()} == {row: true_state(row) for row in range(ROWS)}
    assert all((result.parsed is None) == (result.state != "ok") for result in results.values())
    assert figures["states"] == {"error": 0, **Counter(true_state(row) for row in range(ROWS))}
    assert min(faulty.counts[kind] for kind in ("429", "500", "hang")) > 0
    assert len(endpoint.requests) == ROWS + sum(faulty.counts.values())


def test_rows_that_had_no_answer_are_errors_and_the_next_run_asks_only_them(workspace: Workspace) -> None:
    with serving(Faulty(seed=2)) as endpoint:
        here = opened(workspace, endpoint.url, QUICK.replace("attempts = 20", "attempts = 2"))
        with StageDoor(here, "lab") as door:
            list(door.ask_all(row_requests(ROWS)))
        lost = {row for row, (state, _) in stored(here).items() if state == "error"}
        assert 0.02 * ROWS < len(lost) < 0.2 * ROWS
        before = len(endpoint.requests)
        here = opened(here, endpoint.url, QUICK)
        with StageDoor(here, "lab") as door:
            list(door.ask_all(row_requests(ROWS)))
        assert {int(asked.text.removeprefix("row ")) for asked in endpoint.requests[before:]} == lost
    assert stored(here) == truth(ROWS)


@pytest.mark.slow
def test_killed_at_twenty_moments_no_stored_call_is_made_twice(workspace: Workspace) -> None:
    chance = random.Random(3)
    children = multiprocessing.get_context("forkserver")
    children.set_forkserver_preload(["tests.llm.child", "glassllava.llm.wire"])
    faulty = Faulty(seed=3)
    rows = 1000
    with serving(faulty) as endpoint:
        here = opened(workspace, endpoint.url, QUICK)
        kills = 0
        while kills < 20:
            known = stored(here)
            before = len(endpoint.requests)
            child = children.Process(target=ask_all_rows, args=(str(here.path), rows))
            child.start()
            assert child.pid is not None
            _wait_for(endpoint, before + chance.randint(1, 60))
            time.sleep(chance.uniform(0, 0.005))
            os.kill(child.pid, signal.SIGKILL)
            child.join()
            assert child.exitcode == -signal.SIGKILL
            kills += 1
            _none_was_asked_again(endpoint, before, known)
        known, before = stored(here), len(endpoint.requests)
        assert 0 < len(known) < rows
        with StageDoor(here, "lab") as door:
            list(door.ask_all(row_requests(rows)))
        _none_was_asked_again(endpoint, before, known)
    assert stored(here) == truth(rows)
    # Only what was under way when a process was killed may have been answered twice.
    assert sum(faulty.answers.values()) - rows <= kills * 16


def _wait_for(endpoint: FakeEndpoint, number: int) -> None:
    until = time.monotonic() + 30
    while len(endpoint.requests) < number:
        assert time.monotonic() < until, "the child asks nothing"
        time.sleep(0.001)


def _none_was_asked_again(endpoint: FakeEndpoint, before: int, known: dict[int, tuple[str, object]]) -> None:
    final = {row for row, (state, _) in known.items() if state != "error"}
    assert final.isdisjoint(int(asked.text.removeprefix("row ")) for asked in endpoint.requests[before:])


def test_a_workspace_whose_process_was_killed_opens_as_it_is(workspace: Workspace, tmp_path: Path) -> None:
    with serving(Faulty(seed=4)) as endpoint:
        here = opened(workspace, endpoint.url, QUICK)
        child = multiprocessing.get_context("forkserver").Process(target=ask_all_rows, args=(str(here.path), 500))
        child.start()
        _wait_for(endpoint, 40)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    calls = stored(Workspace(here.path))
    assert {row: truth(500)[row] for row in calls} == calls
