"""Which sentences of a paper speak of a panel, and how closely.

In: a paper and one of its panels. Out: `Passage`s: runs of sentences that can stand in an answer, each with its
relevance to the panel and its quotes. Relevance falls from sentences that cite the panel, over those beside them, to
those elsewhere in the paper that speak of the same things.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

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
    is_about_methods,
    mention_of,
    sentences_of,
)
from glassllava.questions.prose import LeftOut, Rewritten, points_back, rewrite
from glassllava.questions.shown import Shown
from glassllava.questions.source import Evidence, PanelText, PaperText
from glassllava.text.formulae import sample_codes
from glassllava.text.overlap import content_words
from glassllava.text.quantities import find_quantities
from glassllava.text.sentences import sentence_spans
from glassllava.text.terms import find_terms

LEAST_LIKENESS = 0.14
"""Least share of a sentence's weighted words that are the panel's topic."""

ELSEWHERE = 0.4
"""Highest relevance of a sentence elsewhere in the paper."""

_BY_ELECTRONS = re.compile(r"\bSEM\b|\b[Ss]canning [Ee]lectron|\b[Ee]lectron micro(?:scop|graph)")

_BY_ANOTHER_METHOD = re.compile(
    r"\b(?:spectro\w+|diffract\w+|NMR|calorimet\w+|chromatogra\w+|XPS|XRD|XRPD|TEM|PCR|assays?|electrochem\w+|"
    r"titrat\w+|voltammetr\w+|software|adsorption isotherm\w*|incubat\w+ for|"
    r"gas|inhibit\w+|concentration of the|ELISA|DSC|TGA|absorbance|wavelength|tensile|purchased|statistic\w*)\b"
)

_SEEN_OTHERWISE = re.compile(
    r"\b(?:tomogra\w+|calorimet\w+|chromatogra\w+|voltammetr\w+|transmission electron|atomic force|X-rays|"
    r"secondary ion)\b"
)

_SUMS_UP = re.compile(
    r"^These (?:observations|results|findings) (?:\w+ )?(?:suggest|indicate|demonstrate|confirm|imply|"
    r"show|reveal|prove)"
)

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

_TOO_COMMON = frozenset(
    _word
    for _word in re.findall(
        r"\S+", "surface layer film structure material concentration diameter cycl cycle cell after"
    )
)


@dataclass(frozen=True, slots=True)
class Usable:
    """A sentence that can stand in an answer about a panel."""

    sentence: Sentence
    rewritten: Rewritten
    relevance: float


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

    def evidence(self, paper: PaperText) -> tuple[Evidence, ...]:
        """Return the sentences as printed, with their places."""
        return tuple(
            Evidence(
                item.sentence.quote,
                paper.paragraphs[item.sentence.paragraph].page,
                item.sentence.paragraph,
                item.sentence.start,
                item.sentence.end,
            )
            for item in self.sentences
        )


@lru_cache(maxsize=8)
def _rarity(texts: tuple[str, ...]) -> Mapping[str, float]:
    """Inverse document frequency of each content word over the paper's sentences."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        for start, end in sentence_spans(text):
            counts.update(_stems(text[start:end]))
            total += 1
    return {word: math.log((1 + total) / (1 + count)) for word, count in counts.items()}


def _topic(
    paper: PaperText, panel: PanelText, shown: Shown, direct: Mapping[tuple[int, int], float]
) -> dict[str, float]:
    """Weigh the words by which the paper speaks of what the panel shows."""
    rarity = _rarity(tuple(p.text for p in paper.paragraphs if p.role not in NOT_PROSE))
    weights: defaultdict[str, float] = defaultdict(float)
    for word in _stems(shown.object or panel.caption):
        weights[word] += 2
    run = sentences_of(paper)
    for (place, order), relevance in direct.items():
        if relevance >= BESIDE:
            for word in _stems(run[place][order].quote):
                weights[word] += 1 if relevance >= CITES_FIGURE else 0.5
    return {word: min(weight, 3) * rarity.get(word, 0.0) for word, weight in weights.items()}


def _likeness(text: str, topic: Mapping[str, float], rarity: Mapping[str, float], least: int) -> float:
    """Return how much of what a sentence speaks of is the panel's topic, 0 to 1."""
    words = _stems(text)
    shared = [word for word in words if word in topic]
    total = sum(rarity.get(word, 0.0) for word in words)
    return sum(rarity.get(word, 0.0) for word in shared) / total if total and len(shared) >= least else 0.0


def _free_of_other_figures(run: tuple[Sentence, ...], order: int) -> bool:
    """Tell whether no citation before or soon after makes a sentence speak of another figure."""
    before = any(sentence.cites for sentence in run[:order])
    after = any(sentence.cites and CITES_IN_BRACKET.search(sentence.quote) for sentence in run[order + 1 : order + 3])
    return not before and not after


_PART = re.compile(r"\(?(?<![\w])[a-zA-Z](?:\s?[-–,]\s?[a-zA-Z])*\)|(?<=[\s(;])[a-z](?=:\s)")


def _others_only(panel: PanelText) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that name only what other panels show, and those that name only what this one shows.

    Only short parts of the caption name an object; long ones tell of it in words that any sentence may use.
    """
    own = {word for word in content_words(panel.caption) if not word.isdigit()}
    lead, *parts = _PART.split(panel.figure_caption)
    named = [part.split(". ")[0] for part in parts]
    rest = {word for part in named if len(part.split()) <= 9 for word in content_words(part) if not word.isdigit()}
    return frozenset(rest - own), frozenset(own - set(content_words(lead)))


_STEM = re.compile(r"(?:ing|ed|es|s)$")


def _stem(word: str) -> str:
    """Take endings and the prefixes of scale off, so that "microcracks" and "cracking" are both "crack"."""
    plain = re.sub(r"^(?:micro|nano|sub|macro)-?(?=\w{4})", "", word.lower())
    return _STEM.sub("", plain) if len(plain) > 4 else plain


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in content_words(text) if not word.isdigit()}


_UNTREATED = re.compile(r"\b(?:without|untreated|control|uncoated|blank|undoped)\b", re.IGNORECASE)
_OF_TREATED = re.compile(r"^\W*(?:[\w.\-]+\s+){0,4}(?:treated|exposed|coated|doped)\s+(?:with|to|by)\b", re.IGNORECASE)
_OF_OBJECT = re.compile(r"\b(?:with|without|after|before|in|at|from|under|during|by|using|prepared|treated|that)\b")


def _measures(text: str) -> set[str]:
    """Return the quantities with units that a text names, such as "2 mm"."""
    return {f"{q.value:g} {q.unit}" for q in find_quantities(text) if q.unit is not None}


def _key_nouns(text: str, shown: Shown, domain: Domain) -> frozenset[str]:
    """Return the stems of the nouns by which a link must be held: what is shown, and what the paper sees in it."""
    nouns = {
        match.text
        for terms in (domain.structures, domain.defects, domain.materials)
        for match in find_terms(text, terms)
    }
    head = _OF_OBJECT.split(shown.object or "", maxsplit=1)[0]
    nouns |= {word for word in content_words(head) if not word.isdigit() and len(word) > 3}
    return frozenset(_stem(noun) for noun in nouns) - _TOO_COMMON


def usable_sentences(
    paper: PaperText, panel: PanelText, shown: Shown, definitions: Mapping[str, str], domain: Domain
) -> tuple[dict[tuple[int, int], Usable], dict[tuple[int, int], Usable], dict[tuple[int, int], Usable]]:
    """Return the sentences that can stand in an answer about a panel, by paragraph and place.

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
    topic = _topic(paper, panel, shown, places)
    rarity = _rarity(tuple(p.text for p in paper.paragraphs if p.role not in NOT_PROSE))
    theirs, mine = _others_only(panel)
    of_untreated = bool(_UNTREATED.search(f"{shown.object} {shown.quote}"))
    own_measures = _measures(shown.object or "")
    other_measures = (_measures(panel.figure_caption) - own_measures) if own_measures else set()
    run_of = sentences_of(paper)
    cited = " ".join(run_of[place][order].quote for (place, order), value in places.items() if value >= BESIDE)
    keys = _key_nouns(cited, shown, domain)
    # A column's or a page's end splits a paragraph: its neighbours count as beside it.
    cited_in = {mention.paragraph + step for mention in panel.mentions for step in (-1, 0, 1)}
    direct: dict[tuple[int, int], Usable] = {}
    linked: dict[tuple[int, int], Usable] = {}
    prepared: dict[tuple[int, int], Usable] = {}
    for order, statement in enumerate(shown.statements):
        sentence = Sentence(CAPTION, order, statement.start, statement.end, statement.quote, False)
        direct[CAPTION, order] = Usable(sentence, statement.rewritten, CITES_PANEL if statement.own else CITES_FIGURE)
    for run in sentences_of(paper):
        in_methods = bool(run) and is_about_methods(paper.paragraphs[run[0].paragraph].section)
        under_the_microscope = in_methods and bool(_BY_ELECTRONS.search(paper.paragraphs[run[0].paragraph].text))
        for sentence in run:
            key = (sentence.paragraph, sentence.order)
            relevance = places.get(key)
            likeness, beside, claimed = 0.0, False, False
            if relevance is None:
                if sentence.cites or _NO_SOURCE.search(paper.paragraphs[sentence.paragraph].section):
                    continue
                beside = sentence.paragraph in cited_in
                likeness = _likeness(sentence.quote, topic, rarity, 1 if beside else 2)
                general = _STATES_A_FACT.search(sentence.quote) and not _TELLS_OF_ONE.search(sentence.quote)
                claimed = key in elsewhere_claimed or not _free_of_other_figures(run, sentence.order)
                words = set(content_words(sentence.quote))
                stems = _stems(sentence.quote)
                of_others = bool(words & theirs and not words & mine)
                if (
                    in_methods
                    and not of_others
                    and (_BY_ELECTRONS.search(sentence.quote) or not _BY_ANOTHER_METHOD.search(sentence.quote))
                ):
                    held = under_the_microscope or any(key_noun in stems for key_noun in keys)
                    told = rewrite(sentence.quote, definitions, shown.codes)
                    if (
                        held
                        and isinstance(told, Rewritten)
                        and find_terms(told.text, domain.processing + domain.recording)
                    ):
                        prepared[key] = Usable(sentence, told, ELSEWHERE if under_the_microscope else 0.75 * ELSEWHERE)
                if not any(key == stem or (len(key) > 4 and key in stem) for key in keys for stem in stems):
                    continue
                if (
                    likeness < (0.05 if beside else LEAST_LIKENESS)
                    or (claimed and not general)
                    or (words & theirs and not words & mine)
                ):
                    continue
                codes = set(sample_codes(sentence.quote))
                if shown.codes and codes and not codes & shown.codes:
                    continue
            if relevance is None or relevance < CITES_PANEL:
                measures = _measures(sentence.quote)
                if measures & other_measures and not measures & own_measures:
                    continue
            mention = mention_of(sentence, panel.mentions)
            plural = mention is not None and len(mention.panels) != 1 and panel.label is not None
            text = rewrite(sentence.quote, definitions, shown.codes, plural=plural)
            if isinstance(text, LeftOut):
                continue
            if (
                relevance is not None
                and relevance < CITES_PANEL
                and _SEEN_OTHERWISE.search(text.text)
                and not _BY_ELECTRONS.search(text.text)
            ):
                continue
            if relevance is None and claimed and re.search(r"\b\d", text.text):
                continue
            if relevance is not None and of_untreated and _OF_TREATED.match(text.text):
                continue
            if relevance == CITES_PANEL and text.leans:
                # What cites the panel can stand first: its "However" goes, and the image is what it speaks of.
                text = replace(text, leans=points_back(text.text))
            if relevance is not None:
                direct[key] = Usable(sentence, text, relevance)
            else:
                near = 0.15 if beside else 0.0
                linked[key] = Usable(sentence, text, min(ELSEWHERE, ELSEWHERE * likeness + near))
    return direct, linked, prepared


def _others_view(panel: PanelText) -> PanelText:
    return replace(panel, mentions=panel.other_mentions, other_mentions=panel.mentions)


def runs(usable: Mapping[tuple[int, int], Usable], longest: int, follows_a_core: bool = False) -> Iterator[Passage]:
    """Give every run of neighbouring usable sentences of a paragraph, one to `longest` sentences long.

    One sentence that cannot stand in an answer may be left out inside a run, unless the next leans on it.
    """
    for (place, order), first in usable.items():
        if first.rewritten.leans and not (follows_a_core and _SUMS_UP.match(first.rewritten.text)):
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
