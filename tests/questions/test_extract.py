import re
from dataclasses import replace
from itertools import combinations

import pytest

from glassllava.domains import load_domain
from glassllava.questions.extract import generate
from glassllava.questions.gates import Surroundings, judge
from glassllava.questions.source import MentionText
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
        assert len({(d.category, d.subcategory) for d in mine}) >= 3
        for one, other in combinations(mine, 2):
            if (one.category, one.subcategory) == (other.category, other.subcategory):
                told = [{e.start for e in d.evidence if e.paragraph is not None} for d in (one, other)]
                assert not told[0] & told[1]


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
    assert all(re.match(r"(?:The image|The scanning|This is an? )", d.answer) for d in drafts)


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


def test_a_question_about_making_is_answered_by_what_was_done_to_the_sample(drafts):
    made = [d for d in drafts if d.category.startswith("Processing") and d.subcategory == "simple"]
    assert made
    assert all(re.search(r"melted|pressed|fired|etched|polished|coated", d.answer) for d in made)


def test_two_samples_of_one_caption_are_never_told_of_together():
    paper, panels = example()
    caption = "Figure 2. SEM images of (a, b) GC7 and GC8, respectively. The sections were etched."
    both = [replace(p, caption=caption, figure_caption=caption, mentions=(), other_mentions=()) for p in panels]
    assert all(len(draft.panels) == 1 for draft in generate(paper, both, DOMAIN))


def test_what_is_marked_in_one_of_two_images_of_a_letter_is_told_of_neither():
    paper, panels = example()
    caption = "Figure 2. (a) SEM image of the fired section. The region highlighted in red shows a broken lath."
    twice = [replace(panels[0], id=f"x{n}", caption=caption, figure_caption=caption) for n in (1, 2)]
    assert not any("highlighted" in draft.answer for draft in generate(paper, twice, DOMAIN))
    assert any("highlighted" in draft.answer for draft in generate(paper, twice[:1], DOMAIN))


def test_a_quote_stands_on_the_page_where_it_begins_and_not_its_paragraph():
    paper, panels = example()
    at = paper.paragraphs[2].text.index("A few pores remain")
    moved = [replace(p, breaks=((at, 9),)) if place == 2 else p for place, p in enumerate(paper.paragraphs)]
    drafts = generate(replace(paper, paragraphs=tuple(moved)), panels, DOMAIN)
    pages = {item.start >= at: item.page for draft in drafts for item in draft.evidence if item.paragraph == 2}
    assert pages == {False: 3, True: 9}


def test_a_finding_by_another_method_is_told_only_of_the_composition():
    paper, panels = example()
    text = paper.paragraphs[2].text.replace(
        "A few pores remain", "The EDX spectrum shows silicon and oxygen. A few pores remain"
    )
    told = replace(
        paper, paragraphs=(*paper.paragraphs[:2], replace(paper.paragraphs[2], text=text), paper.paragraphs[3])
    )
    assert not any(
        "spectrum" in d.answer for d in generate(told, panels, DOMAIN) if d.category != "Phase and Composition"
    )


def test_what_is_said_of_the_other_cell_is_not_told_of_this_one():
    paper, panels = example()
    caption = "Figure 2. SEM images of electrodes of the plain and the boron cells. (a) Plain anode. (b) Boron anode."
    text = "The particles of the plain cell are split by cracks. The boron cell holds few cracks (Fig. 2b)."
    start = text.index("The boron cell")
    cited = (MentionText(2, start, len(text), ("b",)),)
    told = replace(paper, paragraphs=(*paper.paragraphs[:2], replace(paper.paragraphs[2], text=text)))
    part = "SEM images of electrodes of the plain and the boron cells. (b) Boron anode."
    panel = replace(panels[1], caption=part, figure_caption=caption, mentions=cited, other_mentions=())
    drafts = generate(told, [panel], DOMAIN)
    assert drafts
    assert not any("plain cell are split" in draft.answer for draft in drafts)


def test_however_few_the_pairs_are_each_panel_that_has_one_gets_a_plain_question_for_defects():
    paper, panels = example()
    plain = {"Defect and Fracture", "simple"}
    of_all = {draft.panels for draft in generate(paper, panels, DOMAIN) if {draft.category, draft.subcategory} == plain}
    few = generate(paper, panels, DOMAIN, limit=1)
    assert of_all
    assert all({draft.category, draft.subcategory} == plain for draft in few if draft.panels in of_all)
