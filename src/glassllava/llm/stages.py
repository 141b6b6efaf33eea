"""The door for stages, which are not asynchronous: the same verbs, and a plan before the first call.

In: a workspace, the name of an endpoint, requests. Out: results as they come; what asking would take. The event loop
runs in a thread of its own, so that calls go on while a stage works on a result. Requests are taken from their iterator
in the stage's own thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from queue import SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

from glassllava.llm.consent import allowed_endpoint
from glassllava.llm.door import Door
from glassllava.llm.estimates import money, prompt_tokens
from glassllava.llm.requests import Request, call_key, kept_messages, parameters
from glassllava.llm.results import Plan, Result, Tally
from glassllava.llm.store import AT_ONCE, stored_states
from glassllava.workspace import Workspace

Value = TypeVar("Value")

Watcher = Callable[[Tally], None]
"""Is told after each result how far it is."""


class StageDoor:
    """The way to one endpoint for whoever waits; use it as a context.

    Parameters
    ----------
    workspace, endpoint, tell
        As for `Door`.

    Examples
    --------
    ::

        with StageDoor(workspace, "lab") as door:
            for result in door.ask_all(requests):
                print(result.state, result.request.tag)
            print(door.tally.figures())
    """

    def __init__(self, workspace: Workspace, endpoint: str, tell: Callable[[str], None] | None = None) -> None:
        self._door = Door(workspace, endpoint, tell)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"door to {endpoint}", daemon=True)

    def __enter__(self) -> StageDoor:
        self._thread.start()
        try:
            self._run(self._door.__aenter__())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._run(self._door.__aexit__(kind, fault, trace))
        finally:
            self._end()

    @property
    def tally(self) -> Tally:
        """How many were asked and stored, and how they ended."""
        return self._door.tally

    @property
    def remarks(self) -> list[str]:
        """What the model turned out not to take, in sentences."""
        return self._door.remarks

    def ask(self, request: Request) -> Result:
        """Return the answer to one request; see `Door.ask`."""
        return self._run(self._door.ask(request))

    def ask_all(self, requests: Iterable[Request], watcher: Watcher | None = None) -> Iterator[Result]:
        """Ask requests side by side, and yield each result as it comes, in any order; see `Door.ask_all`.

        Whoever stops taking results gives up what is under way.
        """
        waiting = iter(requests)
        ended: SimpleQueue[Future[Result]] = SimpleQueue()
        under_way: set[Future[Result]] = set()
        most = 2 * self._door.endpoint.settings.concurrency
        try:
            while True:
                for request in islice(waiting, most - len(under_way)):
                    future = asyncio.run_coroutine_threadsafe(self._door.ask(request), self._loop)
                    under_way.add(future)
                    future.add_done_callback(ended.put)
                if not under_way:
                    return
                future = ended.get()
                under_way.discard(future)
                result = future.result()
                if watcher is not None:
                    watcher(self.tally)
                yield result
        finally:
            for future in under_way:
                future.cancel()

    def _run(self, work: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        async def cancel_all() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self._run(cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def plan(workspace: Workspace, endpoint: str, requests: Iterable[Request], show: int = 3) -> Plan:
    """Tell what asking would take, without sending anything.

    Parameters
    ----------
    workspace, endpoint
        As for `Door`; consent is checked here too.
    requests
        All that would be asked; the same request twice counts as stored.
    show
        How many of the requests that would be sent are given back, to be looked at.

    Raises
    ------
    WorkspaceError
        The endpoint may not be asked.
    """
    allowed = allowed_endpoint(workspace, endpoint)
    settings = allowed.settings
    waiting, seen, first = iter(requests), set[str](), list[Request]()
    calls = stored = sent = answered = 0
    while part := list(islice(waiting, AT_ONCE)):
        keyed: list[tuple[str, int, Request]] = []
        for request in part:
            asked = parameters(request, settings)
            key = call_key(settings, kept_messages(request), asked, request.form, request.repeat)
            keyed.append((key, int(asked["max_tokens"]), request))
        states = stored_states(workspace, [key for key, _, _ in keyed])
        for key, most, request in keyed:
            if key in seen or states.get(key, "error") != "error":
                stored += 1
                continue
            seen.add(key)
            calls += 1
            sent += prompt_tokens(request)
            answered += most
            if len(first) < show:
                first.append(request)
    return Plan(
        endpoint=allowed.name,
        model=settings.model,
        calls=calls,
        stored=stored,
        prompt_tokens=sent,
        completion_tokens_at_most=answered,
        money_at_most=money(settings, sent, answered),
        first=tuple(first),
    )
