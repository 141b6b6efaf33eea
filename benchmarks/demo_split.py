"""Which split seed the demo takes: the least one whose evaluation papers hold scenes of all unknown families.

In: the workspace of a demo, whose papers were read and compared with each other; nothing that a model answered. Out:
for each seed from 0 on, the unknown families and the scenes with a defect among the evaluation papers, up to the first
that holds all families.

    python benchmarks/demo_split.py WORKSPACE
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from itertools import count
from pathlib import Path

from sqlalchemy import update

from glassllava import corpus
from glassllava.records import Paper
from glassllava.settings import FILE_NAME
from glassllava.synthetic.catalogue import UNKNOWN_FAMILIES
from glassllava.workspace import Workspace


def main(demo: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(demo, Path(folder) / "demo"))
        settings = (copy / FILE_NAME).read_text(encoding="utf-8")
        (seed_line,) = (line for line in settings.splitlines() if line.startswith("seed = "))
        for seed in count():
            (copy / FILE_NAME).write_text(settings.replace(seed_line, f"seed = {seed}"), encoding="utf-8")
            found, defects, papers = divided(copy)
            unknown = {family: found[family] for family in UNKNOWN_FAMILIES if found[family]}
            print(
                f"seed {seed}: {found.total()} scenes of {papers} papers, {defects} with a defect, unknown: {unknown}"
            )
            if len(unknown) == len(UNKNOWN_FAMILIES):
                break


def divided(folder: Path) -> tuple[Counter[str], int, int]:
    """Divide a workspace's papers anew; return evaluation scenes by family, those with a defect, and the papers."""
    workspace = Workspace(folder)
    with workspace.writing() as session:
        session.execute(update(Paper).values(split=None))
    papers = corpus.split(workspace).evaluation_papers
    truths = workspace.truths()
    scenes = [truths[panel.id] for panel in workspace.panels() if panel.accepted and panel.split == "evaluation"]
    workspace.close()
    return Counter(scene.family for scene in scenes), sum(scene.defect is not None for scene in scenes), papers


if __name__ == "__main__":
    main(Path(sys.argv[1]))
