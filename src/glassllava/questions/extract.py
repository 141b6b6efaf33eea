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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from glassllava.domains import Domain, Subcategory
from glassllava.questions.categories import VISIBLE
from glassllava.questions.closeness import CAPTION
from glassllava.questions.composing import LONGEST, Composition, Sentences, compositions, fit
from glassllava.questions.passages import Usable, usable_sentences
from glassllava.questions.shown import Shown, what_is_shown
from glassllava.questions.source import Draft, Evidence, PanelText, PaperText
from glassllava.questions.wording import word_question

GENERATOR = "extractive-4"
"""Name and version; a new version makes the questions of every panel again."""

_EXPLAINS = re.compile(
    r"\b(?:because|since|due to|owing to|therefore|thus|hence|consequently|as a result|result(?:s|ed|ing)? "
    r"(?:in|from)|lead(?:s|ing)? to|led to|"
    r"caus(?:e|es|ed|ing)|attribut\w+|suggest\w*|indicat\w+|impl(?:y|ies|ied|ying)|explain\w*|reason|"
    r"mechanism|"
    r"influenc\w+|affect\w*|depend\w*|stem\w*|originat\w+|in order to|so that|compar\w+|whereas|although|"
    r"likely|expected|may|might|could|"
    r"accelerat\w+|demonstrat\w+|confirm\w*|responsible|promot\w+|prevent\w*|enhanc\w+|improv\w+|the \w+er "
    r"the|changes? with)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Cell:
    category: str
    subcategory: Subcategory
    score: float
    parts: Composition


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


def _reasons(text: str) -> int:
    return len({match.group().lower() for match in _EXPLAINS.finditer(text)})


def _intros(shown: Shown, domain: Domain, kind: str, key: str, category: str, brief: bool) -> list[str]:
    """Return the ways in which an answer may begin, in an order that the key decides; none without a caption's word."""
    noun = domain.image.noun_of(kind, shown.backscattered)
    a_noun = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    if shown.object is None:
        return [f"The image is {a_noun}."] if shown.technique else []
    if brief:
        # One sentence of the paper does not make an answer of three with less.
        forms = [f"The image is {a_noun}. It shows {shown.object}.", f"This is {a_noun}. It shows {shown.object}."]
    elif category == domain.categories[0].name:
        forms = [f"The image is {a_noun} of {shown.object}.", f"This is {a_noun} of {shown.object}."]
    else:
        forms = [
            f"The image shows {shown.object}.",
            f"The {noun} shows {shown.object}.",
            f"This is an image of {shown.object}.",
        ]
    first = int(hashlib.sha256(key.encode()).hexdigest(), 16) % len(forms)
    return forms[first:] + forms[:first]


def _cells(
    found: Iterable[Composition], domain: Domain, paper: PaperText, used: Counter[str], opened: bool, named: bool
) -> list[_Cell]:
    cells: list[_Cell] = []
    for parts in found:
        # A single sentence is led in by two (what kind of image, and of what), more by one.
        alone = len(parts.sentences) == 1
        total = len(parts.sentences) + opened + (alone and opened and named)
        speaks = opened or any(item.rewritten.speaks_of_image for item in parts.core)
        if not 3 <= total <= LONGEST or not speaks:
            continue
        reasons = _reasons(parts.text)
        worn = sum(used[_wear_key(paper, item)] for item in parts.sentences) / len(parts.sentences)
        size = {3: 0.8 if alone else 1.0, 4: 1.05, 5: 0.9}[total]
        closeness = sum(item.relevance for item in parts.sentences) / len(parts.sentences)
        for category in domain.categories:
            for subcategory in category.subcategories:
                suits = fit(parts, category.name, subcategory, domain)
                if subcategory == "complex":
                    depth = 0.0 if not reasons else 0.85 if reasons == 1 else 1.0
                else:
                    depth = 1.0 - 0.08 * min(4, reasons)
                score = suits * depth * size * (0.3 + closeness) / (1 + 0.1 * worn)
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
    direct: Sentences
    linked: Sentences
    prepared: Sentences

    @property
    def likeness(self) -> tuple[object, ...]:
        """What must be equal for two panels of a figure to be told of in the same words: never two samples."""
        direct = frozenset(item.rewritten.text for item in self.direct.values())
        linked = frozenset(item.rewritten.text for item in self.linked.values())
        return self.shown.object, self.shown.codes, self.panel.caption, direct, linked


def generate(paper: PaperText, panels: Sequence[PanelText], domain: Domain, limit: int = 12) -> list[Draft]:
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
        By panel: a plain question for defects first, then the best; none for a panel of which the paper says too
        little.
    """
    definitions = definitions_for(paper, domain)
    running = " ".join(p.text for p in paper.paragraphs if p.role == "body")
    groups: dict[tuple[object, ...], list[_Told]] = {}
    named = Counter((panel.figure_caption, panel.name) for panel in panels)
    for panel in panels:
        shown = what_is_shown(panel.caption, panel.figure_caption, panel.label, definitions, running, panel.kind)
        several = named[panel.figure_caption, panel.name] > 1
        told = _Told(panel, shown, *usable_sentences(paper, panel, shown, definitions, domain, several))
        groups.setdefault((panel.figure_caption, *told.likeness), []).append(told)
    used: Counter[str] = Counter()
    given: set[tuple[object, ...]] = set()
    drafts: list[Draft] = []
    for group in groups.values():
        together = tuple(told.panel.id for told in group)
        drafts += [replace(draft, panels=together) for draft in _of_one(paper, group[0], domain, used, given, limit)]
    return drafts


def _of_one(
    paper: PaperText, told: _Told, domain: Domain, used: Counter[str], given: set[tuple[object, ...]], limit: int
) -> list[Draft]:
    shown = told.shown
    found = compositions(told.direct, told.linked, told.prepared)
    cells = _cells(found, domain, paper, used, shown.quote is not None, shown.object is not None)
    chosen: list[_Cell] = []
    drafts: list[Draft] = []
    wanted = _steering(domain, used)
    ranked = sorted(cells, key=lambda item: -item.score * wanted[item.category])
    defects = domain.with_roles("defects")
    # However few pairs a panel gets, one asks plainly for defects: an assessment of its own rests on them.
    plain = next((cell for cell in ranked if cell.category in defects and cell.subcategory == "simple"), None)
    for cell in ranked if plain is None else [plain, *ranked]:
        if len(drafts) >= limit:
            break
        key = f"{told.panel.id}|{cell.category}|{cell.subcategory}"
        intros = _intros(shown, domain, told.panel.kind, key, cell.category, len(cell.parts.sentences) == 1)
        # Panels that are called the same are not told the same in the same words.
        new = [intro for intro in intros if (intro, cell.category, cell.parts.places) not in given]
        if (intros and not new) or any(_too_alike(cell, other, domain.categories[0].name) for other in chosen):
            continue
        intro = new[0] if new else None
        given.add((intro, cell.category, cell.parts.places))
        chosen.append(cell)
        drafts.append(_draft(cell, intro, paper, told.panel, shown, domain, used))
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


def _too_alike(cell: _Cell, other: _Cell, overview: str) -> bool:
    """Tell whether two answers about one panel would be for the same question, or share most of their sentences."""
    mine, theirs = cell.parts.places, other.parts.places
    if (cell.category, cell.subcategory) == (other.category, other.subcategory):
        return bool(mine & theirs)
    if len(mine) == len(theirs) == 1 and (cell.category == overview) != (other.category == overview):
        # What an overview says may also answer the one question that it is about.
        return False
    return len(mine & theirs) > 0.6 * len(mine | theirs)


def _page(paper: PaperText, panel: PanelText, item: Usable) -> int:
    place = item.sentence
    return panel.page if place.paragraph == CAPTION else paper.paragraphs[place.paragraph].page_at(place.start)


def _draft(
    cell: _Cell,
    intro: str | None,
    paper: PaperText,
    panel: PanelText,
    shown: Shown,
    domain: Domain,
    used: Counter[str],
) -> Draft:
    parts: list[str] = []
    evidence: list[Evidence] = []
    if intro and shown.quote:
        parts.append(intro)
        evidence.append(Evidence(shown.quote, panel.page, None, shown.start, shown.end))
    parts.append(cell.parts.text)
    evidence += [
        Evidence(
            item.sentence.quote,
            _page(paper, panel, item),
            None if item.sentence.paragraph == CAPTION else item.sentence.paragraph,
            item.sentence.start,
            item.sentence.end,
        )
        for item in cell.parts.sentences
    ]
    seen = " ".join(item.rewritten.text for item in cell.parts.core)
    question = word_question(domain, cell.category, cell.subcategory, panel.id, shown.object, seen, used, panel.kind)
    return Draft(
        panels=(panel.id,),
        category=cell.category,
        subcategory=cell.subcategory,
        question=question,
        answer=" ".join(parts),
        evidence=tuple(evidence),
        needs_image=domain.category(cell.category).role in VISIBLE,
        generator=GENERATOR,
    )
