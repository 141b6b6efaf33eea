"""One call with all its attempts: what the endpoint does not take is left out, what may pass is tried again.

In: a request with its key. Out: the `Call` row that says what became of it, ready to be stored; or `EndpointStopped`.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glassllava.llm.abilities import Abilities, Mode, response_format
from glassllava.llm.breaker import Breaker
from glassllava.llm.consent import Endpoint
from glassllava.llm.faults import EndpointStopped, FilteredError, RejectedError, TryAgainError
from glassllava.llm.forms import in_words
from glassllava.llm.outcome import Outcome, outcome
from glassllava.llm.requests import Image, Request
from glassllava.llm.store import Row
from glassllava.llm.waits import Pace, backoff, jittered
from glassllava.records import now
from glassllava.workspace import FileStore

if TYPE_CHECKING:
    from glassllava.llm.wire import Reply, Wire


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what its key is made of."""

    request: Request
    key: str
    messages: list[dict[str, Any]]
    parameters: dict[str, float | int]


@dataclass(slots=True)
class _Trial:
    """One call under way."""

    attempts: int = 0
    failures: int = 0
    sent: Mapping[str, float | int] | None = None
    mode: Mode = "text"
    reply: Reply | None = None


class Caller:
    """Makes the calls of one endpoint.

    Parameters
    ----------
    endpoint
        One that may be asked.
    wire
        The connection to it.
    images
        Where the images lie that requests name by hash.
    tell
        Is told, once each, what the model does not take.
    """

    def __init__(self, endpoint: Endpoint, wire: Wire, images: FileStore, tell: Callable[[str], None]) -> None:
        self.breaker = Breaker()
        self._endpoint = endpoint
        self._wire = wire
        self._images = images
        self._tell = tell
        self._abilities = Abilities()
        self._pace = Pace(endpoint.settings.requests_per_minute)

    async def call(self, asked: Asked) -> Row:
        """Make one call, and return its row.

        Raises
        ------
        EndpointStopped
            The endpoint is not asked any more.
        """
        trial = _Trial()
        ended = await self._ended(asked, trial)
        reply = trial.reply
        return {
            "id": asked.key,
            "endpoint": self._endpoint.name,
            "base_url": self._endpoint.settings.base_url,
            "model": self._endpoint.settings.model,
            "served_model": reply.served_model if reply else None,
            "purpose": asked.request.purpose,
            "messages": asked.messages,
            "repeat": asked.request.repeat,
            "asked": asked.parameters,
            "sent": dict(trial.sent or {}),
            "mode": trial.mode,
            "state": ended.state,
            "reason": ended.reason,
            "text": ended.text,
            "parsed": ended.parsed,
            "prompt_tokens": reply.prompt_tokens if reply else None,
            "completion_tokens": reply.completion_tokens if reply else None,
            "cached_tokens": reply.cached_tokens if reply else None,
            "seconds": reply.seconds if reply else 0.0,
            "attempts": trial.attempts,
            "created": now(),
        }

    async def _ended(self, asked: Asked, trial: _Trial) -> Outcome:
        try:
            trial.reply = await self._answered(asked, trial)
        except EndpointStopped as stop:
            self.breaker.open(str(stop))
            raise
        except FilteredError as refusal:
            self.breaker.answered()
            return Outcome("refused", f"{refusal}.", None)
        except RejectedError as rejection:
            # It answers, and would say the same again.
            self.breaker.answered()
            return Outcome("error", f"{rejection}.", None)
        except TryAgainError as fault:
            name, times = self._endpoint.name, f"{trial.failures} attempts" if trial.failures > 1 else "one attempt"
            sentence = f"The endpoint '{name}' did not answer after {times}: {fault}."
            self.breaker.failed(
                f"{sentence[:-1]}; see that it runs, and run the command again.", unreachable=fault.unreachable
            )
            return Outcome("error", sentence, None)
        self.breaker.answered()
        return outcome(trial.reply, asked.request.form)

    async def _answered(self, asked: Asked, trial: _Trial) -> Reply:
        """Return the answer, after as many attempts as it takes and the settings allow."""
        settings, form = self._endpoint.settings, asked.request.form
        while True:
            trial.sent = self._abilities.parameters(asked.parameters)
            trial.mode = self._abilities.mode(form)
            messages = await self._wire_messages(asked)
            await self._pace.turn()
            self.breaker.check()
            trial.attempts += 1
            try:
                given = None if form is None else response_format(form, trial.mode)
                return await self._wire.send(messages, trial.sent, given)
            except RejectedError as rejection:
                learned = self._abilities.learn(rejection, trial.sent, trial.mode, form)
                if learned is None:
                    raise
                if learned:
                    self._tell(f"Model '{settings.model}' at the endpoint '{self._endpoint.name}': {learned}")
            except TryAgainError as fault:
                trial.failures += 1
                if trial.failures >= settings.attempts:
                    raise
                pause = max(fault.wait_seconds, backoff(settings.backoff_seconds, trial.failures))
                await asyncio.sleep(jittered(min(pause, settings.longest_wait_seconds)))

    async def _wire_messages(self, asked: Asked) -> list[dict[str, Any]]:
        """Return the messages as the protocol has them, with the form in words.

        Words stand beside a schema too: some endpoints take one and ignore it in silence (`transformers serve` does).
        """
        messages: list[dict[str, Any]] = []
        form = asked.request.form
        for message, kept in zip(asked.request.messages, asked.messages, strict=True):
            text = str(kept["text"])
            if not messages and form is not None:
                # The first message is what many calls share, and some models take no two of one role in a row.
                text = f"{text}\n\n{in_words(form)}"
            content: str | list[dict[str, Any]] = text
            if message.images:
                content = [{"type": "text", "text": text}]
                for image in message.images:
                    url = await asyncio.to_thread(self._data_url, image)
                    content.append({"type": "image_url", "image_url": {"url": url}})
            messages.append({"role": message.role, "content": content})
        return messages

    def _data_url(self, image: Image) -> str:
        data = image if isinstance(image, bytes) else self._images.get(image)
        return f"data:image/png;base64,{base64.b64encode(data).decode()}"
