"""What a gate may look at beside the draft itself, and the form that every gate has.

In: a paper's text and panels, the domain, and the pairs that passed before. Out: `Surroundings`, for all gates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from glassllava.domains import Domain
from glassllava.questions.gates.known_answers import KnownAnswers
from glassllava.questions.source import Draft, PanelText, PaperText


@dataclass(slots=True)
class Surroundings:
    """What a gate may look at beside the draft itself."""

    paper: PaperText
    panels: Mapping[str, PanelText]
    """The paper's panels by id."""
    domain: Domain
    accepted: list[Draft] = field(default_factory=list)
    """Pairs of the corpus that passed before this one."""
    known: KnownAnswers = field(default_factory=KnownAnswers)
    """The answers of those pairs, to be compared with."""

    def accept(self, draft: Draft) -> None:
        """Take a pair that passed into what later ones are compared with."""
        self.accepted.append(draft)
        self.known.add(draft)


Gate = Callable[[Draft, Surroundings], str | None]
"""Gives None where the pair keeps the rule, else the reason why it is refused."""
