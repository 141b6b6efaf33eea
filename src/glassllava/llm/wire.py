"""One request over the wire, through the `openai` package: sent once, its answer or what went wrong with it.

In: an endpoint that may be asked, messages, parameters, the form of the answer. Out: a `Reply`, or one of the faults of
`glassllava.llm.faults`. The package's own retries, redirections and environment are off: what is sent, how often and
where is decided here. This is the one module that needs the extra `llm`.

What leaves: the body, and of headers only those of `_HEADERS`. The package would add the machine's description and
whatever `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID` and `OPENAI_CUSTOM_HEADERS` hold, to any endpoint.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx2
import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessage

from glassllava import __version__
from glassllava.llm.consent import Endpoint
from glassllava.llm.faults import EndpointStopped, FilteredError, RejectedError, TryAgainError
from glassllava.llm.texts import storable
from glassllava.llm.waits import retry_after
from glassllava.settings import FILE_NAME

LARGEST_ANSWER_BYTES = 20_000_000
"""A longer answer is none: a hundred thousand tokens take half a megabyte."""

LONGEST_MESSAGE = 200
"""Characters of what an endpoint says of a failure that are told."""

_HEADERS = frozenset(
    ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "transfer-encoding")
)

_FILTERED = ("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation")
"""Codes of an endpoint that refuses a request for what it holds."""

_NO_MONEY = "insufficient_quota"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint answered."""

    text: str
    refusal: str | None
    finish_reason: str | None
    served_model: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    seconds: float


class Wire:
    """The connection to one endpoint; use it as a context within an event loop.

    Parameters
    ----------
    endpoint
        One that may be asked.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._settings = endpoint.settings
        self._http, self._client = _clients(endpoint)

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def send(
        self,
        messages: list[dict[str, Any]],
        parameters: Mapping[str, float | int],
        response_format: Mapping[str, Any] | None,
    ) -> Reply:
        """Send one request.

        Parameters
        ----------
        messages
            As the protocol has them.
        parameters
            Of sampling.
        response_format
            The protocol's field of this name; None leaves it out.

        Raises
        ------
        TryAgainError, RejectedError, FilteredError
            This request has no answer.
        EndpointStopped
            No request would have one: the key or the model's name is wrong, or the account is empty.
        """
        began = time.monotonic()
        body: dict[str, Any] = {"model": self._settings.model, "messages": messages, **parameters}
        if response_format is not None:
            body["response_format"] = response_format
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                answer = await self._client.chat.completions.create(**body)
        except (TimeoutError, openai.APITimeoutError) as error:
            raise TryAgainError(f"no answer within {self._settings.timeout_seconds:g} seconds") from error
        # An endpoint may repeat the key in what it says, which no traceback shall show.
        except openai.APIStatusError as error:
            raise self._fault(error) from None
        except openai.APIConnectionError as error:
            raise self._connection_fault(error) from None
        except (openai.APIError, ValueError) as error:
            raise TryAgainError("its answer is not what the protocol says") from error
        return self._reply(answer, time.monotonic() - began)

    def _reply(self, answer: ChatCompletion, seconds: float) -> Reply:
        """Take an answer apart; nothing in it is trusted to be of the type that it should be."""
        choices = getattr(answer, "choices", None)
        message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
        if not isinstance(message, ChatCompletionMessage):
            raise TryAgainError("its answer is not what the protocol says")
        content, refusal = getattr(message, "content", None), getattr(message, "refusal", None)
        if not isinstance(content, str | None) or not isinstance(refusal, str | None):
            raise TryAgainError("its answer is not what the protocol says")
        usage = answer.usage
        details = getattr(usage, "prompt_tokens_details", None)
        finish_reason = getattr(answer.choices[0], "finish_reason", None)
        return Reply(
            text=self._kept(content or ""),
            refusal=self._kept(refusal) if refusal else None,
            finish_reason=finish_reason if isinstance(finish_reason, str) else None,
            served_model=self._kept(answer.model) if isinstance(answer.model, str) else None,
            prompt_tokens=_count(getattr(usage, "prompt_tokens", None)),
            completion_tokens=_count(getattr(usage, "completion_tokens", None)),
            cached_tokens=_count(getattr(details, "cached_tokens", None)),
            seconds=seconds,
        )

    def _kept(self, text: str) -> str:
        """Return what an endpoint says as it may be stored and shown: without the key, should it repeat it."""
        key = self._endpoint.key
        return storable(text if key is None else text.replace(key, "[key]"))

    def _fault(self, error: openai.APIStatusError) -> Exception:
        """Tell what an answer with another status than 200 means."""
        status, settings, name = error.status_code, self._settings, self._endpoint.name
        where = f"[endpoints.{name}] in {FILE_NAME}"
        if status in (401, 403):
            mend = f"set {settings.api_key_env} to one that it takes" if settings.api_key_env else "name api_key_env"
            return EndpointStopped(f"The endpoint '{name}' refuses the key ({status}); {mend}, and check {where}.")
        if status == 404:
            return EndpointStopped(
                f"The endpoint '{name}' knows no model '{settings.model}' at {settings.base_url} (404); correct model "
                f"or base_url of {where}."
            )
        if 300 <= status < 400:
            return EndpointStopped(
                f"The endpoint '{name}' redirects to another address ({status}), which is not followed; correct "
                f"base_url of {where}."
            )
        if error.code == _NO_MONEY or status == 402:
            return EndpointStopped(f"The account of the endpoint '{name}' is empty ({status}{self._told(error)}).")
        if status in (408, 409, 425, 429) or status >= 500:
            return self._busy(f"it answers {status}{self._told(error)}", retry_after(error.response.headers))
        about = f"{error.message} {error.body}"
        if any(code in about for code in _FILTERED):
            return FilteredError(f"the endpoint's filter refuses the request{self._told(error)}")
        reason = f"it rejects the request ({status}{self._told(error)})"
        return RejectedError(reason, about, error.param if isinstance(error.param, str) else None, error.code)

    def _busy(self, reason: str, wait: float) -> Exception:
        if wait > self._settings.longest_wait_seconds:
            name = self._endpoint.name
            return EndpointStopped(
                f"The endpoint '{name}' asks to wait for {wait:.0f} seconds; run the command again later."
            )
        return TryAgainError(reason, wait)

    def _told(self, error: openai.APIStatusError) -> str:
        """Return the endpoint's own words, behind a comma; none where they may hold the key."""
        body = error.body
        message = body.get("message") or body.get("detail") if isinstance(body, dict) else None
        if not isinstance(message, str):
            return ""
        return f", {' '.join(self._kept(message).split()).rstrip('.')[:LONGEST_MESSAGE]}"

    def _connection_fault(self, error: openai.APIConnectionError) -> TryAgainError:
        """Tell a connection that was never made from one that broke; the cause's own words may hold the key."""
        if isinstance(error.__cause__, httpx2.ConnectError):
            return TryAgainError(f"{self._settings.base_url} cannot be reached", unreachable=True)
        return TryAgainError(f"the connection broke ({type(error.__cause__ or error).__name__})")


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


class _Limited(httpx2.AsyncByteStream):
    """An answer's bytes, given up where they are too many."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for piece in self._stream:
            read += len(piece)
            if read > LARGEST_ANSWER_BYTES:
                raise TryAgainError(f"it answers with more than {LARGEST_ANSWER_BYTES / 10**6:g} MB")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _limit(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TryAgainError("its answer is packed, though it was asked for a plain one")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Limited(response.stream)


def _clients(endpoint: Endpoint) -> tuple[httpx2.AsyncClient, openai.AsyncOpenAI]:
    settings = endpoint.settings

    async def only_what_is_meant(request: httpx2.Request) -> None:
        for header in set(request.headers) - _HEADERS:
            del request.headers[header]
        request.headers["user-agent"] = f"GlassLLaVA/{__version__}"
        # A small packed answer could be an endless one.
        request.headers["accept-encoding"] = "identity"
        if endpoint.key is not None:
            request.headers["authorization"] = f"Bearer {endpoint.key}"

    http = httpx2.AsyncClient(
        timeout=httpx2.Timeout(settings.timeout_seconds),
        limits=httpx2.Limits(max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency),
        follow_redirects=False,
        trust_env=not endpoint.loopback,
        event_hooks={"request": [only_what_is_meant], "response": [_limit]},
    )
    # The package wants a key; what is sent is decided above.
    client = openai.AsyncOpenAI(
        api_key="unused", admin_api_key="", base_url=settings.base_url, max_retries=0, http_client=http
    )
    return http, client
