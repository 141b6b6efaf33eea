"""Licences that a text or an address names, in one spelling.

In: running text, XMP, or the address of a licence's deed. Out: names as SPDX writes them ("CC-BY-NC-4.0",
"CC0-1.0"; https://spdx.org/licenses), without the version where the text gives none ("CC-BY"). Licences that SPDX
does not list keep the name that they are printed with ("ACS AuthorChoice").
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_GAP = r"[-‐‑‒–—\s/,]*"
_FILLER = r"(?:[\s,]+(?:licen[sc]e|international|unported|generic|public|version|v\.?|the|terms|deed))*"
_VERSION = rf"(?:{_FILLER}[\s,]*\(?(?:v\.?\s?)?(?P<version>[1-4]\.0|2\.5)\b)?"
_ADDRESS = re.compile(
    r"creativecommons\s?\.\s?org\s?/\s?licen[sc]es\s?/\s?(?P<terms>by(?:\s?-\s?(?:nc|nd|sa))*)"
    r"(?:\s?/\s?(?P<version>[1-4]\.0|2\.5)(?:/(?P<port>[a-z]{2,3})(?=[/\s]|$))?)?",
    re.IGNORECASE,
)
_WRITTEN_OUT = re.compile(
    rf"creative\s?commons:?\s+(?:by\s+)?attribution(?P<terms>(?:{_GAP}(?:non{_GAP}commercial|no{_GAP}deriv(?:ative)?s?"
    rf"(?:\s+works?)?|share{_GAP}alike))*){_VERSION}",
    re.IGNORECASE,
)
_SHORT = re.compile(rf"\bCC[-‐‑‒–—\s:]?(?P<terms>BY(?:[-‐‑‒–—\s](?:NC|ND|SA))*)\b{_VERSION}")
_ZERO = re.compile(
    r"\bCC[-\s]?0\b|creativecommons\s?\.\s?org\s?/\s?publicdomain\s?/\s?zero|creative\s?commons\s+(?:cc0|zero)",
    re.IGNORECASE,
)
_NAMED = {
    "ACS AuthorChoice": re.compile(r"\bACS\s+AuthorChoice\b|pubs\.acs\.org/page/policy/authorchoice", re.IGNORECASE),
    "OGL-UK-3.0": re.compile(
        r"open\s+government\s+licen[sc]e(?:[\s,]*v?(?:ersion)?\.?\s?3\.0)|/open-government-licence/version/3",
        re.IGNORECASE,
    ),
    "Elsevier user licence": re.compile(
        r"\belsevier\s+user\s+licen[sc]e|elsevier\.com/open-access/userlicense", re.IGNORECASE
    ),
}
_WORDS = ("creative", "authorchoice", "government", "elsevier")
"""Without one of them, or a CC, no pattern matches: most of a paper's text is passed over."""
_ORDER = ("NC", "SA", "ND")


def find_licences(text: str) -> list[str]:
    """Give the licences that a text names, in the order in which they stand, each mention by itself.

    Parameters
    ----------
    text
        Running text, in which line ends may have broken an address; or one address.

    Returns
    -------
    list of str
        One name a mention. The port of a Creative Commons licence is kept ("CC-BY-3.0-US").

    Examples
    --------
    >>> find_licences("under the Creative Commons Attribution Non-Commercial 4.0 International License (CC BY-NC)")
    ['CC-BY-NC-4.0', 'CC-BY-NC']
    >>> find_licences("https://creativecommons.org/licenses/by-sa/3.0/us/")
    ['CC-BY-SA-3.0-US']
    """
    lower = text.lower()
    if "CC" not in text and "cc0" not in lower and not any(word in lower for word in _WORDS):
        return []
    found = [
        (match.start(), _creative_commons(match))
        for pattern in (_ADDRESS, _WRITTEN_OUT, _SHORT)
        for match in pattern.finditer(text)
    ]
    found += [(match.start(), "CC0-1.0") for match in _ZERO.finditer(text)]
    found += [(match.start(), name) for name, pattern in _NAMED.items() for match in pattern.finditer(text)]
    return [name for _, name in sorted(found)]


def same_licence(one: str, other: str) -> bool:
    """Tell whether two names can mean the same licence: they agree, or one leaves out version or port.

    Examples
    --------
    >>> same_licence("CC-BY", "CC-BY-4.0"), same_licence("CC-BY-3.0", "CC-BY-4.0"), same_licence("CC-BY", "CC-BY-NC")
    (True, False, False)
    """
    (terms, *version), (others, *another) = _parts(one), _parts(other)
    return terms == others and all(a == b for a, b in zip(version, another, strict=False))


def agreed_licence(names: Iterable[str]) -> str | None:
    """Give the one licence that all of the names can mean, as exactly as one of them has it; None where there is none.

    Examples
    --------
    >>> agreed_licence(["CC-BY", "CC-BY-4.0"])
    'CC-BY-4.0'
    >>> agreed_licence(["CC-BY-4.0", "CC-BY-NC-4.0"]) is None
    True
    """
    given = list(names)
    best = max(given, key=lambda name: len(_parts(name)), default=None)
    return best if best is not None and all(same_licence(best, name) for name in given) else None


def _parts(name: str) -> list[str]:
    """Split a name into its terms, its version and its port, as many as it has."""
    match = re.fullmatch(r"(CC-BY(?:-(?:NC|SA|ND))*)(?:-(\d\.\d)(?:-([A-Z]+))?)?", name)
    return [part for part in match.groups() if part] if match else [name]


def _creative_commons(match: re.Match[str]) -> str:
    words = re.sub(r"[^a-z]", "", match["terms"].lower())
    terms = [
        term
        for term, pattern in zip(_ORDER, ("nc|noncommercial", "sa|sharealike", "nd|noderiv"), strict=True)
        if re.search(pattern, words)
    ]
    port = match.groupdict().get("port")
    return "-".join(["CC-BY", *terms, *filter(None, [match["version"], port and port.upper()])])
