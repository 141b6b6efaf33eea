"""Untrusted files are read here: warm child processes with limits of time and memory.

In: the name of a function and items to give it. Out: for each item its result, or the sentence that says why
there is none. A file that crashes, hangs or swells its child costs that child only: another one starts and the
run goes on. Children end with their parent, even if it is killed.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, Protocol, Self, TypeVar

from glassllava.errors import GlassllavaError

Item = TypeVar("Item")

_PR_SET_PDEATHSIG = 1

LARGEST_ANSWER_BYTES = 2**30
"""An item whose result is larger is a failed one: children share nothing but their parent's memory."""

_CHILD = "import sys; from glassllava.sandbox import serve; serve(*sys.argv[1:])"
"""A child is a plain interpreter: unlike a child of multiprocessing it does not run its parent's script again."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Item]):
    """What became of one item: a value, or the reason why there is none."""

    item: Item
    value: Any
    reason: str | None
    seconds: float


class Pool(Protocol[Item]):
    """What reads items outside of this process: a `Sandbox`, or one that is spread over machines."""

    def __enter__(self) -> Self:
        """Make ready."""

    def __exit__(self, *_: object) -> None:
        """End all that was started."""

    def map(self, items: Iterable[Item]) -> Iterator[Outcome[Item]]:
        """Yield one outcome for each item, in any order."""


class PoolOf(Protocol):
    """How a pool is made; `Sandbox` is one, and says what the arguments mean."""

    def __call__(self, function: str, *, workers: int, seconds: float, memory_bytes: int) -> Pool[Any]:
        """Make a pool of processes that call `function`."""


@dataclass(slots=True)
class _Child(Generic[Item]):
    process: subprocess.Popen[bytes]
    pipe: Connection[Any, Any]
    item: Item | None = None
    started: float = 0.0


class Sandbox(Generic[Item]):
    """A pool of warm child processes that call one function.

    Parameters
    ----------
    function
        `"module:name"` of a function of one picklable argument with a picklable result. A `GlassllavaError` that
        it raises becomes the reason as it stands; any other exception is named with its type.
    workers
        Number of children.
    seconds
        Longest time for one item.
    memory_bytes
        Address space of one child.
    """

    def __init__(self, function: str, *, workers: int, seconds: float, memory_bytes: int) -> None:
        self._function = function
        self._workers = workers
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._children: list[_Child[Item]] = []

    def __enter__(self) -> Sandbox[Item]:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            self._end(child)
        self._children.clear()

    def map(self, items: Iterable[Item]) -> Iterator[Outcome[Item]]:
        """Give each item to a child and yield the outcomes as they come, in any order."""
        waiting = iter(items)
        exhausted = False
        while True:
            while not exhausted and (child := self._idle()) is not None:
                try:
                    item = next(waiting)
                except StopIteration:
                    exhausted = True
                    break
                child.item, child.started = item, time.monotonic()
                self._send(child, item)
            busy = [child for child in self._children if child.item is not None]
            if not busy:
                return
            yield from self._collect(busy)

    def _idle(self) -> _Child[Item] | None:
        for child in self._children:
            if child.item is None:
                return child
        if len(self._children) < self._workers:
            child = self._start()
            self._children.append(child)
            return child
        return None

    def _start(self) -> _Child[Item]:
        ours, theirs = Pipe()
        arguments = (self._function, theirs.fileno(), self._memory_bytes, os.getpid())
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, *map(str, arguments)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        theirs.close()
        return _Child(process, ours)

    @staticmethod
    def _send(child: _Child[Item], item: Item) -> None:
        try:
            child.pipe.send(item)
        except OSError:
            # The child died before it was given anything; its pipe is readable now, and says so.
            return

    def _collect(self, busy: list[_Child[Item]]) -> Iterator[Outcome[Item]]:
        deadline = min(child.started for child in busy) + self._seconds
        ready = set(wait([child.pipe for child in busy], timeout=max(0.0, deadline - time.monotonic())))
        for child in busy:
            took = time.monotonic() - child.started
            item = child.item
            assert item is not None
            if child.pipe in ready:
                try:
                    value, reason = child.pipe.recv()
                except (EOFError, OSError):
                    value, reason = None, self._how_it_died(child.process.wait())
                    self._replace(child)
            elif took > self._seconds:
                value, reason = None, f"reading took longer than {self._seconds:g} seconds and was stopped"
                self._replace(child)
            else:
                continue
            child.item = None
            yield Outcome(item, value, reason, took)

    def _replace(self, child: _Child[Item]) -> None:
        self._end(child)
        self._children.remove(child)

    @staticmethod
    def _end(child: _Child[Item]) -> None:
        child.process.kill()
        child.process.wait()
        child.pipe.close()

    def _how_it_died(self, exitcode: int) -> str:
        if exitcode == -signal.SIGABRT:
            # Libraries in C and C++ cannot go on without the memory that they ask for, and end their process.
            limit = f"{self._memory_bytes / 2**30:.1f} GiB"
            return f"the file crashed its reader (SIGABRT), as files do that need more than {limit} of memory"
        if exitcode < 0:
            return f"the file crashed its reader ({signal.Signals(-exitcode).name})"
        return f"the file ended its reader (exit code {exitcode})"


def serve(function: str, descriptor: str, memory_bytes: str, parent: str) -> None:
    """Answer items from the pipe until it closes; this is what runs in a child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):
            return
    limit = int(memory_bytes)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    pipe: Connection[Any, Any] = Connection(int(descriptor))
    module, name = function.split(":")
    call = getattr(importlib.import_module(module), name)
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        pipe.send_bytes(_answer(call, item, limit))


def _answer(call: Callable[[Any], Any], item: Any, limit: int) -> Any:
    """Return the pickled pair of value and reason."""
    try:
        packed = ForkingPickler.dumps((call(item), None))
        if len(packed) <= LARGEST_ANSWER_BYTES:
            return packed
        reason = f"what was read of it takes {len(packed) / 2**30:.1f} GiB, more than {LARGEST_ANSWER_BYTES >> 30} GiB"
    except GlassllavaError as error:
        reason = str(error)
    except MemoryError:
        reason = f"reading needed more than {limit / 2**30:.1f} GiB of memory"
    except Exception as error:
        reason = f"reading failed: {type(error).__name__}: {error}"
    return ForkingPickler.dumps((None, reason))
