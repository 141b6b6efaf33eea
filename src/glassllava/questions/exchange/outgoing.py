"""Export of accepted pairs with their images, for training elsewhere, for reading, and for taking in again.

In: accepted questions with their contexts and reviews, and the images they are about. Out: a folder that holds one of
three forms and `README.md`, the card. A pair about several panels is written once for each. Nothing is in the folder
until all of it is.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import select

from glassllava.errors import MissingExtra, WorkspaceError
from glassllava.questions.exchange import card, lines, llava
from glassllava.questions.exchange.folder import whole_folder
from glassllava.questions.exchange.rows import Attribute, Decision, Mended, Quote, Row, Rung
from glassllava.questions.exchange.sharing import CREDITED, credits_another, terms_of
from glassllava.records import Context, Paper, Question, Review
from glassllava.workspace import PanelView, QuestionView, Workspace
from glassllava.workspace.overlay import reviews_by_target

Format = Literal["llava", "jsonl", "parquet"]

_NAMES: Mapping[str, str] = {"llava": llava.NAME, "jsonl": lines.NAME, "parquet": "data"}
_SPLITS = ("training", "evaluation", "all")


class Exported(BaseModel):
    """What was written."""

    file: str
    """The file that holds the pairs; for Parquet the folder of one file a side."""
    pairs: int
    """Rows: one for each pair and panel."""
    questions: int
    several_panels: int
    """Questions about several panels, which have a row for each."""
    images: int
    synthetic: int
    """Rows of synthetic papers."""
    left_out: dict[str, int]
    """Questions that a public export leaves out, by reason."""


def export(
    workspace: Workspace,
    out: str | os.PathLike[str],
    form: Format | str = "llava",
    split: str = "training",
    *,
    public: bool = False,
) -> Exported:
    r"""Write the accepted pairs with their images, and a card, to a folder.

    Parameters
    ----------
    workspace
        Where the pairs are.
    out
        A new or an empty folder.
    form
        ``llava``: ``[{"id", "image", "conversations": [{"from": "human", "value": "<image>\n…"}, …], …}]``.
        ``jsonl``: one pair a line. ``parquet``: one file a side with the images inside, as the Hugging Face hub and
        TRL take it. All hold all fields of a pair.
    split
        ``training`` (a model trained on the other pairs could not be measured here any more), ``evaluation`` or
        ``all``.
    public
        Leave out what may not be shared (see `sharing`), and who reviewed.

    Raises
    ------
    WorkspaceError
        The folder holds other things or cannot be written, the form is unknown, or there is nothing to write.
    MissingExtra
        Parquet needs pyarrow, which is not installed.
    """
    if form not in _NAMES:
        raise WorkspaceError(f"Questions cannot be exported as {form!r}; choose llava, jsonl or parquet.")
    if split not in _SPLITS:
        raise WorkspaceError(f"There is no split {split!r}; choose training, evaluation or all.")
    if form == "parquet":
        need_pyarrow()
    folder = Path(out)
    with whole_folder(folder, ("images", "README.md", _NAMES[form])) as part:
        chosen = _Chosen(workspace, split, public)
        _write(workspace, part, form, chosen)
        text = card.text(chosen.tally, form, split, public, chosen.left_out)
        (part / "README.md").write_text(text, encoding="utf-8")
    tally = chosen.tally
    return Exported(
        file=str(folder / _NAMES[form]),
        pairs=tally.rows,
        questions=len(chosen.questions),
        several_panels=sum(len(question.panel_ids) > 1 for question in chosen.questions),
        images=len(tally.images),
        synthetic=tally.synthetic,
        left_out=dict(chosen.left_out.most_common()),
    )


def need_pyarrow() -> None:
    """Say in one sentence what to install where pyarrow is missing.

    Raises
    ------
    MissingExtra
        It is.
    """
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtra("Parquet needs the package pyarrow: pip install 'glassllava[parquet]'.") from error


def _write(workspace: Workspace, folder: Path, form: str, chosen: _Chosen) -> None:
    if form == "parquet":
        from glassllava.questions.exchange import parquet

        parquet.write(folder, chosen.rows(), lambda row: workspace.images.get(Path(row.image).stem))
        return
    (folder / "images").mkdir()
    (llava if form == "llava" else lines).write(folder, chosen.rows())
    for image in chosen.tally.images:
        source = workspace.images.path(image)
        if not source.is_file():
            workspace.images.get(image)
        shutil.copyfile(source, folder / "images" / f"{image}.png")


class _Chosen:
    """The pairs that are exported, with all that belongs to them."""

    def __init__(self, workspace: Workspace, split: str, public: bool) -> None:
        self._workspace = workspace
        self._public = public
        self._panels = {panel.id: panel for panel in workspace.panels()}
        with workspace.reading() as session:
            columns = select(Paper.id, Paper.licence, Paper.title, Paper.authors, Paper.year, Paper.journal).order_by(
                Paper.id
            )
            self._papers = {row.id: row for row in session.execute(columns)}
            self._reviews = reviews_by_target(session, "question")
            self._contexts: dict[tuple[str, str], list[Context]] = defaultdict(list)
            for context in session.scalars(select(Context).order_by(Context.id)):
                self._contexts[context.question_id, context.made_from].append(context)
        accepted = [q for q in workspace.questions() if q.accepted and split in ("all", q.split)]
        if not accepted:
            raise WorkspaceError(
                f"No accepted pair can be exported from the split '{split}'; run `glassllava corpus split` and "
                "`glassllava questions generate` first, or export with --split all."
            )
        refusals = {question.id: self._refusal(question) if public else None for question in accepted}
        self.left_out = Counter(reason for reason in refusals.values() if reason is not None)
        self.questions = [question for question in accepted if refusals[question.id] is None]
        if not self.questions:
            reasons = "; ".join(f"{count}: {reason}" for reason, count in self.left_out.most_common())
            raise WorkspaceError(f"No pair may be shared ({reasons}); export without --public to keep them here.")
        self.tally = card.Tally()

    def _refusal(self, question: QuestionView) -> str | None:
        """Return why a pair may not be shared, or None."""
        refusal = terms_of(self._papers[question.paper_id].licence).refusal
        if refusal is not None:
            return refusal
        shown = [self._panels[key] for key in question.panel_ids]
        return CREDITED if any(credits_another(f"{p.figure_caption} {p.caption}") for p in shown) else None

    def rows(self) -> Iterator[Row]:
        """Yield one row for each pair and panel, and count it."""
        for start in range(0, len(self.questions), 500):
            some = self.questions[start : start + 500]
            with self._workspace.reading() as session:
                found = select(Question).where(Question.id.in_([question.id for question in some]))
                stored = {row.id: row for row in session.scalars(found)}
            for question in some:
                for row in self._rows_of(question, stored[question.id]):
                    self.tally.add(row)
                    yield row

    def _rows_of(self, question: QuestionView, stored: Question) -> Iterator[Row]:
        paper = self._papers[question.paper_id]
        changed = {
            name: getattr(stored, name)
            for name in Mended.model_fields
            if getattr(stored, name) != getattr(question, name)
        }
        ladder = self._contexts.get((question.id, question.fingerprint), [])
        of_the_pair = Row(
            **question.model_dump(
                include={
                    "question", "answer", "category", "subcategory", "needs_image", "panels", "doi", "file", "split",
                    "synthetic", "generator", "review", "state", "gate", "reason", "panel_ids",
                }
            ),
            evidence=[Quote(**item) for item in question.evidence],
            contexts=[_rung(context) for context in ladder],
            title=paper.title,
            authors=paper.authors,
            journal=paper.journal,
            year=paper.year,
            licence=paper.licence,
            reviews=[self._decision(review) for review in self._reviews.get(question.id, ())],
            as_generated=Mended(**changed),
            question_id=question.id,
            made_from=stored.made_from,
        )  # fmt: skip
        checksum = of_the_pair.of_the_pair()
        for key in question.panel_ids:
            panel = self._panels[key]
            yield of_the_pair.model_copy(
                update={
                    "id": _row_id(question, panel),
                    "image": f"images/{panel.image}.png",
                    "panel": panel.name,
                    "panel_id": panel.id,
                    "caption": panel.caption,
                    "kind": panel.kind,
                    "pixel_size_m": panel.pixel_size_m,
                    "checksum": checksum,
                }
            )

    def _decision(self, review: Review) -> Decision:
        return Decision(
            reviewer=None if self._public else review.reviewer,
            decision=review.decision,
            changes=Mended(**review.changes),
            comment=None if self._public else review.comment,
            seconds=review.seconds,
            created=review.created,
        )


def _rung(context: Context) -> Rung:
    attributes: Sequence[Mapping[str, Any]] = context.attributes
    return Rung(level=context.level, text=context.text, attributes=[Attribute(**item) for item in attributes])


def _row_id(question: QuestionView, panel: PanelView) -> str:
    return question.id if len(question.panel_ids) == 1 else f"{question.id}-{panel.id[:12]}"
