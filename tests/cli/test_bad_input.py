"""Bad input: one clear sentence, exit code 1 or 3, and nothing that was there is lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest

from glassllava.cli import main
from glassllava.workspace import Workspace
from tests.cli.made_papers import make_paper, texture


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command line; return exit code, stdout and stderr."""
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def sentences(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def good_paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_paper(tmp_path_factory.mktemp("made"), 0)


@pytest.mark.parametrize("json_option", [[], ["--json"]])
def test_a_folder_without_pdfs_is_said_so_and_no_workspace_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], json_option: list[str]
) -> None:
    (tmp_path / "papers").mkdir()
    code, out, err = run(capsys, "run", str(tmp_path / "papers"), "-w", str(tmp_path / "w"), *json_option)
    assert code == 1
    said = json.loads(out)["error"] if json_option else err.strip()
    assert "holds no PDF file" in said
    assert len(sentences(said)) == 1
    assert not (tmp_path / "w").exists()


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "run", str(tmp_path / "nowhere"), "-w", str(tmp_path / "w"))
    assert code == 1
    assert "does not exist" in err


def plant_bad_files(folder: Path, good: Path) -> None:
    folder.mkdir()
    shutil.copy(good, folder / "good.pdf")
    (folder / "jpeg.pdf").write_bytes(b"\xff\xd8\xff\xe0" + texture(1, "a"))
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "cut.pdf").write_bytes(good.read_bytes()[:2000])
    with pikepdf.open(good) as pdf:
        encryption = pikepdf.Encryption(owner="owner", user="secret")
        pdf.save(folder / "encrypted.pdf", encryption=encryption)


def test_bad_papers_are_named_with_their_reason_and_the_good_one_is_read(
    tmp_path: Path, good_paper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant_bad_files(tmp_path / "papers", good_paper)
    workspace = str(tmp_path / "w")
    assert run(capsys, "init", workspace)[0] == 0
    code, out, err = run(capsys, "papers", "add", str(tmp_path / "papers"), "-w", workspace, "--json")
    assert code == 3
    added = json.loads(out)
    assert added["papers"] == 1
    reasons = dict(added["failed"])
    assert set(reasons) == {"jpeg.pdf", "empty.pdf", "cut.pdf", "encrypted.pdf"}
    assert "JPEG" in reasons["jpeg.pdf"]
    assert "empty" in reasons["empty.pdf"]
    assert "encrypted" in reasons["encrypted.pdf"] or "password" in reasons["encrypted.pdf"]
    assert all(len(sentences(reason)) == 1 for reason in reasons.values())
    for name in reasons:
        assert f"failed: {name}" in err
    code, out, _ = run(capsys, "status", "-w", workspace, "--json")
    status = json.loads(out)
    assert (status["counts"]["papers"], status["counts"]["papers_failed"]) == (1, 4)
    assert {failure["target"] for failure in status["failures"]} == set(reasons)


def test_a_command_outside_a_workspace_says_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["status"], ["panels", "list"], ["questions", "generate"], ["report"], ["train", "tiny"]):
        code, _, err = run(capsys, *command)
        assert code == 1
        assert "glassllava init" in err


def test_a_wrong_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "status", "--colour")[0] == 2
    assert run(capsys, "fly")[0] == 2


def test_a_workspace_of_a_newer_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Workspace.create(tmp_path / "w").close()
    with sqlite3.connect(tmp_path / "w" / "glassllava.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    code, _, err = run(capsys, "status", "-w", str(tmp_path / "w"))
    assert code == 1
    assert "newer version" in err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """What makes a folder unwritable for this user: permissions, or for root a mount that cannot be written."""
    locked: list[Path] = []

    def make_unwritable(folder: Path) -> None:
        if os.geteuid() == 0:
            bound = ["mount", "--bind", str(folder), str(folder)]
            if subprocess.run(bound, capture_output=True, check=False).returncode != 0:
                pytest.skip("root may write everywhere, and may not mount here")
            locked.append(folder)
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        else:
            locked.append(folder)
            folder.chmod(0o555)

    yield make_unwritable
    for folder in locked:
        if os.geteuid() == 0:
            subprocess.run(["umount", str(folder)], check=True)
        else:
            folder.chmod(0o755)


def test_an_unwritable_workspace_is_refused_in_one_sentence(
    tmp_path: Path, lock: Callable[[Path], None], capsys: pytest.CaptureFixture[str], good_paper: Path
) -> None:
    Workspace.create(tmp_path / "w").close()
    lock(tmp_path / "w")
    for command in (["status"], ["papers", "add", str(good_paper)], ["report"]):
        code, _, err = run(capsys, *command, "-w", str(tmp_path / "w"))
        assert code == 1
        assert "cannot be written" in err
        assert len(sentences(err)) == 1


def test_a_workspace_that_cannot_be_made_is_said_so(
    tmp_path: Path, lock: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "locked").mkdir()
    lock(tmp_path / "locked")
    code, _, err = run(capsys, "init", str(tmp_path / "locked" / "w"))
    assert code == 1
    assert "cannot be made" in err


def test_a_full_disk_is_one_sentence_and_the_run_goes_on_from_there(
    small_disk: Path, tmp_path: Path, good_paper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = small_disk / "w"
    assert run(capsys, "init", str(workspace))[0] == 0
    filler = small_disk / "filler"
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(b"x" * (free - 100_000))
    code, _, err = run(capsys, "papers", "add", str(good_paper), "-w", str(workspace))
    assert code == 1
    assert "The disk is full" in err
    filler.unlink()
    code, _, _ = run(capsys, "papers", "add", str(good_paper), "-w", str(workspace))
    assert code == 0
    with contextlib.closing(Workspace(workspace)) as here:
        assert len(here.papers()) == 1


def test_a_model_that_the_answer_grid_does_not_hold_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Workspace.create(tmp_path / "w").close()
    code, _, err = run(capsys, "answer", "-w", str(tmp_path / "w"), "--model", "mine")
    assert code == 1
    assert "no model 'mine', only tiny, tiny-base" in err
    assert len(sentences(err)) == 1
