"""The gate against abbreviations and what only one paper calls something.

What counts: abbreviations ("SEI", "BMGs"), sample codes ("LS-2", "S1600"), symbols of quantities ("Tg", "Ra") and
lettered samples ("set A"). Chemical formulae and units may stand, in whichever way they are put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassllava.questions.extract import definitions_for
from glassllava.questions.gates.surroundings import Surroundings
from glassllava.questions.source import Draft
from glassllava.text.formulae import is_formula, short_forms

_COMPOUND_UNIT = re.compile(
    r"(?<=\d)\s?(?:[fpnµμmckMGT]?(?:Pa|Hz|eV|Wh|Ah|mol|min|W|V|A|N|J|Ω|S|F|K|L|g|m|s|h|T|C)(?:[−–-]?\d(?:/\d)?)?"
    r"(?:[·⋅/*]|(?![\w·⋅/*]))){2,}"
)
_SALT = re.compile(r"(?P<metal>(?:[A-Z][a-z]?\d?){1,2})(?:[NCVI]O3|NO2|BO[23]|[SP]O4|SO3)$")
"""Formulae in capitals alone that end in a well-known group: "KNO3"."""
_MOLECULES = frozenset(["H2", "N2", "O2", "O3", "F2", "Cl2", "Br2", "I2", "D2", "P4", "S8", "C60", "C70"])
_COUNTED_ELEMENT = re.compile(
    r"(?<![\w.·)\]])(?P<code>(?P<element>[A-Z][a-z]?)\d{1,4})(?![\w.]*[A-Z(]|[+−⁺]|[-–](?!\w))\b"
)
"""One element with a number, "S1600": no formula but a code, unless such a molecule is known."""
_TWO_LETTERS = re.compile(r"(?<![\w.·/\-–])(?<!\d\s)[A-Z][a-z](?![\w\-–]|\.\w)")
_WORDS_OF_TWO = frozenset(
    re.findall(
        r"\S+",
        "Ad Am An As At Be By Do Dr Eq Ex Go He Hz If In Is It Me Mr Ms My No Of Oh On Or Pa So St To Up Us Vs We",
    )
)
_NOT_IN_SAMPLES = frozenset(("Ra", "Rn", "Fr", "Tc", "Ac", "Cm", "Np"))
"""Elements that no sample is made of, so that their signs stand for something else: roughness, a temperature."""
_LETTERED = re.compile(
    r"\b(?P<called>(?i:sets?|samples?|specimens?|groups?|batch|batches|series|bars?|alloys?)\s(?:no\.\s)?"
    r"(?:[A-Z]\b(?![\-–'’.]\w)|\d{1,2}\b(?=[,;.)?]|\s(?:is|are|was|were|has|had|shows?|in|and)\b)))"
)


def no_unexpanded_abbreviation(draft: Draft, around: Surroundings) -> str | None:
    """Refuse abbreviations and notation of one paper alone; formulae and units may stand."""
    defined = definitions_for(around.paper, around.domain)
    for word in notation_in(f"{draft.question} {draft.answer}"):
        long = defined.get(word)
        before = re.escape(long) if long else r"[a-z]{4,}"
        if not re.search(rf"{before}\s*\({re.escape(word)}\)", draft.answer, re.IGNORECASE):
            return f"{word} is not written out"
    return None


def notation_in(text: str) -> Iterator[str]:
    """Give what a reader who knows formulae and units cannot read without the paper.

    Parameters
    ----------
    text
        A question, an answer, or both.

    Examples
    --------
    >>> list(notation_in("At 2.9 MPa·m1/2 the KNO3 of S1600 was above Tg in set B."))
    ['S1600', 'Tg', 'set B']
    """
    plain = _COMPOUND_UNIT.sub(" ", text)
    yield from (word for word in short_forms(plain) if not _is_made_of_formulae(word))
    for found in _COUNTED_ELEMENT.finditer(plain):
        if is_formula(found["element"]) and found["code"] not in _MOLECULES:
            yield found["code"]
    for found in _TWO_LETTERS.finditer(plain):
        word = found.group()
        if word not in _WORDS_OF_TWO and (word in _NOT_IN_SAMPLES or not is_formula(word)):
            yield word
    yield from (found["called"] for found in _LETTERED.finditer(plain))


def _is_made_of_formulae(word: str) -> bool:
    """Tell whether each part of a word is a formula, as in "33.3Li2O–66.7SiO2" or "KNO3"."""
    parts = [re.sub(r"^\d+(?:\.\d+)?", "", part) for part in re.split(r"[–‐‑·-]", word)]
    return all(is_formula(part) or _is_salt(part) for part in parts)


def _is_salt(word: str) -> bool:
    salt = _SALT.match(word)
    return salt is not None and is_formula(salt["metal"])
