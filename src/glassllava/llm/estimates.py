"""What calls may cost, before they are made.

In: requests and an endpoint's prices. Out: tokens and money, by a rule that is written here:

- text: one token for `CHARACTERS_PER_TOKEN` characters; English prose has about four, formulae and numbers fewer;
- each message: `TOKENS_PER_MESSAGE` more;
- a form: its schema twice, in words and as a schema;
- each image: `TOKENS_PER_IMAGE`, the most that the tile rule of OpenAI's models gives (85 + 170 for each of up to
  eight tiles of 512 pixels); LLaVA 1.5 takes 576;
- the answer: `max_tokens`, the most that it can be.

So an estimate is meant to be high. What a call has cost is what the endpoint says of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from glassllava.llm.forms import schema_of
from glassllava.llm.requests import Request
from glassllava.settings import EndpointSettings

CHARACTERS_PER_TOKEN = 3.5
TOKENS_PER_MESSAGE = 4
TOKENS_PER_IMAGE = 85 + 8 * 170


def text_tokens(text: str) -> int:
    """Return the tokens of a text, by the rule above."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def prompt_tokens(request: Request) -> int:
    """Return the tokens of a request's messages, images and form, by the rule above."""
    form = 0 if request.form is None else 2 * text_tokens(json.dumps(schema_of(request.form)))
    messages: Sequence[int] = [
        text_tokens(message.text) + TOKENS_PER_MESSAGE + len(message.images) * TOKENS_PER_IMAGE
        for message in request.messages
    ]
    return sum(messages) + form


def money(settings: EndpointSettings, sent: int, answered: int) -> float | None:
    """Return what so many tokens cost by an endpoint's prices, in their currency; None where they are not known."""
    if settings.input_price is None or settings.output_price is None:
        return None
    return (sent * settings.input_price + answered * settings.output_price) / 1_000_000
