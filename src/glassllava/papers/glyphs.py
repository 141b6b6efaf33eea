"""What a glyph is where the PDF's own encoding does not say so: pi fonts, private codes, accents, bare codes.

In: a character as pdfium decodes it, its font and the shape of its ink. Out: the character that a reader sees,
for `characters`. Typesetters' symbol ("pi") fonts print µ under the code of "m" and = under that of "¼"; text
without this reads "10 mm" where the page says 10 µm.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LATIN = "abcdefghiklmnopqrstuwxyzDFGJLPQSUWXY"
_GREEK = "αβχδεφγηικλμνοπθρστυωξψζΔΦΓϑΛΠΘΣΩΩΞΨ"
_SYMBOL_LETTERS = dict(zip(_LATIN, _GREEK, strict=True))
_SYMBOL_CODES = {
    0xF0B0: "°", 0xF0B1: "±", 0xF0B4: "×", 0xF0B7: "•", 0xF0A3: "≤", 0xF0B3: "≥", 0xF0BB: "≈", 0xF0A5: "∞",
    0xF02D: "−", 0xF02B: "+", 0xF03D: "=", 0xF0AE: "→", 0xF0D7: "·", 0xF0B6: "∂", 0xF07E: "∼",
}  # fmt: skip
_PRIVATE_LIGATURES = {0xE103: "fi", 0xE104: "fl", 0xE09D: "ft"}
# Fonts of the Advent typesetting system (Elsevier, RSC, Springer, IOP), named after the sums of their contents,
# and TeX's mathabx without a map to Unicode (MDPI).
_PI_FONTS = {
    "AdvP4C4E74": {"¼": "=", "þ": "+", "ð": "(", "Þ": ")"},
    "AdvPS44A44B": {"e": "–", "d": "—", "$": "·"},
    "AdvPS3FDD77": {"w": "∼"},
    "AdvPSSym": {"\x01": "©"},
    "AdvP4C4E59": {chr(code): "" for code in range(1, 9)},
    "TeX-matha": {"˘": "±", "ˆ": "×", "´": "−", "˝": "°", "ď": "≤", "ě": "≥", "«": "≈", "„": "∼", "¨": "·"},
}
_PI_NAME = re.compile(r"(?:AdvPS[0-9A-F]{4,6}|.*Symbol.*|.*MathematicalPi.*)$")
_ACCENTS = {
    "´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303",
    "ˇ": "\u030c", "¸": "\u0327", "˘": "\u0306", "˚": "\u030a", "¯": "\u0304",
}  # fmt: skip
_ACCENTS_OF_FORMULAS = {"∼": "\u0303", "~": "\u0303", "^": "\u0302", "‾": "\u0304", "→": "\u20d7"}
ACCENTS = frozenset([*_ACCENTS, *_ACCENTS_OF_FORMULAS])
"""Characters that stand over a letter as its accent, or, those of formulas, for themselves."""
_UNIT_SIGNS = "°%‰℃"


_DEGREES = re.compile(r"[∘◦˚º]\s?(?=[CFK](?!\w))|(?<=\d)[∘◦˚](?!\w)")


def decoded(character: str, font: str) -> str:
    """Give what one character of a font with known faults stands for; any other character as it is."""
    code = ord(character) if len(character) == 1 else 0
    if 0xE000 <= code < 0xF900:
        if 0xF041 <= code <= 0xF07A:
            return _SYMBOL_LETTERS.get(chr(code - 0xF000), character)
        return _SYMBOL_CODES.get(code) or _PRIVATE_LIGATURES.get(code, character)
    return _PI_FONTS.get(font.rstrip("0123456789") if "matha" in font else font, {}).get(character, character)


@cache
def may_be_greek_font(font: str) -> bool:
    """Tell by a font's name, without its subset prefix, whether its Latin letters may be Greek ones in print."""
    return font not in _PI_FONTS and bool(_PI_NAME.match(font))


def prints_greek(runs: list[str]) -> bool:
    """Tell whether a symbol font prints Greek: no run of letters that a page prints in it is long enough for a word."""
    return all(len(run) <= 2 for run in runs)


def greek(character: str) -> str:
    """Give the letter that a Latin one stands for in the encoding of the Symbol font."""
    return _SYMBOL_LETTERS.get(character, character)


def from_shape(width: float, height: float, middle: float) -> str:
    """Name a symbol without a usable code by the box of its ink.

    Parameters
    ----------
    width, height
        Of the ink, in units of the font size.
    middle
        Height of the box's centre above the baseline, in the same units.

    Returns
    -------
    str
        One of − ∼ ° × ±, or nothing where the shape is none of these.
    """
    if height < 0.11 and width > 0.3:
        return "−"
    if height < 0.26 and width > 0.35 and 0.1 < middle < 0.45:
        return "∼"
    if height < 0.45 and width < 0.45 and middle > 0.42:
        return "°"
    if 0.3 < height < 0.62 and abs(width - height) < 0.14 and 0.12 < middle < 0.4:
        return "×"
    if 0.55 < height < 0.9 and 0.4 < width < 0.8 and -0.06 < middle - height / 2 < 0.1:
        return "±"
    return ""


def with_degree_signs(text: str) -> str:
    """Put the degree sign where a line prints a ring operator, a bullet or an ordinal sign for it.

    Examples
    --------
    >>> with_degree_signs("at 28◦C and 45∘ tilt")
    'at 28°C and 45° tilt'
    """
    return _DEGREES.sub("°", text)


def with_accent(letter: str, accent: str) -> str | None:
    """Put an accent that was printed apart on its letter; None where no such letter exists."""
    base = {"ı": "i", "ȷ": "j"}.get(letter, letter)
    joined = unicodedata.normalize("NFC", base + _ACCENTS[accent])
    return joined if base.isalpha() and len(joined) == 1 else None


def is_accent_of_formulas(character: str) -> bool:
    """Tell whether a character stands over the letters of formulas as an accent, and elsewhere for itself."""
    return character in _ACCENTS_OF_FORMULAS


def accented(letter: str, accent: str) -> str:
    """Put an accent on a letter; as a combining character where no such letter exists.

    Examples
    --------
    >>> accented("A", "∼")
    'Ã'
    """
    return unicodedata.normalize("NFC", letter + (_ACCENTS.get(accent) or _ACCENTS_OF_FORMULAS[accent]))


def begins_unit(text: str) -> bool:
    """Tell whether what follows a number may be its unit: a letter, a degree sign or a per cent sign."""
    return text[0].isalpha() or text[0] in _UNIT_SIGNS
