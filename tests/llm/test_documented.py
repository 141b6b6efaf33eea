"""What docs/language-models.md shows of Python runs as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from glassllava.domains import PROMPTS, load_prompts
from glassllava.workspace import Workspace
from tests.conftest import ROOT
from tests.llm.server import completion, opened, serving


def test_the_examples_run(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "language-models.md").read_text(encoding="utf-8")
    edit, ask = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    with serving(lambda _: completion('{"reason": "Little is told.", "quality": 35.0}')) as endpoint:
        opened(Workspace.create(tmp_path / "my-workspace"), endpoint.url).close()
        for example in (edit, ask):
            result = subprocess.run(
                [sys.executable, "-c", example],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": ""},
                capture_output=True,
                text=True,
                check=False,
            )
            assert result.returncode == 0, result.stderr
    assert (tmp_path / "my-workspace" / "prompts" / PROMPTS["S2"].file).is_file()
    assert "ok reason='Little is told.' quality=35.0" in result.stdout
    assert "{'asked': 1, 'stored': 0," in result.stdout
    assert load_prompts("glass-sem", tmp_path / "my-workspace").versions() == load_prompts("glass-sem").versions()
