"""Noun phrases and passive clauses of a sentence, whole or not at all.

In: a sentence without references and abbreviations, and the terms of a vocabulary. Out: noun phrases around the
terms ("lithium nickel manganese cobalt oxide cathode"), what a subject has ("high fracture toughness"), and what
was done to which subject ("the stubs": "sputter-coated with gold"). Nothing is cut: a phrase whose bounds are not
sure is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glassllava.text.terms import find_terms

LONGEST_PHRASE = 7
"""Words in a noun phrase; a longer run of words is no phrase but a list or a torn line."""

LONGEST_CLAUSE = 110
"""Characters from a participle to the end of its clause."""

_WORD = re.compile(r"[\w\-/·–αβγ°]+")
_NO_PART_OF_A_PHRASE = frozenset(
    re.findall(
        r"\S+",
        "the a an this these those that its their his our and or but of in on at to for from by with as is are was "
        "were be been being has have had can could may might must will would should do does did not no than then "
        "which who whose when where while both each all any some such it they we into onto between during after "
        "before under over about above below also only very more most less least same other another via per using "
        "containing consisting including like called known so thus because since although however if show shows "
        "showed exhibit exhibits contain contains possess possesses reveal reveals become becomes remain remains "
        "form forms lead leads improve improves increase increases reduce reduces decrease decreases affect affects "
        "enhance enhances obtain obtained produce produces produced give gives used many several various different "
        "new typical such one two three four five respectively given appropriate particular specific certain every "
        "average final current present overall whole total along within without through against among across vs "
        "novel our further still own conventional individual single",
    )
)
_COMPARED = re.compile(r"\b(?:compared|than|unlike|contrast|versus|similar to|instead of)\b", re.I)
_GOES_ON = re.compile(
    r"(?:\s(?:temperatures?|composites?|particles?|films?|matrix|alloys?|fib(?:re|er)s?|transition|capacity|rates?|"
    r"ability|density|detectors?|ceramics?|cathodes?|anodes?|electrodes?|membranes?|powders?|structures?))+\b"
)
_ADJECTIVE = re.compile(
    r"\w+(?:ed|al|ic|ous|ive|ar|less|ful|y|ine|ish|like|shaped|scale)$|^(?:fine|coarse|large|small|dense|thin|thick|rough|smooth|round|dark|bright|white)$"
)
_MANY = frozenset(re.findall(r"\S+", "hyphae mycelia fungi spores bacteria"))
_PARTICIPLE = (
    r"(?:[\w\-]*(?:[^\W\d_]{3}ed|cast|cut|ground|spun|drawn|blown|frozen|grown|made|built|taken|broken|sintered))"
)
_PREPOSITION = r"(?:in|at|for|with|under|by|from|to|after|into|on|onto|using|through|during|within)"
_BY_THE_WAY = r"(?:(?:\w+ly|then|also|first|further|again|afterwards|once|twice|thrice|thereafter|next)\s+)*"
_PASSIVE = re.compile(
    rf"\b(?:was|were|is|are|(?:has|have|had)\s+been)\s+{_BY_THE_WAY}(?P<clause>{_PARTICIPLE}\b)", re.I
)
_AND_DONE = re.compile(rf"(?:,\s*|\s+)(?:and\s+)?{_BY_THE_WAY}(?P<clause>{_PARTICIPLE}\b)(?=\s+{_PREPOSITION}\b)")
_BOUND = re.compile(
    r"[;:()]|\.(?=\s|$)|,|\s(?:and|or|which|while|where|whereas|that|when|until|so|because|to|was|were|is|are|has|"
    r"have|before|prior|in order|as)\b"
)
_AFTER_AND = re.compile(
    rf"\s*(?:and\s+|then\s+)*{_BY_THE_WAY}(?:{_PARTICIPLE}\b|[^,;.()]{{2,60}}?\s(?:was|were|is|are|has|have)\b)"
)
_AFTER_COMMA = re.compile(
    rf"\s*(?:(?:and|then)\s+)*{_BY_THE_WAY}(?:{_PARTICIPLE}\b|(?:which|where|while|whose|followed|thus|giving|"
    r"resulting|so)\b|[^,;.()]{2,60}?\s(?:was|were|is|are|has|have)\b)"
)
_A_PLACE_TO_REACH = re.compile(r"\s+to\s+(?:\d|[~≈]|room\b|ambient\b|the\b|an?\b|about\b|below\b|above\b)")
_UNSURE = re.compile(
    r"\b(?:or|different|various|several|respective\w*|either|each|other|according|method|procedure|protocol|"
    r"described|reported|same|previous\w*|above|below|following|between|its|their|them|it|whose|these|those|this|"
    r"figure|fig|table|software|order|purpose|addition)\b|\bfrom [\d.]+\s?\S*$",
    re.I,
)
_ENDS_BADLY = re.compile(
    r"(?:\b(?:in|at|for|with|under|by|from|to|of|on|the|an?|as|and|using|about)|(?<![\d.])[\d.,\s]+)$", re.I
)
_ENDS_IN_A_BARE_NUMBER = re.compile(r"\s[~≈]?\d[\d.,]*$")
_A_MEDIUM = re.compile(
    r"\d|\b(?:water|air|vacuum|argon|nitrogen|oxygen|hydrogen|acid|gold|platinum|carbon|silver|palladium|slurry|"
    r"solution|furnace|pressure|crucibles?|mould|oil|electrolyte|resin|ethanol|alcohol|plasma|ion|beam|laser|"
    r"atmosphere|microwave|oven|salt|temperature|buffer|epoxy|casting|melting|milling|grinding|paste|paper|gel|"
    r"foil|mixing|coating|pressing|suspension|polishing|sputtering|saline|glutaraldehyde)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase as it can follow "The material concerned is"."""

    text: str
    before: str
    """What the sentence says before it."""
    adjectives: bool
    """Whether an adjective stands in it."""
    compares: bool
    """Whether its sentence compares it with something else."""


@dataclass(frozen=True, slots=True)
class Passive:
    """What was done to a subject."""

    subject: str
    value: str


def noun_phrases(text: str, terms: Sequence[str]) -> Iterator[Phrase]:
    """Give each noun phrase of two words and more that ends in a term, whole.

    Left out are phrases that begin after a number or with a gerund, that are longer than `LONGEST_PHRASE`, and
    those whose last noun only qualifies the next one.
    """
    given = -1
    for match in find_terms(text, terms):
        before = re.split(r"[,;:.()“”\"]", text[: match.start])[-1]
        words: list[str] = []
        for word in reversed(before.split()):
            if word.lower() in _NO_PART_OF_A_PHRASE or not _WORD.fullmatch(word) or word.endswith("ly"):
                break
            words.insert(0, word)
        rest = text[match.end :]
        after = _GOES_ON.match(rest)
        rest = rest[after.end() :] if after else rest
        following = re.match(r"\s+([\w\-]+)", rest)
        goes_on = following and following[1].lower() not in _NO_PART_OF_A_PHRASE and not _ends_a_phrase(following[1])
        if (rest and rest[0] in "-–/·") or goes_on or (before and before[-1] in "-–/·"):
            continue
        end = match.end + (after.end() if after else 0)
        if end == given:
            continue
        given = end
        phrase = " ".join([*words, match.text + (after.group() if after else "")])
        count = len(phrase.split())
        if not 2 <= count <= LONGEST_PHRASE or re.match(r"[^\s\-]+ing\b(?!-)|\d|[\d.]+\s|\S+ed\s\S+ed\b", phrase):
            continue
        if any(re.match(r"\d", word) for word in phrase.split()) or (words and _verb_inside(words)):
            continue
        if re.match(r"[A-Z][a-z]{3,}\b", phrase):
            phrase = phrase[0].lower() + phrase[1:]
        place = len(text[: match.start].rstrip()) - len(" ".join(words)) if words else match.start
        yield Phrase(
            phrase, text[: max(0, place)], any(_ADJECTIVE.search(w) for w in words), bool(_COMPARED.search(text))
        )


def _ends_a_phrase(word: str) -> bool:
    return bool(
        re.match(
            r"(?:\w+ed|prepared|grown|produced|held|made|cut|taken|drawn|due|upon|can|consist\w*|without|disassembled)$",
            word,
        )
    )


def _verb_inside(words: Sequence[str]) -> bool:
    return any(re.fullmatch(r"(?:succeeded|developed|presented|reported|shows?|makes?|using|adding)", w) for w in words)


def in_singular(phrase: str) -> str:
    """Say a phrase in the singular, with its article where it counts: "a bulk metallic glass composite".

    Examples
    --------
    >>> in_singular("bulk metallic glass composites")
    'bulk metallic glass composite'
    """
    words = phrase.split()
    last = words[-1]
    if last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in _MANY:
        stem = last[:-2] if re.search(r"(?:sses|xes|ches|shes)$", last) else last[:-1]
        last = f"{last[:-3]}y" if last.endswith("ies") else stem
    return " ".join([*words[:-1], last])


_SAMPLE_IS = re.compile(
    r"(?:\W|[A-Z][\w ]{2,40}\.\s?[—–]\s?)*(?:The|Our|All)\s+(?:samples?|specimens?|materials?)\b[^,;.]{0,60}?\s"
    r"(?:is|are|was|were)\s+(?:an?|the)\s+"
)
_HAS = re.compile(
    r"\b(?:has|have|had|possess(?:es|ed)?|exhibit(?:s|ed)?)\s+(?:an?\s+|the\s+)?(?P<what>[^,;:.()]{3,60})"
)
_DEGREE = re.compile(
    r"(?:very\s+)?(?:high|low|good|excellent|exceptional|strong|large|small|poor|great|superior|remarkable|outstanding)\b"
)


def material_of_sample(text: str, terms: Sequence[str]) -> Phrase | None:
    """Return the material that a sentence says the sample is: "The sample we used is a soda-lime glass"."""
    said = _SAMPLE_IS.match(text)
    # Only what stands right after the verb is the sample.
    return next((p for p in noun_phrases(text[said.end() :], terms) if not p.before.strip()), None) if said else None


def possessed(text: str, terms: Sequence[str]) -> Iterator[str]:
    """Give each property with a word of degree that the sentence says its subject has."""
    for match in _HAS.finditer(text):
        subject = re.split(r"[,;:]", text[: match.start()])[-1]
        if _COMPARED.search(text) or re.search(r"\b(?:not|no|other|they|it)\b", subject, re.I):
            continue
        for phrase in noun_phrases(match["what"], terms):
            if match["what"].startswith(phrase.text) and _DEGREE.match(phrase.text):
                yield phrase.text


def passives(text: str) -> Iterator[Passive]:
    """Give what a sentence says was done to its subjects, each clause whole; unsure ones are left out."""
    for match in _PASSIVE.finditer(text):
        before = re.split(
            r"[;:,]\s|\.[—–]?\s?(?=[A-Z])|[—–](?=[A-Z])|\b(?:and|while|where|which|that|then|but)\s",
            text[: match.start()],
        )
        subject = before[-1].strip()
        start: int | None = match.start("clause")
        while start is not None and len(subject) >= 3:
            end = _end_of_clause(text, start)
            if end is None:
                break
            value = re.sub(r"\s+", " ", text[start:end]).strip()
            if _is_whole(value):
                yield Passive(subject, value)
            following = _AND_DONE.match(text, end)
            start = following.start("clause") if following else None


def _is_whole(value: str) -> bool:
    return bool(
        re.match(rf"{_PARTICIPLE}\s+(?:\w+\s+)?{_PREPOSITION}\b", value)
        and _A_MEDIUM.search(value)
        and not _UNSURE.search(value)
        and not _ENDS_BADLY.search(value)
        and not _ENDS_IN_A_BARE_NUMBER.search(value)
        and value.count("“") == value.count("”")
    )


def _end_of_clause(text: str, start: int) -> int | None:
    """Return where a clause ends, or None where that is not sure."""
    at = start
    while True:
        bound = _BOUND.search(text, at)
        end = bound.start() if bound else len(text)
        if end - start > LONGEST_CLAUSE:
            return None
        if bound is None or bound.group() in ";:()." or bound.group().strip() in _CLOSING:
            return end
        sign = bound.group().strip()
        rest = text[bound.end() :]
        if sign == ",":
            return end if _AFTER_COMMA.match(rest) else None
        if sign in ("or", "was", "were", "is", "are", "has", "have"):
            return None
        if sign == "and" and _AFTER_AND.match(rest):
            return end
        if sign == "to" and not _A_PLACE_TO_REACH.match(text, bound.start()):
            return end
        at = bound.end()


_CLOSING = frozenset(re.findall(r"\S+", "which while where whereas that when until so because before prior as")) | {
    "in order"
}
