"""The gate for answers of more than two whole sentences."""

from __future__ import annotations

import re

from glassllava.questions.gates.surroundings import Surroundings
from glassllava.questions.source import Draft
from glassllava.questions.verbs import FINITE
from glassllava.text.overlap import normalised, tokens
from glassllava.text.sentences import sentences

LEAST_SENTENCES = 3
"""The paper asks for answers of more than two sentences."""

_LEAST_WORDS = 3
"""Fewer make a sentence only with a verb: "Laths cross.", but not "Many cracks."."""
_LABEL = re.compile(r"((?:[\w-]+\s){0,2}[\w-]+):\s")
"""How an entry of a list begins, "Pores: none.", where no verb stands in it."""


def more_than_two_sentences(draft: Draft, around: Surroundings) -> str | None:  # noqa: ARG001 - a gate's form
    """Refuse an answer of one or two whole sentences, or one that holds a broken sentence.

    A bare "Yes.", an entry of a list and a sentence that is said again do not count.
    """
    parts = sentences(draft.answer)
    for part in parts:
        if not re.match(r"[“\"(]?[A-Zα-ωΑ-Ω\d]", part) or not re.search(r"[.!?][”\")]?$", part):
            return f"no whole sentence: “{part[:60]}”"
    whole = {normalised(part) for part in parts if _is_whole(part)}
    return f"the answer has {len(whole)} whole sentences" if len(whole) < LEAST_SENTENCES else None


def _is_whole(part: str) -> bool:
    label = _LABEL.match(part)
    if label is not None and not FINITE.search(label[1]):
        return False
    return len(tokens(part)) >= _LEAST_WORDS or bool(FINITE.search(part))
