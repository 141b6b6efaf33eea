"""Sentences that cite figures, in the styles that papers use."""

from __future__ import annotations

import pytest

from glassllava.papers.captions import split_caption
from glassllava.papers.mentions import find_mentions
from glassllava.papers.reading import Caption, Paragraph

BOX = (0.0, 0.0, 1.0, 1.0)
CAPTIONS = [
    Caption(str(number), False, 1, BOX, text, split_caption(text))
    for number in range(1, 7)
    for text in [f"Figure {number}. Glass. (a) One. (b) Two. (c) Three. (d) Four. (e) Five."]
]


def cited(text: str) -> list[tuple[str, str]]:
    mentions = find_mentions([Paragraph(1, "Results", "body", text)], CAPTIONS)
    return [(mention.figure, "".join(mention.panels)) for mention in mentions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is shown in Figures 4B,C.", [("4", "bc")]),
        ("Cracks (Figs. 2a–c) grew.", [("2", "abc")]),
        ("See Fig. 3(b) and (d).", [("3", "bd")]),
        ("In Figs. 3(a) to (c), mist is seen.", [("3", "abc")]),
        ("Mist was seen (Figs. 2(a) through (c) and (e)).", [("2", "abce")]),
        ("Mist was seen (Fig 6A and 6E).", [("6", "ae")]),
        ("Figures 2 and 3 show mist.", [("2", ""), ("3", "")]),
        ("Figs. 2–4 show mist.", [("2", ""), ("3", ""), ("4", "")]),
        ("Figure 1a–e proves it.", [("1", "abcde")]),
        ("Figure 3, A and B, shows it.", [("3", "")]),
        ("In Fig. 3 (A and B), mist is seen.", [("3", "ab")]),
        ("As Fig. 2a, b and d show, it grew.", [("2", "abd")]),
        ("Cracks (Fig. 4b–4e) grew.", [("4", "bcde")]),
        ("Cracks (Fig. 4(b)–4(e)) grew.", [("4", "bcde")]),
        ("Cracks (Figures 4a to 4c, and 4e) grew.", [("4", "abce")]),
        ("Cracks (Fig. 4a∼c) grew.", [("4", "abc")]),
        ("Fig. 2a and a second one agree.", [("2", "a")]),
        ("Fig. 5 and 3 mm of glass remained.", [("5", "")]),
        ("It broke (FIGURE 2A).", [("2", "a")]),
        ("(Fig.1b) was polished.", [("1", "b")]),
        ("Compare Fig. 1a with Fig. 2b.", [("1", "a"), ("2", "b")]),
        ("It broke (Figs. 1a, 2b and 3).", [("1", "a"), ("2", "b"), ("3", "")]),
        ("It broke (see Figure 2, 3 and S6).", [("2", ""), ("3", ""), ("S6", "")]),
        ("It broke (Fig. 2, 4 and 5).", [("2", ""), ("4", ""), ("5", "")]),
        ("It broke (Fig. 2, 4 and 17).", [("2", "")]),
        ("In Fig. 2, 3 and 4 mm of glass remained.", [("2", "")]),
        ("It broke (Fig. 1a, 2c).", [("1", "a"), ("2", "c")]),
        ("It broke (Figs 1(a),(c) and 2(b)–(d)).", [("1", "ac"), ("2", "bcd")]),
        ("It broke (Figs. 1a,c, 2a~d and S1b).", [("1", "ac"), ("2", "abcd"), ("S1", "b")]),
        ("It broke (Fig. 1a and Supplementary Fig. 3b).", [("1", "a"), ("S3", "b")]),
        ("Panels a and b of Figure 3 show mist.", [("3", "ab")]),
        ("Parts (a) and (c) of Figure 3 show mist.", [("3", "ac")]),
        ("The panel (c) in Fig. 3 shows mist.", [("3", "c")]),
        ("Mist was seen (Fig. 2, panels a–c).", [("2", "abc")]),
        ("Mist was seen (Fig. 2, a–c).", [("2", "abc")]),
        ("Fig. 2, panel b, shows mist.", [("2", "b")]),
        ("Mist was seen (Fig. 2; Figure S1).", [("2", ""), ("S1", "")]),
        ("As Fig. 2a1 shows, it grew.", [("2", "a")]),
        ("Mist was seen (Fig. 2(a1–a3)).", [("2", "a")]),
        ("Mist was seen (Fig. 2a1,a2,b1).", [("2", "ab")]),
        ("Mist was seen (Fig. 2a, e.g.).", [("2", "a")]),
        ("Mist was seen (Fig. 2a, i.e., early).", [("2", "a")]),
        ("It is as in Fig. 3 from the previous work [12].", []),
        ("It is as in Fig. 3 of our earlier paper.", []),
        ("It is as in Fig. 3a of the study by Smith.", []),
        ("It is as in Fig. 3 of this work.", [("3", "")]),
        ("It is as in Fig. 3 of the present study [12].", [("3", "")]),
        ("It is as in Figure 3 of ref. [12].", []),
        ("It is as in Fig. 2 of Smith et al.", []),
        ("No figure is named, nor 3 of them.", []),
        ("Figure 17 has no caption here.", []),
    ],
)
def test_every_style_of_citing_is_read(text: str, expected: list[tuple[str, str]]) -> None:
    assert cited(text) == expected


def test_a_supplementary_figure_is_kept_apart() -> None:
    text = "It broke early (fig. S1B and Supplementary Fig. 2)."
    mentions = find_mentions([Paragraph(1, "", "body", text)], CAPTIONS)
    assert [(m.figure, m.supplementary, m.panels) for m in mentions] == [("S1", True, ("b",)), ("S2", True, ())]


def test_extended_data_and_plates_are_figures_of_their_own() -> None:
    plates = [
        *CAPTIONS,
        Caption("P2", False, 1, BOX, "Plate 2. Rods.", {}),
        Caption("1-2", False, 1, BOX, "Fig. 1-2.", {}),
    ]
    text = "It broke early (Extended Data Fig. 2a, Plate 2 and Fig. 1-2)."
    mentions = find_mentions([Paragraph(1, "", "body", text)], plates)
    assert [(m.figure, m.supplementary) for m in mentions] == [("ED2", True), ("P2", False), ("1-2", False)]


def test_captions_references_and_headings_are_not_read() -> None:
    roles = ("caption", "reference", "heading", "other", "title")
    assert find_mentions([Paragraph(1, "", role, "See Fig. 1.") for role in roles], CAPTIONS) == []


def test_a_sentence_is_on_the_page_where_it_begins() -> None:
    text = "See Fig. 1 for it. As Fig. 2 shows, it grew. See Fig. 3."
    turned = Paragraph(4, "", "body", text, [(text.index("it grew"), 5), (text.index("Fig. 3"), 6)])
    assert [mention.page for mention in find_mentions([turned], CAPTIONS)] == [4, 4, 5]


def test_offsets_give_the_sentence_back() -> None:
    text = "Glass broke. The mirror is seen in Fig. 1a. Nothing else."
    (mention,) = find_mentions([Paragraph(4, "", "body", text)], CAPTIONS)
    assert text[mention.start : mention.end] == mention.text == "The mirror is seen in Fig. 1a."
    assert (mention.page, mention.paragraph) == (4, 0)
