"""A server on loopback in the place of Crossref, OpenAlex and publishers, and a workspace that may ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from glassllava.workspace import Workspace
from tests.corpus.network.registry_server import Registry, serving, write_settings


@pytest.fixture
def server() -> Iterator[Registry]:
    with serving() as registry:
        yield registry


@pytest.fixture
def online(workspace: Workspace, server: Registry) -> Iterator[Workspace]:
    """A workspace that asks the server on loopback, and allows it."""
    write_settings(workspace, server, online=True)
    here = Workspace(workspace.path)
    yield here
    here.close()
