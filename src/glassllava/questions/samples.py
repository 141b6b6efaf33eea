"""Saying "the sample" for a sample's code, and leaving out qualifiers that only the paper knows.

In: a sentence without citations, and the codes of what a panel shows. Out: the same without codes, or None
where it speaks of other samples; used by `prose` and `shown`.
"""

from __future__ import annotations

import re

from glassllava.questions.citations import with_capital
from glassllava.text.formulae import is_formula, is_sample_code, sample_codes, short_forms

_VERBS_AND_SMALL_WORDS = frozenset(
    re.findall(
        r"\S+",
        "of in on at to for from by with after before during under over between and or but nor as than that "
        "which who whose when where while is are was were be been being has have had "
        "can could may might must will would should shall do does did not also only then still both show "
        "shows showed shown exhibit exhibits exhibited exhibiting contain contains contained containing "
        "reveal reveals revealed display displays displayed consist consists consisted possess possesses "
        "form forms formed become becomes became remain remains remained begin begins began appear appears "
        "appeared seem seems lead leads led achieve achieves achieved outperform outperforms adsorbs adsorb "
        "adsorbed using via into onto without within upon because since if so were via obtained prepared "
        "synthesized made there it they we this these a an the respectively than until",
    )
)

# "While BT15 shows …, all other alloys exhibit …": what is said of the others holds for this sample.
_ALL_OTHERS = re.compile(
    r"^(?:(?:While|Whereas|Although)\s+.*?,\s+|.*?[,;]\s+(?:and|while|whereas|but)\s+)(?:all\s+)?(?:the\s+)?other\s+(?P<noun>\w+s)\s+(?P<rest>.*)$"
)


def without_codes(sentence: str, own: frozenset[str]) -> str | None:
    """Say "the sample" where the sentence names its panel's own sample code; None where other codes stay.

    A code that only qualifies a noun ("BT48 rods", "NCM622 particles") is left out where it is the only code.
    """
    text = re.sub(r"\b([A-Z][\w\-·]*)\s*\(([^()\s]+)\)", _formula_for_code, sentence)
    codes = sample_codes(text)
    if not codes:
        return text
    if own and not own & set(codes):
        others = _ALL_OTHERS.match(text)
        if others and not sample_codes(others["rest"]):
            return f"The {others['noun']} {others['rest']}"
    foreign = [code for code in codes if code not in own]
    if len(codes) > 1 and not (set(codes) <= own):
        return None
    if len(codes) > 1 and not own >= set(codes):
        return None
    for code in codes:
        form = re.escape(code)
        for match in reversed(list(re.finditer(rf"(?<![\w\-]){form}(?![\w])", text))):
            after = re.match(r"\s+([A-Za-zα-ω\-]+)", text[match.end() :])
            before = re.search(r"(\w+)\s+$", text[: match.start()])
            qualifies = (
                after is not None and after[1].lower() not in _VERBS_AND_SMALL_WORDS and not after[1].endswith("ly")
            )
            determined = before is not None and before[1].lower() in {
                "the",
                "a",
                "an",
                "this",
                "these",
                "each",
                "all",
                "alloy",
                "sample",
                "strain",
            }
            adjective = (
                before is not None and re.search(r"(?:ed|ic|al|ous|ing|rich|ne|ar|cast|aged)$", before[1]) is not None
            )
            if qualifies:
                gap = "" if determined or adjective else "the "
                text = text[: match.start()] + gap + text[match.end() :].lstrip()
            elif code in foreign:
                return None
            elif before is not None and before[1].lower() in {
                "alloy",
                "sample",
                "specimen",
                "rod",
                "glass",
                "composition",
                "film",
            }:
                text = text[: match.start()].rstrip() + text[match.end() :]
            else:
                text = text[: match.start()] + ("sample" if determined else "the sample") + text[match.end() :]
    return with_capital(text)


def without_unknown_qualifiers(text: str) -> str:
    """Leave out an abbreviation that is defined nowhere where it only qualifies a noun ("NCM particles")."""
    unknown = short_forms(text)
    if len(unknown) != 1 or not re.fullmatch(r"[A-Z][A-Za-z]{1,6}", unknown[0]):
        return text
    form = re.escape(unknown[0])
    places = list(re.finditer(rf"(?<![\w\-]){form}(?![\w\-])", text))
    for match in reversed(places):
        after = re.match(r"\s+([a-z][a-z\-]+)", text[match.end() :])
        before = re.search(r"([\w\-]+)\s+$", text[: match.start()])
        if after is None or after[1] in _VERBS_AND_SMALL_WORDS or after[1].endswith(("ly", "ed")):
            return text
        follows = before is not None and re.search(
            r"^(?:the|a|an|this|these|each|all|its|their)$|(?:ed|ic|al|ous|rich|ar|free|based|like)$", before[1].lower()
        )
        text = text[: match.start()] + ("" if follows else "the ") + text[match.end() :].lstrip()
    return with_capital(text)


def _formula_for_code(match: re.Match[str]) -> str:
    name, inside = match[1], match[2]
    if is_sample_code(name) and is_formula(inside):
        return inside
    if is_formula(name) and is_sample_code(inside):
        return name
    return match.group()
