"""Leakage between training and evaluation: what two papers share, found, told, and kept out of training.

In: the papers of a workspace, their accepted panels, captions, citing sentences and answers. Out: Likeness rows. Four
things make two papers alike: one DOI; one title, as of a preprint and its article, by authors of whom one is the same
where both name theirs; one picture (`glassllava.micrographs.same_picture`); a passage (`glassllava.text.shared`) of 40
words, or passages that are a third of what the shorter of the two says. Sentences that are shared here and there are
no leak: one laboratory words its methods alike, and a form its captions.

The split puts papers that are alike on one side. Where they had their sides before, the overlay leaves the training
side's panel (of a picture), or its whole paper (of a text), out of training.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, product

from pydantic import BaseModel
from sqlalchemy import delete, select

from glassllava.corpus.likeness import same_title, share_an_author, title_words
from glassllava.errors import GlassllavaError
from glassllava.micrographs.same_picture import Copy, find_same_pictures, small_copy
from glassllava.records import Likeness, LikenessKind, Paper, Task
from glassllava.text.sentences import sentences
from glassllava.text.shared import SharedText, shared_passages
from glassllava.workspace import PanelView, RunProgress, Workspace, identity, task_id

STAGE = "corpus-check-1"

LONG_PASSAGE = 40
"""Words of a passage that is a leak by itself."""
LARGE_SHARE = 1 / 3
"""Share of the shorter text that its passages make up together to be a leak."""


class Pair(BaseModel):
    """Two papers, or a panel of each, that are alike."""

    kind: str
    """`doi`, `title`, `image` or `passage`."""
    similarity: float
    papers: tuple[str, str]
    """File names."""
    panels: tuple[str, str] | None
    """Their names, for an image."""
    text: str | None
    """The DOI, title or longest passage that both have."""
    splits: tuple[str | None, str | None]
    follows: str
    """`one side`: both are on it. `left out of training`: they are not. `not split`: `corpus split` will join them."""


class Leakage(BaseModel):
    """What a check found."""

    papers: int
    panels: int
    """Accepted panels that were compared, those left out of training among them."""
    pairs: list[Pair]
    left_out_panels: int
    """Panels that are left out of training."""
    failed: list[tuple[str, str]]
    """Panels whose image could not be compared, with the reason."""


def check(workspace: Workspace) -> Leakage:
    """Find what papers share across the sides, or would, and say what follows from it.

    What is found is stored and takes effect at once: the overlay leaves it out of training. Where nothing has changed
    since the last check, what that found is returned.
    """
    with workspace.run("corpus check") as progress:
        _find(workspace, progress)
    with workspace.reading() as session:
        order = Likeness.kind, Likeness.paper_id, Likeness.other_paper_id, Likeness.panel_id, Likeness.other_panel_id
        found = session.scalars(select(Likeness).order_by(*order)).all()
    panels = {panel.id: panel for panel in workspace.panels()}
    papers = {paper.id: paper for paper in workspace.papers()}
    return Leakage(
        papers=sum(paper.state == "ok" for paper in papers.values()),
        panels=sum(panel.accepted or panel.leaked for panel in panels.values()),
        pairs=[_told(row, papers, panels) for row in found],
        left_out_panels=sum(panel.leaked for panel in panels.values()),
        failed=progress.failures,
    )


def _find(workspace: Workspace, progress: RunProgress) -> None:
    """Find and store what papers have in common, unless that is stored for the same pictures and texts already."""
    papers = [paper for paper in workspace.papers() if paper.state == "ok"]
    works = list(_same_works(papers))
    work_of = {paper.id: paper.id for paper in papers} | {
        paper: min(group) for group in joined(works) for paper in group
    }
    wanted = (panel for panel in workspace.panels() if panel.accepted or panel.leaked)
    panels = [panel for panel in wanted if panel.paper_id in work_of]
    texts = _texts(workspace, panels)
    # Apart, since pairs that are made add to the texts and change no picture.
    pictures = task_id(STAGE, "pictures", [[panel.id, panel.image, work_of[panel.paper_id]] for panel in panels])
    words = task_id(STAGE, "texts", texts, [[row.kind, row.paper_id, row.other_paper_id, row.text] for row in works])
    finished = workspace.finished(STAGE)
    if words not in finished:
        _store(workspace, words, ("doi", "title", "passage"), [*works, *_shared_texts(texts, work_of)])
    if pictures not in finished:
        _store(workspace, pictures, ("image",), list(_same_pictures(workspace, panels, work_of, progress)), progress)


def _store(
    workspace: Workspace,
    task: str,
    kinds: Sequence[LikenessKind],
    rows: Sequence[Likeness],
    progress: RunProgress | None = None,
) -> None:
    """Put rows in the place of those of the same kinds; the work is done unless some of it failed."""
    target = " ".join(kinds)
    with workspace.writing() as session:
        session.execute(delete(Likeness).where(Likeness.kind.in_(kinds)))
        session.execute(delete(Task).where(Task.stage == STAGE, Task.target == target))
        session.add_all(rows)
        if progress is None or not progress.failures:
            workspace.record_task(session, task, STAGE, target)


def is_leak(found: SharedText) -> bool:
    """Tell whether what two papers both say is more than a sentence here and there."""
    return found.passages[0].count(" ") + 1 >= LONG_PASSAGE or found.share >= LARGE_SHARE


def joined(likenesses: Iterable[Likeness]) -> list[set[str]]:
    """Return the groups of papers that are alike, directly or by way of others."""
    groups: dict[str, set[str]] = {}
    for row in likenesses:
        group = groups.get(row.paper_id, {row.paper_id}) | groups.get(row.other_paper_id, {row.other_paper_id})
        groups |= dict.fromkeys(group, group)
    return [group for paper, group in groups.items() if paper == min(group)]


def _row(
    kind: LikenessKind,
    papers: tuple[str, str],
    similarity: float,
    text: str | None = None,
    panels: Sequence[str | None] = (None, None),
) -> Likeness:
    return Likeness(
        id=identity("likeness", kind, *papers, *panels),
        kind=kind,
        similarity=similarity,
        paper_id=papers[0],
        other_paper_id=papers[1],
        panel_id=panels[0],
        other_panel_id=panels[1],
        text=text,
    )


def _same_works(papers: Sequence[Paper]) -> Iterator[Likeness]:
    by_doi: dict[str, list[Paper]] = defaultdict(list)
    by_title: dict[str, list[Paper]] = defaultdict(list)
    for paper in sorted(papers, key=lambda paper: paper.id):
        if paper.doi:
            by_doi[paper.doi.lower()].append(paper)
        if paper.title:
            # What `same_title` takes for one begins alike, so that not all titles are compared with all.
            by_title["".join(title_words(paper.title))[:4]].append(paper)
    for doi, group in by_doi.items():
        for one, other in combinations(group, 2):
            yield _row("doi", (one.id, other.id), 1.0, doi)
    for group in by_title.values():
        for one, other in combinations(group, 2):
            if (one.doi or "").lower() == (other.doi or "").lower() != "":
                continue
            authors = not one.authors or not other.authors or share_an_author(one.authors, other.authors)
            if authors and same_title(one.title or "", other.title or ""):
                yield _row("title", (one.id, other.id), 1.0, one.title)


def _same_pictures(
    workspace: Workspace, panels: Sequence[PanelView], work_of: dict[str, str], progress: RunProgress
) -> Iterator[Likeness]:
    def copied(panel: PanelView) -> Copy | str:
        try:
            return small_copy(workspace.images.get(panel.image))
        except GlassllavaError as error:
            return str(error)

    if len({panel.paper_id for panel in panels}) < 2:
        return
    progress.say("images", total=len(panels))
    compared: list[PanelView] = []
    copies: list[Copy] = []
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for panel, copy in zip(panels, pool.map(copied, panels), strict=True):
            if isinstance(copy, str):
                progress.fail(f"{panel.name} of {panel.file}", copy)
            else:
                compared.append(panel)
                copies.append(copy)
    owners = [work_of[panel.paper_id] for panel in compared]
    for found in find_same_pictures(copies, owners, lambda done: progress.advance(by=done - progress.done)):
        one, other = sorted((compared[found.one], compared[found.other]), key=lambda panel: (panel.paper_id, panel.id))
        yield _row("image", (one.paper_id, other.paper_id), found.similarity, panels=(one.id, other.id))


def _texts(workspace: Workspace, panels: Sequence[PanelView]) -> dict[str, list[str]]:
    """Return what each paper says of its panels: captions, citing sentences, answers."""
    texts: dict[str, set[str]] = defaultdict(set)
    shown = {panel.id for panel in panels}
    for panel in panels:
        texts[panel.paper_id] |= {panel.figure_caption, *(mention.text for mention in panel.mentions)}
    for question in workspace.questions():
        # Not `accepted`, which what is found here decides: a paper that is left out of training would come back.
        if question.state == "accepted" and question.review != "rejected" and shown.issuperset(question.panel_ids):
            # Sentence by sentence: an answer joins sentences that the paper has in different places.
            texts[question.paper_id].update(sentences(question.answer))
    return {paper: sorted(texts[paper]) for paper in sorted(texts)}


def _shared_texts(texts: dict[str, list[str]], work_of: dict[str, str]) -> Iterator[Likeness]:
    of_work: dict[str, list[str]] = defaultdict(list)
    for paper in texts:
        of_work[work_of[paper]].append(paper)
    for found in shared_passages({work: [t for p in own for t in texts[p]] for work, own in of_work.items()}):
        if is_leak(found):
            for pair in product(of_work[found.one], of_work[found.other]):
                yield _row("passage", (min(pair), max(pair)), found.share, found.passages[0])


def _told(row: Likeness, papers: dict[str, Paper], panels: dict[str, PanelView]) -> Pair:
    one, other = papers[row.paper_id], papers[row.other_paper_id]
    splits = (one.split, other.split)
    sides = "one side" if splits[0] == splits[1] else "left out of training"
    shown = None
    if row.panel_id is not None and row.other_panel_id is not None:
        shown = (panels[row.panel_id].name, panels[row.other_panel_id].name)
    return Pair(
        kind=row.kind,
        similarity=row.similarity,
        papers=(one.file, other.file),
        panels=shown,
        text=row.text,
        splits=splits,
        follows="not split" if None in splits else sides,
    )
