"""Papers on Ray: the records of both engines are the same, and so are the names of failures."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glassllava import papers
from glassllava.cli import main
from glassllava.errors import GlassllavaError
from glassllava.records import Figure, Mention, Panel, Paper
from glassllava.sandbox import PoolOf, Sandbox
from glassllava.scale import RayPool
from glassllava.workspace import Workspace
from tests.papers.written_pdf import LEFT, RIGHT, WrittenPdf

LIMITS: dict[str, Any] = {"workers": 1, "seconds": 5.0, "memory_bytes": 2**31}


TIMES = ("added",)


@pytest.fixture(scope="module")
def ray() -> Iterator[None]:
    """A Ray that runs for all tests here: to start it takes longer than they do."""
    pytest.importorskip("ray", reason="Ray (extra `scale`) is not installed")
    with RayPool[str]("tests.test_sandbox:read", **LIMITS) as pool:
        assert [outcome.value for outcome in pool.map(["a"])] == ["A"]
        yield


def kill_the_actor(item: str) -> str:
    if item == "kill":
        os.kill(os.getppid(), signal.SIGKILL)
    return item


def paper(number: int) -> bytes:
    pdf = WrittenPdf().lines(50, 80, LEFT).lines(50, 200, RIGHT).text(50, 300, f"As Fig. {number} shows, mist is seen.")
    pdf.draw("q 300 0 0 200 60 250 cm /Picture Do Q").text(60, 610, f"Fig. {number}. SEM image of a fracture surface.")
    return pdf.save()


@pytest.fixture
def pdfs(tmp_path: Path) -> Path:
    folder = tmp_path / "pdfs"
    folder.mkdir()
    for number in range(1, 4):
        (folder / f"{number}.pdf").write_bytes(paper(number))
    (folder / "broken.pdf").write_bytes(paper(1)[:200])
    (folder / "words.pdf").write_bytes(b"These are words.")
    return folder


def rows(tmp_path: Path, name: str, pdfs: Path, pool: PoolOf) -> list[Any]:
    workspace = Workspace.create(tmp_path / name)
    workspace.settings.papers.ocr = False
    added = papers.add(workspace, [pdfs], workers=1, pool=pool)
    with workspace.reading() as session:
        found = [
            sorted(
                tuple(str(getattr(row, column.key)) for column in record.__table__.columns if column.key not in TIMES)
                for row in session.query(record)
            )
            for record in (Paper, Figure, Panel, Mention)
        ]
    workspace.close()
    return [added.model_copy(update={"failed": sorted(added.failed)}), *found]


@pytest.mark.slow
def test_both_engines_write_the_same_records_and_reasons(tmp_path: Path, pdfs: Path, ray: None) -> None:
    local = rows(tmp_path, "local", pdfs, Sandbox)
    assert local == rows(tmp_path, "ray", pdfs, RayPool)
    assert local[0].papers == 3
    assert local[0].figures == 3
    assert [name for name, _ in local[0].failed] == ["broken.pdf", "words.pdf"]


@pytest.mark.slow
def test_both_engines_name_failures_with_the_same_words(ray: None) -> None:
    items = ["a", "crash", "exit", "hang", "swell", "refuse", "fault", "b"]
    function = "tests.test_sandbox:read"
    with Sandbox[str](function, **LIMITS) as sandbox, RayPool[str](function, **LIMITS) as pool:
        local = {outcome.item: (outcome.value, outcome.reason) for outcome in sandbox.map(items)}
        assert local == {outcome.item: (outcome.value, outcome.reason) for outcome in pool.map(items)}


@pytest.mark.slow
def test_an_actor_that_is_killed_is_one_failed_item(ray: None) -> None:
    with RayPool[str]("tests.scale.test_ray_pool:kill_the_actor", **LIMITS) as pool:
        found = {outcome.item: (outcome.value, outcome.reason) for outcome in pool.map(["a", "kill", "b"])}
    assert found["kill"] == (None, "the Ray worker that read the file was lost; add it again")
    assert (found["a"], found["b"]) == (("a", None), ("b", None))


def test_a_cluster_that_does_not_answer_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="Ray (extra `scale`) is not installed")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with (
        RayPool[str]("tests.test_sandbox:read", **LIMITS) as pool,
        pytest.raises(GlassllavaError, match="No Ray cluster answers at RAY_ADDRESS=127"),
    ):
        next(pool.map(["a"]))


def test_without_ray_one_sentence_names_the_extra(
    tmp_path: Path, pdfs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    Workspace.create(tmp_path / "w").close()
    assert main(["papers", "add", str(pdfs), "-w", str(tmp_path / "w"), "--engine", "ray"]) == 1
    told = capsys.readouterr().err
    assert "glassllava[scale]" in told
    assert "Traceback" not in told
