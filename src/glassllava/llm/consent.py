"""Consent: which endpoint may be asked, and with which key.

In: the workspace's settings and the environment. Out: an `Endpoint` that may be used, or the sentence that says what to
write where. Every door is opened here, before anything is sent.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from glassllava.errors import WorkspaceError
from glassllava.llm.loopback import is_loopback
from glassllava.settings import FILE_NAME, EndpointSettings
from glassllava.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that the workspace names and allows."""

    name: str
    settings: EndpointSettings
    loopback: bool
    """Whether it is on this machine."""
    key: str | None = field(repr=False)
    """From the environment; never written anywhere."""


def allowed_endpoint(workspace: Workspace, name: str) -> Endpoint:
    """Return the endpoint of this name, where it may be asked.

    Parameters
    ----------
    workspace
        Whose settings count.
    name
        Of an `[endpoints.NAME]`.

    Raises
    ------
    WorkspaceError
        The workspace is confidential, names no such endpoint, or does not allow one that is not on this machine; or
        the variable that should hold the key is not set.
    """
    file = workspace.path / FILE_NAME
    settings = workspace.settings.endpoints.get(name)
    if settings is None:
        known = ", ".join(sorted(workspace.settings.endpoints)) or "none"
        raise WorkspaceError(
            f"There is no endpoint '{name}' (known: {known}); write `[endpoints.{name}]` with base_url and model in "
            f"{file}."
        )
    if workspace.settings.confidential:
        raise WorkspaceError(
            f"This workspace is confidential, so the endpoint '{name}' is not asked, nor any other; take "
            f"`confidential = true` out of {file} to use language models."
        )
    loopback = is_loopback(settings.base_url)
    if not loopback and not settings.allow_remote:
        raise WorkspaceError(
            f"The endpoint '{name}' ({settings.base_url}) is not on this machine, and nothing is sent without consent: "
            f"write `allow_remote = true` under `[endpoints.{name}]` in {file} to send it text and images of papers."
        )
    return Endpoint(name, settings, loopback, _key(name, settings))


def _key(name: str, settings: EndpointSettings) -> str | None:
    variable = settings.api_key_env
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise WorkspaceError(
            f"The setting endpoints.{name}.api_key_env names the environment variable {variable}, which is not set; "
            "set it, or take the setting out."
        )
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise WorkspaceError(
            f"The environment variable {variable} holds no key: a key has no spaces, and letters, digits and signs of "
            "ASCII only."
        )
    return key
