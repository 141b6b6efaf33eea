"""Pairs of one real paper, checked against the text of its PDF alone."""

import re
import unicodedata

import pypdfium2
import pytest

from glassllava.domains import load_domain
from glassllava.papers.read import read_paper
from glassllava.questions.extract import generate
from glassllava.questions.gates import Surroundings, judge
from glassllava.questions.source import MentionText, PanelText, PaperText, ParagraphText
from glassllava.text.abbreviations import find_definitions

pytestmark = pytest.mark.real


def letters(text):
    """Letters and digits alone, so that hyphenation, spacing and layout do not matter."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


@pytest.fixture(scope="module")
def made(shared_data):
    data = (shared_data / "papers" / "PMC7048421.pdf").read_bytes()
    reading = read_paper(data, ocr=False)
    paragraphs = tuple(ParagraphText(p.page, p.section, p.role, p.text) for p in reading.paragraphs)
    paper = PaperText(
        "p", reading.title, paragraphs, find_definitions(p.text for p in paragraphs if p.role != "reference")
    )
    panels = []
    for figure in reading.figures:
        cited = [
            MentionText(m.paragraph, m.start, m.end, tuple(m.panels))
            for m in reading.mentions
            if m.figure == figure.label
        ]
        for place, panel in enumerate(figure.panels):
            own = tuple(m for m in cited if not m.panels or panel.label is None or panel.label in m.panels)
            if panel.kind == "sem" and own:
                panels.append(
                    PanelText(
                        id=f"{figure.label}{panel.label}{place}", name=f"Figure {figure.label}{panel.label or ''}",
                        label=panel.label, kind="sem", accepted=True, caption=panel.caption,
                        figure_caption=figure.caption, page=panel.page, mentions=own,
                        other_mentions=tuple(m for m in cited if m not in own),
                    )
                )  # fmt: skip
    domain = load_domain("glass-sem")
    verdicts = judge(generate(paper, panels, domain), Surroundings(paper, {p.id: p for p in panels}, domain))
    pages = pypdfium2.PdfDocument(data)
    text = letters("".join(page.get_textpage().get_text_range() for page in pages))
    return panels, [draft for draft, refusal in verdicts if refusal is None], text


def test_the_cited_micrographs_get_pairs(made):
    panels, drafts, _ = made
    assert len(panels) >= 3
    assert sum(len(draft.panels) for draft in drafts) / len(panels) >= 3


def test_every_quote_stands_in_the_pdf(made):
    _, drafts, text = made
    for draft in drafts:
        for item in draft.evidence:
            assert letters(item.quote) in text, item.quote


def test_every_number_of_an_answer_stands_in_its_quotes(made):
    _, drafts, _ = made
    for draft in drafts:
        quoted = " ".join(item.quote for item in draft.evidence)
        for number in re.findall(r"\d+(?:\.\d+)?", draft.answer):
            assert number in quoted
