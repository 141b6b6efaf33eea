"""What a reader must know before the numbers: plain sentences, each by a written rule.

In: the rows and the results. Out: the sentences that the page prints at its top and `results.json` keeps as
`remarks`. The rules:

1. No accepted panel: nothing could be measured, and why.
2. Fewer than `MINIMUM_CLUSTERS` (5) evaluation papers: no interval is given.
3. A model trained on fewer than `OUT_OF_DEPTH_PAPERS` (30) papers is out of its depth. The published study used
   62; half of that is where this report stops calling a collection small. It is about the collection of this
   workspace, whatever the model's foundation learned before.
4. A model that is not above the best baseline in overall quality or feature identification, or not above always
   saying yes in defects (real image, no context), is named as such, on whatever it was trained.
5. Where no benchmark answer denies a defect, or every one does, accuracy rewards always saying the same.
6. Where no model reaches a mean quality of `FLOOR` (10 of 100) at any level, the scale does not tell them apart.
7. The embedded judge knows no language model: it compares claims, numbers and words, and cannot weigh long free
   text.
8. The share of panels that a person reviewed.
9. What lowers the coverage below 1.
10. On a synthetic corpus whose scenes are known, the main model's figures against them stand among the first, without
    context: defects and structure with the real image beside those with a blank one, and on families that its base
    never saw.
11. Where the model that the main one was trained from answered too, the two stand side by side, with what its recipe
    says that it is: a base that saw virtual micrographs alone speaks of those.
12. Training panels that were left out because evaluation papers hold their picture, a passage or their work.
"""

from __future__ import annotations

from typing import Any

from glassllava.report.rows import ASSESSMENTS, Rows
from glassllava.statistics import MINIMUM_CLUSTERS

OUT_OF_DEPTH_PAPERS = 30
FLOOR = 10.0
"""Points of 100: all means below it are the floor of the scale."""


def remarks(rows: Rows, results: dict[str, Any]) -> list[str]:
    """Return the sentences that hold for this workspace, the weightiest first."""
    nothing = without_panels(rows)
    if nothing is not None:
        return [nothing]
    found = [
        _synthetic(rows),
        _against_truth(rows, results),
        _beside_parent(rows, results),
        _unmeasured(rows, results),
        _intervals(rows),
        out_of_depth(rows),
        _against_baselines(results),
        _one_sided(rows, results),
        _floor(results),
        _judge(rows),
        _reviewed(results),
        _coverage(results),
        _leaked(results),
    ]
    return [sentence for sentence in found if sentence is not None]


def without_panels(rows: Rows) -> str | None:
    """Say in one sentence why there is nothing to report; None where there are accepted panels."""
    if rows.accepted_panels:
        return None
    kind = " or ".join(k.upper() if len(k) <= 4 else k for k in rows.settings.acceptance.kinds)
    read = sum(paper.state == "ok" for paper in rows.papers)
    failed = len(rows.papers) - read
    beside = f" ({count(failed, 'more')} could not be read)" if failed else ""
    if not rows.papers:
        return "This workspace holds no paper yet, so there is nothing to report."
    if not read:
        which = "The only paper" if failed == 1 else f"Each of the {failed:,} papers"
        return f"{which} failed to be read, so there is nothing to report."
    of_kind = sum(panel.kind in rows.settings.acceptance.kinds for panel in rows.panels)
    if of_kind:
        verb = "was" if of_kind == 1 else "were"
        return (
            f"{count(of_kind, f'{kind} panel')} {verb} found in {count(read, 'paper')}{beside}, but none is accepted, "
            "so nothing was asked or measured."
        )
    return f"No {kind} panel was found in {count(read, 'paper')} read{beside}, so nothing was asked or measured."


def count(number: int, noun: str) -> str:
    """Return number and noun, the noun in the plural where it should be: "1 paper", "1,204 papers"."""
    return f"{number:,} {noun}" if number == 1 or noun == "more" else f"{number:,} {noun}s"


def out_of_depth(rows: Rows) -> str | None:
    """Say that the main model learned from too few papers; None where it did not, or where there is no model."""
    if rows.main is None or rows.main.checkpoint is None or rows.training_papers >= OUT_OF_DEPTH_PAPERS:
        return None
    return (
        f"The model “{rows.main.name}” learned from {count(rows.training_papers, 'paper')}; with fewer than "
        f"{OUT_OF_DEPTH_PAPERS} (the published study had 62) a model is out of its depth: its scores do not show what "
        "such a model can do."
    )


def _synthetic(rows: Rows) -> str | None:
    if not rows.synthetic:
        return None
    return "Every paper and image here is synthetic: the scores say nothing about real micrographs."


def _against_truth(rows: Rows, results: dict[str, Any]) -> str | None:
    if rows.main is None or results["truth"] is None:
        return None
    real, blank = (results["truth"][condition]["none"] for condition in ("real", "blank"))
    structure = real["structure"]
    if not real["n"] and not structure["n"]:
        return None
    parts = []
    if real["n"]:
        parts.append(
            f"tells defects with a balanced accuracy of {_of_one(real['balanced_accuracy'])} "
            f"({_of_one(blank['balanced_accuracy'])} with a blank image; {count(real['n'], 'answer')}, "
            f"{count(real['papers'], 'paper')})"
        )
    known, blank_known = (cell["by_known"]["known"]["structure"] for cell in (real, blank))
    if known["n"]:
        parts.append(
            f"names what is shown, of families that its base knows, in {_in_percent(known['accuracy'])} of "
            f"{count(known['n'], 'answer')} ({_in_percent(blank_known['accuracy'])} with a blank image; "
            f"{count(known['papers'], 'paper')})"
        )
    said = " and ".join(parts) or "met no scene that its base knows"
    return (
        f"Against the scenes' own truth, without context, the model “{rows.main.name}” {said}"
        f"{_on_unknown(real['by_known']['unknown'])}."
    )


def _on_unknown(unknown: dict[str, Any]) -> str:
    parts = []
    structure = unknown["structure"]
    if unknown["balanced_accuracy"] is not None:
        parts.append(f"{unknown['balanced_accuracy']:.2f} for defects (n = {unknown['n']:,})")
    if structure["n"]:
        parts.append(f"{_in_percent(structure['accuracy'])} for what is shown (n = {structure['n']:,})")
    return f"; on families that its base never saw, {' and '.join(parts)}" if parts else ""


def _of_one(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.2f}"


def _in_percent(share: float | None) -> str:
    return "an unknown share" if share is None else f"{100 * share:.0f} %"


def _beside_parent(rows: Rows, results: dict[str, Any]) -> str | None:
    if rows.main is None or rows.parent is None:
        return None
    if not any(other.checkpoint is not None and other.checkpoint.id == rows.parent.id for other in rows.others):
        return None
    parent = results["compared"][rows.parent.name]
    own, base = results["quality"]["real"]["none"]["mean"], parent["quality"]["real"]["none"]["mean"]
    parts = [] if own is None or base is None else [f"overall quality {own:.1f} against {base:.1f} of 100"]
    if results["truth"] is not None and parent["truth"] is not None:
        own, base = (grid["real"]["none"]["balanced_accuracy"] for grid in (results["truth"], parent["truth"]))
        if own is not None and base is not None:
            parts.append(f"balanced accuracy on defects against the scenes' truth {own:.2f} against {base:.2f}")
    if not parts:
        return None
    what = str(rows.parent.recipe.get("description") or "").rstrip(".")
    is_what = f" What “{rows.parent.name}” is: {what[:1].lower()}{what[1:]}." if what else ""
    return (
        f"The model “{rows.main.name}” beside “{rows.parent.name}”, which it was trained from "
        f"(real image, no context): {', '.join(parts)}.{is_what}"
    )


def _unmeasured(rows: Rows, results: dict[str, Any]) -> str | None:
    if not rows.accepted_questions:
        return "No question is accepted yet, so no model was asked."
    if not rows.evaluation_papers:
        return "No question belongs to an evaluation paper, so no model was measured."
    if not rows.scores:
        return "No answer is planned yet, so no model was measured."
    if not rows.judges:
        return "No answer is judged yet, so there are no scores."
    if rows.main is None:
        return "No trained model has answered: only baselines were measured."
    if not any(results[name]["real"]["none"]["n"] for name in ASSESSMENTS):
        return f"No answer of the model “{rows.main.name}” to a real image without context has a score."
    return None


def _intervals(rows: Rows) -> str | None:
    if not rows.scores or rows.evaluation_papers >= MINIMUM_CLUSTERS:
        return None
    return (
        f"The evaluation questions come from {count(rows.evaluation_papers, 'paper')}: "
        f"below {MINIMUM_CLUSTERS} papers no interval is given, and a difference between two means may be chance."
    )


def _against_baselines(results: dict[str, Any]) -> str | None:
    baselines = {name: other for name, other in results["compared"].items() if other["baseline"]}
    behind = []
    for assessment, words, digits in (("quality", "overall quality", 1), ("features", "feature identification", 2)):
        own = results[assessment]["real"]["none"]["mean"]
        means = {name: other[assessment]["real"]["none"]["mean"] for name, other in baselines.items()}
        known = {name: mean for name, mean in means.items() if mean is not None}
        best = max(sorted(known), key=lambda name: known[name], default=None)
        if own is not None and best is not None and own <= known[best]:
            behind.append(f"{words} {own:.{digits}f} (“{best}” {known[best]:.{digits}f})")
    defect = results["defect"]["real"]["none"]
    own, always = defect["accuracy"], defect["always_yes"]
    if own is not None and always is not None and own <= always:
        behind.append(f"defect accuracy {100 * own:.0f} % (always saying yes {100 * always:.0f} %)")
    if not behind:
        return None
    return (
        "With the real image and no context the model is not better than an answerer that sees no image: "
        f"{', '.join(behind)}."
    )


def _benchmark_sides(rows: Rows) -> set[str]:
    judge = rows.judges.get("defect")
    scored = [s for s in rows.scores if s.assessment == "defect" and s.judge == judge and s.state == "ok"]
    return {str(s.detail.get("benchmark_polarity")) for s in scored} & {"present", "absent"}


def _one_sided(rows: Rows, results: dict[str, Any]) -> str | None:
    sides = _benchmark_sides(rows)
    if len(sides) != 1:
        return None
    baseline = results["compared"].get("always-yes")
    reached = baseline["defect"]["real"]["none"]["accuracy"] if baseline else None
    if reached is None:
        reached = float(sides == {"present"})
    beginning = "No benchmark answer denies" if sides == {"present"} else "Every benchmark answer denies"
    word = "yes" if sides == {"present"} else "no"
    return f"{beginning} a defect, so accuracy rewards saying {word}: always-yes scores {100 * reached:.0f} %."


def _floor(results: dict[str, Any]) -> str | None:
    grids = [results["quality"]["real"], *(other["quality"]["real"] for other in results["compared"].values())]
    best = [
        max(means) for grid in grids if (means := [cell["mean"] for cell in grid.values() if cell["mean"] is not None])
    ]
    if len(best) < 2 or max(best) >= FLOOR:
        return None
    return (
        f"In overall quality each of the {len(best)} models lies at the floor of the judge's scale (the best mean with "
        f"the real image, at any level, is {max(best):.1f} of 100): the scale does not tell these models apart."
    )


def _judge(rows: Rows) -> str | None:
    if not rows.embedded_judge:
        return None
    return (
        "Scores are by the embedded judge, which uses no language model: it compares claims, numbers and words with "
        "the benchmark answer, is unfit for weighing long free text, and has not been calibrated against people here; "
        "its scale is not that of the published GPT-4 scores."
    )


def _reviewed(results: dict[str, Any]) -> str | None:
    share = results["reviewed_share"]
    if not share:
        return "No person has reviewed the panels: they were accepted by kind and confidence alone."
    return f"A person reviewed {100 * share:.0f} % of the accepted panels."


def _coverage(results: dict[str, Any]) -> str | None:
    low = []
    for name, words in zip(ASSESSMENTS, ("overall quality", "feature identification", "defects"), strict=True):
        shares = [cell["coverage"] for cell in results[name]["real"].values() if cell["coverage"] is not None]
        if shares and min(shares) < 1:
            low.append(f"{100 * min(shares):.1f} % for {words}")
    if not low:
        return None
    return (
        "Not every planned answer has a score: with the real image the coverage falls, at its lowest context level, "
        f"to {', '.join(low)}. What failed enters no mean."
    )


def _leaked(results: dict[str, Any]) -> str | None:
    leaked = results["panels"]["leaked"]
    if not leaked:
        return None
    return (
        f"{count(leaked, 'training panel')} {'was' if leaked == 1 else 'were'} left out of training, because "
        "evaluation papers hold the same picture, passage or work."
    )
