"""A workspace with training questions that can be learnt by heart: random images, planted texts, a small recipe."""

from __future__ import annotations

from glassllava.models.recipe import Decoder, Generation, Recipe, Training, VisionTower
from glassllava.records import Panel, Question
from glassllava.workspace import Workspace, identity
from glassllava.workspace.overlay import made_from
from tests.conftest import noise_png
from tests.workspace.rows import plant_paper

SHAPES = ("spheres", "needles", "plates", "fibres", "cubes", "rods", "flakes", "droplets")

SMALL = Recipe(
    name="small",
    vision_tower=VisionTower(image_size=24, patch_size=12, hidden_size=32, intermediate_size=64, layers=2, heads=2),
    decoder=Decoder(vocabulary=512, hidden_size=64, intermediate_size=128, layers=2, heads=2),
    training=Training(steps=80, batch_size=8, learning_rate=5e-3, max_tokens=200),
    generation=Generation(max_new_tokens=48),
)


def plant_training(workspace: Workspace, pairs: int = 8, split: str = "training", of_panel: int = 1) -> list[str]:
    """Write `pairs` questions, `of_panel` about each panel; return the questions' ids."""
    ids = []
    letters = "abcdefghijkl"[: pairs // of_panel]
    panels = plant_paper(workspace, split, letters, split=split)
    with workspace.writing() as session:
        for number, panel in enumerate(panels):
            row = session.get(Panel, panel)
            assert row is not None
            row.image = workspace.images.put(noise_png(100 + number))
    views = {panel.id: panel for panel in workspace.panels()}
    with workspace.writing() as session:
        for number in range(pairs):
            panel = panels[number // of_panel]
            shape = SHAPES[number % len(SHAPES)]
            text = f"Which shape has sample {number}?"
            ids.append(identity("question", panel, text))
            session.merge(
                Question(
                    id=ids[-1],
                    paper_id=views[panel].paper_id,
                    panel_ids=[panel],
                    category="Morphology",
                    subcategory="simple",
                    question=text,
                    answer=f"Sample {number} shows {shape}. They are {number + 1} µm long.",
                    evidence=[],
                    needs_image=True,
                    generator="planted",
                    state="accepted",
                    made_from=made_from([views[panel]]),
                )
            )
    return ids
