"""Baselines: answers that look at no image, against which every model is held.

In: prompts; the training questions of the workspace. Out: replies. `always-yes` claims a defect whatever is asked,
so it shows what the defect figures are worth on these questions; `nearest-text` knows the training answers by
heart and the image not at all, so what a model gains over it was seen and not remembered.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from glassllava.answers.rows import Asked, Reply
from glassllava.errors import GlassllavaError
from glassllava.records import NEAREST_TEXT
from glassllava.workspace import Workspace

YES = (
    "Yes, a defect is present in this image. Cracks and pores are visible in the material. "
    "They interrupt the otherwise even structure."
)

_SAME_SIMILARITY = 5
"""Decimals to which cosines are compared: beyond them a float32 cosine depends on what else was in the batch."""


def always_yes(rows: Sequence[Asked]) -> Iterator[dict[str, Reply]]:
    """Answer each wanted row with the same three sentences, which claim a defect."""
    yield {row.id: Reply("ok", YES, None, 0.0) for row in rows if row.wanted}


def nearest_text(workspace: Workspace, rows: Sequence[Asked]) -> Iterator[dict[str, Reply]]:
    """Answer each wanted row with the answer of the training question whose text is nearest to its prompt.

    Nearest by cosine of sentence embeddings; of equally near ones, that with the smallest id. The prompt counts as
    asked, context included. All rows are embedded, wanted or not, so that the vectors do not depend on how many
    are missing.

    Raises
    ------
    GlassllavaError
        No accepted question belongs to a training paper.
    MissingExtra
        The embeddings' package is not installed.
    """
    from glassllava.text.embeddings import embed

    started = time.monotonic()
    known = sorted(
        (question for question in workspace.questions() if question.accepted and question.split == "training"),
        key=lambda question: question.id,
    )
    if not known:
        raise GlassllavaError(
            f"{NEAREST_TEXT} has nothing to answer from: no accepted question belongs to a training paper; run "
            "`glassllava questions generate` first."
        )
    texts = sorted({row.prompt for row in rows} | {question.question for question in known})
    unit = embed(texts)
    place = {text: number for number, text in enumerate(texts)}
    training = unit[[place[question.question] for question in known]]
    prompts = sorted({row.prompt for row in rows if row.wanted})
    cosines = unit[[place[prompt] for prompt in prompts]] @ training.T
    # argmax takes the first of equal values, and `known` is in order of id.
    nearest = np.argmax(np.round(cosines, _SAME_SIMILARITY), axis=1)
    answers = {prompt: known[number].answer for prompt, number in zip(prompts, nearest, strict=True)}
    wanted = [row for row in rows if row.wanted]
    seconds = (time.monotonic() - started) / max(1, len(wanted))
    yield {row.id: Reply("ok", answers[row.prompt], None, seconds) for row in wanted}
