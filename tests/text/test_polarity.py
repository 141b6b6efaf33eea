import json
from pathlib import Path

import pytest

from glassllava.domains import load_domain
from glassllava.text.polarity import defect_statements, polarity


def rows(name):
    return [json.loads(line) for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()]


SENTENCES = rows("polarity_sentences.jsonl")
DEFECTS = load_domain("glass-sem").defects


@pytest.mark.parametrize("row", SENTENCES, ids=[row["text"][:50] for row in SENTENCES])
def test_a_sentence_says_what_a_reader_takes_it_to_say(row):
    assert polarity(row["text"], DEFECTS) == row["polarity"]


def test_there_are_enough_sentences_of_each_kind():
    said = [row["polarity"] for row in SENTENCES]
    assert len(said) >= 60
    assert min(said.count(kind) for kind in ("present", "absent", "undecided")) >= 15


def test_sentences_that_the_rule_was_not_made_on_are_read_as_well():
    held_out = rows("polarity_held_out.jsonl")
    right = sum(polarity(row["text"], DEFECTS) == row["polarity"] for row in held_out)
    assert right / len(held_out) >= 0.93


def test_a_present_defect_wins_over_an_absent_one_elsewhere_in_the_text():
    assert polarity("No cracks are visible. A few bubbles remain near the edge.", DEFECTS) == "present"


def test_a_text_without_any_word_for_a_defect_is_undecided():
    assert polarity("", DEFECTS) == "undecided"
    assert defect_statements("Round particles lie side by side.", DEFECTS) == []


def test_each_statement_is_found_where_it_stands():
    text = "The glaze is crazed, but no bubbles are seen."
    found = defect_statements(text, DEFECTS)
    assert [(text[s.start : s.end], s.polarity) for s in found] == [("crazed", "present"), ("bubbles", "absent")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes, the micrograph shows several radial cracks.", "present"),
        ("No. The surface is uniform and dense.", "absent"),
        ("It is impossible to say whether the fibres are broken.", "undecided"),
        ("The crack resistance of the glass was raised.", "undecided"),
    ],
)
def test_answers_and_properties_are_told_apart(text, said):
    assert polarity(text, DEFECTS) == said
