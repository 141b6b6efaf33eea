"""Ids from content: the same thing found twice has the same id, so every stage can be run again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def content_id(data: bytes) -> str:
    """Return the SHA-256 of `data` in hex: the id of a paper, an image, a file."""
    return hashlib.sha256(data).hexdigest()


def file_id(path: Path) -> str:
    """Return `content_id` of a file's bytes, which need not fit into memory."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def identity(*parts: Any) -> str:
    """Return one id for a list of JSON values (strings, numbers, None, lists, mappings).

    The parts are written as canonical JSON first, so that `("a", "bc")` and `("ab", "c")` differ and the order of
    a mapping's keys does not matter.
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def figure_id(paper_id: str, label: str, ordinal: int) -> str:
    """Return the id of the `ordinal`-th figure printed as `label` in a paper."""
    return identity("figure", paper_id, label, ordinal)


def panel_id(figure: str, label: str | None, ordinal: int) -> str:
    """Return the id of the `ordinal`-th panel lettered `label` in the figure with id `figure`."""
    return identity("panel", figure, label, ordinal)


def person_panel_id(paper_id: str, page: int, box: Sequence[float], label: str | None) -> str:
    """Return the id of a panel that a person drew: its place on the page and its letter."""
    return identity("person-panel", paper_id, page, [round(value, 2) for value in box], label)
