"""Consent: nothing leaves this machine unless the workspace's settings allow it.

In: the workspace's settings. Out: nothing, or the sentence that says what to write where. Every command of this room
that asks a service begins here.
"""

from __future__ import annotations

from glassllava.errors import WorkspaceError
from glassllava.settings import FILE_NAME
from glassllava.workspace import Workspace


def must_be_allowed(workspace: Workspace, purpose: str, sends: str) -> None:
    """Go on only where the workspace allows the network.

    Parameters
    ----------
    workspace
        Whose settings count.
    purpose
        What is to be done, as "papers are searched for".
    sends
        What leaves the machine and to whom, as "the papers' DOIs to Crossref".

    Raises
    ------
    WorkspaceError
        The workspace is confidential, or does not say `metadata.online = true`.
    """
    file = workspace.path / FILE_NAME
    if workspace.settings.confidential:
        raise WorkspaceError(
            f"This workspace is confidential, so no service is asked; take `confidential = true` out of {file} before "
            f"{purpose}."
        )
    if not workspace.settings.metadata.online:
        raise WorkspaceError(
            f"No service is asked without consent: write `online = true` under `[metadata]` in {file} to send {sends}."
        )
