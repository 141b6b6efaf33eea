"""Crossref and OpenAlex, asked through the workspace's store of answers.

In: a DOI, a title, or the parameters of a list. Out: what the service says of it, from the Lookup rows where it was
asked before: each work is asked for once, also where the answer was that it is not known, and each list once a day.
What failed is not stored.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from glassllava.corpus.network.polite import PoliteService, Unanswered
from glassllava.corpus.network.registries import CROSSREF, OPENALEX, Registered, Registry, kept
from glassllava.errors import WorkspaceError
from glassllava.records import Lookup, now
from glassllava.workspace import Workspace, identity

CANDIDATES = 5
"""Works that a search by title gives."""


class Answer(NamedTuple):
    """What one service said of one thing."""

    registry: Registry
    works: list[dict[str, Any]]
    """As sent, with only the fields that are read; none where the service does not know the thing."""
    at: datetime
    """When it said so."""

    def registered(self) -> list[Registered]:
        """Give the works in our fields."""
        return [self.registry.read(work) for work in self.works]


class Services:
    """Both services.

    Parameters
    ----------
    workspace
        Its settings say how they are asked, and it keeps what they answer.
    sleep
        Waits for so many seconds.

    Raises
    ------
    WorkspaceError
        The settings name a variable for OpenAlex's key that is not set.
    """

    def __init__(self, workspace: Workspace, sleep: Callable[[float], None]) -> None:
        settings = workspace.settings.metadata
        variable = settings.openalex_key_env
        key = os.environ.get(variable) if variable is not None else None
        if variable is not None and not key:
            raise WorkspaceError(
                f"The setting metadata.openalex_key_env names the environment variable {variable}, which is not set; "
                "set it, or take the setting out."
            )
        self._workspace = workspace
        self._crossref = PoliteService(CROSSREF.label, settings.crossref_url, settings, sleep=sleep)
        self._openalex = PoliteService(
            OPENALEX.label, settings.openalex_url, settings, {"api_key": key} if key else None, sleep
        )
        self.stored = 0
        """Answers that the workspace held already."""

    @property
    def requests(self) -> int:
        """Requests sent so far, repeated ones too."""
        return self._crossref.requests + self._openalex.requests

    def crossref(self, doi: str) -> Answer:
        """Give what Crossref says of a DOI; raises Unanswered."""

        def ask() -> list[dict[str, Any]]:
            answer = self._crossref.get(f"works/{doi}")
            return kept(CROSSREF, [answer.get("message")]) if answer is not None else []

        return self._answer(CROSSREF, doi, ask)

    def crossref_by_title(self, title: str) -> Answer:
        """Give the works that Crossref finds by a title, the best first; raises Unanswered."""

        def ask() -> list[dict[str, Any]]:
            answer = self._crossref.get("works", {"query.bibliographic": title, "rows": str(CANDIDATES)})
            message = answer.get("message") if answer is not None else {"items": []}
            return kept(CROSSREF, message.get("items") if isinstance(message, Mapping) else None)

        return self._answer(CROSSREF, title, ask)

    def openalex(self, doi: str) -> Answer:
        """Give what OpenAlex says of a DOI; raises Unanswered."""

        def ask() -> list[dict[str, Any]]:
            answer = self._openalex.get(f"works/doi:{doi}")
            return kept(OPENALEX, [answer]) if answer is not None else []

        return self._answer(OPENALEX, doi, ask)

    def openalex_list(
        self, path: str, parameters: Mapping[str, str], keep: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        """Give one page of a list of OpenAlex.

        Parameters
        ----------
        path
            Of the list, as "works".
        parameters
            Of the query; the day is part of what is stored, because lists grow.
        keep
            Keeps of the page what is read; it raises ValidationError where the page is of another form.

        Raises
        ------
        Unanswered
            OpenAlex gives no answer that can be used.
        """

        def ask() -> list[dict[str, Any]]:
            return kept(OPENALEX, [self._openalex.get(path, parameters)], keep)

        asked = f"{now().date()} {path}?{urlencode(parameters)}"
        (page,) = self._answer(OPENALEX, asked, ask).works
        return page

    def keep(self, doi: str, answer: Answer) -> None:
        """Store what a search found as the answer about the found work's DOI, which then is not asked for."""
        with self._workspace.writing() as session:
            if session.get(Lookup, _key(answer.registry, doi)) is None:
                session.add(_row(answer, doi))

    def _answer(self, registry: Registry, asked: str, ask: Callable[[], list[dict[str, Any]]]) -> Answer:
        with self._workspace.reading() as session:
            present = session.get(Lookup, _key(registry, asked))
        if present is not None:
            self.stored += 1
            return Answer(registry, present.works, present.answered)
        try:
            answer = Answer(registry, ask(), now())
        except ValueError as error:
            raise Unanswered(str(error)) from error
        with self._workspace.writing() as session:
            session.merge(_row(answer, asked))
        return answer


def _key(registry: Registry, asked: str) -> str:
    return identity("lookup", registry.name, asked)


def _row(answer: Answer, asked: str) -> Lookup:
    return Lookup(
        id=_key(answer.registry, asked),
        service=answer.registry.name,
        asked=asked,
        state="ok" if answer.works else "not_found",
        works=answer.works,
        answered=answer.at,
    )
