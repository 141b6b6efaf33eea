"""How an endpoint is asked: again where it is busy, never too much at once, and no more than what is left to spend."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import func, select

from glassllava.llm import BudgetSpent, Door, EndpointStopped, Request, Sampling, StageDoor, Tally, conversation, plan
from glassllava.llm.waits import retry_after
from glassllava.records import Call
from glassllava.workspace import Workspace, content_id
from tests.conftest import noise_png
from tests.llm.forms_used import GOOD, Verdict, request, row_requests
from tests.llm.server import Asked, FakeEndpoint, Reply, completion, does_not_take, fault, opened, serving, too_many


@pytest.fixture
def lab() -> Iterator[FakeEndpoint]:
    with serving(lambda _: completion(GOOD)) as endpoint:
        yield endpoint


def calls(workspace: Workspace) -> list[Call]:
    with workspace.reading() as session:
        return list(session.scalars(select(Call).order_by(Call.created)))


def test_a_stored_call_is_not_made_again(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door:
        first = {result.request.tag: result.parsed for result in door.ask_all(row_requests(20))}
        assert door.tally.figures()["asked"] == 20
    with StageDoor(here, "lab") as door:
        again = {result.request.tag: result.parsed for result in door.ask_all(row_requests(20))}
        assert door.tally.figures() == {
            "asked": 0,
            "stored": 20,
            "states": {"ok": 20, "refused": 0, "truncated": 0, "unparseable": 0, "error": 0},
        }
    assert again == first
    assert len(lab.requests) == 20


def test_the_same_thing_asked_twice_at_once_is_asked_once(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door:
        results = list(door.ask_all(request("one") for _ in range(30)))
    assert len(results) == 30
    assert len(lab.requests) == 1


def test_a_repeat_is_a_call_of_its_own(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door:
        assert len({result.key for result in door.ask_all(request(repeat=place) for place in range(3))}) == 3
    assert len(lab.requests) == 3


def test_an_endpoint_that_is_busy_is_asked_again_when_it_says(workspace: Workspace, lab: FakeEndpoint) -> None:
    replies = iter([too_many("0.4"), completion(GOOD)])
    lab.answer = lambda _: next(replies)
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door:
        assert door.ask(request()).state == "ok"
    first, second = lab.requests
    assert second.at - first.at >= 0.4


def test_retry_after_gives_seconds_milliseconds_or_a_date() -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert retry_after({"retry-after": "7"}) == 7
    assert retry_after({"retry-after-ms": "250", "retry-after": "1"}) == 0.25
    assert 57 < retry_after({"retry-after": in_a_minute}) <= 60
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert [retry_after({"retry-after": value}) for value in ("", "soon", "-5", "nan", "inf")] == [0] * 5
    assert retry_after({}) == 0


def test_no_more_calls_are_under_way_than_agreed(workspace: Workspace, lab: FakeEndpoint) -> None:
    lab.answer = lambda _: Reply(body=completion(GOOD).body, seconds=0.02)
    here = opened(workspace, lab.url, "concurrency = 4")
    with StageDoor(here, "lab") as door:
        assert len(list(door.ask_all(row_requests(40)))) == 40
    assert lab.busiest == 4


def test_requests_keep_the_pace_agreed(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url, "requests_per_minute = 1200")
    with StageDoor(here, "lab") as door:
        list(door.ask_all(row_requests(11)))
    assert lab.requests[-1].at - lab.requests[0].at >= 10 * 0.05 * 0.9


@pytest.mark.parametrize("name", ["temperature", "top_p", "seed"])
def test_a_parameter_that_a_model_rejects_is_dropped_once_recorded_and_told(
    workspace: Workspace, lab: FakeEndpoint, name: str
) -> None:
    lab.answer = lambda asked: does_not_take(name) if name in asked.body else completion(GOOD)
    here = opened(workspace, lab.url)
    told: list[str] = []
    with StageDoor(here, "lab", told.append) as door:
        requests = [request(f"row {place}", sampling=Sampling(seed=7)) for place in range(30)]
        assert {result.state for result in door.ask_all(requests)} == {"ok"}
    assert len(lab.requests) == 31
    assert told == door.remarks
    assert [name in sentence and "'lab'" in sentence for sentence in told] == [True]
    assert all(name in call.asked and name not in call.sent for call in calls(here))


def test_max_tokens_is_sent_under_its_newer_name_where_the_model_wants_it(
    workspace: Workspace, lab: FakeEndpoint
) -> None:
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
    refused = fault(400, message, param="max_tokens", code="unsupported_parameter")
    lab.answer = lambda asked: refused if "max_tokens" in asked.body else completion(GOOD)
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door:
        assert door.ask(request()).state == "ok"
    assert lab.requests[-1].body["max_completion_tokens"] == 2048
    (call,) = calls(here)
    assert (call.asked["max_tokens"], call.sent["max_completion_tokens"], call.attempts) == (2048, 2048, 2)


def test_a_value_that_is_only_too_large_is_not_dropped(workspace: Workspace, lab: FakeEndpoint) -> None:
    message = "max_tokens is too large: 20000. This model supports at most 16384 completion tokens."
    lab.answer = lambda _: fault(400, message, param="max_tokens", code="invalid_value")
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door:
        result = door.ask(request(sampling=Sampling(max_tokens=20000)))
    assert (result.state, "too large" in (result.reason or "")) == ("error", True)
    assert len(lab.requests) == 1


@pytest.mark.parametrize("taken", ["json_schema", "json_object", "text"])
def test_a_form_is_asked_for_in_the_first_way_that_the_endpoint_takes(
    workspace: Workspace, lab: FakeEndpoint, taken: str
) -> None:
    def answer(asked: Asked) -> Reply:
        way = asked.body.get("response_format", {"type": "text"})["type"]
        if way == taken:
            return completion(GOOD)
        # As a server says it that checks requests by pydantic, whose errors are a list under "detail".
        detail = [{"loc": ["body", "response_format", "type"], "msg": "Input should be 'text'", "input": way}]
        return Reply(422, json.dumps({"detail": detail}).encode())

    lab.answer = answer
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door:
        assert {result.state for result in door.ask_all(row_requests(20))} == {"ok"}
    rejected = ["json_schema", "json_object", "text"].index(taken)
    assert len(lab.requests) == 20 + rejected
    assert len(door.remarks) == rejected
    assert {call.mode for call in calls(here)} == {taken}
    # An endpoint may take a schema and ignore it, so the words are always there.
    assert all('"polarity"' in asked.body["messages"][0]["content"] for asked in lab.requests)


def test_images_go_as_data_urls_and_count_by_their_hash(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url)
    png = noise_png(1)
    stored = here.images.put(png)
    with StageDoor(here, "lab") as door:
        first = door.ask(Request(conversation("Look.", "What is shown?", (png,))))
        second = door.ask(Request(conversation("Look.", "What is shown?", (stored,))))
        third = door.ask(Request(conversation("Look.", "What is shown?", (noise_png(2),))))
    assert (first.key == second.key, second.stored, first.key == third.key) == (True, True, False)
    text, image = lab.requests[0].body["messages"][1]["content"]
    assert text == {"type": "text", "text": "What is shown?"}
    assert base64.b64decode(image["image_url"]["url"].removeprefix("data:image/png;base64,")) == png
    assert calls(here)[0].messages[1]["images"] == [content_id(png)]


def test_an_endpoint_that_is_down_stops_the_run_in_one_sentence(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, "http://127.0.0.1:9/v1", "attempts = 2")
    began = time.monotonic()
    with StageDoor(here, "lab") as door, pytest.raises(EndpointStopped, match="cannot be reached; see that it runs"):
        list(door.ask_all(row_requests(1000)))
    assert time.monotonic() - began < 10
    assert len(calls(here)) <= 1


def test_an_endpoint_that_only_fails_is_left_alone(workspace: Workspace, lab: FakeEndpoint) -> None:
    answered = iter([completion(GOOD)] * 3)
    lab.answer = lambda _: next(answered, fault(503, "Overloaded", "server_error"))
    here = opened(workspace, lab.url, "attempts = 2\nconcurrency = 1")
    with StageDoor(here, "lab") as door, pytest.raises(EndpointStopped, match="answers 503, Overloaded"):
        list(door.ask_all(row_requests(100)))
    assert len(lab.requests) == 3 + 5 * 2
    assert Counter(call.state for call in calls(here)) == {"ok": 3, "error": 5}


def test_the_run_goes_on_where_it_stopped(workspace: Workspace, lab: FakeEndpoint) -> None:
    answered = iter([completion(GOOD)] * 7)
    lab.answer = lambda _: next(answered, fault(401, "Expired"))
    here = opened(workspace, lab.url, "concurrency = 1")
    with StageDoor(here, "lab") as door, pytest.raises(EndpointStopped):
        list(door.ask_all(row_requests(20)))
    lab.answer = lambda _: completion(GOOD)
    with StageDoor(here, "lab") as door:
        assert len(list(door.ask_all(row_requests(20)))) == 20
        assert (door.tally.asked, door.tally.stored) == (13, 7)


@pytest.mark.parametrize(
    ("budget", "made"),
    [
        ("budget_calls = 7\nmax_tokens = 50", 7),
        # Each call takes 100 tokens; the next one may take its estimate and 50 of an answer.
        ("budget_tokens = 1000\nmax_tokens = 50", None),
        ("budget_money = 0.01\ninput_price = 10.0\noutput_price = 10.0\nmax_tokens = 50", None),
    ],
)
def test_a_spent_budget_stops_the_run_and_what_was_done_is_kept(
    workspace: Workspace, lab: FakeEndpoint, budget: str, made: int | None
) -> None:
    here = opened(workspace, lab.url, budget)
    for _ in range(2):
        with StageDoor(here, "lab") as door, pytest.raises(BudgetSpent, match=budget.split()[0]) as stop:
            list(door.ask_all(row_requests(50)))
        assert "what was answered is stored" in str(stop.value)
    count = len(calls(here))
    assert count == len(lab.requests)
    assert count == made if made is not None else 6 <= count <= 10
    generous = opened(here, lab.url, "budget_calls = 50\nmax_tokens = 50")
    with StageDoor(generous, "lab") as door:
        list(door.ask_all(row_requests(50)))
    assert len(lab.requests) == 50


def test_a_plan_tells_calls_tokens_and_money_and_sends_nothing(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url, "input_price = 2.0\noutput_price = 8.0\nmax_tokens = 100")
    with StageDoor(here, "lab") as door:
        list(door.ask_all(row_requests(4)))
    found = plan(here, "lab", [*row_requests(10), request("row 9")])
    assert (found.calls, found.stored, len(lab.requests)) == (6, 5, 4)
    assert [first.tag for first in found.first] == [4, 5, 6]
    assert found.completion_tokens_at_most == 600
    assert found.money_at_most == pytest.approx((found.prompt_tokens * 2 + 600 * 8) / 1e6)
    shown = sum(len(message.text) for message in row_requests(1)[0].messages) / 4
    assert found.prompt_tokens / 6 > shown


def test_a_dry_run_shows_figures_and_the_first_prompts(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url, "input_price = 2.0\noutput_price = 8.0\nmax_tokens = 100000")
    asked = [Request(conversation("Rules.", f"Look at {place}.", (b"png",)), purpose="S1 0123") for place in range(4)]
    found = plan(here, "lab", asked, show=2)
    shown = found.in_words()
    assert "4 calls to 'qwen3-vl' at the endpoint 'lab'; 0 more are stored." in shown
    assert "at most 400,000 to receive, at most 3.21 in the prices' currency" in shown
    assert "--- prompt 2 of 4 (S1 0123) ---\n[system]\nRules.\n[user with 1 image(s)]\nLook at 1." in shown
    assert "Look at 2." not in shown
    assert json.loads(json.dumps(found.figures()))["calls"] == 4
    assert lab.connections == 0


def test_a_stage_sees_progress_and_may_stop_early(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url, "concurrency = 2")
    seen: list[int] = []

    def watch(tally: Tally) -> None:
        seen.append(tally.asked + tally.stored)

    with StageDoor(here, "lab") as door:
        for result in door.ask_all(row_requests(100), watch):
            if len(seen) == 10:
                break
            assert result.state == "ok"
    assert seen[-1] >= 10
    assert len(lab.requests) < 30


def test_calls_go_on_while_a_stage_works_on_a_result(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url, "timeout_seconds = 0.5\nattempts = 1\nconcurrency = 2")
    lab.answer = lambda _: Reply(body=completion(GOOD).body, seconds=0.1)
    with StageDoor(here, "lab") as door:
        for place, result in enumerate(door.ask_all(row_requests(6))):
            if place == 0:
                time.sleep(1)
            assert result.state == "ok"


def test_requests_are_taken_only_as_there_is_room(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url, "concurrency = 4")
    taken: list[int] = []

    def endless() -> Iterator[Request]:
        for place in range(10**9):
            taken.append(place)
            yield request(f"row {place}")

    with StageDoor(here, "lab") as door:
        for number, _ in enumerate(door.ask_all(endless())):
            if number == 20:
                break
    assert len(taken) <= 21 + 8


def test_the_door_is_asynchronous_for_those_who_are(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url)

    async def main() -> list[str]:
        async with Door(here, "lab") as door:
            one = await door.ask(request())
            return [one.state] + [result.state async for result in door.ask_all(row_requests(5))]

    assert asyncio.run(main()) == ["ok"] * 6


def test_an_asker_who_gives_up_does_not_take_the_answer_from_another(workspace: Workspace, lab: FakeEndpoint) -> None:
    lab.answer = lambda _: Reply(body=completion(GOOD).body, seconds=0.1)
    here = opened(workspace, lab.url)

    async def main() -> str:
        async with Door(here, "lab") as door:
            first, second = (asyncio.create_task(door.ask(request())) for _ in range(2))
            await asyncio.sleep(0.05)
            first.cancel()
            return (await second).state

    assert asyncio.run(main()) == "ok"


def test_two_runs_at_once_keep_one_answer_of_each_call(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as one, StageDoor(Workspace(here.path), "lab") as other:
        pairs = zip(one.ask_all(row_requests(60)), other.ask_all(row_requests(60)), strict=True)
        assert len(list(pairs)) == 60
    with here.reading() as session:
        assert session.scalar(select(func.count(Call.id))) == 60


def test_verdicts_read_from_the_store_are_typed(workspace: Workspace, lab: FakeEndpoint) -> None:
    here = opened(workspace, lab.url)
    for _ in range(2):
        with StageDoor(here, "lab") as door:
            verdict = door.ask(request()).form(Verdict)
            assert verdict.polarity == "absent"


def test_the_status_counts_calls_and_names_what_had_no_answer(workspace: Workspace, lab: FakeEndpoint) -> None:
    lab.answer = lambda asked: fault(500, "Broken", "server_error") if asked.text == "row 1" else completion(GOOD)
    here = opened(workspace, lab.url, "attempts = 1")
    with StageDoor(here, "lab") as door:
        list(door.ask_all(row_requests(3)))
    status = here.status()
    assert status.counts["calls"] == 3
    assert [(failure.stage, failure.target) for failure in status.failures] == [("calls", "lab")]
    assert "1 error: The endpoint 'lab' did not answer after one attempt" in status.failures[0].reason
