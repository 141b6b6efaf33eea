"""Progress: bars on a terminal, lines in a log, and never silence over a long work."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from glassllava.cli import progress
from glassllava.cli.progress import shown


def told(terminal: bool, steps: int, monkeypatch: pytest.MonkeyPatch, seconds_a_step: float = 1.0) -> str:
    clock = iter(range(10_000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock) * seconds_a_step)
    out = io.StringIO()
    with shown(Console(file=out, force_terminal=terminal, width=100)) as tell:
        for step in range(steps + 1):
            tell("key", "papers", step, steps, f"paper-{step}.pdf")
    return out.getvalue()


def test_a_log_gets_the_beginning_the_end_and_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = told(False, 100, monkeypatch).splitlines()
    assert lines[0] == "papers: 0 of 100 (paper-0.pdf)"
    assert lines[-1] == "papers: 100 of 100 (paper-100.pdf)"
    assert 5 <= len(lines) <= 8  # one each 20 of 100 seconds


def test_quick_work_leaves_two_lines_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(told(False, 50, monkeypatch, seconds_a_step=0.01).splitlines()) == 2
