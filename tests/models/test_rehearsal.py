"""Rehearsal: what a base learned from is kept beside its weights, and comes back as it was."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.models.rehearsal import IMAGES_KEPT, REHEARSAL_FILE, keep_rehearsal, rehearsal_examples
from glassllava.workspace import Workspace
from tests.models.small_base import gallery


def test_images_and_lessons_come_back_as_they_were(workspace: Workspace, tmp_path: Path) -> None:
    learned = gallery(8, 3)
    keep_rehearsal(learned, tmp_path)
    examples = rehearsal_examples(workspace, tmp_path, "base", 5)
    assert [(e.question, e.answer) for e in examples] == [pair for pairs in learned.lessons[:5] for pair in pairs]
    of_third = next(e for e in examples if e.panel == "rehearsal image 2")
    kept = Image.open(io.BytesIO(workspace.images.get(of_third.image)))
    assert np.array_equal(np.asarray(kept), learned.images[2])
    assert len({e.question_id for e in examples}) == len(examples)
    assert rehearsal_examples(workspace, tmp_path, "base", 5) == examples


def test_of_a_large_gallery_only_the_first_images_are_kept(tmp_path: Path) -> None:
    keep_rehearsal(gallery(IMAGES_KEPT + 20, 4), tmp_path)
    with np.load(tmp_path / REHEARSAL_FILE) as kept:
        assert len(kept["images"]) == IMAGES_KEPT


def test_a_base_that_kept_too_little_is_told_with_what_to_change(workspace: Workspace, tmp_path: Path) -> None:
    assert rehearsal_examples(workspace, tmp_path, "base", 0) == []
    with pytest.raises(UnreadableInput, match="set rehearsal: 0"):
        rehearsal_examples(workspace, tmp_path, "base", 1)
    keep_rehearsal(gallery(3, 5), tmp_path)
    with pytest.raises(UnreadableInput, match=r"keeps 3 images .* wants 4"):
        rehearsal_examples(workspace, tmp_path, "base", 4)
