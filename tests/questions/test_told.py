"""Contexts for which a model finds and words the attributes: checked by code, and failed by name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from glassllava import questions
from glassllava.questions.attributes import Attribute
from glassllava.questions.ladder import Rung
from glassllava.questions.told import tells_exactly
from glassllava.records import Context
from glassllava.workspace import Workspace
from tests.llm.server import Asked, Reply, completion, fault, opened, serving

FACTS = [
    {"type": "material type", "value": "lithium disilicate glass-ceramic", "quote": "lithium disilicate glass-ceramic",
     "passage": "caption"},
    {"type": "processing conditions", "value": "etched in 5% hydrofluoric acid for 10 s",
     "quote": "the sections were etched in 5% hydrofluoric acid for 10 s", "passage": "P1"},
    {"type": "Processing Conditions", "value": "quenched in water", "quote": "quenched in water", "passage": "P1"},
]  # fmt: skip
WRONG = [
    {"type": "properties", "value": "a strength of 300 MPa", "quote": "a strength of 300 MPa", "passage": "P1"},
    {"type": "colour", "value": "quenched", "quote": "quenched in water", "passage": "P1"},
    {"type": "other", "value": "fired for 90 min", "quote": "fired for 20 min", "passage": "P1"},
    {"type": "other", "value": "quenched", "quote": "quenched in water", "passage": "P99"},
]
"""A quote that stands nowhere, a type that is none, a value that its quote does not hold, a passage that is none."""


@dataclass
class Teller:
    """Answers Prompts S4 and S3."""

    facts: list[dict[str, Any]] = field(default_factory=lambda: [*FACTS, *WRONG])
    adds: str = ""
    """What it tells without being asked to."""

    def __call__(self, asked: Asked) -> Reply:
        if "List the attributes" in asked.text:
            return _json({"attributes": self.facts})
        question = asked.text.split("<question>\n")[1].split("\n</question>")[0]
        said: dict[str, str | None] = {"basic": None, "moderate": None, "high": None}
        for part in asked.text.split("Level ")[1:]:
            values = [line.split(": ", 1)[1] for line in part.splitlines() if line.startswith("- ")]
            said[part.split()[0]] = f"The specimen: {'; '.join(values)}.{self.adds} {question}"
        return _json(said)


def _json(document: dict[str, Any]) -> Reply:
    return completion(json.dumps(document, ensure_ascii=False))


def rungs_of(workspace: Workspace) -> list[Context]:
    with workspace.reading() as session:
        return session.query(Context).order_by(Context.question_id, Context.level).all()


def test_a_model_finds_and_words_what_code_chooses_and_checks(one_paper: Workspace) -> None:
    questions.generate(one_paper)
    with serving(Teller()) as endpoint:
        here = opened(one_paper, endpoint.url)
        figures = questions.contexts(here, llm="lab")
        rungs = rungs_of(here)
        assert rungs and figures.worded == len(rungs)
        assert figures.failed == [] and figures.states["ok"] == figures.asked
        told = {(a["type"], a["value"]) for rung in rungs for a in rung.attributes}
        assert told <= {(fact["type"].lower(), fact["value"]) for fact in FACTS}
        for rung in rungs:
            assert rung.text.startswith("The specimen: ")
            assert len(rung.attributes) == {"basic": 1, "moderate": 2, "high": 3}[rung.level]
            assert all(a["value"] in rung.text for a in rung.attributes)
            assert all(a["quote"] and a["page"] for a in rung.attributes)
        again = questions.contexts(here, llm="lab")
        assert (again.made, again.asked) == (0, 0)
        here.close()


def test_words_that_tell_more_than_was_chosen_give_way_to_the_packs_own(one_paper: Workspace) -> None:
    questions.generate(one_paper)
    with serving(Teller(adds=" It is free of porosity.")) as endpoint:
        here = opened(one_paper, endpoint.url)
        figures = questions.contexts(here, llm="lab")
        assert figures.worded == 0 and figures.made > 0
        assert rungs_of(here) and not any("porosity" in rung.text for rung in rungs_of(here))
        here.close()


def test_a_panel_whose_answer_failed_is_listed_and_done_by_the_next_run(one_paper: Workspace) -> None:
    questions.generate(one_paper)
    with serving(lambda asked: fault(400, "too long", code="context_length_exceeded")) as endpoint:
        here = opened(one_paper, endpoint.url)
        figures = questions.contexts(here, llm="lab")
        assert figures.made == 0 and rungs_of(here) == []
        assert {target for target, _ in figures.failed} <= {"one.pdf Figure 2a", "one.pdf Figure 2b"}
        assert all(reason.startswith("error: ") for _, reason in figures.failed) and figures.failed
        endpoint.answer = Teller()
        assert questions.contexts(here, llm="lab").failed == []
        assert rungs_of(here)
        here.close()


def test_ladders_by_rule_take_the_place_of_a_models_when_asked_for(one_paper: Workspace) -> None:
    questions.generate(one_paper)
    questions.contexts(one_paper)
    by_rule = [rung.text for rung in rungs_of(one_paper)]
    with serving(Teller()) as endpoint:
        here = opened(one_paper, endpoint.url)
        questions.contexts(here, llm="lab")
        assert [rung.text for rung in rungs_of(here)] != by_rule
        here.close()


GLASS = Attribute("material type", "soda lime glass", "soda lime glass", 1, None)
ANNEALED = Attribute("processing conditions", "annealed at 500 °C", "annealed at 500 °C", 1, 0)
QUESTION = "Which defects can be seen?"


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        (f"The sample is a soda lime glass. {QUESTION}", True),
        (f"This specimen is made of soda lime glass. {QUESTION}", True),
        (f"The sample is a Soda  Lime glass. {QUESTION}", True),
        (f"{QUESTION}", False),
        ("The sample is a soda lime glass. Which flaws can be seen?", False),
        (f"The sample is a soda lime glass, annealed at 500 °C. {QUESTION}", False),
        (f"The sample is a soda lime glass with pores. {QUESTION}", False),
        (f"The sample is a soda lime glass of 3 mm. {QUESTION}", False),
        (f"The sample is a glass. {QUESTION}", False),
    ],
)
def test_a_context_tells_its_attributes_and_nothing_else(text: str, exact: bool) -> None:
    rung = Rung("basic", (GLASS,), "")
    assert tells_exactly(text, QUESTION, rung, (GLASS, ANNEALED)) == exact
