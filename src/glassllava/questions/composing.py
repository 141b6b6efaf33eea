"""Which sentences make one answer together, and how well they answer a question of a category.

In: the usable sentences about a panel. Out: `Composition`s (what is said of the panel, then what is linked to it) and
their fit to a category; used by `extract`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from glassllava.domains import CategoryRole, Domain, Subcategory
from glassllava.questions.categories import VISIBLE, category_strengths
from glassllava.questions.closeness import BESIDE, BESIDE_FIGURE, CITES_FIGURE
from glassllava.questions.passages import ELSEWHERE, Usable, runs
from glassllava.text.overlap import content_words
from glassllava.text.polarity import defect_statements
from glassllava.text.terms import find_terms

LONGEST = 5
"""Most sentences of an answer, the caption's included."""

_COMPARES_SAMPLES = re.compile(
    r"\b(?:different|various|varying)\s+\w+\s+\w+s?\b.*\binfluence|\bchanges? with\b|\bvar(?:y|"
    r"ies) with\b|\bdepends? on\b|"
    r"^The \w+er the\b|\b(?:in|de)creas\w+ with\b|\bcan (?:thus )?be (?:adjusted|tailored|predicted|"
    r"controlled)\b"
)

_CONCLUDES = re.compile(
    r"\b(?:suggest\w*|indicat\w+|impl(?:y|ies|ied|ying)|expect\w*|likely|predict\w*|conclu\w+|lead\w*|led|"
    r"result\w* in|"
    r"caus\w+|accelerat\w+|reduc\w+|improv\w+|enhanc\w+|could|may|might|would|can (?:thus |also )?be|"
    r"effects?|influenc\w+|"
    r"attribut\w+|prevent\w*|prone|stab\w+|due to|not destroy|retained|maintained|commonplace)\b"
)
_METHOD = re.compile(
    r"\b(?:(?:energy-dispersive |wavelength-dispersive )?(?:X-ray )?(?:diffraction(?: patterns?)?|spectr\w+)|"
    r"electron probe microanalysis|signals?)\b"
)
_CONSTANT = re.compile(
    r"(?:^|[,;]\s|\bwhile\s)(?P<what>[^,;]*?)\s(?:remains?|stays?|(?:is|are) (?:nearly )?)\s?(?:constant|"
    r"unchanged|identical)"
)
_VARIES = re.compile(r"\b(?:influence on|chang(?:es?|ed)|var(?:y|ies)|depends?|increas\w+|decreas\w+)\b")

Sentences = Mapping[tuple[int, int], Usable]


@dataclass(frozen=True, slots=True)
class Composition:
    """The sentences of an answer: what is said of the panel, then what is linked to it."""

    core: tuple[Usable, ...]
    link: tuple[Usable, ...]

    @property
    def sentences(self) -> tuple[Usable, ...]:
        """All, in the order of the answer."""
        return self.core + self.link

    @property
    def text(self) -> str:
        """All as one text."""
        return " ".join(item.rewritten.text for item in self.sentences)

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        """Which sentences of the paper these are."""
        return frozenset((item.sentence.paragraph, item.sentence.order) for item in self.sentences)


def compositions(direct: Sentences, linked: Sentences, prepared: Sentences) -> Iterator[Composition]:
    """Give the compositions that can be made of what is said of a panel, linked to it, and told of its making."""
    for run in runs(prepared, 3):
        yield Composition((), run.sentences)
    made_alone = [item for item in prepared.values() if not item.rewritten.leans]
    for first, second in combinations(made_alone, 2):
        yield Composition((), (first, second))
    # Beside a citation of the whole figure stands what speaks of this panel only where nothing speaks of it more.
    least = BESIDE if any(item.relevance >= BESIDE for item in direct.values()) else BESIDE_FIGURE
    cores = [run.sentences for run in runs(direct, 3) if max(item.relevance for item in run.sentences) >= least]
    alone = [item for item in direct.values() if item.relevance >= least and not item.rewritten.leans]
    known = {tuple((item.sentence.paragraph, item.sentence.order) for item in core) for core in cores}
    for first, second in combinations(alone, 2):
        places = tuple((item.sentence.paragraph, item.sentence.order) for item in (first, second))
        if places not in known:
            cores.append((first, second))
    links = sorted(runs(linked, 2), key=lambda run: -run.relevance)[:60]
    made = sorted(runs(prepared, 2), key=lambda run: -run.relevance)[:20]
    for core in cores:
        yield Composition(core, ())
        for run in [*made, *links]:
            if len(core) + len(run.sentences) < LONGEST:
                yield Composition(core, run.sentences)


def fit(parts: Composition, category: str, subcategory: Subcategory, domain: Domain) -> float:
    """Return how well a composition answers a question of a category, 0 where it does not.

    Parameters
    ----------
    parts : Composition
        The answer's sentences.
    category, subcategory : str
        What is asked.
    domain : Domain
        Its vocabularies decide what a sentence speaks of.
    """
    strengths = category_strengths((item.rewritten.text for item in parts.sentences), domain)
    own = strengths[category]
    role = domain.category(category).role
    visible_names = domain.with_roles(*VISIBLE)
    if role == "composition":
        # To name a method of finding phases is to name no phase.
        own = category_strengths((_METHOD.sub("", item.rewritten.text) for item in parts.sentences), domain)[category]
    if not _may_answer(parts, role, subcategory):
        return 0.0
    if not parts.core:
        return 0.9 if len(parts.link) > 1 else 0.7
    if role == "overview":
        cites = any(item.relevance >= CITES_FIGURE for item in parts.core)
        visible = max(strengths[name] for name in visible_names)
        if parts.link and (parts.link[0].relevance < 0.3 * ELSEWHERE or visible < 0.5):
            return 0.0
        return (2.0 if cites else 1.4) * (0.85 if parts.link else 1.0) if len(parts.link) <= 1 else 0.0
    overview = domain.categories[0].name
    rival = max((value for name, value in strengths.items() if name not in (overview, category)), default=0.0)
    seen_rather = max((strengths[name] for name in visible_names - {overview, category}), default=0.0)
    if len(parts.sentences) == 1 and role in VISIBLE and own < 0.8 * seen_rather:
        return 0.0
    if own < 0.5 or own < (0.25 if own >= 1.0 else 0.4) * rival:
        return 0.0
    if 2 * sum(_speaks_of(item, category, domain) for item in parts.sentences) < len(parts.sentences):
        return 0.0
    core = " ".join(item.rewritten.text for item in parts.core)
    if role == "defects" and not defect_statements(core, domain.defects):
        return 0.0
    if role == "processing" and len({m.text for m in find_terms(parts.text, domain.processing)}) < 2:
        return 0.0
    if parts.link:
        of_core = category_strengths((item.rewritten.text for item in parts.core), domain)[category]
        if (role in VISIBLE or role == "composition") and of_core < 0.2:
            return 0.0
        # What is linked must itself speak of the category, else it only fills the answer up.
        linked = category_strengths((item.rewritten.text for item in parts.link), domain)
        best = max(value for name, value in linked.items() if name != overview)
        if linked[category] < 0.3 or linked[category] < 0.6 * best:
            return 0.0
    return 0.3 + min(2.0, own / (1 + 0.2 * len(parts.sentences)))


def _may_answer(parts: Composition, role: CategoryRole, subcategory: Subcategory) -> bool:
    """Tell whether the kinds of sentences are those that a question of a category with this role asks for."""
    if role != "composition" and any(item.by_another_method for item in parts.sentences):
        return False
    if _contradicts_itself([item.rewritten.text for item in parts.sentences]):
        return False
    if role == "interpretation" and not _CONCLUDES.search(parts.text):
        return False
    makes = sum(item.makes for item in parts.sentences)
    if role != "processing":
        rules = sum(bool(_COMPARES_SAMPLES.search(item.rewritten.text)) for item in parts.sentences)
        asks_what_is_seen = role in (*VISIBLE, "composition") and subcategory == "simple"
        # What holds for a whole series of samples says nothing of how this one looks.
        return bool(parts.core) and not makes and rules < len(parts.sentences) and not (asks_what_is_seen and rules)
    if subcategory == "simple":
        # "How was it prepared?" is answered by what was done to the sample, not by what it looks like.
        return makes * 2 >= len(parts.sentences)
    return bool(parts.core) and not makes


def _contradicts_itself(texts: list[str]) -> bool:
    """Tell whether one sentence calls constant what another says is changing."""
    for text in texts:
        constant = _CONSTANT.search(text)
        if constant:
            what = set(content_words(constant["what"]))
            if any(o != text and _VARIES.search(o) and len(what & set(content_words(o))) > 1 for o in texts):
                return True
    return False


def _speaks_of(item: Usable, category: str, domain: Domain) -> bool:
    return category_strengths([item.rewritten.text], domain)[category] >= 0.3
