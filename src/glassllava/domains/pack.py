"""A domain pack: what to ask of one kind of image, as data.

In: a folder with ``domain.yaml`` (categories, context types, vocabularies, shares, abbreviations) and
``phrases.yaml`` (how questions are worded). Out: a validated, frozen `Domain`, read by the questions, evaluation
and report stages. Nothing of glass is in the code; a second pack is a second folder.
"""

from __future__ import annotations

import string
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, ValidationError, model_validator

from glassllava.domains.reading import BrokenDomainPack, Part, read_fields, refusal
from glassllava.records.papers import Kind

CategoryRole = Literal["overview", "seen", "defects", "composition", "processing", "interpretation"]
"""What the answers of a category are: an overview of the image; something else that is seen in it; its defects; phases
and elements, which other methods than the image may find; making and exposure; conclusions."""

ContextRole = Literal["material", "appearance", "properties", "processing", "other"]

Subcategory = Literal["simple", "complex"]
ContextLevel = Literal["none", "basic", "moderate", "high"]


def _a_term(term: str) -> str:
    if not term.strip("* ") or "*" in term.rstrip("*"):
        raise ValueError(f"{term!r} is no term: words, with at most one * at the end")
    return term


Term = Annotated[str, AfterValidator(_a_term)]
Terms = tuple[Term, ...]


class ImageWords(Part):
    """How an image of this domain is called, and which kinds of panel belong to it."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    """Panel kinds that questions are asked about, as `papers` names them."""
    noun: str = Field(min_length=1)
    nouns: dict[Kind, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """What images of a kind are called, where `noun` does not say which kind it is."""
    backscattered_noun: str | None = None
    """What an image is called of which the caption says that back-scattered electrons took it."""

    @model_validator(mode="after")
    def _nouns_are_of_the_kinds(self) -> ImageWords:
        if unknown := set(self.nouns) - set(self.kinds):
            raise ValueError(f"nouns: {', '.join(sorted(unknown))} is none of the kinds")
        return self

    def noun_of(self, kind: str, backscattered: bool = False) -> str:
        """Return what an image of a kind is called."""
        if backscattered and self.backscattered_noun:
            return self.backscattered_noun
        return next((noun for known, noun in self.nouns.items() if known == kind), self.noun)


class Category(Part):
    """One theme of questions, as Table 2 of the paper lists them."""

    name: str = Field(min_length=1)
    role: CategoryRole
    description: str = Field(min_length=1)
    subcategories: tuple[Subcategory, ...] = Field(min_length=1)
    samples: dict[Subcategory, tuple[str, ...]]
    """Sample questions in own words."""
    terms: Terms = Field(min_length=1)
    """Words that a text of this category uses."""
    told_by: tuple[str, ...] = ()
    """Context types that would answer a question of this category, and so are never told with it."""

    @model_validator(mode="after")
    def _samples_fit_the_subcategories(self) -> Category:
        if set(self.samples) != set(self.subcategories):
            raise ValueError("samples must be given for exactly the subcategories listed")
        return self


class ContextType(Part):
    """A kind of information that may be added to a question."""

    name: str = Field(min_length=1)
    role: ContextRole
    """Which of the five kinds it is; each is there once."""
    description: str = Field(min_length=1)


class Shares(Part):
    """Share of each category in the question-answer pairs of the paper, in percent."""

    training: dict[str, Annotated[float, Field(ge=0, le=100)]]
    evaluation: dict[str, Annotated[float, Field(ge=0, le=100)]]


class Exclusion(Part):
    """Words of a text that rule out what its sample might else be taken for."""

    said: Terms = Field(min_length=1)
    """As "fully amorphous"."""
    not_made_of: Terms = Field(min_length=1)
    """Materials that such a sample is not, as "composite*"."""


class Phrases(Part):
    """How the extractive generator words questions: category, then subcategory, then forms.

    A form may hold ``{object}`` (what the caption says is shown, with its article), ``{feature}`` (a structure that
    the answer speaks of, in the plural or with its article) and ``{image}`` ("this scanning electron micrograph").
    """

    questions: dict[str, dict[Subcategory, Annotated[tuple[str, ...], Field(min_length=1)]]]
    contexts: dict[str, Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]]
    """Context type to the sentence that tells a ``{value}``; a second form is for a value that begins with a
    participle ("cooled in water")."""

    @model_validator(mode="after")
    def _forms_hold_what_is_filled_in(self) -> Phrases:
        for category, by_subcategory in self.questions.items():
            for subcategory, forms in by_subcategory.items():
                place = f"phrases.questions.{category}.{subcategory}"
                for form in forms:
                    if unknown := _placeholders(form, place) - {"object", "feature", "image"}:
                        raise ValueError(f"{place}: {{{min(unknown)}}} is no placeholder (object, feature, image)")
                if all("{feature}" in form for form in forms):
                    raise ValueError(f"{place}: one form at least must do without {{feature}}")
        for kind, told in self.contexts.items():
            for form in told:
                if _placeholders(form, f"phrases.contexts.{kind}") != {"value"}:
                    raise ValueError(f"phrases.contexts.{kind}: {form!r} must hold {{value}} and no other placeholder")
        return self


class Domain(Part):
    """Everything that a kind of image needs: categories, context types, vocabularies, wording."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    description: str
    image: ImageWords
    categories: tuple[Category, ...] = Field(min_length=1)
    shares: Shares
    context_types: tuple[ContextType, ...] = Field(min_length=1)
    defects: Terms = Field(min_length=1)
    structures: Terms = Field(min_length=1)
    materials: Terms = Field(min_length=1)
    processing: Terms = Field(min_length=1)
    properties: Terms = Field(min_length=1)
    recording: Terms = Field(min_length=1)
    mass_nouns: tuple[Annotated[str, Field(pattern=r"^[\w-]+$")], ...] = ()
    """Endings of nouns for materials that take no article ("steel", "oxide")."""
    exclusions: tuple[Exclusion, ...] = ()
    abbreviations: dict[str, str] = Field(default_factory=dict)
    phrases: Phrases

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Domain:
        names = [category.name for category in self.categories]
        if len(set(names)) != len(names):
            raise ValueError("categories: a name occurs twice")
        if [category.role == "overview" for category in self.categories] != [True] + [False] * (len(names) - 1):
            raise ValueError("categories: the first, and no other, must have the role overview")
        for field in ("training", "evaluation"):
            shares: dict[str, float] = getattr(self.shares, field)
            if set(shares) != set(names):
                wrong = ", ".join(sorted(set(shares) ^ set(names)))
                raise ValueError(f"shares.{field}: must name every category once ({wrong})")
            if abs(sum(shares.values()) - 100) > 0.5:
                raise ValueError(f"shares.{field}: sums to {sum(shares.values()):g} %, not to 100 %")
        if unknown := set(self.phrases.questions) - set(names):
            raise ValueError(f"phrases.questions.{min(unknown)}: there is no such category")
        for category in self.categories:
            forms = self.phrases.questions.get(category.name, {})
            if set(forms) != set(category.subcategories):
                raise ValueError(f"phrases.questions.{category.name}: must word exactly its subcategories")
        kinds = {kind.name for kind in self.context_types}
        roles = Counter(kind.role for kind in self.context_types)
        if len(kinds) != len(self.context_types) or any(roles[role] != 1 for role in get_args(ContextRole)):
            raise ValueError(f"context_types: each of {', '.join(get_args(ContextRole))} must be there once")
        if self.context_types[-1].role != "other":
            raise ValueError("context_types: the one of the role other must stand last")
        if set(self.phrases.contexts) != kinds:
            raise ValueError("phrases.contexts: must word every context type once")
        for category in self.categories:
            if not set(category.told_by) <= kinds:
                raise ValueError(f"categories.{category.name}.told_by: names an unknown context type")
        return self

    def category(self, name: str) -> Category:
        """Return the category of this name; raise `KeyError` where there is none."""
        for category in self.categories:
            if category.name == name:
                return category
        raise KeyError(name)

    def with_roles(self, *roles: CategoryRole) -> frozenset[str]:
        """Return the names of the categories that have one of these roles."""
        return frozenset(category.name for category in self.categories if category.role in roles)

    def context_type(self, role: ContextRole) -> str:
        """Return the name of the context type that has this role."""
        return next(kind.name for kind in self.context_types if kind.role == role)


def _placeholders(form: str, place: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(form) if name is not None}
    except ValueError as fault:
        raise ValueError(f"{place}: {form!r} has a brace without its other ({fault})") from fault


def load_pack(folder: Path) -> Domain:
    """Read and validate a domain pack from a folder.

    Parameters
    ----------
    folder : Path
        Holds ``domain.yaml`` and ``phrases.yaml``.

    Raises
    ------
    BrokenDomainPack
        Names the file, the field and the reason.
    """
    content = read_fields(folder / "domain.yaml")
    if "phrases" in content:
        raise BrokenDomainPack(f"{folder / 'domain.yaml'}: phrases: stands in phrases.yaml.")
    content["phrases"] = read_fields(folder / "phrases.yaml")
    try:
        return Domain.model_validate(content)
    except ValidationError as fault:
        first = fault.errors()[0]
        of_phrases = first["loc"][:1] == ("phrases",) or first["msg"].startswith("Value error, phrases.")
        raise refusal(folder / ("phrases.yaml" if of_phrases else "domain.yaml"), fault, "phrases") from fault


@lru_cache(maxsize=8)
def load_domain(name: str) -> Domain:
    """Return the domain pack of this name (``glass-sem``), or of this folder.

    Parameters
    ----------
    name : str
        A pack that comes with GlassLLaVA, or the path of a folder that holds one.

    Raises
    ------
    BrokenDomainPack
        Where there is no such pack, or it is broken.
    """
    return load_pack(pack_folder(name))


def pack_name(name: str) -> str:
    """Return the name by which a pack is found from anywhere: its own, or its folder's whole path.

    Raises
    ------
    BrokenDomainPack
        Where there is no such pack.
    """
    folder = pack_folder(name)
    return name if folder.parent == Path(__file__).parent else str(folder.resolve())


def pack_folder(name: str) -> Path:
    """Return the folder of the domain pack of this name, or this folder where it holds one.

    Raises
    ------
    BrokenDomainPack
        Where there is no such pack.
    """
    built_in = Path(__file__).parent
    for folder in (built_in / name.replace("-", "_"), Path(name)):
        if (folder / "domain.yaml").is_file():
            return folder
    known = ", ".join(sorted(path.parent.name.replace("_", "-") for path in built_in.glob("*/domain.yaml")))
    raise BrokenDomainPack(f"There is no domain pack {name!r}: name one of {known}, or a folder with a domain.yaml.")
