"""Whether a pair may be passed on: what its paper's licence allows, and whether its picture is the paper's own.

In: a paper's licence as the workspace holds it, and captions. Out: the licence with what it asks for, and the reason
why a pair is left out of a public export.

The rule. An exported pair holds a crop of a figure and sentences of the paper: adapted material. CC0, CC BY, CC BY-SA
and the Open Government Licence allow to share that, CC BY-NC and CC BY-NC-SA for non-commercial purposes. Licences with
ND do not, whatever the purpose. What no licence is known of, or another one (ACS AuthorChoice, a publisher's user
licence), is left out. So is a picture whose caption credits another source, as a review's figures do ("Reproduced with
permission"): the paper's licence does not cover it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from glassllava.text.licences import agreed_licence, find_licences

CREDITED = "its caption credits another source, which the paper's licence does not cover"

_CREDIT = re.compile(
    r"\b(?:reproduced|reprinted|republished|redrawn|adapted|adopted|modified|reused)\b[^.]{0,80}"
    r"\b(?:from|with|after|under|by)\b|\bpermissions?\b|\bcourtesy\b|\bcopyright\b|©",
    re.IGNORECASE,
)
_CREATIVE_COMMONS = re.compile(r"CC-BY(?P<terms>(?:-(?:NC|SA|ND))*)(?:-\d\.\d(?:-[A-Z]+)?)?")


class Terms(NamedTuple):
    """What a licence asks for."""

    licence: str
    """As SPDX spells it where it is known, else as the workspace has it, else "unknown"."""
    asks: str
    """What those who share have to do; empty where sharing is not allowed."""
    refusal: str | None
    """Why it does not allow to share, or None where it does."""


def terms_of(licence: str | None) -> Terms:
    """Return what a paper's licence asks of those who share pairs made from it.

    Parameters
    ----------
    licence
        As the workspace has it: SPDX's spelling, an address, or any words of an imported set.

    Examples
    --------
    >>> terms_of("CC BY-NC 4.0")
    Terms(licence='CC-BY-NC-4.0', asks='credit, no commercial use', refusal=None)
    >>> terms_of("CC-BY-NC-ND-4.0").refusal
    'its licence (CC-BY-NC-ND-4.0) forbids to share what is made from the work'
    """
    if not licence:
        return Terms("unknown", "", "its licence is unknown")
    spelt = _CREATIVE_COMMONS.fullmatch(licence) is not None
    name = licence if spelt else agreed_licence(find_licences(licence)) or licence
    if name == "CC0-1.0":
        return Terms(name, "nothing", None)
    if name == "OGL-UK-3.0":
        return Terms(name, "credit", None)
    match = _CREATIVE_COMMONS.fullmatch(name)
    if match is None:
        return Terms(name, "", f"its licence ({name}) is none that is known to allow sharing")
    if "ND" in match["terms"]:
        return Terms(name, "", f"its licence ({name}) forbids to share what is made from the work")
    asked = ["credit"]
    asked += ["no commercial use"] if "NC" in match["terms"] else []
    asked += ["the same licence"] if "SA" in match["terms"] else []
    return Terms(name, ", ".join(asked), None)


def credits_another(caption: str) -> bool:
    """Tell whether a caption says that its picture is another's.

    Examples
    --------
    >>> credits_another("Fracture surface. Reproduced with permission.[6] Copyright 2012, Elsevier.")
    True
    >>> credits_another("Fracture surface of the glass, modified in water.")
    False
    """
    return _CREDIT.search(caption) is not None
