"""The form of an answer: a pydantic model as a strict JSON schema, and the answer's text read by it.

In: a pydantic model, and what a language model wrote. Out: the schema to send; the model filled, or `Unparseable` with
the reason. Nothing is guessed: a number written as text, a field too many, two documents in one answer are no answer.
"""

from __future__ import annotations

import json
import math
import re
from copy import deepcopy
from functools import lru_cache
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

LONGEST_REASON = 200
"""Characters of what is wrong with an answer that are told."""


class Unparseable(Exception):
    """An answer that does not fit the form; the text says why, in one sentence."""


@lru_cache(maxsize=64)
def schema_of(form: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a form as strict endpoints want it.

    Every object lists all its fields as required and allows no others; defaults are left out, and what is said beside
    a reference is moved into a copy of what it refers to.
    """
    schema = form.model_json_schema()
    strict: dict[str, Any] = _strict(schema, schema.get("$defs", {}))
    return strict


def _strict(part: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_strict(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part and len(part) > 1:
        beside = {key: value for key, value in part.items() if key != "$ref"}
        part = {**deepcopy(definitions[part["$ref"].rsplit("/", 1)[-1]]), **beside}
    named = {
        key: {name: _strict(value, definitions) for name, value in inner.items()}
        for key, inner in part.items()
        if key in ("properties", "$defs")
    }
    rest = {key: _strict(value, definitions) for key, value in part.items() if key not in (*named, "default")}
    strict = {**rest, **named}
    if part.get("type") == "object" and "properties" in part:
        strict |= {"additionalProperties": False, "required": list(part["properties"])}
    return strict


def read_form(form: type[BaseModel], text: str) -> BaseModel:
    """Read an answer as the form that was asked for.

    Parameters
    ----------
    form
        What it must fit, strictly.
    text
        The whole answer: one JSON document, which may stand in other words or a fenced block.

    Raises
    ------
    Unparseable
        It holds no JSON document, or several, or one that does not fit.
    """
    document = _only_document(text)
    try:
        return form.model_validate_json(document, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the document"
        raise Unparseable(f"{place}: {first['msg'][:LONGEST_REASON].lower()}.") from error


def _only_document(text: str) -> str:
    """Return the one JSON object of a text: the whole of it, its one fenced block, or all between its outer braces.

    Nothing smaller is looked for: an inner object of a broken document might fit by chance.
    """
    text = text.strip()
    if not text.startswith("{"):
        # A model that thinks aloud may write drafts while it does; they end where its thinking ends.
        text = text.rsplit("</think>", 1)[-1].strip()
    if not text:
        raise Unparseable("the answer is empty.")
    fenced = _FENCED.findall(text)
    if len(fenced) > 1:
        raise Unparseable(f"the answer holds {len(fenced)} fenced blocks.")
    document = fenced[0] if fenced else text if text[0] in "[{" else text[text.find("{") : text.rfind("}") + 1]
    if not document:
        raise Unparseable("the answer holds no JSON document.")
    try:
        content = json.loads(
            document, parse_constant=_no_number, parse_float=_finite, object_pairs_hook=_without_repetition
        )
    except (ValueError, RecursionError) as error:
        raise Unparseable(f"the answer is no valid JSON ({str(error)[:LONGEST_REASON]}).") from error
    if not isinstance(content, dict):
        raise Unparseable("the answer is no JSON object.")
    return document


_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a field is given twice")
    return fields


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:LONGEST_REASON]} is too large a number")
    return number


def in_words(form: type[BaseModel]) -> str:
    """Return the sentence that asks for a form in words."""
    schema = json.dumps(schema_of(form), ensure_ascii=False, sort_keys=True)
    return f"Answer with one JSON document and nothing else. It must fit this JSON Schema:\n{schema}"
