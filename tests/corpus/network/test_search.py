"""Open papers are found once a day, nothing leaves without consent, and only what may be reused is proposed."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from glassllava import corpus
from glassllava.cli import main
from glassllava.corpus.reading_list import read_list
from glassllava.errors import GlassllavaError, UnreadableInput, WorkspaceError
from glassllava.records import Lookup
from glassllava.workspace import Workspace
from tests.corpus.network.registry_server import (
    Registry,
    Reply,
    found,
    listed_work,
    openalex_page,
    openalex_publishers,
    write_settings,
)
from tests.corpus.network.test_complete import plant

PHRASES = ["glass", "scanning electron microscopy"]


def location(**fields: Any) -> dict[str, Any]:
    return listed_work(1)["best_oa_location"] | fields


def works(first: int, count: int) -> list[dict[str, Any]]:
    return [listed_work(number) for number in range(first, first + count)]


def test_the_query_is_openalex_own_with_all_phrases_required(online: Workspace, server: Registry) -> None:
    server.on("/publishers", openalex_publishers(("P1", "Elsevier BV", ["Elsevier"]), ("P2", "Elsevier Masson", [])))
    server.on("/works", openalex_page(count=0))
    corpus.search(online, PHRASES, since=2011, until=2020, publishers=["elsevier"], licences=["cc-by", "CC BY-SA 4.0"])
    publishers, query = server.requests
    assert publishers.query["search"] == "elsevier"
    assert query.query["filter"].split(",") == [
        'title_and_abstract.search:"glass" AND "scanning electron microscopy"',
        "open_access.is_oa:true",
        "from_publication_date:2011-01-01",
        "to_publication_date:2020-12-31",
        "primary_location.source.host_organization_lineage:P1",
        "best_oa_location.license:cc-by|cc-by-sa",
    ]
    assert (query.query["cursor"], query.query["per_page"]) == ("*", "100")
    assert query.query["sort"] == "relevance_score:desc"


def test_what_means_something_in_the_query_language_is_searched_for_as_words(
    online: Workspace, server: Registry
) -> None:
    server.on("/works", openalex_page(count=0))
    corpus.search(online, ['SiO2, "fused"|silica!', "Young's modulus"])
    (query,) = server.requests
    assert query.query["filter"].startswith('title_and_abstract.search:"SiO2 fused silica" AND "Young\'s modulus",open')


def test_pages_are_followed_by_their_cursor_up_to_the_number_asked_for(online: Workspace, server: Registry) -> None:
    server.on(
        "/works",
        openalex_page(*works(0, 100), count=250, more="Iabc="),
        openalex_page(*works(100, 100), count=250, more="Idef="),
        openalex_page(*works(200, 50), count=250, more="Ighi="),
        openalex_page(count=250),
    )
    some = corpus.search(online, PHRASES, most=150)
    assert (some.found, some.listed, some.asked, some.stored) == (250, 150, 2, 0)
    assert [work.id for work in some.works] == [f"W{number}" for number in range(150)]
    everything = corpus.search(online, PHRASES, most=1000)
    assert (everything.found, everything.listed, everything.asked, everything.stored) == (250, 250, 2, 2)
    assert [request.query["cursor"] for request in server.requests] == ["*", "Iabc=", "Idef=", "Ighi="]


def test_a_search_is_asked_once_a_day(online: Workspace, server: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    server.on("/works", openalex_page(*works(0, 3), count=3))
    first = corpus.search(online, PHRASES, since=2011)
    again = corpus.search(online, PHRASES, since=2011)
    assert (again.asked, again.stored, again.works) == (0, 1, first.works)
    corpus.search(online, PHRASES, since=2012)
    assert len(server.requests) == 2
    monkeypatch.setattr("glassllava.corpus.network.services.now", lambda: datetime(2100, 1, 1, tzinfo=UTC))
    corpus.search(online, PHRASES, since=2011)
    assert len(server.requests) == 3


def test_a_search_that_was_stopped_goes_on_and_failures_are_not_stored(online: Workspace, server: Registry) -> None:
    server.on("/works", openalex_page(*works(0, 100), count=120, more="Iabc="), Reply(500))
    with pytest.raises(GlassllavaError, match="OpenAlex did not answer after 3 attempts: it answers 500"):
        corpus.search(online, PHRASES)
    with online.reading() as session:
        assert session.query(Lookup).count() == 1
    server.on("/works", openalex_page(*works(100, 20), count=120))
    done = corpus.search(online, PHRASES)
    assert (done.listed, done.asked, done.stored) == (120, 1, 1)


def test_a_busy_openalex_is_asked_again_after_the_time_that_it_names(online: Workspace, server: Registry) -> None:
    server.on("/works", Reply(429, b"", {"Retry-After": "7"}), openalex_page(*works(0, 1), count=1))
    slept: list[float] = []
    assert corpus.search(online, PHRASES, sleep=slept.append).listed == 1
    assert 7.0 in slept


def test_a_refusal_is_told_with_what_openalex_says_and_what_to_do(online: Workspace, server: Registry) -> None:
    refusal = {"error": "Unauthorized", "message": "Cursor paging needs an API key."}
    server.on("/works", Reply(401, json.dumps(refusal).encode()))
    with pytest.raises(GlassllavaError, match=r"401 .*Cursor paging needs an API key\. .*metadata\.openalex_key_env"):
        corpus.search(online, PHRASES)


def test_an_answer_in_an_unknown_form_is_a_failure_and_is_not_stored(online: Workspace, server: Registry) -> None:
    server.on("/works", found({"meta": {"count": 1}, "results": [{"doi": "no id"}]}))
    with pytest.raises(GlassllavaError, match="answers in a form that is not known"):
        corpus.search(online, PHRASES)
    with online.reading() as session:
        assert session.query(Lookup).count() == 0


@pytest.mark.parametrize(
    ("fields", "licences", "why_not"),
    [
        ({}, [], None),
        ({"best_oa_location": location(license="public-domain")}, [], None),
        ({"best_oa_location": location(license="cc-by-nc-nd")}, [], "forbids changed copies"),
        ({"best_oa_location": location(license="cc-by-nc")}, [], "non-commercial use only"),
        ({"best_oa_location": location(license="cc-by-nc")}, ["cc-by-nc"], None),
        ({"best_oa_location": location(license="other-oa")}, [], "is not known"),
        ({"best_oa_location": location(license=None)}, [], "no licence is named"),
        ({"best_oa_location": location(pdf_url=None), "primary_location": None}, [], "no address of a PDF"),
        ({"best_oa_location": location(pdf_url="javascript:alert(1)"), "primary_location": None}, [], "no address"),
        ({"best_oa_location": None, "primary_location": location(is_oa=False)}, [], "no address of a PDF"),
        ({"is_retracted": True}, [], "retracted"),
        ({"doi": "https://doi.org/10.1016/KNOWN"}, [], "in the workspace already"),
    ],
)
def test_only_what_may_be_reused_and_is_not_there_is_marked_to_be_taken(
    online: Workspace, server: Registry, fields: dict[str, Any], licences: list[str], why_not: str | None
) -> None:
    plant(online, doi="10.1016/known")
    server.on("/works", openalex_page(listed_work(1, **fields), count=1))
    (work,) = corpus.search(online, PHRASES, licences=licences).works
    assert work.take == (why_not is None)
    assert why_not is None or why_not in (work.why_not or "")
    assert work.known == (why_not == "in the workspace already")


def test_a_licence_goes_with_the_copy_where_it_stands(online: Workspace, server: Registry) -> None:
    repository = location(pdf_url=None, license="cc-by", landing_page_url="https://repository.example/1")
    journal = location(license="cc-by-nc-nd", pdf_url="https://glasspress.example/p.pdf")
    server.on("/works", openalex_page(listed_work(1, best_oa_location=repository, primary_location=journal), count=1))
    (work,) = corpus.search(online, PHRASES).works
    assert (work.pdf, work.licence) == ("https://glasspress.example/p.pdf", "CC-BY-NC-ND")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"phrases": ['",,"']}, "holds no word"),
        ({"phrases": []}, "holds no word"),
        ({"phrases": ["glass"], "licences": ["cc-pizza"]}, "knows no licence 'cc-pizza'"),
        ({"phrases": ["glass"], "since": 2012, "until": 2011}, "exchange the years"),
    ],
)
def test_a_search_that_cannot_be_meant_is_refused_before_anything_is_asked(
    online: Workspace, server: Registry, arguments: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UnreadableInput, match=sentence):
        corpus.search(online, **arguments)
    assert server.requests == []


def test_a_publisher_that_is_not_known_is_told_with_those_that_are_near(online: Workspace, server: Registry) -> None:
    server.on("/publishers", openalex_publishers(("P1", "Springer Nature", []), ("P2", "Springer Vienna", [])))
    with pytest.raises(UnreadableInput, match="no publisher 'Springer'; it has Springer Nature, Springer Vienna"):
        corpus.search(online, PHRASES, publishers=["Springer"])
    assert server.asked("/works") == []


@pytest.mark.parametrize(
    ("allowed", "confidential", "sentence"),
    [(False, False, "online = true.*phrases.*OpenAlex"), (True, True, "confidential"), (False, True, "confidential")],
)
def test_nothing_is_asked_without_consent(
    workspace: Workspace, server: Registry, allowed: bool, confidential: bool, sentence: str
) -> None:
    write_settings(workspace, server, online=allowed, confidential=confidential)
    with pytest.raises(WorkspaceError, match=sentence):
        corpus.search(Workspace(workspace.path), PHRASES)
    assert server.requests == []


def test_only_the_search_leaves(online: Workspace, server: Registry) -> None:
    plant(online, doi="10.1016/secret", title="A secret title")
    server.on("/works", openalex_page(*works(0, 1), count=1))
    corpus.search(online, ["glass"])
    assert "secret" not in str([(request.path, request.query, request.headers) for request in server.requests])


def test_the_command_prints_the_list_or_writes_it_and_never_over_another(
    online: Workspace, server: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = listed_work(2, title="=HYPERLINK(1), über “Glas”")
    server.on("/works", openalex_page(listed_work(1), odd, count=812))
    command = ["corpus", "search", *PHRASES, "--from", "2011", "-w", str(online.path)]
    assert main(command) == 0
    told = capsys.readouterr()
    assert "812 works found, 2 listed; 2 are marked" in told.err
    first, second = csv.DictReader(io.StringIO(told.out))
    assert (first["take"], first["title"], first["licence"]) == ("yes", "Work 1 on glass", "CC-BY")
    assert second["title"] == " =HYPERLINK(1), über “Glas”"
    out = tmp_path / "list.csv"
    assert main([*command, "--out", str(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"found", "listed", "taken", "known", "asked", "stored", "works"}
    assert (document["found"], document["works"][0]["doi"]) == (812, "10.1016/w1")
    rows = [row for _, row in read_list(out)]
    assert [row.title for row in rows if not isinstance(row, str)] == ["Work 1 on glass", "=HYPERLINK(1), über “Glas”"]
    out.write_text("marked")
    assert main([*command, "--out", str(out)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert out.read_text() == "marked"
    assert main([*command, "--out", str(tmp_path / "none" / "list.csv")]) == 1


def test_a_list_that_a_spreadsheet_saved_is_read_and_an_odd_mark_is_named(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("take;doi;pdf\r\nYES;10.1/a;https://x.example/a.pdf\r\nperhaps;10.1/b;\r\n;10.1/c;\r\n")
    (_, first), (line, second), (_, third) = read_list(file)
    assert not isinstance(first, str) and first.take and first.doi == "10.1/a"
    assert (line, second) == (3, "take is 'perhaps'; write yes or no")
    assert not isinstance(third, str) and not third.take
    file.write_text("doi\n10.1/a\n")
    with pytest.raises(UnreadableInput, match="no column 'pdf'"):
        list(read_list(file))
