"""Reading a pack's YAML files, and refusing what is wrong with them in one sentence.

In: paths, and pydantic's faults. Out: fields with values, or `BrokenDomainPack` with file, field and reason.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from glassllava.errors import GlassllavaError

_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is no field of a pack",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}
"""Pydantic's words for the commonest faults, in ours."""


class BrokenDomainPack(GlassllavaError):
    """A domain pack that cannot be used; the sentence names the file, the field and the reason."""


class Part(BaseModel):
    """What all parts of a pack have in common: frozen, and without fields that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _OnceOnly(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if key_node.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the field {key_node.value!r} stands here twice", key_node.start_mark
                    )
                seen.add(key_node.value)
        return super().construct_mapping(node, deep=deep)


def read_fields(path: Path) -> dict[str, Any]:
    """Return the fields of a YAML file.

    Raises
    ------
    BrokenDomainPack
        It is missing, is no YAML, or holds something else than fields.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_OnceOnly)
    except OSError as fault:
        raise BrokenDomainPack(f"{path}: cannot be read ({fault.strerror}); a pack needs this file.") from fault
    except UnicodeDecodeError as fault:
        raise BrokenDomainPack(f"{path}: is no text in UTF-8.") from fault
    except yaml.MarkedYAMLError as fault:
        line = "" if fault.problem_mark is None else f", line {fault.problem_mark.line + 1}"
        raise BrokenDomainPack(f"{path}{line}: is no valid YAML ({fault.problem or fault.context}).") from fault
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        raise BrokenDomainPack(f"{path}: is no valid YAML ({' '.join(str(fault).split())}).") from fault
    if not isinstance(content, dict):
        raise BrokenDomainPack(f"{path}: must hold fields with values at its top level.")
    if wrong := next((key for key in content if not isinstance(key, str)), None):
        raise BrokenDomainPack(f"{path}: {wrong!r} is no name of a field; put it between quotation marks.")
    return content


def refusal(path: Path, fault: ValidationError, within: str = "") -> BrokenDomainPack:
    """Return the sentence for the first fault that pydantic found in a file's fields.

    Parameters
    ----------
    path
        The file.
    fault
        What pydantic found.
    within
        Name of the field under which the file's fields were validated; it is left out.
    """
    first = fault.errors()[0]
    place = [str(step) for step in first["loc"] if step != within]
    reason = _REASONS.get(first["type"], first["msg"].removeprefix("Value error, "))
    field = ".".join(place)
    return BrokenDomainPack(f"{path}: {field}: {reason}." if field else f"{path}: {reason}.")
