"""The answer grid: which question is asked of which model, with how much context, under which image.

In: accepted questions of the evaluation split, their context ladders, the panels, the checkpoints, and the
settings' conditions and models. Out: `Answer` rows with state `planned`, which the answers room fills.
The grid is a pure function of what the workspace holds, so planning again adds only what is missing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from glassllava.records import BASELINES, LEVELS, NEAREST_TEXT, Answer, Checkpoint, Context
from glassllava.workspace import PanelView, QuestionView, Workspace, identity

_ROWS_A_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class PlannedAnswer:
    """One cell of the grid; equal cells have equal ids, whatever else changed."""

    question_id: str
    made_from: str
    """Fingerprint of the question."""
    level: str
    condition: str
    sample: int
    model: str
    checkpoint_id: str | None
    prompt: str
    image: str | None

    @property
    def id(self) -> str:
        """The hash of all that makes the answer."""
        return identity(
            "answer",
            self.question_id,
            self.made_from,
            self.level,
            self.condition,
            self.sample,
            self.model,
            self.checkpoint_id,
            self.prompt,
            self.image,
        )


@dataclass
class Grid:
    """All cells, and what had to be left out of them."""

    cells: list[PlannedAnswer] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """One sentence for each model, condition or question that could not be planned."""


def plan(workspace: Workspace) -> dict[str, object]:
    """Plan the answers that the present questions, contexts, models and settings call for.

    Cells that are in the workspace already, filled or not, stay as they are. Rows that were planned, never
    filled, and have fallen out of the grid (a question was changed, a model retrained) are removed; filled ones
    stay, and are counted as `superseded`.

    Returns
    -------
    dict
        `planned` (rows of the grid), `added`, `removed`, `superseded`, `questions`, `models` (name to checkpoint
        id or what else stands behind it), `by_condition` and `by_level` (rows), `left_out` (sentences).
    """
    accepted = [question for question in workspace.questions() if question.accepted]
    questions = [question for question in accepted if question.split == "evaluation"]
    known = identity("training pairs", sorted(q.fingerprint for q in accepted if q.split == "training"))
    panels = [panel for panel in workspace.panels() if panel.accepted]
    with workspace.run("plan") as progress, workspace.writing() as session:
        models, left_out = _models(session, workspace.settings.evaluation.models, known)
        ladders = _ladders(session)
        grid = _grid(
            questions,
            panels,
            ladders,
            models,
            workspace.settings.evaluation.conditions,
        )
        grid.left_out[:0] = left_out
        added, removed, superseded = _write(session, grid.cells)
        figures: dict[str, object] = {
            "planned": len(grid.cells),
            "added": added,
            "removed": removed,
            "superseded": superseded,
            "questions": len(questions),
            "models": models,
            "by_condition": dict(Counter(cell.condition for cell in grid.cells)),
            "by_level": dict(Counter(cell.level for cell in grid.cells)),
            "left_out": grid.left_out,
        }
        progress.figures = figures
        progress.advance(f"{len(grid.cells)} answers planned, {added} of them new")
    return figures


def _models(session: Session, names: Iterable[str], known: str) -> tuple[dict[str, str | None], list[str]]:
    """Return what stands behind each name that can answer, and a sentence for each that cannot.

    That is a checkpoint; for the baseline that knows the training answers, the hash of those (`known`), so that it
    answers anew when they change; for one that knows nothing, None.
    """
    newest = {
        checkpoint.name: checkpoint.id
        for checkpoint in session.scalars(select(Checkpoint).order_by(Checkpoint.created, Checkpoint.id))
    }
    models: dict[str, str | None] = {}
    left_out = []
    for name in names:
        if name in BASELINES:
            models[name] = known if name == NEAREST_TEXT else None
        elif name in newest:
            models[name] = newest[name]
        else:
            left_out.append(
                f"Model '{name}' is no baseline and no checkpoint has that name; train it, or take it out of "
                "evaluation.models."
            )
    return models, left_out


def _ladders(session: Session) -> dict[tuple[str, str], dict[str, str]]:
    """Return the prompt of each context level, by question id and fingerprint of the question."""
    ladders: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for context in session.scalars(select(Context).order_by(Context.id)):
        ladders[context.question_id, context.made_from][context.level] = context.text
    return ladders


def _grid(
    questions: Sequence[QuestionView],
    panels: Sequence[PanelView],
    ladders: Mapping[tuple[str, str], Mapping[str, str]],
    models: Mapping[str, str | None],
    conditions: Sequence[str],
) -> Grid:
    grid = Grid()
    shown = {panel.id: panel for panel in panels}
    lacking: Counter[str] = Counter()
    for question in questions:
        images: dict[str, str | None] = {}
        for condition in conditions:
            if condition == "blank":
                images[condition] = None
            elif condition == "real":
                # A question about several panels is asked with the first of them: an answer has one image.
                images[condition] = shown[question.panel_ids[0]].image
            else:
                other = _other_paper(question, panels, images.get("real"))
                if other is None:
                    lacking[condition] += 1
                else:
                    images[condition] = other
        prompts = {"none": question.question}
        if question.subcategory == "simple":
            prompts |= ladders.get((question.id, question.fingerprint), {})
        grid.cells += _cells(question, prompts, images, models)
    grid.left_out += [
        f"Condition '{condition}' is left out for {count} questions: no accepted panel of another paper."
        for condition, count in sorted(lacking.items())
    ]
    return grid


def _cells(
    question: QuestionView,
    prompts: Mapping[str, str],
    images: Mapping[str, str | None],
    models: Mapping[str, str | None],
) -> Iterator[PlannedAnswer]:
    for model, checkpoint in models.items():
        for level in LEVELS:
            if level not in prompts:
                continue
            for condition, image in images.items():
                yield PlannedAnswer(
                    question_id=question.id,
                    made_from=question.fingerprint,
                    level=level,
                    condition=condition,
                    # All that answers today does so in one way only: a second sample would count the first again.
                    sample=0,
                    model=model,
                    checkpoint_id=checkpoint,
                    prompt=prompts[level],
                    image=image,
                )


def _other_paper(question: QuestionView, panels: Iterable[PanelView], own: str | None) -> str | None:
    """Return the image of another paper's panel: the one whose hash with the question is smallest.

    So the choice is random over questions, the same on each run, and moves only where a panel appears that wins
    or the winner goes. Panels of the evaluation split come first: no model was trained on them. Synthetic and
    real are not mixed.
    """
    others = [
        panel
        for panel in panels
        if panel.paper_id != question.paper_id and panel.synthetic == question.synthetic and panel.image != own
    ]
    pool = [panel for panel in others if panel.split == "evaluation"] or others
    if not pool:
        return None
    return min(pool, key=lambda panel: identity("other-paper", question.id, panel.id)).image


def _write(session: Session, cells: Sequence[PlannedAnswer]) -> tuple[int, int, int]:
    """Add what is missing, remove what is planned in vain; return added, removed and superseded rows."""
    wanted = {cell.id: cell for cell in cells}
    present = {row.id: row.state for row in session.execute(select(Answer.id, Answer.state))}
    missing = [key for key in wanted if key not in present]
    session.add_all(_row(key, wanted[key]) for key in missing)
    outside = {key: state for key, state in present.items() if key not in wanted}
    vain = [key for key, state in outside.items() if state == "planned"]
    for keys in _batches(vain):
        session.execute(delete(Answer).where(Answer.id.in_(keys)))
    for superseded, chosen in ((True, [key for key in outside if key not in set(vain)]), (False, list(wanted))):
        for keys in _batches(chosen):
            session.execute(update(Answer).where(Answer.id.in_(keys)).values(superseded=superseded))
    return len(missing), len(vain), len(outside) - len(vain)


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(keys), _ROWS_A_STATEMENT):
        yield keys[first : first + _ROWS_A_STATEMENT]


def _row(key: str, cell: PlannedAnswer) -> Answer:
    return Answer(
        id=key,
        question_id=cell.question_id,
        level=cell.level,
        condition=cell.condition,
        sample=cell.sample,
        model=cell.model,
        checkpoint_id=cell.checkpoint_id,
        prompt=cell.prompt,
        image=cell.image,
        state="planned",
        made_from=cell.made_from,
    )
