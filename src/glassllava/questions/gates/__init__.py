"""The gates: rules that every question-answer pair must pass, each a small named function.

In: a draft with its paper, its panels, the domain and the pairs accepted before. Out: None, or the reason why
the pair is refused; `first_refusal` gives the first refusing gate's name with its reason. Any generator's
pairs go through the same gates, and a refused pair is kept with the gate's name.

The rules are those of Alshehri, Lee and Wang (2023), section "Data Generation", and what was measured since on
generated science questions: most broke one of these rules, so code holds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glassllava.questions.gates.duplicates import not_a_near_duplicate
from glassllava.questions.gates.grounding import evidence_is_in_the_paper, panel_is_accepted
from glassllava.questions.gates.notation import no_unexpanded_abbreviation
from glassllava.questions.gates.numbers import numbers_are_in_the_evidence
from glassllava.questions.gates.paper_speak import no_paper_speak
from glassllava.questions.gates.subject import answer_is_not_in_the_question, category_fits
from glassllava.questions.gates.surroundings import Gate, Surroundings
from glassllava.questions.gates.whole_sentences import LEAST_SENTENCES, more_than_two_sentences
from glassllava.questions.source import Draft

__all__ = ["GATES", "LEAST_SENTENCES", "Gate", "Surroundings", "first_refusal", "judge"]

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
