"""Judging: every answer that has no judgement yet is given its assessments.

In: `ok` answers of questions that stand unchanged and accepted, and a judge. Out: `Judgement` rows, all answers of
one question in one transaction. Answers that failed get none: a failure is a state, not a low score.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from glassllava.domains import Domain, load_domain
from glassllava.errors import GlassllavaError
from glassllava.evaluation.defect import has_defect_assessment
from glassllava.evaluation.embedded_judge import EmbeddedJudge
from glassllava.evaluation.judging import ASSESSMENTS, STATES, Assessment, Case, Judge, Verdict
from glassllava.records import Answer, Judgement
from glassllava.workspace import QuestionView, Workspace, identity

_Cell = tuple[str, Assessment, Case]
"""Judgement's id, its assessment and its case."""


class UnknownJudge(GlassllavaError):
    """A judge that is not known by that name."""


def judge(workspace: Workspace, judge: str = "embedded") -> dict[str, object]:
    """Judge all answers that the named judge has not judged yet.

    Parameters
    ----------
    workspace
        Holds the answers.
    judge
        `embedded` is the judge without a language model.

    Returns
    -------
    dict
        `asked` (judgements made now), `stored` (made before), `states` (of all of them, by state), `judge` (name
        with version) and `limits` (where it is unfit).

    Raises
    ------
    UnknownJudge
        There is no judge of that name.
    MissingExtra
        The extra `offline` is not installed.
    """
    domain = load_domain(workspace.settings.domain)
    return judge_with(workspace, _named(judge, domain), domain)


def judge_with(workspace: Workspace, judge: Judge, domain: Domain) -> dict[str, object]:
    """Judge all answers that `judge` has not judged yet; see `judge`."""
    questions = {view.id: view for view in workspace.questions() if view.accepted}
    answers, states = _standing(workspace, questions, judge.name)
    asked, stored = 0, len(states)
    work = []
    for question, group in answers.items():
        cells = [cell for answer in group for cell in _cells(answer, questions[question], judge.name, domain)]
        missing = [(answer_id, cell) for answer_id, cell in cells if cell[0] not in states]
        if missing:
            work.append((questions[question], missing))
    with workspace.run("judge", len(work)) as progress:
        for view, missing in work:
            verdicts = judge.judge([case for _, (_, _, case) in missing])
            _store(workspace, judge.name, missing, verdicts)
            asked += len(missing)
            states.update({key: verdict.state for (_, (key, _, _)), verdict in zip(missing, verdicts, strict=True)})
            progress.advance(f"{view.file}: {view.question}")
        counts = Counter(states.values())
        figures: dict[str, object] = {
            "asked": asked,
            "stored": stored,
            "states": {state: counts[state] for state in STATES},
            "judge": judge.name,
            "limits": list(judge.limits),
        }
        progress.figures = figures
    return figures


def _named(name: str, domain: Domain) -> Judge:
    if name != "embedded":
        raise UnknownJudge(f"There is no judge '{name}'; use 'embedded', the judge without a language model.")
    return EmbeddedJudge(domain)


def _standing(
    workspace: Workspace, questions: Mapping[str, QuestionView], judge: str
) -> tuple[dict[str, list[Answer]], dict[str, str]]:
    """Return the `ok` answers of each question as it stands, and the state of each judgement that they have."""
    with workspace.reading() as session:
        standing_rows = Answer.superseded.is_(False), Answer.state == "ok"
        found = session.scalars(select(Answer).where(*standing_rows).order_by(Answer.question_id, Answer.id))
        answers: dict[str, list[Answer]] = defaultdict(list)
        for answer in found:
            question = questions.get(answer.question_id)
            if question is not None and question.fingerprint == answer.made_from:
                answers[question.id].append(answer)
        standing = {answer.id for group in answers.values() for answer in group}
        judged = session.execute(
            select(Judgement.id, Judgement.answer_id, Judgement.state).where(Judgement.judge == judge)
        )
        return answers, {key: state for key, answer_id, state in judged if answer_id in standing}


def _cells(answer: Answer, question: QuestionView, judge: str, domain: Domain) -> list[tuple[str, _Cell]]:
    """Return the judgements that an answer should have, each with the answer's id."""
    response = answer.text or ""
    cells: list[tuple[str, _Cell]] = []
    about_defects = has_defect_assessment(question.category, question.answer, domain)
    for assessment in ASSESSMENTS:
        if assessment == "defect" and not about_defects:
            continue
        case = Case(assessment, question.question, question.answer, response, question.category)
        cells.append((answer.id, (identity("judgement", answer.id, response, assessment, judge), assessment, case)))
    return cells


def _store(workspace: Workspace, judge: str, cells: Sequence[tuple[str, _Cell]], verdicts: Sequence[Verdict]) -> None:
    with workspace.writing() as session:
        for (answer_id, (key, assessment, _)), verdict in zip(cells, verdicts, strict=True):
            session.merge(
                Judgement(
                    id=key,
                    answer_id=answer_id,
                    assessment=assessment,
                    judge=judge,
                    state=verdict.state,
                    value=verdict.value,
                    detail=verdict.detail,
                    reason=verdict.reason,
                )
            )
