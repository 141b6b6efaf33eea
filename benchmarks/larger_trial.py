"""The demo's figures on more papers: 64 synthetic ones that are not the demo's, 24 to train on and 40 to measure with.

In: nothing but numbers of papers. Out: a Markdown table on stdout, the fine-tuned model beside its base against the
scenes' own truth (no context); the workspace stays in OUT, and a stopped trial goes on there.

    python benchmarks/larger_trial.py OUT
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from glassllava.cli import main as glassllava
from glassllava.cli.workflow import DEMO_PAPERS
from glassllava.synthetic.corpus import write_papers

PAPERS = 64
SETTINGS = {
    "SPLIT__EVALUATION_SHARE": "0.625",
    "QUESTIONS__PER_PANEL": "4",
    "EVALUATION__CONDITIONS": '["real", "blank"]',
    "EVALUATION__MODELS": '["tiny", "tiny-base"]',
}


def main(out: Path) -> None:
    write_papers(out / "papers", PAPERS, first=DEMO_PAPERS)
    os.environ |= {f"GLASSLLAVA_{name}": value for name, value in SETTINGS.items()}
    code = glassllava(["run", str(out / "papers"), "-w", str(out / "workspace")])
    if code:
        sys.exit(code)
    results = json.loads((out / "workspace/report/results.json").read_text(encoding="utf-8"))
    truths = {results["model"]["name"]: results["truth"], **{k: v["truth"] for k, v in results["compared"].items()}}
    print("| model, image | defects, balanced accuracy | known families | unknown | structure, known |")
    print("|---|---|---|---|---|")
    for model, truth in truths.items():
        for condition, levels in truth.items():
            cell = levels["none"]
            if not cell["n"]:  # a condition that was not asked
                continue
            known, unknown = cell["by_known"]["known"], cell["by_known"]["unknown"]
            figures = [_shown(cell), _shown(known), _shown(unknown)]
            structure = known["structure"]
            print(
                f"| {model}, {condition} | {' | '.join(figures)} | {structure['accuracy']:.2f} (n {structure['n']}) |"
            )


def _shown(cell: dict[str, Any]) -> str:
    interval = cell["balanced_ci"]
    ends = f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval is not None else ""
    return f"{cell['balanced_accuracy']:.2f}{ends} (n {cell['n']})"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
