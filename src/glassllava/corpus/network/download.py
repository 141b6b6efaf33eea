"""Open papers downloaded, one request at a time, with the terms under which they are had.

In: a list that a person reviewed (`reading_list`) and a folder. Out: one PDF a row that says `take = yes`, named by
its DOI, and `terms.csv` beside them. What is there is not asked for again; a file appears under its name only when it
is whole, so a run that was killed is continued by running it again. What a site's robots.txt forbids (RFC 9309) is
left, and a server on the open network cannot lead to addresses on one's own. The addresses of the list leave the
machine, each to its own host, where the workspace allows the network.
"""

from __future__ import annotations

import os
import re
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import BaseModel

from glassllava.corpus.network.addresses import is_private, site_of
from glassllava.corpus.network.consent import must_be_allowed
from glassllava.corpus.network.polite import AGENT, Moved, PoliteService, Refused, TryAgainError, Unanswered
from glassllava.corpus.network.robots import LARGEST_BYTES, Rules, rules_for
from glassllava.corpus.reading_list import ListRow, read_list
from glassllava.corpus.terms import Terms, address_of_licence, read_terms, write_terms
from glassllava.errors import UnreadableInput
from glassllava.records import now
from glassllava.settings import MetadataSettings
from glassllava.workspace import Workspace, content_id, file_id, task_id

STAGE = "corpus-download-1"

LARGEST_PDF_BYTES = 200_000_000
LONGEST_SECONDS = 300.0
"""For one file."""
REDIRECTIONS = 10

_SAFE = "/%?=&:;,@!$'()*+~[]"
_WEB_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|\?xml|!--)", re.IGNORECASE)

Content = TypeVar("Content")


class Downloaded(BaseModel):
    """What one run did."""

    taken: int
    """Rows that say `take = yes`."""
    downloaded: int = 0
    """Files that are new now."""
    known: int = 0
    """Files that were there."""
    asked: int = 0
    """Requests sent, repeated ones and those for robots.txt too."""
    failed: list[tuple[str, str]] = []
    """DOI and reason; asked for again next time."""


class _Fetched(NamedTuple):
    data: bytes
    served_from: str


def download(
    workspace: Workspace,
    file: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    sleep: Callable[[float], None] = time.sleep,
) -> Downloaded:
    """Download the papers that a reviewed list takes.

    Parameters
    ----------
    workspace
        Its settings say whether and how politely hosts are asked.
    file
        The list.
    folder
        Where the PDFs and their `terms.csv` go; made where it is not there.
    sleep
        Waits for so many seconds.

    Raises
    ------
    WorkspaceError
        The workspace does not allow the network.
    UnreadableInput
        The list or the folder's `terms.csv` cannot be read, or the folder is a file.
    """
    must_be_allowed(workspace, "papers are downloaded", "the addresses of the list, each to its own host")
    rows = [(line, row) for line, row in read_list(Path(file)) if isinstance(row, str) or row.take]
    place = Path(folder)
    if place.exists() and not place.is_dir():
        raise UnreadableInput(f"{place} is a file; name a folder for the papers.")
    place.mkdir(parents=True, exist_ok=True)
    terms = read_terms(place)
    web = _Web(workspace.settings.metadata, sleep)
    done = Downloaded(taken=sum(isinstance(row, ListRow) for _, row in rows))
    with workspace.run("corpus download", len(rows)) as progress:
        for line, row in rows:
            target = f"{Path(file).name} line {line}" if isinstance(row, str) else row.name
            reason = row if isinstance(row, str) else None
            if isinstance(row, ListRow):
                try:
                    if _is_there(place, terms, row):
                        done.known += 1
                    else:
                        _store(place, terms, row, web)
                        done.downloaded += 1
                except (Unanswered, UnreadableInput) as fault:
                    reason = str(fault)
            if reason is not None:
                progress.fail(target, reason)
            with workspace.writing() as session:
                workspace.record_task(session, task_id(STAGE, target), STAGE, target, reason)
            progress.advance(target)
    return done.model_copy(update={"asked": web.requests, "failed": progress.failures})


def file_name(row: ListRow) -> str:
    """Give the name of a row's file: its DOI, else OpenAlex's id, without what no file system takes.

    Raises
    ------
    UnreadableInput
        The row has neither.
    """
    name = re.sub(r"[^a-z0-9._()-]", "_", (row.doi or row.id or "").lower()).strip(".")
    if not name:
        raise UnreadableInput("the row has neither a DOI nor an id to name its file by")
    # A DOI may be longer than a file's name: what is cut off must still tell two apart.
    return f"{name}.pdf" if len(name) <= 180 else f"{name[:160]}_{content_id(name.encode())[:12]}.pdf"


def _is_there(place: Path, terms: dict[str, Terms], row: ListRow) -> bool:
    """Tell whether a row's file is there as it was downloaded."""
    name = file_name(row)
    present = terms.get(name)
    if present is None:
        return False
    if present.doi.lower() != (row.doi or "").lower():
        raise UnreadableInput(
            f"{name} is the file of {present.doi}, whose DOI gives the same name; take one folder for each"
        )
    if not (place / name).is_file():
        return False
    if file_id(place / name) != present.sha256:
        raise UnreadableInput(f"{name} was changed since it was downloaded; move it away to download it again")
    return True


def _store(place: Path, terms: dict[str, Terms], row: ListRow, web: _Web) -> None:
    name = file_name(row)
    if row.pdf is None:
        raise UnreadableInput("the row has no address of a PDF")
    fetched = web.pdf(row.pdf)
    path = place / name
    if path.exists() and path.read_bytes() != fetched.data:
        raise UnreadableInput(f"another file named {name} is in the folder; move it away")
    part = place / f"{name}.part"
    part.write_bytes(fetched.data)
    part.replace(path)
    terms[name] = Terms(
        file=name,
        doi=row.doi or "",
        title=row.title or "",
        sha256=content_id(fetched.data),
        licence=row.licence or "",
        licence_url=address_of_licence(row.licence),
        version=row.version or "",
        address=row.pdf,
        served_from=fetched.served_from,
        downloaded=now().replace(microsecond=0),
    )
    write_terms(place, terms.values())


class _Web:
    """All hosts that a run asks, each with its own pace and its own robots.txt."""

    def __init__(self, settings: MetadataSettings, sleep: Callable[[float], None]) -> None:
        self._settings = settings
        self._sleep = sleep
        self._sites: dict[str, PoliteService] = {}
        self._rules: dict[str, Rules] = {}
        # Several publishers give nothing to whoever does not send back the cookie of their redirection.
        self._cookies = urllib.request.HTTPCookieProcessor(CookieJar())

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        return sum(site.requests for site in self._sites.values())

    def pdf(self, address: str) -> _Fetched:
        """Give the PDF that lies at an address.

        Raises
        ------
        Unanswered
            It cannot be had, may not be fetched, or is no PDF; the text says why.
        """
        at_home = is_private(site_of(address))
        data, url = self._follow(quote(address, safe=_SAFE), "application/pdf", _pdf, at_home, ruled=True)
        if data is None:
            raise Refused(f"{urlsplit(url).netloc} has nothing at the address: 404 Not Found.")
        if b"%PDF-" not in data[:1024]:
            page = _WEB_PAGE.match(data[:1024])
            raise Refused("the address gave a web page, no PDF." if page else "what the address gave is no PDF.")
        return _Fetched(data, url)

    def _follow(
        self, url: str, kind: str, read: Callable[[PoliteService, Any], Content], at_home: bool, *, ruled: bool
    ) -> tuple[Content | None, str]:
        """Return what lies at an address, or where that redirects to, and the last address; `ruled` by robots.txt."""
        for _ in range(REDIRECTIONS + 1):
            site = self._site(url, at_home)
            if ruled:
                self._must_be_open(site, url, at_home)
            try:
                return self._sites[site].ask(url, kind, partial(read, self._sites[site])), url
            except Moved as moved:
                url = moved.address
        raise Refused(f"the address redirects more than {REDIRECTIONS} times.")

    def _site(self, url: str, at_home: bool) -> str:
        """Return the site of an address, known from now on."""
        site = site_of(url)
        if not at_home and is_private(site):
            raise Refused(f"the address leads to {site}, which is not on the open network.")
        if site not in self._sites:
            handlers = [_Tells(), self._cookies]
            self._sites[site] = PoliteService(
                urlsplit(site).netloc, site, self._settings, sleep=self._sleep, handlers=handlers
            )
        return site

    def _must_be_open(self, site: str, url: str, at_home: bool) -> None:
        """Go on only where a site's robots.txt allows the address; one that is not shown allows all (2.3.1.3)."""
        if site not in self._rules:
            try:
                text, _ = self._follow(f"{site}/robots.txt", "text/plain", _text, at_home, ruled=False)
            except Refused:
                text = None
            self._rules[site] = rules_for(AGENT, text or "")
        rules, service = self._rules[site], self._sites[site]
        if rules.delay_seconds > self._settings.longest_wait_seconds:
            raise Refused(f"the robots.txt of {site} asks for {rules.delay_seconds:g} seconds between requests.")
        service.pause_seconds = max(service.pause_seconds, rules.delay_seconds)
        if not rules.allow(url):
            raise Refused(f"the robots.txt of {site} forbids {urlsplit(url).path or '/'}.")


def _pdf(service: PoliteService, response: Any) -> bytes:
    data = service.body(response, LARGEST_PDF_BYTES, LONGEST_SECONDS)
    said = response.headers.get("Content-Length", "")
    if said.isdigit() and len(data) < int(said):
        raise TryAgainError(f"the connection broke after {len(data)} of {said} bytes")
    return data


def _text(service: PoliteService, response: Any) -> str:
    return service.body(response, LARGEST_BYTES, LONGEST_SECONDS).decode("utf-8", "replace")


class _Tells(urllib.request.HTTPRedirectHandler):
    """Follows no redirection but tells of it, so that each next host is looked at before it is asked."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002 - the base class's form
        fp: IO[bytes],
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: HTTPMessage,  # noqa: ARG002
        newurl: str,
    ) -> urllib.request.Request | None:
        fp.close()
        raise Moved(newurl)
