"""The documents say what is so: commands exist, settings and their defaults agree, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from glassllava.cli.entry import app
from glassllava.questions.gates import GATES
from glassllava.settings import EndpointSettings, Settings
from tests.cli.made_papers import make_paper
from tests.conftest import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

COMMAND: Any = typer.main.get_command(app)


def commands(text: str) -> Iterator[list[str]]:
    """Yield each `glassllava …` command that a document shows, in a code block or inline."""
    blocks = re.findall(r"```(?:bash|console)\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(glassllava [^`]+)`", text)
    for line in lines:
        words = shlex.split(line, comments=True)
        if words and Path(words[0]).name == "glassllava":
            yield words[1:]


def leaf(words: list[str]) -> tuple[Any, list[str]]:
    """Follow the words down the command groups; return the last command and the words left over."""
    command = COMMAND
    while hasattr(command, "commands") and words:
        found = command.commands.get(words[0])
        assert found is not None, f"glassllava has no command {' '.join(words)}"
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_command_shown_exists_with_its_options(document: Path) -> None:
    for words in commands(document.read_text(encoding="utf-8")):
        command, rest = leaf(words)
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        options = {word for word in rest if word.startswith("-")}
        assert options <= known, f"{words}: unknown options {options - known}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_link_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_source_file_named_exists(document: Path) -> None:
    for name in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|yaml))`", document.read_text(encoding="utf-8")):
        places = (ROOT, ROOT / "src" / "glassllava")
        assert any((place / name).is_file() for place in places), f"{document.name} names {name}"


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from fields(field.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field.get_default(call_default_factory=True)


def shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'`"{value}"`'
    if isinstance(value, tuple | list):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    if isinstance(value, dict):
        return f"`{value}`"
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_the_settings_table_names_every_setting_with_its_default() -> None:
    text = (ROOT / "docs" / "file-formats.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+?) \|", text, re.MULTILINE))
    assert table == {name: shown(default) for name, default in fields(Settings)}


def test_the_table_of_endpoints_names_every_field_with_its_default() -> None:
    text = (ROOT / "docs" / "language-models.md").read_text(encoding="utf-8")
    section = text.split("## Settings of an endpoint")[1].split("\n## ")[0]
    table = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+?) \|", section, re.MULTILINE))
    fields = EndpointSettings.model_fields
    assert set(table) == set(fields)
    for name, field in fields.items():
        assert table[name] == ("must be given" if field.is_required() else shown(field.default)), name


def test_every_command_has_help_and_prints_json() -> None:
    def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
        if hasattr(command, "commands"):
            for name, inner in command.commands.items():
                yield from leaves(inner, f"{path} {name}")
        else:
            yield path, command

    found = dict(leaves(COMMAND, "glassllava"))
    assert len(found) > 10
    for path, command in found.items():
        assert command.help, path
        assert "--json" in {name for parameter in command.params for name in parameter.opts}, path


def test_the_layers_of_the_architecture_name_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.name for path in (ROOT / "src" / "glassllava").iterdir() if (path / "__init__.py").is_file()}
    table = text.split("## Layers")[1].split("##")[0]
    assert {room for room in rooms if f"`{room}`" not in table} == set()


@pytest.mark.parametrize(
    "room", sorted(path.parent.name for path in (ROOT / "src" / "glassllava").glob("*/__init__.py"))
)
def test_the_first_docstring_of_each_room_says_what_comes_in_and_goes_out(room: str) -> None:
    text = (ROOT / "src" / "glassllava" / room / "__init__.py").read_text(encoding="utf-8")
    docstring = text.split('"""')[1]
    assert "In:" in docstring
    assert "Out:" in docstring


def test_no_document_or_source_holds_a_machines_path() -> None:
    pattern = re.compile(r"(?<![\w./-])/(?:work|root|home)/[A-Za-z.]")
    files = [
        *DOCUMENTS,
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").glob("*"),
    ]
    assert [file for file in files if file.is_file() and pattern.search(file.read_text(encoding="utf-8"))] == []


def test_the_gates_table_names_every_gate_in_order() -> None:
    text = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8")
    table = text.split("| gate | refuses |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(GATES)


def test_the_python_example_of_the_readme_runs(tmp_path: Path) -> None:
    make_paper(tmp_path / "PDF_DIR", 0)
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(example)
    result = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert re.fullmatch(r"2 panels, [1-9]\d* pairs", result.stdout.strip())
