"""What a paper tells of the sample in a panel: typed attributes, each with its quote.

In: a paper with one of its panels. Out: `Attribute`s, from the panel's own caption, the sentences that cite it, the
title and abstract (materials alone), and the description of methods where it speaks of this sample: of putting it
under the electron microscope, or with a subject that names what the panel shows. A sentence of another method,
another panel's sample, or the treated twin of an untreated sample (or the other way round) tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from glassllava.domains import ContextRole, Domain
from glassllava.questions.citations import without_references
from glassllava.questions.clauses import (
    Passive,
    Phrase,
    in_singular,
    material_of_sample,
    noun_phrases,
    passives,
    possessed,
)
from glassllava.questions.closeness import CITES_FIGURE, Sentence, direct_relevance, is_about_methods, sentences_of
from glassllava.questions.extract import definitions_for
from glassllava.questions.microscopes import BY_LIGHT, names_another
from glassllava.questions.recording import recorded, scale_bar
from glassllava.questions.shown import Shown, what_is_shown
from glassllava.questions.source import PanelText, PaperText
from glassllava.text.abbreviations import expand
from glassllava.text.formulae import sample_codes, short_forms
from glassllava.text.overlap import content_words, find_quote
from glassllava.text.quantities import find_quantities
from glassllava.text.sentences import sentence_spans
from glassllava.text.terms import find_terms, term_pattern

_BY_ELECTRONS = re.compile(r"\b(?:FE-?|HR-?)?SEM\b|\bscanning electron|(?<!transmission )\belectron micro", re.I)
_BY_ANOTHER_METHOD = re.compile(
    r"\b(?:\w*spectro\w+|\w*diffract\w+|calorimet\w+|\w*chromatogra\w+|tomogra\w+|transmission electron|atomic force|"
    r"confocal|optical micro\w+|light micro\w+|fluorescen\w+|assays?|electrochem\w+|titrat\w+|voltammetr\w+|"
    r"isotherms?|inhibit\w+|absorbance|tensile|compressi\w+|hardness|indent\w+|penetration|impedance|"
    r"leaf|leaves|blood|serum|purchased|statistic\w*|RNA|DNA|NMR|XPS|XRD|XRPD|TEM|STEM|AFM|PCR|RT-?qPCR|ELISA|"
    r"DSC|TGA|DTA|BET|FTIR|EDS|EDX)\b"
)
_HEADS_MICROSCOPY = re.compile(r"\bSEM\b|microscop|micrograph|\bimaging\b", re.I)
_HEADS_PREPARATION = re.compile(
    r"\b(?:sample|specimen)s?\b.*\bprepar|\bprepar\w+ of (?:the )?(?:sample|specimen)", re.I
)
_HEADS_ANOTHER = re.compile(
    r"\b(?:determination|assay|activit|test|quantif|extraction|measurement|culture|identification|dilution|biomass|"
    r"toxic|transmission|confocal|optical|light|fluoresc|atomic|segmentation|electrolyte|simulation|model)",
    re.I,
)
_RUN_IN = re.compile(r"^(?P<heading>[A-Z][\w\s\-,/]{2,80})\.\s?[—–]?\s?(?=[A-Z“\d])")
_ANY_SAMPLE = re.compile(
    r"\b(?:samples?|specimens?|stubs?|dis[kc]s?|pieces?|(?:cross-)?sections?|dish(?:es)?|powders?|"
    r"surfaces?|imaging planes?)$",
    re.I,
)
_PUT_UNDER_THE_MICROSCOPE = ("fixed", "dehydrated", "cleaned", "thinned", "embedded", "sectioned")
_OF_THE_WORKFLOW = re.compile(
    r"\b(?:workflow|schematic|procedure|process flow|preparation steps?|setup|set-up)\b", re.I
)
_A_STATE = re.compile(
    r"(?:pristine|fresh|aged|baseline|control|initial|final|bare|raw|as-\w+|cycled|treated|untreated|exposed|polished|"
    r"etched|fractured|broken|used|virgin|coated|uncoated|whole|top|bottom|upper|lower|inner|outer)\s",
    re.I,
)
_UNTREATED = re.compile(
    r"\b(?:without|untreated|control|uncoated|unetched|blank|undoped|pristine|baseline|fresh|as-received|raw|"
    r"virgin|unexposed|reference)\b",
    re.I,
)
_UNTREATED_SAMPLE = re.compile(
    r"\b(?:untreated|control|uncoated|unetched|blank|undoped|pristine|unexposed|reference)\s+(?:\w+\s+)?"
    r"(?:samples?|specimens?|cultures?|groups?|cells?|electrodes?|surfaces?|films?|glass(?:es)?|ones?)\b|"
    r"\b(?:control|blank)s?\s+(?:was|were|is|are)\b",
    re.I,
)
_TREATS = re.compile(
    r"^(?:treated|exposed|immersed|aged|cycled|doped|irradiated|infected|soaked|corroded|charged)\b", re.I
)
_WITHOUT_WHAT = re.compile(r"\bwithout\s+([^,;()]+)", re.I)
_PART = re.compile(r"\(?(?<!\w)[a-zA-Z](?:\s?[-–,]\s?[a-zA-Z])*\)|(?<=[\s(;])[a-z](?=:\s)")
_OF_OBJECT = re.compile(r"\b(?:of|with|without|after|before|in|at|from|on|under|during|by|using|that|[\w\-]+ed by)\b")
_NAMES_NOTHING = frozenset(
    content_words(
        "surfac layer section cross view area region structur material morphology microstructur imag part sid top "
        "deposition preparation formation mapp evolution fac block different typical high low singl new"
    )
)
_BESIDES_THE_SAMPLE = re.compile(
    r"\b(?:with|without|using|by|under|on|onto|coated|filled|embedded|mounted|into|via|add\w+|additive|binder|"
    r"solvent|precursor|substrate|electrolyte|infiltrat\w+|detector)\s+(?:\w+\s+)?$",
    re.I,
)
_SAYS_BACKSCATTERED = re.compile(r"\bback-?\s?scatter\w*|\bBSE\b|\bCOMPO\b", re.I)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One typed piece of information about a sample, with the quote that says it."""

    type: str
    value: str
    quote: str
    page: int
    paragraph: int | None
    """None where the quote is from the figure's caption or the title."""


@dataclass(frozen=True)
class _Subject:
    """What a panel shows, and what its text and its neighbours' say of it."""

    paper: PaperText
    panel: PanelText
    shown: Shown
    definitions: Mapping[str, str]
    domain: Domain

    def in_words(self, text: str) -> str:
        """Return a sentence without references, abbreviations written out."""
        plain = re.sub(r"(\w{3,})([-–])\1\b", r"\2\1", without_references(text))
        return re.sub(r"(?<=\d)(?=(?:hr?|min|mm|nm|kV)\b)", " ", expand(plain, self.definitions))

    @cached_property
    def cited_by(self) -> dict[tuple[int, int], Sentence]:
        run = sentences_of(self.paper)
        near = direct_relevance(self.paper, self.panel)
        return {(p, o): run[p][o] for (p, o), relevance in near.items() if relevance >= CITES_FIGURE}

    @cached_property
    def caption(self) -> str:
        return self.in_words(self.panel.caption)

    @cached_property
    def own_words(self) -> set[str]:
        """Words of the caption and of the sentences that cite the panel or stand beside those."""
        run = sentences_of(self.paper)
        beside = [run[p][o].quote for p, o in direct_relevance(self.paper, self.panel)]
        return _stems(" ".join([self.caption, *map(self.in_words, beside)]))

    @cached_property
    def key_nouns(self) -> set[str]:
        """Stems of the nouns by which the paper calls what is shown."""
        head = _OF_OBJECT.split(self.shown.object or "", maxsplit=1)[0]
        named = [p.text for p in noun_phrases(self.caption, self.domain.materials)]
        return _stems(" ".join([head, *named])) - _NAMES_NOTHING

    @cached_property
    def untreated(self) -> bool:
        return bool(_UNTREATED.search(f"{self.shown.object} {self.shown.quote}"))

    @cached_property
    def others(self) -> set[str]:
        """Words and numbers by which the caption names what other panels show, not this one."""
        _, *parts = _PART.split(self.panel.figure_caption)
        named = [self.in_words(part.split(". ")[0]) for part in parts]
        own = set(content_words(f"{self.caption} {self.shown.object}"))
        return {word for part in named if len(part.split()) <= 14 for word in content_words(part)} - own

    @cached_property
    def other_measures(self) -> set[str]:
        """Quantities of the caption that belong to other panels, such as another diameter or temperature."""
        return _measures(self.panel.figure_caption) - _measures(self.shown.object or "") if self.panel.label else set()

    def denies(self, sentence: str) -> bool:
        """Tell whether a sentence speaks of another sample than this panel's."""
        words = set(content_words(sentence))
        codes = set(sample_codes(sentence))
        if self.shown.codes and codes and not codes & self.shown.codes:
            return True
        says_untreated = bool(_UNTREATED.search(sentence))
        if self.untreated:
            lacking = _WITHOUT_WHAT.search(f"{self.shown.object}")
            lacked = set(content_words(lacking[1])) if lacking else set()
            return not says_untreated and bool(words & (self.others | lacked))
        contrasted = _UNTREATED.search(self.panel.figure_caption) or _UNTREATED_SAMPLE.search(sentence)
        if says_untreated and contrasted:
            return True
        return bool(words & self.others) and not words & (set(content_words(self.shown.object or "")) - self.others)


def _stems(text: str) -> set[str]:
    return {
        re.sub(r"(?:ing|ed|e|(?<!s)s)$", "", w) if len(w) > 4 else w for w in content_words(text) if not w.isdigit()
    }


def _measures(text: str) -> set[str]:
    return {f"{q.value:g} {q.unit}" for q in find_quantities(text) if q.unit is not None}


def _names(sentence: str, subject: str, about: _Subject) -> bool:
    """Tell whether a clause's subject is a noun by which the paper calls what is shown."""
    return bool(_stems(subject) & about.key_nouns) and not about.denies(sentence)


def _conditions(sentence: str, about: _Subject, any_sample: bool) -> Iterator[str]:
    for clause in passives(about.in_words(sentence)):
        head = re.split(r"\s(?:of|with|from|that|in|on|for|we)\s", clause.subject, maxsplit=1)[0]
        speaks = (any_sample and _ANY_SAMPLE.search(head)) or _names(sentence, clause.subject, about)
        if speaks and _tells_processing(clause, about):
            yield clause.value


def _tells_processing(clause: Passive, about: _Subject) -> bool:
    terms = (*about.domain.processing, *_PUT_UNDER_THE_MICROSCOPE)
    return bool(
        term_pattern(terms).match(clause.value)
        and not short_forms(clause.value)
        and not sample_codes(clause.value)
        and not _measures(clause.value) & about.other_measures
        and not (about.untreated and _TREATS.match(clause.value))
    )


def _own_caption(about: _Subject) -> Iterator[Attribute]:
    panel = about.panel

    def made(role: ContextRole, value: str, needle: str) -> Attribute:
        return Attribute(about.domain.context_type(role), value, _sentence_with(needle, panel), panel.page, None)

    for phrase in noun_phrases(about.caption, about.domain.materials):
        if _is_the_sample(phrase, about):
            yield made("material", in_singular(phrase.text), phrase.text)
    if about.shown.backscattered:
        said = _SAYS_BACKSCATTERED.search(panel.caption)
        around = panel.caption[max(0, said.start() - 20) : said.end()] if said else ""
        yield made("other", "back-scattered electrons", around)
    for value in recorded(about.caption):
        yield made("other", value, value.split(" of ")[-1])
    scale = scale_bar(panel.caption, panel.figure_caption)
    if scale:
        yield made("other", f"a scale bar of {scale.length}", scale.said)


def _own_microscope(panel: PanelText) -> re.Pattern[str]:
    return BY_LIGHT if panel.kind == "optical" else _BY_ELECTRONS


def _sentence_with(needle: str, panel: PanelText) -> str:
    """Return the caption's sentence that holds some words; the whole caption where none does."""
    caption = panel.figure_caption
    place = find_quote(needle, caption) if needle else None
    spans = sentence_spans(caption) if place else []
    return next((caption[slice(*span)] for span in spans if place and span[0] < place[1] <= span[1]), caption)


def _is_the_sample(phrase: Phrase, about: _Subject) -> bool:
    """Tell whether a material may be what the sample consists of, and not what stands beside it."""
    caption = about.panel.caption
    told = [caption[slice(*span)] for span in sentence_spans(caption)] + [s.quote for s in about.cited_by.values()]
    codes = about.shown.codes
    of_it = [s for s in told if not codes or not sample_codes(s) or codes & set(sample_codes(s))]
    if _A_STATE.match(phrase.text) and len(phrase.text.split()) == 2:
        return False
    for rule in about.domain.exclusions:
        said = term_pattern(rule.said)
        if term_pattern(rule.not_made_of).search(phrase.text) and any(said.search(sentence) for sentence in of_it):
            return False
    treated = about.untreated and re.search(r"\b(?:treated|exposed|coated|doped|aged|cycled)\b", phrase.text)
    return not treated and not short_forms(phrase.text) and not _BESIDES_THE_SAMPLE.search(phrase.before)


def _citing(about: _Subject) -> Iterator[Attribute]:
    """Attributes from the sentences that cite the panel, or its figure as a whole."""
    own = _own_microscope(about.panel)
    near = direct_relevance(about.paper, about.panel)
    for (place, order), sentence in about.cited_by.items():
        text = about.in_words(sentence.quote)
        if about.denies(sentence.quote) or (
            names_another(sentence.quote, about.panel.kind, _BY_ANOTHER_METHOD) and not own.search(sentence.quote)
        ):
            continue
        page = about.paper.paragraphs[place].page

        def made(role: ContextRole, value: str, sentence: Sentence = sentence, page: int = page) -> Attribute:
            return Attribute(about.domain.context_type(role), value, sentence.quote, page, sentence.paragraph)

        if near[place, order] > CITES_FIGURE:
            for phrase in noun_phrases(text, about.domain.structures):
                if phrase.adjectives and not short_forms(phrase.text) and not phrase.compares:
                    yield made("appearance", phrase.text)
        for value in possessed(text, about.domain.properties):
            if not short_forms(value):
                yield made("properties", value)
        for value in _conditions(sentence.quote, about, any_sample=True):
            yield made("processing", value)


def _prepared(about: _Subject) -> Iterator[Attribute]:
    """Attributes from the description of methods, where it speaks of this sample or of its microscopy."""
    own = _own_microscope(about.panel)
    for run in sentences_of(about.paper):
        if not run:
            continue
        paragraph = about.paper.paragraphs[run[0].paragraph]
        run_in = _RUN_IN.match(paragraph.text)
        heading = f"{paragraph.section}. {run_in['heading'] if run_in else ''}"
        if not is_about_methods(heading) or (_HEADS_ANOTHER.search(heading) and not own.search(heading)):
            continue
        microscopy = _HEADS_MICROSCOPY.search(heading) or own.search(heading)
        by_microscope = bool(microscopy) and not _HEADS_ANOTHER.search(own.sub("", heading))
        by_another = False
        preparing = bool(_HEADS_PREPARATION.search(heading))
        for sentence in run:
            named, other = (
                own.search(sentence.quote),
                names_another(sentence.quote, about.panel.kind, _BY_ANOTHER_METHOD),
            )
            if named or other:
                by_microscope, by_another = bool(named and not other), bool(other)
            if by_another or sentence.cites or about.denies(sentence.quote):
                continue

            def made(
                role: ContextRole, value: str, sentence: Sentence = sentence, page: int = paragraph.page
            ) -> Attribute:
                return Attribute(about.domain.context_type(role), value, sentence.quote, page, sentence.paragraph)

            text = about.in_words(sentence.quote)
            material = material_of_sample(text, about.domain.materials)
            if material and _is_the_sample(material, about):
                yield made("material", in_singular(material.text))
            for value in _conditions(sentence.quote, about, any_sample=by_microscope or preparing):
                yield made("processing", value)
            if by_microscope and not _OF_THE_WORKFLOW.search(about.panel.figure_caption):
                for value in recorded(text):
                    yield made("other", value)


def _titled(about: _Subject) -> Iterator[Attribute]:
    """Materials named by the title and abstract of which the panel's own text speaks too."""
    paper = about.paper
    sources: list[tuple[str, int, int | None]] = [(paper.title, 1, None)] if paper.title else []
    for run in sentences_of(paper):
        if run and paper.paragraphs[run[0].paragraph].role == "abstract":
            page = paper.paragraphs[run[0].paragraph].page
            # What leans on the literature is said of a class of materials, not of this paper's samples.
            own = (s for s in run if without_references(s.quote).strip() == s.quote.strip())
            sources.extend((sentence.quote, page, sentence.paragraph) for sentence in own)
    running = " ".join(p.text for p in paper.paragraphs if p.role == "body")
    for quote, page_of, paragraph in sources:
        if about.denies(quote) and paragraph is not None:
            continue
        for phrase in noun_phrases(about.in_words(quote), about.domain.materials):
            terms = _stems(" ".join(m.text for m in find_terms(phrase.text, about.domain.materials))) - _NAMES_NOTHING
            if terms and terms <= about.own_words and _is_the_sample(phrase, about):
                value = in_singular(_lowered(phrase.text, running))
                yield Attribute(about.domain.context_type("material"), value, quote, page_of, paragraph)


def _lowered(phrase: str, running: str) -> str:
    """Write the words of a title that the running text writes small in small letters."""

    def small(match: re.Match[str]) -> str:
        word = match.group()
        return word.lower() if re.search(rf"(?<![\w]){word.lower()}\b", running) else word

    return re.sub(r"\b[A-Z][a-z]{3,}\b", small, phrase)


def find_attributes(paper: PaperText, panel: PanelText, domain: Domain) -> list[Attribute]:
    """Find what the paper tells of a panel's sample, typed, each with its quote.

    Parameters
    ----------
    paper, panel : PaperText, PanelText
        The text that is searched: the panel's caption, sentences that cite it, title, abstract and methods.
    domain : Domain
        Its vocabularies decide the types.

    Returns
    -------
    list of Attribute
        What stands closest to the panel first; each value once.
    """
    definitions = definitions_for(paper, domain)
    running = " ".join(p.text for p in paper.paragraphs if p.role == "body")
    shown = what_is_shown(panel.caption, panel.figure_caption, panel.label, definitions, running, panel.kind)
    about = _Subject(paper, panel, shown, definitions, domain)
    found: dict[tuple[str, str], Attribute] = {}
    for source in (_own_caption, _citing, _prepared, _titled):
        for attribute in source(about):
            if not (_lost_its_beginning(attribute.value, running) or _is_torn(attribute.value, running)):
                found.setdefault((attribute.type, attribute.value.lower()), attribute)
    return list(found.values())


def _lost_its_beginning(value: str, running: str) -> bool:
    """Tell whether the paper mostly writes a value with a prefix that a line's end or a sign's font has taken."""
    bare = re.escape(value)
    return len(re.findall(rf"[\w]+[-‐‑–]{bare}", running)) > len(re.findall(rf"(?<![-‐‑–\w]){bare}", running))


def _is_torn(value: str, running: str) -> bool:
    """Tell whether a word of a value is two of the paper's words run together where a line ended."""
    for word in re.findall(r"(?<![\w\-])[a-z]{10,}\b", value):
        if len(re.findall(rf"\b{word}", running, re.I)) <= 1 and any(
            all(re.search(rf"\b{part}s?\b", running, re.I) for part in (word[:cut], word[cut:]))
            for cut in range(4, len(word) - 3)
        ):
            return True
    return False
