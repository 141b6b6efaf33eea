"""How a micrograph was recorded, as a text says it: accelerating voltage, working distance, magnification, scale bar.

In: a caption, or a sentence about electron microscopy. Out: the values in words, for the context ladder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_VOLTAGE = re.compile(
    r"\b(?:at|of|with|using|to)\s+(?:an?\s+)?(?:(?:acceler\w+|operating)\s+(?:voltage|potential)\s+(?:of|was|is)\s+)?"
    r"(?P<number>\d+(?:\.\d+)?)\s?kV\b(?!\s*(?:and|or|to|[–-])\s*\d)|"
    r"\b(?P<beam>\d+(?:\.\d+)?)\s?kV(?: and [\d.]+ [pnμµ]A)? electron beam",
    re.I,
)
_RANGE = re.compile(r"\d\s*(?:kV\s*)?(?:to|and|or|[–-])\s*\d+(?:\.\d+)?\s?kV\b", re.I)
_DISTANCE = re.compile(
    r"\bworking distance\s+(?:of|was|is|=)\s*(?P<of>\d+(?:\.\d+)?\s?mm)\b|"
    r"\b(?P<before>\d+(?:\.\d+)?\s?mm) working distance",
    re.I,
)
_MAGNIFIED = re.compile(
    r"\bmagnification\s+(?:of|was|is|=)?\s*(?P<times>[×x]\s?\d[\d,]*|\d[\d,]*\s?[×x]|\d[\d,]{2,})(?=[\s.,;)]|$)", re.I
)
_SCALE = re.compile(
    r"\bscale\s*bars?\s*(?:of|:|=|is|are|represents?|corresponds? to)?\s*(?P<length>\d+(?:\.\d+)?\s?(?:nm|[μµ]m|mm))\b",
    re.I,
)
_OF_SOME_PANELS = re.compile(r"scale\s*bars?\s+(?:in|for)\b|\b(?:in|for)\s+\(?[a-z]\)", re.I)


class ScaleBar(NamedTuple):
    """A scale bar's length, and the words that say it."""

    length: str
    said: str


def recorded(text: str) -> Iterator[str]:
    """Give voltage, working distance and magnification, each only where the text names a single one.

    Examples
    --------
    >>> list(recorded("The sections were viewed at 15 kV and a working distance of 8 mm."))
    ['an accelerating voltage of 15 kV', 'a working distance of 8 mm']
    """
    voltages = {match["number"] or match["beam"] for match in _VOLTAGE.finditer(text)}
    if len(voltages) == 1 and not _RANGE.search(text):
        yield f"an accelerating voltage of {voltages.pop()} kV"
    distances = {match["of"] or match["before"] for match in _DISTANCE.finditer(text)}
    if len(distances) == 1:
        yield f"a working distance of {distances.pop()}"
    times = {match["times"] for match in _MAGNIFIED.finditer(text)}
    if len(times) == 1:
        yield f"a magnification of {times.pop()}"


def scale_bar(part: str, figure_caption: str) -> ScaleBar | None:
    """Return the length that a caption gives the scale bar of a panel; None where it gives several.

    Parameters
    ----------
    part : str
        The caption's part about the panel, which is asked first.
    figure_caption : str
        The whole caption.
    """
    if _OF_SOME_PANELS.search(figure_caption):
        return None
    for text in (part, figure_caption):
        found = {re.sub(r"\s", "", match["length"]): match for match in _SCALE.finditer(text)}
        if found:
            match = next(iter(found.values()))
            return ScaleBar(match["length"], match.group()) if len(found) == 1 else None
    return None
