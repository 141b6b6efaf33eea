"""Pairs that a language model writes: Prompt S1 about a panel goes out, drafts come back.

In: a paper's text, one of its panels, what is wanted, and pairs of an earlier try that broke a rule. Out: a `Request`;
drafts whose quotes were looked for in the paper. What stands nowhere keeps its quote without a place, so that the gate
for evidence refuses it by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field

from glassllava.domains import Domain, Subcategory
from glassllava.domains.prompts import Prompts
from glassllava.llm import Request, Result, conversation
from glassllava.questions.source import Draft, Evidence, PanelText, PaperText
from glassllava.questions.wanted import Want
from glassllava.text.overlap import find_quote

_READ = {"title", "abstract", "heading", "body"}
"""Roles of paragraphs that a generator reads; captions come by their panel, references say nothing of a sample."""


class AskedPair(BaseModel):
    """One question-answer pair about the image."""

    model_config = ConfigDict(extra="forbid")

    category: str = Field(description="Name of one of the categories.")
    subcategory: Subcategory
    question: str = Field(min_length=1)
    answer: str = Field(min_length=1, description="Three or more whole sentences.")
    evidence: list[str] = Field(description="Quotes that bear the answer, copied letter for letter.")
    needs_image: bool


class AskedPairs(BaseModel):
    """The pairs about the image."""

    model_config = ConfigDict(extra="forbid")

    pairs: list[AskedPair]


class Refused(BaseModel):
    """A pair that broke a rule, as the prompt shows it again."""

    question: str
    answer: str
    gate: str
    reason: str


def pairs_request(
    prompts: Prompts,
    paper: PaperText,
    panel: PanelText,
    number: int,
    *,
    wants: Sequence[Want] = (),
    refused: Sequence[Refused] = (),
    image: str | None = None,
    repeat: int = 0,
) -> Request:
    """Return the request for pairs about a panel.

    Parameters
    ----------
    prompts
        Of the workspace.
    paper, panel
        What they say.
    number
        Most pairs to write.
    wants
        Which are wanted most.
    refused
        Of an earlier try, to be mended.
    image
        SHA-256 of the panel's stored image, where the model is to see it.
    repeat
        Which try this is, of those that may have the same words.
    """
    told = prompts["S1"].render(
        paper=whole_text(paper),
        panel=panel.name,
        caption=panel.caption,
        mentions=[
            {
                "sentence": paper.paragraphs[cited.paragraph].text[cited.start : cited.end],
                "paragraph": paper.paragraphs[cited.paragraph].text,
            }
            for cited in panel.mentions
        ],
        image=image is not None,
        wanted=[want._asdict() for want in wants],
        number=number,
        refused=[pair.model_dump() for pair in refused],
    )
    images = (image,) if image is not None else ()
    messages = conversation(told.system, told.user, images)
    return Request(messages, AskedPairs, repeat=repeat, purpose=told.purpose, tag=panel.id)


def whole_text(paper: PaperText) -> str:
    """Return the text that a generator reads: title, abstract, headings and body, in their order."""
    return "\n\n".join(part.text for part in paper.paragraphs if part.role in _READ)


def drafts_of(result: Result, paper: PaperText, panel: PanelText, domain: Domain, generator: str) -> list[Draft]:
    """Return the drafts that an answer holds; none where its state is not `ok`."""
    if result.state != "ok":
        return []
    names = {category.name.casefold(): category.name for category in domain.categories}
    return [
        Draft(
            panels=(panel.id,),
            category=names.get(pair.category.strip().casefold(), pair.category.strip()),
            subcategory=pair.subcategory,
            question=" ".join(pair.question.split()),
            answer=" ".join(pair.answer.split()),
            evidence=tuple(located(quote, paper, panel) for quote in pair.evidence),
            needs_image=pair.needs_image,
            generator=generator,
        )
        for pair in result.form(AskedPairs).pairs
    ]


def located(quote: str, paper: PaperText, panel: PanelText) -> Evidence:
    """Return a quote at its place: in the panel's caption, else in the paper's text, else at no place.

    Quotation marks around the whole quote are the model's, not the paper's, where it stands without them alone.
    """
    plain = quote.strip()
    for text in (plain, plain.strip("\"“”'‘’")):
        for number, source in _sources(paper, panel):
            if text and (found := find_quote(text, source)) is not None:
                start, end = found
                page = panel.page if number is None else paper.paragraphs[number].page_at(start)
                return Evidence(source[start:end], page, number, start, end)
    return Evidence(plain, panel.page, None, 0, 0)


def _sources(paper: PaperText, panel: PanelText) -> Iterator[tuple[int | None, str]]:
    yield None, panel.figure_caption
    for number, part in enumerate(paper.paragraphs):
        if part.role != "reference":
            yield number, part.text
