"""The sandbox: a file that crashes, hangs or swells its reader is one failed item, and the run goes on."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glassllava import sandbox
from glassllava.errors import UnreadableInput
from glassllava.sandbox import Sandbox

ROOT = Path(__file__).parents[1]


def read(item: str) -> str:
    """What runs in the child: the item says how to behave."""
    if item == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if item == "abort":
        os.abort()
    if item == "exit":
        os._exit(3)
    if item == "hang":
        time.sleep(600)
    if item == "swell":
        return str(len(bytearray(8 * 2**30)))
    if item == "refuse":
        raise UnreadableInput("it is encrypted")
    if item == "fault":
        raise KeyError("x")
    return item.upper()


def outcomes(items: list[str], seconds: float = 60.0) -> dict[str, tuple[str | None, str | None]]:
    with Sandbox[str]("tests.test_sandbox:read", workers=2, seconds=seconds, memory_bytes=2**31) as sandbox:
        return {outcome.item: (outcome.value, outcome.reason) for outcome in sandbox.map(items)}


def test_good_items_come_back() -> None:
    assert outcomes(["a", "b", "c", "d"]) == {c: (c.upper(), None) for c in "abcd"}


def test_each_way_to_fail_is_named_and_the_others_come_back() -> None:
    found = outcomes(["crash", "a", "exit", "swell", "b", "refuse", "fault", "c"])
    assert {item: value for item, (value, _) in found.items() if value} == {"a": "A", "b": "B", "c": "C"}
    assert found["crash"][1] == "the file crashed its reader (SIGSEGV)"
    assert found["exit"][1] == "the file ended its reader (exit code 3)"
    assert found["swell"][1] == "reading needed more than 2.0 GiB of memory"
    assert found["refuse"][1] == "it is encrypted"
    assert found["fault"][1] == "reading failed: KeyError: 'x'"


def test_an_item_that_hangs_is_stopped_at_its_limit() -> None:
    started = time.monotonic()
    found = outcomes(["hang", "a", "b"], seconds=2.0)
    assert found["hang"][1] == "reading took longer than 2 seconds and was stopped"
    assert found["a"] == ("A", None)
    assert time.monotonic() - started < 30


def test_children_that_cannot_even_start_are_named_and_the_run_goes_on() -> None:
    with Sandbox[str]("tests.test_sandbox:read", workers=2, seconds=60, memory_bytes=2**20) as sandbox:
        reasons = {outcome.item: outcome.reason for outcome in sandbox.map(["a", "b", "c"])}
    assert set(reasons) == {"a", "b", "c"}
    assert all(reason and "its reader" in reason for reason in reasons.values())


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "from glassllava.sandbox import Sandbox\n"
        "with Sandbox('tests.test_sandbox:read', workers=2, seconds=600, memory_bytes=2**31) as s:\n"
        "    for o in s.map(['a', 'hang', 'hang', 'hang']):\n"
        "        print([c.process.pid for c in s._children], flush=True)\n"
    )
    file = tmp_path / "parent.py"
    file.write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(file)], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().strip("[]\n").split(",")]
        assert len(children) == 2
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 10
    while any(_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in children)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_result_larger_than_the_parent_should_hold_is_a_failed_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LARGEST_ANSWER_BYTES", 1000)
    packed = sandbox._answer(lambda item: bytes(item), 5000, 2**31)
    assert pickle.loads(packed) == (None, "what was read of it takes 0.0 GiB, more than 0 GiB")


def test_a_library_that_aborts_is_named_with_the_limit_of_memory() -> None:
    reason = outcomes(["abort"])["abort"][1]
    assert reason == "the file crashed its reader (SIGABRT), as files do that need more than 2.0 GiB of memory"
