"""What the tests kill: a process that asks all its rows and says nothing."""

from __future__ import annotations

from glassllava.llm import StageDoor
from glassllava.workspace import Workspace
from tests.llm.forms_used import row_requests


def ask_all_rows(folder: str, number: int) -> None:
    with StageDoor(Workspace(folder), "lab") as door:
        for _ in door.ask_all(row_requests(number)):
            pass
