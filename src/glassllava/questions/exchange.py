"""Export of accepted pairs with their images, for training elsewhere and for reading.

In: accepted questions and the images they are about. Out: a folder with ``images/`` and either ``llava.json``
(the LLaVA conversation format) or ``questions.jsonl`` (all fields, with contexts). A pair about several panels
is written once for each.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import select

from glassllava.errors import WorkspaceError
from glassllava.records import Context
from glassllava.workspace import PanelView, QuestionView, Workspace

Format = Literal["llava", "jsonl"]


class Exported(BaseModel):
    """What was written."""

    file: str
    pairs: int
    """Rows of the file: one for each pair and panel."""
    questions: int
    images: int


def export(
    workspace: Workspace, out: str | os.PathLike[str], form: Format | str = "llava", split: str = "training"
) -> Exported:
    r"""Write the accepted pairs with their images to a folder.

    Parameters
    ----------
    workspace
        Where the pairs are.
    out
        A new or an empty folder.
    form
        ``llava``: ``[{"id", "image", "conversations": [{"from": "human", "value": "<image>\n…"}, …]}]``.
        ``jsonl``: one pair a line with category, evidence, contexts, DOI and split.
    split
        ``training`` (a model trained on the other pairs could not be measured here any more), ``evaluation`` or
        ``all``.

    Raises
    ------
    WorkspaceError
        The folder holds other things or cannot be written, or the form is unknown.
    """
    if form not in ("llava", "jsonl"):
        raise WorkspaceError(f"Questions cannot be exported as {form!r}; choose llava or jsonl.")
    if split not in ("training", "evaluation", "all"):
        raise WorkspaceError(f"There is no split {split!r}; choose training, evaluation or all.")
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise WorkspaceError(f"{folder} holds other files; name a new or an empty folder.")
        return _write(workspace, folder, form, split)
    except OSError as fault:
        raise WorkspaceError(
            f"{folder} cannot be written: {fault.strerror or fault}; choose another folder."
        ) from fault


def _write(workspace: Workspace, folder: Path, form: str, split: str) -> Exported:
    panels = {panel.id: panel for panel in workspace.panels()}
    questions = [q for q in workspace.questions() if q.accepted and split in ("all", q.split)]
    if not questions:
        raise WorkspaceError(
            f"No accepted pair can be exported from the split '{split}'; run `glassllava corpus split` and "
            "`glassllava questions generate` first, or export with --split all."
        )
    ladders = _contexts(workspace)
    (folder / "images").mkdir()
    rows: list[dict[str, Any]] = []
    images: set[str] = set()
    for question in questions:
        for key in question.panel_ids:
            panel = panels[key]
            name = f"images/{panel.image}.png"
            if panel.image not in images:
                shutil.copyfile(workspace.images.path(panel.image), folder / name)
                images.add(panel.image)
            make = _conversation if form == "llava" else _full_row
            rows.append(make(question, panel, name, ladders.get((question.id, question.fingerprint), [])))
    file = folder / ("llava.json" if form == "llava" else "questions.jsonl")
    if form == "llava":
        file.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    else:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        file.write_text("".join(lines), encoding="utf-8")
    return Exported(file=str(file), pairs=len(rows), questions=len(questions), images=len(images))


def _contexts(workspace: Workspace) -> dict[tuple[str, str], list[Context]]:
    found: dict[tuple[str, str], list[Context]] = defaultdict(list)
    with workspace.reading() as session:
        for context in session.scalars(select(Context).order_by(Context.id)):
            found[context.question_id, context.made_from].append(context)
    return found


def _row_id(question: QuestionView, panel: PanelView) -> str:
    return question.id if len(question.panel_ids) == 1 else f"{question.id}-{panel.id[:12]}"


def _conversation(question: QuestionView, panel: PanelView, image: str, ladder: list[Context]) -> dict[str, Any]:  # noqa: ARG001
    return {
        "id": _row_id(question, panel),
        "image": image,
        "conversations": [
            {"from": "human", "value": f"<image>\n{question.question}"},
            {"from": "gpt", "value": question.answer},
        ],
    }


def _full_row(question: QuestionView, panel: PanelView, image: str, ladder: list[Context]) -> dict[str, Any]:
    fields = {
        "category", "subcategory", "question", "answer", "needs_image", "generator", "doi", "file", "split",
        "synthetic", "review",
    }  # fmt: skip
    return {
        "id": _row_id(question, panel),
        "image": image,
        "panel": panel.name,
        **question.model_dump(mode="json", include=fields),
        "evidence": list(question.evidence),
        "contexts": [{"level": c.level, "text": c.text, "attributes": c.attributes} for c in ladder],
    }
