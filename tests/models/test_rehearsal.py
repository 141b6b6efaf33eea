"""Rehearsal: what a base learned from is kept beside its weights, and comes back as it was."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.models.packed_panels import Rehearsed
from glassllava.models.rehearsal import (
    IMAGES_KEPT,
    REHEARSAL_FILE,
    keep_rehearsal,
    rehearsal_examples,
    rehearsal_fingerprint,
)
from glassllava.workspace import Workspace
from tests.models.small_base import gallery


def test_images_and_lessons_come_back_as_they_were(workspace: Workspace, tmp_path: Path) -> None:
    learned = gallery(8, 3)
    keep_rehearsal(learned, tmp_path)
    examples = rehearsal_examples(workspace, tmp_path, "base")
    assert [(e.question, e.answer) for e in examples] == [pair for pairs in learned.lessons for pair in pairs]
    of_third = next(e for e in examples if e.panel == "rehearsal image 2")
    kept = Image.open(io.BytesIO(workspace.images.get(of_third.image)))
    assert np.array_equal(np.asarray(kept), learned.images[2])
    assert len({e.question_id for e in examples}) == len(examples)
    assert rehearsal_examples(workspace, tmp_path, "base") == examples


def test_of_a_large_gallery_only_the_first_images_are_kept(tmp_path: Path) -> None:
    keep_rehearsal(gallery(IMAGES_KEPT + 20, 4), tmp_path)
    with np.load(tmp_path / REHEARSAL_FILE) as kept:
        assert len(kept["images"]) == IMAGES_KEPT


def test_a_base_that_kept_nothing_is_told_with_what_to_change(workspace: Workspace, tmp_path: Path) -> None:
    assert rehearsal_fingerprint(tmp_path) == "none"
    with pytest.raises(UnreadableInput, match="set rehearsal: 0"):
        rehearsal_examples(workspace, tmp_path, "base")


def test_another_rehearsal_has_another_fingerprint(tmp_path: Path) -> None:
    keep_rehearsal(gallery(3, 5), tmp_path)
    first = rehearsal_fingerprint(tmp_path)
    keep_rehearsal(gallery(4, 5), tmp_path)
    assert rehearsal_fingerprint(tmp_path) != first


class _Groups:
    """Entries that say where they come from."""

    def __init__(self, name: str, number: int) -> None:
        self._entries = [(name, place) for place in range(number)]

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> tuple[str, int]:
        return self._entries[index]


@pytest.mark.parametrize(("share", "old"), [(0.0, 0), (0.5, 12), (0.25, 4), (0.75, 36)])
def test_each_group_of_the_papers_comes_once_and_the_base_s_at_their_share_and_anew(share: float, old: int) -> None:
    mixed = Rehearsed(_Groups("new", 12), _Groups("old", 500), share, torch.Generator().manual_seed(0))  # type: ignore[arg-type]
    first, second = ([mixed[index] for index in range(len(mixed))] for _ in range(2))
    for one_pass in (first, second):
        assert sorted(entry for entry in one_pass if entry[0] == "new") == [("new", place) for place in range(12)]
        assert sum(entry[0] == "old" for entry in one_pass) == old
    if old:
        assert first != second
