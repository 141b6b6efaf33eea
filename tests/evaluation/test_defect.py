"""The rules of the defect assessment, case by case."""

from __future__ import annotations

import pytest

from glassllava.domains import load_domain
from glassllava.evaluation import Case
from glassllava.evaluation.defect import defect, has_defect_assessment

DOMAIN = load_domain("glass-sem")
SOUND = "No cracks are visible and the surface is free of pores."
BROKEN = "Several cracks cross the surface and end in pores."
SILENT = "The surface was polished with diamond paste."
ASKED = "Are any cracks, pores or other defects evident in this image?"


@pytest.mark.parametrize(
    ("question", "benchmark", "answer", "value", "state"),
    [
        (ASKED, BROKEN, "Yes, long cracks are seen.", 1.0, "ok"),
        (ASKED, SOUND, "The sample shows neither cracks nor pores.", 1.0, "ok"),
        (ASKED, SOUND, "Yes, long cracks are seen.", 0.0, "ok"),
        (ASKED, BROKEN, "No defects were found.", 0.0, "ok"),
        (ASKED, BROKEN, "This may indicate a defect.", 0.0, "ok"),
        (ASKED, BROKEN, "More information is needed to tell whether there are cracks.", 0.0, "ok"),
        (ASKED, BROKEN, "Dendrites fill the matrix.", 0.0, "ok"),
        (ASKED, BROKEN, "", 0.0, "ok"),
        (ASKED, SILENT, "Long cracks are seen.", None, "not_applicable"),
        (ASKED, "It is unclear whether there are cracks.", "Cracks are seen.", None, "not_applicable"),
        ("Why is the surface free of cracks?", SOUND, "It was annealed.", None, "not_applicable"),
        ("What explains that no pores are seen?", SOUND, "No pores are seen, as it melted.", None, "not_applicable"),
        ("Describe any defects, or say that there are none.", SOUND, "There are no defects.", 1.0, "ok"),
    ],
)
def test_correctness_by_the_rules(question: str, benchmark: str, answer: str, value: float | None, state: str) -> None:
    verdict = defect(Case("defect", question, benchmark, answer, "Defect and Fracture"), DOMAIN)
    assert (verdict.state, verdict.value) == (state, value)
    assert verdict.reason
    assert set(verdict.detail) == {"benchmark_polarity", "answer_polarity", "named"}


@pytest.mark.parametrize(
    ("category", "benchmark", "assessed"),
    [
        ("Defect and Fracture", SILENT, True),
        ("Morphology", BROKEN, True),
        ("Morphology", SOUND, True),
        ("Morphology", SILENT, False),
    ],
)
def test_questions_about_defects_and_benchmarks_that_take_a_side_are_assessed(
    category: str, benchmark: str, assessed: bool
) -> None:
    assert has_defect_assessment(category, benchmark, DOMAIN) is assessed


def test_a_verdict_tells_whether_the_question_names_defects() -> None:
    named = defect(Case("defect", "How large are the cracks?", BROKEN, BROKEN, "Morphology"), DOMAIN)
    passing = defect(Case("defect", "How large are the grains?", BROKEN, BROKEN, "Morphology"), DOMAIN)
    assert (named.detail["named"], passing.detail["named"]) == (True, False)
