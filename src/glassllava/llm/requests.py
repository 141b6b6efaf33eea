"""What is asked of a language model, and the key under which its answer is kept.

In: messages with images, the form of the answer, sampling. Out: a `Request`, and the hash of all that decides its
answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from glassllava.llm.forms import schema_of
from glassllava.llm.texts import storable
from glassllava.settings import EndpointSettings
from glassllava.workspace import content_id, identity

Role = Literal["system", "user", "assistant"]

Image = bytes | str
"""The bytes of a PNG, or the SHA-256 of an image that lies in the workspace (a panel's `image`)."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation, its images behind its text."""

    role: Role
    text: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn; None leaves it to the endpoint's settings, or to the model."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask.

    Parameters
    ----------
    messages
        The conversation; what many requests share stands first, so that the endpoint's prompt cache helps.
    form
        A pydantic model that the answer must fit; None takes any text. Its docstring and the descriptions of its
        fields are sent too. Give its fields no defaults: one would stand for what the model did not say.
    sampling
        What differs from the endpoint's settings.
    repeat
        0, 1, … to ask the same thing several times.
    purpose
        What it is for, as prompt and version; kept beside the call, no part of its key.
    tag
        Whatever whoever asks wants back with the result; not kept.
    """

    messages: tuple[Message, ...]
    form: type[BaseModel] | None = None
    sampling: Sampling = Sampling()
    repeat: int = 0
    purpose: str = ""
    tag: Any = field(default=None, compare=False)


def conversation(system: str, prompt: str, images: tuple[Image, ...] = ()) -> tuple[Message, ...]:
    """Return the messages of one question: rules first, then what is asked, with its images."""
    return Message("system", system), Message("user", prompt, images)


def kept_messages(request: Request) -> list[dict[str, Any]]:
    """Return a request's messages as they are stored: with the hashes of images in their place."""
    return [
        {
            "role": message.role,
            "text": storable(message.text),
            "images": [image if isinstance(image, str) else content_id(image) for image in message.images],
        }
        for message in request.messages
    ]


def parameters(request: Request, settings: EndpointSettings) -> dict[str, float | int]:
    """Return the parameters that a request asks for: its own over those of the endpoint."""
    own = request.sampling
    asked: dict[str, float | int] = {
        "temperature": float(settings.temperature if own.temperature is None else own.temperature),
        "top_p": float(settings.top_p if own.top_p is None else own.top_p),
        "max_tokens": settings.max_tokens if own.max_tokens is None else own.max_tokens,
    }
    return asked if own.seed is None else {**asked, "seed": own.seed}


def call_key(
    settings: EndpointSettings,
    messages: list[dict[str, Any]],
    asked: Mapping[str, float | int],
    form: type[BaseModel] | None,
    repeat: int,
) -> str:
    """Return the id of a call: the hash of model, address, messages, images, parameters, schema and repeat."""
    schema = None if form is None else schema_of(form)
    return identity("call", settings.model, settings.base_url, messages, dict(asked), schema, repeat)
