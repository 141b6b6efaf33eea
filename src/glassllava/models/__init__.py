"""LLaVA: built from stock transformers classes and trained on the workspace's training questions.

In: a recipe, accepted questions of the training papers, their panels' images. Out: a checkpoint folder that plain
transformers loads, and its `Checkpoint` row. The only room that needs torch when it is imported.
"""

from glassllava.errors import MissingExtra
from glassllava.models.recipe import Recipe, load_recipe, recipe_names

try:
    import accelerate  # noqa: F401 - the Trainer asks for it only in the middle of its work
    import tokenizers  # noqa: F401
    import torch  # noqa: F401
    import transformers  # noqa: F401
except ImportError as error:
    raise MissingExtra(
        f"Training needs the package {error.name!r}, which is not installed; pip install 'glassllava[train]'."
    ) from error

from glassllava.models.build import build_model, build_processor
from glassllava.models.train import train

__all__ = ["Recipe", "build_model", "build_processor", "load_recipe", "recipe_names", "train"]
