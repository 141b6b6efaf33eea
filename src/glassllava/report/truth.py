"""Synthetic papers only: answers held against the scene that the image truly shows.

In: the scores' answers and the scenes of `rows`. Out: cells of plain JSON values, as `results.json` holds them under
`truth`. The judge has no part in it: what an answer says is read from its own text, by written rules, and the truth is
what was drawn, not what a paper says of it.

The rules
---------
1. The truth is that of the first panel of the question, whose image is the one shown. With a blank image or one of
   another paper it stays that of the question's own panel: only who sees the image can know it. A question whose panel
   has no recorded scene is not measured.
2. **Defects**: answers to questions of a category that asks whether there are any (its name names defects). Others
   that speak of one ("what do the pores look like?") take it for granted, and so give the truth away. The scene's
   `defect` is the truth (an artefact such as charging is none), the answer's polarity (`glassllava.text.polarity`)
   what it says. An undecided answer is wrong on either side, never left out.
3. **Structure**: answers to questions of the categories in `STRUCTURE_CATEGORIES` whose own words name no structure of
   any family in the corpus. Right where the first structure that the answer names is one of the scene's family; an
   answer that names none is wrong. Negation is not weighed. A family without names is not measured.
4. An answer enters where its state is `ok`, judged or not; a failure lowers the coverage and enters no number.
5. With added context the words asked may give away what is shown; the figures without context are the ones to trust.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glassllava.records import CONDITIONS, LEVELS
from glassllava.report.measures import Cell, interval_ends, rounded
from glassllava.report.rows import Rows
from glassllava.statistics import ClusteredMean, binary_scores, clustered_mean
from glassllava.text.polarity import polarity
from glassllava.text.terms import find_terms, names_first
from glassllava.workspace import QuestionView, ScoreView

STRUCTURE_CATEGORIES = ("General", "Microstructure", "Morphology")
"""Categories whose questions ask what is shown."""

_SAYS = {"present": True, "absent": False, "undecided": None}


@dataclass(frozen=True, slots=True)
class Held:
    """One answer held against the scene of its question's first panel."""

    model: str
    condition: str
    level: str
    paper_id: str
    state: str
    family: str
    known: bool
    """Whether the base model was trained on the family."""
    asks_defect: bool
    defect: bool
    """Whether the scene has a defect."""
    says_defect: bool | None
    """What the answer says; None where it is undecided or failed."""
    asks_structure: bool
    right_structure: bool
    """Whether the first structure that the answer names is the scene's; False where it failed."""


def hold_against_truth(rows: Rows) -> list[Held]:
    """Return every answer to a question that asks for defects or structure of a panel whose scene is known."""
    names: dict[str, set[str]] = defaultdict(set)
    for known_scene in rows.truths.values():
        names[known_scene.family].update(known_scene.names)
    terms = {family: tuple(sorted(words)) for family, words in sorted(names.items())}
    every = tuple(sorted({term for words in terms.values() for term in words}))
    questions = {question.id: question for question in rows.questions}
    held = []
    for score, state in _answers(rows.scores):
        question = questions[score.question_id]
        scene = rows.truths.get(question.panel_ids[0])
        if scene is None:
            continue
        about_defects = bool(find_terms(question.category, rows.domain.defects))
        about_structure = _asks_structure(question, every) and bool(terms[scene.family])
        if not about_defects and not about_structure:
            continue
        said = score.text or "" if state == "ok" else ""
        held.append(
            Held(
                model=score.model,
                condition=score.condition,
                level=score.level,
                paper_id=score.paper_id,
                state=state,
                family=scene.family,
                known=scene.known,
                asks_defect=about_defects,
                defect=scene.defect is not None,
                says_defect=_SAYS[polarity(said, rows.domain.defects)] if about_defects else None,
                asks_structure=about_structure,
                right_structure=about_structure and names_first(said, terms[scene.family], every),
            )
        )
    return held


def _answers(scores: Iterable[ScoreView]) -> list[tuple[ScoreView, str]]:
    """Return each answer once with its own state, whatever its judgements came to, in order of id."""
    states: dict[str, tuple[ScoreView, str]] = {}
    for score in scores:
        own = "ok" if score.assessment is not None or score.state == "unjudged" else score.state
        # A failed answer has a row of its own beside those of any judgement that an earlier filling left.
        if own != "ok" or score.answer_id not in states:
            states[score.answer_id] = score, own
    return [states[key] for key in sorted(states)]


def _asks_structure(question: QuestionView, every: Sequence[str]) -> bool:
    return question.category in STRUCTURE_CATEGORIES and not find_terms(question.question, every)


def truth_grid(held: Iterable[Held]) -> dict[str, Any]:
    """Return `{condition: {level: cell}}` of one model; see `truth_cell`. Every condition and level is there."""
    cells: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for answer in held:
        cells[answer.condition, answer.level].append(answer)
    return {condition: {level: truth_cell(cells[condition, level]) for level in LEVELS} for condition in CONDITIONS}


def truth_cell(held: Sequence[Held]) -> Cell:
    """Return the defect figures of some answers, their `structure`, and both again `by_known`.

    The defect figures are `{accuracy, balanced_accuracy, mcc, sensitivity, specificity, n, coverage, always_yes, ci,
    papers, ci_absent, balanced_ci, balanced_ci_absent}`, of which `ci` belongs to the accuracy and `balanced_ci` to
    the balanced accuracy. `structure` is `{accuracy, n, coverage, ci, papers, ci_absent}`.
    """
    parts = {"known": [a for a in held if a.known], "unknown": [a for a in held if not a.known]}
    return _figures(held) | {"by_known": {name: _figures(part) for name, part in parts.items()}}


def _figures(held: Sequence[Held]) -> Cell:
    return _defects([a for a in held if a.asks_defect]) | {
        "structure": _structure([a for a in held if a.asks_structure])
    }


def _defects(held: Sequence[Held]) -> Cell:
    papers, states = [a.paper_id for a in held], [a.state for a in held]
    scores = binary_scores([a.defect for a in held], [a.says_defect for a in held], papers, states)
    balanced = _balanced(held, {True: scores.sensitivity, False: scores.specificity})
    return {
        "accuracy": rounded(scores.accuracy),
        "balanced_accuracy": rounded(scores.balanced_accuracy),
        "mcc": rounded(scores.mcc),
        "sensitivity": rounded(scores.sensitivity),
        "specificity": rounded(scores.specificity),
        "n": scores.n,
        "coverage": rounded(scores.coverage),
        "always_yes": rounded(scores.always_yes),
        "ci": interval_ends(scores.accuracy_ci),
        "papers": scores.clusters,
        "ci_absent": scores.ci_absent,
        "balanced_ci": interval_ends(balanced.ci) if balanced else None,
        "balanced_ci_absent": balanced.ci_absent if balanced else "only one side in the truth",
    }


def _balanced(held: Sequence[Held], rates: Mapping[bool, float | None]) -> ClusteredMean | None:
    """Return the balanced accuracy as a mean with its clustered interval; None where one side has no answer.

    Each answer stands for its influence on the figure (the linearisation of a mean of two ratios): with n answers, m
    of them of the answer's own side, and that side's rate r, ``b + n/(2m) · (right − r)``. The mean of these is the
    balanced accuracy b itself, and what they vary by is what b varies by.
    """
    entered = [a for a in held if a.state == "ok"]
    yes, no = rates[True], rates[False]
    if yes is None or no is None:
        return None
    size = {side: sum(a.defect is side for a in entered) for side in (True, False)}
    rate = {True: yes, False: no}
    middle = (yes + no) / 2
    influence = [
        middle + len(entered) / (2 * size[a.defect]) * (float(a.says_defect is a.defect) - rate[a.defect])
        for a in entered
    ]
    return clustered_mean(influence, [a.paper_id for a in entered], ends=(0, 1))


def _structure(held: Sequence[Held]) -> Cell:
    right = [float(a.right_structure) for a in held]
    mean = clustered_mean(right, [a.paper_id for a in held], [a.state for a in held], ends=(0, 1))
    return {
        "accuracy": rounded(mean.mean),
        "n": mean.n,
        "coverage": rounded(mean.coverage),
        "ci": interval_ends(mean.ci),
        "papers": mean.clusters,
        "ci_absent": mean.ci_absent,
    }


def truth_by_family(held: Iterable[Held]) -> dict[str, Any]:
    """Return `{family: {known, n, papers, defect_n, defect_accuracy, structure_n, structure_accuracy}}`, by name.

    Of one model with the real image and no context; `n` counts the answers that entered either figure.
    """
    families: dict[str, list[Held]] = defaultdict(list)
    for answer in held:
        if (answer.condition, answer.level) == ("real", "none"):
            families[answer.family].append(answer)
    return {family: _family(families[family]) for family in sorted(families)}


def _family(held: Sequence[Held]) -> Cell:
    entered = [a for a in held if a.state == "ok"]
    figures = _figures(held)
    return {
        "known": held[0].known,
        "n": len(entered),
        "papers": len({a.paper_id for a in entered}),
        "defect_n": figures["n"],
        "defect_accuracy": figures["accuracy"],
        "structure_n": figures["structure"]["n"],
        "structure_accuracy": figures["structure"]["accuracy"],
    }
