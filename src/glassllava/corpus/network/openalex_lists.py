"""The wire format of OpenAlex's lists: pages of works that a search finds, and publishers by name.

In: JSON objects as OpenAlex sends them (https://developers.openalex.org, guides "Filter", "Search" and "Page through
results"). Out: `ListedWork`s with the place from which each can be had, and the objects with only the fields that are
read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from glassllava.corpus.network.registries import Sent, keeping, plain_text
from glassllava.text.licences import find_licences

PAGE = 100
"""Most works that OpenAlex gives at once."""
SELECTED = "id,doi,title,publication_year,type,is_retracted,open_access,best_oa_location,primary_location"
"""The fields asked for."""

_ADDRESS = re.compile(r"https?://\S+")


class ListedWork(BaseModel):
    """One work that a search found; None where OpenAlex does not say."""

    id: str
    """OpenAlex's own, as "W2741809807"."""
    doi: str | None
    title: str | None
    year: int | None
    journal: str | None
    publisher: str | None
    type: str | None
    licence: str | None
    """Of the copy at `pdf`: as SPDX spells it, without a version, or OpenAlex's own word for it."""
    colour: str | None
    """Of its open access: `diamond`, `gold`, `hybrid`, `bronze`, `green` or `closed`."""
    version: str | None
    """Of the copy at `pdf`: `publishedVersion`, `acceptedVersion` or `submittedVersion`."""
    pdf: str | None
    """Address of an open PDF."""
    landing_page: str | None
    retracted: bool


class _Source(Sent):
    display_name: str | None = None
    host_organization_name: str | None = None


class _Location(Sent):
    is_oa: bool | None = None
    landing_page_url: str | None = None
    pdf_url: str | None = None
    license: str | None = None
    version: str | None = None
    source: _Source | None = None


class _OpenAccess(Sent):
    oa_status: str | None = None


class _Work(Sent):
    id: str
    doi: str | None = None
    title: str | None = None
    publication_year: int | None = None
    type: str | None = None
    is_retracted: bool | None = None
    open_access: _OpenAccess | None = None
    best_oa_location: _Location | None = None
    primary_location: _Location | None = None


class _Meta(Sent):
    count: int
    next_cursor: str | None = None


class _WorksPage(Sent):
    meta: _Meta
    results: list[_Work]


class _Publisher(Sent):
    id: str
    display_name: str
    alternate_titles: list[str] | None = None


class _PublishersPage(Sent):
    results: list[_Publisher]


keep_works = keeping(_WorksPage)
keep_publishers = keeping(_PublishersPage)


def read_works(page: Mapping[str, Any]) -> tuple[int, str | None, list[ListedWork]]:
    """Give how many works there are in all, the next page's cursor (None after the last), and the page's works."""
    sent = _WorksPage.model_validate(page)
    # The last page's cursor may lead to an empty page.
    more = sent.meta.next_cursor if sent.results else None
    return sent.meta.count, more, [_listed(work) for work in sent.results]


def read_publishers(page: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Give of a page of publishers the id of each, as "P4310320990", and its names, the first one first."""
    sent = _PublishersPage.model_validate(page)
    return [(_bare(one.id), [one.display_name, *(one.alternate_titles or [])]) for one in sent.results]


def _listed(work: _Work) -> ListedWork:
    published = work.primary_location or _Location()
    places = [work.best_oa_location or _Location(), *([published] if published.is_oa else [])]
    # A licence speaks of the copy where it stands: it goes with that copy's address and not with another's.
    place = next((place for place in places if _address(place.pdf_url)), places[0])
    source = published.source or place.source or _Source()
    named = find_licences((place.license or "").upper())
    licence = named[0] if named else "CC0-1.0" if place.license == "public-domain" else place.license
    return ListedWork(
        id=_bare(work.id),
        doi=re.sub(r"^https?://(?:dx\.)?doi\.org/", "", work.doi.lower()) if work.doi else None,
        title=plain_text(work.title or "") or None,
        year=work.publication_year,
        journal=plain_text(source.display_name or "") or None,
        publisher=plain_text(source.host_organization_name or "") or None,
        type=work.type,
        licence=licence or None,
        colour=work.open_access.oa_status if work.open_access is not None else None,
        version=place.version,
        pdf=_address(place.pdf_url),
        landing_page=_address(place.landing_page_url) or _address(published.landing_page_url),
        retracted=bool(work.is_retracted),
    )


def _bare(identifier: str) -> str:
    return identifier.rsplit("/", 1)[-1]


def _address(sent: str | None) -> str | None:
    return sent if sent is not None and _ADDRESS.fullmatch(sent) else None
