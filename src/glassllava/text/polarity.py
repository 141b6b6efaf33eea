"""What a text says of defects: that they are there, that they are not, or neither.

In: a text of one or more sentences and the domain's words for defects. Out: `present`, `absent` or `undecided`,
with the statements that led to it. Read by the defect assessment and by the questions' stage.

The written rule
----------------
1. Each word for a defect is judged in its own clause. A clause ends at ``. ; : ? !``, at a dash, at "but",
   "however", "whereas", "while", "although", "though", "yet", "because", at ", and" before a new subject with
   a verb, and at "except", "apart from", "other than", "save for", "with the exception of".
2. **Negated before**: "no", "without", "free of", "devoid of", "absence of", "lack of", "neither … nor",
   "no evidence/sign/trace of", "hardly any", "virtually no" reach the defect word as long as no verb stands between
   (in "no change was seen around the cracks" the cracks are there). A negated verb ("does not show", "fails to reveal",
   "none of the samples shows", "cannot be seen") reaches to the end of its clause.
3. **Negated after**: "cracks were not observed", "pores are absent", "voids could not be detected", "cracking was
   avoided / prevented". Negation of something else ("the flaws were not removed") leaves them present.
4. **Compounds**: "crack-free", "defectless", "undamaged", "intact", "flawless" mean absent. "Fracture toughness",
   "fracture surface", "crack resistance" and the like say nothing of defects in the image.
5. **Exceptions** ("no defects apart from a scratch", "smooth except for pits") hold what they except: present.
6. **Double negation** ("not free of cracks", "not without pores") means present.
7. **Hedges**: "may", "might", "could", "possibly", "perhaps", "potential", "whether", "unclear", "cannot be told",
   "more information is needed", "if", and questions make a statement undecided where they bear on the defect's
   being there ("may indicate a defect", "cracks may be present"). Where only the cause or the consequence is
   hedged ("the cracks may be due to cooling", "cracks could weaken the part") the defect stays present.
   "Appear", "seem", "likely", "suggest" are how scientists assert, so they are no hedges.
8. Purposes and preventions ("to avoid cracks", "prevents cracking") say nothing of what is seen: undecided.
9. A leading "Yes," or "No," counts as a statement of its own.
10. **Together**: any present statement makes the text present; else any absent one makes it absent; else undecided.

A text that names no defect at all is undecided ("smooth and uniform" does not say that nothing is wrong).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from glassllava.text.terms import term_pattern

Polarity = Literal["present", "absent", "undecided"]


@dataclass(frozen=True, slots=True)
class DefectStatement:
    """One statement about a defect: what it says and where the word stands."""

    polarity: Polarity
    text: str
    start: int
    end: int


def _words(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


_EXCEPTION = (
    r"except(?:ing)?(?:\s+for)?|apart\s+from|aside\s+from|other\s+than|save\s+for|with\s+the\s+exception\s+of|besides"
)
_FINITE = (
    r"is|are|was|were|be|been|being|has|have|had|does|do|did|can|could|may|might|will|would|shall|should|must|"
    r"shows?|showed|exhibits?|exhibited|contains?|contained|reveals?|revealed|displays?|displayed|runs?|ran|"
    r"cross(?:es|ed)?|appears?|appeared|seems?|seemed|remains?|remained|becomes?|became|forms?|formed|points?|"
    r"indicates?|indicated|suggests?|suggested|extends?|extended|consists?|consisted|leads?|led|causes?|caused|"
    r"disturbs?|dominates?|confirms?|confirmed|means?|originates?|propagates?|joins?"
)
_CLAUSE_BREAK = _words(
    r"[.;:?!](?=\s|$)|\s[–—-]\s|—|\b(?:but|however|whereas|while|whilst|although|though|yet|because|since|instead)\b|"
    rf"\b(?:{_EXCEPTION})\b|,\s*(?:and|so)\s+(?=[^,.;]*?\b(?:{_FINITE})\b)|,\s*(?:with|leaving|showing|revealing)\b"
)
_EXCEPTION_BREAK = _words(rf"^(?:{_EXCEPTION})$")
_ADVERSATIVE_LEAD = _words(rf"^\W*(?:{_EXCEPTION})\b")

_NOUN_NEGATOR = _words(
    r"\b(?:no(?!\s+(?:fewer|less|doubt|longer|wonder|matter))|without|free\s+(?:of|from)|devoid\s+of|void\s+of|"
    r"absen(?:ce|t)\s+of|"
    r"lack(?:s|ed|ing)?(?:\s+of)?|neither|nor|none\s+of|(?:hardly|barely|scarcely)\s+any|few,?\s+if\s+any|zero|"
    r"clear\s+of|rather\s+than|exclud(?:es|ed|ing)|rul(?:es|ed|ing)\s+out|in\s+place\s+of|"
    r"(?:disappearance|elimination|removal)\s+of)\b"
)
_EXISTENCE_VERB = (
    r"show|exhibit|contain|reveal|display|have|has|had|see|seen|observe[sd]?|detect(?:ed)?|find|found|indicate|"
    r"suggest|appear|seem|suffer|present|visible|evident|discernible|apparent|identif(?:y|ied)|notice[d]?|noticeable|"
    r"recogni[sz](?:e|ed|able)|include|feature|discern|any|be|crack|form(?:ed)?|develop(?:ed)?|occur(?:red)?|"
    r"exist|arise|introduce[d]?|cause[d]?|produce[d]?|induce[d]?|lead|result|distinguish(?:ed)?|"
    r"resolve[d]?|made\s+out|a|an"
)
_VERB_NEGATOR = _words(
    rf"\b(?:(?:not|n't|cannot|never)(?!\s+(?:only|just|all|merely|free|without|devoid|entirely|completely|"
    rf"removed|healed))"
    rf"(?:\s+\w+ly)?\s+(?:{_EXISTENCE_VERB})\b|fail(?:s|ed)?\s+to\s+\w+|"
    rf"\b(?:no|none\s+of\s+the|none\s+of\s+these|neither)\s+(?:\w+\s+){{0,2}}(?:samples?|specimens?|images?|"
    rf"micrographs?|"
    rf"areas?|regions?|particles?|panels?|sections?|parts?|fib(?:re|er)s?|grains?|layers?|of\s+them)?\s*"
    rf"(?:shows?|showed|exhibits?|exhibited|contains?|contained|reveals?|revealed|displays?|displayed|has|"
    rf"have|had|is|are|was|were)\b)"
)
_CANNOT_TELL = _words(
    r"\b(?:whether|unclear|uncertain|unknown\s+if|(?:cannot|can't|can\s*not|could\s+not|impossible\s+to|"
    r"hard\s+to|difficult\s+to)"
    r"(?:\s+be)?(?:\s+\w+ly)?\s+(?:tell|told|determine[d]?|decide[d]?|judge[d]?|say|said|conclude[d]?|"
    r"assess(?:ed)?|confirm(?:ed)?|exclude[d]?|"
    r"rule[d]?\s+out)|(?:more|further|additional)\s+(?:information|context|data|details?|images?|analys[ei]s)\b"
    r"[^.;]*\b(?:need|require|necessary)|(?:need|require)s?\s+(?:more|further|additional)\b|"
    r"not\s+(?:clear|certain|sure|possible\s+to|enough|sufficient)|insufficient)"
)
_HEDGE = _words(
    r"\b(?:may|might|could|possibl[ey]|perhaps|maybe|potential(?:ly)?|presumabl[ey]|conceivabl[ey]|suspected|"
    r"hypothetical|if|in\s+case|unless)\b"
)
_PURPOSE = _words(
    r"\b(?:(?:in\s+order\s+)?to\s+(?:avoid|prevent|minimi[sz]e|reduce|suppress|inhibit|heal|repair|remove|eliminate)|"
    r"(?:avoid|prevent|suppress|inhibit|protect|resist|withstand)(?:s|ed|ing)?(?:\s+against)?|against|"
    r"prone\s+to|susceptible\s+to|risk\s+of|"
    r"resistan(?:t|ce)\s+(?:to|against))\b"
)
_AFTER_NEGATED = _words(
    rf"^(?:[\s\w,()\-/]{{0,60}}?)\b(?:(?:(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|"
    rf"will|would)\s*(?:not|n't)|cannot|can't|never)"
    rf"(?:\s+\w+ly)?(?:\s+(?:be|been|appear|seem|to|any|longer|even|yet)){{0,3}}\s+(?:{_EXISTENCE_VERB})|"
    r"(?:is|are|was|were|be|being|remain(?:s|ed)?|seem(?:s|ed)?|appear(?:s|ed)?)\s+(?:\w+ly\s+)?(?:absent|"
    r"missing|lacking|"
    r"nowhere|unseen|invisible|undetectable|negligible|non-existent|ruled\s+out|excluded|avoided|prevented|eliminated|"
    r"suppressed)|(?:is|are|was|were)\s+(?:in)?visible\s+nowhere)\b"
)
_AFTER_HEDGED_EXISTENCE = _words(
    r"^[\s\w,()\-/]{0,40}?\b(?:may|might|could)\s+(?:\w+ly\s+)?(?:still\s+|also\s+|well\s+)?(?:have\s+(?:been\s+)?)?(?:be\s+)?"
    r"(?:present|exist(?:ed)?|occur(?:red)?|form(?:ed)?|appear(?:ed)?|develop(?:ed)?|visible|hidden|there|seen|found|"
    r"detected|inside|below|beneath|outside|arise[n]?|introduced)\b"
)
_NOT_A_DEFECT = _words(
    r"^[\s\-]*(?:toughness|strength|resistan\w*|surfaces?|mechanics|energy|stress(?:es)?|mechanisms?|behaviou?rs?|"
    r"face|faces|plane|planes|mode|modes|tests?|sensitivity|healing|tip\s+opening|siz(?:e|ing)\s+standard|formers?|"
    r"tolerance|threshold|detection|inspection|assessment|analysis)\b"
)
_FREE_AFTER = _words(r"^[\s\-]?(?:free|less)\b")
_ABSENT_WORD = _words(
    r"\b(?:undamaged|unbroken|uncracked|unscratched|intact|flawless(?:ly)?|faultless|unblemished|spotless|"
    r"unfractured|pristine\s+condition|pore-?less)\b"
)
_NEGATED_WORD = _words(r"\b(?:not|n't|never|no\s+longer|hardly|neither|far\s+from)\s+(?:\w+\s+){0,2}$")
_NEGATED_VERB_ITSELF = _words(r"\b(?:did|does|do|has|have|had)\s*(?:not|n't)\s+(?:\w+ly\s+)?$")
_NOT_ONE = _words(r"\bnot\s+(?:a|one|only|just|merely)\b")
# "Not a single crack but a network of them" says that there are more, not that there is none.
_NOT_ONE_BUT_MORE = _words(
    r"\bnot\s+(?:a|one|a\s+single|just|only|merely)\s+(?:\w+\s+){0,3}but\s+(?:a|an|many|several|also|rather|whole)\b"
)
# "Neither the core nor the shell is cracked": reaches over the verb.
_NEITHER = _words(r"\bneither\b(?![^,;]*\bbut\b)")
_DOUBLE = _words(
    r"\b(?:not|n't|never|no\s+longer|hardly|far\s+from|neither)\s+(?:\w+ly\s+)?(?:free|without|devoid|lacking|immune)\b"
)
_FINITE_RE = _words(rf"\b(?:{_FINITE})\b")
_SENTENCE = re.compile(r"[^.;?!]+(?:\.(?=\d)[^.;?!]+)*[.;?!]*")


def _clauses(text: str) -> list[tuple[int, int, bool]]:
    """Return (start, end, opened by an exception) of each clause."""
    clauses: list[tuple[int, int, bool]] = []
    start, excepted = 0, False
    for cut in _CLAUSE_BREAK.finditer(text):
        if cut.group().lower() == "but" and _NOT_ONE.search(text, start, cut.start()):
            continue
        clauses.append((start, cut.start(), excepted))
        excepted = bool(_EXCEPTION_BREAK.match(cut.group().strip()))
        start = cut.end()
    clauses.append((start, len(text), excepted))
    return [clause for clause in clauses if clause[1] > clause[0]]


def _negated_noun(before: str) -> bool:
    """Tell whether a negator of nouns stands before the word, with no verb between."""
    negators = list(_NOUN_NEGATOR.finditer(before))
    if not negators:
        return False
    between = before[negators[-1].end() :]
    return not _FINITE_RE.search(between)


def _judge(before: str, after: str, sentence: str, excepted: bool) -> Polarity | None:
    """Judge one defect word by what stands before and after it in its clause and in its sentence."""
    if _FREE_AFTER.match(after):
        return "present" if _NEGATED_WORD.search(before) else _unless_hedged(before, sentence, "absent")
    if _NOT_A_DEFECT.match(after):
        return None
    if sentence.rstrip().endswith("?") or _CANNOT_TELL.search(before) or _opens_with_condition(sentence):
        return "undecided"
    if excepted:
        return _unless_hedged(before, before, "present")
    if _DOUBLE.search(before):
        return _unless_hedged(before, before, "present")
    if _NEGATED_VERB_ITSELF.search(before):
        return "absent"
    if _NOT_ONE_BUT_MORE.search(f"{before}{after}", max(0, len(before) - 40)):
        return "present"
    if _NEITHER.search(before):
        return _unless_hedged(before, before, "absent")
    if _negated_noun(before) or _VERB_NEGATOR.search(before) or _AFTER_NEGATED.match(after):
        return _unless_hedged(before, before, "absent")
    if _PURPOSE.search(before):
        return "undecided"
    if _AFTER_HEDGED_EXISTENCE.match(after):
        return "undecided"
    return _unless_hedged(before, before, "present")


def _unless_hedged(before: str, scope: str, otherwise: Polarity) -> Polarity:
    return "undecided" if _HEDGE.search(before) or _CANNOT_TELL.search(scope) else otherwise


def _opens_with_condition(sentence: str) -> bool:
    return bool(re.match(r"\W*(?:if|unless|should|in\s+case)\b", sentence, re.IGNORECASE))


def defect_statements(text: str, terms: Iterable[str]) -> list[DefectStatement]:
    """Return each statement about a defect in a text, in the order of the text.

    Parameters
    ----------
    text : str
        Free text, one or more sentences.
    terms : iterable of str
        Words for defects; a trailing ``*`` stands for any ending (see `glassllava.text.terms`).

    Returns
    -------
    list of DefectStatement
        Empty where the text says nothing of defects.
    """
    pattern = term_pattern(tuple(terms))
    statements: list[DefectStatement] = []
    opening = re.match(r"\s*(yes|no)\s*[,.;:!–—-]", text, re.IGNORECASE)
    if opening:
        answer: Polarity = "present" if opening[1].lower() == "yes" else "absent"
        statements.append(DefectStatement(answer, opening[1], opening.start(1), opening.end(1)))
    body = opening.end() if opening else 0
    for part in _SENTENCE.finditer(text, body):
        sentence = part.group()
        for start, end, excepted in _clauses(sentence):
            clause = sentence[start:end]
            for word in _ABSENT_WORD.finditer(clause):
                negated = bool(_NEGATED_WORD.search(clause[: word.start()]))
                said = "present" if negated else _unless_hedged(clause[: word.start()], "", "absent")
                place = part.start() + start
                statements.append(DefectStatement(said, word.group(), place + word.start(), place + word.end()))
            for word in pattern.finditer(clause):
                said_of = _judge(clause[: word.start()], clause[word.end() :], sentence, excepted)
                if said_of is not None:
                    place = part.start() + start
                    statements.append(DefectStatement(said_of, word.group(), place + word.start(), place + word.end()))
    return statements


def polarity(text: str, terms: Iterable[str]) -> Polarity:
    """Return what a text says of defects: present, absent or undecided.

    The rule is written at the head of this file.

    Parameters
    ----------
    text : str
        Free text, such as an answer about a micrograph.
    terms : iterable of str
        The domain's words for defects.

    Examples
    --------
    >>> polarity("The glass is free of cracks, apart from one near the edge.", ["crack*"])
    'present'
    >>> polarity("Neither pores nor cracks are seen.", ["crack*", "pore", "pores"])
    'absent'
    """
    said = {statement.polarity for statement in defect_statements(text, terms)}
    if "present" in said:
        return "present"
    return "absent" if "absent" in said else "undecided"
