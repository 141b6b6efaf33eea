"""The settings of a workspace, typed: `glassllava.toml` first, then the environment over it.

In: `glassllava.toml` of a workspace and variables `GLASSLLAVA_…` (nested names joined by two underscores, as
`GLASSLLAVA_PAPERS__WORKERS=4`). Out: one `Settings` object that the workspace carries.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
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


class Settings(BaseSettings):
    """All settings of one workspace."""

    model_config = SettingsConfigDict(
        env_prefix="GLASSLLAVA_", env_nested_delimiter="__", extra="forbid", toml_file=FILE_NAME
    )

    domain: str = "glass-sem"
    """Name of a domain pack, or the path of a folder that holds one."""
    database_url: str | None = None
    """PostgreSQL URL; None keeps everything in the workspace's own SQLite file."""
    confidential: bool = False
    """Forbids whatever would send anything out of this machine, whatever else is set."""
    papers: PaperSettings = PaperSettings()
    metadata: MetadataSettings = MetadataSettings()
    acceptance: AcceptanceSettings = AcceptanceSettings()
    split: SplitSettings = SplitSettings()
    questions: QuestionSettings = QuestionSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    recipe: str = "tiny"
    """Training recipe that `run` uses."""

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
        return _SettingsHere()
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(f"{file} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise WorkspaceError(
            f"{file}: setting '{field}' is wrong: {first['msg'].lower()}; mend the file or the "
            f"environment variable GLASSLLAVA_{field.upper().replace('.', '__')}."
        ) from error
