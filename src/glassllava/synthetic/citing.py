"""How papers cite their figures and letter their panels: one manner a paper.

In: a figure's number and letters. Out: citations in the styles that journals use, singly, in ranges, in lists, in
brackets or as the sentence's beginning, and the letters in front of a caption's parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_lowercase

import numpy as np


@dataclass(frozen=True, slots=True)
class Manner:
    """One journal's manner.

    Attributes
    ----------
    word, words
        What stands before one figure's number, and before several panels: "Fig." and "Figs.".
    capital
        Whether letters are capital.
    bracketed
        Whether letters stand in brackets of their own: "Fig. 3(b)".
    dash
        Between the ends of a range.
    mark
        How a caption's part is lettered, with "x" for the letter: "(x)", "x)", "(x):".
    """

    word: str
    words: str
    capital: bool
    bracketed: bool
    dash: str
    mark: str

    def letter(self, label: str) -> str:
        """Return a label as it is printed."""
        return label.upper() if self.capital else label

    def cite(self, figure: str, labels: Sequence[str] = ()) -> str:
        """Return a citation of a figure or of some of its panels, in alphabetical order.

        Examples
        --------
        >>> Manner("Fig.", "Figs.", False, False, "–", "(x)").cite("2", ["a", "b", "c"])
        'Figs. 2a–c'
        """
        if not labels:
            return f"{self.word} {figure}"
        printed = [self.letter(label) for label in labels]
        word = self.word if len(printed) == 1 else self.words
        if self.bracketed:
            if len(printed) > 2 and _run(labels):
                return f"{word} {figure}({printed[0]}){self.dash}({printed[-1]})"
            return f"{word} {figure}" + _listed([f"({letter})" for letter in printed])
        if len(printed) > 2 and _run(labels):
            return f"{word} {figure}{printed[0]}{self.dash}{printed[-1]}"
        return f"{word} {figure}" + (",".join(printed) if self.capital else _listed(printed))

    def part(self, labels: Sequence[str], text: str) -> str:
        """Return a caption's part with its letters in front."""
        printed = [self.letter(label) for label in labels]
        is_range = len(printed) > 2 and _run(labels)
        inner = f"{printed[0]}{self.dash}{printed[-1]}" if is_range else ",".join(printed)
        return f"{self.mark.replace('x', inner)} {text}"


MANNERS = (
    Manner("Fig.", "Figs.", False, False, "–", "(x)"),
    Manner("Fig.", "Figs", False, True, "–", "(x)"),
    Manner("Figure", "Figures", False, False, "–", "(x)"),
    Manner("Figure", "Figures", True, False, "–", "(x)"),
    Manner("Fig.", "Fig.", True, False, "–", "(x)"),
    Manner("Figure", "Figure", False, False, "-", "x)"),
    Manner("Fig.", "Figs.", False, True, " to ", "(x)"),
)


def _run(labels: Sequence[str]) -> bool:
    places = [ascii_lowercase.index(label) for label in labels]
    return all(after == before + 1 for before, after in pairwise(places))


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def cited(rng: np.random.Generator, sentence: str, citation: str) -> str:
    """Return a sentence with a citation in it: in brackets at its end, or leading it in.

    Parameters
    ----------
    sentence
        With its full stop.
    citation
        As `Manner.cite` gives it.
    """
    body = sentence.rstrip(".")
    many = citation.startswith(("Figs", "Figures")) or " and " in citation or "," in citation or "–" in citation
    lower = body if _stays_capital(body) else body[:1].lower() + body[1:]
    forms = (
        f"{body} ({citation}).",
        f"{body} ({citation}).",
        f"{body} (see {citation}).",
        f"In {citation}, {lower}.",
        f"As {citation} {'show' if many else 'shows'}, {lower}.",
    )
    return forms[int(rng.integers(len(forms)))]


def _stays_capital(text: str) -> bool:
    return text.split(" ", 1)[0] in {"Vickers", "X-ray", "Raman"}
