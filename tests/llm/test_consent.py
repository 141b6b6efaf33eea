"""Nothing is sent without consent: to an endpoint elsewhere, or from a confidential workspace to any."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from glassllava.errors import WorkspaceError
from glassllava.llm import allowed_endpoint, is_loopback
from glassllava.workspace import Workspace


def workspace_with(tmp_path: Path, text: str) -> Workspace:
    Workspace.create(tmp_path / "w").close()
    (tmp_path / "w" / "glassllava.toml").write_text(text)
    return Workspace(tmp_path / "w")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.10", "[::1]", "localhost", "LOCALHOST"], ids=lambda host: host.strip("[]")
)
def test_loopback_is_known(host: str) -> None:
    assert is_loopback(f"http://{host}:8000/v1")


@pytest.mark.parametrize(
    "host",
    [
        "api.openai.com", "10.0.0.5", "192.168.1.2", "0.0.0.0", "127.1", "0x7f.0.0.1", "2130706433", "128.0.0.1",
        "localhost.example.org", "127.0.0.1.example.org", "[::ffff:127.0.0.1]", "[::]", "[fe80::1]", "localhost.",
    ],
)  # fmt: skip
def test_whatever_is_not_loopback_for_certain_is_elsewhere(host: str) -> None:
    assert not is_loopback(f"http://{host}:8000/v1")


def test_localhost_that_leads_elsewhere_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 0)) for number in ("127.0.0.1", "10.0.0.5")]

    monkeypatch.setattr(socket, "getaddrinfo", elsewhere)
    assert not is_loopback("http://localhost:8000/v1")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1@example.org/v1", "http://127.0.0.1:8000/v1?to=example.org", "http://127.0.0.1\\@example.org",
        "ftp://127.0.0.1/v1", "http://127.0.0.1:8000/v1#x", "http://user:key@127.0.0.1/v1", "127.0.0.1:8000",
        "http://127.0.0.1 /v1", "http://127.0.0.1\n/v1",
    ],
)  # fmt: skip
def test_an_address_that_could_be_misread_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(WorkspaceError, match="base_url"):
        workspace_with(tmp_path, f"[endpoints.lab]\nbase_url = {json.dumps(url)}\nmodel = 'm'")


def test_an_endpoint_elsewhere_needs_the_workspaces_consent(tmp_path: Path) -> None:
    named = '[endpoints.far]\nbase_url = "https://api.example.org/v1"\nmodel = "m"\n'
    with pytest.raises(WorkspaceError, match=r"allow_remote = true.*\[endpoints\.far\]"):
        allowed_endpoint(workspace_with(tmp_path, named), "far")
    (tmp_path / "w" / "glassllava.toml").write_text(named + "allow_remote = true\n")
    assert not allowed_endpoint(Workspace(tmp_path / "w"), "far").loopback


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/v1", "https://api.example.org/v1"])
def test_a_confidential_workspace_uses_no_endpoint(tmp_path: Path, url: str) -> None:
    text = f'confidential = true\n[endpoints.lab]\nbase_url = "{url}"\nmodel = "m"\nallow_remote = true\n'
    with pytest.raises(WorkspaceError, match="confidential"):
        allowed_endpoint(workspace_with(tmp_path, text), "lab")


def test_an_endpoint_that_is_not_named_is_told_with_the_known_ones(tmp_path: Path) -> None:
    here = workspace_with(tmp_path, '[endpoints.lab]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "m"')
    with pytest.raises(WorkspaceError, match=r"no endpoint 'far' \(known: lab\)"):
        allowed_endpoint(here, "far")


def test_the_key_comes_from_the_variable_named_and_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[endpoints.lab]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "m"\napi_key_env = "LAB_KEY"\n'
    here = workspace_with(tmp_path, text)
    with pytest.raises(WorkspaceError, match="LAB_KEY, which is not set"):
        allowed_endpoint(here, "lab")
    monkeypatch.setenv("LAB_KEY", " sk-secret \n")
    endpoint = allowed_endpoint(here, "lab")
    assert endpoint.key == "sk-secret"
    assert "sk-secret" not in repr(endpoint)
    monkeypatch.setenv("LAB_KEY", "sk-sec\nret")
    with pytest.raises(WorkspaceError) as fault:
        allowed_endpoint(here, "lab")
    assert "sk-sec" not in str(fault.value)


def test_a_budget_in_money_needs_prices(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="budget_money needs input_price"):
        workspace_with(tmp_path, '[endpoints.lab]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "m"\nbudget_money = 5.0')


def test_the_environment_sets_one_field_of_an_endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace_with(tmp_path, '[endpoints.lab]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "m"').close()
    monkeypatch.setenv("GLASSLLAVA_ENDPOINTS__LAB__MODEL", "other")
    here = Workspace(tmp_path / "w")
    assert here.settings.endpoints["lab"].model == "other"
    assert (here.settings.endpoints["lab"].temperature, here.settings.endpoints["lab"].top_p) == (0.2, 0.2)
