"""The gate against pairs that speak of the paper: whoever is asked sees an image, not the paper that it is from."""

from __future__ import annotations

import re

from glassllava.questions.gates.surroundings import Surroundings
from glassllava.questions.source import Draft

_THE_WORK = (
    r"(?:this|the present|the current|our) (?:study|work(?![- ]hardening)|paper|article|research|investigation|"
    r"review|report|manuscript|publication|contribution|communication)"
)
_THE_TEXT = (
    # "The paper" may be the sample, and "silicon carbide paper" is: there a preposition or a verb decides.
    r"the (?:text|main text|caption|article|manuscript|publication|literature)|"
    r"the (?:study|(?:previous |next |same )?figure|passage|excerpt|paragraph|quotation)(?! of)|"
    r"the (?:given|provided|above|following) (?:text|passage|context|information|description|evidence|quotes?)|"
    r"the (?:experimental|methods?|results?|discussion|introduction|materials) section|"
    r"in the (?:abstract|introduction|conclusions?|discussion)|"
    r"(?:according to|in|by|does|did) the (?:paper|work|report)|"
    r"the (?:paper|work|report) (?:says?|states?|reports?|describes?|shows?|finds?|found|concludes?|claims?)"
)
_THE_PEOPLE = r"the (?:authors?|researchers?|investigators?|experimenters?|scientists?)|et al|we|our|us|my"
_A_PERSON = (
    r"(?<!mode )(?<!type )(?-i:\bI) (?:expect|think|see|saw|believe|find|found|observed?|assume|note|conclude)\b"
)
_CITED_BY_YEAR = r"(?-i:[A-Z]\w+),? \(?(?:19|20)\d\d[a-z]?\)"
_SAID = r"(?:mentioned|discussed|described|noted|reported|stated|explained|published)"
_ELSEWHERE = (
    # "Seen above 700 °C" and "as seen in the image" speak of the sample.
    rf"(?:as|was|were|been|is|are) reported|{_SAID} (?:above|below|earlier|previously|elsewhere)|previously {_SAID}|"
    rf"(?:shown|demonstrated) (?:previously|earlier)|previously (?:shown|demonstrated)|as {_SAID}(?=[,;.)])"
)
_PARTS = (
    r"(?:figures?|figs?\.?|tables?|eqs?\.?|equations?|schemes?|refs?\.?)\s?\(?[SA]?\d+\w?|"
    r"sections?\s\d+\.\d+|(?-i:Section|Sect\.|Sec\.|Chapter|Appendix)\s\(?[\dA-Z]\b|"
    r"supplementary (?:figure|information|material|table|data)|supporting information"
)
_PANELS = r"\bpanels?\s[b-z]\b|(?<!\w)\([a-h]\)(?!\w)"
_MARKS = r"\[\d+(?:[,–-]\s?\d+)*\]|https?://|\bdoi\b"

_PAPER_SPEAK = re.compile(
    rf"\b(?:{_THE_WORK}|{_THE_TEXT}|{_THE_PEOPLE}|{_ELSEWHERE}|{_PARTS})\b|{_A_PERSON}|{_CITED_BY_YEAR}|{_PANELS}|{_MARKS}",
    re.IGNORECASE,
)
_REFERENCE_DIGITS = re.compile(r"(?<=[a-z]{4})\.?\d{1,3}(?:[,–]\d{1,3})*(?=[\s.,;]|$)")


def no_paper_speak(draft: Draft, around: Surroundings) -> str | None:  # noqa: ARG001 - a gate's form
    """Refuse "this study", "the authors", "we", "as discussed above", figure numbers and references."""
    for text in (draft.question, draft.answer):
        match = _PAPER_SPEAK.search(text) or _REFERENCE_DIGITS.search(text)
        if match:
            return f"speaks of the paper: “{match.group().strip()}”"
    return None
