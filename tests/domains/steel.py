"""An invented paper about a steel, with an optical and a scanning electron panel, planted as rows."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from glassllava.records import Figure, Mention, Panel, Paper
from glassllava.text.sentences import sentence_spans
from glassllava.workspace import Workspace

TITLE = "Bainite and martensite in a low-alloy steel after two cooling rates"
TITLE_OF_ALL = "Figure 3. Microstructure of the low-alloy steel."
PARTS = {
    "a": "(a) Optical micrograph of the air-cooled section etched in nital.",
    "b": "(b) SEM image of the water-quenched section etched in nital.",
}
CAPTION = " ".join([TITLE_OF_ALL, *PARTS.values()])
KINDS = {"a": "optical", "b": "sem"}
METHODS = (
    "The low-alloy steel was cast, hot-rolled to plates and austenitised at 880 °C for 1 h. The plates were cooled in "
    "air or quenched in water. For optical microscopy, the sections were ground, polished with diamond paste and "
    "etched in 2% nital for 10 s. For scanning electron microscopy, the sections were polished with colloidal alumina "
    "and viewed at 15 kV."
)
AIR_COOLED = (
    "After air cooling, the section shows equiaxed ferrite grains and colonies of lamellar pearlite in bands along the "
    "rolling direction (Fig. 3a). The ferrite grains are about 12 µm wide. No cracks and no shrinkage pores are "
    "visible in the pearlite bands. Banding results from manganese that segregated during solidification. This "
    "suggests that the impact toughness of the plates is anisotropic."
)
QUENCHED = (
    "After water quenching, packets of parallel martensite laths fill the prior austenite grains (Fig. 3b). Quench "
    "cracks about 300 µm long follow the prior austenite grain boundaries. Fine carbides are found at the lath "
    "boundaries. The cracks suggest that the martensite is too brittle for service without tempering, because carbon "
    "remains in solid solution."
)
DISCUSSION = (
    "Bands of ferrite and pearlite deflect cracks and so make the fracture of hot-rolled plates depend on direction. "
    "Martensite laths that formed from coarse austenite grains lower the ductility of the quenched section."
)
PARAGRAPHS = (("Methods", METHODS), ("Results", AIR_COOLED), ("Results", QUENCHED), ("Discussion", DISCUSSION))
CITED = {"a": 1, "b": 2}
"""Paragraph that cites each panel."""


def planted(folder: Path, domain: str) -> Workspace:
    """Make a workspace of a domain that holds the paper."""
    here = Workspace.create(folder, domain, ["optical", "sem"])
    paragraphs = [
        {"page": page, "section": section, "role": "body", "text": text}
        for page, (section, text) in enumerate(PARAGRAPHS, 1)
    ]
    with here.writing() as session:
        session.add(Paper(id="s", file="s.pdf", state="ok", title=TITLE, paragraphs=paragraphs, split="evaluation"))
        session.flush()
        session.add(Figure(id="f3", paper_id="s", label="3", ordinal=0, caption=CAPTION))
        session.flush()
        for place, label in enumerate("ab"):
            data = io.BytesIO()
            Image.new("L", (8, 8), 90 + 40 * place).save(data, "PNG")
            session.add(
                Panel(
                    id=f"s-3{label}", paper_id="s", figure_id="f3", label=label, ordinal=0, position=place, page=2,
                    box=[0, 0, 1, 1], caption=f"{TITLE_OF_ALL} {PARTS[label]}", kind=KINDS[label], kind_confidence=0.9,
                    image=here.images.put(data.getvalue()), width=8, height=8,
                )
            )  # fmt: skip
            text = PARAGRAPHS[CITED[label]][1]
            at = text.index(f"Fig. 3{label}")
            start, end = next(span for span in sentence_spans(text) if span[0] <= at < span[1])
            session.add(
                Mention(
                    id=f"m{label}", paper_id="s", figure="3", panels=[label], page=2, paragraph=CITED[label],
                    start=start, end=end, text=text[start:end],
                )
            )  # fmt: skip
    return here
