"""Base models to train from: found by name in the package or by path, and registered in a workspace.

In: the name of a base that comes along (a folder of `models/bases`, made by `train_base`) or the path of a checkpoint
folder. Out: what is needed to start from it, and its own `Checkpoint` row and folder in the workspace, so that it
answers beside the models that were trained from it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from sqlalchemy import select
from transformers import AutoModelForImageTextToText, AutoProcessor, LlavaForConditionalGeneration, LlavaProcessor

from glassllava.errors import GlassllavaError, UnreadableInput
from glassllava.models.base import FIGURES_FILE, RECIPE_FILE
from glassllava.records import Checkpoint, now
from glassllava.workspace import Workspace, content_id

_WEIGHTS = "model.safetensors"

_LONGEST_LIST = 20
"""Entries of a list that goes into the row; loss curves stay in the folder's own log."""


@dataclass(frozen=True)
class Base:
    """A checkpoint folder to start from."""

    folder: Path
    name: str
    id: str
    """SHA-256 of its weights."""
    image_size: int
    """Edge of its images in pixels."""
    recipe: dict[str, Any]
    """What made it; empty where the folder does not say."""
    figures: dict[str, Any]
    """Its training log; empty where the folder has none."""


def find_base(base: str) -> Base:
    """Find a base.

    Parameters
    ----------
    base
        The name of one that comes along, or the path of a checkpoint folder (it has a folder in it, as ./mine).

    Raises
    ------
    UnreadableInput
        There is none, or it is no whole LLaVA checkpoint.
    """
    known = Path(str(files("glassllava.models"))) / "bases"
    is_path = Path(base).name != base
    folder = Path(base) if is_path else known / base
    if not (folder / _WEIGHTS).is_file():
        names = sorted(found.parent.name for found in known.glob(f"*/{_WEIGHTS}"))
        raise UnreadableInput(
            f"There is no base model '{base}'{'' if is_path else ' in this package'}; "
            + (
                f"name one of {', '.join(names)}, or the path of a checkpoint folder."
                if names
                else "make it with `glassllava synthetic base`, or name the path of a checkpoint folder."
            )
        )
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        image_size = int(config["vision_config"]["image_size"])
        recipe, figures = (_json(folder / name) for name in (RECIPE_FILE, FIGURES_FILE))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableInput(
            f"The base model {folder} is no whole LLaVA checkpoint ({error}); make it anew."
        ) from error
    return Base(
        folder=folder,
        name=recipe.get("name", folder.name),
        id=content_id((folder / _WEIGHTS).read_bytes()),
        image_size=image_size,
        recipe=recipe,
        figures=figures,
    )


def _json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def open_base(base: Base, max_new_tokens: int) -> tuple[LlavaForConditionalGeneration, LlavaProcessor]:
    """Load a base in float32, whatever it is stored in: small steps would be lost in half precision.

    Parameters
    ----------
    base
        Which one.
    max_new_tokens
        Longest answer in tokens, written into the model's generation settings.
    """
    try:
        processor = AutoProcessor.from_pretrained(base.folder, local_files_only=True)
        model = AutoModelForImageTextToText.from_pretrained(base.folder, dtype=torch.float32, local_files_only=True)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise UnreadableInput(f"The base model {base.folder} cannot be loaded ({error}); make it anew.") from error
    if not isinstance(model, LlavaForConditionalGeneration):
        raise UnreadableInput(f"The base model {base.folder} is a {type(model).__name__}, not a LLaVA; name another.")
    model.generation_config.max_new_tokens = max_new_tokens
    return model, processor


def register_base(workspace: Workspace, base: Base) -> str:
    """Put a base among the workspace's checkpoints, unless it is there, and return the id of its row.

    Its row is older than those of all models trained from it, and the newest of its name: rows decide who answers to
    a name.

    Raises
    ------
    GlassllavaError
        Its folder cannot be copied whole.
    """
    relative = Path("checkpoints") / f"{base.name}-{base.id[:12]}"
    target = workspace.path / relative
    if not (target / _WEIGHTS).is_file():
        unfinished = target.with_name(f".part-{target.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(base.folder, unfinished, ignore=shutil.ignore_patterns(".*"))
        if content_id((unfinished / _WEIGHTS).read_bytes()) != base.id:
            raise GlassllavaError(f"The base model {base.folder} changed while it was copied; train again.")
        unfinished.rename(target)
    with workspace.writing() as session:
        row = session.get(Checkpoint, base.id)
        rows = session.scalars(select(Checkpoint)).all()
        of_name = [other for other in rows if other.name == base.name]
        if row is None or row is not max(of_name, key=lambda other: (other.created, other.id)):
            children = [other.created for other in rows if other.parent == base.id]
            created = now()
            if row is None:
                session.add(
                    Checkpoint(
                        id=base.id,
                        name=base.name,
                        recipe=base.recipe,
                        parent=None,
                        folder=relative.as_posix(),
                        figures=_without_long_lists(base.figures),
                        created=min([created, *(child - timedelta(microseconds=1) for child in children)]),
                    )
                )
            else:
                row.created = created
    return base.id


def _without_long_lists(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: entry for key, entry in value.items() if not _is_long(entry)}
        return {key: _without_long_lists(entry) for key, entry in kept.items()}
    return value


def _is_long(value: Any) -> bool:
    return isinstance(value, list) and len(value) > _LONGEST_LIST
