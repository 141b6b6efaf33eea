"""Attributes that a language model finds, and contexts that it words; code checks both.

In: a paper's text and one of its panels; a question with a ladder of chosen attributes. Out: requests (Prompts S4 and
S3); `Attribute`s whose quotes stand in the paper and whose values are made of their quotes; contexts that tell exactly
the attributes of their level. Which attributes are told at which level, and what would give the answer away, is decided
by `ladder` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from glassllava.domains import Domain
from glassllava.domains.prompts import Prompts
from glassllava.llm import Request, Result, conversation
from glassllava.questions.attributes import Attribute
from glassllava.questions.ladder import Rung
from glassllava.questions.source import PanelText, PaperText
from glassllava.text.overlap import content_words, find_quote, normalised
from glassllava.text.quantities import numbers_in

_METHODS = re.compile(r"\b(?:experiment|method|material|preparation|procedure|processing)", re.I)
"""Headings of sections that tell how samples were made."""


class ToldAttribute(BaseModel):
    """One fact about the sample."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="Name of one of the types.")
    value: str = Field(min_length=1, description="The fact in words of the quote.")
    quote: str = Field(min_length=1, description="The words that tell it, copied letter for letter.")
    passage: str = Field(description="Name of the passage that holds the quote.")


class ToldAttributes(BaseModel):
    """What the passages tell of the sample."""

    model_config = ConfigDict(extra="forbid")

    attributes: list[ToldAttribute]


class WordedContexts(BaseModel):
    """The question with its context, at each level that was asked for; null for a level that was not."""

    model_config = ConfigDict(extra="forbid")

    basic: str | None
    moderate: str | None
    high: str | None


class _Passage(NamedTuple):
    name: str
    text: str
    paragraph: int | None
    """None for the figure's caption."""


def attributes_request(prompts: Prompts, paper: PaperText, panel: PanelText) -> Request:
    """Return the request for what the paper tells of a panel's sample."""
    passages = [{"name": passage.name, "text": passage.text} for passage in _passages(paper, panel)]
    told = prompts["S4"].render(subject=f"the sample in {panel.name}", passages=passages)
    return Request(conversation(told.system, told.user), ToldAttributes, purpose=told.purpose, tag=panel.id)


def attributes_of(result: Result, paper: PaperText, panel: PanelText, domain: Domain) -> list[Attribute]:
    """Return the attributes of an answer that hold: of a known type, with a quote that stands in the paper.

    The value must be made of the quote: each of its content words and numbers stands there. What fails is left out.
    """
    passages = {passage.name: passage for passage in _passages(paper, panel)}
    types = {kind.name.casefold(): kind.name for kind in domain.context_types}
    found = []
    for told in result.form(ToldAttributes).attributes:
        passage, kind = passages.get(told.passage.strip()), types.get(told.type.strip().casefold())
        if passage is None or kind is None or not _made_of(told.value, told.quote):
            continue
        place = find_quote(told.quote, passage.text)
        if place is None:
            continue
        start, end = place
        page = panel.page if passage.paragraph is None else paper.paragraphs[passage.paragraph].page_at(start)
        value = " ".join(told.value.split()).rstrip(".")
        found.append(Attribute(kind, value, passage.text[start:end], page, passage.paragraph))
    return found


def _passages(paper: PaperText, panel: PanelText) -> Iterator[_Passage]:
    """Give caption, paragraphs that cite the panel, abstract, and how samples were made; each paragraph once."""
    yield _Passage("caption", panel.caption, None)
    cited = {mention.paragraph for mention in panel.mentions}
    for number, part in enumerate(paper.paragraphs):
        made = part.role == "body" and _METHODS.search(part.section) is not None
        if number in cited or part.role == "abstract" or made:
            yield _Passage(f"P{number}", part.text, number)


def _made_of(value: str, quote: str) -> bool:
    words = set(content_words(quote))
    return set(content_words(value)) <= words and set(numbers_in(value)) <= set(numbers_in(quote))


def contexts_request(prompts: Prompts, question: str, rungs: Sequence[Rung], tag: str) -> Request:
    """Return the request for the words of a ladder."""
    levels = [
        {"level": rung.level, "attributes": [{"type": a.type, "value": a.value} for a in rung.attributes]}
        for rung in rungs
    ]
    told = prompts["S3"].render(question=question, levels=levels)
    return Request(conversation(told.system, told.user), WordedContexts, purpose=told.purpose, tag=tag)


def worded(result: Result, question: str, rungs: Sequence[Rung]) -> list[Rung]:
    """Return the ladder in the model's words; a level whose words fail the check keeps those of the form."""
    if result.state != "ok":
        return list(rungs)
    answer = result.form(WordedContexts)
    every = rungs[-1].attributes if rungs else ()
    ladder = []
    for rung in rungs:
        text = " ".join((getattr(answer, rung.level) or "").split())
        ladder.append(Rung(rung.level, rung.attributes, text) if tells_exactly(text, question, rung, every) else rung)
    return ladder


def tells_exactly(text: str, question: str, rung: Rung, every: Sequence[Attribute]) -> bool:
    """Tell whether a context holds the attributes of its level, no other, and then the question word for word.

    Every content word of the context stands in an attribute of the level or is a verb of telling; so it can say nothing
    that was not chosen.

    Parameters
    ----------
    text, question
        As worded, and as asked without context.
    rung
        The level.
    every
        The attributes of all levels.
    """
    plain, asked = normalised(text), normalised(question)
    if not plain.endswith(asked):
        return False
    context = plain.removesuffix(asked)
    if not all(normalised(a.value) in context for a in rung.attributes):
        return False
    if any(normalised(a.value) in context for a in every if a not in rung.attributes):
        return False
    known = {word for a in rung.attributes for word in (*content_words(a.value), *content_words(a.type))}
    numbers = {number for a in rung.attributes for number in numbers_in(a.value)}
    return set(content_words(context)) <= known | _TELLING and set(numbers_in(context)) <= numbers


_TELLING = frozenset(
    re.findall(
        r"\S+",
        "made consists consisting material specimen imaged prepared produced treated obtained exhibits "
        "displays recorded acquired taken given subjected underwent following pieces piece appears looks look "
        "having contains containing composed measured reported known described visible microscope imaging "
        "using used processed processing",
    )
)
"""Words that tell no fact by themselves."""
