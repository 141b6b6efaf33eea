"""Pairs that a language model writes: located, gated, repaired, checked, stored, and failed by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

import pytest

from glassllava import questions
from glassllava.cli import main
from glassllava.errors import WorkspaceError
from glassllava.llm import EndpointStopped
from glassllava.llm.families import family_of
from glassllava.questions.asked import located
from glassllava.workspace import QuestionView, Workspace
from tests.llm.server import FakeEndpoint, completion, fault, opened, serving
from tests.questions.paper import example
from tests.questions.writer import GOOD, INVENTED, MENDED, SHORT, Writer

CHECKED = '[endpoints.other]\nbase_url = "{url}"\nmodel = "gemma-3-27b"\n'


@contextmanager
def asked(one_paper: Workspace, writer: Writer, settings: str = "") -> Iterator[tuple[Workspace, FakeEndpoint]]:
    with serving(writer) as endpoint:
        here = opened(one_paper, endpoint.url, settings, before=CHECKED.format(url=endpoint.url))
        yield here, endpoint
        here.close()


def by_question(workspace: Workspace) -> dict[tuple[str, str], QuestionView]:
    return {(view.question, view.answer): view for view in workspace.questions()}


def key(pair: dict) -> tuple[str, str]:
    return pair["question"], pair["answer"]


def test_pairs_are_written_located_judged_and_mended(one_paper: Workspace) -> None:
    with asked(one_paper, Writer()) as (here, _):
        figures = questions.generate(here, llm="lab")
        found = by_question(here)
    good = found[key(GOOD["Figure 2a"])]
    assert (good.state, good.panels, good.category, good.needs_image) == (
        "accepted",
        ("Figure 2a",),
        "Morphology",
        True,
    )
    assert good.generator.startswith("asked/qwen3-vl/")
    # The quote as the paper prints it, where it stands: the paper has another sign for micro.
    assert good.evidence[0]["quote"].count("0.2 μm") == 1
    assert [item["paragraph"] for item in good.evidence] == [2, 2]
    assert found[key(GOOD["Figure 2b"])].category == "Defect and Fracture"
    assert (found[key(INVENTED)].state, found[key(INVENTED)].gate) == ("rejected", "numbers")
    assert found[key(MENDED)].state == "accepted"
    assert found[key(SHORT)].gate == "sentences"
    assert figures.gates == {"numbers": 1, "sentences": 1}
    assert (figures.accepted, figures.asked, figures.stored) == (3, 5, 0)
    assert figures.states == {"ok": 5, "refused": 0, "truncated": 0, "unparseable": 0, "error": 0}


def test_a_pair_is_given_back_twice_and_no_more(one_paper: Workspace) -> None:
    writer = Writer()
    with asked(one_paper, writer) as (here, _):
        questions.generate(here, llm="lab")
    assert sorted(writer.written) == ["Figure 2a", "Figure 2a again", "Figure 2b", *["Figure 2b again"] * 2]


def test_a_second_run_asks_nothing(one_paper: Workspace) -> None:
    with asked(one_paper, Writer()) as (here, endpoint):
        questions.generate(here, llm="lab")
        before, rows = len(endpoint.requests), here.questions()
        again = questions.generate(here, llm="lab")
        assert (again.papers, again.known, again.made, again.asked) == (0, 1, 0, 0)
        assert len(endpoint.requests) == before
        assert here.questions() == rows


def test_gates_by_model_refuse_what_does_not_follow_and_what_needs_no_image(one_paper: Workspace) -> None:
    writer = Writer(unsupported="have a size of about 0.2", known="A few pores remain")
    with asked(one_paper, writer) as (here, endpoint):
        figures = questions.generate(here, llm="lab", checker="other")
        found = by_question(here)
        checked = [request.text for request in endpoint.requests if "pairs about" not in request.text]
    assert found[key(GOOD["Figure 2a"])].gate == "model-evidence"
    assert found[key(GOOD["Figure 2a"])].state == "rejected"
    assert found[key(GOOD["Figure 2b"])].gate == "model-image"
    assert found[key(MENDED)].state == "accepted"
    # What a gate in code refuses is not asked about.
    assert checked and not any("0.7" in text or SHORT["answer"] in text for text in checked)
    assert figures.remarks == []
    assert figures.asked == len(endpoint.requests)


def test_a_check_that_fails_lets_nothing_pass_and_is_asked_again(one_paper: Workspace) -> None:
    writer = Writer()

    def broken(request):
        return writer(request) if "pairs about" in request.text else fault(400, "The prompt is too long.")

    with serving(broken) as endpoint:
        here = opened(one_paper, endpoint.url, before=CHECKED.format(url=endpoint.url))
        figures = questions.generate(here, llm="lab", checker="other")
        assert figures.accepted == 0
        assert set(figures.gates) <= {"model-unchecked", "numbers", "sentences"}
        endpoint.answer = writer
        figures = questions.generate(here, llm="lab", checker="other")
        assert (figures.papers, figures.accepted) == (1, 3)
        assert "model-unchecked" not in figures.gates
        here.close()


def test_a_checker_of_the_writers_family_is_told_of(one_paper: Workspace) -> None:
    with asked(one_paper, Writer()) as (here, _):
        figures = questions.generate(here, llm="lab", checker="lab")
    assert figures.remarks == [
        "The model that checks, “qwen3-vl”, is of the same family as the one that writes, “qwen3-vl”."
    ]


@pytest.mark.parametrize(
    ("reply", "state", "final"),
    [
        (completion(None, refusal="I cannot help with that."), "refused", True),
        (completion('{"pairs": [', finish_reason="length"), "truncated", True),
        (completion('{"pairs": [{"question": 5}]}'), "unparseable", True),
        (fault(400, "The prompt is too long.", code="context_length_exceeded"), "error", False),
    ],
)
def test_a_panel_without_an_answer_is_listed_and_an_error_is_asked_again(
    one_paper: Workspace, reply: object, state: str, final: bool
) -> None:
    writer = Writer(faults={"Figure 2a": [reply]})  # type: ignore[list-item]
    with asked(one_paper, writer) as (here, _):
        figures = questions.generate(here, llm="lab")
        ((target, reason),) = figures.failed
        assert target == "one.pdf Figure 2a" and reason.startswith(f"{state}: ")
        assert figures.states[state] == 1
        assert {panel for view in here.questions() for panel in view.panels} == {"Figure 2b"}
        again = questions.generate(here, llm="lab")
        assert (again.papers == 0, again.failed == []) == (final, True)
        assert ("Figure 2a" in {panel for view in here.questions() for panel in view.panels}) != final


def test_whichever_answer_comes_first_the_pairs_are_the_same(one_paper: Workspace, tmp_path) -> None:
    rows = []
    for waits in ((0.0, 0.05), (0.05, 0.0)):
        writer, turns = Writer(), cycle(waits)

        def slow(request, writer=writer, turns=turns):
            reply = writer(request)
            reply.seconds = next(turns)
            return reply

        with serving(slow) as endpoint:
            here = opened(one_paper, endpoint.url)
            questions.generate(here, llm="lab")
            rows.append(
                sorted(
                    (q.panels, q.category, q.question, q.answer, q.state, q.gate)
                    for q in here.questions()
                    if not q.stale
                )
            )
            here.close()
    assert rows[0] == rows[1]


def test_a_run_that_was_stopped_goes_on_to_the_pairs_of_one_that_was_not(one_paper: Workspace) -> None:
    writer = Writer()
    with asked(one_paper, writer, "budget_calls = 3") as (here, endpoint):
        with pytest.raises(EndpointStopped, match="budget"):
            questions.generate(here, llm="lab")
        assert here.questions() == []
        made = len(endpoint.requests)
        again = opened(here, endpoint.url)
        figures = questions.generate(again, llm="lab")
        assert (figures.stored, figures.asked) == (made, 5 - made)
        assert figures.accepted == 3
        again.close()


def test_a_plan_sends_nothing_and_tells_what_the_first_round_takes(
    one_paper: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with asked(one_paper, Writer()) as (here, endpoint):
        path = str(here.path)
        assert main(["questions", "generate", "-w", path, "--llm", "lab", "--dry-run", "--json"]) == 0
        plan = json.loads(capsys.readouterr().out)
        assert (plan["calls"], plan["stored"]) == (2, 0)
        assert main(["questions", "generate", "-w", path, "--llm", "lab", "--dry-run"]) == 0
        assert "round droplets" in capsys.readouterr().out
        assert endpoint.requests == []
        assert main(["questions", "generate", "-w", path, "--llm", "lab", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["asked"] == 5
        assert main(["questions", "generate", "-w", path, "--llm", "lab", "--dry-run"]) == 0
        assert capsys.readouterr().out.startswith("0 calls to 'qwen3-vl' at the endpoint 'lab'")


def test_the_generator_that_was_asked_last_stands(one_paper: Workspace) -> None:
    with asked(one_paper, Writer()) as (here, _):
        questions.generate(here)
        questions.generate(here, llm="lab")
        assert {q.generator.split("/")[0] for q in here.questions() if q.accepted} == {"asked"}
        questions.generate(here)
        assert not any(q.generator.startswith("asked/") for q in here.questions() if q.accepted)
        assert any(q.accepted for q in here.questions())


def test_the_model_sees_the_panel_only_where_the_settings_say_so(one_paper: Workspace) -> None:
    for see in (False, True):
        settings = f"[questions]\nsee_images = {str(see).lower()}\n"
        with serving(Writer()) as endpoint:
            here = opened(one_paper, endpoint.url, before=settings)
            questions.generate(here, llm="lab")
            contents = [request.body["messages"][-1]["content"] for request in endpoint.requests]
            assert all(("image_url" in json.dumps(content)) == see for content in contents)
            here.close()


def test_a_checker_without_a_writer_is_refused(one_paper: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="name it with --llm"):
        questions.generate(one_paper, checker="lab")


def test_a_confidential_workspace_asks_nobody(one_paper: Workspace) -> None:
    with serving(Writer()) as endpoint:
        here = opened(one_paper, endpoint.url, before="confidential = true")
        with pytest.raises(WorkspaceError, match="confidential"):
            questions.generate(here, llm="lab")
        assert endpoint.connections == 0
        here.close()


def test_quotes_are_found_over_line_breaks_and_within_quotation_marks_and_an_invented_one_has_no_place() -> None:
    paper, panels = example()
    for quote in (
        "round\n droplets of about 0.2 μm",
        "‘round droplets of about 0.2 μm’",
        " ROUND DROPLETS of about 0.2 µm ",
    ):
        place = located(quote, paper, panels[0])
        assert (place.quote, place.paragraph, place.page) == ("round droplets of about 0.2 μm", 2, 3)
        assert paper.paragraphs[2].text[place.start : place.end] == place.quote
    caption = located("Polished section fired at 700 °C", paper, panels[0])
    assert caption.paragraph is None and panels[0].figure_caption[caption.start : caption.end] == caption.quote
    invented = located("round droplets of about 0.3 µm", paper, panels[0])
    assert (invented.paragraph, invented.start, invented.end) == (None, 0, 0)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("openai/gpt-oss-120b", "GPT"), ("o3-mini", "GPT"), ("claude-opus-4-5", "Claude"),
        ("google/gemma-3-27b-it", "Gemini"), ("meta-llama/Llama-3.3-70B-Instruct", "Llama"),
        ("llava-1.5-7b-hf", "Llama"), ("Qwen/Qwen3-VL-8B", "Qwen"), ("mistral-small", "Mistral"),
        ("DeepSeek-R1-Distill-Qwen-7B", None), ("tiny", None), ("microsoft/Phi-4", "Phi"), ("sapphire", None),
    ],
)  # fmt: skip
def test_a_models_name_tells_its_family_or_nothing(model: str, family: str | None) -> None:
    assert family_of(model) == family
