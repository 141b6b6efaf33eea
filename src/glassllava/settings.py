"""The settings of a workspace, typed: `glassllava.toml` first, then the environment over it.

In: `glassllava.toml` of a workspace and variables `GLASSLLAVA_…` (nested names joined by two underscores, as
`GLASSLLAVA_PAPERS__WORKERS=4`). Out: one `Settings` object that the workspace carries.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from glassllava.errors import WorkspaceError

FILE_NAME = "glassllava.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


EndpointName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class PaperSettings(_Section):
    """How PDFs are read."""

    workers: int = Field(default=2, ge=1)
    """Child processes that read papers side by side."""
    seconds: float = Field(default=300.0, gt=0)
    """Longest time for one paper before it is given up as failed."""
    memory_bytes: int = Field(default=6 * 2**30, ge=2**29)
    """Address space of one child process; more makes the paper a failed one."""
    ocr: bool = True
    """Read labels and scale text by OCR (extra `ocr`)."""


class AcceptanceSettings(_Section):
    """Which panels and questions the next stages use."""

    policy: Literal["auto", "reviewed"] = "auto"
    """`auto`: kind and confidence pass, or a person accepted. `reviewed`: a person accepted."""
    kinds: tuple[str, ...] = ("sem",)
    min_confidence: float = Field(default=0.5, ge=0, le=1)


class SplitSettings(_Section):
    """How papers are divided into training and evaluation."""

    evaluation_share: float = Field(default=0.15, gt=0, lt=1)
    """About this share of papers and of panels is kept for evaluation (the paper: 15 %)."""
    seed: int = 0


class QuestionSettings(_Section):
    """How many pairs are made."""

    per_panel: int = Field(default=12, ge=1)
    """Most pairs about one panel, the best first. The paper has about 11 an image; fewer take less time to answer."""
    llm: EndpointName | None = None
    """Endpoint whose model writes the pairs; None: they are taken from the papers' own sentences."""
    checker: EndpointName | None = None
    """Endpoint that is asked whether an answer follows from its evidence and needs its image; None: nobody is."""
    see_images: bool = False
    """Whether the model that writes is shown the panel. The published study wrote from the text alone."""


class EvaluationSettings(_Section):
    """What the answer grid holds."""

    conditions: tuple[Literal["real", "blank", "other_paper"], ...] = ("real", "blank", "other_paper")
    models: tuple[str, ...] = ("tiny", "tiny-base", "nearest-text", "always-yes")
    """Who answers: the fine-tuned model, the base it started from, and the baselines that see no image."""


class MetadataSettings(_Section):
    """Whether and how papers are searched for, downloaded, and described from Crossref and OpenAlex."""

    online: bool = False
    """Whether DOIs, titles of papers without one, and searches may be sent to the two services, and papers fetched."""
    mailto: str = Field(default="", pattern=r"^([^\s@<>()]+@[^\s@<>()]+)?$")
    """Address that all requests carry, as both services ask for; empty: none is sent."""
    crossref_url: str = Field(default="https://api.crossref.org", pattern=r"^https?://[^\s?#]+$")
    openalex_url: str = Field(default="https://api.openalex.org", pattern=r"^https?://[^\s?#]+$")
    openalex_key_env: str | None = None
    """Name of the environment variable that holds an OpenAlex key, never the key; None: none is sent."""
    requests_per_second: float = Field(default=1.0, gt=0)
    """Most requests to one service or host; Crossref allows whoever names no address one search a second."""
    timeout_seconds: float = Field(default=30.0, gt=0)
    """Longest time for one answer."""
    attempts: int = Field(default=5, ge=1)
    """How often one thing is asked at most, where a service is busy or its answer broken."""
    backoff_seconds: float = Field(default=1.0, ge=0)
    """Wait before the second attempt; each next one is twice as long, and a service's own Retry-After counts."""
    longest_wait_seconds: float = Field(default=120.0, ge=0)
    """A service that asks for a longer wait is left alone for the rest of the run."""


class EndpointSettings(_Section):
    """One endpoint of a language model, and how it is asked: `[endpoints.NAME]`."""

    base_url: str = Field(pattern=r"^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$")
    """Where it answers, as "http://127.0.0.1:8000/v1": no user, query or fragment, so that nobody can misread the
    host."""
    model: str = Field(min_length=1)
    """The model's name as the endpoint knows it."""
    allow_remote: bool = False
    """Consent: whether prompts (text of papers, images) may be sent to an endpoint that is not on this machine."""
    api_key_env: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """Name of the environment variable that holds the key, never the key; None: none is sent."""
    concurrency: int = Field(default=8, ge=1)
    """Most calls under way at once."""
    requests_per_minute: float | None = Field(default=None, gt=0)
    """Most requests in a minute, evenly spaced; None: no limit."""
    timeout_seconds: float = Field(default=120.0, gt=0)
    """Longest time for one answer, from the request to its last byte."""
    attempts: int = Field(default=5, ge=1)
    """How often one call is tried at most, where the endpoint is busy, out of order or silent."""
    backoff_seconds: float = Field(default=1.0, ge=0)
    """Wait before the second attempt; each next one is twice as long, and the endpoint's own Retry-After counts."""
    longest_wait_seconds: float = Field(default=120.0, ge=0)
    """An endpoint that asks for a longer wait ends the run."""
    temperature: float = Field(default=0.2, ge=0)
    """0.2, as the published study found best; left out where a model rejects it."""
    top_p: float = Field(default=0.2, gt=0, le=1)
    """0.2, as the published study found best; left out where a model rejects it."""
    max_tokens: int = Field(default=2048, ge=1)
    """Most tokens of one answer; a longer one is cut off, and its call `truncated`."""
    input_price: float | None = Field(default=None, ge=0)
    """Money for a million tokens sent, in whatever currency `output_price` and `budget_money` have too."""
    output_price: float | None = Field(default=None, ge=0)
    """Money for a million tokens answered."""
    budget_calls: int | None = Field(default=None, ge=0)
    """Most calls that this workspace ever makes to this model at this address; None: no limit."""
    budget_tokens: int | None = Field(default=None, ge=0)
    """Most tokens, sent and answered together; None: no limit."""
    budget_money: float | None = Field(default=None, ge=0)
    """Most money by the two prices; None: no limit."""

    @model_validator(mode="after")
    def _money_has_prices(self) -> EndpointSettings:
        if self.budget_money is not None and (self.input_price is None or self.output_price is None):
            raise ValueError("budget_money needs input_price and output_price")
        return self


class Settings(BaseSettings):
    """All settings of one workspace."""

    model_config = SettingsConfigDict(
        env_prefix="GLASSLLAVA_", env_nested_delimiter="__", extra="forbid", toml_file=FILE_NAME
    )

    domain: str = "glass-sem"
    """Name of a domain pack, or the path of a folder that holds one, seen from the workspace."""
    database_url: str | None = None
    """PostgreSQL URL; None keeps everything in the workspace's own SQLite file."""
    confidential: bool = False
    """Forbids whatever would send anything out of this machine, and any endpoint, whatever else is set."""
    papers: PaperSettings = PaperSettings()
    metadata: MetadataSettings = MetadataSettings()
    acceptance: AcceptanceSettings = AcceptanceSettings()
    split: SplitSettings = SplitSettings()
    questions: QuestionSettings = QuestionSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    recipe: str = "tiny"
    """Training recipe that `run` uses."""
    endpoints: dict[EndpointName, EndpointSettings] = {}
    """Endpoints of language models by name; none is ever used that is not named here."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment over the file; read nothing else."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(folder: Path) -> Settings:
    """Read the settings of the workspace in `folder`.

    Parameters
    ----------
    folder
        The workspace; a missing `glassllava.toml` means the defaults.

    Raises
    ------
    WorkspaceError
        The file is no TOML, or a field has a value it cannot have; the sentence names file and field.
    """
    file = folder / FILE_NAME

    class _SettingsHere(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        settings = _SettingsHere()
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(f"{file} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise WorkspaceError(
            f"{file}: setting '{field}' is wrong: {first['msg'].lower()}; mend the file or the "
            f"environment variable GLASSLLAVA_{field.upper().replace('.', '__')}."
        ) from error
    pack = folder / settings.domain
    if (pack / "domain.yaml").is_file():
        # Commands are called from anywhere, and the pack stays where it is.
        return settings.model_copy(update={"domain": str(pack.resolve())})
    return settings
