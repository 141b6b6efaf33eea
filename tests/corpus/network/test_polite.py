"""A service is asked politely: contact, rate, back-off, time limit; and its errors are told in one sentence."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from glassllava.corpus.network.polite import PoliteService, Unanswered
from glassllava.settings import MetadataSettings
from tests.corpus.network.registry_server import Registry, Reply, found, serving

FAST = {"requests_per_second": 1000.0, "backoff_seconds": 0.01, "timeout_seconds": 5.0, "attempts": 4}


def service(server: Registry, slept: list[float] | None = None, **settings: object) -> PoliteService:
    sleep = time.sleep if slept is None else slept.append
    return PoliteService("Crossref", server.url, MetadataSettings.model_validate(FAST | settings), sleep=sleep)


def test_an_answer_comes_back_and_404_is_none(server: Registry) -> None:
    server.on("/works/10.1/a(b)<c>", found({"message": 1}))
    asked = service(server)
    assert asked.get("works/10.1/a(b)<c>") == {"message": 1}
    assert asked.get("works/10.1/unknown") is None
    assert asked.requests == 2


def test_the_contact_is_sent_only_where_one_is_set(server: Registry) -> None:
    service(server).get("works/x")
    service(server, mailto="ada@lab.example").get("works/x")
    first, second = (request.headers["User-Agent"] for request in server.requests)
    assert first.startswith("GlassLLaVA/") and "mailto" not in first
    assert second.endswith(" (mailto:ada@lab.example)")


def test_a_contact_that_would_break_the_header_is_refused() -> None:
    with pytest.raises(ValueError, match="mailto"):
        MetadataSettings(mailto="ada@lab.example\r\nX: 1")


def test_requests_keep_their_distance(server: Registry) -> None:
    slept: list[float] = []
    asked = service(server, slept, requests_per_second=0.01)
    for _ in range(3):
        asked.get("works/x")
    first, *later = slept
    assert first == 0 and all(50 < wait <= 100 for wait in later)


def test_a_busy_service_is_asked_again_after_the_time_that_it_names(server: Registry) -> None:
    server.on("/works/x", Reply(429, b"", {"Retry-After": "7"}), found({"message": 1}))
    slept: list[float] = []
    assert service(server, slept).get("works/x") == {"message": 1}
    assert 7.0 in slept


def test_a_busy_service_may_name_a_date(server: Registry) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    server.on("/works/x", Reply(503, b"", {"Retry-After": at}), found({"message": 1}))
    slept: list[float] = []
    assert service(server, slept).get("works/x") == {"message": 1}
    assert 50 < max(slept) <= 100


def test_a_service_that_asks_for_too_long_a_wait_is_left_alone(server: Registry) -> None:
    server.on("/works/x", Reply(429, b"", {"Retry-After": "86400"}))
    asked = service(server)
    for path in ("works/x", "works/y"):
        with pytest.raises(Unanswered, match="asks to wait for 86400 seconds"):
            asked.get(path)
    assert asked.requests == 1


def test_500_twice_and_then_an_answer_is_an_answer_after_growing_waits(server: Registry) -> None:
    server.on("/works/x", Reply(500), Reply(502), found({"message": 1}))
    slept: list[float] = []
    assert service(server, slept, backoff_seconds=3).get("works/x") == {"message": 1}
    assert [wait for wait in slept if wait > 1] == [3, 6]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(500, b"broken"), "answers 500"),
        (Reply(200, b'{"message": '), "not valid JSON"),
        (Reply(200, b"<html>Service page</html>"), "not valid JSON"),
        (Reply(200, b"\xff\xfe\x00"), "not valid JSON"),
        (Reply(200, b"[1, 2]"), "no JSON object"),
        (Reply(200, json.dumps({"message": "x" * 100}).encode(), cut=True), "not valid JSON"),
    ],
)
def test_what_stays_broken_is_told_after_all_attempts(server: Registry, reply: Reply, reason: str) -> None:
    server.on("/works/x", reply)
    asked = service(server)
    with pytest.raises(Unanswered, match=f"Crossref did not answer after 4 attempts: .*{reason}"):
        asked.get("works/x")
    assert asked.requests == 4


@pytest.mark.parametrize(
    "reply", [Reply(200, b'{"message": 1}', seconds=2.0), Reply(200, b'{"message": 1}', seconds=0.15, pieces=14)]
)
def test_a_slow_answer_is_given_up_also_where_each_piece_of_it_comes_in_time(server: Registry, reply: Reply) -> None:
    server.on("/works/x", reply)
    with pytest.raises(Unanswered, match=r"no answer within 0\.6 seconds"):
        service(server, timeout_seconds=0.6, attempts=1).get("works/x")


def test_a_refusal_is_not_repeated(server: Registry) -> None:
    server.on("/works/x", Reply(403))
    asked = service(server)
    with pytest.raises(Unanswered, match="Crossref refuses the request: 403"):
        asked.get("works/x")
    assert asked.requests == 1


def test_without_a_network_one_thing_is_tried_and_the_rest_is_not(server: Registry) -> None:
    settings = MetadataSettings.model_validate(FAST)
    asked = PoliteService("Crossref", "http://127.0.0.1:9", settings)
    for _ in range(3):
        with pytest.raises(Unanswered, match=r"127\.0\.0\.1:9 cannot be reached"):
            asked.get("works/x")
    assert asked.requests == 4


def test_after_three_failures_in_a_row_a_service_is_left_alone(server: Registry) -> None:
    asked = service(server, attempts=1)
    for name in "abcde":
        server.on(f"/works/{name}", Reply(500))
        with pytest.raises(Unanswered):
            asked.get(f"works/{name}")
    assert asked.requests == 3


def test_a_redirection_is_followed_on_the_same_host_and_nowhere_else(server: Registry) -> None:
    server.on("/works/old", Reply(301, b"", {"Location": "/works/new"}))
    server.on("/works/new", found({"message": 1}))
    assert service(server).get("works/old") == {"message": 1}
    with serving() as elsewhere:
        server.on("/works/away", Reply(302, b"", {"Location": f"{elsewhere.url}/works/new"}))
        with pytest.raises(Unanswered, match="redirects to another host"):
            service(server).get("works/away")
        assert elsewhere.requests == []


def test_a_key_is_sent_and_in_no_reason(server: Registry) -> None:
    server.on("/works/x", Reply(500))
    asked = PoliteService("OpenAlex", server.url, MetadataSettings.model_validate(FAST), {"api_key": "s3cret"})
    with pytest.raises(Unanswered) as raised:
        asked.get("works/x")
    assert server.requests[0].query == {"api_key": "s3cret"}
    assert "s3cret" not in str(raised.value)
