import json

import pytest

from glassllava import questions
from glassllava.errors import WorkspaceError
from glassllava.records import Context, Mention, Paper


@pytest.fixture
def workspace(one_paper):
    return one_paper


def test_pairs_are_made_and_kept(workspace):
    figures = questions.generate(workspace)
    assert (figures.papers, figures.known) == (1, 0)
    assert figures.accepted >= 6
    stored = workspace.questions()
    assert sum(question.accepted for question in stored) == figures.accepted
    assert {name for question in stored for name in question.panels} == {"Figure 2a", "Figure 2b"}
    assert all(item["quote"] for question in stored for item in question.evidence)


def test_a_second_run_does_nothing_again(workspace):
    questions.generate(workspace)
    before = [question.model_dump() for question in workspace.questions()]
    again = questions.generate(workspace)
    assert (again.papers, again.known, again.made) == (0, 1, 0)
    assert [question.model_dump() for question in workspace.questions()] == before


def test_a_person_who_mends_a_caption_makes_its_pairs_stale_and_new_ones_follow(workspace):
    questions.generate(workspace)
    caption = "SEM images of the lithium disilicate glass-ceramic. (b) Fracture surface after firing at 850 °C."
    workspace.review("panel", "p1-2b", "oracle", "change", changes={"caption": caption})
    assert any(question.stale for question in workspace.questions())
    figures = questions.generate(workspace)
    assert figures.papers == 1
    fresh = [q for q in workspace.questions() if q.accepted and "p1-2b" in q.panel_ids]
    assert any("fracture surface" in question.answer for question in fresh)


def test_a_rejected_panel_gets_no_pairs(workspace):
    workspace.review("panel", "p1-2a", "oracle", "reject")
    questions.generate(workspace)
    assert {name for question in workspace.questions() for name in question.panels} == {"Figure 2b"}


def test_ladders_are_made_for_the_simple_evaluation_questions_and_nested(workspace):
    questions.generate(workspace)
    figures = questions.contexts(workspace)
    simple = [q for q in workspace.questions() if q.accepted and q.subcategory == "simple"]
    assert figures.questions == len(simple)
    with workspace.reading() as session:
        rungs = session.query(Context).all()
        assert rungs
        for rung in rungs:
            assert len(rung.attributes) == {"basic": 1, "moderate": 2, "high": 3}[rung.level]
            lower = [r for r in rungs if r.question_id == rung.question_id and len(r.attributes) < len(rung.attributes)]
            assert all(r.attributes == rung.attributes[: len(r.attributes)] for r in lower)
    assert questions.contexts(workspace).made == 0


def test_training_questions_get_no_ladder(workspace):
    with workspace.writing() as session:
        session.get(Paper, "p1").split = "training"
    questions.generate(workspace)
    assert questions.contexts(workspace).questions == 0


def test_the_export_in_llava_form_has_one_row_for_each_pair_and_panel(workspace, tmp_path):
    questions.generate(workspace)
    figures = questions.export(workspace, tmp_path / "out", "llava", "all")
    rows = json.loads((tmp_path / "out" / "llava.json").read_text(encoding="utf-8"))
    assert len(rows) == figures.pairs == sum(len(q.panel_ids) for q in workspace.questions() if q.accepted)
    for row in rows:
        human, model = row["conversations"]
        assert human["from"] == "human"
        assert human["value"].startswith("<image>\n")
        assert model["from"] == "gpt"
        assert (tmp_path / "out" / row["image"]).is_file()
    assert len({row["id"] for row in rows}) == len(rows)


def test_the_export_in_lines_holds_evidence_and_contexts(workspace, tmp_path):
    questions.generate(workspace)
    questions.contexts(workspace)
    questions.export(workspace, tmp_path / "out", "jsonl", "all")
    rows = [json.loads(line) for line in (tmp_path / "out" / "questions.jsonl").read_text("utf-8").splitlines()]
    assert all(row["evidence"] for row in rows)
    assert any(row["contexts"] for row in rows)


def test_an_export_never_writes_over_other_files(workspace, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="holds other files"):
        questions.export(workspace, tmp_path / "out")
    with pytest.raises(WorkspaceError, match="llava, jsonl or parquet"):
        questions.export(workspace, tmp_path / "new", "csv")


def test_only_the_training_side_is_exported_unless_asked_otherwise(workspace, tmp_path):
    questions.generate(workspace)
    with pytest.raises(WorkspaceError, match="corpus split"):
        questions.export(workspace, tmp_path / "unsplit")
    with workspace.writing() as session:
        session.query(Paper).update({"split": "evaluation"})
    with pytest.raises(WorkspaceError, match="split 'training'"):
        questions.export(workspace, tmp_path / "held-back")
    assert questions.export(workspace, tmp_path / "evaluation", "llava", "evaluation").pairs > 0
    with pytest.raises(WorkspaceError, match="no split 'test'"):
        questions.export(workspace, tmp_path / "other", "llava", "test")


def test_a_sentence_about_a_supplementary_figure_is_not_told_of_the_figure_of_the_same_number(workspace):
    with workspace.writing() as session:
        mention = session.get(Mention, "mb")
        mention.supplementary = True
    questions.generate(workspace)
    told = [q.answer for q in workspace.questions() if q.panels == ("Figure 2b",)]
    assert not any("interlocked laths of lithium" in answer for answer in told)


def test_pairs_of_an_older_text_give_way_and_come_back_with_it(workspace):
    questions.generate(workspace)
    first = {question.id for question in workspace.questions() if question.accepted}
    with workspace.writing() as session:
        paper = session.query(Paper).one()
        before = paper.paragraphs
        paper.paragraphs = [*before, {"page": 9, "section": "Notes", "role": "body", "text": "A new last line."}]
    questions.generate(workspace)
    second = {question.id for question in workspace.questions() if question.accepted}
    assert second
    assert not first & second
    assert {question.id for question in workspace.questions() if question.stale} >= first
    with workspace.writing() as session:
        session.query(Paper).one().paragraphs = before
    questions.generate(workspace)
    assert {question.id for question in workspace.questions() if question.accepted} == first
