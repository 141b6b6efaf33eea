"""Every call ends in its true state, and none becomes a number that nobody gave."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from glassllava.llm import EndpointStopped, Request, Result, StageDoor, conversation
from glassllava.records import Call
from glassllava.workspace import Workspace
from tests.llm.forms_used import GOOD, Verdict, request
from tests.llm.server import FOREVER, FakeEndpoint, Reply, completion, fault, opened, serving


@pytest.fixture
def lab() -> Iterator[FakeEndpoint]:
    with serving(lambda _: completion(GOOD)) as endpoint:
        yield endpoint


def asked(workspace: Workspace, lab: FakeEndpoint, what: Request | None = None, settings: str = "") -> Result:
    here = opened(workspace, lab.url, settings)
    with StageDoor(here, "lab") as door:
        return door.ask(what or request())


def the_call(workspace: Workspace) -> Call:
    with workspace.reading() as session:
        (call,) = session.scalars(select(Call))
        return call


def test_an_answer_in_the_form_is_ok_and_all_of_the_call_is_kept(workspace: Workspace, lab: FakeEndpoint) -> None:
    result = asked(workspace, lab, request(purpose="S2 quality 0123abcd"))
    assert (result.state, result.reason, result.stored) == ("ok", None, False)
    assert result.form(Verdict) == Verdict(score=42.0, polarity="absent")
    call = the_call(workspace)
    assert call.id == result.key
    assert (call.model, call.served_model, call.endpoint) == ("qwen3-vl", "qwen3-vl-2026-01-01", "lab")
    assert (call.prompt_tokens, call.completion_tokens, call.cached_tokens) == (90, 10, 64)
    assert call.asked == call.sent == {"temperature": 0.2, "top_p": 0.2, "max_tokens": 2048}
    assert (call.mode, call.attempts, call.purpose) == ("json_schema", 1, "S2 quality 0123abcd")
    assert (call.text, call.parsed) == (GOOD, {"score": 42.0, "polarity": "absent"})
    assert [message["role"] for message in call.messages] == ["system", "user"]
    (sent,) = lab.requests
    assert sent.path == "/v1/chat/completions"
    assert sent.body["response_format"]["json_schema"]["strict"] is True
    assert sent.body["temperature"] == 0.2


UNFIT = {
    "cut in the middle": '{"score": 42.0, "pola',
    "a number as text": '{"score": "42.0", "polarity": "absent"}',
    "a word that is not offered": '{"score": 42.0, "polarity": "maybe"}',
    "out of range": '{"score": 420.0, "polarity": "absent"}',
    "a yes in a number's place": '{"score": true, "polarity": "absent"}',
    "not a number": '{"score": NaN, "polarity": "absent"}',
    "a number beyond all": '{"score": 1e999, "polarity": "absent"}',
    "a number of many digits": f'{{"score": {"9" * 5000}, "polarity": "absent"}}',
    "half a character": '{"score": 42.0, "polarity": "\\ud800"}',
    "an endless nesting": '{"score": ' + "[" * 100_000,
    "a field twice": '{"score": 42.0, "polarity": "absent", "score": 90.0}',
    "a field too many": '{"score": 42.0, "polarity": "absent", "mood": "good"}',
    "a field too few": '{"polarity": "absent"}',
    "two documents": f"{GOOD}\n{GOOD}",
    "two fenced blocks": f"```json\n{GOOD}\n```\nor\n```json\n{GOOD}\n```",
    "a whole document in a broken one": f'{{"verdict": {GOOD}, "because": }}',
    "a list": f"[{GOOD}]",
    "a bare number": "42",
    "words": "I would give it 42 of 100, for it denies what is there.",
    "nothing": "",
}


@pytest.mark.parametrize("text", UNFIT.values(), ids=UNFIT)
def test_what_does_not_fit_the_form_is_unparseable(workspace: Workspace, lab: FakeEndpoint, text: str) -> None:
    lab.answer = lambda _: completion(text)
    result = asked(workspace, lab)
    assert (result.state, result.parsed, result.text) == ("unparseable", None, text)
    assert result.reason
    with pytest.raises(ValueError, match="unparseable"):
        result.form(Verdict)


@pytest.mark.parametrize(
    "text",
    [
        f"Here it is:\n```json\n{GOOD}\n```\nI hope that it helps.",
        f"My verdict is {GOOD}",
        f"<think>Perhaps {{}} or {GOOD}?</think>\n{GOOD}",
        f"\n {GOOD} \n",
        GOOD.replace("}", " }") + "\n",
    ],
)
def test_one_document_among_words_is_found(workspace: Workspace, lab: FakeEndpoint, text: str) -> None:
    lab.answer = lambda _: completion(text)
    assert asked(workspace, lab).state == "ok"


def test_a_cut_off_answer_is_truncated_even_where_it_would_fit(workspace: Workspace, lab: FakeEndpoint) -> None:
    lab.answer = lambda _: completion(GOOD, "length")
    result = asked(workspace, lab)
    assert (result.state, result.parsed) == ("truncated", None)


@pytest.mark.parametrize(
    "reply",
    [
        completion(None, refusal="I cannot help with that."),
        completion("", "content_filter"),
        fault(400, "The response was filtered due to the prompt.", code="content_filter"),
    ],
    ids=["by the model", "by a filter of answers", "by a filter of prompts"],
)
def test_a_refusal_is_refused(workspace: Workspace, lab: FakeEndpoint, reply: Reply) -> None:
    lab.answer = lambda _: reply
    result = asked(workspace, lab)
    assert (result.state, result.parsed) == ("refused", None)
    assert len(lab.requests) == 1


BROKEN = {
    "a server error": fault(500, "The server had an error while processing your request.", "server_error"),
    "no protocol": Reply(body=b'{"hello": "world"}'),
    "a list": Reply(body=b"[1, 2]"),
    "nothing at all": Reply(body=b"null"),
    "choices by name": Reply(body=b'{"choices": {"0": {}}}'),
    "an empty choice": Reply(body=b'{"choices": [null]}'),
    "a message that is a word": Reply(body=b'{"choices": [{"message": "hello"}]}'),
    "no JSON": Reply(body=b"<html>502</html>", headers={"Content-Type": "text/html"}),
    "broken JSON": Reply(body=b'{"choices": [{"mess'),
    "no choices": completion("x", choices=[]),
    "a list for a text": completion([1, 2]),  # type: ignore[arg-type]
    "a cut connection": Reply(body=completion(GOOD).body, cut=True),
    "a packed answer": Reply(body=completion(GOOD).body, headers={"Content-Encoding": "gzip"}),
    "an endless answer": Reply(body=b" " * 20_100_000),
    "a hang": Reply(body=completion(GOOD).body, seconds=FOREVER),
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN)
def test_no_answer_after_all_attempts_is_an_error_with_its_reason(
    workspace: Workspace, lab: FakeEndpoint, reply: Reply
) -> None:
    lab.answer = lambda _: reply
    # A reply that comes at once is given the time that a busy machine needs.
    result = asked(workspace, lab, settings=f"attempts = 2\ntimeout_seconds = {0.2 if reply.seconds else 5}")
    assert (result.state, result.parsed, result.text) == ("error", None, None)
    assert "did not answer after 2 attempts: " in (result.reason or "")
    assert len(lab.requests) == 2


def test_an_error_is_tried_again_by_the_next_run_and_an_answer_is_not(workspace: Workspace, lab: FakeEndpoint) -> None:
    lab.answer = lambda _: fault(500, "Broken.", "server_error")
    assert asked(workspace, lab, settings="attempts = 1").state == "error"
    lab.answer = lambda _: completion("42")
    assert asked(workspace, lab).state == "unparseable"
    lab.answer = lambda _: completion(GOOD)
    again = asked(workspace, lab)
    assert (again.state, again.stored) == ("unparseable", True)
    assert len(lab.requests) == 2
    assert the_call(workspace).state == "unparseable"


def test_a_rejected_request_is_an_error_at_once(workspace: Workspace, lab: FakeEndpoint) -> None:
    lab.answer = lambda _: fault(400, "This model's maximum context length is 8192 tokens.", code="context_length")
    result = asked(workspace, lab)
    assert result.state == "error"
    assert result.reason == "it rejects the request (400, This model's maximum context length is 8192 tokens)."
    assert len(lab.requests) == 1


def test_text_without_a_form_is_taken_as_it_is(workspace: Workspace, lab: FakeEndpoint) -> None:
    lab.answer = lambda _: completion("Glass is an amorphous solid.")
    result = asked(workspace, lab, Request(conversation("Answer.", "What is glass?")))
    assert (result.state, result.text) == ("ok", "Glass is an amorphous solid.")
    assert "response_format" not in lab.requests[0].body


def test_what_cannot_be_stored_is_replaced_in_prompt_and_answer(workspace: Workspace, lab: FakeEndpoint) -> None:
    lab.answer = lambda _: completion("half \ud83d and nothing \x00.")
    result = asked(workspace, lab, Request(conversation("Answer.", "Of a PDF: \udc80\x00")))
    assert (result.state, result.text) == ("ok", "half \ufffd and nothing \ufffd.")
    assert lab.requests[0].text == the_call(workspace).messages[1]["text"] == "Of a PDF: \ufffd\ufffd"
    assert asked(workspace, lab, Request(conversation("Answer.", "Of a PDF: \udc80\x00"))).stored


def test_an_unknown_usage_is_null(workspace: Workspace, lab: FakeEndpoint) -> None:
    body = {key: value for key, value in json.loads(completion(GOOD).body).items() if key not in ("usage", "model")}
    lab.answer = lambda _: Reply(body=json.dumps(body).encode())
    assert asked(workspace, lab).state == "ok"
    call = the_call(workspace)
    assert (call.prompt_tokens, call.completion_tokens, call.cached_tokens, call.served_model) == (None,) * 4


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (fault(401, "Incorrect API key provided: sk-ab***"), "refuses the key"),
        (fault(403, "Forbidden"), "refuses the key"),
        (fault(404, "The model `qwen3-vl` does not exist", code="model_not_found"), "knows no model 'qwen3-vl'"),
        (fault(429, "You exceeded your current quota", code="insufficient_quota"), "is empty"),
        (Reply(307, headers={"Location": "http://127.0.0.1:1/"}), "redirects to another address"),
        (fault(429, "Slow down", headers={"Retry-After": "3600"}), "asks to wait for 3600 seconds"),
    ],
)
def test_what_no_call_would_survive_ends_the_run_at_once(
    workspace: Workspace, lab: FakeEndpoint, reply: Reply, sentence: str
) -> None:
    lab.answer = lambda _: reply
    here = opened(workspace, lab.url)
    with StageDoor(here, "lab") as door, pytest.raises(EndpointStopped, match=sentence) as stop:
        list(door.ask_all(request(f"row {place}") for place in range(100)))
    assert ". " not in str(stop.value)
    assert len(lab.requests) == 1
