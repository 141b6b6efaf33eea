"""The gates: rules that every question-answer pair must pass, each a small named function.

In: a draft with its paper, its panels, the domain and the pairs accepted before. Out: None, or the reason why
the pair is refused; `first_refusal` gives the first refusing gate's name with its reason. Any generator's
pairs go through the same gates, and a refused pair is kept with the gate's name.

The rules are those of Alshehri, Lee and Wang (2023), section "Data Generation", and what was measured since on
generated science questions: most broke one of these rules, so code holds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from glassllava.domains import Domain
from glassllava.questions.categories import category_strengths
from glassllava.questions.extract import definitions_for
from glassllava.questions.source import Draft, PanelText, PaperText
from glassllava.text.formulae import short_forms
from glassllava.text.overlap import content_words, find_quote, ngrams, normalised
from glassllava.text.quantities import numbers_in
from glassllava.text.sentences import sentences

LEAST_SENTENCES = 3
"""The paper asks for answers of more than two sentences."""
ALIKE = 0.8
"""Share of common five-word runs from which two answers about one panel count as the same."""
ALIKE_ELSEWHERE = 0.9
"""The same for answers about different panels, which may rightly differ in what they say is shown alone."""
CONTAINED = 0.6
"""Share of the answer's content words in the question from which the question gives the answer away."""

_PAPER_SPEAK = re.compile(
    r"\b(?:(?:this|the present|the current|our) (?:study|work|paper|article|research|investigation|review|"
    r"report)|the authors?|et al\b|"
    r"(?:figures?|figs?\.?|tables?|eqs?\.?|equations?|schemes?|refs?\.?)\s?\(?[SA]?\d+\w?|"
    r"we|our|us|supplementary (?:figure|information|material|table)|supporting information|as (?:mentioned|"
    r"discussed|described) (?:above|below|earlier))\b|"
    r"\[\d+(?:[,–-]\s?\d+)*\]|https?://|\bdoi\b",
    re.IGNORECASE,
)
_REFERENCE_DIGITS = re.compile(r"(?<=[a-z]{4})\.?\d{1,3}(?:[,–]\d{1,3})*(?=[\s.,;]|$)")


@dataclass(slots=True)
class Surroundings:
    """What a gate may look at beside the draft itself."""

    paper: PaperText
    panels: Mapping[str, PanelText]
    """The paper's panels by id."""
    domain: Domain
    accepted: list[Draft] = field(default_factory=list)
    """Pairs of the corpus that passed before this one."""
    runs_of_accepted: dict[str, list[tuple[Draft, set[tuple[str, ...]]]]] = field(default_factory=dict)
    """Those pairs by category, with the five-word runs of their answers."""

    def accept(self, draft: Draft) -> None:
        """Take a pair that passed into what later ones are compared with."""
        self.accepted.append(draft)
        self.runs_of_accepted.setdefault(draft.category, []).append((draft, ngrams(draft.answer)))


Gate = Callable[[Draft, Surroundings], str | None]


def panel_is_accepted(draft: Draft, around: Surroundings) -> str | None:
    """Refuse a pair about a panel that is unknown or not accepted."""
    for panel in draft.panels:
        known = around.panels.get(panel)
        if known is None:
            return f"there is no panel {panel}"
        if not known.accepted:
            return f"{known.name} is not accepted"
    return None if draft.panels else "the pair names no panel"


def evidence_is_in_the_paper(draft: Draft, around: Surroundings) -> str | None:
    """Refuse a pair whose quotes do not stand in the paper where they are said to."""
    if not draft.evidence:
        return "there is no evidence"
    shown = [around.panels[panel] for panel in draft.panels if panel in around.panels]
    captions = [text for panel in shown for text in (panel.figure_caption, panel.caption)]
    for item in draft.evidence:
        if item.paragraph is None:
            sources = captions
        elif 0 <= item.paragraph < len(around.paper.paragraphs):
            sources = [around.paper.paragraphs[item.paragraph].text]
        else:
            return f"there is no paragraph {item.paragraph}"
        if not any(_stands_at(item.quote, source, item.start, item.end) for source in sources):
            return f"not found: “{item.quote[:80]}”"
    return None


def _stands_at(quote: str, source: str, start: int, end: int) -> bool:
    return normalised(source[start:end]) == normalised(quote) or find_quote(quote, source) is not None


def numbers_are_in_the_evidence(draft: Draft, around: Surroundings) -> str | None:  # noqa: ARG001 - a gate's form
    """Refuse an answer with a number that no quote holds."""
    quoted = {number for item in draft.evidence for number in numbers_in(item.quote)}
    joined = " ".join(item.quote for item in draft.evidence)
    for number in numbers_in(draft.answer):
        if number not in quoted and not re.search(rf"(?<!\d){re.escape(number)}(?!\d)", joined):
            return f"{number} is in no quote"
    return None


def more_than_two_sentences(draft: Draft, around: Surroundings) -> str | None:  # noqa: ARG001
    """Refuse an answer of one or two sentences, or one that holds a broken sentence."""
    parts = sentences(draft.answer)
    if len(parts) < LEAST_SENTENCES:
        return f"the answer has {len(parts)} sentences"
    for part in parts:
        if not re.match(r"[“\"(]?[A-Zα-ωΑ-Ω\d]", part) or not re.search(r"[.!?][”\")]?$", part):
            return f"no whole sentence: “{part[:60]}”"
    return None


def no_unexpanded_abbreviation(draft: Draft, around: Surroundings) -> str | None:
    """Refuse abbreviations and codes of one paper alone; formulae and units may stand."""
    found = short_forms(f"{draft.question} {draft.answer}")
    defined = definitions_for(around.paper, around.domain)
    for word in found:
        long = defined.get(word)
        written = long is not None and re.search(rf"{re.escape(long)}\s*\({re.escape(word)}\)", draft.answer, re.I)
        if not written:
            return f"{word} is not written out"
    return None


def no_paper_speak(draft: Draft, around: Surroundings) -> str | None:  # noqa: ARG001
    """Refuse "this study", "the authors", "we", figure numbers and references: an image does not know its paper."""
    for text in (draft.question, draft.answer):
        match = _PAPER_SPEAK.search(text) or _REFERENCE_DIGITS.search(text)
        if match:
            return f"speaks of the paper: “{match.group().strip()}”"
    return None


def category_fits(draft: Draft, around: Surroundings) -> str | None:
    """Refuse an answer that does not use its category's words, or uses another's four times as much."""
    known = {category.name: category for category in around.domain.categories}
    if draft.category not in known:
        return f"the domain has no category {draft.category}"
    if draft.subcategory not in known[draft.category].subcategories:
        return f"{draft.category} has no {draft.subcategory} questions"
    strengths = category_strengths(sentences(draft.answer), around.domain)
    own = strengths[draft.category]
    if draft.category == around.domain.categories[0].name:
        return None if own > 0 else f"no word of {draft.category}"
    rivals = [value for name, value in strengths.items() if name != around.domain.categories[0].name]
    if own < 0.5 or own < 0.25 * max(rivals):
        strongest = max(strengths, key=lambda name: strengths[name])
        return f"speaks of {strongest} rather than {draft.category}"
    return None


def answer_is_not_in_the_question(draft: Draft, around: Surroundings) -> str | None:  # noqa: ARG001
    """Refuse a question that holds most of its answer."""
    answer = content_words(draft.answer)
    asked = set(content_words(draft.question))
    if not answer:
        return "the answer says nothing"
    shared = sum(word in asked for word in answer) / len(answer)
    return f"{shared:.0%} of the answer stands in the question" if shared >= CONTAINED else None


def not_a_near_duplicate(draft: Draft, around: Surroundings) -> str | None:
    """Refuse a pair whose answer was given before to the same kind of question."""
    mine = ngrams(draft.answer)
    if not mine:
        return "the answer is too short to compare"
    for other, theirs in around.runs_of_accepted.get(draft.category, ()):
        same_panel = bool(set(other.panels) & set(draft.panels))
        alike = len(mine & theirs) / max(1, len(mine | theirs))
        if alike >= (ALIKE if same_panel else ALIKE_ELSEWHERE):
            return f"like “{other.question[:60]}” ({alike:.0%} of its runs of five words)"
    return None


GATES: Mapping[str, Gate] = {
    "panel": panel_is_accepted,
    "evidence": evidence_is_in_the_paper,
    "numbers": numbers_are_in_the_evidence,
    "sentences": more_than_two_sentences,
    "abbreviation": no_unexpanded_abbreviation,
    "paper-speak": no_paper_speak,
    "category": category_fits,
    "leak": answer_is_not_in_the_question,
    "duplicate": not_a_near_duplicate,
}
"""Every gate by the name that a refused pair keeps, in the order in which they are asked."""


def first_refusal(draft: Draft, around: Surroundings, gates: Mapping[str, Gate] = GATES) -> tuple[str, str] | None:
    """Return the first refusing gate's name with its reason, or None where the pair passes all.

    A pair that passes is not yet taken into `around.accepted`; call `Surroundings.accept` for that.
    """
    for name, gate in gates.items():
        reason = gate(draft, around)
        if reason is not None:
            return name, reason
    return None


def judge(drafts: Sequence[Draft], around: Surroundings) -> list[tuple[Draft, tuple[str, str] | None]]:
    """Judge drafts in order, each against those that passed before it."""
    verdicts: list[tuple[Draft, tuple[str, str] | None]] = []
    for draft in drafts:
        refusal = first_refusal(draft, around)
        if refusal is None:
            around.accept(draft)
        verdicts.append((draft, refusal))
    return verdicts
