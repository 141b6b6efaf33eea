"""Open papers found through OpenAlex, where the workspace allows the network.

In: phrases, years, publishers and licences. Out: the works that hold all phrases in title or abstract, the most
relevant first, each with a proposal whether to take it; the pages that OpenAlex sent as Lookup rows, so that a search
is asked once a day and one that was stopped goes on. The phrases, years, publishers' names and licences leave the
machine; nothing of the workspace does.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence

from pydantic import BaseModel

from glassllava.corpus.network.consent import must_be_allowed
from glassllava.corpus.network.openalex_lists import (
    PAGE,
    SELECTED,
    ListedWork,
    keep_publishers,
    keep_works,
    read_publishers,
    read_works,
)
from glassllava.corpus.network.polite import Refused, Unanswered
from glassllava.corpus.network.services import Services
from glassllava.corpus.reading_list import Candidate
from glassllava.errors import GlassllavaError, UnreadableInput
from glassllava.text.licences import find_licences
from glassllava.workspace import Workspace

LICENCES = (
    "cc-by", "cc-by-sa", "cc-by-nc", "cc-by-nc-sa", "cc-by-nd", "cc-by-nc-nd", "public-domain", "other-oa",
)  # fmt: skip
"""OpenAlex's words for the licences of texts."""

ALLOW_REUSE = {"CC-BY", "CC-BY-SA", "CC0-1.0"}
"""Licences under which anybody may cut panels out, change them and pass them on, with the source named."""

_MEANS_SOMETHING = re.compile(r"[\",|!*?~:\\()\[\]{}^&+/<>=]+")
"""What OpenAlex takes for a part of its query language; its index holds words only."""


class Found(BaseModel):
    """What a search gave."""

    found: int
    """Works that OpenAlex knows of."""
    listed: int
    """Of them in `works`: no more than were asked for."""
    taken: int
    """Of the listed ones, those that are proposed to be taken."""
    known: int
    """Of the listed ones, those that the workspace holds already."""
    asked: int
    """Requests sent, repeated ones too."""
    stored: int
    """Answers that the workspace held already."""
    works: list[Candidate]


def search(
    workspace: Workspace,
    phrases: Sequence[str],
    *,
    since: int | None = None,
    until: int | None = None,
    publishers: Sequence[str] = (),
    licences: Sequence[str] = (),
    most: int = 200,
    sleep: Callable[[float], None] = time.sleep,
) -> Found:
    """Find open works that hold all of the phrases in their title or abstract.

    Parameters
    ----------
    workspace
        Whose settings, papers and stored answers are used.
    phrases
        Words that stand side by side, as "scanning electron microscopy"; all phrases must be there.
    since, until
        First and last year of publication.
    publishers
        Names, as "Elsevier"; works of any of them and of their imprints.
    licences
        OpenAlex's words, as "cc-by" (`LICENCES`); works under any of them. Whoever names one has decided that it will
        do: such works are proposed to be taken.
    most
        Works to list.
    sleep
        Waits for so many seconds.

    Raises
    ------
    WorkspaceError
        The workspace does not allow the network.
    UnreadableInput
        A phrase without a word, a licence or publisher that OpenAlex does not know, years in the wrong order.
    GlassllavaError
        OpenAlex gave no answer; what it answered before is kept.
    """
    must_be_allowed(
        workspace,
        "papers are searched for",
        "the phrases, years, publishers and licences of the search to OpenAlex",
    )
    wanted = [_plain_licence(licence) for licence in licences]
    filters = [_phrases(phrases), "open_access.is_oa:true", *_years(since, until)]
    services = Services(workspace, sleep)
    known = {paper.doi.lower() for paper in workspace.papers() if paper.doi}
    works: dict[str, Candidate] = {}
    found = 0
    with workspace.run("corpus search") as progress:
        try:
            if publishers:
                ids = [one for name in publishers for one in _publisher(services, name)]
                filters.append(f"primary_location.source.host_organization_lineage:{'|'.join(dict.fromkeys(ids))}")
            if wanted:
                filters.append(f"best_oa_location.license:{'|'.join(wanted)}")
            for found, page in _pages(services, ",".join(filters)):
                for work in page[: most - len(works)]:
                    works.setdefault(work.id, _proposed(work, known, wanted))
                progress.total = min(found, most)
                progress.advance(f"{len(works)} works", by=len(works) - progress.done)
                if len(works) >= most:
                    break
        except Unanswered as fault:
            hint = ""
            if isinstance(fault, Refused) and workspace.settings.metadata.openalex_key_env is None:
                hint = " OpenAlex wants a free key for searches: name its variable in metadata.openalex_key_env."
            raise GlassllavaError(f"{fault}{hint}") from fault
    return Found(
        found=found,
        listed=len(works),
        taken=sum(work.take for work in works.values()),
        known=sum(work.known for work in works.values()),
        asked=services.requests,
        stored=services.stored,
        works=list(works.values()),
    )


def _phrases(phrases: Sequence[str]) -> str:
    plain = [" ".join(_MEANS_SOMETHING.sub(" ", phrase).split()) for phrase in phrases]
    empty = next((given for given, words in zip(phrases, plain, strict=True) if not re.search(r"\w", words)), None)
    if empty is not None or not plain:
        raise UnreadableInput(f"The phrase '{empty or ''}' holds no word to search for.")
    return "title_and_abstract.search:" + " AND ".join(f'"{words}"' for words in plain)


def _years(since: int | None, until: int | None) -> list[str]:
    if since is not None and until is not None and since > until:
        raise UnreadableInput(f"No work is from {since} or later and from {until} or earlier; exchange the years.")
    first = [f"from_publication_date:{since:04d}-01-01"] if since is not None else []
    last = [f"to_publication_date:{until:04d}-12-31"] if until is not None else []
    return first + last


def _plain_licence(name: str) -> str:
    """Return OpenAlex's word for a licence, which has no version."""
    word = re.sub(r"-\d\.\d$", "", name.strip().lower().replace(" ", "-"))
    if word not in LICENCES:
        raise UnreadableInput(f"OpenAlex knows no licence '{name}'; it has {', '.join(LICENCES)}.")
    return word


def _publisher(services: Services, name: str) -> list[str]:
    """Return the ids of the publishers that are called so: works are filtered by id, names are ambiguous."""
    query = {"search": _MEANS_SOMETHING.sub(" ", name), "select": "id,display_name,alternate_titles", "per_page": "25"}
    page = read_publishers(services.openalex_list("publishers", query, keep_publishers))
    ids = [key for key, names in page if name.casefold().strip() in {one.casefold() for one in names}]
    if not ids:
        near = ", ".join(names[0] for _, names in page[:5])
        raise UnreadableInput(
            f"OpenAlex knows no publisher '{name}'"
            + (f"; it has {near}." if near else "; leave it out or name another.")
        )
    return ids


def _pages(services: Services, filters: str) -> Iterator[tuple[int, list[ListedWork]]]:
    """Yield how many works there are in all, and those of a page, until there are no more."""
    query = {"filter": filters, "sort": "relevance_score:desc", "select": SELECTED, "per_page": str(PAGE)}
    cursor: str | None = "*"
    while cursor is not None:
        page = services.openalex_list("works", query | {"cursor": cursor}, keep_works)
        found, cursor, works = read_works(page)
        yield found, works


def _proposed(work: ListedWork, known: set[str], wanted: Sequence[str]) -> Candidate:
    is_known = work.doi in known
    why_not = "in the workspace already" if is_known else _why_not(work, wanted)
    return Candidate(**work.model_dump(), take=why_not is None, why_not=why_not, known=is_known)


def _why_not(work: ListedWork, wanted: Sequence[str]) -> str | None:
    licence = work.licence
    if work.retracted:
        return "retracted"
    if work.pdf is None:
        return "no address of a PDF is known"
    if licence is None:
        return "no licence is named: free to read, but not to reuse"
    if licence in ALLOW_REUSE | {spelled for word in wanted for spelled in [word, *find_licences(word.upper())]}:
        return None
    if licence.endswith("-ND"):
        return f"{licence} forbids changed copies, as panels cut out of figures are"
    if "-NC" in licence:
        return f"{licence} allows non-commercial use only: write yes where yours is"
    return f"whether the licence '{licence}' allows reuse is not known"
