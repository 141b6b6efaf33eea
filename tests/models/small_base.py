"""Galleries of stripes and spots, and a base recipe of a few seconds that learns from them."""

from __future__ import annotations

import numpy as np

from glassllava.models.base_recipe import BaseRecipe, BaseTraining, LanguageStage, TowerStage
from glassllava.models.gallery import UNKNOWN, Gallery
from glassllava.models.recipe import Decoder, Generation, VisionTower

SIZE, PATCH = 24, 8

FAMILIES = ("stripes", "columns")

RECIPE = BaseRecipe(
    name="small-base",
    vision_tower=VisionTower(
        image_size=SIZE, patch_size=PATCH, hidden_size=32, intermediate_size=64, layers=2, heads=2, feature_layer=-1
    ),
    decoder=Decoder(vocabulary=400, hidden_size=32, intermediate_size=64, layers=2, heads=2),
    tower=TowerStage(steps=60, batch_size=16, learning_rate=3e-3),
    align=LanguageStage(steps=60, batch_size=8, learning_rate=5e-3, pairs=1),
    instruct=LanguageStage(steps=100, batch_size=8, learning_rate=5e-3, pairs=3),
    training=BaseTraining(max_tokens=200, threads=1),
    generation=Generation(max_new_tokens=16),
)


def gallery(number: int, seed: int) -> Gallery:
    """Return stripes that run along rows or columns, a third of them with a bright spot; one family is not known."""
    random = np.random.default_rng(seed)
    families = random.integers(0, 2, number)
    spots = (random.random(number) < 0.33).astype(np.int64)
    waves = 128 + 60 * np.sin(np.arange(SIZE) * 2 * np.pi / 6)
    images = np.stack([np.broadcast_to(waves[:, None] if family == 0 else waves, (SIZE, SIZE)) for family in families])
    images = images + random.normal(0, 10, images.shape)
    share = np.zeros((number, SIZE // PATCH, SIZE // PATCH), dtype=np.float32)
    for index in np.flatnonzero(spots):
        row, column = random.integers(0, SIZE // PATCH, 2)
        images[index, row * PATCH + 2 : row * PATCH + 6, column * PATCH + 2 : column * PATCH + 6] = 255
        share[index, row, column] = 16 / PATCH**2
    names = [FAMILIES[family] for family in families]
    families[0] = UNKNOWN
    return Gallery(
        images=images.clip(0, 255).astype(np.uint8),
        attributes={"family": families, "defect": spots},
        classes={"family": FAMILIES, "defect": ("none", "spot")},
        defect_share=share,
        captions=[(("What is shown?", f"The image shows {name}."),) for name in names],
        lessons=[
            (
                ("Which structure is it?", f"It is one of {name}."),
                ("Is there a spot?", "There is a bright spot." if spot else "No spot is seen."),
                ("Which direction?", "They run along rows." if name == "stripes" else "They run along columns."),
                ("Is it glass?", "It is glass."),
            )
            for name, spot in zip(names, spots, strict=True)
        ],
    )
