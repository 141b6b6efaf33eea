"""Chemical formulae, sample codes and abbreviations told apart by their looks.

In: words of a text. Out: whether a word is a formula ("SiO2", "Ti45.7Zr33.0Cu5.8"), a code that only its paper
knows ("BT48", "PCT-1"), or an abbreviation that is not written out ("SEI").
"""

from __future__ import annotations

import re
from functools import lru_cache

_ELEMENTS = re.findall(
    r"\S+",
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr "
    "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm "
    "Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm D",
)
_ELEMENT = "|".join(sorted(_ELEMENTS, key=len, reverse=True))
_COUNT = r"(?:\d+(?:\.\d+)?|[₀-₉]+|[xyznδ](?![a-z]))?(?:[−–+-][xyzδ])?"
_GROUP = (
    rf"(?:\((?:(?:{_ELEMENT}){_COUNT})+\){_COUNT}|\[(?:(?:{_ELEMENT}|\(|\)){_COUNT})+\]{_COUNT}|(?:{_ELEMENT}){_COUNT})"
)
_FORMULA = re.compile(rf"\d*(?:{_GROUP})+(?:[·•]\d*(?:{_GROUP})+)*(?:\d*[+−–-]|[²³]?[⁺⁻])?")
_CAPITALS_ONLY = frozenset(
    {"CO", "NO", "HF", "KF", "KI", "OH", "HCN", "KOH", "CN", "BN", "WC", "YAG", "SiC", "UO", "VO"}
)
_ROMAN = re.compile(r"(?=[IVX])(?:X{0,3})(?:IX|IV|V?I{0,3})$")
_WORDS_OF_THE_FIELD = frozenset(
    {"X-ray", "X-rays", "pH", "DNA", "RNA", "2D", "3D", "2-D", "3-D", "1D", "USA", "UK", "Ph.D.", "LaTeX", "MATLAB"}
)
_INSTRUMENTS = frozenset({"EDX", "EDAX", "WDX", "EDXS", "PIXE"})
_STEEL_GRADE = re.compile(r"X\d{2,3}$")
_UNIT_LIKE = re.compile(
    r"(?:[fpnµμmckMGTd]?(?:Pa|Hz|eV|W|V|A|Ah|Wh|N|J|Ω|S|F|K|L|g|m|M|T|C|Da|mol|cal))(?:[−–-]?\d)?$|rpm$|°C$|wt%?$|at%?$"
)
_TOKEN = re.compile(r"[A-Za-zα-ωΑ-Ω0-9][\wα-ωΑ-Ω]*(?:[\-‐‑–·&/+.][\wα-ωΑ-Ω]+)*")
_CODE = re.compile(r"(?:[A-Za-z]{0,3}[A-Z][A-Za-z]{0,5})[\-‐‑–]?\d+(?:\.\d+)?[A-Za-z]{0,2}$|[A-Z]{2,4}X$")
_COMPOUND_SPLIT = re.compile(r"[\-‐‑–/·&+]")


@lru_cache(maxsize=4096)
def is_formula(word: str) -> bool:
    """Tell whether a word is a chemical formula or an element's symbol.

    Words of capitals alone ("SOC", "NCO") are none unless they are well known ("KOH"): most of them are abbreviations.

    Examples
    --------
    >>> [is_formula(word) for word in ("SiO2", "Ti45.7Zr33.0", "BT48", "SOC")]
    [True, True, False, False]
    """
    word = word.strip(".,;:")
    if not word or not _FORMULA.fullmatch(word):
        return False
    letters = re.sub(r"[^A-Za-z]", "", word)
    if letters.isupper() and len(letters) > 1 and not re.search(r"\d", word):
        return word in _CAPITALS_ONLY
    # "COF5" or "SBS1": capitals with one trailing number are codes rather than formulae unless each element is counted.
    return not (
        len(letters) > 2
        and letters.isupper()
        and re.fullmatch(r"[A-Z]{3,}\d+", word)
        and letters not in {"KOH", "HNO", "HCO"}
    )


@lru_cache(maxsize=4096)
def is_sample_code(word: str) -> bool:
    """Tell whether a word looks like a code that only its paper knows, such as "BT48" or "SEB-3".

    Instruments ("EDX") and grades of pipeline steel ("X70") are known outside of it.

    Examples
    --------
    >>> [is_sample_code(word) for word in ("BT48", "SEB-3", "SiO2", "crystal")]
    [True, True, False, False]
    """
    word = word.strip(".,;:()")
    if is_formula(word) or word in _WORDS_OF_THE_FIELD or word in _INSTRUMENTS or _ROMAN.match(word):
        return False
    if _STEEL_GRADE.match(word):
        return False
    return bool(_CODE.fullmatch(word)) or any(
        bool(_CODE.fullmatch(part)) and not is_formula(part) for part in re.split(r"[·•]", word) if part != word
    )


def sample_codes(text: str) -> list[str]:
    """Return the sample codes of a text, in order, each once."""
    return list(dict.fromkeys(word for word in words(text) if is_sample_code(word)))


def words(text: str) -> list[str]:
    """Return the words of a text with their inner hyphens, dots and digits."""
    return [match.group().rstrip(".") for match in _TOKEN.finditer(text)]


def _is_short_form(part: str) -> bool:
    if part in _WORDS_OF_THE_FIELD or is_formula(part) or _ROMAN.match(part) or not part:
        return False
    capitals = sum(sign.isupper() for sign in part)
    return capitals >= 2 and not re.fullmatch(r"[A-Z][a-z]{2,}(?:[A-Z][a-z]{2,})+", part)


def short_forms(text: str) -> list[str]:
    """Return the words of a text that look like abbreviations or codes not written out, in order, each once.

    Chemical formulae, units after a number, Roman numerals and a few words of the field ("X-ray", "pH") are none.

    Examples
    --------
    >>> short_forms("The SEI on MgO seen by X-ray imaging at 15 kV in BT48.")
    ['SEI', 'BT48']
    """
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        word = match.group().rstrip(".")
        if word in _WORDS_OF_THE_FIELD or is_formula(word):
            continue
        after_number = re.search(r"[\d)]\s?$", text[: match.start()]) is not None
        if after_number and _UNIT_LIKE.match(word):
            continue
        if re.fullmatch(r"\d[\d.,]*(?:[A-Za-zµμΩ°%]{1,3}[−–-]?\d?)?", word):
            continue
        parts = _COMPOUND_SPLIT.split(word)
        if is_sample_code(word) or any(_is_short_form(part) or is_sample_code(part) for part in parts):
            found.append(word)
    return list(dict.fromkeys(found))
