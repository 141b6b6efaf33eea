"""From scores to numbers: what enters a mean, and the mean, interval and coverage of every cell.

In: the scores of `rows`. Out: cells of plain JSON values, as `results.json` holds them. Only the state `ok` enters
a mean; what failed or is missing lowers the coverage; what is not applicable counts for neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from glassllava.records import CONDITIONS, LEVELS
from glassllava.report.rows import ASSESSMENTS, Rows
from glassllava.statistics import ClusteredMean, binary_scores, clustered_mean, paired_difference
from glassllava.workspace import ScoreView

DIGITS = 6
"""Decimals kept in `results.json`: enough for every use, and the same on every machine."""

Cell = dict[str, Any]

ENDS = {"quality": (0.0, 100.0), "features": (1.0, 4.0), "defect": (0.0, 1.0)}
"""Least and greatest value of each assessment, which no interval passes."""

_SAYS = {"present": True, "absent": False}


@dataclass(frozen=True, slots=True)
class Observation:
    """One assessment of one answer, or the lack of it."""

    model: str
    assessment: str
    condition: str
    level: str
    question_id: str
    sample: int
    paper_id: str
    category: str
    subcategory: str
    state: str
    value: float | None
    benchmark: str | None
    """Polarity of the benchmark answer, for the defect assessment."""
    answer: str | None
    """Polarity of the model's answer."""
    named: bool | None = None
    """Whether the question or its category names defects, for the defect assessment; None where no judge said."""


def observations(rows: Rows) -> list[Observation]:
    """Return one observation for each answer and each assessment that its question is given.

    A question is given the assessments that any answer to it was judged for; where no answer to it was judged at
    all, overall quality and feature identification, which every question has. An answer that failed, or was not
    judged, is there with its state. Where every judgement of a question says `not_applicable`, a failed answer to
    it is not applicable either: no answer could have counted.
    """
    by_answer: dict[str, list[ScoreView]] = defaultdict(list)
    for score in rows.scores:
        by_answer[score.answer_id].append(score)
    states: dict[tuple[str, str], set[str]] = defaultdict(set)
    names: dict[str, bool] = {}
    for score in rows.scores:
        if score.assessment is not None and rows.judges.get(score.assessment) == score.judge:
            states[score.question_id, score.assessment].add(score.state)
            if score.assessment == "defect" and "named" in score.detail:
                names[score.question_id] = bool(score.detail["named"])
    found = []
    for scores in by_answer.values():
        judged = {s.assessment: s for s in scores if s.assessment and rows.judges.get(s.assessment) == s.judge}
        question = scores[0].question_id
        given = [name for name in ASSESSMENTS if (question, name) in states] or ["quality", "features"]
        for assessment in given:
            named = names.get(question) if assessment == "defect" else None
            if assessment in judged:
                found.append(_observation(judged[assessment], assessment, judged[assessment].state, named))
            elif states[question, assessment] == {"not_applicable"}:
                found.append(_observation(scores[0], assessment, "not_applicable", named))
            else:
                failed = scores[0].state if scores[0].assessment is None else "unjudged"
                found.append(_observation(scores[0], assessment, failed, named))
    return sorted(found, key=lambda o: (o.model, o.assessment, o.condition, o.level, o.question_id, o.sample))


def _observation(score: ScoreView, assessment: str, state: str, named: bool | None) -> Observation:
    judged = score.assessment == assessment
    return Observation(
        model=score.model,
        assessment=assessment,
        condition=score.condition,
        level=score.level,
        question_id=score.question_id,
        sample=score.sample,
        paper_id=score.paper_id,
        category=score.category,
        subcategory=score.subcategory,
        state=state,
        value=score.value if judged and state == "ok" else None,
        benchmark=score.detail.get("benchmark_polarity") if judged else None,
        answer=score.detail.get("answer_polarity") if judged else None,
        named=named,
    )


def mean_cell(found: Sequence[Observation]) -> Cell:
    """Return `{mean, n, coverage, ci, papers, ci_absent}` of some observations of one assessment."""
    return _cell(_mean(found))


def _mean(found: Sequence[Observation]) -> ClusteredMean:
    ends = ENDS[found[0].assessment] if found else None
    return clustered_mean([o.value for o in found], [o.paper_id for o in found], [o.state for o in found], ends=ends)


def _cell(mean: ClusteredMean) -> Cell:
    return {
        "mean": rounded(mean.mean),
        "n": mean.n,
        "coverage": rounded(mean.coverage),
        "ci": interval_ends(mean.ci),
        "papers": mean.clusters,
        "ci_absent": mean.ci_absent,
    }


def defect_cell(found: Sequence[Observation]) -> Cell:
    """Return the defect figures of some observations.

    Accuracy, its interval, n and coverage are those of the correctness (1, 0) that judge or evaluator gave. The
    others need the benchmark's polarity too, which an answer that an evaluator scored against an undecided
    benchmark lacks; such answers are in the accuracy only. Where an evaluator's correctness contradicts the
    polarity that the judge read from the answer, the evaluator's holds.
    """
    correctness = _mean(found)
    decided = [o for o in found if o.state != "ok" or o.benchmark in _SAYS]
    truth = [_SAYS.get(o.benchmark or "") for o in decided]
    says = [_prediction(o, is_yes) for o, is_yes in zip(decided, truth, strict=True)]
    scores = binary_scores(truth, says, [o.paper_id for o in decided], [o.state for o in decided])
    return {
        "accuracy": rounded(correctness.mean),
        "balanced_accuracy": rounded(scores.balanced_accuracy),
        "mcc": rounded(scores.mcc),
        "sensitivity": rounded(scores.sensitivity),
        "specificity": rounded(scores.specificity),
        "n": correctness.n,
        "na": correctness.not_applicable,
        "coverage": rounded(correctness.coverage),
        "always_yes": rounded(scores.always_yes),
        "ci": interval_ends(correctness.ci),
        "papers": correctness.clusters,
        "ci_absent": correctness.ci_absent,
    }


def _prediction(observation: Observation, is_yes: bool | None) -> bool | None:
    if observation.state != "ok" or is_yes is None:
        return None
    if observation.value == 1:
        return is_yes
    return None if observation.answer == "undecided" else not is_yes


def assessment_grid(found: Iterable[Observation], assessment: str, categories: Sequence[str]) -> dict[str, Any]:
    """Return `{condition: {level: cell}}` of one model, each cell also by category and subcategory.

    Every condition and level is there, with null and n = 0 where nothing was measured; a category or subcategory
    is there where the grid asks for it. Defect cells are also parted by whether category or question name defects.
    """
    make = defect_cell if assessment == "defect" else mean_cell
    cells: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for observation in found:
        if observation.assessment == assessment:
            cells[observation.condition, observation.level].append(observation)
    return {
        condition: {level: _with_parts(cells[condition, level], make, categories) for level in LEVELS}
        for condition in CONDITIONS
    }


def _with_parts(
    found: Sequence[Observation], make: Callable[[Sequence[Observation]], Cell], categories: Sequence[str]
) -> Cell:
    cell = make(found)
    cell["by_subcategory"] = _by_subcategory(found, make)
    cell["by_category"] = {}
    for category in categories:
        inside = [o for o in found if o.category == category]
        if inside:
            cell["by_category"][category] = make(inside) | {"by_subcategory": _by_subcategory(inside, make)}
    named = {name: [o for o in found if o.named is says] for name, says in (("named", True), ("not_named", False))}
    if any(named.values()):
        cell["by_named"] = {name: make(part) for name, part in named.items() if part}
    return cell


def _by_subcategory(found: Sequence[Observation], make: Callable[[Sequence[Observation]], Cell]) -> dict[str, Cell]:
    parts = {name: [o for o in found if o.subcategory == name] for name in ("simple", "complex")}
    return {name: make(part) for name, part in parts.items() if part}


def visual_gain(found: Iterable[Observation]) -> dict[str, Any]:
    """Return `{assessment: {level: cell}}`: real minus blank image, paired by question and sample.

    Each cell is `{mean, ci, n, papers, coverage, ci_absent, real, control}` with the same against another paper's
    image under `other_paper`. `n` counts pairs whose answers were both scored; `real` and `control` are the means
    over those pairs.
    """
    by_key = {(o.assessment, o.condition, o.level, o.question_id, o.sample): o for o in found}
    real: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for o in by_key.values():
        if o.condition == "real":
            real[o.assessment, o.level].append(o)
    gains: dict[str, Any] = {}
    for assessment in ASSESSMENTS:
        gains[assessment] = {}
        for level in LEVELS:
            cells = {}
            for control in ("blank", "other_paper"):
                pairs = [
                    (o, by_key[assessment, control, level, o.question_id, o.sample])
                    for o in real[assessment, level]
                    if (assessment, control, level, o.question_id, o.sample) in by_key
                ]
                cells[control] = gain_cell(pairs)
            gains[assessment][level] = cells["blank"] | {"other_paper": cells["other_paper"]}
    return gains


def gain_cell(pairs: Sequence[tuple[Observation, Observation]], names: tuple[str, str] = ("real", "control")) -> Cell:
    """Return the mean difference, first minus second, as a cell, with the mean of either side under `names`."""
    gain = paired_difference(
        [first.value for first, _ in pairs],
        [second.value for _, second in pairs],
        [first.paper_id for first, _ in pairs],
        [first.state for first, _ in pairs],
        [second.state for _, second in pairs],
    )
    return _cell(gain.difference) | {names[0]: rounded(gain.real), names[1]: rounded(gain.control)}


def rounded(value: float | None) -> float | None:
    """Return the value with `DIGITS` decimals; None stays None."""
    return None if value is None else round(value, DIGITS) + 0.0


def interval_ends(ci: tuple[float, float] | None) -> list[float] | None:
    """Return both ends of an interval with `DIGITS` decimals; None stays None."""
    return None if ci is None else [round(ci[0], DIGITS) + 0.0, round(ci[1], DIGITS) + 0.0]
