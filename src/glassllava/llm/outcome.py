"""What became of a call: its state, told from what the endpoint answered.

In: a `Reply`, and the form that was asked for. Out: an `Outcome`. A failure is a state with a reason, never a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import BaseModel

from glassllava.llm.forms import Unparseable, read_form

if TYPE_CHECKING:
    from glassllava.llm.wire import Reply

State = Literal["ok", "refused", "truncated", "unparseable", "error"]
STATES: tuple[State, ...] = ("ok", "refused", "truncated", "unparseable", "error")
"""States of a call; all but `error` are answers, and final."""


class Outcome(NamedTuple):
    """The state of a call, with its reason and what was read of it."""

    state: State
    reason: str | None
    text: str | None
    parsed: dict[str, Any] | None = None


def outcome(reply: Reply, form: type[BaseModel] | None) -> Outcome:
    """Tell the state of an answer.

    Parameters
    ----------
    reply
        What came.
    form
        What it must fit; None takes any text that is not empty.
    """
    if reply.refusal is not None:
        return Outcome("refused", "the model refuses.", reply.refusal)
    if reply.finish_reason == "content_filter":
        return Outcome("refused", "the endpoint's filter of contents cut the answer.", reply.text or None)
    if reply.finish_reason == "length":
        return Outcome("truncated", "the answer reached max_tokens.", reply.text)
    if form is None:
        if not reply.text.strip():
            return Outcome("unparseable", "the answer is empty.", reply.text)
        return Outcome("ok", None, reply.text)
    try:
        filled = read_form(form, reply.text)
    except Unparseable as fault:
        return Outcome("unparseable", str(fault), reply.text)
    return Outcome("ok", None, reply.text, filled.model_dump(mode="json"))
