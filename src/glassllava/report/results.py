"""`results.json`: the numbers of a workspace, for machines.

In: the rows. Out: one dictionary of JSON values, the same bytes from the same workspace: no times, no durations,
no paths. `docs/file-formats.md` describes it; an unknown value is null, never a guess.
"""

from __future__ import annotations

import json
import platform
from collections import Counter, defaultdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import glassllava
from glassllava.records import BASELINES
from glassllava.report.levels import paired_levels, same_questions
from glassllava.report.measures import Observation, assessment_grid, observations, rounded, visual_gain
from glassllava.report.remarks import out_of_depth, remarks
from glassllava.report.rows import ASSESSMENTS, SPLITS, Model, Rows
from glassllava.report.truth import Held, hold_against_truth, truth_by_family, truth_grid

PACKAGES = ("numpy", "scipy", "torch", "transformers", "sentence-transformers", "pypdfium2", "rapidocr")


def make_results(rows: Rows, found: list[Observation] | None = None) -> dict[str, Any]:
    """Return the content of `results.json`.

    Parameters
    ----------
    rows
        The workspace's rows of one kind of corpus.
    found
        Their observations, where they were made already.
    """
    found = observations(rows) if found is None else found
    by_model: dict[str, list[Observation]] = defaultdict(list)
    for observation in found:
        by_model[observation.model].append(observation)
    held: dict[str, list[Held]] = defaultdict(list)
    for answer in hold_against_truth(rows):
        held[answer.model].append(answer)
    categories = [category.name for category in rows.domain.categories]
    known = bool(rows.truths)
    name = rows.main.name if rows.main else ""
    accepted = rows.accepted_panels
    results: dict[str, Any] = {
        "questions": _questions(rows),
        "panels": _panels(rows),
        **_measured(by_model[name], categories),
        "truth": truth_grid(held[name]) if known else None,
        "truth_by_family": truth_by_family(held[name]) if known else None,
        "judge": _judge(rows),
        "model": _model(rows.main, rows),
        "compared": {
            model.name: {
                "baseline": model.name in BASELINES,
                **_measured(by_model[model.name], categories),
                "truth": truth_grid(held[model.name]) if known else None,
            }
            for model in rows.others
        },
        "reviewed_share": rounded(sum(p.review is not None for p in accepted) / len(accepted)) if accepted else None,
        "synthetic": rows.synthetic,
        "versions": _versions(),
        "settings": _settings(rows),
    }
    results["remarks"] = remarks(rows, results)
    return results


def as_text(results: dict[str, Any]) -> str:
    """Return `results.json` as it is written."""
    return json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _measured(found: list[Observation], categories: list[str]) -> dict[str, Any]:
    grids = {name: assessment_grid(found, name, categories) for name in ASSESSMENTS}
    return {
        **grids,
        "visual_gain": visual_gain(found),
        "paired_levels": paired_levels(found),
        "same_questions": same_questions(found, categories),
    }


def _questions(rows: Rows) -> dict[str, Any]:
    accepted = rows.accepted_questions
    by_split = {split: [q for q in accepted if q.split == split] for split in SPLITS}
    gates: dict[str, Counter[str]] = defaultdict(Counter)
    for question in rows.questions:
        if not question.accepted and not question.stale:
            gates[question.gate or "person"][question.category] += 1
    return {
        "total": len(rows.questions),
        "accepted": len(accepted),
        "stale": sum(q.stale for q in rows.questions),
        "training": len(by_split["training"]),
        "evaluation": len(by_split["evaluation"]),
        "papers": {split: len({q.paper_id for q in chosen}) for split, chosen in by_split.items()},
        "by_category": {
            category.name: {split: sum(q.category == category.name for q in by_split[split]) for split in SPLITS}
            for category in rows.domain.categories
        },
        "by_subcategory": {
            name: {split: sum(q.subcategory == name for q in by_split[split]) for split in SPLITS}
            for name in ("simple", "complex")
        },
        "rejected_by_gate": {gate: dict(sorted(found.items())) for gate, found in sorted(gates.items())},
        "generators": sorted({q.generator for q in accepted}),
        "reviewed": sum(q.review is not None for q in accepted),
    }


def _panels(rows: Rows) -> dict[str, Any]:
    accepted = rows.accepted_panels
    return {
        "total": len(rows.panels),
        "accepted": len(accepted),
        "leaked": sum(p.leaked for p in rows.panels),
        "training": sum(p.split == "training" for p in accepted),
        "evaluation": sum(p.split == "evaluation" for p in accepted),
        "papers": {
            "read": sum(paper.state == "ok" for paper in rows.papers),
            "failed": sum(paper.state != "ok" for paper in rows.papers),
            "with_panels": len({p.paper_id for p in accepted}),
            "training": len({p.paper_id for p in accepted if p.split == "training"}),
            "evaluation": len({p.paper_id for p in accepted if p.split == "evaluation"}),
        },
        "by_kind": dict(sorted(Counter(p.kind for p in rows.panels).items())),
        "calibrated": sum(p.pixel_size_m is not None for p in accepted),
        "reviewed": sum(p.review is not None for p in accepted),
    }


def _judge(rows: Rows) -> dict[str, Any]:
    judged = [s for s in rows.scores if s.assessment and rows.judges.get(s.assessment) == s.judge]
    return {
        "assessments": {name: rows.judges.get(name) for name in ASSESSMENTS},
        "embedded": rows.embedded_judge if rows.judges else None,
        "calibrated": False if rows.judges else None,
        "not_used": list(rows.other_judges),
        "judgements": len(judged),
        "states": dict(sorted(Counter(s.state for s in judged).items())),
        "overridden": sum(s.overridden for s in judged),
    }


def _model(model: Model | None, rows: Rows) -> dict[str, Any] | None:
    if model is None:
        return None
    checkpoint = model.checkpoint
    figures = checkpoint.figures if checkpoint else {}
    loss = figures.get("loss") or []
    return {
        "name": model.name,
        "checkpoint": checkpoint.id if checkpoint else None,
        "recipe": checkpoint.recipe.get("name") if checkpoint else None,
        "parent": rows.parent.name if rows.parent else None,
        "steps": figures.get("steps"),
        "loss_last": rounded(float(loss[-1])) if loss and isinstance(loss[-1], int | float) else None,
        "training_papers": rows.training_papers,
        "training_panels": sum(p.split == "training" for p in rows.accepted_panels),
        "training_questions": sum(q.split == "training" for q in rows.accepted_questions),
        "out_of_depth": out_of_depth(rows) is not None,
    }


def _versions() -> dict[str, Any]:
    return {
        "glassllava": glassllava.__version__,
        "python": platform.python_version(),
        **{name: _installed(name) for name in PACKAGES},
    }


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _settings(rows: Rows) -> dict[str, Any]:
    # Addresses of databases may hold a password, `metadata` holds a person's; neither they nor workers change a result.
    settings = rows.settings.model_dump(mode="json", exclude={"database_url", "metadata", "confidential"})
    del settings["papers"]["workers"]
    return settings
