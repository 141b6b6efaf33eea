"""Empty fields are filled from the services and nothing else is touched; nothing is asked without consent, or twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glassllava import corpus
from glassllava.cli import main
from glassllava.corpus import Completed
from glassllava.errors import WorkspaceError
from glassllava.records import Lookup, Paper
from glassllava.workspace import Workspace, content_id
from tests.corpus.network.registry_server import (
    Registry,
    Reply,
    crossref,
    crossref_list,
    crossref_work,
    found,
    openalex_work,
    write_settings,
)
from tests.workspace.rows import all_rows

DOI = "10.1016/j.glass.2020.1"
TITLE = "Fracture of soda lime glass rods in bending"
AT_CROSSREF, AT_OPENALEX = f"/works/{DOI}", f"/works/doi:{DOI}"


def plant(workspace: Workspace, name: str = "a", **fields: Any) -> str:
    key = content_id(name.encode())
    with workspace.writing() as session:
        session.add(Paper(id=key, file=f"{name}.pdf", state="ok", **fields))
    return key


def row(workspace: Workspace, key: str) -> Paper:
    return next(paper for paper in workspace.papers() if paper.id == key)


def requests(server: Registry) -> list[str]:
    return [request.path for request in server.requests]


def test_empty_fields_are_filled_each_with_its_service_and_time(online: Workspace, server: Registry) -> None:
    key = plant(online, doi=DOI, doi_source="subject", title=TITLE, year=2020)
    server.on(AT_CROSSREF, crossref(crossref_work(DOI, TITLE, license=[])))
    server.on(AT_OPENALEX, found(openalex_work(DOI, TITLE)))
    done = corpus.complete(online)
    paper = row(online, key)
    assert (paper.authors, paper.journal, paper.publisher) == (
        ["Anna B. Smith", "Carl Jones"],
        "Journal of Glass",
        "Glass Press BV",
    )
    assert (paper.licence, paper.article_type) == ("CC-BY-NC-ND", "review")
    assert {field: told["source"] for field, told in paper.completed.items()} == {
        "authors": "crossref",
        "journal": "crossref",
        "publisher": "crossref",
        "licence": "openalex",
        "article_type": "openalex",
    }
    assert all(told["at"].startswith("20") and told["at"].endswith("+00:00") for told in paper.completed.values())
    assert done == Completed(
        papers=1,
        asked=2,
        filled={"authors": 1, "journal": 1, "publisher": 1, "licence": 1, "article_type": 1},
    )


def test_what_the_paper_says_stays_and_the_difference_is_told(online: Workspace, server: Registry) -> None:
    said = {
        "doi": DOI, "title": TITLE, "authors": ["A. B. Smith", "C. Jones"], "year": 2020, "journal": "J. Glass",
        "publisher": "Elsevier Ltd", "licence": "CC-BY-NC-4.0", "article_type": "letter",
    }  # fmt: skip
    key = plant(online, **said)
    server.on(AT_CROSSREF, crossref(crossref_work(DOI, TITLE)))
    done = corpus.complete(online)
    assert {field: getattr(row(online, key), field) for field in said} == said
    assert row(online, key).completed == {}
    assert [(d.field, d.paper, d.service, d.value) for d in done.differences] == [
        ("publisher", "Elsevier Ltd", "crossref", "Glass Press BV"),
        ("licence", "CC-BY-NC-4.0", "crossref", "CC-BY-4.0"),
    ]
    assert requests(server) == [AT_CROSSREF], "nothing is empty, so the second service is not asked"


def test_a_work_of_another_title_fills_nothing(online: Workspace, server: Registry) -> None:
    key = plant(online, doi=DOI, title=TITLE)
    server.on(AT_CROSSREF, crossref(crossref_work(DOI, "Growth of fungi on maize under essential oils")))
    done = corpus.complete(online)
    assert (row(online, key).publisher, row(online, key).completed) == (None, {})
    assert [difference.field for difference in done.differences] == ["title"]
    assert requests(server) == [AT_CROSSREF]


def test_what_crossref_does_not_know_openalex_may_know(online: Workspace, server: Registry) -> None:
    key = plant(online, doi=DOI, title=TITLE)
    server.on(AT_OPENALEX, found(openalex_work(DOI, TITLE)))
    done = corpus.complete(online)
    assert row(online, key).publisher == "Glass Press"
    assert done.not_found == []


def test_what_no_service_knows_is_told_stored_with_its_date_and_not_asked_again(
    online: Workspace, server: Registry
) -> None:
    plant(online, doi=DOI)
    assert corpus.complete(online).not_found == [("a.pdf", DOI)]
    again = corpus.complete(online)
    assert (again.asked, again.stored, again.not_found) == (0, 2, [("a.pdf", DOI)])
    assert requests(server) == [AT_CROSSREF, AT_OPENALEX]
    with online.reading() as session:
        stored = session.query(Lookup).order_by(Lookup.service).all()
    assert [(lookup.service, lookup.asked, lookup.state) for lookup in stored] == [
        ("crossref", DOI, "not_found"),
        ("openalex", DOI, "not_found"),
    ]
    assert all(lookup.answered.tzinfo is not None for lookup in stored)


def test_a_second_run_asks_nothing_and_changes_nothing(online: Workspace, server: Registry) -> None:
    plant(online, "a", doi=DOI, title=TITLE)
    plant(online, "b", title=TITLE + " again", year=2020)
    server.on(AT_CROSSREF, crossref(crossref_work(DOI, TITLE)))
    server.on("/works", crossref_list(crossref_work("10.1016/other", TITLE + " again")))
    corpus.complete(online)
    sent, before = len(server.requests), all_rows(online, Paper)
    again = corpus.complete(online)
    assert len(server.requests) == sent
    assert (again.asked, again.filled) == (0, {})
    assert all_rows(online, Paper) == before


def test_a_paper_without_a_doi_is_found_by_its_title(online: Workspace, server: Registry) -> None:
    key = plant(online, title=TITLE.upper() + "†", year=2020, authors=["A. B. Smith"])
    other = crossref_work("10.1/other", "Fracture of borosilicate glass plates in torsion")
    server.on("/works", crossref_list(crossref_work(DOI.upper(), TITLE), other))
    corpus.complete(online)
    paper = row(online, key)
    assert (paper.doi, paper.doi_source, paper.completed["doi"]["source"]) == (DOI, "crossref title", "crossref")
    assert (paper.title, paper.authors) == (TITLE.upper() + "†", ["A. B. Smith"])
    assert paper.publisher == "Glass Press BV"
    (search,) = server.asked("/works")[:1]
    assert search.query == {"query.bibliographic": TITLE.upper() + "†", "rows": "5"}


@pytest.mark.parametrize(
    ("said", "works"),
    [
        ({"year": 2020}, [crossref_work(DOI, "Fracture of soda lime glass plates")]),
        ({"year": 2022}, [crossref_work(DOI, TITLE)]),
        ({}, [crossref_work(DOI, TITLE)]),
        ({"year": 2020, "authors": ["E. Weber"]}, [crossref_work(DOI, TITLE)]),
        ({"year": 2020}, [crossref_work(DOI, TITLE), crossref_work("10.1/preprint", TITLE)]),
        ({"year": 2020}, [crossref_work("10.5555/12345678", TITLE)]),
        ({"year": 2020}, []),
    ],
    ids=["another title", "another year", "no year", "other people", "two that fit", "an example's", "nothing"],
)
def test_a_title_alone_makes_no_doi(
    online: Workspace, server: Registry, said: dict[str, Any], works: list[dict[str, Any]]
) -> None:
    key = plant(online, title=TITLE, **said)
    server.on("/works", crossref_list(*works))
    done = corpus.complete(online)
    assert (row(online, key).doi, done.not_found, done.failed) == (None, [("a.pdf", TITLE)], [])


def test_only_dois_and_titles_of_papers_leave(online: Workspace, server: Registry) -> None:
    plant(online, "synthetic", doi="10.5555/x", title="Made up", synthetic=True)
    plant(online, "folder", title="Project Falcon, furnace 3", origin="import")
    plant(online, "broken", title="Broken", doi="10.1/broken")
    with online.writing() as session:
        session.get_one(Paper, content_id(b"broken")).state = "error"
    plant(online, "untitled")
    plant(online, "set", origin="import", doi=DOI, title="A set")
    assert corpus.complete(online).papers == 1
    assert set(requests(server)) == {AT_CROSSREF, AT_OPENALEX}
    assert all(request.query == {} for request in server.requests)


@pytest.mark.parametrize(
    ("allowed", "confidential", "sentence"),
    [(False, False, "online = true"), (True, True, "confidential"), (False, True, "confidential")],
)
def test_nothing_is_asked_without_consent(
    workspace: Workspace, server: Registry, allowed: bool, confidential: bool, sentence: str
) -> None:
    write_settings(workspace, server, online=allowed, confidential=confidential)
    here = Workspace(workspace.path)
    plant(here, doi=DOI)
    with pytest.raises(WorkspaceError, match=sentence) as raised:
        corpus.complete(here)
    assert "\n" not in str(raised.value)
    assert server.requests == []


def test_by_default_nothing_may_be_asked(workspace: Workspace) -> None:
    assert (workspace.settings.metadata.online, workspace.settings.confidential) == (False, False)


def test_a_failure_is_named_keeps_what_was_learned_and_is_asked_again(online: Workspace, server: Registry) -> None:
    key = plant(online, "a", doi=DOI, title=TITLE)
    plant(online, "b", doi="10.1/b")
    server.on(AT_CROSSREF, crossref(crossref_work(DOI, TITLE)))
    server.on(AT_OPENALEX, Reply(500))
    server.on("/works/10.1/b", Reply(200, b"{"))
    done = corpus.complete(online)
    assert [file for file, _ in done.failed] == ["a.pdf", "b.pdf"]
    assert done.not_found == []
    assert row(online, key).publisher == "Glass Press BV"
    failures = {failure.target: failure.reason for failure in online.status().failures}
    assert "OpenAlex did not answer after 3 attempts: it answers 500" in failures["a.pdf"]
    assert "Crossref did not answer after 3 attempts: its answer is not valid JSON" in failures["b.pdf"]
    server.on(AT_OPENALEX, found(openalex_work(DOI, TITLE)))
    server.on("/works/10.1/b", crossref(crossref_work("10.1/b", "B")))
    again = corpus.complete(online)
    assert again.failed == [] and online.status().failures == []
    assert row(online, key).article_type == "review"
    assert len(server.asked(AT_CROSSREF)) == 1


def test_an_answer_in_an_unknown_form_is_a_failure_and_is_not_stored(online: Workspace, server: Registry) -> None:
    plant(online, doi=DOI)
    server.on(AT_CROSSREF, found({"status": "ok", "message": {"title": "no list"}}))
    ((_, reason),) = corpus.complete(online).failed
    assert "Crossref answers in a form that is not known" in reason
    with online.reading() as session:
        assert session.query(Lookup).count() == 0


def test_a_run_that_was_killed_goes_on_where_it_was(online: Workspace, server: Registry) -> None:
    for name in "abc":
        plant(online, name, doi=f"10.1/{name}")
        server.on(f"/works/10.1/{name}", crossref(crossref_work(f"10.1/{name}", name)))

    class Killed(BaseException):
        pass

    def killed_at_the_second(_: float) -> None:
        if server.asked("/works/doi:10.1/b"):
            raise Killed

    with pytest.raises(Killed):
        corpus.complete(online, killed_at_the_second)
    assert [paper.publisher for paper in online.papers()] == ["Glass Press BV", "Glass Press BV", None]
    corpus.complete(online)
    assert [paper.publisher for paper in online.papers()] == ["Glass Press BV"] * 3
    assert sorted(requests(server)) == sorted(f"/works/{how}10.1/{name}" for name in "abc" for how in ("", "doi:")), (
        "nothing was asked twice"
    )


def test_a_key_of_openalex_is_taken_from_the_environment(
    online: Workspace, server: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(online, doi=DOI)
    online.settings.metadata.openalex_key_env = "GLASS_TEST_KEY"
    monkeypatch.delenv("GLASS_TEST_KEY", raising=False)
    with pytest.raises(WorkspaceError, match="GLASS_TEST_KEY, which is not set"):
        corpus.complete(online)
    monkeypatch.setenv("GLASS_TEST_KEY", "s3cret")
    corpus.complete(online)
    assert [request.query for request in server.requests] == [{}, {"api_key": "s3cret"}]
    assert "s3cret" not in json.dumps(all_rows(online, Lookup), default=str)


def test_the_command_tells_what_it_did_and_exits_3_where_a_paper_failed(
    online: Workspace, server: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(online, "a", doi=DOI, title=TITLE, publisher="Elsevier")
    plant(online, "b", doi="10.1/b")
    server.on(AT_CROSSREF, crossref(crossref_work(DOI, TITLE)))
    server.on("/works/10.1/b", Reply(403))
    assert main(["corpus", "complete", "-w", str(online.path)]) == 3
    told = capsys.readouterr()
    assert "2 papers: 3 requests sent" in told.out and "licence of 1" in told.out
    assert "differs: a.pdf: publisher: the paper has 'Elsevier', crossref 'Glass Press BV'" in told.out
    assert "failed: b.pdf: Crossref refuses the request: 403" in told.err
    assert main(["corpus", "complete", "-w", str(online.path), "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["papers"] == 2 and document["failed"][0][0] == "b.pdf"
    assert set(document) == {"papers", "asked", "stored", "filled", "not_found", "differences", "failed"}
