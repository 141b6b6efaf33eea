"""Nothing leaves that was not allowed to, and the key is in no file, log, error or answer."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator

import pytest

from glassllava.errors import GlassllavaError, MissingExtra, WorkspaceError
from glassllava.llm import StageDoor, plan
from glassllava.workspace import Workspace
from tests.llm.forms_used import GOOD, request, row_requests
from tests.llm.server import Asked, FakeEndpoint, Reply, completion, fault, opened, serving

KEY = "sk-lab-5f0c3a9e7d"


@pytest.fixture
def lab() -> Iterator[FakeEndpoint]:
    with serving(lambda _: completion(GOOD)) as endpoint:
        yield endpoint


@pytest.mark.parametrize("host", ["0.0.0.0", "[::ffff:127.0.0.1]"])
def test_an_endpoint_elsewhere_sees_no_connection_without_consent(workspace: Workspace, host: str) -> None:
    # Both addresses lead to this machine, but not for certain, so the door takes them for elsewhere.
    with serving(lambda _: completion(GOOD)) as listening:
        url = f"http://{host}:{listening.port}/v1"
        here = opened(workspace, url)
        with pytest.raises(WorkspaceError, match="without consent"):
            StageDoor(here, "lab")
        with pytest.raises(WorkspaceError, match="without consent"):
            plan(here, "lab", row_requests(3))
        assert listening.connections == 0
        allowed = opened(workspace, url, "allow_remote = true")
        with StageDoor(allowed, "lab") as door:
            assert door.ask(request()).state == "ok"
        assert listening.connections == 1


@pytest.mark.parametrize("consent", ["", "allow_remote = true"])
def test_a_confidential_workspace_connects_to_nobody(workspace: Workspace, lab: FakeEndpoint, consent: str) -> None:
    here = opened(workspace, lab.url, consent, before="confidential = true")
    with pytest.raises(WorkspaceError, match="confidential"):
        StageDoor(here, "lab")
    assert lab.connections == 0


def test_a_redirection_is_not_followed(workspace: Workspace, lab: FakeEndpoint) -> None:
    with serving(lambda _: completion(GOOD)) as elsewhere:
        lab.answer = lambda _: Reply(307, headers={"Location": f"{elsewhere.url}/chat/completions"})
        here = opened(workspace, lab.url)
        with StageDoor(here, "lab") as door, pytest.raises(GlassllavaError, match="redirects"):
            door.ask(request())
        assert elsewhere.connections == 0


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    workspace: Workspace, lab: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda _: completion(GOOD)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        here = opened(workspace, lab.url)
        with StageDoor(here, "lab") as door:
            assert door.ask(request()).state == "ok"
        assert proxy.connections == 0


def test_only_the_headers_that_are_meant_are_sent(
    workspace: Workspace, lab: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, f"not for {name}")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: mine\nAuthorization: Bearer mine")
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door:
        door.ask(request())
    (asked,) = lab.requests
    assert set(asked.headers) <= {
        "host", "user-agent", "accept", "accept-encoding", "connection", "content-type", "content-length",
    }  # fmt: skip
    monkeypatch.setenv("LAB_KEY", KEY)
    here = opened(workspace, lab.url, 'api_key_env = "LAB_KEY"')
    with StageDoor(here, "lab") as door:
        door.ask(request("two"))
    assert lab.requests[-1].headers["authorization"] == f"Bearer {KEY}"


def test_the_key_is_in_no_file_log_error_or_answer(
    workspace: Workspace, lab: FakeEndpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def telling(asked: Asked) -> Reply:
        said = asked.headers["authorization"].removeprefix("Bearer ")
        return {
            "row 0": completion(GOOD),
            "row 1": completion(f"Your key is {said}."),
            "row 2": completion(None, refusal=f"I refuse {said}."),
            "row 3": fault(400, f"Bad request by {said}."),
            "row 4": fault(500, f"Broken by {said}."),
            "row 5": completion(GOOD, model=f"model of {said}"),
            "row 6": fault(401, f"Incorrect API key provided: {said}."),
        }[asked.text]

    lab.answer = telling
    monkeypatch.setenv("LAB_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2", "asyncio", "sqlalchemy.engine"):
        caplog.set_level(logging.DEBUG, name)
    here = opened(workspace, lab.url, 'api_key_env = "LAB_KEY"\nconcurrency = 1\nattempts = 2')
    told: list[str] = []
    with StageDoor(here, "lab", told.append) as door, pytest.raises(GlassllavaError) as stop:
        told.extend(repr(result) for result in door.ask_all(row_requests(7)))
    assert len(lab.requests) == 8
    here.close()
    shown = [*told, repr(stop.value), "".join(traceback.format_exception(stop.value)), caplog.text]
    assert KEY not in "\n".join(shown)
    files = [file for file in workspace.path.rglob("*") if file.is_file()]
    assert len(files) >= 2
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []


def test_without_the_extra_the_door_says_what_to_install(
    workspace: Workspace, lab: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.delitem(sys.modules, "glassllava.llm.wire", raising=False)
    here = opened(workspace, lab.url)
    with pytest.raises(MissingExtra, match=r"glassllava\[llm\]"), StageDoor(here, "lab"):
        pass
