"""Abbreviations: what a paper defines, and writing them out.

In: the paper's text. Out: short forms with their long forms, and sentences in which the short forms are written
out.

Method: Schwartz, A. S. and Hearst, M. A. (2003), "A simple algorithm for identifying abbreviation definitions in
biomedical text", Pacific Symposium on Biocomputing 8, 451–462, doi:10.1142/9789812776303_0042. A candidate
``long form (SHORT)`` holds where the letters of the short form are found in the long form from right to left, its first
letter at the beginning of a word. Added here: the turned form ``SHORT (long form)``, and a short form in the plural.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from glassllava.text.formulae import is_formula, is_sample_code

_BRACKET = re.compile(r"\(([^()]{1,120})\)")
_SHORT = re.compile(r"^[A-Za-zα-ωΑ-Ω0-9][\w\-/·&.+]{1,9}$")
_WORD = re.compile(r"\S+")
_NAMES = frozenset(
    re.findall(
        r"\S+",
        "Fourier Raman Vickers Young Bragg Brunauer Plackett Box Taguchi Weibull Knoop Monte Auger Kelvin "
        "Rockwell Gibbs Mössbauer Rietveld Arrhenius Lorentz Poisson Zingiber Dulbecco Box",
    )
)
# A full stop after one capital is an initial ("Ocimum sanctum L. essential oil"), no end of a clause.
_BOUNDARY = re.compile(r"(?<!\b[A-Z])[.;:!?]\s|[()\[\]]")


def _valid_short(short: str) -> bool:
    letters = [sign for sign in short if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    return bool(_SHORT.match(short)) and len(letters) >= 2 and capitals >= 2 and not short.isdigit()


def _best_long_form(short: str, candidate: str) -> str | None:
    """Match the short form's letters in the candidate from right to left (Schwartz and Hearst, figure 1)."""
    place = len(candidate) - 1
    for index in range(len(short) - 1, -1, -1):
        sign = short[index].lower()
        if not sign.isalnum():
            continue
        while place >= 0 and (
            candidate[place].lower() != sign or (index == 0 and place > 0 and candidate[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
        place -= 1
    start = candidate.rfind(" ", 0, place + 1) + 1
    # A hyphen or an opening quotation mark may stand before the word that the first letter begins.
    return candidate[start:].strip(" “”\"'‘’/†*")


def _plausible(short: str, long: str) -> bool:
    letters = sum(sign.isalnum() for sign in short)
    words = long.split()
    return (
        len(long) > len(short)
        and len(words) <= min(letters + 5, letters * 2)
        and short.lower() not in (word.lower() for word in words)
        and not re.search(r"[();:=]", long)
        and any(sign.islower() for sign in long)
        and not is_formula(short)
        and not is_sample_code(short)
    )


def _singular(short: str) -> str:
    return short[:-1] if re.fullmatch(r".*[A-Z0-9]s", short) else short


def _singular_words(long: str) -> str:
    if long.endswith("ies"):
        return long[:-3] + "y"
    if re.search(r"(?:ss|x|z|ch|sh)es$", long):
        return long[:-2]
    return long[:-1] if long.endswith("s") and not long.endswith("ss") else long


def _plural_words(long: str) -> str:
    if re.search(r"[^aeiou]y$", long):
        return long[:-1] + "ies"
    return long + ("es" if re.search(r"(?:ss|x|z|ch|sh)$", long) else "" if long.endswith("s") else "s")


def find_definitions(texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations that a paper defines, short form to long form.

    Parameters
    ----------
    texts : iterable of str
        Paragraphs and captions, in the order of the paper; the first definition of a short form holds.

    Examples
    --------
    >>> find_definitions(["Seen by scanning electron microscopy (SEM)."])
    {'SEM': 'scanning electron microscopy'}
    """
    found: dict[str, str] = {}
    for text in texts:
        for bracket in _BRACKET.finditer(text):
            inside = re.split(r"[;,]\s", bracket[1])[0].strip(" “”\"'‘’")
            before = text[: bracket.start()].rstrip()
            breaks = [m.end() for m in _BOUNDARY.finditer(before)]
            clause = before[breaks[-1] if breaks else 0 :]
            if _valid_short(inside):
                letters = sum(sign.isalnum() for sign in inside)
                window = " ".join(clause.split()[-min(letters + 5, letters * 2) :])
                short = _singular(inside)
                long = _best_long_form(short, window)
                if long and not long.split()[-1].lower().startswith(short[-1].lower()):
                    # "minimum fungicidal (MFC) concentration": the last letter may stand for the word that follows.
                    after = re.match(r"\s+([a-z]+)", text[bracket.end() :])
                    if after and after[1].startswith(short[-1].lower()):
                        long = f"{long} {_singular_words(after[1])}"
                if long and inside != short:
                    long = _singular_words(long)
                if long and _plausible(short, long):
                    found.setdefault(short, long)
            else:
                last = _WORD.findall(clause)[-1:] if clause else []
                short = _singular(last[0].strip(",“”\"'")) if last else ""
                if short and _valid_short(short) and len(re.split(r"[\s\-–‐/]+", inside)) >= 2:
                    long = _best_long_form(short, inside)
                    if long and long == inside and _plausible(short, long):
                        found.setdefault(short, long)
    return found


def _in_running_text(long: str) -> str:
    """Take a capital off that only began a sentence; names keep theirs."""
    words = long.split()
    if len(words) > 1 and all(
        re.fullmatch(r"[A-Z][a-z]+(?:[/\-–][A-Z]?[a-z]+)*|of|and|X-[Rr]ay", word) for word in words
    ):
        # Written with capitals only to show where the letters come from.
        return " ".join(word if word in _NAMES or word.startswith("X-") else word.lower() for word in words)
    first, *others = re.split(r"[\s\-–]+", long)
    is_name = (
        first in _NAMES or any(re.match(r"[A-Z][a-z]|[A-Z]\.$", word) for word in others) or not first[1:].islower()
    )
    return long if is_name else long[:1].lower() + long[1:]


# "A Ti-based BMGCs": an article wants the singular, whatever is printed.
_ONE = re.compile(
    r"\b(?:[Aa]n?|[Oo]ne|[Ee]ach|[Ee]very)\s+(?:(?!(?:of|in|on|with|and|for|from|to)\b)[\w\-–‐]+\s+){0,2}$"
)


def _without_doubled_head(text: str, form: str, long: str) -> str:
    """Say "at the MIC" for "at a concentration of MIC", where C stands for the concentration."""
    head = re.escape(_singular_words(long.split()[-1]))
    of_it = re.compile(rf"\b(?:(?:a|the)\s+)?{head}s?\s+of\s+(?:the\s+)?(?={form}s?(?![\w\-]))", re.I)
    text = of_it.sub("the ", text)
    return re.sub(rf"(?<![\w\-])({form}s?)\s+{head}s?\b", r"\1", text, flags=re.I)


def expand(text: str, definitions: Mapping[str, str]) -> str:
    """Write out every abbreviation that is defined; "long form (SHORT)" loses its bracket.

    Parameters
    ----------
    text : str
        A sentence.
    definitions : mapping of str to str
        Short form to long form.

    Returns
    -------
    str
        The sentence with long forms; a plural short form gives a plural long form.

    Examples
    --------
    >>> expand("SEM images of the SEI.", {"SEM": "scanning electron microscopy", "SEI": "solid electrolyte interface"})
    'Scanning electron microscopy images of the solid electrolyte interface.'
    """
    began_with_capital = text[:1].isupper()
    for short, printed in sorted(definitions.items(), key=lambda item: -len(item[0])):
        if short not in text:
            continue
        long = _in_running_text(printed)
        form = re.escape(short)
        text = re.sub(
            rf"(?i:{re.escape(long)})s?\s*\(\s*{form}s?\s*\)", lambda m: m.group().split("(")[0].strip(), text
        )
        text = re.sub(rf"(?<![\w\-]){form}s?\s*\(\s*(?i:({re.escape(long)}s?))\s*\)", r"\1", text)

        text = _without_doubled_head(text, form, long)

        def written_out(match: re.Match[str], long: str = long) -> str:
            one = _ONE.search(match.string, 0, match.start())
            return _plural_words(long) if match[1] and not one else long

        text = re.sub(rf"(?<![\w\-–]){form}(s?)(?![\w])(?!-\d)", written_out, text)
    return text[:1].upper() + text[1:] if began_with_capital else text
