"""The key of a call: the same for the same, and another one wherever anything differs that may change the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from glassllava.llm import Message, Request, Sampling, call_key
from glassllava.llm.requests import kept_messages, parameters
from glassllava.settings import EndpointSettings
from glassllava.workspace import content_id
from tests.llm.forms_used import Verdict


class Other(BaseModel):
    """Another form."""

    score: float


# NUL is replaced before it is sent, so that it and its replacement are the same.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd"), max_size=20)
images = st.lists(st.binary(min_size=1, max_size=8), max_size=2).map(tuple)
messages = st.lists(
    st.builds(Message, st.sampled_from(["system", "user", "assistant"]), texts, images), min_size=1, max_size=3
).map(tuple)
samplings = st.builds(
    Sampling,
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0.01, 1),
    max_tokens=st.none() | st.integers(1, 9999),
    seed=st.none() | st.integers(0, 99),
)
requests = st.builds(
    Request,
    messages=messages,
    form=st.sampled_from([None, Verdict, Other]),
    sampling=samplings,
    repeat=st.integers(0, 3),
    purpose=texts,
)
endpoints = st.builds(
    EndpointSettings,
    base_url=st.sampled_from(["http://127.0.0.1:8000/v1", "http://127.0.0.1:8001/v1", "https://example.org/v1"]),
    model=st.text(min_size=1, max_size=8),
    temperature=st.floats(0, 2),
    max_tokens=st.integers(1, 9999),
)


def key(request: Request, endpoint: EndpointSettings) -> str:
    asked = parameters(request, endpoint)
    return call_key(endpoint, kept_messages(request), asked, request.form, request.repeat)


def decisive(request: Request, endpoint: EndpointSettings) -> tuple[Any, ...]:
    """All that may change an answer."""
    return (
        endpoint.base_url,
        endpoint.model,
        repr(request.messages),
        request.form,
        sorted(parameters(request, endpoint).items()),
        request.repeat,
    )


@given(requests, endpoints, requests, endpoints)
def test_keys_are_equal_exactly_where_all_that_decides_is(
    one: Request, here: EndpointSettings, other: Request, there: EndpointSettings
) -> None:
    assert (key(one, here) == key(other, there)) == (decisive(one, here) == decisive(other, there))


CHANGES = {
    "model": lambda r, e: (r, e.model_copy(update={"model": e.model + "x"})),
    "address": lambda r, e: (r, e.model_copy(update={"base_url": e.base_url + "/x"})),
    "temperature": lambda r, e: (r, e.model_copy(update={"temperature": e.temperature + 1})),
    "top_p": lambda r, e: (r, e.model_copy(update={"top_p": e.top_p / 2})),
    "max_tokens": lambda r, e: (r, e.model_copy(update={"max_tokens": e.max_tokens + 1})),
    "form": lambda r, e: (replace(r, form=Other if r.form is Verdict else Verdict), e),
    "seed": lambda r, e: (replace(r, sampling=replace(r.sampling, seed=(r.sampling.seed or 0) + 1)), e),
    "repeat": lambda r, e: (replace(r, repeat=r.repeat + 1), e),
    "one more message": lambda r, e: (replace(r, messages=(*r.messages, Message("user", ""))), e),
    "text": lambda r, e: (replace(r, messages=(replace(r.messages[0], text=r.messages[0].text + " "),)), e),
    "image": lambda r, e: (replace(r, messages=(replace(r.messages[0], images=(*r.messages[0].images, b"\0")),)), e),
    "role": lambda r, e: (replace(r, messages=(replace(r.messages[0], role="tool"),)), e),
}


@given(st.builds(replace, requests, sampling=st.just(Sampling())), endpoints, st.sampled_from(sorted(CHANGES)))
def test_a_change_of_any_one_input_changes_the_key(request: Request, here: EndpointSettings, what: str) -> None:
    request = replace(request, messages=request.messages[:1])
    assert key(request, here) != key(*CHANGES[what](request, here)), what


@given(requests, endpoints)
def test_what_decides_nothing_changes_nothing(request: Request, here: EndpointSettings) -> None:
    other = here.model_copy(update={"concurrency": 99, "attempts": 1, "allow_remote": True, "input_price": 1.0})
    hashed = tuple(replace(m, images=tuple(content_id(image) for image in m.images)) for m in request.messages)
    same = replace(request, purpose="another", tag=object(), messages=hashed)
    assert key(request, here) == key(same, other)
