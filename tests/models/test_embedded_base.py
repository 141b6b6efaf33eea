"""The base model that comes along: small, of the recipe that is shown, with its log, and it can see."""

from __future__ import annotations

import json

from glassllava.models.base_recipe import load_base_recipe
from glassllava.models.bases import find_base
from glassllava.models.rehearsal import IMAGES_KEPT, rehearsal_examples
from glassllava.synthetic.base import FIRST_HELD_OUT_SEED, see
from glassllava.synthetic.base_figures import measured
from glassllava.synthetic.catalogue import KNOWN_FAMILIES
from glassllava.workspace import Workspace

LARGEST_BYTES = 12 * 2**20

UNSEEN = range(FIRST_HELD_OUT_SEED + 50_000, FIRST_HELD_OUT_SEED + 50_060)
"""Seeds of images that neither its making nor its log held."""


def test_it_is_small_and_was_made_by_the_recipe_in_the_repository() -> None:
    base = find_base("tiny-base")
    assert sum(file.stat().st_size for file in base.folder.iterdir()) < LARGEST_BYTES
    assert base.recipe == load_base_recipe("tiny-base").model_dump(mode="json")


def test_its_log_tells_what_it_learned_and_how_it_did_on_images_that_it_had_not_seen() -> None:
    figures = json.loads((find_base("tiny-base").folder / "training.json").read_text(encoding="utf-8"))
    assert set(figures["stages"]) == {"tower", "align", "instruct"}
    assert all(stage["loss"][-1] < stage["loss"][0] for stage in figures["stages"].values())
    known, unknown = figures["held_out"]["measured"]["known"], figures["held_out"]["measured"]["unknown"]
    assert known["defect_balanced_accuracy"] >= 0.85
    assert known["defect_balanced_accuracy_blank"] <= 0.6
    assert known["structure_accuracy"] >= 0.9
    assert set(unknown["structure_by_family"]).isdisjoint(known["structure_by_family"])


def test_it_sees_defects_and_structures_in_images_that_were_never_drawn_before() -> None:
    """Floors well below what its log says, for sixty images tell a share to a tenth only."""
    base = find_base("tiny-base")
    size, patch = base.recipe["vision_tower"]["image_size"], base.recipe["vision_tower"]["patch_size"]
    figures = measured(base.folder, {"known": [see(seed, KNOWN_FAMILIES, size, patch) for seed in UNSEEN]})["known"]
    assert figures["defect_balanced_accuracy"] >= 0.78
    assert figures["defect_balanced_accuracy_blank"] == 0.5
    assert figures["structure_accuracy"] >= 0.92


def test_it_can_rehearse_what_it_learned(workspace: Workspace) -> None:
    base = find_base("tiny-base")
    examples = rehearsal_examples(workspace, base.folder, base.id)
    assert len({example.image for example in examples}) == IMAGES_KEPT
    assert all(example.question and example.answer for example in examples)
