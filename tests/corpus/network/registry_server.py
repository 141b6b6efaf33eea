"""Crossref and OpenAlex on loopback: the same wire format and the same errors, as a test orders them."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from glassllava.workspace import Workspace


@dataclass
class Reply:
    """One answer to one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    """Wait before each piece of the body."""
    pieces: int = 1
    """In how many pieces the body comes."""
    cut: bool = False
    """Whether the connection ends in the middle of the body."""


@dataclass
class Request:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float


def found(document: Any) -> Reply:
    return Reply(body=json.dumps(document).encode())


def crossref(work: dict[str, Any]) -> Reply:
    return found({"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": work})


def crossref_list(*works: dict[str, Any]) -> Reply:
    message = {"facets": {}, "total-results": len(works), "items": list(works), "items-per-page": 5}
    return found({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})


def openalex_page(*works: dict[str, Any], count: int, more: str | None = None) -> Reply:
    meta = {"count": count, "db_response_time_ms": 41, "page": None, "per_page": 100, "next_cursor": more}
    return found({"meta": meta, "results": list(works), "group_by": []})


def openalex_publishers(*names: tuple[str, str, list[str]]) -> Reply:
    """A page of publishers: id, name and other names of each."""
    results = [
        {"id": f"https://openalex.org/{key}", "display_name": name, "alternate_titles": others, "works_count": 9}
        for key, name, others in names
    ]
    return found({"meta": {"count": len(results), "next_cursor": None}, "results": results})


NOT_FOUND = Reply(404, b"Resource not found.", {"Content-Type": "text/plain"})


def crossref_work(doi: str, title: str, **fields: Any) -> dict[str, Any]:
    """A journal article as Crossref describes it, with things that nobody here reads."""
    return {
        "DOI": doi,
        "URL": f"https://doi.org/{doi}",
        "type": "journal-article",
        "title": [title],
        "container-title": ["Journal of Glass"],
        "short-container-title": ["J. Glass"],
        "publisher": "Glass Press BV",
        "author": [
            {"given": "Anna B.", "family": "Smith", "sequence": "first", "affiliation": []},
            {"given": "Carl", "family": "Jones", "sequence": "additional", "affiliation": []},
        ],
        "issued": {"date-parts": [[2019, 12, 30]]},
        "published-online": {"date-parts": [[2019, 12, 30]]},
        "published-print": {"date-parts": [[2020, 3]]},
        "license": [
            {
                "URL": "https://www.elsevier.com/tdm/userlicense/1.0/",
                "start": {"date-parts": [[2020, 3, 1]], "date-time": "2020-03-01T00:00:00Z"},
                "delay-in-days": 0,
                "content-version": "tdm",
            },
            {
                "URL": "http://creativecommons.org/licenses/by/4.0/",
                "start": {"date-parts": [[2019, 12, 30]], "date-time": "2019-12-30T00:00:00Z"},
                "delay-in-days": 0,
                "content-version": "vor",
            },
        ],
        "reference-count": 1,
        "reference": [{"key": "r1", "unstructured": "A cited work"}],
        "score": 40.1,
        **fields,
    }


def openalex_work(doi: str, title: str, **fields: Any) -> dict[str, Any]:
    """A work as OpenAlex describes it, with things that nobody here reads."""
    return {
        "id": "https://openalex.org/W1",
        "doi": f"https://doi.org/{doi}",
        "title": title,
        "display_name": title,
        "publication_year": 2020,
        "type": "review",
        "authorships": [
            {"author_position": "first", "author": {"id": "A1", "display_name": "Anna B. Smith"}},
            {"author_position": "last", "author": {"id": "A2", "display_name": "Carl Jones"}},
        ],
        "primary_location": {
            "is_oa": True,
            "license": "cc-by-nc-nd",
            "version": "publishedVersion",
            "source": {
                "display_name": "Journal of Glass",
                "host_organization_name": "Glass Press",
                "type": "journal",
            },
        },
        "abstract_inverted_index": {"Glass": [0]},
        **fields,
    }


def listed_work(number: int, **fields: Any) -> dict[str, Any]:
    """A work as a list of OpenAlex has it: open, under CC BY, with a PDF."""
    location = {
        "is_oa": True,
        "landing_page_url": f"https://doi.org/10.1016/w{number}",
        "pdf_url": f"https://glasspress.example/w{number}.pdf",
        "license": "cc-by",
        "license_id": "https://openalex.org/licenses/cc-by",
        "version": "publishedVersion",
        "source": {
            "id": "https://openalex.org/S1",
            "display_name": "Journal of Glass",
            "host_organization": "https://openalex.org/P1",
            "host_organization_name": "Glass Press",
            "type": "journal",
        },
    }
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.1016/W{number}",
        "title": f"Work <i>{number}</i> on glass",
        "publication_year": 2015,
        "type": "article",
        "is_retracted": False,
        "open_access": {"is_oa": True, "oa_status": "gold", "oa_url": location["pdf_url"]},
        "best_oa_location": location,
        "primary_location": location,
        "relevance_score": 12.5,
        **fields,
    }


class Registry:
    """The server: replies by path, each list in turn and its last one again; everything else is 404."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.requests: list[Request] = []
        self.url = ""
        self._given: dict[str, int] = defaultdict(int)

    def on(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)
        self._given[path] = 0

    def asked(self, path: str = "") -> list[Request]:
        return [request for request in self.requests if request.path.startswith(path)]

    def _reply(self, path: str) -> Reply:
        replies = self.replies.get(path, [NOT_FOUND])
        reply = replies[min(self._given[path], len(replies) - 1)]
        self._given[path] += 1
        return reply


@contextmanager
def serving() -> Iterator[Registry]:
    registry = Registry()
    # Where a proxy is set for this machine, loopback is no concern of its.
    os.environ.setdefault("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            registry.requests.append(Request(path, query, dict(self.headers.items()), time.monotonic()))
            reply = registry._reply(path)
            try:
                self._send(reply)
            except (BrokenPipeError, ConnectionResetError):
                # Whoever asked has given up waiting.
                return

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            body = reply.body[: len(reply.body) // 2] if reply.cut else reply.body
            size = max(1, -(-len(body) // reply.pieces))
            for start in range(0, len(body), size):
                time.sleep(reply.seconds)
                self.wfile.write(body[start : start + size])
                self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    registry.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_settings(workspace: Workspace, server: Registry, *, online: bool, confidential: bool = False) -> None:
    """Let a workspace ask the server, fast; its settings take effect when it is opened again."""
    (workspace.path / "glassllava.toml").write_text(
        f"confidential = {str(confidential).lower()}\n[metadata]\nonline = {str(online).lower()}\n"
        f'crossref_url = "{server.url}"\nopenalex_url = "{server.url}"\nrequests_per_second = 1000\n'
        "backoff_seconds = 0.01\ntimeout_seconds = 5\nattempts = 3\n"
    )
