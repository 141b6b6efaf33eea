"""The wire formats of Crossref and OpenAlex: what each says of a publication, in our fields.

In: JSON objects as the services send them (https://api.crossref.org, https://docs.openalex.org). Out: `Registered`, and
the object with only the fields that are read, which is what the workspace keeps. A value that a service does not give,
or gives for another version than the published one, is left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glassllava.records import ArticleType
from glassllava.text.licences import find_licences

_CROSSREF_TYPES: dict[str, ArticleType] = {"proceedings-article": "conference paper", "posted-content": "preprint"}
"""A `journal-article` may be a review or a letter: Crossref does not tell them apart."""
_OPENALEX_TYPES: dict[str, ArticleType] = {
    "article": "article",
    "review": "review",
    "letter": "letter",
    "editorial": "editorial",
    "erratum": "correction",
    "preprint": "preprint",
    "data-paper": "data",
}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


class Registered(BaseModel):
    """What a service says of one publication; None or empty where it does not say."""

    doi: str | None
    title: str | None
    authors: list[str]
    year: int | None
    journal: str | None
    publisher: str | None
    licence: str | None
    article_type: ArticleType | None
    titles: list[str]
    """The title with and without its subtitle."""
    years: list[int]
    """Of printing, of appearing online and of issue."""
    journals: list[str]
    """The journal's name, whole and abbreviated."""


class Registry(NamedTuple):
    """How one service is read."""

    name: str
    """As the workspace records it."""
    label: str
    """For people."""
    keep: Callable[[Mapping[str, Any]], dict[str, Any]]
    """Gives a work with only the fields that are read; raises ValidationError where it is none."""
    read: Callable[[Mapping[str, Any]], Registered]


class Sent(BaseModel):
    """Part of an answer; what is not read is left out."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class _Date(Sent):
    date_parts: list[list[int | None]] = Field(default=[], alias="date-parts")

    @property
    def parts(self) -> list[int]:
        return [part for part in (self.date_parts or [[]])[0] if part]


class _CrossrefPerson(Sent):
    given: str | None = None
    family: str | None = None
    name: str | None = None


class _CrossrefLicence(Sent):
    address: str = Field(alias="URL")
    version: str | None = Field(default=None, alias="content-version")
    start: _Date | None = None


class _CrossrefWork(Sent):
    doi: str = Field(alias="DOI")
    title: list[str] | None = None
    subtitle: list[str] | None = None
    author: list[_CrossrefPerson] | None = None
    issued: _Date | None = None
    published: _Date | None = None
    published_print: _Date | None = Field(default=None, alias="published-print")
    published_online: _Date | None = Field(default=None, alias="published-online")
    container: list[str] | None = Field(default=None, alias="container-title")
    short_container: list[str] | None = Field(default=None, alias="short-container-title")
    publisher: str | None = None
    license: list[_CrossrefLicence] | None = None
    type: str | None = None


class _OpenAlexSource(Sent):
    display_name: str | None = None
    host_organization_name: str | None = None
    type: str | None = None


class _OpenAlexLocation(Sent):
    source: _OpenAlexSource | None = None
    license: str | None = None
    version: str | None = None


class _OpenAlexPerson(Sent):
    display_name: str | None = None


class _OpenAlexAuthorship(Sent):
    author: _OpenAlexPerson | None = None
    raw_author_name: str | None = None


class _OpenAlexWork(Sent):
    id: str
    doi: str | None = None
    title: str | None = None
    publication_year: int | None = None
    type: str | None = None
    authorships: list[_OpenAlexAuthorship] | None = None
    primary_location: _OpenAlexLocation | None = None


def _read_crossref(sent: Mapping[str, Any]) -> Registered:
    work = _CrossrefWork.model_validate(sent)
    title = plain_text((work.title or [""])[0])
    subtitle = plain_text((work.subtitle or [""])[0])
    whole = f"{title}: {subtitle}" if title and subtitle else title
    dates = [work.issued, work.published, work.published_print, work.published_online]
    years = [at.parts[0] for at in dates if at is not None and at.parts]
    journals = [plain_text(name) for name in [*(work.container or []), *(work.short_container or [])]]
    people = [
        " ".join(filter(None, (person.given, person.family))) or person.name or "" for person in work.author or []
    ]
    return Registered(
        doi=work.doi.lower(),
        title=whole or None,
        authors=[plain_text(name) for name in people if name],
        year=years[0] if years else None,
        journal=journals[0] if journals else None,
        publisher=plain_text(work.publisher or "") or None,
        licence=_crossref_licence(work.license or []),
        article_type=_CROSSREF_TYPES.get(work.type or ""),
        titles=[text for text in dict.fromkeys((title, whole)) if text],
        years=sorted(set(years)),
        journals=journals,
    )


def _crossref_licence(licences: list[_CrossrefLicence]) -> str | None:
    """Return the licence of the published version that holds by now; not that of the manuscript or of text mining."""
    today = datetime.now(UTC).date()
    for wanted in ("vor", "unspecified", None):
        for licence in licences:
            if licence.version == wanted and _began(licence.start, today) and (found := find_licences(licence.address)):
                return found[0]
    return None


def _began(start: _Date | None, today: date) -> bool:
    parts = start.parts if start is not None else []
    return parts <= [today.year, today.month, today.day]


def _read_openalex(sent: Mapping[str, Any]) -> Registered:
    work = _OpenAlexWork.model_validate(sent)
    title = plain_text(work.title or "")
    place = work.primary_location or _OpenAlexLocation()
    # A repository is where a copy lies, not where the work was published.
    source = place.source if place.source is not None and place.source.type in {"journal", "conference"} else None
    people = [
        (a.author.display_name if a.author is not None else None) or a.raw_author_name for a in work.authorships or []
    ]
    licences = find_licences((place.license or "").upper()) if place.version in {"publishedVersion", None} else []
    return Registered(
        doi=re.sub(r"^https?://(?:dx\.)?doi\.org/", "", work.doi.lower()) if work.doi else None,
        title=title or None,
        authors=[plain_text(name) for name in people if name],
        year=work.publication_year,
        journal=plain_text(source.display_name or "") or None if source else None,
        publisher=plain_text(source.host_organization_name or "") or None if source else None,
        licence=licences[0] if licences else None,
        article_type=_OPENALEX_TYPES.get(work.type or ""),
        titles=[title] if title else [],
        years=[work.publication_year] if work.publication_year else [],
        journals=[source.display_name] if source and source.display_name else [],
    )


def plain_text(text: str) -> str:
    """Give text without the tags of JATS, MathML or HTML that titles come with."""
    return " ".join(html.unescape(_TAG.sub("", text)).split())


def keeping(model: type[Sent]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Give what keeps of a JSON object the fields that a model reads; it raises ValidationError where it is none."""
    return lambda sent: model.model_validate(sent).model_dump(mode="json", by_alias=True, exclude_unset=True)


CROSSREF = Registry("crossref", "Crossref", keeping(_CrossrefWork), _read_crossref)
OPENALEX = Registry("openalex", "OpenAlex", keeping(_OpenAlexWork), _read_openalex)


def kept(
    registry: Registry, works: Any, keep: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Give the works of an answer with only the fields that are read.

    Parameters
    ----------
    registry
        The service that sent them.
    works
        A list of JSON objects, if the answer is as it should be.
    keep
        What is read of each, where they are not works as the registry's `read` takes them.

    Raises
    ------
    ValueError
        It is not: the sentence says what is missing.
    """
    if not isinstance(works, list):
        raise ValueError(f"{registry.label} answers in a form that is not known: no list of works.")
    try:
        return [(keep or registry.keep)(work) for work in works]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(
            f"{registry.label} answers in a form that is not known ({place}: {first['msg'].lower()})."
        ) from error
