"""The door itself: requests go in, each answer is stored before it is handed back, and nothing is asked twice.

In: a workspace, the name of an endpoint, requests. Out: results as they come, one for each request.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack
from types import TracebackType

from glassllava.errors import MissingExtra
from glassllava.llm.budget import Budget, Tokens
from glassllava.llm.calling import Asked, Caller
from glassllava.llm.consent import allowed_endpoint
from glassllava.llm.estimates import prompt_tokens
from glassllava.llm.requests import Request, call_key, kept_messages, parameters
from glassllava.llm.results import Result, Tally, result_of
from glassllava.llm.store import CallStore, Row, spent
from glassllava.workspace import Workspace


class Door:
    """The way to one endpoint; use it as an asynchronous context.

    Parameters
    ----------
    workspace
        Its settings name the endpoint and allow it; it keeps the calls.
    endpoint
        The endpoint's name.
    tell
        Is told, once each and from the event loop's thread, what the model turns out not to take.

    Raises
    ------
    WorkspaceError
        The endpoint may not be asked; see `glassllava.llm.consent.allowed_endpoint`.

    Examples
    --------
    ::

        async with Door(workspace, "lab") as door:
            result = await door.ask(Request(conversation("Answer briefly.", "What is glass?")))
    """

    def __init__(self, workspace: Workspace, endpoint: str, tell: Callable[[str], None] | None = None) -> None:
        self.endpoint = allowed_endpoint(workspace, endpoint)
        self.tally = Tally()
        self.remarks: list[str] = []
        """What the model turned out not to take, in sentences."""
        self._tell = tell
        self._workspace = workspace
        self._store = CallStore(workspace)
        self._under_way: dict[str, asyncio.Future[Row]] = {}
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Door:
        try:
            from glassllava.llm.wire import Wire
        except ImportError as fault:
            raise MissingExtra(
                f"Language models need the package {fault.name!r}: pip install 'glassllava[llm]'."
            ) from fault
        settings = self.endpoint.settings
        self._budget = Budget(self.endpoint.name, settings, spent(self._workspace, settings))
        self._places = asyncio.Semaphore(settings.concurrency)
        self._meeting = asyncio.Lock()
        self._met = False
        async with AsyncExitStack() as stack:
            stack.enter_context(self._store)
            wire = await stack.enter_async_context(Wire(self.endpoint))
            self._caller = Caller(self.endpoint, wire, self._workspace.images, self._remark)
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def ask(self, request: Request) -> Result:
        """Return the answer to a request: the stored one, or a new one, which is stored before it is returned.

        Raises
        ------
        EndpointStopped
            The endpoint is down, refuses the key, does not know the model, or the budget is spent.
        """
        asked = self._asked(request)
        row, stored = await self._shared(asked) or await self._answer(asked)
        result = result_of(request, row, stored=stored)
        self.tally.count(result)
        return result

    async def ask_all(self, requests: Iterable[Request]) -> AsyncIterator[Result]:
        """Ask requests side by side, and yield each result as it comes, in any order.

        Requests are taken as there is room for them, so that any number may be given.

        Raises
        ------
        EndpointStopped
            As `ask`; what was under way then is given up.
        """
        waiting = iter(requests)
        tasks: set[asyncio.Task[Result]] = set()
        try:
            while True:
                while len(tasks) < 2 * self.endpoint.settings.concurrency:
                    request = next(waiting, None)
                    if request is None:
                        break
                    tasks.add(asyncio.create_task(self.ask(request)))
                if not tasks:
                    return
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    tasks.discard(task)
                    yield task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _asked(self, request: Request) -> Asked:
        settings = self.endpoint.settings
        messages, asked = kept_messages(request), parameters(request, settings)
        return Asked(request, call_key(settings, messages, asked, request.form, request.repeat), messages, asked)

    async def _shared(self, asked: Asked) -> tuple[Row, bool] | None:
        """Return what another asker of the same gets; None where there is none, or it gave up."""
        while (other := self._under_way.get(asked.key)) is not None:
            await asyncio.wait([other])
            if not other.cancelled():
                return other.result(), True
        return None

    async def _answer(self, asked: Asked) -> tuple[Row, bool]:
        """Return the row of a call, and whether it was stored before; others who ask the same meanwhile share it."""
        future: asyncio.Future[Row] = asyncio.get_running_loop().create_future()
        # asyncio complains of an exception that nobody asked for, and there may be no others.
        future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        self._under_way[asked.key] = future
        try:
            row = await self._store.get(asked.key)
            stored = row is not None and row["state"] != "error"
            if row is None or not stored:
                row = await self._store.put(await self._made(asked))
            future.set_result(row)
            return row, stored
        except asyncio.CancelledError:
            future.cancel()
            raise
        except BaseException as fault:
            future.set_exception(fault)
            raise
        finally:
            del self._under_way[asked.key]

    async def _made(self, asked: Asked) -> Row:
        """Make a call, when there is a place for it; the first goes alone.

        What it learns (whether anybody is there, the key, what the model takes) need not be learned by all.
        """
        async with self._places:
            self._caller.breaker.check()
            if self._met:
                return await self._paid(asked)
            async with self._meeting:
                if not self._met:
                    row = await self._paid(asked)
                    self._met = True
                    return row
            return await self._paid(asked)

    async def _paid(self, asked: Asked) -> Row:
        self._caller.breaker.check()
        most = Tokens(prompt_tokens(asked.request), int(asked.parameters["max_tokens"]))
        await self._budget.reserve(most)
        used: Tokens | None = None
        try:
            row = await self._caller.call(asked)
            if row["state"] != "error":
                said = row["prompt_tokens"], row["completion_tokens"]
                used = Tokens(*(most[place] if count is None else count for place, count in enumerate(said)))
            return row
        finally:
            await self._budget.settle(most, used)

    def _remark(self, sentence: str) -> None:
        self.remarks.append(sentence)
        if self._tell is not None:
            self._tell(sentence)
