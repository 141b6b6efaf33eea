"""A reviewed list is downloaded politely, whole or not at all, with its terms, and from nowhere one must not go."""

from __future__ import annotations

import csv
import json
import socket
import sys
from pathlib import Path

import pytest

from glassllava import corpus
from glassllava.cli import main
from glassllava.corpus.network.addresses import is_private
from glassllava.corpus.network.robots import rules_for
from glassllava.corpus.terms import read_terms
from glassllava.errors import UnreadableInput, WorkspaceError
from glassllava.records import Paper
from glassllava.workspace import Workspace, content_id
from tests.cli.made_papers import make_paper
from tests.corpus.network.registry_server import Registry, Reply, serving, write_settings
from tests.workspace.rows import all_rows

PDF = b"%PDF-1.7\n" + b"glass " * 200
KIND = {"Content-Type": "application/pdf"}


def pdf(data: bytes = PDF, **fields: object) -> Reply:
    return Reply(200, data, KIND, **fields)  # type: ignore[arg-type]


def write_rows(file: Path, *rows: dict[str, str]) -> Path:
    columns = ("take", "doi", "title", "licence", "version", "pdf", "id")
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerows({"take": "yes", "licence": "CC-BY", **row} for row in rows)
    return file


def one(tmp_path: Path, server: Registry, path: str = "/a.pdf") -> Path:
    return write_rows(tmp_path / "list.csv", {"doi": "10.1016/A/1", "title": "On glass", "pdf": server.url + path})


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_taken_is_there_with_its_terms(online: Workspace, server: Registry, tmp_path: Path) -> None:
    server.on("/a.pdf", pdf())
    left = {"take": "no", "doi": "10.1016/b", "pdf": f"{server.url}/b.pdf"}
    taken = {"doi": "10.1016/A/1", "title": "On glass", "pdf": f"{server.url}/a.pdf", "version": "publishedVersion"}
    done = corpus.download(online, write_rows(tmp_path / "list.csv", taken, left), tmp_path / "papers")
    assert (done.taken, done.downloaded, done.known, done.failed) == (1, 1, 0, [])
    assert files(tmp_path / "papers") == ["10.1016_a_1.pdf", "terms.csv"]
    assert (tmp_path / "papers" / "10.1016_a_1.pdf").read_bytes() == PDF
    (terms,) = read_terms(tmp_path / "papers").values()
    assert (terms.doi, terms.title, terms.sha256) == ("10.1016/A/1", "On glass", content_id(PDF))
    assert (terms.licence, terms.licence_url) == ("CC-BY", "https://openalex.org/licenses/cc-by")
    assert terms.address == terms.served_from == f"{server.url}/a.pdf"
    assert [request.path for request in server.requests] == ["/robots.txt", "/a.pdf"]


def test_what_is_there_is_not_asked_for_again(online: Workspace, server: Registry, tmp_path: Path) -> None:
    server.on("/a.pdf", pdf())
    listed = one(tmp_path, server)
    corpus.download(online, listed, tmp_path / "papers")
    before = len(server.requests)
    again = corpus.download(online, listed, tmp_path / "papers")
    assert (again.downloaded, again.known, again.asked) == (0, 1, 0)
    assert len(server.requests) == before
    (tmp_path / "papers" / "10.1016_a_1.pdf").write_bytes(b"changed")
    ((_, reason),) = corpus.download(online, listed, tmp_path / "papers").failed
    assert "was changed since it was downloaded" in reason


def test_a_run_that_was_killed_goes_on_where_it_was(online: Workspace, server: Registry, tmp_path: Path) -> None:
    rows = [{"doi": f"10.1/{name}", "pdf": f"{server.url}/{name}.pdf"} for name in "abc"]
    listed = write_rows(tmp_path / "list.csv", *rows)
    for name in "abc":
        server.on(f"/{name}.pdf", pdf(PDF + name.encode()))

    class Killed(BaseException):
        pass

    def killed_at_the_third(_: float) -> None:
        if server.asked("/b.pdf"):
            raise Killed

    with pytest.raises(Killed):
        corpus.download(online, listed, tmp_path / "papers", killed_at_the_third)
    assert files(tmp_path / "papers") == ["10.1_a.pdf", "10.1_b.pdf", "terms.csv"]
    # Killed while the third was written: half a file under another name, which nobody takes for a paper.
    (tmp_path / "papers" / "10.1_c.pdf.part").write_bytes(b"%PDF-1.7 half")
    done = corpus.download(online, listed, tmp_path / "papers")
    assert (done.downloaded, done.known) == (1, 2)
    assert files(tmp_path / "papers") == ["10.1_a.pdf", "10.1_b.pdf", "10.1_c.pdf", "terms.csv"]
    assert len(server.asked("/a.pdf")) == len(server.asked("/b.pdf")) == 1


def test_a_file_whose_terms_were_not_written_any_more_gets_them(
    online: Workspace, server: Registry, tmp_path: Path
) -> None:
    server.on("/a.pdf", pdf())
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "10.1016_a_1.pdf").write_bytes(PDF)
    assert corpus.download(online, one(tmp_path, server), folder).failed == []
    assert set(read_terms(folder)) == {"10.1016_a_1.pdf"}


def test_another_file_of_the_name_is_never_written_over(online: Workspace, server: Registry, tmp_path: Path) -> None:
    server.on("/a.pdf", pdf())
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "10.1016_a_1.pdf").write_bytes(b"somebody's")
    ((target, reason),) = corpus.download(online, one(tmp_path, server), folder).failed
    assert target == "10.1016/A/1" and "another file named 10.1016_a_1.pdf" in reason
    assert (folder / "10.1016_a_1.pdf").read_bytes() == b"somebody's"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(200, b"<!DOCTYPE html><title>Log in</title>", {"Content-Type": "text/html"}), "a web page, no PDF"),
        (Reply(200, b"\n <html>", {"Content-Type": "application/pdf"}), "a web page, no PDF"),
        (Reply(200, b"PK\x03\x04", KIND), "no PDF"),
        (Reply(200, b"", KIND), "no PDF"),
        (Reply(404), "404 Not Found"),
        (Reply(403, b"bots are not wanted"), "refuses the request: 403"),
        (Reply(500), "did not answer after 3 attempts: it answers 500"),
        (Reply(429, b"", {"Retry-After": "86400"}), "asks to wait for 86400 seconds"),
        (pdf(cut=True), "the connection broke"),
        (pdf(b"%PDF-" + b"x" * 5000), "more than 0.004 MB"),
        (pdf(seconds=0.2, pieces=10), "no answer within 0.8 seconds"),
    ],
)
def test_what_is_no_whole_pdf_is_a_named_failure_and_leaves_no_file(
    online: Workspace,
    server: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply,
    reason: str,
) -> None:
    room = sys.modules["glassllava.corpus.network.download"]
    monkeypatch.setattr(room, "LARGEST_PDF_BYTES", 4000)
    monkeypatch.setattr(room, "LONGEST_SECONDS", 0.8)
    server.on("/a.pdf", reply)
    done = corpus.download(online, one(tmp_path, server), tmp_path / "papers")
    ((target, told),) = done.failed
    assert target == "10.1016/A/1" and reason in told and "\n" not in told
    assert files(tmp_path / "papers") == []
    assert [failure.target for failure in online.status().failures] == ["10.1016/A/1"]
    server.on("/a.pdf", pdf())
    assert corpus.download(online, one(tmp_path, server), tmp_path / "papers").failed == []
    assert online.status().failures == []


def test_a_busy_host_is_asked_again_after_the_time_that_it_names(
    online: Workspace, server: Registry, tmp_path: Path
) -> None:
    server.on("/a.pdf", Reply(503, b"", {"Retry-After": "7"}), Reply(502), pdf())
    slept: list[float] = []
    assert corpus.download(online, one(tmp_path, server), tmp_path / "papers", slept.append).downloaded == 1
    assert 7.0 in slept


def test_one_host_is_asked_at_its_own_pace_and_with_an_address(
    online: Workspace, server: Registry, tmp_path: Path
) -> None:
    online.settings.metadata.mailto = "ada@lab.example"
    server.on("/robots.txt", Reply(200, b"User-agent: *\nCrawl-delay: 20", {"Content-Type": "text/plain"}))
    server.on("/a.pdf", pdf())
    server.on("/b.pdf", pdf())
    rows = [{"doi": f"10.1/{name}", "pdf": f"{server.url}/{name}.pdf"} for name in "ab"]
    slept: list[float] = []
    corpus.download(online, write_rows(tmp_path / "list.csv", *rows), tmp_path / "papers", slept.append)
    assert sum(wait > 15 for wait in slept) == 1
    assert all("(mailto:ada@lab.example)" in request.headers["User-Agent"] for request in server.requests)


def test_what_robots_txt_forbids_is_left_and_named(online: Workspace, server: Registry, tmp_path: Path) -> None:
    server.on("/robots.txt", Reply(200, b"User-agent: *\nDisallow: /*.pdf$\n", {"Content-Type": "text/plain"}))
    server.on("/a.pdf", pdf())
    ((_, reason),) = corpus.download(online, one(tmp_path, server), tmp_path / "papers").failed
    assert f"the robots.txt of {server.url} forbids /a.pdf" in reason
    assert server.asked("/a.pdf") == []


def test_a_site_whose_robots_txt_is_broken_is_left_for_now(online: Workspace, server: Registry, tmp_path: Path) -> None:
    server.on("/robots.txt", Reply(500))
    server.on("/a.pdf", pdf())
    assert len(corpus.download(online, one(tmp_path, server), tmp_path / "papers").failed) == 1
    assert server.asked("/a.pdf") == []


@pytest.mark.parametrize(
    ("text", "url", "allowed"),
    [
        ("", "https://x.org/a.pdf", True),
        ("User-agent: *\nDisallow: /", "https://x.org/a.pdf", False),
        ("User-agent: *\nDisallow:", "https://x.org/a.pdf", True),
        ("User-agent: googlebot\nDisallow: /", "https://x.org/a.pdf", True),
        ("User-agent: glassllava\nAllow: /\n\nUser-agent: *\nDisallow: /", "https://x.org/a.pdf", True),
        ("User-agent: a\nUser-agent: GlassLLaVA\nDisallow: /a", "https://x.org/a.pdf", False),
        ("User-agent: *\nDisallow: /pdf/\nAllow: /pdf/open", "https://x.org/pdf/open/a", True),
        ("User-agent: *\nDisallow: /*?download=*&x", "https://x.org/a?download=true&x=1", False),
        ("User-agent: *\nDisallow: /a$", "https://x.org/ab", True),
        ("User-agent: *\nDisallow: /%61.pdf", "https://x.org/a.pdf", False),
        ("User-agent: * # all\ndisallow : /a # this", "https://x.org/a.pdf", False),
        ("<html>No such page</html>", "https://x.org/a.pdf", True),
        ("User-agent: *\nDisallow: /" + "*a" * 500 + "$", "https://x.org/" + "a" * 400 + "b", True),
    ],
)
def test_robots_txt_is_read_as_rfc_9309_says(text: str, url: str, allowed: bool) -> None:
    assert rules_for("GlassLLaVA", text).allow(url) is allowed


def test_redirections_to_other_hosts_are_followed_and_their_robots_txt_holds(
    online: Workspace, server: Registry, tmp_path: Path
) -> None:
    with serving() as other:
        server.on("/a.pdf", Reply(302, b"", {"Location": f"{other.url}/cdn/a.pdf", "Set-Cookie": "seen=1; Path=/"}))
        other.on("/cdn/a.pdf", Reply(307, b"", {"Location": "b.pdf"}))
        other.on("/cdn/b.pdf", pdf())
        assert corpus.download(online, one(tmp_path, server), tmp_path / "papers").failed == []
        (terms,) = read_terms(tmp_path / "papers").values()
        assert terms.served_from == f"{other.url}/cdn/b.pdf"
        assert [request.path for request in other.requests] == ["/robots.txt", "/cdn/a.pdf", "/cdn/b.pdf"]
        other.on("/robots.txt", Reply(200, b"User-agent: *\nDisallow: /cdn", {"Content-Type": "text/plain"}))
        ((_, reason),) = corpus.download(online, one(tmp_path, server), tmp_path / "elsewhere").failed
        assert "forbids /cdn/a.pdf" in reason


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("/a.pdf", "redirects more than 10 times"),
        ("ftp://127.0.0.1/a.pdf", "is no address of the web"),
        ("file:///etc/hostname", "302"),
    ],
)
def test_redirections_end_and_stay_in_the_web(
    online: Workspace, server: Registry, tmp_path: Path, where: str, reason: str
) -> None:
    server.on("/a.pdf", Reply(302, b"", {"Location": where}))
    ((_, told),) = corpus.download(online, one(tmp_path, server), tmp_path / "papers").failed
    assert reason in told
    assert len(server.asked("/a.pdf")) <= 11


def test_a_public_server_cannot_lead_to_a_private_address(
    online: Workspace, server: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = server.url.rsplit(":", 1)[1]
    connect = socket.getaddrinfo
    # A name that is public to whoever looks it up, and is answered by the server of this test.
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: connect("127.0.0.1" if host == "open.example" else host, *rest, **more),
    )
    monkeypatch.setenv("no_proxy", "*")
    numbers = {"open.example": ["93.184.216.34"], "127.0.0.1": ["127.0.0.1"], "169.254.169.254": ["169.254.169.254"]}
    monkeypatch.setattr("glassllava.corpus.network.addresses.numbers_of", numbers.__getitem__)
    listed = write_rows(tmp_path / "list.csv", {"doi": "10.1/a", "pdf": f"http://open.example:{port}/a.pdf"})
    for inside in (f"{server.url}/secret.pdf", "http://169.254.169.254/latest/meta-data"):
        server.on("/a.pdf", Reply(302, b"", {"Location": inside}))
        ((_, reason),) = corpus.download(online, listed, tmp_path / "papers").failed
        assert "which is not on the open network" in reason
    assert server.asked("/secret.pdf") == []
    server.on("/a.pdf", pdf())
    assert corpus.download(online, listed, tmp_path / "papers").failed == []


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),
        ("[::1]", True),
        ("[fd00::1]", True),
        ("[::ffff:127.0.0.1]", True),
        ("[64:ff9b::7f00:1]", True),
        ("224.0.0.1", True),
        ("8.8.8.8", False),
        ("[2606:4700:4700::1111]", False),
    ],
)
def test_private_addresses_are_known_in_all_their_forms(host: str, private: bool) -> None:
    assert is_private(f"http://{host}") is private


def test_rows_that_cannot_be_used_are_named_and_the_others_had(
    online: Workspace, server: Registry, tmp_path: Path
) -> None:
    server.on("/a.pdf", pdf())
    here = f"{server.url}/a.pdf"
    rows = (
        {"doi": "10.1/a", "pdf": here},
        {"take": "perhaps", "doi": "10.1/b", "pdf": here},
        {"doi": "10.1/c"},
        {"pdf": here},
        {"doi": "10.1/d", "pdf": "file:///etc/hostname"},
        {"doi": "10.1/e", "pdf": "http://user:word@[::1]/x"},
        {"doi": "10.1_a", "pdf": here},
        {"doi": "../../" + "x" * 400, "pdf": here},
    )
    done = corpus.download(online, write_rows(tmp_path / "list.csv", *rows), tmp_path / "papers")
    reasons = dict(done.failed)
    assert reasons["list.csv line 3"] == "take is 'perhaps'; write yes or no"
    assert "no address of a PDF" in reasons["10.1/c"]
    assert "neither a DOI nor an id" in reasons["a row without DOI, id and title"]
    assert "no address of the web" in reasons["10.1/d"] and "no address of the web" in reasons["10.1/e"]
    assert "is the file of 10.1/a" in reasons["10.1_a"]
    assert done.downloaded == 2
    assert all(path.parent == tmp_path / "papers" and len(path.name) < 200 for path in tmp_path.rglob("*.pdf"))


@pytest.mark.parametrize(
    ("allowed", "confidential", "sentence"), [(False, False, "online = true"), (True, True, "confidential")]
)
def test_nothing_is_asked_without_consent(
    workspace: Workspace, server: Registry, tmp_path: Path, allowed: bool, confidential: bool, sentence: str
) -> None:
    write_settings(workspace, server, online=allowed, confidential=confidential)
    with pytest.raises(WorkspaceError, match=sentence):
        corpus.download(Workspace(workspace.path), one(tmp_path, server), tmp_path / "papers")
    assert server.requests == []
    assert not (tmp_path / "papers").exists()


def test_terms_that_are_damaged_are_not_written_over(online: Workspace, server: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "terms.csv").write_text("file,price\na.pdf,3\n")
    with pytest.raises(UnreadableInput, match=r"terms\.csv is damaged"):
        corpus.download(online, one(tmp_path, server), folder)
    assert server.requests == []


def test_the_licence_reaches_a_paper_whose_pdf_names_none(
    online: Workspace, server: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_paper(tmp_path / "made", 0)
    (made,) = (tmp_path / "made").glob("*.pdf")
    server.on("/a.pdf", pdf(made.read_bytes()))
    listed = write_rows(tmp_path / "list.csv", {"id": "W1", "licence": "CC-BY-4.0", "pdf": f"{server.url}/a.pdf"})
    command = ["corpus", "download", str(listed), str(tmp_path / "papers"), "-w", str(online.path)]
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "taken": 1, "downloaded": 1, "known": 0, "asked": 2, "failed": [],
    }  # fmt: skip
    assert main(command) == 0
    assert "0 of 1 papers downloaded, 1 were there, 0 failed" in capsys.readouterr().out
    assert main(["papers", "add", str(tmp_path / "papers"), "-w", str(online.path)]) == 0
    (paper,) = online.papers()
    assert (paper.licence, paper.completed["licence"]["source"]) == ("CC-BY-4.0", "terms.csv")


def test_terms_change_nothing_that_a_paper_says_itself(online: Workspace, tmp_path: Path) -> None:
    keys = [content_id(name.encode()) for name in "abc"]
    said = ({"licence": "CC-BY-NC-4.0"}, {"doi": "10.1/another"}, {"state": "error"})
    with online.writing() as session:
        for key, fields in zip(keys, said, strict=True):
            session.add(Paper(id=key, file="x.pdf", **{"state": "ok", **fields}))
    rows = "".join(f"{n}.pdf,10.1/{n},{key},CC-BY,2026-11-25T10:00:00Z\n" for n, key in enumerate(keys))
    (tmp_path / "terms.csv").write_text("file,doi,sha256,licence,downloaded\n" + rows)
    before = all_rows(online, Paper)
    assert corpus.record_terms(online, [tmp_path, tmp_path / "x.pdf"]) == []
    assert all_rows(online, Paper) == before
    (tmp_path / "terms.csv").write_text("file\n1\n")
    ((_, reason),) = corpus.record_terms(online, [tmp_path])
    assert "is damaged" in reason
