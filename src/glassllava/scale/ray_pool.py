"""A pool of readers on Ray Data: what `sandbox.Sandbox` does on one machine, for as many as the cluster has.

In: the name of a function and items to give it. Out: one `Outcome` for each, as a row of a streamed data set. Every
Ray actor reads in a sandbox of its own, so that a hostile file costs one child process and neither the actor nor the
data set, and is named with the same words as without Ray.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
import warnings
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any, Generic, Self, TypeVar

from glassllava.errors import GlassllavaError, MissingExtra
from glassllava.sandbox import Outcome, Sandbox

Item = TypeVar("Item")

_REACHED_SECONDS = 10.0

_SURROUNDINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # Nothing leaves without consent; Ray would report its use.
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # What concerns a file comes as its row; the rest is in Ray's own logs.
}


class RayPool(Generic[Item]):
    """Ray actors that call one function, each in a child process with limits.

    With the environment variable RAY_ADDRESS set, the actors run on that cluster, whose machines must see the files
    under the same paths and have GlassLLaVA installed; otherwise Ray is started on this machine alone, and ended with
    the pool.

    Parameters
    ----------
    function, seconds, memory_bytes
        As `Sandbox` has them.
    workers
        Number of actors.

    Raises
    ------
    MissingExtra
        Ray is not installed.
    GlassllavaError
        Nobody listens at RAY_ADDRESS (raised by `map`).

    References
    ----------
    Moritz P. et al., "Ray: A Distributed Framework for Emerging AI Applications", OSDI 2018, 561–577.
    """

    def __init__(self, function: str, *, workers: int, seconds: float, memory_bytes: int) -> None:
        if find_spec("ray") is None:
            raise MissingExtra("Ray is not installed; install it with pip install 'glassllava[scale]'.")
        self._reader = (function, seconds, memory_bytes)
        self._workers = workers
        self._ours = False

    def __enter__(self) -> Self:
        return self

    def _start(self) -> None:
        for name, value in _SURROUNDINGS.items():
            os.environ.setdefault(name, value)
        import ray

        if ray.is_initialized():
            return
        address = os.environ.get("RAY_ADDRESS")
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
        if address:
            _reach(address)
            ray.init(address=address, **quiet)
        else:
            alone = {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
            ray.init(address="local", num_cpus=self._workers, num_gpus=0, **alone, **quiet)
        self._ours = True

    def __exit__(self, *_: object) -> None:
        if self._ours:
            import ray

            ray.shutdown()

    def map(self, items: Iterable[Item]) -> Iterator[Outcome[Item]]:
        """Give each item to an actor and yield the outcomes as they come, in any order."""
        waiting = dict(enumerate(items))
        if not waiting:
            return
        self._start()
        for row in self._rows(waiting).iter_rows():
            value, reason, seconds = pickle.loads(row["outcome"])
            yield Outcome(waiting.pop(row["number"]), value, reason, seconds)
        for item in waiting.values():
            yield Outcome(item, None, "the Ray worker that read the file was lost; add it again", 0.0)

    def _rows(self, waiting: dict[int, Item]) -> Any:
        import ray.data

        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        context.max_errored_blocks = -1  # A lost worker is a failed row, and no end of the run.
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        # One item a block: a block is done as a whole, and a run that is stopped must not lose what was read.
        rows = ray.data.from_items(
            [{"number": number, "item": pickle.dumps(item)} for number, item in waiting.items()],
            override_num_blocks=len(waiting),
        )
        actors = ray.data.ActorPoolStrategy(size=self._workers)
        # Without an end to it, Ray would give a file that costs its worker to one worker after the other for ever.
        ending: dict[str, Any] = {"max_restarts": -1, "max_task_retries": 1}
        with warnings.catch_warnings():
            # Up to Ray 2.63, which pyproject.toml does not go beyond, there is no other way to say so.
            warnings.filterwarnings("ignore", message=".*ray_remote_args.*")
            return rows.map(_Reader, fn_constructor_args=self._reader, compute=actors, num_cpus=1, **ending)


def _reach(address: str) -> None:
    """Make sure that someone listens at the address: Ray itself tries for many minutes before it gives up."""
    host, colon, port = address.rpartition("//")[2].rpartition(":")
    if not colon or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_REACHED_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise GlassllavaError(
            f"No Ray cluster answers at RAY_ADDRESS={address}; start one there, or unset RAY_ADDRESS to use this "
            "machine alone."
        ) from error


class _Reader:
    """What runs in a Ray actor: one warm sandbox."""

    def __init__(self, function: str, seconds: float, memory_bytes: int) -> None:
        self._sandbox = Sandbox[Any](function, workers=1, seconds=seconds, memory_bytes=memory_bytes)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        (outcome,) = self._sandbox.map([pickle.loads(row["item"])])
        return {"number": row["number"], "outcome": pickle.dumps((outcome.value, outcome.reason, outcome.seconds))}
