"""What tests ask for: a short form and numbered requests, for whoever runs them, also in a child process."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from glassllava.llm import Request, conversation


class Verdict(BaseModel):
    """How far an answer can be trusted."""

    score: float = Field(ge=0, le=100, description="0 to 100")
    polarity: Literal["present", "absent", "undecided"]


GOOD = '{"score": 42.0, "polarity": "absent"}'


def request(name: str = "one", **fields: object) -> Request:
    return Request(conversation("You judge answers.", name), **{"form": Verdict, **fields})


def row_requests(number: int) -> list[Request]:
    return [request(f"row {place}", tag=place) for place in range(number)]
