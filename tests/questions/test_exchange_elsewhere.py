"""Pairs from elsewhere: panels by their pixels, categories said once, and every refused line with its reason."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from glassllava import cli
from glassllava.errors import MissingExtra, UnreadableInput
from glassllava.questions.exchange import export, import_pairs
from glassllava.questions.exchange.forms import with_question_and_answer
from glassllava.records import Context
from glassllava.workspace import Workspace
from tests.conftest import noise_png
from tests.questions.exchanged import GENERATOR, ids, plant_pair, set_licence, with_panels

ANSWER = "It shows pores. They are round. None is open."


def llava(folder: Path, items: list[Any]) -> Path:
    (folder / "images").mkdir(parents=True)
    for number in range(3):
        (folder / "images" / f"{number}.png").write_bytes(noise_png(number))
    file = folder / "pairs.json"
    file.write_text(json.dumps(items), encoding="utf-8")
    return file


def turns(question: str = "What is seen?", answer: str = ANSWER) -> list[dict[str, str]]:
    return [{"from": "human", "value": f"<image>\n{question}"}, {"from": "gpt", "value": answer}]


def test_pairs_of_new_pictures_make_their_panels(workspace, tmp_path):
    items = [
        {"id": "a", "image": "images/0.png", "conversations": turns()},
        {"id": "b", "image": "images/0.png", "conversations": turns("How large are they?")},
        {"id": "c", "image": "images/1.png", "conversations": turns(), "category": "Morphology", "doi": "10.5555/x"},
    ]
    done = import_pairs(workspace, llava(tmp_path, items), category="General", technique="FE-SEM")
    assert (done.pairs, done.known, done.waiting, done.panels, done.failed) == (3, 0, 0, 2, [])
    found = workspace.questions()
    assert all(question.accepted and question.generator.startswith("import/") for question in found)
    assert {question.category for question in found} == {"General", "Morphology"}
    assert {question.synthetic for question in found} == {True, False}
    assert {panel.kind for panel in workspace.panels()} == {"sem"}


def test_images_may_lie_in_another_folder(workspace, tmp_path):
    file = llava(tmp_path / "set", [{"id": "a", "image": "0.png", "conversations": turns()}])
    assert import_pairs(workspace, file, category="General").failed
    done = import_pairs(workspace, file, images=tmp_path / "set" / "images", category="General", technique="SEM")
    assert (done.pairs, done.failed) == (1, [])


def test_a_second_import_adds_nothing_and_neither_does_the_same_pair_in_another_file(workspace, tmp_path):
    items = [{"id": "a", "image": "images/0.png", "conversations": turns()}]
    file = llava(tmp_path, items)
    import_pairs(workspace, file, category="General", technique="SEM")
    assert import_pairs(workspace, file, category="General").known == 1
    line = {"image": "images/0.png", "question": "What is seen?", "answer": ANSWER, "category": "General"}
    (tmp_path / "more.jsonl").write_text(json.dumps(line) + "\n")
    again = import_pairs(workspace, tmp_path / "more.jsonl")
    assert (again.pairs, again.known, again.panels) == (0, 1, 0)


def test_pictures_of_an_unknown_kind_wait_for_a_person(workspace, tmp_path):
    items = [{"id": "a", "image": "images/0.png", "conversations": turns()}]
    done = import_pairs(workspace, llava(tmp_path, items), category="General")
    assert (done.pairs, done.waiting) == (1, 1)
    workspace.review("panel", workspace.panels()[0].id, "ada", "accept")
    assert [question.accepted for question in workspace.questions()] == [True]


def test_every_line_that_cannot_be_used_is_named_with_its_reason(workspace, tmp_path):
    plain = {"image": "images/0.png", "question": "What is seen?", "answer": ANSWER, "category": "General"}
    llava(tmp_path, [])
    (tmp_path / "images" / "broken.png").write_bytes(noise_png(9)[:200])
    bad = {
        2: ({**plain, "question": "  "}, "field 'question' is empty"),
        3: ({**plain, "answer": None}, "no question with an answer"),
        4: ({**plain, "category": "Weather"}, "no category 'Weather' in glass-sem"),
        5: ({**plain, "subcategory": "complex"}, "General has no complex questions"),
        6: ({**plain, "category": None}, "--category"),
        7: ({**plain, "image": "images/none.png"}, "No such file"),
        8: ({**plain, "image": None}, "names no image"),
        9: ({**plain, "image": "images/broken.png"}, "the image cannot be read"),
        10: ({**plain, "split": "holdout"}, "field 'split'"),
        11: ({**plain, "doi": "10.5555/real", "image": "images/1.png"}, None),
        12: ({"image": "images/0.png", "conversations": [*turns(), *turns()]}, "holds 4 turns"),
        13: ([], "no JSON object"),
    }
    text = [json.dumps(plain)] + [json.dumps(line) for line, _ in bad.values()] + ["{not json"]
    (tmp_path / "pairs.jsonl").write_text("\n".join(text), encoding="utf-8")
    done = import_pairs(workspace, tmp_path / "pairs.jsonl", technique="SEM")
    told = dict(done.failed)
    for number, (_, reason) in bad.items():
        if reason is not None:
            assert reason in told.pop(f"pairs.jsonl line {number}")
    assert "no valid JSON" in told.pop("pairs.jsonl line 14")
    assert told == {}
    assert done.pairs == 2


def test_what_is_synthetic_is_never_taken_for_real_or_the_other_way_round(workspace, tmp_path):
    plain = {"question": "What is seen?", "answer": ANSWER, "category": "General", "title": "A paper"}
    lines = [
        {**plain, "image": "images/0.png", "synthetic": True},
        {**plain, "image": "images/1.png", "synthetic": False},
        {**plain, "image": "images/0.png", "question": "And here?", "synthetic": False},
    ]
    llava(tmp_path, [])
    (tmp_path / "pairs.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = import_pairs(workspace, tmp_path / "pairs.jsonl", technique="SEM")
    assert done.pairs == 1
    assert len(done.failed) == 2
    assert all("its paper is synthetic here" in reason for _, reason in done.failed)
    assert [paper.synthetic for paper in workspace.papers()] == [True]


@pytest.mark.parametrize("form", ["llava", "jsonl", "parquet"])
def test_an_export_fills_a_workspace_without_its_papers(workspace, tmp_path, form):
    here = with_panels(tmp_path / "here")
    a, b, _ = ids(here, "one.pdf")
    quote = {"quote": "smooth", "page": 1, "paragraph": 0, "start": 15, "end": 21}
    plant_pair(here, [a, b], evidence=[quote])
    plant_pair(here, ids(here, "two.pdf")[:1], category="General")
    export(here, tmp_path / "out", form, "all")
    here.close()
    done = import_pairs(workspace, tmp_path / "out")
    assert (done.pairs, done.waiting, done.panels, done.failed) == (2, 0, 3, [])
    one, two = sorted(workspace.questions(), key=lambda question: len(question.panel_ids), reverse=True)
    assert len(one.panel_ids) == 2
    assert one.evidence == (quote,)
    assert (one.split, two.split) == ("training", "evaluation")
    assert one.generator.startswith("import/")
    assert one.generator.endswith(GENERATOR)
    assert {paper.doi for paper in workspace.papers()} == {"10.5555/one", "10.5555/two"}
    assert all(paper.synthetic and paper.licence == "CC-BY-4.0" for paper in workspace.papers())
    export(workspace, tmp_path / "again", form, "all", public=True)
    card = (tmp_path / "again" / "README.md").read_text("utf-8")
    assert "| `import of planted-1` | 2 | From a file; checked for form, not by the gates. It names what wrote" in card


def test_a_line_that_was_changed_is_a_new_pair_beside_the_old_one(tmp_path):
    here = with_panels(tmp_path / "here")
    key = plant_pair(here, ids(here, "one.pdf")[:1])
    export(here, tmp_path / "out", "jsonl")
    file = tmp_path / "out" / "questions.jsonl"
    row = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(row | {"answer": ANSWER}), encoding="utf-8")
    done = import_pairs(here, file)
    assert (done.pairs, done.known) == (1, 0)
    new = next(question for question in here.questions() if question.id != key)
    assert (new.answer, new.panel_ids) == (ANSWER, tuple(ids(here, "one.pdf")[:1]))
    assert new.generator.startswith("import/")
    with here.reading() as session:
        assert session.query(Context).count() == 0
    here.close()


def test_llavas_own_three_fields_find_the_panel_that_the_workspace_holds(tmp_path):
    here = with_panels(tmp_path / "here")
    plant_pair(here, ids(here, "one.pdf")[:1])
    export(here, tmp_path / "out", "llava")
    file = tmp_path / "out" / "llava.json"
    rows = json.loads(file.read_text("utf-8"))
    bare = [{name: row[name] for name in ("id", "image", "conversations")} for row in rows]
    bare.append({**bare[0], "conversations": turns()})
    file.write_text(json.dumps(bare), encoding="utf-8")
    done = import_pairs(here, file, category="Morphology")
    assert (done.pairs, done.known, done.panels, done.waiting) == (1, 1, 0, 0)
    here.close()


def test_parquet_in_the_hubs_usual_columns_is_read(workspace, tmp_path):
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), (200, 10, 10)).save(buffer, "JPEG")
    message = [{"role": "user", "content": "What is seen?"}, {"role": "assistant", "content": ANSWER}]
    table = pa.table(
        {
            "image": [{"bytes": buffer.getvalue(), "path": "x.jpg"}, {"bytes": None, "path": "y.jpg"}],
            "messages": [message, message],
            "score": [1.0, 2.0],
        }
    )
    pq.write_table(table, tmp_path / "pairs.parquet")
    done = import_pairs(workspace, tmp_path / "pairs.parquet", category="General", technique="SEM")
    assert (done.pairs, done.panels) == (1, 1)
    assert done.failed == [("pairs.parquet row 2", "it holds no picture")]


def test_what_is_no_file_of_pairs_is_refused_in_a_sentence(workspace, tmp_path):
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "object.json").write_text("{}")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe{")
    (tmp_path / "pairs.csv").write_text("a,b")
    for name, reason in {
        "broken.parquet": "cannot be read as Parquet",
        "empty.jsonl": "holds no line",
        "object.json": "no JSON list",
        "bytes.jsonl": "not UTF-8",
        "pairs.csv": "neither .json",
        "absent.json": "no file of pairs",
    }.items():
        with pytest.raises(UnreadableInput, match=reason):
            import_pairs(workspace, tmp_path / name)
    with pytest.raises(UnreadableInput, match="no category 'Weather'"):
        import_pairs(workspace, tmp_path / "empty.jsonl", category="Weather")


def test_without_pyarrow_parquet_says_what_to_install(workspace, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"pip install 'glassllava\[parquet\]'"):
        export(workspace, tmp_path / "out", "parquet")
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(MissingExtra, match="pyarrow"):
        import_pairs(workspace, tmp_path / "a.parquet")


USER = {"role": "user", "content": "Q?"}
USER_IN_PARTS = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Q?"}]}
ASSISTANT = {"role": "assistant", "content": "A."}


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "Q?", "completion": "A."},
        {"prompt": [USER_IN_PARTS], "completion": [ASSISTANT]},
        {"messages": [{"role": "system", "content": "You see."}, USER, ASSISTANT]},
        {"conversations": [{"from": "human", "value": "Q?\n<image>"}, {"from": "gpt", "value": "A."}]},
    ],
)
def test_question_and_answer_are_found_in_the_forms_that_people_train_on(fields):
    assert with_question_and_answer(fields) == {"question": "Q?", "answer": "A."}


@pytest.mark.parametrize(
    "fields", [{}, {"messages": [ASSISTANT, USER]}, {"messages": ["Q?"]}, {"prompt": "Q?", "completion": [ASSISTANT]}]
)
def test_what_is_no_question_with_an_answer_is_refused(fields):
    with pytest.raises(UnreadableInput):
        with_question_and_answer(fields)


def test_the_commands_tell_what_they_did_and_what_failed(tmp_path, capsys):
    here = with_panels(tmp_path / "here")
    set_licence(here, None, "two")
    plant_pair(here, ids(here, "one.pdf")[:2])
    plant_pair(here, ids(here, "two.pdf")[:1])
    here.close()
    where = ["-w", str(tmp_path / "here")]
    arguments = ["questions", "export", str(tmp_path / "out"), "--format", "jsonl", "--split", "all", "--public"]
    assert cli.main([*arguments, "--json", *where]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pairs"], told["questions"], told["several_panels"], told["synthetic"]) == (2, 1, 1, 2)
    assert told["left_out"] == {"its licence is unknown": 1}
    with (tmp_path / "out" / "questions.jsonl").open("a") as file:
        file.write("{}\n")
    Workspace.create(tmp_path / "there").close()
    assert cli.main(["questions", "import", str(tmp_path / "out"), "-w", str(tmp_path / "there")]) == 3
    captured = capsys.readouterr()
    assert "1 pairs imported" in captured.out
    assert "questions.jsonl line 3: it has no question" in captured.err
