"""The words of the answer grid, which evaluation plans, answers fill and the report tabulates."""

from __future__ import annotations

LEVELS = ("none", "basic", "moderate", "high")
"""Context levels: 0, 1, 2 and 3 attributes told, each level keeping those before it."""

CONDITIONS = ("real", "blank", "other_paper")
"""Which image is shown: the panel's own, none, or one of another paper."""

ALWAYS_YES = "always-yes"
NEAREST_TEXT = "nearest-text"

BASELINES = (ALWAYS_YES, NEAREST_TEXT)
"""Models that see no image; every other name is a checkpoint's."""
