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
    r"^(?:(?:While|Whereas|Although)\s+.*?,\s+|.*?[,;]\s+(?:and|while|whereas|"
    r"but)\s+)(?:all\s+)?(?:the\s+)?other\s+"
    r"(?P<noun>\w+s)\s+(?P<rest>.*)$"
)
# "While for BT15 and BT20 only a halo is seen, all other alloys …": what is said of BT15 alone.
_BUT_THE_OTHERS = re.compile(
    r"^(?:While|Whereas|Although)\s+(?:for\s+(?P<codes>[^,]+?)\s+(?P<clause>(?:only|a|an|the|no)\b[^,]*)|"
    r"(?P<said>[^,]+)),"
    r"\s+(?:all\s+)?(?:the\s+)?other\b.*$"
)
_AND_THE_OTHERS = re.compile(r",?\s+(?:and|while|whereas|but)\s+(?:all\s+)?(?:the\s+)?others?\s+\w+\s+[^,;]*\.$")
# "The rods of A and the rods of B were prepared by casting": each of them was.
_MADE_TOGETHER = re.compile(
    r"^(?P<first>.*?)\s+and\s+(?P<second>the\s+.*?)\s+(?P<rest>(?:was|were)\s+(?:prepared|fabricated|"
    r"produced|made|cast|"
    r"synthesi[sz]ed|obtained|sintered|melted)\b.*)$",
    re.I,
)
_SAMPLES = (
    r"samples|specimens|alloys|glasses|glass-ceramics|composites|ceramics|steels|materials|compositions|"
    r"rods|films|"
    r"coatings|powders|electrodes|fib(?:re|er)s"
)
_COUNTED = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten)"
_OF_ALL = re.compile(
    rf"^(?:(?:All|Both)(?:\s+of)?(?:\s+the)?(?:\s+{_COUNTED})?(?:\s+(?:these|studied|investigated|prepared))?)\s+"
    rf"(?P<noun>{_SAMPLES})\s+(?P<verb>\w+)\s+(?P<rest>.*)$"
)
_OF_SEVERAL = re.compile(
    rf"\b(?:(?:all|both|these|those|the\s+remaining|different|various)\s+(?:of\s+)?(?:the\s+)?(?:{_COUNTED}\s+)?|"
    rf"{_COUNTED}\s+(?:different\s+)?)(?:{_SAMPLES})\b|\b(?:the\s+)?other\s+(?:\w+\s+)?(?:{_SAMPLES}|cells)\b",
    re.I,
)
_IN_SINGULAR = {
    "show": "shows", "exhibit": "exhibits", "have": "has", "are": "is", "were": "was", "contain": "contains",
    "reveal": "reveals", "display": "displays", "possess": "possesses", "consist": "consists", "remain": "remains",
    "present": "presents", "feature": "features", "comprise": "comprises", "showed": "showed", "exhibited": "exhibited",
    "had": "had", "contained": "contained", "revealed": "revealed", "displayed": "displayed", "possessed": "possessed",
    "consisted": "consisted", "remained": "remained",
}  # fmt: skip
_CODED_NOUNS = frozenset(
    re.findall(
        r"\S+",
        "alloy sample specimen rod glass composition film strain isolate grade type cultivar batch powder "
        "coating steel "
        "ceramic composite ingot",
    )
)


def of_one_sample(text: str) -> str | None:
    """Say of the one sample that an image shows what a sentence says of all; None where it tells of several.

    Examples
    --------
    >>> of_one_sample("All five samples show a similar structure.")
    'The sample shows a structure.'
    """
    text = _AND_THE_OTHERS.sub(".", text)
    told = _OF_ALL.match(text)
    if told and told["verb"] in _IN_SINGULAR:
        noun = {"glasses": "glass"}.get(told["noun"], told["noun"][:-1])
        rest = re.sub(
            r"\b(?:an?|the) (?:very )?(?:similar|same|comparable|"
            r"identical) (?=(\w))",
            _article_before,
            told["rest"],
        )
        text = f"The {noun} {_IN_SINGULAR[told['verb']]} {rest}"
        if re.search(r"\b(?:similar|same|identical|respectively|each other|differ\w*)\b", rest):
            return None
    return None if _OF_SEVERAL.search(text) else text


def _article_before(match: re.Match[str]) -> str:
    return "an " if match[1] in "aeio" else "a "


def _of_those_named(text: str, own: frozenset[str]) -> str | None:
    """Return what a sentence says of this sample before it turns to "all others"."""
    told = _BUT_THE_OTHERS.match(text)
    if not told:
        return None
    if told["codes"] and own & set(sample_codes(told["codes"])):
        return with_capital(told["clause"]) + "."
    return told["said"] + "." if told["said"] and set(sample_codes(told["said"])) <= own else None


def _of_its_making(text: str, own: frozenset[str]) -> str | None:
    """Return how this sample was made, of a sentence that tells how several were."""
    told = _MADE_TOGETHER.match(text)
    if not told:
        return None
    for part in (told["first"], told["second"]):
        codes = sample_codes(part)
        series = [code for code in codes if any(code[-1] == "X" and mine.startswith(code[:-1]) for mine in own)]
        mine = [code for code in codes if code in own] or (series if not own & set(sample_codes(text)) else [])
        if len(codes) == 1 and mine:
            kept = re.sub(rf"\s+of\s+(?:the\s+)?(?:other\s+|alloy\s+)?{re.escape(mine[0])}\b", "", part)
            if not sample_codes(kept) and not sample_codes(told["rest"]):
                return with_capital(f"{kept} {told['rest']}")
    return None


def without_codes(sentence: str, own: frozenset[str], known: frozenset[str] = frozenset()) -> str | None:
    """Say "the sample" where the sentence names its panel's own sample code; None where other codes stay.

    A code that only qualifies a noun ("BT48 rods", "NCM622 particles") is left out where it is the only code.

    Parameters
    ----------
    sentence : str
        Without citations.
    own : frozenset of str
        Codes that name what the panel shows.
    known : frozenset of str
        Abbreviations that are defined, and so no codes.
    """
    text = re.sub(r"\b([A-Z][\w\-·]*)\s*\(([^()\s]+)\)", _formula_for_code, sentence)
    codes = [code for code in sample_codes(text) if code not in known]
    if not codes:
        return text
    if own & set(codes):
        text = _of_those_named(text, own) or text
    elif own:
        others = _ALL_OTHERS.match(text)
        if others and not sample_codes(others["rest"]):
            return f"All {others['noun']} {others['rest']}"
    if not set(codes) <= own:
        text = _of_its_making(text, own) or text
    codes = [code for code in sample_codes(text) if code not in known]
    if len(codes) > 1 and not set(codes) <= own:
        return None
    for code in codes:
        replaced = _without_code(text, code, code in own)
        if replaced is None:
            return None
        text = replaced
    return with_capital(text)


def _without_code(text: str, code: str, own: bool) -> str | None:
    for match in reversed(list(re.finditer(rf"(?<![\w\-]){re.escape(code)}(?![\w])", text))):
        after = re.match(r"\s+([A-Za-zα-ω\-]+)", text[match.end() :])
        before = re.search(r"(\w+)\s+$", text[: match.start()])
        word = before[1].lower() if before else ""
        qualifies = after is not None and after[1].lower() not in _VERBS_AND_SMALL_WORDS and not after[1].endswith("ly")
        determined = word in {"the", "a", "an", "this", "these", "each", "all"}
        adjective = re.search(r"(?:ed|ic|al|ous|ing|rich|ne|ar|cast|aged)$", word) is not None
        if word in _CODED_NOUNS:
            text = text[: match.start()].rstrip() + text[match.end() :]
        elif qualifies:
            gap = "" if determined or adjective else "the "
            text = text[: match.start()] + gap + text[match.end() :].lstrip()
        elif not own:
            return None
        else:
            text = text[: match.start()] + ("sample" if determined else "the sample") + text[match.end() :]
    return text


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
            r"^(?:the|a|an|this|these|each|all|its|their)$|(?:ed|ic|al|ous|rich|ar|free|based|"
            r"like)$",
            before[1].lower(),
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
