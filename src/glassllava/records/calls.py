"""Calls of language models: what was asked, what was sent, who answered, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from glassllava.records.base import Id, Record, now


class Call(Record):
    """One call with its answer; its id is the hash of all that was asked, so that nothing is asked twice."""

    __tablename__ = "call"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Hash of model, base URL, messages, hashes of images, parameters asked for, schema and repeat."""
    endpoint: Mapped[str]
    """The endpoint's name in the settings."""
    base_url: Mapped[str] = mapped_column(index=True)
    model: Mapped[str]
    """The model that was asked for."""
    served_model: Mapped[str | None]
    """The model that the endpoint says has answered."""
    purpose: Mapped[str]
    """What it was asked for, as prompt and version: "S2 quality 3f9a0c12"; no part of the id."""
    messages: Mapped[list[dict[str, Any]]]
    """`{role, text, images}`; images by the SHA-256 of their PNG."""
    repeat: Mapped[int]
    """0, 1, … where the same thing is asked several times on purpose."""
    asked: Mapped[dict[str, Any]]
    """Parameters asked for, as `temperature`."""
    sent: Mapped[dict[str, Any]]
    """Parameters sent: without those that the model rejects."""
    mode: Mapped[str]
    """How the form of the answer was asked for: `json_schema`, `json_object` or `text`."""
    state: Mapped[str]
    """`ok`, `refused`, `truncated` or `unparseable`, which are final; `error` is tried again by the next run."""
    reason: Mapped[str | None]
    text: Mapped[str | None]
    """The answer as it came; of a refusal, its words."""
    parsed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The answer in the form asked for; only where the state is `ok` and a form was asked for."""
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    cached_tokens: Mapped[int | None]
    """Tokens of the prompt that the endpoint took from its cache."""
    seconds: Mapped[float]
    """From the last attempt's request to its answer."""
    attempts: Mapped[int]
    """Requests that it took, those after a rejected parameter too."""
    created: Mapped[datetime] = mapped_column(default=now)
