"""Rehearsal: some of what a base model learned from is learned again beside the new, so that it is not forgotten.

In: the gallery that a base learned from, or the file that was kept of it beside the weights. Out: that file, and
training examples of it. A few hundred pairs of papers would else teach a small model their wording at the price of
what it sees: it learns its training images by heart.

Source: Robins (1995), Connection Science 7, 123, doi:10.1080/09540099550039318.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from glassllava.errors import UnreadableInput
from glassllava.models.data import Example
from glassllava.models.gallery import Gallery
from glassllava.workspace import Workspace, content_id, identity

REHEARSAL_FILE = "rehearsal.npz"

IMAGES_KEPT = 300
"""Images that are kept of a gallery, its first: about 2 MB at 96 pixels."""


def keep_rehearsal(gallery: Gallery, folder: Path) -> None:
    """Write the first images of a gallery with their lessons beside the weights."""
    images = gallery.images[:IMAGES_KEPT]
    lessons = json.dumps([list(map(list, pairs)) for pairs in gallery.lessons[:IMAGES_KEPT]], ensure_ascii=False)
    np.savez_compressed(folder / REHEARSAL_FILE, images=images, lessons=np.array(lessons))


def rehearsal_fingerprint(folder: Path) -> str:
    """Return the hash of what a base keeps to rehearse, "none" where it keeps nothing."""
    file = folder / REHEARSAL_FILE
    return content_id(file.read_bytes()) if file.is_file() else "none"


def rehearsal_examples(workspace: Workspace, folder: Path, base_id: str) -> list[Example]:
    """Return the pairs that were kept of a base's gallery; their images go into the workspace.

    Parameters
    ----------
    workspace
        Takes the images.
    folder
        The base's.
    base_id
        Hash of its weights.

    Raises
    ------
    UnreadableInput
        The base kept none.
    """
    try:
        with np.load(folder / REHEARSAL_FILE, allow_pickle=False) as kept:
            images, lessons = kept["images"], json.loads(str(kept["lessons"]))
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableInput(
            f"The base model {folder} keeps nothing to rehearse ({error}); set rehearsal: 0 in the recipe."
        ) from error
    examples = []
    for place, (image, pairs) in enumerate(zip(images, lessons, strict=True)):
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "PNG")
        stored = workspace.images.put(buffer.getvalue())
        examples += [
            Example(identity("rehearsal", base_id, place, k), question, answer, f"rehearsal image {place}", stored)
            for k, (question, answer) in enumerate(pairs)
        ]
    return examples
