"""What a panel's text is about, in weighed words, and how like it another sentence is.

In: a paper, a panel, and sentences. Out: stems, topics and likenesses, by which `passages` links sentences elsewhere in
the paper to a panel.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache

from glassllava.domains import Domain
from glassllava.questions.closeness import BESIDE, CITES_FIGURE, NOT_PROSE, sentences_of
from glassllava.questions.shown import Shown
from glassllava.questions.source import PanelText, PaperText
from glassllava.text.overlap import content_words
from glassllava.text.quantities import find_quantities
from glassllava.text.sentences import sentence_spans
from glassllava.text.terms import find_terms

_TOO_COMMON = frozenset(
    _word
    for _word in re.findall(
        r"\S+", "surface layer film structure material concentration diameter cycl cycle cell after"
    )
)


@lru_cache(maxsize=8)
def rarity_of(texts: tuple[str, ...]) -> Mapping[str, float]:
    """Inverse document frequency of each content word over the paper's sentences."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        for start, end in sentence_spans(text):
            counts.update(stems_of(text[start:end]))
            total += 1
    return {word: math.log((1 + total) / (1 + count)) for word, count in counts.items()}


def topic_of(
    paper: PaperText, panel: PanelText, shown: Shown, direct: Mapping[tuple[int, int], float]
) -> dict[str, float]:
    """Weigh the words by which the paper speaks of what the panel shows."""
    rarity = rarity_of(tuple(p.text for p in paper.paragraphs if p.role not in NOT_PROSE))
    weights: defaultdict[str, float] = defaultdict(float)
    for word in stems_of(shown.object or panel.caption):
        weights[word] += 2
    run = sentences_of(paper)
    for (place, order), relevance in direct.items():
        if relevance >= BESIDE:
            for word in stems_of(run[place][order].quote):
                weights[word] += 1 if relevance >= CITES_FIGURE else 0.5
    return {word: min(weight, 3) * rarity.get(word, 0.0) for word, weight in weights.items()}


def likeness_of(text: str, topic: Mapping[str, float], rarity: Mapping[str, float], least: int) -> float:
    """Return how much of what a sentence speaks of is the panel's topic, 0 to 1."""
    words = stems_of(text)
    shared = [word for word in words if word in topic]
    total = sum(rarity.get(word, 0.0) for word in words)
    return sum(rarity.get(word, 0.0) for word in shared) / total if total and len(shared) >= least else 0.0


_PART = re.compile(r"\(?(?<![\w])[a-zA-Z](?:\s?[-–,]\s?[a-zA-Z])*\)|(?<=[\s(;])[a-z](?=:\s)")


def others_only(panel: PanelText) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that name only what other panels show, and those that name only what this one shows.

    Only short parts of the caption name an object; long ones tell of it in words that any sentence may use.
    """
    # A title shared by all panels ("electrodes of the old and the new cells") names what is of others too.
    title, *own_parts = _PART.split(panel.caption)
    of_panel = " ".join(own_parts) if own_parts and re.search(r"\b(?:and|or|versus|vs)\b", title) else panel.caption
    own = {word for word in content_words(of_panel) if not word.isdigit()}
    lead, *parts = _PART.split(panel.figure_caption)
    named = [part.split(". ")[0] for part in parts]
    rest = {word for part in named if len(part.split()) <= 9 for word in content_words(part) if not word.isdigit()}
    # "SEB-3" is one of the "SEB" cells.
    rest |= {family[1] for word in rest if (family := re.fullmatch(r"([a-z]{2,})-\d+", word))}
    return frozenset(rest - own), frozenset(own - set(content_words(lead)))


_STEM = re.compile(r"(?:ing|ed|es|s)$")


def _stem(word: str) -> str:
    """Take endings and the prefixes of scale off, so that "microcracks" and "cracking" are both "crack"."""
    plain = re.sub(r"^(?:micro|nano|sub|macro)-?(?=\w{4})", "", word.lower())
    return _STEM.sub("", plain) if len(plain) > 4 else plain


def stems_of(text: str) -> set[str]:
    """Return the stems of a text's content words."""
    return {_stem(word) for word in content_words(text) if not word.isdigit()}


_OF_OBJECT = re.compile(r"\b(?:with|without|after|before|in|at|from|under|during|by|using|prepared|treated|that)\b")


def measures_in(text: str) -> set[str]:
    """Return the quantities with units that a text names, such as "2 mm"."""
    return {f"{q.value:g} {q.unit}" for q in find_quantities(text) if q.unit is not None}


def key_nouns(text: str, shown: Shown, domain: Domain) -> frozenset[str]:
    """Return the stems of the nouns by which a link must be held: what is shown, and what the paper sees in it."""
    nouns = {
        match.text
        for terms in (domain.structures, domain.defects, domain.materials)
        for match in find_terms(text, terms)
    }
    head = _OF_OBJECT.split(shown.object or "", maxsplit=1)[0]
    nouns |= {word for word in content_words(head) if not word.isdigit() and len(word) > 3}
    return frozenset(_stem(noun) for noun in nouns) - _TOO_COMMON


def counts(quote: str, measures: set[str]) -> bool:
    """Tell whether a sentence names one of these quantities, whatever sign stands before it ("φ2 mm")."""
    return any(re.search(rf"(?<![\d.]){re.escape(m).replace(chr(92) + ' ', ' ?')}(?!\w)", quote) for m in measures)


def nouns_in(text: str, domain: Domain) -> set[str]:
    """Return the stems of what a text names of structures, defects and materials."""
    return {_stem(match.text) for match in find_terms(text, domain.structures + domain.defects + domain.materials)}
