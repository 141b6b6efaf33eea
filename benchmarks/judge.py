"""How well the embedded judge agrees with people and other judges, next to simple baselines.

In: `../shared/data/judge/*.jsonl` (or the files named), rows `{cluster, question, reference, response, scores,
scale}`. Out: AUC against a binary scale or Spearman against the mean score, with 95 % intervals over clusters, on
stdout. A reference "A/B" of the binary set names alternatives; the best one counts, for judge and baselines alike.

    python benchmarks/judge.py [FILE.jsonl ...]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import fmean
from typing import Any

from glassllava.domains import load_domain
from glassllava.evaluation import Case, EmbeddedJudge
from glassllava.statistics import Agreement, area_under_curve, spearman
from glassllava.text.embeddings import embed
from glassllava.text.overlap import token_recall

DATA = Path(__file__).parents[2] / "shared" / "data" / "judge"


def main() -> None:
    for file in [Path(name) for name in sys.argv[1:]] or sorted(DATA.glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        binary = all(row["scale"] == [0, 1] for row in rows)
        began = time.perf_counter()
        measured = {"embedded judge": _embedded(rows, binary)}
        seconds = time.perf_counter() - began
        measured |= {
            "token recall": [
                max(token_recall(ref, row["response"]) for ref in _references(row, binary)) for row in rows
            ],
            "cosine": _cosines(rows, binary),
            "length": [float(len(row["response"])) for row in rows],
        }
        what = "AUC" if binary else "Spearman"
        print(f"{file.name}: {len(rows)} answers, {what}; judged in {seconds:.0f} s")
        for name, scores in measured.items():
            print(f"  {name:15} {_said(_agreement(rows, scores, binary))}")


def _references(row: dict[str, Any], binary: bool) -> list[str]:
    return row["reference"].split("/") if binary else [row["reference"]]


def _embedded(rows: list[dict[str, Any]], binary: bool) -> list[float]:
    cases = [
        (place, Case("quality", row["question"], reference, row["response"], ""))
        for place, row in enumerate(rows)
        for reference in _references(row, binary)
    ]
    verdicts = EmbeddedJudge(load_domain("glass-sem")).judge([case for _, case in cases])
    scores = [0.0] * len(rows)
    for (place, _), verdict in zip(cases, verdicts, strict=True):
        scores[place] = max(scores[place], verdict.value or 0.0)
    return scores


def _cosines(rows: list[dict[str, Any]], binary: bool) -> list[float]:
    references = [_references(row, binary) for row in rows]
    texts = sorted({row["response"] for row in rows} | {text for group in references for text in group})
    vectors = dict(zip(texts, embed(texts), strict=True))
    return [
        max(float(vectors[row["response"]] @ vectors[text]) for text in group)
        for row, group in zip(rows, references, strict=True)
    ]


def _agreement(rows: list[dict[str, Any]], scores: list[float], binary: bool) -> Agreement:
    clusters = [str(row["cluster"]) for row in rows]
    if binary:
        return area_under_curve([row["scores"][0] == 1 for row in rows], scores, clusters)
    return spearman([fmean(row["scores"]) for row in rows], scores, clusters)


def _said(agreement: Agreement) -> str:
    interval = f"[{agreement.ci[0]:.3f}, {agreement.ci[1]:.3f}]" if agreement.ci else str(agreement.ci_absent)
    return f"{agreement.value:.3f} {interval}  n = {agreement.n}, clusters = {agreement.clusters}"


if __name__ == "__main__":
    main()
