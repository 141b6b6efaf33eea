"""Which sentences of a paper speak of a panel, and how closely.

In: a paper and one of its panels. Out: `Passage`s: runs of sentences that can stand in an answer, each with its
relevance to the panel and its quotes. Relevance falls from sentences that cite the panel, over those beside them, to
those elsewhere in the paper that speak of the same things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from glassllava.domains import Domain
from glassllava.questions.closeness import (
    BESIDE,
    CAPTION,
    CITES_FIGURE,
    CITES_IN_BRACKET,
    CITES_PANEL,
    NOT_PROSE,
    Sentence,
    direct_relevance,
    introduction,
    is_about_methods,
    mention_of,
    sentences_of,
)
from glassllava.questions.methods import (
    by_another_method,
    by_chemistry,
    for_another_method,
    is_of_microscopy,
    of_the_panel,
    sources_of_making,
    subject_of,
    tells_of_making,
)
from glassllava.questions.microscopes import own_microscope
from glassllava.questions.pointers import only_contrasts, points_back
from glassllava.questions.prose import LeftOut, Rewritten, rewrite
from glassllava.questions.shown import Shown
from glassllava.questions.source import PanelText, PaperText
from glassllava.questions.topics import (
    counts,
    key_nouns,
    likeness_of,
    measures_in,
    nouns_in,
    others_only,
    rarity_of,
    stems_of,
    topic_of,
)
from glassllava.text.formulae import sample_codes
from glassllava.text.overlap import content_words
from glassllava.text.terms import term_pattern

LEAST_LIKENESS = 0.14
"""Least share of a sentence's weighted words that are the panel's topic."""

ELSEWHERE = 0.4
"""Highest relevance of a sentence elsewhere in the paper."""

_NO_SOURCE = re.compile(
    r"\b(?:introduction|background|literature|related work|state of the art|outlook|future|perspective|"
    r"acknowledg|contribution|conflict|competing|"
    r"funding|data availab|statistic|supplementary|supporting|ethic|orcid|additional information|references|"
    r"theory|theoretical)",
    re.I,
)

_STATES_A_FACT = re.compile(
    r"\b(?:is|are|has|have|can|causes?|leads?|accelerates?|increases?|reduces?|improves?|acts?|forms?|"
    r"results? in|sets?|allows?|affects?|depends?|plays?|provides?|makes?|enhances?|prevents?|hinders?|"
    r"promotes?|suggests?|indicates?|impl(?:y|ies)|may|might)\b"
)

_TELLS_OF_ONE = re.compile(
    r"\b(?:was|were|had|showed|displayed|exhibited|revealed|appeared|became|underwent|image|micrograph|"
    r"spectrum|spectra|pattern|curve|trace|traces|peak|peaks|plot)\b"
)

_HOW_IT_WAS_DONE = re.compile(
    r"\b(?:was|were)\s+(?:\w+ly\s+)?(?:reali[sz]ed|performed|carried out|conducted|acquired|recorded|"
    r"examined|investigated|"
    r"characteri[sz]ed|analy[sz]ed|imaged|developed|designed)\b(?! (?:to be|that))|\bwas clarified\b",
)

_FROM_LITERATURE = re.compile(
    r"[\[(]\d{1,3}(?:\s?[,–-]\s?\d{1,3})*[\])]|[a-zA-Z]{3}[.,;]?\d{1,3}(?:[,–-]\d{1,3})*(?=[\s.,;]|$)|"
    r"\bet al\b"
)

_MARKED = re.compile(
    r"\b(?:highlighted|marked|arrows?|circled?|dashed|rectangles?|boxe[sd]|colou?red|in (?:red|yellow|"
    r"cyan|magenta|green|blue)|"
    r"left|right)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Usable:
    """A sentence that can stand in an answer about a panel."""

    sentence: Sentence
    rewritten: Rewritten
    relevance: float
    makes: bool = False
    """Whether it tells how the sample was made or treated."""
    by_another_method: bool = False
    """Whether what it says was found by something else than the panel's micrograph."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of one paragraph, in order, that can stand together."""

    sentences: tuple[Usable, ...]

    @property
    def text(self) -> str:
        """The sentences as one text."""
        return " ".join(item.rewritten.text for item in self.sentences)

    @property
    def relevance(self) -> float:
        """Mean of the sentences' relevance and the highest among them."""
        values = [item.relevance for item in self.sentences]
        return 0.5 * max(values) + 0.5 * sum(values) / len(values)

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        """Which sentences these are."""
        return frozenset((item.sentence.paragraph, item.sentence.order) for item in self.sentences)


def _free_of_other_figures(run: tuple[Sentence, ...], order: int) -> bool:
    """Tell whether no citation before or soon after makes a sentence speak of another figure."""
    before = any(sentence.cites for sentence in run[:order])
    after = any(sentence.cites and CITES_IN_BRACKET.search(sentence.quote) for sentence in run[order + 1 : order + 3])
    return not before and not after


_UNTREATED = re.compile(
    r"\b(?:without|untreated|controls?|uncoated|blank|undoped|baseline|pristine|reference|unmodified|"
    r"as-received|bare|neat)\b",
    re.IGNORECASE,
)
_OF_TREATED = re.compile(
    r"\beffects? of\b|\bin (?:the )?presence of\b|\badditives?\b|\binfluence of\b|\b(?<!un)(?:treated|"
    r"exposed|coated|doped|"
    r"modified)\b(?! (?:as|control))",
    re.IGNORECASE,
)


def usable_sentences(
    paper: PaperText,
    panel: PanelText,
    shown: Shown,
    definitions: Mapping[str, str],
    domain: Domain,
    several_images: bool = False,
) -> tuple[dict[tuple[int, int], Usable], dict[tuple[int, int], Usable], dict[tuple[int, int], Usable]]:
    """Return the sentences that can stand in an answer about a panel, by paragraph and place.

    Parameters
    ----------
    paper, panel, shown : PaperText, PanelText, Shown
        Where to search, and what the panel shows.
    definitions : mapping of str to str
        Abbreviations to write out.
    domain : Domain
        Its vocabularies.
    several_images : bool
        Whether more images than this bear the panel's letter, so that what is "marked" may be marked in another.

    Returns
    -------
    direct : dict
        Sentences that cite the panel or stand beside one that does.
    linked : dict
        Sentences elsewhere that speak of the same things; relevance is at most `ELSEWHERE`. Left out are those
        that cite any figure or table, those under other figures' citations unless they state a general fact,
        and those that name what only other panels show.
    prepared : dict
        Sentences of the description of methods that tell how such samples were made or put under the microscope.
    """
    places = direct_relevance(paper, panel)
    elsewhere_claimed = direct_relevance(paper, _others_view(panel))
    topic = topic_of(paper, panel, shown, places)
    rarity = rarity_of(tuple(p.text for p in paper.paragraphs if p.role not in NOT_PROSE))
    theirs, mine = others_only(panel)
    of_untreated = bool(_UNTREATED.search(f"{shown.object} {shown.quote}"))
    own_measures = measures_in(shown.object or "")
    other_measures = (measures_in(panel.figure_caption) - own_measures) if own_measures else set()
    run_of = sentences_of(paper)
    cited = " ".join(run_of[place][order].quote for (place, order), value in places.items() if value >= BESIDE)
    keys = key_nouns(cited, shown, domain)
    object_nouns = key_nouns("", shown, domain)
    visible = term_pattern(domain.structures + domain.defects)
    # A column's or a page's end splits a paragraph: its neighbours count as beside it.
    cited_in = {mention.paragraph + step for mention in panel.mentions for step in (-1, 0, 1)}
    of_making, background = sources_of_making(paper, panel.kind), introduction(paper)
    direct: dict[tuple[int, int], Usable] = {}
    linked: dict[tuple[int, int], Usable] = {}
    prepared: dict[tuple[int, int], Usable] = {}
    own = own_microscope(panel.kind)
    for run in run_of:
        in_methods = bool(run) and is_about_methods(paper.paragraphs[run[0].paragraph].section)
        by_microscope = in_methods and bool(own.search(paper.paragraphs[run[0].paragraph].text))
        for sentence in run:
            key = (sentence.paragraph, sentence.order)
            relevance = places.get(key)
            likeness, beside, claimed = 0.0, False, False
            words, stems = set(content_words(sentence.quote)), stems_of(sentence.quote)
            of_others = bool(words & theirs and not words & mine)
            opening = " ".join(sentence.quote.split()[:6]) if relevance == CITES_PANEL else sentence.quote
            if of_untreated and not in_methods and _OF_TREATED.search(opening):
                continue
            if relevance is None:
                if sentence.cites or _NO_SOURCE.search(paper.paragraphs[sentence.paragraph].section):
                    continue
                beside = sentence.paragraph in cited_in
                likeness = likeness_of(sentence.quote, topic, rarity, 1 if beside else 2)
                general = _STATES_A_FACT.search(sentence.quote) and not _TELLS_OF_ONE.search(sentence.quote)
                claimed = key in elsewhere_claimed or not _free_of_other_figures(run, sentence.order)
                of_microscopy = is_of_microscopy(paper.paragraphs[sentence.paragraph])
                of_own_code = in_methods and bool(shown.codes & set(sample_codes(sentence.quote)))
                if of_own_code or (
                    sentence.paragraph in of_making and not for_another_method(run, sentence.order, panel.kind)
                ):
                    told = rewrite(sentence.quote, definitions, shown.codes, visible=visible)
                    subject = subject_of(told.text) if isinstance(told, Rewritten) else ""
                    if (
                        isinstance(told, Rewritten)
                        and (of_microscopy or of_the_panel(subject, object_nouns, stems_of(subject)))
                        and not (of_others and (of_untreated or _names_another(sentence.quote, panel, theirs)))
                        and tells_of_making(told.text, domain)
                    ):
                        prepared[key] = Usable(sentence, told, ELSEWHERE if by_microscope else 0.75 * ELSEWHERE, True)
                if in_methods or sentence.paragraph in background:
                    continue
                if not any(key == stem or (len(key) > 4 and key in stem) for key in keys for stem in stems):
                    continue
                if likeness < (0.05 if beside else LEAST_LIKENESS) or (claimed and not general) or of_others:
                    continue
                codes = set(sample_codes(sentence.quote)) - definitions.keys()
                if shown.codes and codes and not codes & shown.codes:
                    continue
            if relevance is None or relevance < CITES_PANEL:
                measures = measures_in(sentence.quote)
                if measures & other_measures and not measures & own_measures:
                    continue
                if "respectively" in sentence.quote and counts(sentence.quote, other_measures):
                    continue
                if of_others and relevance is not None and relevance < CITES_FIGURE:
                    continue
            mention = mention_of(sentence, panel.mentions)
            plural = mention is not None and len(mention.panels) != 1 and panel.label is not None
            text = rewrite(sentence.quote, definitions, shown.codes, plural=plural, visible=visible)
            if isinstance(text, LeftOut):
                continue
            makes = in_methods and tells_of_making(text.text, domain)
            # "No change of morphology and diffraction pattern (Fig. 6a)" was seen in the image too.
            of_shape = relevance == CITES_PANEL and "morpholog" in text.text
            otherwise = by_another_method(text.text, panel.kind) and not of_shape
            if not makes and (in_methods or _HOW_IT_WAS_DONE.search(text.text)):
                continue
            if otherwise and (
                relevance is None or relevance < (CITES_FIGURE if by_chemistry(text.text) else CITES_PANEL)
            ):
                continue
            if relevance is not None and relevance < CITES_FIGURE and sentence.paragraph in background:
                continue
            if relevance is None and (
                (claimed and re.search(r"\b\d", text.text)) or tells_of_making(text.text, domain)
            ):
                continue
            if several_images and _MARKED.search(text.text):
                continue
            if relevance == CITES_PANEL and text.leans:
                # What cites the panel can stand first: its "However" goes, and the image is what it speaks of.
                text = replace(text, leans=points_back(text.text))
            if relevance is not None and relevance < CITES_FIGURE and _FROM_LITERATURE.search(sentence.quote):
                # What was known before explains what is seen, but is not what is seen.
                linked[key] = Usable(sentence, text, ELSEWHERE, makes, otherwise)
            elif relevance is not None:
                if relevance >= BESIDE and text.leans and only_contrasts(sentence.quote):
                    text = replace(text, leans=points_back(text.text))
                direct[key] = Usable(sentence, text, relevance, makes, otherwise)
            else:
                near = 0.15 if beside else 0.0
                linked[key] = Usable(sentence, text, min(ELSEWHERE, ELSEWHERE * likeness + near), makes, otherwise)
    named = any(
        item.relevance >= BESIDE and shown.codes & set(sample_codes(item.sentence.quote)) for item in direct.values()
    )
    for order, statement in enumerate(shown.statements):
        if (statement.of_the_others and named) or (several_images and _MARKED.search(statement.quote)):
            continue
        sentence = Sentence(CAPTION, order, statement.start, statement.end, statement.quote, False)
        relevance = CITES_PANEL if statement.own else CITES_FIGURE
        direct[CAPTION, order] = Usable(
            sentence, statement.rewritten, relevance, False, by_another_method(statement.quote, panel.kind)
        )
    seen = nouns_in(f"{shown.object or ''} {' '.join(item.rewritten.text for item in direct.values())}", domain)
    linked = {key: item for key, item in linked.items() if seen & nouns_in(item.rewritten.text, domain)}
    return direct, linked, prepared


def _names_another(quote: str, panel: PanelText, theirs: frozenset[str]) -> bool:
    """Tell whether the subject of a sentence is what only another panel shows."""
    return bool(set(content_words(" ".join(quote.split()[:6]))) & theirs) and panel.label is not None


def _others_view(panel: PanelText) -> PanelText:
    return replace(panel, mentions=panel.other_mentions, other_mentions=panel.mentions)


def runs(usable: Mapping[tuple[int, int], Usable], longest: int) -> Iterator[Passage]:
    """Give every run of neighbouring usable sentences of a paragraph, one to `longest` sentences long.

    One sentence that cannot stand in an answer may be left out inside a run, unless the next leans on it; so what sums
    up ("These results show …") always follows what it sums up.
    """
    for (place, order), first in usable.items():
        if first.rewritten.leans:
            continue
        run = [first]
        yield Passage((first,))
        at = order
        while len(run) < longest:
            following, step = usable.get((place, at + 1)), 1
            if following is None:
                following, step = usable.get((place, at + 2)), 2
                if following is None or following.rewritten.leans:
                    break
            run.append(following)
            at += step
            yield Passage(tuple(run))
