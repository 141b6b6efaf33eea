"""How papers cite their figures and letter their panels: one manner a paper.

In: figures' numbers and letters. Out: citations in the styles that journals use, singly, in ranges, in lists, of
several figures at once, of the supplement, in brackets or as the sentence's beginning; and the letters in front of a
caption's parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_lowercase
from typing import Literal

import numpy as np


@dataclass(frozen=True, slots=True)
class Cited:
    """A figure, or some of its panels, as it is cited.

    Attributes
    ----------
    figure
        Number: "2"; of the supplement's figures too.
    labels
        Letters in lower case, in alphabetical order; empty for the whole figure.
    supplementary
        Whether the figure stands in the supplement, which is another file.
    """

    figure: str
    labels: tuple[str, ...] = ()
    supplementary: bool = False


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
        How a caption's part is lettered, with "x" for the letter: "(x)", "x)"; "(x:" where one pair of brackets holds
        all parts: "(a~c: …; d: …)".
    also
        Between the panels of two figures: "Figs. 2a and 3b", "Fig. 2A, 3B".
    supplement
        What tells a supplementary figure: "S" in front of its number, or "Supplementary" in front of the word.
    """

    word: str
    words: str
    capital: bool
    bracketed: bool
    dash: str
    mark: str
    also: str = " and "
    supplement: Literal["S", "Supplementary"] = "S"

    def letter(self, label: str) -> str:
        """Return a label as it is printed."""
        return label.upper() if self.capital else label

    def name(self, cited: Cited) -> str:
        """Return a figure's one name, however it is printed: "2", "S1"."""
        return f"S{cited.figure}" if cited.supplementary else cited.figure

    def cite(self, *cited: Cited) -> str:
        """Return a citation of one figure, or of several in the order of their numbers.

        Examples
        --------
        >>> manner = Manner("Fig.", "Figs.", False, False, "–", "(x)")
        >>> manner.cite(Cited("2", ("a", "b", "c")))
        'Figs. 2a–c'
        >>> manner.cite(Cited("2", ("a",)), Cited("3", ("b",)), Cited("1", ("b",), supplementary=True))
        'Figs. 2a, 3b and S1b'
        """
        apart = [one for one in cited if one.supplementary and self.supplement == "Supplementary"]
        together = [one for one in cited if one not in apart]
        parts = []
        if together:
            many = len(together) > 1 or len(together[0].labels) > 1
            listed = [self.name(one) + self._letters(one.labels, short=len(together) > 1) for one in together]
            # Between whole figures a comma alone would read like a list of works: "Fig. 2, 3".
            commas = self.also == ", " and all(one.labels for one in together)
            parts.append(f"{self.words if many else self.word} {', '.join(listed) if commas else _listed(listed)}")
        parts += [f"Supplementary {self.word} {one.figure}{self._letters(one.labels, short=True)}" for one in apart]
        return " and ".join(parts)

    def _letters(self, labels: Sequence[str], *, short: bool) -> str:
        """Return a figure's letters; a short list has commas alone, for an "and" would read on to the next figure."""
        printed = [f"({self.letter(label)})" if self.bracketed else self.letter(label) for label in labels]
        if len(labels) > 2 and _run(labels):
            return f"{printed[0]}{self.dash}{printed[-1]}"
        return ",".join(printed) if short or (self.capital and not self.bracketed) else _listed(printed)

    def parts(self, parts: Sequence[tuple[Sequence[str], str]]) -> str:
        """Return a caption's parts, each the letters of its panels and its text, with their letters in front."""
        mark = self.mark[1:] if self.encloses else self.mark
        marked = []
        for labels, text in parts:
            printed = [self.letter(label) for label in labels]
            is_range = len(printed) > 2 and _run(labels)
            inner = f"{printed[0]}{self.dash}{printed[-1]}" if is_range else ",".join(printed)
            marked.append(f"{mark.replace('x', inner)} {text}")
        return f"({'; '.join(marked)})" if self.encloses else "; ".join(marked)

    @property
    def encloses(self) -> bool:
        """Whether one pair of brackets holds all parts of a caption."""
        return self.mark == "(x:"


MANNERS = (
    Manner("Fig.", "Figs.", False, False, "–", "(x)"),
    Manner("Fig.", "Figs", False, True, "–", "(x)", supplement="Supplementary"),
    Manner("Figure", "Figures", False, False, "–", "(x)"),
    Manner("Figure", "Figures", True, False, "–", "(x)", supplement="Supplementary"),
    Manner("Fig.", "Fig.", True, False, "–", "(x)", also=", "),
    Manner("Figure", "Figure", False, False, "-", "x)", also=", "),
    Manner("Fig.", "Figs.", False, True, " to ", "(x)"),
    Manner("Fig.", "Figs.", False, False, "~", "(x:", supplement="Supplementary"),
)


def _run(labels: Sequence[str]) -> bool:
    places = [ascii_lowercase.index(label) for label in labels]
    return all(after == before + 1 for before, after in pairwise(places))


def _listed(items: Sequence[str]) -> str:
    return "".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} and {items[-1]}"


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
    many = citation.startswith(("Figs", "Figures")) or bool(re.search(r" and | to |[,–~]|\d\w-\w", citation))
    lower = body if _stays_capital(body) else body[:1].lower() + body[1:]
    forms = [f"{body} ({citation}).", f"{body} ({citation}).", f"{body} (see {citation})."]
    if not body.startswith("The image"):  # "As Fig. 2 shows, the image shows" would say it twice.
        forms += [f"In {citation}, {lower}.", f"As {citation} {'show' if many else 'shows'}, {lower}."]
    return forms[int(rng.integers(len(forms)))]


def _stays_capital(text: str) -> bool:
    return text.split(" ", 1)[0] in {"Vickers", "X-ray", "Raman"}
