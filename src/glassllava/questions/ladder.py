"""The context ladder: a simple question told with one, two and three attributes of its panel's sample.

In: a simple question with its benchmark answer, and the sample's `Attribute`s. Out: `Rung`s (basic, moderate, high),
nested: each level keeps those before it. No attribute may answer the question, directly or indirectly: what shares a
content word or a number with the answer that the question itself does not hold is left out, and so are the types that
the domain says would tell (a question about processing gets no processing conditions). A question of which too
little is known has fewer levels, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glassllava.domains import ContextLevel, Domain
from glassllava.questions.attributes import Attribute, find_attributes
from glassllava.text.overlap import content_words
from glassllava.text.quantities import numbers_in

__all__ = ["LEVELS", "Attribute", "Rung", "build_ladder", "find_attributes", "leaks"]

LEVELS: tuple[ContextLevel, ...] = ("basic", "moderate", "high")

_ENDING = re.compile(r"(?:li[sz](?:ed|es?|ing|ation)|line|ations?|ions?|ings?|ed|s|e)$")
_WAS_DONE = re.compile(r"[\w\-]*(?:ed|cast|cut|ground|spun|drawn|blown|frozen|grown|made|built)\b")


@dataclass(frozen=True, slots=True)
class Rung:
    """A question as asked at one context level."""

    level: ContextLevel
    attributes: tuple[Attribute, ...]
    text: str


def leaks(attribute: Attribute, question: str, answer: str) -> bool:
    """Tell whether an attribute gives something of the answer away that the question does not hold.

    Any content word or number of the value that stands in the answer, and not in the question, is a leak.
    """
    asked = _roots(question)
    if (_roots(attribute.value) - asked) & _roots(answer):
        return True
    return bool((set(numbers_in(attribute.value)) - set(numbers_in(question))) & set(numbers_in(answer)))


def _roots(text: str) -> set[str]:
    """Content words without their endings, so that "crystallised" tells of "crystals" too."""
    return {_ENDING.sub("", word) if len(word) > 5 else word for word in content_words(text)}


def _sentences(attributes: Sequence[Attribute], domain: Domain) -> list[str]:
    """Tell the attributes in sentences, those of one form in one sentence."""
    values: dict[str, list[str]] = {}
    for attribute in attributes:
        forms = domain.phrases.contexts[attribute.type]
        form = forms[1] if _WAS_DONE.match(attribute.value) and len(forms) > 1 else forms[0]
        values.setdefault(form, []).append(_with_article(attribute, domain))
    return [form.format(value=_listed(told)) for form, told in values.items()]


def _listed(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"


def _with_article(attribute: Attribute, domain: Domain) -> str:
    value = attribute.value
    named = attribute.type in (domain.context_type("material"), domain.context_type("appearance"))
    if not named or value.endswith(("s", *domain.mass_nouns)):
        return value
    return f"{'an' if value[0].lower() in 'aeiou' else 'a'} {value}"


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
    material = domain.context_type("material")
    for repeat in range(len(LEVELS)):
        for kind in order:
            of_kind = [a for a in fitting if a.type == kind and not any(_says_the_same(a, other) for other in chosen)]
            taken = sum(a.type == kind for a in chosen)
            if of_kind and taken <= repeat and len(chosen) < len(LEVELS) and not (taken and kind == material):
                chosen.append(of_kind[0])
    return tuple(
        Rung(
            level,
            tuple(chosen[: count + 1]),
            " ".join([*_sentences(chosen[: count + 1], domain), question]),
        )
        for count, level in enumerate(LEVELS[: len(chosen)])
    )


def _says_the_same(one: Attribute, other: Attribute) -> bool:
    mine, theirs = set(content_words(one.value)), set(content_words(other.value))
    return not mine or len(mine & theirs) * 2 >= min(len(mine), len(theirs))
