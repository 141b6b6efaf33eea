"""Which microscope a text speaks of: the one that took a panel, or another.

In: a text, a panel's kind. Out: whether the text names the panel's own microscope or another one, and how a caption
names it. A light microscope is
another method for an electron micrograph, and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

BY_ELECTRONS = re.compile(
    r"\bSEM\b|\b[Ss]canning [Ee]lectron|\b[Ee]lectron ?micro(?:scop|graph)|"
    r"\b[Bb]ack-?\s?scattered electron (?:image|micro)"
)
BY_LIGHT = re.compile(
    r"\b(?:[Oo]ptical|[Ll]ight)[ -](?:image|micro|photomicro)\w*|\b(?:LOM|OM)\b|\b[Mm]etallograph\w*|"
    r"\b[Pp]olari[sz]ed[ -]light|\b[Bb]right[ -]field (?:image|illumination)"
)
_OWN: Mapping[str, re.Pattern[str]] = {"optical": BY_LIGHT}


_NAMED_BY_ELECTRONS = (
    r"(?:(?P<bse>back-?\s?scattered(?:\s+electrons?)?(?:\s*\(BSE\))?|BSE|SEM-BSE|BSE-SEM)\s+)?"
    r"(?:(?:field[\s-]emission\s+)?scanning\s+electron(?:\s+microscop\w*|"
    r"\s+micrographs?)?(?:\s*\((?:FE-?)?SEM\))?|"
    r"(?:FE-?|HR-?)?SEM|BSE|secondary\s+electron)?"
)
_NAMED_BY_LIGHT = (
    r"(?:(?:bright[\s-]field|polari[sz]ed[\s-]light|reflected[\s-]light)\s+)?"
    r"(?:(?:optical|light)(?:\s+microscop\w*|\s+micrographs?)?(?:\s*\((?:LOM|LM|OM)\))?|LOM|OM|metallographic)?"
)


def _technique(named: str) -> re.Pattern[str]:
    """Return what a caption begins with that names the technique before what is shown."""
    return re.compile(
        r"^(?:the\s+|typical\s+|representative\s+|cross-?sectional\s+|corresponding\s+|low-?\s?magnification\s+|"
        r"high-?\s?magnification\s+|high-?\s?resolution\s+|top-?view\s+|surface\s+|magnified\s+|enlarged\s+)*"
        rf"{named}[\s\-]*"
        r"(?:images?|micrographs?|photographs?|photomicrographs?|photos?|pictures?|views?|micro-?graphs?|"
        r"analysis|"
        r"microscopy|observations?|mapping)\s*"
        r"(?:\([^)]*\)\s*)?(?:(?:of|showing|taken\s+(?:from|of)|obtained\s+(?:from|for)|for|from|depicting|"
        r"displaying|illustrating)(?:\s+|$)|[:,]\s*)",
        re.I,
    )


class CaptionWords(NamedTuple):
    """How captions name the microscope of a kind of panel."""

    technique: re.Pattern[str]
    """The words before what is shown: "SEM images of"."""
    says: re.Pattern[str]
    """The microscope's name, anywhere."""


_OF_ELECTRONS = CaptionWords(
    _technique(_NAMED_BY_ELECTRONS),
    re.compile(r"\b(?:FE-?|HR-?)?SEM\b|scanning electron|back-?\s?scattered electron|\bBSE\b", re.I),
)
_OF_LIGHT = CaptionWords(
    _technique(_NAMED_BY_LIGHT),
    re.compile(r"\b(?:optical|light)[ -](?:image|micro|photomicro)|\b(?-i:LOM|OM)\b|\bmetallographic", re.I),
)


def caption_words(kind: str) -> CaptionWords:
    """Return how captions name the microscope that takes panels of a kind."""
    return _OF_LIGHT if kind == "optical" else _OF_ELECTRONS


def own_microscope(kind: str) -> re.Pattern[str]:
    """Return what finds the name of the microscope that takes panels of a kind."""
    return _OWN.get(kind, BY_ELECTRONS)


def names_another(text: str, kind: str, another: re.Pattern[str]) -> bool:
    """Tell whether a text names another method than the microscope that took a panel.

    Parameters
    ----------
    text : str
        Searched.
    kind : str
        Of the panel.
    another : re.Pattern
        Methods other than electron microscopy, as the caller knows them.

    Examples
    --------
    >>> light = re.compile("optical micro|diffraction")
    >>> names_another("Seen by optical microscopy.", "optical", light), names_another("Seen by SEM.", "optical", light)
    (False, True)
    """
    if kind != "optical":
        return bool(another.search(text))
    return bool(another.search(BY_LIGHT.sub("", text)) or BY_ELECTRONS.search(text))
