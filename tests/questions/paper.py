"""A small paper in own words, about two imagined glass-ceramics, for the tests of this room."""

from glassllava.questions.source import MentionText, PanelText, PaperText, ParagraphText
from glassllava.text.abbreviations import find_definitions
from glassllava.text.sentences import sentence_spans

CAPTION = (
    "Figure 2. SEM images of the lithium disilicate glass-ceramic. (a) Polished section fired at 700 °C. "
    "(b) Polished section fired at 850 °C. The arrows are a guide to the eye."
)
RESULTS = (
    "The microstructure depends on the firing temperature. After firing at the lower temperature, the "
    "section shows round "
    "droplets of about 0.2 μm in a smooth glassy matrix (Fig. 2a).12 No cracks are visible between the "
    "droplets.[3,4] "
    "After firing at the higher temperature, interlocked laths of lithium disilicate fill the section "
    "(Fig. 2b). We found "
    "that the laths are up to 4 μm long and cross each other in all directions. A few pores remain where "
    "the laths meet, "
    "because the residual glass could not flow into the gaps. This suggests that the strength of the "
    "glass-ceramic is "
    "limited by the pores rather than by the laths."
)
METHODS = (
    "Glass frits were melted in a platinum crucible at 1450 °C for 2 h and quenched in water. The powder "
    "was pressed, fired "
    "for 20 min and polished with diamond paste. For scanning electron microscopy (SEM), the sections "
    "were etched in 5% "
    "hydrofluoric acid for 10 s and coated with carbon."
)
DISCUSSION = (
    "Interlocked laths deflect cracks and so raise the fracture toughness of the glass-ceramic. Droplets "
    "of a separated glass "
    "phase are the precursors of the crystals and control how finely the laths grow."
)


def _mention(paragraph, text, needle, panels):
    at = text.index(needle)
    start, end = next(span for span in sentence_spans(text) if span[0] <= at < span[1])
    return MentionText(paragraph, start, end, panels)


def example():
    """Return the paper and its panels 2a and 2b."""
    paragraphs = (
        ParagraphText(1, "Introduction", "body", "Glass-ceramics have been widely used in dentistry."),
        ParagraphText(2, "Methods", "body", METHODS),
        ParagraphText(3, "Results", "body", RESULTS),
        ParagraphText(4, "Discussion", "body", DISCUSSION),
    )
    paper = PaperText(
        "p1", "Laths in lithium disilicate glass-ceramics", paragraphs, find_definitions(p.text for p in paragraphs)
    )
    mentions = {letter: _mention(2, RESULTS, f"Fig. 2{letter}", (letter,)) for letter in "ab"}
    parts = {
        "a": "SEM images of the lithium disilicate glass-ceramic. (a) Polished section fired at 700 °C.",
        "b": "SEM images of the lithium disilicate glass-ceramic. (b) Polished section fired at 850 °C.",
    }
    panels = [
        PanelText(
            id=f"p1-2{letter}",
            name=f"Figure 2{letter}",
            label=letter,
            kind="sem",
            accepted=True,
            caption=parts[letter],
            figure_caption=CAPTION,
            page=3,
            mentions=(mentions[letter],),
            other_mentions=tuple(mentions[other] for other in "ab" if other != letter),
        )
        for letter in "ab"
    ]
    return paper, panels
