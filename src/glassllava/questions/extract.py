"""The extractive generator: pairs made of a paper's own sentences, without a language model.

In: one panel with its paper. Out: drafts over the domain's categories and subcategories.

An answer opens with a sentence made from the caption ("The image shows the as-cast rod with a diameter of 6
mm."), goes on with what the paper says where it cites the panel, and may end with one or two sentences from
elsewhere in the paper that speak of the same things. Each part is given with its verbatim quote. For each
category and subcategory the best composition is sought; a panel of which the paper says little gets few pairs
rather than bad ones.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from glassllava.domains import Domain, Subcategory
from glassllava.questions.closeness import BESIDE, CAPTION, CITES_FIGURE, is_about_methods
from glassllava.questions.passages import ELSEWHERE, Usable, runs, usable_sentences
from glassllava.questions.shown import Shown, what_is_shown
from glassllava.questions.source import Draft, Evidence, PanelText, PaperText
from glassllava.questions.wording import word_question
from glassllava.text.polarity import defect_statements
from glassllava.text.terms import find_terms

GENERATOR = "extractive-1"
"""Name and version; a new version makes the questions of every panel again."""

VISIBLE = frozenset({"General", "Microstructure", "Morphology", "Defect and Fracture"})
"""Categories whose answers are read off the image."""

_EXPLAINS = re.compile(
    r"\b(?:because|since|due to|owing to|therefore|thus|hence|consequently|as a result|result(?:s|ed|ing)? "
    r"(?:in|from)|lead(?:s|ing)? to|led to|"
    r"caus(?:e|es|ed|ing)|attribut\w+|suggest\w*|indicat\w+|impl(?:y|ies|ied|ying)|explain\w*|reason|mechanism|"
    r"influenc\w+|affect\w*|depend\w*|stem\w*|originat\w+|in order to|so that|compar\w+|whereas|although|"
    r"likely|expected|may|might|could|"
    r"accelerat\w+|demonstrat\w+|confirm\w*|responsible|promot\w+|prevent\w*|enhanc\w+|improv\w+|the \w+er "
    r"the|changes? with)\b",
    re.I,
)
PROCESSING = "Processing and Environmental Impact"
_LONGEST = 5
"""Most sentences of an answer, the caption's included."""


@dataclass(frozen=True, slots=True)
class _Composition:
    """The sentences of an answer: what is said of the panel, then what is linked to it."""

    core: tuple[Usable, ...]
    link: tuple[Usable, ...]

    @property
    def sentences(self) -> tuple[Usable, ...]:
        return self.core + self.link

    @property
    def text(self) -> str:
        return " ".join(item.rewritten.text for item in self.sentences)


@dataclass(frozen=True, slots=True)
class _Cell:
    category: str
    subcategory: Subcategory
    score: float
    parts: _Composition


def definitions_for(paper: PaperText, domain: Domain) -> dict[str, str]:
    """Return the abbreviations that may be written out: the domain's well-known ones, and the paper's own over them.

    Where both know a short form and mean the same by it, the domain's wording is taken, for papers misprint theirs.
    """
    found = dict(domain.abbreviations)
    for short, long in paper.definitions.items():
        known = found.get(short)
        if known is None or long[:3].lower() != known[:3].lower():
            found[short] = long
    return found


@lru_cache(maxsize=8192)
def _term_weights(text: str, vocabularies: tuple[tuple[str, ...], ...]) -> tuple[Mapping[str, float], ...]:
    """Return for each vocabulary its terms found in a text, each weighed by how few vocabularies know it."""
    found = [{match.text.lower() for match in find_terms(text, terms)} for terms in vocabularies]
    counts = Counter(word for words in found for word in words)
    return tuple({word: 1.0 / counts[word] for word in words} for words in found)


def category_strengths(sentences: Iterable[str], domain: Domain) -> dict[str, float]:
    """Return how strongly sentences speak the language of each category.

    A category's strength is the number of its distinct terms found, each divided by the number of categories
    that know it.
    """
    vocabularies = tuple(category.terms for category in domain.categories)
    merged: list[dict[str, float]] = [{} for _ in vocabularies]
    for sentence in sentences:
        for target, weights in zip(merged, _term_weights(sentence, vocabularies), strict=True):
            target.update(weights)
    return {category.name: sum(weights.values()) for category, weights in zip(domain.categories, merged, strict=True)}


def _reasons(text: str) -> int:
    return len({match.group().lower() for match in _EXPLAINS.finditer(text)})


def _intro(shown: Shown, domain: Domain, key: str, category: str, brief: bool) -> str | None:
    plain, backscattered = domain.image.noun, domain.image.backscattered_noun
    noun = backscattered if shown.backscattered and backscattered else plain
    a_noun = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    if shown.object is None:
        return f"The image is {a_noun}." if shown.technique else None
    if category == "General":
        return (
            f"The image is {a_noun} of {shown.object}."
            if not brief
            else f"The image is {a_noun}. It shows {shown.object}."
        )
    forms = (
        f"The image shows {shown.object}.",
        f"The {noun} shows {shown.object}.",
        f"This is an image of {shown.object}.",
    )
    return forms[int(hashlib.sha256(key.encode()).hexdigest(), 16) % len(forms)]


_Sentences = Mapping[tuple[int, int], Usable]


def _compositions(
    direct: _Sentences, linked: _Sentences, prepared: _Sentences, domain: Domain
) -> Iterator[_Composition]:
    for run in runs(prepared, 3):
        if len(run.sentences) > 1 and all(find_terms(item.rewritten.text, domain.processing) for item in run.sentences):
            yield _Composition((), run.sentences)
    cores = [run.sentences for run in runs(direct, 3) if max(item.relevance for item in run.sentences) >= BESIDE]
    alone = [item for item in direct.values() if item.relevance >= BESIDE and not item.rewritten.leans]
    known = {tuple((item.sentence.paragraph, item.sentence.order) for item in core) for core in cores}
    for first, second in combinations(alone, 2):
        places = tuple((item.sentence.paragraph, item.sentence.order) for item in (first, second))
        if places not in known:
            cores.append((first, second))
    links = sorted(runs(linked, 2, follows_a_core=True), key=lambda run: -run.relevance)[:60]
    made = sorted(runs(prepared, 2), key=lambda run: -run.relevance)[:20]
    for core in cores:
        yield _Composition(core, ())
        for run in made:
            if len(core) + len(run.sentences) < _LONGEST:
                yield _Composition(core, run.sentences)
        for link in links:
            if len(core) + len(link.sentences) < _LONGEST:
                yield _Composition(core, link.sentences)


def _fit(parts: _Composition, category: str, domain: Domain, paper: PaperText) -> float:
    """Return how well a composition answers a question of a category, 0 where it does not."""
    strengths = category_strengths((item.rewritten.text for item in parts.sentences), domain)
    own = strengths[category]
    methods = _from_methods(parts, paper)
    if not parts.core:
        return 0.9 if category == PROCESSING else 0.0
    in_methods = parts.core[0].sentence.paragraph != CAPTION and is_about_methods(
        paper.paragraphs[parts.core[0].sentence.paragraph].section
    )
    if in_methods and category != PROCESSING:
        return 0.0
    if category == "General":
        cites = any(item.relevance >= CITES_FIGURE for item in parts.core)
        visible = max(strengths[name] for name in VISIBLE)
        if parts.link and (methods or parts.link[0].relevance < 0.3 * ELSEWHERE or visible < 0.5):
            return 0.0
        return (2.0 if cites else 1.4) * (0.85 if parts.link else 1.0) if len(parts.link) <= 1 else 0.0
    rival = max(value for name, value in strengths.items() if name not in ("General", category))
    if own < 0.5 or own < (0.25 if own >= 1.0 else 0.4) * rival:
        return 0.0
    text = parts.text
    if 2 * sum(_speaks_of(item, category, domain) for item in parts.sentences) < len(parts.sentences):
        return 0.0
    if category == "Defect and Fracture":
        core = " ".join(item.rewritten.text for item in parts.core)
        if not defect_statements(core, domain.defects):
            return 0.0
    if methods and category != PROCESSING:
        return 0.0
    if category == PROCESSING and len({m.text for m in find_terms(text, domain.processing)}) < 2:
        return 0.0
    if category in VISIBLE or category == "Phase and Composition":
        of_core = category_strengths((item.rewritten.text for item in parts.core), domain)
        if parts.link and of_core[category] < 0.2:
            return 0.0
    if parts.link:
        # What is linked must itself speak of the category, else it only fills the answer up.
        linked = category_strengths((item.rewritten.text for item in parts.link), domain)
        best = max(value for name, value in linked.items() if name != "General")
        if linked[category] < 0.3 or linked[category] < 0.6 * best:
            return 0.0
    return 0.3 + min(2.0, own / (1 + 0.2 * len(parts.sentences)))


def _from_methods(parts: _Composition, paper: PaperText) -> bool:
    return bool(parts.link) and is_about_methods(paper.paragraphs[parts.link[0].sentence.paragraph].section)


def _speaks_of(item: Usable, category: str, domain: Domain) -> bool:
    return category_strengths([item.rewritten.text], domain)[category] >= 0.3


def _cells(
    compositions: Iterable[_Composition],
    domain: Domain,
    paper: PaperText,
    used: Counter[str],
    opened: bool,
    named: bool,
) -> list[_Cell]:
    cells: list[_Cell] = []
    for parts in compositions:
        total = len(parts.sentences) + opened
        speaks = opened or any(item.rewritten.speaks_of_image for item in parts.core)
        if total > _LONGEST or not speaks:
            continue
        reasons = _reasons(parts.text)
        worn = sum(used[_wear_key(paper, item)] for item in parts.sentences) / len(parts.sentences)
        size = {1: 0.0, 2: 1.0, 3: 1.0, 4: 1.05, 5: 0.9}[total]
        closeness = sum(item.relevance for item in parts.sentences) / len(parts.sentences)
        for category in domain.categories:
            # A general answer opens with two sentences (what kind of image, and of what), any other with one.
            if total < 3 and not (category.name == "General" and named and total == 2):
                continue
            fit = _fit(parts, category.name, domain, paper)
            if fit <= 0:
                continue
            for subcategory in category.subcategories:
                if subcategory == "complex" and _from_methods(parts, paper):
                    continue
                if subcategory == "complex":
                    depth = 0.0 if not reasons else 0.85 if reasons == 1 else 1.0
                else:
                    depth = 1.0 - 0.08 * min(4, reasons)
                score = fit * depth * size * (0.3 + closeness) / (1 + 0.1 * worn)
                if score > 0:
                    cells.append(_Cell(category.name, subcategory, score, parts))
    return cells


def _wear_key(paper: PaperText, item: Usable) -> str:
    return f"{paper.id}:{item.sentence.paragraph}:{item.sentence.order}"


@dataclass(frozen=True, slots=True)
class _Told:
    """What a paper tells of one panel."""

    panel: PanelText
    shown: Shown
    direct: _Sentences
    linked: _Sentences
    prepared: _Sentences

    @property
    def likeness(self) -> tuple[str | None, frozenset[str], frozenset[str]]:
        """What must be equal for two panels of a figure to be told of in the same words."""
        direct = frozenset(item.rewritten.text for item in self.direct.values())
        return self.shown.object, direct, frozenset(item.rewritten.text for item in self.linked.values())


def generate(paper: PaperText, panels: Sequence[PanelText], domain: Domain, limit: int = 8) -> list[Draft]:
    """Make question-answer drafts about the panels of one paper.

    Panels of a figure of which the paper says the very same get their pairs together.

    Parameters
    ----------
    paper : PaperText
        The panels' paper.
    panels : sequence of PanelText
        The panels, each with its caption and mentions, in the order of the paper.
    domain : Domain
        Categories, terms and phrases.
    limit : int
        The most drafts for one panel.

    Returns
    -------
    list of Draft
        By panel, the best first; none for a panel of which the paper says too little.
    """
    definitions = definitions_for(paper, domain)
    running = " ".join(p.text for p in paper.paragraphs if p.role == "body")
    groups: dict[tuple[object, ...], list[_Told]] = {}
    for panel in panels:
        shown = what_is_shown(panel.caption, panel.figure_caption, panel.label, definitions, running)
        told = _Told(panel, shown, *usable_sentences(paper, panel, shown, definitions, domain))
        groups.setdefault((panel.figure_caption, *told.likeness), []).append(told)
    used: Counter[str] = Counter()
    drafts: list[Draft] = []
    for group in groups.values():
        together = tuple(told.panel.id for told in group)
        drafts += [replace(draft, panels=together) for draft in _of_one(paper, group[0], domain, used, limit)]
    return drafts


def _of_one(paper: PaperText, told: _Told, domain: Domain, used: Counter[str], limit: int) -> list[Draft]:
    compositions = _compositions(told.direct, told.linked, told.prepared, domain)
    shown = told.shown
    cells = _cells(compositions, domain, paper, used, shown.quote is not None, shown.object is not None)
    chosen: list[_Cell] = []
    drafts: list[Draft] = []
    wanted = _steering(domain, used)
    for cell in sorted(cells, key=lambda item: -item.score * wanted[item.category]):
        if len(drafts) >= limit:
            break
        if any(_too_alike(cell, other) for other in chosen):
            continue
        chosen.append(cell)
        drafts.append(_draft(cell, paper, told.panel, shown, domain, used))
        used[_pairs_key(cell.category)] += 1
        for item in cell.parts.sentences:
            used[_wear_key(paper, item)] += 1
    return drafts


def _pairs_key(category: str) -> str:
    return f"pairs of {category}"


def _steering(domain: Domain, used: Counter[str]) -> dict[str, float]:
    """Return a weight for each category, higher where the pairs so far fall short of the paper's Table 1."""
    shares = domain.shares.training
    made = sum(used[_pairs_key(name)] for name in shares)
    return {
        name: max(0.6, min(1.8, 1 + 0.8 * (share / 100 - used[_pairs_key(name)] / max(1, made)) / (share / 100)))
        for name, share in shares.items()
    }


def _too_alike(cell: _Cell, other: _Cell) -> bool:
    """Tell whether two answers about one panel would be for the same question, or share most of their sentences."""
    if (cell.category, cell.subcategory) == (other.category, other.subcategory):
        return True
    mine = {(item.sentence.paragraph, item.sentence.order) for item in cell.parts.sentences}
    theirs = {(item.sentence.paragraph, item.sentence.order) for item in other.parts.sentences}
    return len(mine & theirs) > 0.6 * len(mine | theirs)


def _draft(
    cell: _Cell,
    paper: PaperText,
    panel: PanelText,
    shown: Shown,
    domain: Domain,
    used: Counter[str],
) -> Draft:
    intro = _intro(
        shown, domain, f"{panel.id}|{cell.category}|{cell.subcategory}", cell.category, len(cell.parts.sentences) == 1
    )
    parts: list[str] = []
    evidence: list[Evidence] = []
    if intro and shown.quote:
        parts.append(intro)
        evidence.append(Evidence(shown.quote, panel.page, None, shown.start, shown.end))
    parts.append(cell.parts.text)
    evidence += [
        Evidence(
            item.sentence.quote,
            panel.page if item.sentence.paragraph == CAPTION else paper.paragraphs[item.sentence.paragraph].page,
            None if item.sentence.paragraph == CAPTION else item.sentence.paragraph,
            item.sentence.start,
            item.sentence.end,
        )
        for item in cell.parts.sentences
    ]
    seen = " ".join(item.rewritten.text for item in cell.parts.core)
    question = word_question(domain, cell.category, cell.subcategory, panel.id, shown.object, seen, used)
    return Draft(
        panels=(panel.id,),
        category=cell.category,
        subcategory=cell.subcategory,
        question=question,
        answer=" ".join(parts),
        evidence=tuple(evidence),
        needs_image=cell.category in VISIBLE,
        generator=GENERATOR,
    )
