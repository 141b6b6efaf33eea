"""Metadata of papers completed from Crossref and OpenAlex, where the workspace allows the network.

In: the Paper rows. Out: their empty fields filled, each with its service and time in `completed`; the services'
answers as Lookup rows. What a paper says of itself, or a person decided, is never replaced: where a service says
otherwise, that is told. DOIs leave the machine, and titles of papers whose PDF gives no DOI; nothing else.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from glassllava.corpus.likeness import same_journal, same_value, same_work, share_an_author, title_likeness
from glassllava.corpus.network.consent import must_be_allowed
from glassllava.corpus.network.polite import Unanswered
from glassllava.corpus.network.registries import Registered
from glassllava.corpus.network.services import Answer, Services
from glassllava.records import DESCRIPTIVE_FIELDS, Paper, is_synthetic_doi
from glassllava.workspace import Workspace, task_id

STAGE = "corpus-complete-1"

SAME_TITLE = 0.95
"""From this likeness of the titles on, a registered work can be a paper that gives no DOI."""
YEARS_APART = 1
"""A paper's year and a registered one may differ by as much: online and in print are often in two years."""


class Difference(BaseModel):
    """A field in which a service says otherwise than the paper."""

    file: str
    field: str
    paper: str | int | list[str]
    service: str
    value: str | int | list[str]


class Completed(BaseModel):
    """What one run did."""

    papers: int
    """Papers looked at: those with a DOI or, read from a PDF, with a title."""
    asked: int = 0
    """Requests sent, repeated ones too."""
    stored: int = 0
    """Answers that the workspace held already."""
    filled: dict[str, int] = {}
    """Fields filled now, with the number of papers."""
    not_found: list[tuple[str, str]] = []
    """File and the DOI or title that no service knows."""
    differences: list[Difference] = []
    failed: list[tuple[str, str]] = []
    """File and reason; asked again next time."""


def complete(workspace: Workspace, sleep: Callable[[float], None] = time.sleep) -> Completed:
    """Fill the empty fields of the papers' metadata.

    Crossref is asked for each paper's DOI; OpenAlex where fields are empty still. A paper without a DOI is searched by
    its title, and taken for a registered work if the titles are alike (`SAME_TITLE`), the years at most one apart, an
    author is the same where both name some, and no other work fits as well. A work of another title fills nothing.

    Parameters
    ----------
    workspace
        Whose papers, settings and stored answers are used.
    sleep
        Waits for so many seconds.

    Raises
    ------
    WorkspaceError
        The workspace does not allow the network.
    """
    must_be_allowed(
        workspace,
        "metadata is completed from the network",
        "the papers' DOIs, and titles of papers without one, to Crossref and OpenAlex",
    )
    papers = [paper for paper in workspace.papers() if _can_be_asked_for(paper)]
    services = Services(workspace, sleep)
    done = Completed(papers=len(papers))
    filled: Counter[str] = Counter()
    with workspace.run("corpus complete", len(papers)) as progress:
        for paper in papers:
            asked = paper.doi or paper.title or ""
            answers, reason = _answers(services, paper)
            if reason is not None:
                progress.fail(paper.file, reason)
            elif not any(answer.works for answer in answers):
                done.not_found.append((paper.file, asked))
            with workspace.writing() as session:
                done.differences += _fill(session, paper.id, answers, filled)
                workspace.record_task(session, task_id(STAGE, paper.id), STAGE, paper.file, reason)
            progress.advance(paper.file)
    return done.model_copy(
        update={
            "asked": services.requests,
            "stored": services.stored,
            "filled": dict(filled),
            "failed": progress.failures,
        }
    )


def _can_be_asked_for(paper: Paper) -> bool:
    if paper.state != "ok" or paper.synthetic:
        return False
    # The title of an imported folder is what a laboratory calls it, and no publication's.
    return bool(paper.doi or (paper.origin == "pdf" and paper.title))


def _answers(services: Services, paper: Paper) -> tuple[list[Answer], str | None]:
    """Return what the services say of a paper, and why one of them gave no answer; what came before that counts."""
    answers: list[Answer] = []
    try:
        if paper.doi:
            doi = paper.doi.lower()
            answers.append(services.crossref(doi))
        else:
            found = _the_one(paper, services.crossref_by_title(paper.title or ""))
            if found is None:
                return [], None
            doi = found.registered()[0].doi or ""
            services.keep(doi, found)
            answers.append(found)
        given = [work for answer in answers for work in answer.registered() if _of_this_work(paper, work)]
        another = any(answer.works for answer in answers) and not given
        if not another and any(
            not getattr(paper, field) and not any(getattr(work, field) for work in given)
            for field in DESCRIPTIVE_FIELDS
        ):
            answers.append(services.openalex(doi))
    except Unanswered as fault:
        return answers, str(fault)
    return answers, None


def _the_one(paper: Paper, answer: Answer) -> Answer | None:
    """Return of a search's works the one that is the paper; None where none is, or where several can be."""
    fitting: dict[str, dict[str, Any]] = {}
    for sent, work in zip(answer.works, answer.registered(), strict=True):
        alike = max((title_likeness(paper.title or "", title) for title in work.titles), default=0.0)
        near = paper.year is not None and any(abs(paper.year - year) <= YEARS_APART for year in work.years)
        people = not paper.authors or not work.authors or share_an_author(paper.authors, work.authors)
        if alike >= SAME_TITLE and near and people and work.doi and not is_synthetic_doi(work.doi):
            fitting.setdefault(work.doi, sent)
    return answer._replace(works=list(fitting.values())) if len(fitting) == 1 else None


def _of_this_work(paper: Paper, work: Registered) -> bool:
    return not paper.title or not work.titles or any(same_work(paper.title, title) for title in work.titles)


def _fill(session: Session, paper_id: str, answers: Sequence[Answer], filled: Counter[str]) -> list[Difference]:
    """Fill the empty fields of a paper's row; return where a service says otherwise than the paper."""
    paper = session.get_one(Paper, paper_id)
    completed = dict(paper.completed)
    differences: list[Difference] = []

    def differs(field: str, service: str, value: str | int | list[str]) -> None:
        ours = getattr(paper, field)
        differences.append(Difference(file=paper.file, field=field, paper=ours, service=service, value=value))

    for answer in answers:
        for work in answer.registered():
            if not _of_this_work(paper, work):
                differs("title", answer.registry.name, work.title or "")
                continue
            for field in DESCRIPTIVE_FIELDS:
                theirs = getattr(work, field)
                if not theirs:
                    continue
                if not getattr(paper, field):
                    setattr(paper, field, theirs)
                    completed[field] = {"source": answer.registry.name, "at": answer.at.isoformat()}
                    filled[field] += 1
                    if field == "doi":
                        paper.doi_source = f"{answer.registry.name} title"
                elif field not in completed and not _agrees(field, getattr(paper, field), work):
                    differs(field, answer.registry.name, theirs)
    paper.completed = completed
    return differences


def _agrees(field: str, ours: str | int | list[str], work: Registered) -> bool:
    if field == "year":
        return ours in work.years
    if field == "title":
        return any(same_value(field, ours, title) for title in work.titles)
    if field == "journal":
        return any(same_journal(str(ours), journal) for journal in work.journals)
    return same_value(field, ours, getattr(work, field))
