"""Drawing and writing side by side: a function over many items in child processes, results in the items' order.

In: the name of a function and items. Out: its results. The children are those of `sandbox`: plain interpreters, which
unlike forked ones do not inherit the locks of their parent's threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from glassllava.errors import GlassllavaError
from glassllava.sandbox import Sandbox

Item = TypeVar("Item")

_SECONDS = 900.0
_MEMORY_BYTES = 6 * 2**30
"""More than any item takes: what is drawn here is our own."""


def in_order(function: str, items: Sequence[Item], workers: int) -> Iterator[Any]:
    """Yield the results of a function over items, as soon as those before it are there.

    Parameters
    ----------
    function
        `"module:name"` of a function of one picklable argument with a picklable result.
    items
        What it is called with.
    workers
        Processes side by side.

    Raises
    ------
    GlassllavaError
        It failed for an item; the sentence says why.
    """
    ready: dict[int, Any] = {}
    following = 0
    with Sandbox[tuple[str, int, Item]](
        "glassllava.synthetic.side_by_side:call",
        workers=min(workers, max(1, len(items))),
        seconds=_SECONDS,
        memory_bytes=_MEMORY_BYTES,
    ) as sandbox:
        for outcome in sandbox.map((function, place, item) for place, item in enumerate(items)):
            if outcome.reason is not None:
                raise GlassllavaError(f"Drawing failed: {outcome.reason}.")
            ready[outcome.item[1]] = outcome.value
            while following in ready:
                yield ready.pop(following)
                following += 1


def call(numbered: tuple[str, int, Any]) -> Any:
    """Call the named function; this is what runs in the child process."""
    from importlib import import_module

    function, _, item = numbered
    module, name = function.split(":")
    return getattr(import_module(module), name)(item)
