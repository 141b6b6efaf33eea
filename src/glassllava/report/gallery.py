"""The gallery: evaluation items with their picture, so that a reader can judge the judge.

In: rows and the workspace's images. Out: at most `MOST_ITEMS` items of the main model, spread over categories and
panels, and their pictures as small JPEG files beside the page.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from glassllava.errors import WorkspaceError
from glassllava.records import LEVELS
from glassllava.report.rows import ASSESSMENTS, Rows
from glassllava.workspace import PanelView, QuestionView, ScoreView, Workspace

MOST_ITEMS = 20
PICTURE_PIXELS = 720
"""Longest side of a picture in the gallery."""

_ASSESSMENT_WORDS = {"quality": "Quality", "features": "Features", "defect": "Defect"}
_PREFIXES = ((1e-12, "pm"), (1e-9, "nm"), (1e-6, "µm"), (1e-3, "mm"), (1.0, "m"))


@dataclass(frozen=True)
class ScaleBar:
    """A true scale bar: its length as a share of the picture's width, and in words."""

    share: float
    """Per cent of the picture's width."""
    label: str


@dataclass(frozen=True)
class Score:
    """One assessment of the item's answer, in words."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class Item:
    """One evaluation question with its picture, both answers and the scores."""

    name: str
    source: str
    picture: str | None
    """Path beside the page; None where the image cannot be shown, with the reason in `lacking`."""
    lacking: str
    bar: ScaleBar | None
    field: str
    """Width of the field of view, and where the pixel size comes from; or that it is uncalibrated."""
    category: str
    level: str
    question: str
    benchmark: str
    quotes: tuple[tuple[str, str], ...]
    """Verbatim quote and its page."""
    answer: str | None
    state: str
    scores: tuple[Score, ...]


def make_gallery(rows: Rows, workspace: Workspace, folder: Path) -> list[Item]:
    """Choose the items and write their pictures into `folder`/images."""
    if rows.main is None:
        return []
    questions = {question.id: question for question in rows.questions}
    panels = {panel.id: panel for panel in rows.panels}
    items = []
    for scores in _choose(rows, questions):
        question = questions[scores[0].question_id]
        shown = [panels[key] for key in question.panel_ids if key in panels]
        panel = next((p for p in shown if p.image == scores[0].image), shown[0])
        picture, lacking = _write_picture(workspace, panel, folder)
        items.append(_item(rows, question, panel, scores, picture, lacking))
    return items


def _choose(rows: Rows, questions: dict[str, QuestionView]) -> list[list[ScoreView]]:
    """Return the scores of the chosen answers: category by category, the least shown paper and panel first."""
    by_answer: dict[str, list[ScoreView]] = defaultdict(list)
    for score in rows.scores:
        if rows.main is not None and score.model == rows.main.name and score.condition == "real" and score.sample == 0:
            by_answer[score.answer_id].append(score)
    waiting: dict[str, list[list[ScoreView]]] = defaultdict(list)
    for scores in by_answer.values():
        waiting[scores[0].category].append(scores)
    names = [category.name for category in rows.domain.categories if category.name in waiting]
    chosen: list[list[ScoreView]] = []
    uses: dict[str, int] = defaultdict(int)
    asked: dict[str, int] = defaultdict(int)
    while names and len(chosen) < MOST_ITEMS:
        for name in list(names):
            if not waiting[name]:
                names.remove(name)
                continue
            # Every level gets its turn: the n-th item of a category prefers the n-th level.
            wanted = LEVELS[sum(item[0].category == name for item in chosen) % len(LEVELS)]
            best = min(
                waiting[name],
                key=lambda scores: (
                    asked[scores[0].question_id],
                    uses[scores[0].paper_id],
                    uses[questions[scores[0].question_id].panel_ids[0]],
                    scores[0].level != wanted,
                    scores[0].answer_id,
                ),
            )
            waiting[name].remove(best)
            chosen.append(best)
            uses[best[0].paper_id] += 1
            uses[questions[best[0].question_id].panel_ids[0]] += 1
            asked[best[0].question_id] += 1
            if len(chosen) == MOST_ITEMS:
                break
    return chosen


def _item(
    rows: Rows,
    question: QuestionView,
    panel: PanelView,
    scores: Sequence[ScoreView],
    picture: str | None,
    lacking: str,
) -> Item:
    answer = scores[0]
    bar = scale_bar(panel.pixel_size_m, panel.width)
    field = "uncalibrated: the pixel size is not known"
    if bar is not None and panel.pixel_size_m is not None:
        source = f", pixel size from {panel.pixel_size_source}" if panel.pixel_size_source else ""
        field = f"field of view {length(panel.pixel_size_m * panel.width)} wide{source}"
    others = [name for name in question.panels if name != panel.name]
    return Item(
        name=panel.name + (f" (asked of {', '.join(question.panels)})" if others else ""),
        source=question.doi or question.file,
        picture=picture,
        lacking=lacking,
        bar=bar,
        field=field,
        category=f"{question.category} · {question.subcategory}",
        level=answer.level,
        question=answer.prompt,
        benchmark=question.answer,
        quotes=tuple((str(e.get("quote", "")), _page(e)) for e in question.evidence),
        answer=answer.text if answer.text else None,
        state=answer.state if answer.assessment is None else "ok",
        scores=tuple(
            _score(score)
            for name in ASSESSMENTS
            for score in scores
            if score.assessment == name and rows.judges.get(name) == score.judge
        ),
    )


def _page(evidence: dict[str, Any]) -> str:
    page = evidence.get("page")
    words = f"page {page}" if page is not None else "page unknown"
    return f"{words}, caption" if evidence.get("paragraph") is None else words


def _score(score: ScoreView) -> Score:
    name = _ASSESSMENT_WORDS[score.assessment or ""]
    if score.value is None:
        return Score(name, score.state.replace("_", " "), score.reason or "")
    value = {
        "quality": f"{score.value:.0f} / 100",
        "features": f"{score.value:.1f} / 4",
        "defect": "right" if score.value == 1 else "wrong",
    }[score.assessment or ""]
    note = score.reason or ""
    if score.overridden:
        judged = "none" if score.judge_value is None else f"{score.judge_value:g}"
        note = f"Set by the evaluator; the judge's value: {judged}. {note}".strip()
    return Score(name, value, note)


def scale_bar(pixel_size_m: float | None, width: int) -> ScaleBar | None:
    """Return the longest bar of 1, 2 or 5 times a power of ten that fills at most a third of the width.

    Parameters
    ----------
    pixel_size_m
        Metres a pixel; None or not positive means uncalibrated, and no bar.
    width
        Of the image, in pixels.
    """
    if pixel_size_m is None or pixel_size_m <= 0 or width <= 0:
        return None
    field = pixel_size_m * width
    power = 10.0 ** floor(log10(field / 3))
    metres = max(step * power for step in (1, 2, 5) if step * power <= field / 3 * (1 + 1e-9))
    return ScaleBar(share=round(100 * metres / field, 4), label=length(metres))


def length(metres: float) -> str:
    """Return a length with the unit that suits it, to three figures: "500 nm", "1.32 mm"."""
    if metres <= 0:
        return "0 m"
    metres = float(f"{metres:.2e}")
    unit, name = next(((u, n) for u, n in reversed(_PREFIXES) if metres >= u * (1 - 1e-9)), _PREFIXES[0])
    value = metres / unit
    text = f"{value:.{max(0, 2 - floor(log10(value) + 1e-9))}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {name}"


def _write_picture(workspace: Workspace, panel: PanelView, folder: Path) -> tuple[str | None, str]:
    target = folder / "images" / f"{panel.image[:16]}.jpg"
    try:
        with Image.open(io.BytesIO(workspace.images.get(panel.image))) as image:
            shown = _eight_bit(image)
    except WorkspaceError:
        return None, "The image file is missing from the workspace."
    except (UnidentifiedImageError, OSError):
        return None, "The image file is damaged."
    shown.thumbnail((PICTURE_PIXELS, PICTURE_PIXELS), Image.Resampling.LANCZOS)
    target.parent.mkdir(exist_ok=True)
    shown.save(target, "JPEG", quality=88)
    return f"images/{target.name}", ""


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        # Pillow's own conversion clips to white: spread the values that are there.
        values = np.asarray(image, dtype=np.float64)
        low, high = float(values.min()), float(values.max())
        return Image.fromarray(((values - low) / max(high - low, 1e-12) * 255).astype(np.uint8))
    return image.convert("L" if image.mode in {"L", "1", "LA"} else "RGB")
