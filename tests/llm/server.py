"""An endpoint on loopback that speaks the wire protocol of chat completions, with the faults that a test orders."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from glassllava.workspace import Workspace

FOREVER = 3600.0


@dataclass
class Reply:
    """One answer to one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    """Wait before it."""
    cut: bool = False
    """Whether the connection ends in the middle of the body."""


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float
    answered: bool = False
    """Whether the answer was sent whole."""

    @property
    def text(self) -> str:
        """The last message's text: what tests tell requests apart by."""
        content = self.body["messages"][-1]["content"]
        return content if isinstance(content, str) else content[0]["text"]


def completion(text: str | None, finish_reason: str = "stop", refusal: str | None = None, **fields: Any) -> Reply:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    usage = {
        "prompt_tokens": 90,
        "completion_tokens": 10,
        "total_tokens": 100,
        "prompt_tokens_details": {"cached_tokens": 64},
    }
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "qwen3-vl-2026-01-01",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}],
        "usage": usage,
        **fields,
    }
    return Reply(body=json.dumps(body).encode())


def fault(
    status: int,
    message: str,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return Reply(status, json.dumps(body).encode(), headers or {})


def too_many(retry_after: str | None = "0") -> Reply:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return fault(429, "Rate limit reached for requests", "requests", None, "rate_limit_exceeded", headers)


def does_not_take(name: str) -> Reply:
    return fault(
        400,
        f"Unsupported value: '{name}' does not support 0.2 with this model. Only the default (1) value is supported.",
        param=name,
        code="unsupported_value",
    )


Answering = Callable[[Asked], Reply]


class FakeEndpoint:
    """The server: answers as `answer` says, and keeps what it was asked."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.requests: list[Asked] = []
        self.connections = 0
        self.busiest = 0
        """Most requests that were under way at once."""
        self.port = 0
        self._under_way = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                asked = await self._read(head.decode(), reader)
                self.requests.append(asked)
                self._under_way += 1
                self.busiest = max(self.busiest, self._under_way)
                try:
                    await self._send(asked, self.answer(asked), writer)
                finally:
                    self._under_way -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _read(self, head: str, reader: asyncio.StreamReader) -> Asked:
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Asked(first.split()[1], headers, json.loads(body), asyncio.get_running_loop().time())

    async def _send(self, asked: Asked, reply: Reply, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(reply.seconds)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(reply.body)), **reply.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {reply.status} Status\r\n{lines}\r\n".encode()
        writer.write(head + (reply.body[: len(reply.body) // 2] if reply.cut else reply.body))
        await writer.drain()
        if reply.cut:
            raise ConnectionResetError
        asked.answered = True


@contextmanager
def serving(answer: Answering, host: str = "127.0.0.1") -> Iterator[FakeEndpoint]:
    endpoint = FakeEndpoint(answer)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.start_server(endpoint.serve, host, 0, limit=2**24)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    endpoint.port = server.sockets[0].getsockname()[1]
    try:
        yield endpoint
    finally:
        asyncio.run_coroutine_threadsafe(_ended(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _ended(server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def opened(workspace: Workspace, url: str, settings: str = "", *, before: str = "") -> Workspace:
    """Name the endpoint `lab` in a workspace's settings, with short waits unless they say otherwise; open it anew."""
    quick = {"timeout_seconds": 5, "backoff_seconds": 0.001, "attempts": 8, "concurrency": 16}
    lines = "\n".join(f"{name} = {value}" for name, value in quick.items() if f"{name} =" not in settings)
    (workspace.path / "glassllava.toml").write_text(
        f'{before}\n[endpoints.lab]\nbase_url = "{url}"\nmodel = "qwen3-vl"\n{lines}\n{settings}\n'
    )
    return Workspace(workspace.path)
