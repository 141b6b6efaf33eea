"""docs/domain-packs.md has every field of a pack, and what it shows runs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from glassllava.domains import CategoryRole, ContextRole, Domain
from glassllava.domains.examples import Examples
from glassllava.records.papers import Kind
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "domain-packs.md").read_text(encoding="utf-8")


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the parts of a pack within a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for inner in get_args(annotation):
        yield from models(inner)


@pytest.mark.parametrize("whole", [Domain, Examples])
def test_every_field_is_told(whole: type[BaseModel]) -> None:
    told = {part for name in re.findall(r"`([A-Za-z0-9_.]+)`", TEXT) for part in name.split(".")}
    for model in models(whole):
        # The file phrases.yaml is the field of that name.
        assert set(model.model_fields) - {"phrases"} <= told, model.__name__


def test_every_role_and_kind_is_told() -> None:
    for word in (*get_args(CategoryRole), *get_args(ContextRole), *get_args(Kind)):
        assert f"`{word}`" in TEXT, word


def test_the_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    result = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "Phases and Constituents" in result.stdout
