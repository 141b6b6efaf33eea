import re

import pytest

from glassllava.domains import load_domain
from glassllava.questions.extract import generate
from glassllava.questions.gates import Surroundings, judge
from glassllava.text.overlap import find_quote
from glassllava.text.sentences import sentences
from tests.questions.paper import example

DOMAIN = load_domain("glass-sem")


@pytest.fixture(scope="module")
def drafts():
    paper, panels = example()
    return generate(paper, panels, DOMAIN)


def of(drafts, panel):
    return [draft for draft in drafts if panel in draft.panels]


def test_each_cited_panel_gets_pairs_of_several_categories(drafts):
    for panel in ("p1-2a", "p1-2b"):
        mine = of(drafts, panel)
        assert len(mine) >= 3
        assert len({(d.category, d.subcategory) for d in mine}) == len(mine)


def test_general_questions_are_simple_only(drafts):
    assert {d.subcategory for d in drafts if d.category == "General"} == {"simple"}


def test_the_pairs_pass_the_gates(drafts):
    paper, panels = example()
    verdicts = judge(drafts, Surroundings(paper, {panel.id: panel for panel in panels}, DOMAIN))
    assert [refusal for _, refusal in verdicts if refusal is not None] == []


def test_every_quote_is_verbatim_at_its_place(drafts):
    paper, panels = example()
    for draft in drafts:
        for item in draft.evidence:
            source = panels[0].figure_caption if item.paragraph is None else paper.paragraphs[item.paragraph].text
            assert source[item.start : item.end] == item.quote


def test_a_panel_is_not_told_what_another_shows(drafts):
    for draft in of(drafts, "p1-2a"):
        assert "laths are up to 4" not in draft.answer
    for draft in of(drafts, "p1-2b"):
        assert "0.2 μm" not in draft.answer


def test_questions_name_what_is_shown_and_answers_begin_with_the_image(drafts):
    assert any("polished section fired at 850 °C" in d.question for d in of(drafts, "p1-2b"))
    assert all(re.match(r"(?:The image|The scanning|This is an image)", d.answer) for d in drafts)


def test_answers_have_more_than_two_whole_sentences(drafts):
    for draft in drafts:
        parts = sentences(draft.answer)
        assert len(parts) >= 3
        assert all(part[0].isupper() and part.endswith(".") for part in parts)


def test_the_same_paper_gives_the_same_pairs(drafts):
    paper, panels = example()
    assert generate(paper, panels, DOMAIN) == drafts


def test_a_panel_of_which_nothing_is_said_gets_no_invented_pair():
    paper, panels = example()
    bare = [
        type(panels[0])(
            **{f: getattr(panels[0], f) for f in panels[0].__slots__}
            | {"mentions": (), "caption": "", "figure_caption": "Figure 2.", "other_mentions": ()}
        )
    ]
    for draft in generate(paper, bare, DOMAIN):
        assert all(
            find_quote(e.quote, paper.paragraphs[e.paragraph].text) for e in draft.evidence if e.paragraph is not None
        )
