"""The examples in a pack's prompts: what a language model is shown of the field beside the general rules.

In: ``prompts/examples.yaml`` of a pack or a workspace. Out: a validated, frozen `Examples`, from which the templates of
S1 to S6 take theirs. An example is held to the rules that it teaches as far as code can hold it: a quote stands in its
passage, a told value in its sentence, and each polarity is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from glassllava.domains.pack import Domain, Subcategory
from glassllava.domains.reading import BrokenDomainPack, Part, read_fields, refusal

EXAMPLES_FILE = "examples.yaml"

Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class GoodPair(Part):
    """A pair that keeps every rule."""

    category: Text
    subcategory: Subcategory
    question: Text
    answer: Text
    evidence: Texts
    """Quotes of the passage."""


class BadPair(Part):
    """A pair that breaks rules."""

    question: Text
    answer: Text
    why: Text
    """Which rules it breaks, as a sentence or two."""


class PairExample(Part):
    """S1: which notation papers of the field use, what its images cannot tell, and a pair done well and badly."""

    codes: Annotated[tuple[Text, ...], Field(min_length=1, max_length=3)]
    """Sample codes as papers of the field print them."""
    untold: Texts
    """What an image of the field cannot tell, as noun phrases."""
    source: Text
    """Where the passage stands: "from an invented paper", with what it is about."""
    passage: Text
    good: GoodPair
    bad: BadPair

    @model_validator(mode="after")
    def _quotes_stand_in_the_passage(self) -> PairExample:
        _all_within(self.good.evidence, self.passage, "good.evidence")
        return self


class QualityResponse(Part):
    """A response and how good it is."""

    response: Text
    why: Text
    quality: Annotated[int, Field(ge=0, le=100)]


class QualityExample(Part):
    """S2: a question with its benchmark, and responses from right to wrong."""

    question: Text
    benchmark: Text
    responses: Annotated[tuple[QualityResponse, ...], Field(min_length=2)]


class TypedValue(Part):
    """A piece of information with its context type."""

    type: Text
    value: Text


class ToldContexts(Part):
    """The context at each level, without the question."""

    basic: Text
    moderate: Text
    high: Text


class ContextExample(Part):
    """S3: a question, three attributes, and how they are told at each level."""

    question: Text
    attributes: Annotated[tuple[TypedValue, ...], Field(min_length=3, max_length=3)]
    told: ToldContexts

    @model_validator(mode="after")
    def _levels_tell_their_attributes(self) -> ContextExample:
        for number, level in enumerate(("basic", "moderate", "high"), 1):
            text: str = getattr(self.told, level)
            _all_within([a.value for a in self.attributes[:number]], text, f"told.{level}")
            for later in self.attributes[number:]:
                if later.value in text:
                    raise ValueError(f"told.{level}: tells {later.value!r}, which belongs to a higher level")
        return self


class QuotedValue(TypedValue):
    """A piece of information with the words that tell it."""

    quote: Text


class TypeExample(Part):
    """S4: a passage, and the attributes that it tells."""

    passage: Text
    attributes: Annotated[tuple[QuotedValue, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _quotes_stand_in_the_passage(self) -> TypeExample:
        _all_within([told.quote for told in self.attributes], self.passage, "attributes")
        return self


class JudgedFeature(Part):
    """A feature of the benchmark, and whether the response identifies it."""

    feature: Text
    identified: Literal["identified", "similar", "deducible", "missing", "contradicted"]
    quote: str = ""
    """Words of the response; empty where none identify it."""


class FeatureExample(Part):
    """S5: what one feature is, and a response judged feature by feature."""

    one_feature: Text
    """A phrase that counts as one feature."""
    benchmark: Text
    response: Text
    features: Annotated[tuple[JudgedFeature, ...], Field(min_length=2)]
    why: Text
    """How the score follows from the features, as a sentence without its stop."""
    score: Annotated[float, Field(ge=1, le=4)]

    @model_validator(mode="after")
    def _quotes_stand_in_the_response(self) -> FeatureExample:
        _all_within([judged.quote for judged in self.features], self.response, "features")
        return self


class Stated(Part):
    """A sentence and what it says of defects."""

    text: Text
    polarity: Literal["present", "absent", "undecided"]


class DefectExample(Part):
    """S6: what counts as a defect in the field and what does not, and sentences of each polarity."""

    counts: Texts
    """Defects, as nouns with their article where they have one."""
    meant: Text
    """Structures that are meant to be there, though elsewhere they would be defects."""
    recorded: Text
    """What is not of the sample but of the image, as "what only the recording shows (noise, drift)"."""
    sentences: Annotated[tuple[Stated, ...], Field(min_length=3)]

    @model_validator(mode="after")
    def _each_polarity_is_shown(self) -> DefectExample:
        lacking = {"present", "absent", "undecided"} - {said.polarity for said in self.sentences}
        if lacking:
            raise ValueError(f"sentences: none is {', none is '.join(sorted(lacking))}")
        return self


class Examples(Part):
    """The examples of each prompt that shows any."""

    S1: PairExample
    S2: QualityExample
    S3: ContextExample
    S4: TypeExample
    S5: FeatureExample
    S6: DefectExample


def _all_within(parts: list[str] | tuple[str, ...], text: str, field: str) -> None:
    for part in parts:
        if part not in text:
            raise ValueError(f"{field}: {part!r} does not stand in the text that it is to be taken from")


def load_examples(file: Path, domain: Domain) -> Examples:
    """Read and validate the examples of a pack.

    Parameters
    ----------
    file
        ``examples.yaml`` of the pack, or the one that goes over it.
    domain
        Whose categories and context types the examples name.

    Raises
    ------
    BrokenDomainPack
        Names the file, the field and the reason.
    """
    try:
        examples = Examples.model_validate(read_fields(file))
    except ValidationError as fault:
        raise refusal(file, fault) from fault
    pair = examples.S1.good
    known = {category.name: category.subcategories for category in domain.categories}
    if pair.subcategory not in known.get(pair.category, ()):
        raise BrokenDomainPack(f"{file}: S1.good.category: there is no {pair.category!r} ({pair.subcategory}).")
    types = {kind.name for kind in domain.context_types}
    for name, attributes in (("S3", examples.S3.attributes), ("S4", examples.S4.attributes)):
        for told in attributes:
            if told.type not in types:
                raise BrokenDomainPack(f"{file}: {name}.attributes: there is no context type {told.type!r}.")
    return examples
