"""What a public export leaves out, and what its card says."""

from __future__ import annotations

import re

import pytest
import yaml

from glassllava.errors import WorkspaceError
from glassllava.questions.exchange import export
from glassllava.questions.exchange.sharing import credits_another, terms_of
from glassllava.records import Figure, Paper
from tests.questions.exchanged import ids, plant_pair, set_licence, with_panels


@pytest.mark.parametrize(
    ("licence", "name", "asks"),
    [
        ("CC0-1.0", "CC0-1.0", "nothing"),
        ("CC-BY-4.0", "CC-BY-4.0", "credit"),
        ("CC-BY-3.0-US", "CC-BY-3.0-US", "credit"),
        ("CC-BY", "CC-BY", "credit"),
        ("CC-BY-SA-4.0", "CC-BY-SA-4.0", "credit, the same licence"),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0", "credit, no commercial use"),
        ("CC-BY-NC-SA-4.0", "CC-BY-NC-SA-4.0", "credit, no commercial use, the same licence"),
        ("OGL-UK-3.0", "OGL-UK-3.0", "credit"),
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0", "credit"),
        ("Creative Commons Attribution 4.0", "CC-BY-4.0", "credit"),
    ],
)
def test_licences_that_allow_sharing_say_what_they_ask_for(licence, name, asks):
    assert terms_of(licence) == (name, asks, None)


@pytest.mark.parametrize(
    ("licence", "reason"),
    [
        (None, "is unknown"),
        ("", "is unknown"),
        ("CC-BY-ND-4.0", "forbids"),
        ("CC-BY-NC-ND-4.0", "forbids"),
        ("CC BY-NC-ND 4.0", "forbids"),
        ("ACS AuthorChoice", "is none that is known"),
        ("Elsevier user licence", "is none that is known"),
        ("all rights reserved", "is none that is known"),
        ("CC-BY-NC-ND-4.0 and CC-BY-4.0", "is none that is known"),
    ],
)
def test_other_licences_do_not(licence, reason):
    terms = terms_of(licence)
    assert terms.asks == ""
    assert reason in (terms.refusal or "")


@pytest.mark.parametrize(
    "caption",
    [
        "d) In situ spectra. Reproduced with permission.[23]. Copyright 2018, The Royal Society of Chemistry.",
        "SEM image of the fibre (adapted from ref. 12).",
        "Micrograph courtesy of the National Laboratory.",
        "Fracture surface © Elsevier 2012",
    ],
)
def test_a_caption_that_credits_another_source_is_known(caption):
    assert credits_another(caption)


@pytest.mark.parametrize(
    "caption", ["The glass was modified. Pores are seen from above.", "Samples taken from the melt.", ""]
)
def test_a_caption_of_the_papers_own_picture_is_not(caption):
    assert not credits_another(caption)


@pytest.fixture
def here(tmp_path):
    made = with_panels(tmp_path / "here")
    for file in ("one.pdf", "two.pdf"):
        plant_pair(made, ids(made, file)[:1])
        plant_pair(made, ids(made, file)[1:3], "And these?", category="General")
    yield made
    made.close()


def test_a_public_export_leaves_out_what_may_not_be_shared_and_says_so(here, tmp_path):
    set_licence(here, "CC-BY-NC-ND-4.0", "two")
    done = export(here, tmp_path / "out", "jsonl", "all", public=True)
    reason = "its licence (CC-BY-NC-ND-4.0) forbids to share what is made from the work"
    assert (done.questions, done.pairs, done.left_out) == (2, 3, {reason: 2})
    text = (tmp_path / "out" / "questions.jsonl").read_text("utf-8")
    assert "two.pdf" not in text
    assert len(list((tmp_path / "out" / "images").iterdir())) == done.images == 3
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert f"| 2 | {reason} |" in card
    assert export(here, tmp_path / "own", "jsonl", "all").left_out == {}
    assert "**Not for sharing.**" in (tmp_path / "own" / "README.md").read_text("utf-8")


def test_a_figure_that_the_paper_took_from_another_is_left_out(here, tmp_path):
    with here.writing() as session:
        paper = session.query(Paper).filter(Paper.file == "one.pdf").one()
        session.query(Figure).filter(Figure.paper_id == paper.id).one().caption = "Fig. 1. Reproduced with permission."
    done = export(here, tmp_path / "out", "jsonl", "all", public=True)
    assert done.questions == 2
    assert list(done.left_out.values()) == [2]


def test_nothing_that_may_be_shared_is_one_sentence(here, tmp_path):
    set_licence(here, None)
    with pytest.raises(WorkspaceError, match="No pair may be shared"):
        export(here, tmp_path / "out", "jsonl", "all", public=True)
    assert not (tmp_path / "out").exists()


def test_a_public_export_names_no_reviewer(here, tmp_path):
    key = here.questions()[0].id
    here.review("question", key, "Ada Lovelace", "accept", comment="I think so")
    for public in (True, False):
        export(here, tmp_path / str(public), "jsonl", "all", public=public)
        text = (tmp_path / str(public) / "questions.jsonl").read_text("utf-8")
        assert ("Ada" in text, "I think" in text) == (not public, not public)
        assert '"review": "accepted"' in text


def test_the_card_counts_what_is_there_and_says_what_it_is(here, tmp_path):
    set_licence(here, "CC-BY-NC-4.0", "two")
    with here.writing() as session:
        paper = session.query(Paper).filter(Paper.file == "one.pdf").one()
        paper.title, paper.authors, paper.year = "Pores | and <b>cracks</b>\nin glass", ["A", "B", "C", "D"], 2020
    here.review("question", here.questions()[0].id, "ada", "accept")
    export(here, tmp_path / "out", "parquet", "all", public=True)
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    matter = yaml.safe_load(card.split("---\n")[1])
    assert matter["license"] == ["cc-by-4.0", "cc-by-nc-4.0"]
    assert matter["size_categories"] == ["n<1K"]
    assert "synthetic" in matter["tags"]
    for file in matter["configs"][0]["data_files"]:
        assert (tmp_path / "out" / file["path"]).is_file()
    assert "| Morphology | 1 | 1 | 1 | 1 |" in card
    assert "| General | 2 | 2 | 2 | 2 |" in card
    assert "| all | 3 | 3 | 3 | 3 |" in card
    assert "Questions about several panels, with a row for each: 2." in card
    assert "| 10.5555/one | Pores \\| and &lt;b>cracks&lt;/b> in glass | A, B, C et al.; 2020 | CC-BY-4.0 |" in card
    assert re.search(r"\| `planted-1` \| 4 \| A language model\.", card)
    assert "All of it: papers and pictures were made by a program" in card
    assert "3 of 4 questions were accepted by no person" in card


def test_a_file_that_holds_both_sides_is_not_called_one_to_train_on(here, tmp_path):
    for split, name in {"training": "train", "evaluation": "test", "all": "mixed"}.items():
        export(here, tmp_path / split, "llava", split)
        matter = yaml.safe_load((tmp_path / split / "README.md").read_text("utf-8").split("---\n")[1])
        assert matter["configs"][0]["data_files"] == [{"split": name, "path": "llava.json"}]
