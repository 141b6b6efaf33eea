"""The questions stage: accepted panels in, judged pairs and context ladders out.

In: Paper, Figure, Panel and Mention rows. Out: Question rows, accepted or rejected with the gate's name
(`generate`), and Context rows of the simple evaluation questions (`contexts`). Each paper's pairs are
committed as a whole, so a run that is stopped goes on with the next paper.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from glassllava.domains import load_domain
from glassllava.questions.extract import GENERATOR
from glassllava.questions.extract import generate as extract
from glassllava.questions.gates import Surroundings, judge
from glassllava.questions.ladder import build_ladder, find_attributes
from glassllava.questions.source import Draft, Evidence, MentionText, PanelText, PaperText, ParagraphText
from glassllava.records import Context, Figure, Mention, Paper, Question
from glassllava.text.abbreviations import find_definitions
from glassllava.workspace import PanelView, QuestionView, Workspace, identity, task_id
from glassllava.workspace.overlay import made_from

STAGE = f"questions-{GENERATOR}"
CONTEXTS_STAGE = "contexts-2"


class Generated(BaseModel):
    """What one run of `generate` did, and what stands in the workspace after it."""

    papers: int
    """Papers whose pairs were made now."""
    known: int
    """Papers that needed nothing."""
    made: int
    """Pairs made now, accepted or not."""
    accepted: int
    """Pairs of the workspace that are accepted and not stale."""
    rejected: int
    """Pairs of the workspace that a gate refused."""
    gates: dict[str, int]
    """Refused pairs by the gate's name."""
    categories: dict[str, int]
    """Accepted pairs by category."""
    panels: int
    """Accepted panels."""
    pairs_per_panel: float | None
    """Accepted pairs of an accepted panel, counted once for each panel that a pair is about; None without panels."""


class Contexts(BaseModel):
    """What one run of `contexts` did, and what stands in the workspace after it."""

    questions: int
    """Simple evaluation questions that are accepted."""
    made: int
    """Questions whose ladder was made now."""
    rungs: dict[str, int]
    """Questions that are told something, by level."""
    types: dict[str, int]
    """Attributes told, by type, counted at each level."""


def paper_text(paper: Paper, captions: Sequence[str]) -> PaperText:
    """Return a paper's text for the generators, with the abbreviations that it defines.

    Parameters
    ----------
    paper : Paper
        As stored.
    captions : sequence of str
        Its figures' captions, which may define abbreviations too.
    """
    paragraphs = tuple(
        ParagraphText(
            page=p["page"],
            section=p["section"],
            role=p["role"],
            text=p["text"],
            breaks=tuple((offset, page) for offset, page in p.get("breaks", ())),
        )
        for p in paper.paragraphs
    )
    prose = [p.text for p in paragraphs if p.role not in ("reference", "heading")]
    return PaperText(paper.id, paper.title, paragraphs, find_definitions([*prose, *captions]))


def panel_text(panel: PanelView, mentions: Sequence[Mention]) -> PanelText:
    """Return a panel's text for the generators.

    Parameters
    ----------
    panel : PanelView
        With reviews laid over it.
    mentions : sequence of Mention
        All sentences of the paper that cite its figure.
    """
    told = [MentionText(m.paragraph, m.start, m.end, tuple(m.panels)) for m in mentions]
    own = tuple(m for m in told if not m.panels or panel.label is None or panel.label in m.panels)
    return PanelText(
        id=panel.id,
        name=panel.name,
        label=panel.label,
        kind=panel.kind,
        accepted=panel.accepted,
        caption=panel.caption,
        figure_caption=panel.figure_caption,
        page=panel.page or 1,
        mentions=own,
        other_mentions=tuple(m for m in told if m not in own),
    )


def _texts(session: Session, panels: Sequence[PanelView]) -> tuple[PaperText, list[PanelText]]:
    """Read one paper with some of its panels."""
    paper = session.get_one(Paper, panels[0].paper_id)
    by_figure: dict[tuple[str, bool], list[Mention]] = defaultdict(list)
    found = select(Mention).where(Mention.paper_id == paper.id).order_by(Mention.paragraph, Mention.start)
    for mention in session.scalars(found):
        by_figure[mention.figure, mention.supplementary].append(mention)
    texts = []
    for panel in panels:
        # "Fig. 1" and "Supplementary Fig. 1" bear the same number.
        figure = session.get(Figure, panel.figure_id) if panel.figure_id else None
        texts.append(panel_text(panel, by_figure[figure.label, figure.supplementary] if figure else []))
    captions = list(dict.fromkeys(panel.figure_caption for panel in panels))
    return paper_text(paper, captions), texts


def generate(workspace: Workspace) -> Generated:
    """Make question-answer pairs about every accepted panel, without a language model, through the gates.

    A paper whose panels and text are as they were is left alone. Pairs made from what has changed since stay, and
    show as stale; so do those of another version of the generator, the domain pack or the paper's text.

    Parameters
    ----------
    workspace
        Panels are read from it, questions written to it.
    """
    domain = load_domain(workspace.settings.domain)
    by_paper: dict[str, list[PanelView]] = defaultdict(list)
    for panel in workspace.panels():
        if panel.accepted and panel.kind in domain.image.kinds:
            by_paper[panel.paper_id].append(panel)
    finished = workspace.finished(STAGE)
    limit = workspace.settings.questions.per_panel
    vocabulary = identity(domain.model_dump(mode="json"), limit)
    made = new = 0
    with workspace.run("questions", len(by_paper)) as progress:
        corpus = _accepted_before(workspace)
        for paper_id, panels in by_paper.items():
            with workspace.reading() as session:
                paper, texts = _texts(session, panels)
            # Traced with each pair: by which rules, words and text it was made.
            origin = f"{GENERATOR}/{identity(vocabulary, [part.text for part in paper.paragraphs])[:8]}"
            key = task_id(STAGE, origin, paper_id, made_from(panels))
            if key not in finished:
                around = Surroundings(paper, {text.id: text for text in texts}, domain)
                for other, drafts in corpus.items():
                    for draft in drafts if other != paper_id else ():
                        around.accept(draft)
                verdicts = judge(extract(paper, texts, domain, limit), around)
                with workspace.writing() as session:
                    _write(session, paper_id, origin, verdicts, {panel.id: panel for panel in panels})
                    workspace.record_task(session, key, STAGE, panels[0].file)
                corpus[paper_id] = [draft for draft, refusal in verdicts if refusal is None]
                made += len(verdicts)
                new += 1
            _mark_superseded(workspace, paper_id, origin)
            progress.advance(panels[0].file)
        figures = _figures(workspace, new, len(by_paper) - new, made)
        progress.figures = figures.model_dump()
    return figures


def _accepted_before(workspace: Workspace) -> dict[str, list[Draft]]:
    """Return the accepted pairs of the workspace, by paper, for the gate against duplicates."""
    found: dict[str, list[Draft]] = defaultdict(list)
    for view in workspace.questions():
        if view.accepted:
            found[view.paper_id].append(_draft_of(view))
    return found


def _draft_of(view: QuestionView) -> Draft:
    return Draft(
        panels=view.panel_ids,
        category=view.category,
        subcategory="complex" if view.subcategory == "complex" else "simple",
        question=view.question,
        answer=view.answer,
        evidence=tuple(Evidence(**item) for item in view.evidence),
        needs_image=view.needs_image,
        generator=view.generator,
    )


def _mark_superseded(workspace: Workspace, paper_id: str, origin: str) -> None:
    """Mark the pairs of a paper that this generator made by other rules, words or text; the present ones stand."""
    own = Question.paper_id == paper_id, Question.generator.startswith(f"{GENERATOR.partition('-')[0]}-")
    with workspace.writing() as session:
        session.execute(update(Question).where(*own).values(superseded=Question.generator != origin))


def _write(
    session: Session,
    paper_id: str,
    origin: str,
    verdicts: Sequence[tuple[Draft, tuple[str, str] | None]],
    panels: dict[str, PanelView],
) -> None:
    for draft, refusal in verdicts:
        shown = sorted(draft.panels)
        session.merge(
            Question(
                id=identity("question", origin, shown, draft.category, draft.subcategory, draft.question, draft.answer),
                paper_id=paper_id,
                panel_ids=list(draft.panels),
                category=draft.category,
                subcategory=draft.subcategory,
                question=draft.question,
                answer=draft.answer,
                evidence=[
                    {"quote": e.quote, "page": e.page, "paragraph": e.paragraph, "start": e.start, "end": e.end}
                    for e in draft.evidence
                ],
                needs_image=draft.needs_image,
                generator=origin,
                state="accepted" if refusal is None else "rejected",
                gate=None if refusal is None else refusal[0],
                reason=None if refusal is None else refusal[1],
                made_from=made_from(panels[key] for key in draft.panels),
            )
        )


def _figures(workspace: Workspace, new: int, known: int, made: int) -> Generated:
    questions = workspace.questions()
    accepted = [question for question in questions if question.accepted]
    refused = Counter(q.gate for q in questions if q.state == "rejected" and q.gate is not None)
    panels = sum(panel.accepted for panel in workspace.panels())
    told = sum(len(question.panel_ids) for question in accepted)
    return Generated(
        papers=new,
        known=known,
        made=made,
        accepted=len(accepted),
        rejected=sum(refused.values()),
        gates=dict(refused.most_common()),
        categories=dict(Counter(question.category for question in accepted).most_common()),
        panels=panels,
        pairs_per_panel=round(told / panels, 2) if panels else None,
    )


def contexts(workspace: Workspace) -> Contexts:
    """Make the context ladder of every accepted simple question of the evaluation papers.

    A ladder whose question has not changed is left alone; one of a changed question is made again.

    Parameters
    ----------
    workspace
        Questions are read from it, contexts written to it.
    """
    domain = load_domain(workspace.settings.domain)
    wanted = [
        question
        for question in workspace.questions()
        if question.accepted and question.split == "evaluation" and question.subcategory == "simple"
    ]
    by_panel: dict[str, list[QuestionView]] = defaultdict(list)
    for question in wanted:
        by_panel[question.panel_ids[0]].append(question)
    panels = {panel.id: panel for panel in workspace.panels()}
    finished = workspace.finished(CONTEXTS_STAGE)
    vocabulary = domain.model_dump(mode="json")
    made = 0
    with workspace.run("contexts", len(by_panel)) as progress:
        for panel_id, questions in by_panel.items():
            panel = panels[panel_id]
            keys = {q.id: task_id(CONTEXTS_STAGE, vocabulary, panel.fingerprint, q.fingerprint) for q in questions}
            todo = [question for question in questions if keys[question.id] not in finished]
            if todo:
                with workspace.reading() as session:
                    paper, texts = _texts(session, [panel])
                attributes = find_attributes(paper, texts[0], domain)
                with workspace.writing() as session:
                    for question in todo:
                        rungs = build_ladder(question.question, question.answer, question.category, attributes, domain)
                        session.execute(delete(Context).where(Context.question_id == question.id))
                        session.add_all(
                            Context(
                                id=identity("context", question.id, question.fingerprint, rung.level, rung.text),
                                question_id=question.id,
                                level=rung.level,
                                attributes=[
                                    {"type": a.type, "value": a.value, "quote": a.quote, "page": a.page}
                                    for a in rung.attributes
                                ],
                                text=rung.text,
                                made_from=question.fingerprint,
                            )
                            for rung in rungs
                        )
                        workspace.record_task(session, keys[question.id], CONTEXTS_STAGE, panel.name)
                made += len(todo)
            progress.advance(f"{panel.file} {panel.name}")
        figures = _ladders(workspace, wanted, made)
        progress.figures = figures.model_dump()
    return figures


def _ladders(workspace: Workspace, wanted: Sequence[QuestionView], made: int) -> Contexts:
    rungs: Counter[str] = Counter()
    types: Counter[str] = Counter()
    present = {question.id: question.fingerprint for question in wanted}
    with workspace.reading() as session:
        for context in session.scalars(select(Context).order_by(Context.id)):
            if present.get(context.question_id) == context.made_from:
                rungs[context.level] += 1
                types.update(attribute["type"] for attribute in context.attributes)
    return Contexts(questions=len(wanted), made=made, rungs=dict(rungs), types=dict(types))
