"""The planted cases: invented papers, good pairs about them, and for each gate pairs that break its rule.

In: the YAML files beside this one, each written before the gates were measured on it. Out: drafts with quotes
located as those of a model's pairs are, and what the gates of their paper look at. Printed lines are joined as those of
a PDF are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from glassllava.domains import load_domain
from glassllava.questions.asked import located
from glassllava.questions.gates import GATES, Surroundings, first_refusal
from glassllava.questions.source import Draft, PanelText, PaperText, ParagraphText
from glassllava.text.abbreviations import find_definitions
from glassllava.text.hyphenation import join_lines, word_counts

HERE = Path(__file__).parent
DOMAIN = load_domain("glass-sem")
GATE_OF = {
    "evidence": "evidence",
    "numbers": "numbers",
    "sentences": "sentences",
    "abbreviations": "abbreviation",
    "paper_speak": "paper-speak",
    "category": "category",
    "duplicate": "duplicate",
    "leak": "leak",
    "panel": "panel",
}
"""The gate that each list of planted pairs is for."""


@dataclass(slots=True)
class Outcome:
    """What a gate did with the pairs that break its rule, and with the good ones."""

    planted: int = 0
    missed: list[str] = field(default_factory=list)
    """Pairs that this gate let pass."""
    passed: list[str] = field(default_factory=list)
    """Pairs among them that all gates let pass."""
    false: list[str] = field(default_factory=list)
    """Good pairs that this gate refused, with its reason."""

    @property
    def caught(self) -> int:
        """Pairs that this gate refused."""
        return self.planted - len(self.missed)


def outcomes(name: str = "planted_gates.yaml") -> tuple[dict[str, Outcome], int]:
    """Return what each gate did with one list of planted pairs, by the gate's name, and the number of good pairs.

    The good pairs are those of `planted_pairs.yaml`; a list that has `good` changes of them brings its own.
    """
    papers = _papers()
    rows = {row["id"]: row for row in _read("planted_pairs.yaml")["pairs"]}
    planted = _read(name)
    found = {gate: Outcome() for gate in GATES}
    good = [(f"{row['of']}, {row['why']}", _changed(rows[row["of"]], row)) for row in planted.pop("good", [])]
    good = good or list(rows.items())
    before: list[Draft] = []
    for pair, row in good:
        draft = _draft(row, row["panels"][0], papers)
        around = _with(papers[paper_of(draft.panels[0])], before)
        refused = {gate: reason for gate, decide in GATES.items() if (reason := decide(draft, around)) is not None}
        for gate, reason in refused.items():
            found[gate].false.append(f"{pair}: {reason}")
        before += [] if refused else [draft]
    for rule, changes in planted.items():
        gate = GATE_OF[rule]
        for change in changes:
            row = rows[change["of"]]
            first = _draft(row, row["panels"][0], papers)
            around = _with(papers[paper_of(row["panels"][0])], [first] if gate == "duplicate" else [])
            draft = _draft(_changed(row, change), row["panels"][0], papers)
            pair = f"{change['of']}, {change['why']}"
            found[gate].planted += 1
            if GATES[gate](draft, around) is None:
                found[gate].missed.append(pair)
                if first_refusal(draft, around) is None:
                    found[gate].passed.append(pair)
    return found, len(good)


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def paper_of(panel: str) -> str:
    """Return the id of the paper that a panel is from."""
    return panel.rpartition("-")[0]


def _with(around: Surroundings, before: list[Draft]) -> Surroundings:
    anew = Surroundings(around.paper, around.panels, around.domain)
    for draft in before:
        anew.accept(draft)
    return anew


def _papers() -> dict[str, Surroundings]:
    return {row["id"]: _surroundings(row) for row in _read("planted_papers.yaml")["papers"]}


def _surroundings(row: dict[str, Any]) -> Surroundings:
    printed = [text.splitlines() for text in row["paragraphs"]]
    known = word_counts(line for lines in printed for line in lines)
    paragraphs = tuple(ParagraphText(1, "Results", "body", join_lines(lines, known)) for lines in printed)
    captions = [panel["caption"] for panel in row["panels"]]
    definitions = find_definitions([*(part.text for part in paragraphs), *captions])
    panels = {
        panel["id"]: PanelText(
            id=panel["id"],
            name=panel["name"],
            label=panel["name"][-1],
            kind=panel.get("kind", "sem"),
            accepted=panel["accepted"],
            caption=panel["caption"],
            figure_caption=panel["caption"],
            page=1,
        )
        for panel in row["panels"]
    }
    return Surroundings(PaperText(row["id"], row["title"], paragraphs, definitions), panels, DOMAIN)


def _changed(row: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    new = {**row, **change.get("set", {})}
    for name, (old, by) in change.get("change", {}).items():
        value = new[name]
        new[name] = [part.replace(old, by) for part in value] if isinstance(value, list) else value.replace(old, by)
    if new == row and "why" in change and change["why"] != "the very same pair":
        raise ValueError(f"Nothing is changed: {change}.")
    return new


def _draft(row: dict[str, Any], asked: str, papers: dict[str, Surroundings]) -> Draft:
    """Return a row's draft; `asked` is the panel whose caption its quotes are looked for in first."""
    around = papers[paper_of(asked)]
    shown = [around.panels[asked], *(around.panels[key] for key in row["panels"] if key in around.panels)]
    evidence = []
    for quote in row["evidence"]:
        found = [located(quote, around.paper, panel) for panel in shown]
        evidence.append(next((item for item in found if item.end > item.start), found[0]))
    return Draft(
        panels=tuple(row["panels"]),
        category=row["category"],
        subcategory=row.get("subcategory", "simple" if row.get("simple", True) else "complex"),
        question=" ".join(row["question"].split()),
        answer=" ".join(row["answer"].split()),
        evidence=tuple(evidence),
        needs_image=row.get("needs_image", True),
        generator="planted",
    )
