"""One service asked politely over HTTP: never too often, again where it is busy, left alone where it does not answer.

In: a path with its parameters, or an address. Out: the answer, None where the service does not know the thing, or
`Unanswered` with the reason in one sentence. Nothing else is sent but the request's address and a User-Agent.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from glassllava import __version__
from glassllava.settings import MetadataSettings

AGENT = "GlassLLaVA"
"""The name under which services know this program, and under which a site's robots.txt may speak of it."""

LARGEST_ANSWER_BYTES = 20_000_000
"""A longer answer is no description of a paper."""

_FAILURES_IN_A_ROW = 3
"""After so many things without an answer a service is left alone."""

_LONGEST_REFUSAL_BYTES = 10_000
_LONGEST_MESSAGE = 200
"""Characters of what a service says of its refusal that are told."""

Answer = TypeVar("Answer")


class Unanswered(Exception):
    """A service gave no answer that can be used; the text is one sentence for people."""


class Refused(Unanswered):
    """A service does not answer this request and would not if it were asked again."""


class Moved(Exception):
    """What was asked for lies at another address; raised where redirections are not followed here."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class TryAgainError(Exception):
    """One attempt failed in a way that may pass; the text says how."""

    def __init__(self, reason: str, wait_seconds: float = 0.0, *, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds
        self.unreachable = unreachable


class PoliteService:
    """A service that is asked in the manner it wishes.

    Parameters
    ----------
    name
        The service's name, for people.
    base_url
        Where it answers.
    settings
        Address to give, rate, time limit and attempts.
    secrets
        Parameters that each request carries and that no reason repeats, as a key.
    sleep
        Waits for so many seconds.
    handlers
        What is done with redirections and cookies; by default a redirection is followed on the same host only.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        settings: MetadataSettings,
        secrets: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        handlers: Sequence[urllib.request.BaseHandler] = (),
    ) -> None:
        self.name = name
        self.requests = 0
        """Requests sent so far, repeated ones too."""
        self.pause_seconds = 1 / settings.requests_per_second
        """From the beginning of one request to that of the next."""
        self._base_url = base_url.rstrip("/")
        self._settings = settings
        self._secrets = dict(secrets or {})
        self._sleep = sleep
        self._opener = urllib.request.build_opener(*handlers or [_SameHostOnly()])
        self._next = 0.0
        self._failed_in_a_row = 0
        self._closed: str | None = None

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any] | None:
        """Ask for one JSON object.

        Parameters
        ----------
        path
            Under the base address, as "works/10.1038/srep19235"; it is quoted here.
        parameters
            Of the query.

        Returns
        -------
        dict or None
            The JSON object; None where the service answers 404.

        Raises
        ------
        Unanswered
            Not reachable, busy for too long, too slow, refused, or no JSON object, after all attempts.
        """
        query = urlencode({**(parameters or {}), **self._secrets})
        url = f"{self._base_url}/{quote(path)}" + (f"?{query}" if query else "")
        return self.ask(url, "application/json", self._json)

    def ask(self, url: str, kind: str, read: Callable[[Any], Answer]) -> Answer | None:
        """Ask for what lies at an address of this service.

        Parameters
        ----------
        url
            The address, quoted.
        kind
            Media type that is wished for.
        read
            Reads the open answer; it may raise TryAgainError where another attempt may give a better one.

        Returns
        -------
        What `read` gives; None where the service answers 404.

        Raises
        ------
        Unanswered
            Not reachable, busy for too long, too slow or broken, after all attempts; `Refused` after the first.
        Moved
            It redirects, and the handlers of this service do not follow.
        """
        if self._closed is not None:
            raise Unanswered(self._closed)
        backoff = self._settings.backoff_seconds
        for attempt in range(1, self._settings.attempts + 1):
            try:
                answer = self._once(url, kind, read)
            except TryAgainError as fault:
                last, wait = fault, max(fault.wait_seconds, backoff)
            except Unanswered as refusal:
                self._count_failure(str(refusal))
                raise
            else:
                self._failed_in_a_row = 0
                return answer
            if wait > self._settings.longest_wait_seconds:
                self._closed = f"{self.name} asks to wait for {wait:.0f} seconds; run the command again later."
                raise Unanswered(self._closed)
            if attempt < self._settings.attempts:
                self._sleep(wait)
            backoff *= 2
        sentence = (
            f"{self.name} did not answer after {self._settings.attempts} attempts: {last}; run the command again."
        )
        self._count_failure(sentence, last=last.unreachable)
        raise Unanswered(sentence)

    def _count_failure(self, sentence: str, *, last: bool = False) -> None:
        self._failed_in_a_row += 1
        if last or self._failed_in_a_row >= _FAILURES_IN_A_ROW:
            self._closed = sentence

    def _once(self, url: str, kind: str, read: Callable[[Any], Answer]) -> Answer | None:
        self._sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self.pause_seconds
        self.requests += 1
        contact = f" (mailto:{self._settings.mailto})" if self._settings.mailto else ""
        headers = {"User-Agent": f"{AGENT}/{__version__}{contact}", "Accept": kind}
        request = urllib.request.Request(url, headers=headers)
        try:
            with self._opener.open(request, timeout=self._settings.timeout_seconds) as response:
                return read(response)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                if error.code == 429 or error.code >= 500:
                    raise TryAgainError(
                        f"it answers {error.code} {error.reason}", _wait_asked_for(error.headers)
                    ) from error
                told = self._message(error)
            raise Refused(f"{self.name} refuses the request: {error.code} {error.reason}{told}.") from error
        except TimeoutError as error:
            raise TryAgainError(f"no answer within {self._settings.timeout_seconds:g} seconds") from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise TryAgainError(f"no answer within {self._settings.timeout_seconds:g} seconds") from error
            where = urlsplit(url).netloc
            raise TryAgainError(f"{where} cannot be reached ({error.reason})", unreachable=True) from error
        except (OSError, HTTPException) as error:
            raise TryAgainError(f"the connection broke ({error or type(error).__name__})") from error

    def _message(self, error: urllib.error.HTTPError) -> str:
        """Return what a service says of its refusal, behind a comma; never where that repeats a secret."""
        try:
            sent = json.loads(self.body(error, _LONGEST_REFUSAL_BYTES, self._settings.timeout_seconds))
        except (OSError, HTTPException, ValueError, AttributeError, Unanswered, TryAgainError):
            return ""
        told = sent.get("message") if isinstance(sent, dict) else None
        if not isinstance(told, str) or any(secret in told for secret in self._secrets.values()):
            return ""
        return f", {' '.join(told.split()).rstrip('.')[:_LONGEST_MESSAGE]}"

    def body(self, response: Any, largest_bytes: int, seconds: float) -> bytes:
        """Read an answer whole, for use by the `read` of `ask`.

        Parameters
        ----------
        response
            The open answer.
        largest_bytes
            A longer one is given up.
        seconds
            Longest time for the whole of it: the socket's own limit is for each piece.

        Raises
        ------
        Unanswered
            It is too long.
        TryAgainError
            It is too slow.
        """
        until = time.monotonic() + seconds
        body = bytearray()
        while piece := response.read1(65_536):
            body += piece
            if len(body) > largest_bytes:
                raise Unanswered(f"{self.name} answers with more than {largest_bytes / 10**6:g} MB.")
            if time.monotonic() > until:
                raise TryAgainError(f"no answer within {seconds:g} seconds")
        return bytes(body)

    def _json(self, response: Any) -> dict[str, Any]:
        body = self.body(response, LARGEST_ANSWER_BYTES, self._settings.timeout_seconds)
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise TryAgainError("its answer is not valid JSON") from error
        if not isinstance(answer, dict):
            raise TryAgainError("its answer is no JSON object")
        return answer


class _SameHostOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only to the host that was asked: what is sent was allowed to go there and nowhere else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            raise urllib.error.HTTPError(req.full_url, code, "it redirects to another host", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _wait_asked_for(headers: Message) -> float:
    """Return the seconds of a Retry-After header, which gives them or a date; 0 where there is none."""
    value = headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp())
