"""What a model takes, learned from what it rejects: which parameters, and in which way it is given a form.

In: rejections of an endpoint. Out: the parameters and the form as it takes them, and a sentence for people whenever
something new was learned. Nothing is known beforehand, for names of models tell nothing of those of next year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

from glassllava.llm.faults import RejectedError
from glassllava.llm.forms import schema_of

Mode = Literal["json_schema", "json_object", "text"]
MODES: tuple[Mode, ...] = ("json_schema", "json_object", "text")
"""Ways to ask for a form, the strictest first."""

RENAMED = {"max_tokens": "max_completion_tokens"}
"""Parameters that newer models take under another name."""

_NOT_TAKEN = re.compile(
    r"unsupported|not (?:be )?support|no longer support|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|"
    r"deprecated|not available|not compatible|incompatible|extra (?:inputs|fields)",
    re.IGNORECASE,
)
"""Says that a parameter is not taken at all; what is only too large or too small is the user's to mend."""

_WRONG_VALUE = "invalid_value"

_ABOUT_FORMS = re.compile(r"response_format|json_schema|json_object|json mode|structured output|schema", re.IGNORECASE)


class Abilities:
    """What one model at one endpoint has been found to take."""

    def __init__(self) -> None:
        self._dropped: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._modes: dict[type[BaseModel], Mode] = {}

    def parameters(self, asked: Mapping[str, float | int]) -> dict[str, float | int]:
        """Return the parameters to send for those asked for."""
        named = {self._renamed.get(name, name): value for name, value in asked.items()}
        return {name: value for name, value in named.items() if name not in self._dropped}

    def mode(self, form: type[BaseModel] | None) -> Mode:
        """Return the way to ask for a form; a request without one is text."""
        return "text" if form is None else self._modes.get(form, MODES[0])

    def learn(
        self, rejection: RejectedError, sent: Mapping[str, Any], mode: Mode, form: type[BaseModel] | None
    ) -> str | None:
        """Take in what a rejection says.

        Parameters
        ----------
        rejection
            What the endpoint said.
        sent, mode, form
            The parameters, and the way in which which form was asked for, of the request that it rejected.

        Returns
        -------
        str or None
            What is done from now on, as a sentence; "" where another request had learned it meanwhile; None where the
            rejection is about something else, and the same request would be rejected again.
        """
        name = _parameter(rejection, sent)
        if name is not None:
            return self._drop(name)
        if form is None or mode == MODES[-1] or not _ABOUT_FORMS.search(rejection.about):
            return None
        if self.mode(form) != mode:
            return ""
        self._modes[form] = MODES[MODES.index(mode) + 1]
        return f"It does not take the form of {form.__name__} as {mode}; {self._modes[form]} is asked for instead."

    def _drop(self, name: str) -> str:
        if name in self._dropped or name in self._renamed:
            return ""
        if name in RENAMED:
            self._renamed[name] = RENAMED[name]
            return f"It does not take {name}; {RENAMED[name]} is sent instead."
        self._dropped.add(name)
        return f"It does not take {name}, which is left out from now on."


def _parameter(rejection: RejectedError, sent: Mapping[str, Any]) -> str | None:
    """Return the parameter that a rejection says is not taken, of those that were sent."""
    if rejection.code == _WRONG_VALUE or not _NOT_TAKEN.search(f"{rejection.code} {rejection.about}"):
        return None
    if rejection.parameter in sent:
        return rejection.parameter
    # An endpoint that rejects max_tokens may name what it wants instead, which was not sent.
    return next((name for name in sent if re.search(rf"(?<!\w){name}(?!\w)", rejection.about)), None)


def response_format(form: type[BaseModel], mode: Mode) -> dict[str, Any] | None:
    """Return the protocol's field that asks for a form in this way; None where words alone do."""
    if mode == "json_schema":
        name = re.sub(r"[^A-Za-z0-9_-]", "_", form.__name__)[:64]
        return {"type": "json_schema", "json_schema": {"name": name, "schema": schema_of(form), "strict": True}}
    return {"type": "json_object"} if mode == "json_object" else None
