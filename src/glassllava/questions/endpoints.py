"""Which endpoints a run asks: what the caller names goes over the settings.

In: names, or None. Out: names, or None for the embedded default.
"""

from __future__ import annotations

from glassllava.errors import WorkspaceError
from glassllava.workspace import Workspace


def chosen(workspace: Workspace, llm: str | None, checker: str | None) -> tuple[str | None, str | None]:
    """Return the names of the endpoints that write and check; None stands for the embedded default, and for no check.

    Raises
    ------
    WorkspaceError
        A check is wanted of pairs that no model writes.
    """
    settings = workspace.settings.questions
    writer, second = llm or settings.llm or "embedded", checker or settings.checker
    if writer == "embedded":
        if checker is not None:
            raise WorkspaceError("The gates by model are asked of pairs that a model writes: name it with --llm.")
        return None, None
    return writer, second
