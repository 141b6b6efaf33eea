"""What the door to language models costs: calls through it beside the same calls of the bare `openai` client.

In: nothing; an endpoint in a process of its own that answers at once. Out: a Markdown table on stdout, milliseconds a
call of the client, the door and the door of stages, round by round in turn, so that other work on the machine meets
all; then the peak memory of a process that makes so many calls and of one that makes ten times as many, each with a
prompt of 8 KB and an image of 100 KB.

    python benchmarks/llm_door.py
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2
import openai
from pydantic import BaseModel

from glassllava.llm import Door, Request, StageDoor, conversation
from glassllava.llm.abilities import response_format
from glassllava.workspace import Workspace

CALLS = 1000
CONCURRENCY = 32
ROUNDS = 5

ANSWER = (
    b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop",'
    b'"message":{"role":"assistant","content":"{\\"score\\": 42.0, \\"reason\\": \\"As the benchmark.\\"}"}}],'
    b'"usage":{"prompt_tokens":700,"completion_tokens":20,"total_tokens":720}}'
)
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(ANSWER), ANSWER)


class Verdict(BaseModel):
    """A verdict on one answer."""

    score: float
    reason: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe()
    server = fresh.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}/v1"
    try:
        speed(url, arguments.calls, arguments.rounds)
        print()
        for calls in (arguments.calls, 10 * arguments.calls):
            child = fresh.Process(target=memory, args=(url, calls))
            child.start()
            child.join()
    finally:
        server.terminate()


def speed(url: str, calls: int, rounds: int) -> None:
    print(f"{calls} calls at concurrency {CONCURRENCY}, milliseconds a call:\n")
    print("| round | bare client | door | more | door of stages | more |")
    print("|---|---|---|---|---|---|")
    more: list[tuple[float, float]] = []
    for number in range(rounds):
        bare = asyncio.run(through_the_bare_client(url, calls)) * 1000 / calls
        with tempfile.TemporaryDirectory() as folder:
            door = asyncio.run(through_the_door(workspace_in(folder, url), requests(calls))) * 1000 / calls
        with tempfile.TemporaryDirectory() as folder:
            stage = through_the_door_of_stages(workspace_in(folder, url), requests(calls)) * 1000 / calls
        more.append((door - bare, stage - bare))
        print(f"| {number + 1} | {bare:.2f} | {door:.2f} | {door - bare:.2f} | {stage:.2f} | {stage - bare:.2f} |")
    for name, values in zip(("door", "door of stages"), zip(*more, strict=True), strict=True):
        print(f"\n{name}: median {statistics.median(values):.2f} ms a call more, highest {max(values):.2f}.")


def memory(url: str, calls: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = workspace_in(folder, url)
        image = workspace.images.put(bytes(100_000))
        asyncio.run(through_the_door(workspace, requests(100, "warm", 8000, image)))
        before = peak()
        asyncio.run(through_the_door(workspace, requests(calls, "row", 8000, image)))
        print(f"{calls} calls with image: peak memory {before:.0f} MB after 100 calls, {peak() - before:.1f} MB more.")


def peak() -> float:
    # Not getrusage, whose maximum counts the process that started this one too.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def prompt(name: str, place: int, length: int) -> str:
    return f"{name} {place} " + "The surface of the glass is smooth. " * (length // 36)


def requests(calls: int, name: str = "row", length: int = 2000, image: str | None = None) -> Iterator[Request]:
    for place in range(calls):
        images = () if image is None else (image,)
        yield Request(conversation("You judge answers.", prompt(name, place, length), images), form=Verdict)


async def through_the_bare_client(url: str, calls: int) -> float:
    limits = httpx2.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY)
    http = httpx2.AsyncClient(limits=limits, trust_env=False)
    form = response_format(Verdict, "json_schema")
    waiting = iter(range(calls))

    async def worker(client: openai.AsyncOpenAI) -> None:
        for place in waiting:
            answer = await client.chat.completions.create(
                model="m",
                messages=[
                    {"role": "system", "content": "You judge answers."},
                    {"role": "user", "content": prompt("row", place, 2000)},
                ],
                temperature=0.2,
                top_p=0.2,
                max_tokens=2048,
                response_format=form,  # type: ignore[arg-type]
            )
            Verdict.model_validate_json(answer.choices[0].message.content or "")

    async with openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0, http_client=http) as client:
        began = time.perf_counter()
        await asyncio.gather(*(worker(client) for _ in range(CONCURRENCY)))
        return time.perf_counter() - began


def workspace_in(folder: str, url: str) -> Workspace:
    workspace = Workspace.create(Path(folder) / "workspace")
    settings = f'[endpoints.lab]\nbase_url = "{url}"\nmodel = "m"\nconcurrency = {CONCURRENCY}\n'
    (workspace.path / "glassllava.toml").write_text(settings)
    workspace.close()
    return Workspace(workspace.path)


async def through_the_door(workspace: Workspace, asked: Iterator[Request]) -> float:
    async with Door(workspace, "lab") as door:
        began = time.perf_counter()
        async for result in door.ask_all(asked):
            result.form(Verdict)
        return time.perf_counter() - began


def through_the_door_of_stages(workspace: Workspace, asked: Iterator[Request]) -> float:
    with StageDoor(workspace, "lab") as door:
        began = time.perf_counter()
        for result in door.ask_all(asked):
            result.form(Verdict)
        return time.perf_counter() - began


def serve(pipe: Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
                await reader.readexactly(length)
                writer.write(RESPONSE)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def forever() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=2**20)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


if __name__ == "__main__":
    main()
