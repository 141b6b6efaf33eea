"""One question about one micrograph: what the command `ask` does.

In: bytes of an image file that nobody has looked at, a question, a model's name. Out: its answer. The image is
decoded in a child process with limits, as everything that comes from outside.
"""

from __future__ import annotations

from PIL import Image

from glassllava.answers.baselines import always_yes, nearest_text
from glassllava.answers.fill import load, newest_checkpoint
from glassllava.answers.rows import Asked, Reply
from glassllava.errors import GlassllavaError, UnreadableInput
from glassllava.micrographs.prepare import prepare
from glassllava.records import ALWAYS_YES, NEAREST_TEXT
from glassllava.sandbox import Sandbox
from glassllava.workspace import Workspace

IMAGE_SECONDS = 60.0
IMAGE_MEMORY_BYTES = 4 * 2**30
"""Limits of the child that decodes the image."""


def ask(workspace: Workspace, image_bytes: bytes, question: str, model: str) -> Reply:
    """Return what `model` answers to `question` about an image: a text in state `ok` or `truncated`.

    Parameters
    ----------
    workspace
        Holds the checkpoints.
    image_bytes
        An image file: PNG, JPEG or TIFF, 8 or 16 bits.
    question
        What to ask.
    model
        Name of a checkpoint, whose newest is taken, or of a baseline.

    Raises
    ------
    UnreadableInput
        The image cannot be read, or there is no question.
    GlassllavaError
        There is no such model, or it gave no answer.
    """
    if not question.strip():
        raise UnreadableInput("The question is empty; say what to ask of the image.")
    reply = _reply(workspace, image_bytes, question, model)
    if reply.text is None or reply.state not in {"ok", "truncated"}:
        raise GlassllavaError(f"The model '{model}' gave no answer: {reply.reason}; ask in other words.")
    return reply


def _reply(workspace: Workspace, image_bytes: bytes, question: str, model: str) -> Reply:
    asked = [Asked("ask", question, None, wanted=True)]
    if model == ALWAYS_YES:
        return next(always_yes(asked))["ask"]
    if model == NEAREST_TEXT:
        return next(nearest_text(workspace, asked))["ask"]
    with workspace.reading() as session:
        checkpoint = newest_checkpoint(session, model)
    answering = load(workspace, checkpoint)
    return answering.answer([question], [_decoded(image_bytes, answering.image_size)])[0]


def _decoded(image_bytes: bytes, size: int) -> Image.Image:
    with Sandbox[tuple[bytes, int]](
        "glassllava.answers.asking:prepared_pixels",
        workers=1,
        seconds=IMAGE_SECONDS,
        memory_bytes=IMAGE_MEMORY_BYTES,
    ) as sandbox:
        (outcome,) = sandbox.map([(image_bytes, size)])
    if outcome.reason is not None:
        raise UnreadableInput(outcome.reason)
    return Image.frombytes("RGB", (size, size), outcome.value)


def prepared_pixels(item: tuple[bytes, int]) -> bytes:
    """Return the RGB bytes of an image, prepared at a size; this is what runs in the child process."""
    data, size = item
    return prepare(data, size, databar="cut").tobytes()
