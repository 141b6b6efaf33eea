"""What kind of picture the name of a technique means.

In: a name as people write it, "FE-SEM" or "scanning electron microscopy". Out: the panel's kind.
"""

from __future__ import annotations

import re

_KINDS = (
    ("map", r"\bED[XS]\b|energy.dispersive|mapping|elemental map|\bmap\b"),
    ("diffraction", r"diffraction|\bSAED\b|\bEBSD\b"),
    ("tem", r"transmission electron|(?-i:TEM)\b|\bHAADF\b"),
    ("sem", r"scanning electron|(?-i:SEM)\b|back.?scattered|secondary electron"),
    ("optical", r"optical|light micro|confocal|fluorescence|photon|laser micro|illumination|polari[sz]ed"),
    ("schematic", r"schematic|illustration"),
    ("plot", r"spectr|plot|chart"),
)
"""Kind and what a technique's name holds, tried in this order: "SEM/EDX" names a map, "STEM" a TEM."""


def kind_of_technique(technique: str | None) -> str:
    """Return the panel kind that a technique's name means: "FE-SEM" is `sem`; `other` where none fits."""
    named = technique or ""
    return next((kind for kind, pattern in _KINDS if re.search(pattern, named, re.IGNORECASE)), "other")
