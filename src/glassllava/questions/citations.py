"""Taking citations out of a sentence: references, figure and table numbers, instrument brackets.

In: a sentence as printed. Out: the same without reference numbers and bracketed citations, and with "the image" where a
figure is named; used by `prose` and `shown`.
"""

from __future__ import annotations

import re

from glassllava.text.formulae import is_formula

FIGURE_WORD = r"(?:[Ff]igures?|FIGURES?|[Ff]igs?\.?|FIGS?\.?|Schemes?|[Tt]ables?|TABLES?)"

_LETTERS = r"\(?[A-Za-z](?![a-z])\)?(?:\s?(?:,|–|-|‐|−|~|&|and|to)\s?\(?[A-Za-z](?![a-z])\)?)*\)?"

_NUMBER = rf"[SA]?\d+(?:\.\d+)?\s?(?:{_LETTERS})?"

_CITED = (
    rf"(?:the\s)?(?:[Ss]upplementary\s|[Ss]upporting\s|[Ee]xtended\s[Dd]ata\s)?{FIGURE_WORD}\s?{_NUMBER}†?(?:\s?(?:,|"
    rf"–|-|and|&|to|;)\s?(?:{FIGURE_WORD}\s?)?{_NUMBER})*"
)

_CITATION = re.compile(_CITED)

_INNER_BRACKET = re.compile(r"\s?(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])")

_REFERENCE_NUMBERS = re.compile(
    r"^[(\[]\s*(?:refs?\.?\s*)?\d{1,3}[a-z]?(?:\s?(?:,|–|-|−|;|and)\s?\d{1,3}[a-z]?)*\s*[)\]]$"
)

_AUTHOR_YEAR = re.compile(r"^[(\[].*\b(?:19|20)\d\d[a-z]?\s*[)\]]$")

_SUPERSCRIPT_REFERENCES = re.compile(
    r"(?<=[a-z]{3})(?P<stop>[.,;:)]*)(?P<digits>\d{1,12}(?:\s?[,–\-−]\s?\d{1,3})*)(?=[\s.,;:)]|$)"
)

# "MgO20,21": digits with a comma between them count no atoms.
_LISTED_REFERENCES = re.compile(r"(?<=[A-Za-z)])\d{1,3}(?:[,–]\d{1,3})+(?=[\s.;:)]|,\s|$)")

_NUMBERED_WORDS = re.compile(r"(?:log|step|strain|phase|grade|type|sample|group|stage|class|cm|mm|nm|mol|min)$")

_FIGURE_FRAME = re.compile(
    rf"^(?:As\s+(?:is\s+|can\s+be\s+|it\s+is\s+)?(?:clearly\s+)?(?:shown|seen|illustrated|displayed|depicted|"
    rf"presented|observed|indicated|evident|demonstrated|revealed)\s+"
    rf"(?:in|from|by)\s+{_CITED},?\s+|(?:From|According\s+to)\s+{_CITED},?\s+|{_CITED}\s+"
    r"(?:(?:also|clearly|further)\s+)?(?:shows?|proves?|reveals?|indicates?|demonstrates?|confirms?|"
    r"illustrates?|"
    r"suggests?)\s+that\s+)"
)

_SHOWN_PASSIVE = re.compile(
    rf"\s+(?:(?:is|are|was|were)\s+)(?P<how>(?:clearly\s|also\s|further\s)?(?:shown|displayed|depicted|"
    rf"presented|illustrated|given|seen|provided|exhibited|visible|compared))\s+(?:in|by|at)\s+{_CITED}(?P<rest>.*)$"
)

_FIGURE_SHOWS = re.compile(
    rf"^{_CITED}\s+(?P<verb>shows?|displays?|presents?|depicts?|illustrates?|exhibits?|gives?|reveals?|"
    rf"provides?|compares?)\s+(?P<rest>.*)$"
)

_FOR_EXAMPLE = re.compile(rf",?\s*(?:e\.g\.,?|for example,?|for instance,?|i\.e\.,?)\s*(?:in\s+|see\s+)?{_CITED},?")

_IN_FIGURE = re.compile(rf"\b(?P<how>in|of|from|by|with)\s+{_CITED}", re.I)


def _only_names(inside: str) -> bool:
    """Tell whether a bracket holds an abbreviation or an instrument with its maker ("Zeiss Supra 55, Germany")."""
    parts = [word for word in re.split(r"[\s,;/]+", inside) if word]
    if any(is_formula(word) for word in parts) or re.match(r"^[\d.,\s±–-]+\S{0,8}$", inside):
        return False
    if any(re.fullmatch(r"[a-zµ%°]{1,3}", word) and not re.fullmatch(r"of|and|the|by", word) for word in parts):
        return False
    return all(re.match(r"[A-Z\d]", word) or word in ("of", "and", "the", "by", "r") for word in parts) or bool(
        re.fullmatch(r"[a-z]?[A-Z][A-Za-z\-]*s?", inside)
    )


def without_references(sentence: str) -> str:
    """Take reference numbers, bracketed citations and figure brackets out of a sentence."""

    def kept(match: re.Match[str]) -> str:
        bracket = match.group().strip()
        inside = bracket[1:-1].strip()
        if _REFERENCE_NUMBERS.match(bracket) or not inside:
            return ""
        if re.match(r"^\[\s?(?:qv|ref)", bracket):
            return ""
        if _CITATION.search(inside):
            rest = _CITATION.sub("", inside)
            rest = re.sub(
                r"^(?:see|cf\.?|as shown in|shown in|in|and|also)\b|\b(?:see|in|and|of)\s*$",
                "",
                rest.strip(" ,;"),
                flags=re.I,
            ).strip(" ,;")
            useful = re.match(r"^(?:marked|indicated|highlighted|labell?ed)\b.*\w{4,}$", rest)
            return f" ({rest})" if useful and "Fig" not in rest else ""
        if _AUTHOR_YEAR.match(bracket) or "et al" in inside:
            return ""
        if _only_names(inside):
            return ""
        if re.match(
            r"(?:see|cf\.?|for details|for the conversion|data not shown|not shown|see below|inset|e\.g\.|"
            r"i\.e\.)\b",
            inside,
            re.I,
        ):
            return ""
        return match.group()

    text = _INNER_BRACKET.sub(kept, sentence)
    text = re.sub(r"\s*†", "", text)

    def without_digits(match: re.Match[str]) -> str:
        word = re.search(r"[A-Za-z]+$", match.string[: match.start()])
        if word and _NUMBERED_WORDS.search(word.group()) and not match["stop"]:
            return match.group()
        before = re.search(r"\S+$", match.string[: match.start()])
        if before and (re.search(r"[A-Z\d]", before.group()[1:]) or is_formula(before.group())) and not match["stop"]:
            return match.group()
        return match["stop"]

    text = _SUPERSCRIPT_REFERENCES.sub(without_digits, text)
    text = _LISTED_REFERENCES.sub("", text)
    text = re.sub(r"(?<=\d)\s?[×◦˚º∘]\s?C\b", " °C", text)
    text = re.sub(r"(?<=\d)(?=(?:[nµμmck]m|kV|[MG]Pa|m[Ll]|min|keV|wt%|at%|mol%|μL)\b)", " ", text)
    text = re.sub(r"(?<=\d)\s?±\s?(?=\d)", " ± ", text)
    text = re.sub(r"\s+([.,;:)])", r"\1", re.sub(r"\s{2,}", " ", text))
    return text.strip()


def with_capital(text: str) -> str:
    """Give a sentence its capital, unless it begins with a formula or a Greek letter's name (α-quartz, p-type)."""
    return text[:1].upper() + text[1:] if re.match(r"[a-z]{2}|a\s", text) else text


def without_figure_numbers(sentence: str, plural: bool) -> tuple[str, bool] | None:
    """Say "the image" where the sentence names a figure.

    Parameters
    ----------
    sentence : str
        Without bracketed citations.
    plural : bool
        Whether the sentence cites more than one panel, so that "the image shows that" would say too much.

    Returns
    -------
    tuple of str and bool, or None
        The sentence and whether it spoke of an image; None where a figure's name cannot be taken out cleanly.
    """
    if not _CITATION.search(sentence):
        return sentence, False
    text = _FIGURE_FRAME.sub("", _FOR_EXAMPLE.sub(",", sentence))
    if not _CITATION.search(text):
        return with_capital(text), True
    shows = _FIGURE_SHOWS.match(text)
    if shows and not _CITATION.search(shows["rest"]):
        verb = shows["verb"] if shows["verb"].endswith("s") else shows["verb"] + "s"
        return None if plural else (f"The image {verb} {shows['rest']}", True)
    passive = _SHOWN_PASSIVE.search(text)
    if passive:
        if plural or "respectively" in text:
            return None
        subject = text[: passive.start()]
        rest = passive["rest"].strip(" .,;")
        if (
            _CITATION.search(subject)
            or _CITATION.search(rest)
            or (rest and not re.match(r"^(?:which|where|and|with)\b", rest))
        ):
            return None
        end = "." if not rest else f", {rest}." if rest.startswith(("which", "where")) else f" {rest}."
        return f"The image shows {subject[:1].lower() + subject[1:]}{end}", True
    text = re.sub(
        rf"\b(images?|micrographs?|photographs?)\s+(?:shown\s+|presented\s+|displayed\s+)?(?:in|of)\s+{_CITED}",
        r"\1 ",
        text,
    )
    text = re.sub(
        rf",?\s*(?:as\s+)?(?:is\s+|are\s+)?(?:shown|seen|illustrated|displayed|depicted|presented|indicated|"
        rf"evident|visible)\s+(?:in|by|from)\s+{_CITED},?(?=\s*[.;,]|\s+(?:and|the|are|is|was|were)\b)",
        "",
        text,
    )
    # "In the BSE Fig. 3" names the image by its technique.
    text = re.sub(rf"\b(in|of|from|by) the ([A-Z][A-Za-z\-]+) {_CITED}", r"\1 the \2 image ", text)
    if plural:
        text = re.sub(rf",?\s+in\s+{_CITED}", " ", text)
    else:
        text = _IN_FIGURE.sub(lambda m: f"{m['how']} the image ", text)
    text = re.sub(r"\s+([.,;:)])", r"\1", re.sub(r"\s{2,}", " ", text)).strip()
    return None if _CITATION.search(text) else (with_capital(text), True)
