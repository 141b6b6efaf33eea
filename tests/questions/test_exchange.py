"""What goes out comes in again as it was, in every form, whatever the words; a kill leaves nothing or all."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassllava.domains import load_domain
from glassllava.errors import WorkspaceError
from glassllava.questions.exchange import export, import_pairs, parquet
from glassllava.questions.exchange.forms import with_question_and_answer
from glassllava.questions.exchange.rows import Row
from glassllava.records import Context, Question
from glassllava.workspace import Workspace, identity
from tests.conftest import ROOT
from tests.questions.exchanged import forget_pairs, ids, kept, plant_pair, with_panels

FORMS = ("llava", "jsonl", "parquet")

QUOTE = {"quote": "a smooth “surface”, µm", "page": 3, "paragraph": 7, "start": 4, "end": 26}


@pytest.fixture
def here(tmp_path):
    made = with_panels(tmp_path / "here")
    yield made
    made.close()


@pytest.fixture
def there(tmp_path):
    made = with_panels(tmp_path / "there")
    yield made
    made.close()


def plant_all_sorts(here: Workspace) -> None:
    """One panel, several; with a context; mended, refused and taken back by a person; and one that stays refused."""
    a, b, c = ids(here, "one.pdf")
    first = plant_pair(here, [a], evidence=[QUOTE])
    plant_pair(here, [c, a], "What differs\nin them? <image>", 'One is "smooth", one is \\ rough.', needs_image=False)
    mended = plant_pair(here, [b], "Is it broke?", "It are broken.", evidence=[{**QUOTE, "paragraph": None}])
    refused = plant_pair(here, [b], "Why?", "Because of pores.", state="rejected", gate="sentences", reason="too few")
    plant_pair(here, [a], "Never?", "Not accepted.", state="rejected", gate="leak", reason="told")
    plant_pair(here, ids(here, "two.pdf")[:1], "Σ→∞ 数 😀?", "ﬁ é é", category="General")
    here.review("question", mended, "ada", "change", changes={"question": "Is it broken?", "needs_image": False})
    here.review("question", mended, "ada", "accept", changes={"answer": "It is broken."}, comment="so", seconds=2.5)
    here.review("question", refused, "bo", "accept")
    fingerprint = next(q.fingerprint for q in here.questions() if q.id == first)
    attribute = {"type": "other", "value": "5 kV", "quote": "at 5 kV", "page": 2}
    with here.writing() as session:
        key = identity("context", first, fingerprint, "basic", "At 5 kV: smooth?")
        session.add(
            Context(
                id=key, question_id=first, level="basic", text="At 5 kV: smooth?", attributes=[attribute],
                made_from=fingerprint,
            )
        )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_goes_out_comes_in_again_as_it_was(here, there, tmp_path, form):
    plant_all_sorts(here)
    told = export(here, tmp_path / "out", form, "all")
    assert (told.questions, told.pairs, told.several_panels, told.images) == (5, 6, 1, 4)
    done = import_pairs(there, tmp_path / "out")
    assert (done.pairs, done.known, done.waiting, done.panels, done.failed) == (5, 0, 0, 0, [])
    assert kept(there) == kept(here)
    again = import_pairs(there, tmp_path / "out")
    assert (again.pairs, again.known, again.failed) == (0, 5, [])
    assert kept(there) == kept(here)


@pytest.mark.parametrize("form", FORMS)
def test_every_row_says_whether_it_is_synthetic(here, tmp_path, form):
    plant_all_sorts(here)
    export(here, tmp_path / "out", form, "all")
    if form == "parquet":
        files = sorted((tmp_path / "out" / "data").glob("*.parquet"))
        assert [file.name for file in files] == ["test.parquet", "train.parquet"]
        rows = [row for file in files for row in parquet.look(parquet.Asked(str(file), 0))]
    elif form == "llava":
        rows = json.loads((tmp_path / "out" / "llava.json").read_text("utf-8"))
    else:
        rows = [json.loads(line) for line in (tmp_path / "out" / "questions.jsonl").read_text("utf-8").splitlines()]
    assert [row["synthetic"] for row in rows] == [True] * 6
    assert {row["split"] for row in rows} == {"training", "evaluation"}


def test_pairs_whose_panel_has_changed_wait_until_it_is_as_it_was(here, there, tmp_path):
    panel = ids(here, "one.pdf")[0]
    key = plant_pair(here, [panel])
    export(here, tmp_path / "out", "jsonl")
    there.review("panel", panel, "ada", "change", changes={"caption": "Another."})
    assert import_pairs(there, tmp_path / "out").waiting == 1
    there.review("panel", panel, "ada", "change", changes={"caption": "(a) A polished surface."})
    assert [question.accepted for question in there.questions() if question.id == key] == [True]


def test_a_pair_that_is_there_keeps_what_people_decided_here(here, there, tmp_path):
    key = plant_pair(here, ids(here, "one.pdf")[:1])
    here.review("question", key, "ada", "accept")
    export(here, tmp_path / "out", "jsonl")
    import_pairs(there, tmp_path / "out")
    there.review("question", key, "bo", "reject")
    assert import_pairs(there, tmp_path / "out").known == 1
    assert [question.review for question in there.questions()] == ["rejected"]


WORDS = st.text(max_size=40).map(lambda text: f"{text}?").filter(str.strip) | st.sampled_from(
    ['<image>\n"x"', "a\r\nb\u2028c", "\\n", "<image>", "{{x}}", "مرحبا", "e\u0301"]
)
CATEGORIES = [(c.name, s) for c in load_domain("glass-sem").categories for s in c.subcategories]


@st.composite
def pairs(draw: st.DrawFn) -> dict[str, Any]:
    category, subcategory = draw(st.sampled_from(CATEGORIES))
    small = st.none() | st.integers(0, 2**31 - 1)
    quotes = st.fixed_dictionaries({"quote": WORDS, "page": small, "paragraph": small, "start": small, "end": small})
    return {
        "panels": draw(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=3, unique=True)),
        "question": draw(WORDS),
        "answer": draw(WORDS),
        "category": category,
        "subcategory": subcategory,
        "needs_image": draw(st.booleans()),
        "evidence": draw(st.lists(quotes, max_size=2)),
        "mended": draw(st.none() | WORDS),
    }


@pytest.mark.parametrize("form", ["llava", "jsonl"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(pairs(), min_size=1, max_size=4, unique_by=lambda p: (p["question"], p["answer"])))
def test_any_words_come_in_again_as_they_went_out(here, there, tmp_path_factory, form, made):
    for workspace in (here, there):
        forget_pairs(workspace)
    panels = ids(here, "one.pdf")
    for pair in made:
        fields = {name: value for name, value in pair.items() if name not in {"panels", "mended"}}
        key = plant_pair(here, [panels[at] for at in pair["panels"]], **fields)
        if pair["mended"] is not None:
            here.review("question", key, "ada", "accept", changes={"answer": pair["mended"]})
    out = tmp_path_factory.mktemp("out")
    export(here, out, form)
    done = import_pairs(there, out)
    assert (done.failed, done.pairs) == ([], len(made))
    assert kept(there) == kept(here)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(pairs(), min_size=1, max_size=4))
def test_any_words_are_read_from_parquet_as_they_were_written(tmp_path_factory, made):
    rows = [
        Row(
            **{name: value for name, value in pair.items() if name not in {"panels", "mended"}},
            id=str(number),
            panel_ids=[str(at) for at in pair["panels"]],
            as_generated={"answer": pair["mended"]},
            split="training",
        )
        for number, pair in enumerate(made)
    ]
    rows = [row.model_copy(update={"checksum": row.of_the_pair()}) for row in rows]
    out = tmp_path_factory.mktemp("out")
    parquet.write(out, rows, lambda row: b"image of " + row.id.encode())
    found = parquet.look(parquet.Asked(str(out / "data" / "train.parquet"), 0))
    read = [
        Row(**with_question_and_answer({name: value for name, value in fields.items() if value is not None}))
        for fields in found
    ]
    assert all(row.unchanged for row in read)
    assert read == rows


def test_a_picture_that_rows_share_is_written_once_and_row_groups_stay_small(tmp_path, monkeypatch):
    import os

    monkeypatch.setattr(parquet, "GROUP_BYTES", 100_000)
    picture = os.urandom(20_000)
    rows = [Row(id=str(n), question="q?", answer="a.", split="evaluation") for n in range(50)]
    parquet.write(tmp_path, rows, lambda row: picture)
    file = tmp_path / "data" / "test.parquet"
    assert parquet.look(parquet.Asked(str(file))) == 10
    assert file.stat().st_size < 15 * len(picture)


def test_an_export_that_fails_leaves_nothing(here, tmp_path):
    plant_pair(here, ids(here, "one.pdf")[:1])
    plant_pair(here, ids(here, "one.pdf")[1:2])
    image = here.panels()[1].image
    here.images.path(image).unlink()
    for form in FORMS:
        with pytest.raises(WorkspaceError, match="is missing from the workspace"):
            export(here, tmp_path / "out", form)
        assert not (tmp_path / "out").exists()


def test_what_a_killed_export_left_is_written_anew_and_other_files_are_never_removed(here, tmp_path):
    plant_pair(here, ids(here, "one.pdf")[:1])
    out = tmp_path / "out"
    (out / ".unfinished").mkdir(parents=True)
    (out / "README.md").write_text("half")
    (out / "mine.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="holds other files"):
        export(here, out, "jsonl")
    (out / "mine.txt").unlink()
    export(here, out, "jsonl")
    assert sorted(entry.name for entry in out.iterdir()) == ["README.md", "images", "questions.jsonl"]
    assert (out / "README.md").read_text("utf-8") != "half"


CHILD = """
import sys
from glassllava.questions.exchange import export, import_pairs
from glassllava.workspace import Workspace
here = Workspace(sys.argv[2])
print("now", flush=True)
export(here, sys.argv[3], sys.argv[4]) if sys.argv[1] == "out" else import_pairs(here, sys.argv[3])
"""


def killed_after(seconds: float, *arguments: object) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    child.communicate()


def test_a_kill_leaves_no_half_export_and_no_half_import(here, there, tmp_path):
    panels = ids(here, "one.pdf")
    for number in range(400):
        plant_pair(here, [panels[number % 3]], f"Is number {number} smooth?")
    whole = {"llava": "llava.json", "parquet": "data"}
    for form, name in whole.items():
        for moment in (0.02, 0.1, 0.2):
            out = tmp_path / form
            killed_after(moment, "out", here.path, out, form)
            if (out / name).exists():
                assert len(list(out.iterdir())) >= 2
                break
            assert not out.exists() or [entry.name for entry in out.iterdir() if entry.name == name] == []
        else:
            export(here, out, form)
    for moment in (0.05, 0.2, 0.35):
        killed_after(moment, "in", there.path, tmp_path / "llava")
        with there.reading() as session:
            assert session.query(Question).count() in (0, 400)
    import_pairs(there, tmp_path / "llava")
    assert kept(there) == kept(here)
