"""A workspace with the small paper of this room's tests."""

import io

import pytest
from PIL import Image

from glassllava.records import Figure, Mention, Panel, Paper
from glassllava.workspace import Workspace
from tests.questions.paper import CAPTION, example


@pytest.fixture
def one_paper(tmp_path):
    """A workspace that holds the small paper with its two panels."""
    here = Workspace.create(tmp_path / "w")
    paper, panels = example()
    with here.writing() as session:
        paragraphs = [{"page": p.page, "section": p.section, "role": p.role, "text": p.text} for p in paper.paragraphs]
        session.add(
            Paper(id="p1", file="one.pdf", state="ok", title=paper.title, paragraphs=paragraphs, split="evaluation")
        )
        session.flush()
        session.add(Figure(id="f2", paper_id="p1", label="2", ordinal=0, caption=CAPTION))
        session.flush()
        for place, panel in enumerate(panels):
            data = io.BytesIO()
            Image.new("L", (8, 8), 40 * place).save(data, "PNG")
            session.add(
                Panel(
                    id=panel.id, paper_id="p1", figure_id="f2", label=panel.label, ordinal=0, position=place, page=3,
                    box=[0, 0, 1, 1], caption=panel.caption, kind="sem", kind_confidence=0.9,
                    image=here.images.put(data.getvalue()), width=8, height=8,
                )
            )  # fmt: skip
            for m in panel.mentions:
                text = paper.paragraphs[m.paragraph].text[m.start : m.end]
                session.add(
                    Mention(
                        id=f"m{panel.label}", paper_id="p1", figure="2", panels=list(m.panels), page=3,
                        paragraph=m.paragraph, start=m.start, end=m.end, text=text,
                    )
                )  # fmt: skip
    yield here
    here.close()
