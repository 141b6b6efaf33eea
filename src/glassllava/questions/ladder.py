"""Contexts: typed attributes of a panel's sample, and the ladder of questions that tells one, two and three of them.

In: a paper with a panel, and a simple question with its benchmark answer. Out: `Attribute`s with verbatim
quotes, and `Rung`s (basic, moderate, high), nested: each level keeps those before it. No attribute may answer
the question, directly or indirectly: what shares a content word or a number with the answer that the question
itself does not hold is left out, and so are the types that the domain says would tell (a question about
processing gets no processing conditions).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from glassllava.domains import ContextLevel, Domain
from glassllava.questions.closeness import CAPTION, is_about_methods, sentences_of
from glassllava.questions.extract import definitions_for
from glassllava.questions.passages import ELSEWHERE, Usable, usable_sentences
from glassllava.questions.prose import LeftOut, rewrite
from glassllava.questions.shown import Shown, what_is_shown
from glassllava.questions.source import PanelText, PaperText
from glassllava.text.formulae import short_forms
from glassllava.text.overlap import content_words
from glassllava.text.quantities import numbers_in
from glassllava.text.terms import find_terms, term_pattern

LEVELS: tuple[ContextLevel, ...] = ("basic", "moderate", "high")

_WORD = r"[\w\-/·–αβγ°]+"
_STOPS_A_PHRASE = frozenset(
    re.findall(
        r"\S+",
        "the a an this these those that its their his our and or but of in on at to for from by with as is "
        "are was were be been being has have had can could may "
        "might must will would should do does did not no than then which who whose when where while both "
        "each all any some such it they we into onto between during after before under over "
        "about above below also only very more most less least same other another via per using containing "
        "consisting including like called known so thus because since although however if show shows "
        "showed exhibit exhibits contain contains possess possesses reveal reveals become becomes remain "
        "remains form forms lead leads improve improves increase increases reduce reduces decrease decreases "
        "affect affects enhance enhances obtain obtained produce produces produced give gives used many several "
        "various different new typical such one two three four five respectively given appropriate particular "
        "specific certain developing novel control every average final current present overall whole total "
        "minimum "
        "maximum severe surrounding adjacent leftover top still exceptional poor good strong own further "
        "conventional synthesized cross distinguish delivering alternative seven day old along vs",
    )
)
_MASS = re.compile(
    r"(?:glass|steel|silica|oxide|resin|graphite|epoxy|quartz|zirconia|alumina|concrete|cement|silicon|"
    r"titanium|zirconium|copper|nickel|alumini?um|hyphae|mycelia|mycelium|apatite|silicate|borosilicate|"
    r"porosity)$"
)
_SURROUNDING = re.compile(
    r"\d|\b(?:water|air|vacuum|argon|nitrogen|oxygen|hydrogen|acid|gold|carbon|solution|furnace|pressure|"
    r"crucibles?|mould|oil|electrolyte|resin|ethanol|alcohol|plasma|ion beam|laser|atmosphere|microwave|"
    r"oven|salt|temperature|buffer|epoxy)\b"
)
_BY_ELECTRONS = re.compile(r"\bSEM\b|electron micro|electron beam|electron column", re.IGNORECASE)
_KNOWN_ANYWAY = re.compile(r"^(?:scanning electron micro\w+|electron micro\w+)$", re.IGNORECASE)
_CONDITION = re.compile(
    rf"\b(?P<value>(?:{_WORD}(?:ed|nt|un|ast)|cast|cut|ground|melt-spun)\s+(?:(?:{_WORD}\s+){{0,3}})?(?:in|"
    rf"at|for|with|under|by|from|to|after|into)\s+[^.;:()]{{3,70}}?)(?=[.;:()]|,\s|\s(?:and|which|while|"
    rf"where|that|to|was|were|is|are)\b)"
)
_GERUND_OR_ADVERB = re.compile(
    r"^(?:observ|found|confirm|validat|discuss|describ|compar|relat|associat|attribut|bas|us|perform|carri|"
    r"conduct|investigat|examin|measur|analy[sz]|studi|obtain|embed|locat|concentrat|need|increas|decreas|"
    r"reduc|link|fill|caus|suggest|expect|consider|requir|depend|consum|involv|contain|includ|call|know|"
    r"accord|need|interest|deriv|allow|follow|report|show|determin|identif|detect|recogni|limit|produced "
    r"for|prepared for|exposed for|synthesized by|deposited in gen|dissolved oxygen|treated with various|"
    r"synthesi[sz]ed conv)\w*",
    re.I,
)
_RECORDED = re.compile(
    r"\b(?P<value>(?:accelerating voltage|acceleration voltage|working distance|magnification|electron beam|"
    r"landing energy|beam current|scale bar)s?\s+(?:of|is|was|are)\s+(?:about\s+|ca\.\s+)?\d[^,;()]{0,25}?)"
    r"(?=[,;()]|\.\s|\.$|\sand\b)"
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One typed piece of information about a sample, with the quote that says it."""

    type: str
    value: str
    quote: str
    page: int
    paragraph: int | None
    """None where the quote is from the figure's caption."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A question as asked at one context level."""

    level: ContextLevel
    attributes: tuple[Attribute, ...]
    text: str


def _phrases(text: str, terms: Sequence[str]) -> Iterator[str]:
    """Give each term with the words that qualify it: "exceptional glass-forming ability"."""
    for match in find_terms(text, terms):
        before = re.split(r"[,;:.()“”\"]", text[: match.start])[-1]
        words: list[str] = []
        for word in reversed(before.split()[-3:]):
            if (
                word.lower() in _STOPS_A_PHRASE
                or not re.fullmatch(_WORD, word)
                or re.fullmatch(r"[\d.]+", word)
                or word.endswith("ly")
            ):
                break
            words.insert(0, word)
        # A noun that goes on ("glass transition temperature") is taken whole; one that goes on otherwise is left.
        rest = text[match.end :]
        after = re.match(
            r"(?:\s(?:temperatures?|composites?|particles?|films?|matrix|alloys?|fib(?:re|er)s?|transition|capacity|"
            r"rates?|ability|density|detectors?))+\b",
            rest,
        )
        rest = rest[after.end() :] if after else rest
        following = re.match(r"\s+([\w\-]+)", rest)
        if (rest and rest[0] in "-–/·") or (following and following[1].lower() not in _STOPS_A_PHRASE):
            continue
        phrase = " ".join([*words, match.text + (after.group() if after else "")])
        if len(phrase) >= 4 and not short_forms(phrase):
            yield phrase[0].lower() + phrase[1:] if re.match(r"[A-Z][a-z]{3,}\b", phrase) else phrase


def _attributes_of(item: Usable, paper: PaperText, panel: PanelText, domain: Domain) -> Iterator[Attribute]:
    text = item.rewritten.text
    in_caption = item.sentence.paragraph == CAPTION
    page = panel.page if in_caption else paper.paragraphs[item.sentence.paragraph].page
    paragraph = None if in_caption else item.sentence.paragraph

    def made(kind: str, value: str) -> Attribute:
        return Attribute(kind, value.strip(), item.sentence.quote, page, paragraph)

    for phrase in _phrases(text, domain.materials):
        if len(phrase.split()) > 1:
            yield made("material type", phrase)
    # How other instruments recorded their data says nothing of the micrograph.
    recording = (
        domain.recording
        if in_caption or _BY_ELECTRONS.search(item.sentence.quote) or item.relevance >= ELSEWHERE
        else ()
    )
    for match in _RECORDED.finditer(text) if recording else ():
        yield made("other", match["value"])
    for phrase in _phrases(text, recording):
        if len(phrase.split()) > 1 and not _KNOWN_ANYWAY.match(phrase):
            yield made("other", phrase)
    for match in _CONDITION.finditer(text):
        value = match["value"]
        if (
            not _GERUND_OR_ADVERB.match(value)
            and term_pattern(domain.processing).match(value)
            and _SURROUNDING.search(value)
            and not short_forms(value)
        ):
            yield made("processing conditions", value)
    for phrase in _phrases(text, domain.properties):
        if len(phrase.split()) > 1:
            yield made("properties", phrase)
    if item.relevance >= 0.4:
        for phrase in _phrases(text, domain.structures):
            if len(phrase.split()) > 1:
                yield made("appearance", phrase)


def find_attributes(paper: PaperText, panel: PanelText, domain: Domain) -> list[Attribute]:
    """Find what the paper tells of a panel's sample, typed, each with its quote.

    Parameters
    ----------
    paper, panel : PaperText, PanelText
        The text that is searched: sentences about the panel, linked to it, of the methods, and the abstract.
    domain : Domain
        Its vocabularies decide the types.

    Returns
    -------
    list of Attribute
        What stands closest to the panel first; each value once.
    """
    definitions = definitions_for(paper, domain)
    running = " ".join(p.text for p in paper.paragraphs if p.role == "body")
    shown = what_is_shown(panel.caption, panel.figure_caption, panel.label, definitions, running)
    direct, linked, prepared = usable_sentences(paper, panel, shown, definitions, domain)
    items = [*direct.values(), *sorted(linked.values(), key=lambda item: -item.relevance), *prepared.values()]
    items += _abstract(paper, definitions, shown)
    found: dict[tuple[str, str], Attribute] = {}
    for item in [*items, *_methods(paper, definitions, shown)]:
        for attribute in _attributes_of(item, paper, panel, domain):
            found.setdefault((attribute.type, attribute.value.lower()), attribute)
    for phrase in _phrases(paper.title or "", domain.materials):
        if len(phrase.split()) > 1:
            attribute = Attribute("material type", phrase, paper.title or "", 1, None)
            found.setdefault((attribute.type, phrase.lower()), attribute)
    if shown.backscattered and shown.quote:
        attribute = Attribute("other", "imaging with back-scattered electrons", shown.quote, panel.page, None)
        found.setdefault((attribute.type, attribute.value), attribute)
    return list(found.values())


def _methods(paper: PaperText, definitions: dict[str, str], shown: Shown) -> Iterator[Usable]:
    for run in sentences_of(paper):
        if run and is_about_methods(paper.paragraphs[run[0].paragraph].section):
            for sentence in run:
                text = rewrite(sentence.quote, definitions, shown.codes)
                if not isinstance(text, LeftOut):
                    yield Usable(sentence, text, 0.1)


def _abstract(paper: PaperText, definitions: dict[str, str], shown: Shown) -> Iterator[Usable]:
    for run in sentences_of(paper):
        if run and paper.paragraphs[run[0].paragraph].role == "abstract":
            for sentence in run:
                text = rewrite(sentence.quote, definitions, shown.codes)
                if not isinstance(text, LeftOut):
                    yield Usable(sentence, text, 0.2)


def leaks(attribute: Attribute, question: str, answer: str) -> bool:
    """Tell whether an attribute gives something of the answer away that the question does not hold.

    Any content word or number of the value that stands in the answer, and not in the question, is a leak.
    """
    asked = set(content_words(question))
    words = set(content_words(attribute.value)) - asked
    if words & set(content_words(answer)):
        return True
    return bool((set(numbers_in(attribute.value)) - set(numbers_in(question))) & set(numbers_in(answer)))


def _sentence(attribute: Attribute, domain: Domain) -> str:
    forms = domain.phrases.contexts[attribute.type]
    was_done = re.match(r"\w+(?:ed|cast|cut|nt|un|ground)\b", attribute.value)
    form = forms[1] if was_done and len(forms) > 1 else forms[0]
    value = attribute.value
    last = value.split()[-1]
    if attribute.type in ("material type", "appearance") and not last.endswith("s") and not _MASS.search(last):
        value = f"{'an' if value[0].lower() in 'aeiou' else 'a'} {value}"
    return form.format(value=value)


def build_ladder(
    question: str, answer: str, category: str, attributes: Iterable[Attribute], domain: Domain
) -> tuple[Rung, ...]:
    """Build the context ladder of a simple question.

    Parameters
    ----------
    question, answer : str
        The question as asked without context, and its benchmark answer.
    category : str
        Decides which types would tell the answer.
    attributes : iterable of Attribute
        Candidates, the closest first.
    domain : Domain
        Phrases, and which context types tell what.

    Returns
    -------
    tuple of Rung
        Basic, moderate and high, as far as there are attributes that do not tell the answer; nested.
    """
    telling = set(domain.category(category).told_by)
    fitting = [a for a in attributes if a.type not in telling and not leaks(a, question, answer)]
    chosen: list[Attribute] = []
    order = [kind.name for kind in domain.context_types]
    for repeat in range(len(LEVELS)):
        for kind in order:
            of_kind = [a for a in fitting if a.type == kind and not any(_says_the_same(a, other) for other in chosen)]
            taken = sum(a.type == kind for a in chosen)
            if of_kind and taken <= repeat and len(chosen) < len(LEVELS) and not (taken and kind == "material type"):
                chosen.append(of_kind[0])
    return tuple(
        Rung(
            level,
            tuple(chosen[: count + 1]),
            " ".join([*(_sentence(a, domain) for a in chosen[: count + 1]), question]),
        )
        for count, level in enumerate(LEVELS[: len(chosen)])
    )


def _says_the_same(one: Attribute, other: Attribute) -> bool:
    mine, theirs = set(content_words(one.value)), set(content_words(other.value))
    return not mine or len(mine & theirs) * 2 >= min(len(mine), len(theirs))
