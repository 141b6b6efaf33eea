"""A pack of one's own in a workspace: named by its folder, checked before anything is made, found from anywhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from glassllava.cli import main
from glassllava.domains import load_domain, pack_name
from glassllava.domains.pack import pack_folder
from glassllava.workspace import Workspace


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the metals' pack in a folder with a name that needs quoting; its parent is where one stands."""
    folder = tmp_path / 'my "own" pack'
    shutil.copytree(pack_folder("metallography"), folder)
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_workspace_finds_its_pack_from_anywhere(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "w", "--domain", f"./{pack.name}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["domain"] == str(pack)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    here = Workspace(tmp_path / "w")
    assert load_domain(here.settings.domain).name == "metallography"
    assert here.settings.acceptance.kinds == ("optical", "sem")
    here.close()
    # The same command again changes nothing, from anywhere and by any way to the folder.
    assert main(["init", str(tmp_path / "w"), "--domain", f"../{pack.name}"]) == 0


def test_a_pack_that_lies_in_the_workspace_moves_with_it(pack: Path, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w", "pack").close()
    shutil.move(pack, tmp_path / "w" / "pack")
    (tmp_path / "w").rename(tmp_path / "moved")
    here = Workspace(tmp_path / "moved")
    assert here.settings.domain == str(tmp_path / "moved" / "pack")
    here.close()


def test_a_pack_that_comes_along_keeps_its_name(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "w"), "--domain", "metallography"]) == 0
    here = Workspace(tmp_path / "w")
    assert here.settings.domain == pack_name("metallography") == "metallography"
    here.close()


@pytest.mark.parametrize("file", ["domain.yaml", "phrases.yaml", "prompts/examples.yaml"])
def test_no_workspace_is_made_with_a_broken_pack(
    pack: Path, tmp_path: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (pack / file).write_text("colour: blue\n", encoding="utf-8")
    assert main(["init", "w", "--domain", str(pack)]) == 1
    said = capsys.readouterr().err
    assert f"{pack / file}" in said.replace("\n", "")
    assert not (tmp_path / "w").exists()
