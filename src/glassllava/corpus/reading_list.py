"""The list of works that a person reviews between `corpus search` and `corpus download`: one CSV file.

In: works that a search found, with what is proposed for each. Out: a table in which a person writes `yes` or `no`, and,
read again, its rows. A file that is there is never written over: a person's marks may be in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from glassllava.corpus.network.openalex_lists import ListedWork
from glassllava.errors import UnreadableInput

_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0", ""}


class Candidate(ListedWork):
    """A work with what is proposed to do with it."""

    take: bool
    why_not: str | None
    """Why it is not taken, for people."""
    known: bool
    """Whether the workspace holds a paper of its DOI."""


COLUMNS = (
    "take", "why_not", "doi", "title", "year", "journal", "publisher", "type", "licence", "colour", "version", "pdf",
    "landing_page", "id",
)  # fmt: skip


class ListRow(BaseModel):
    """One row of a reviewed list, as far as a download needs it."""

    model_config = ConfigDict(extra="ignore")

    take: bool
    doi: str | None = None
    title: str | None = None
    licence: str | None = None
    version: str | None = None
    pdf: str | None = None
    id: str | None = None

    @field_validator("take", mode="before")
    @classmethod
    def _yes_or_no(cls, value: Any) -> bool:
        said = str(value or "").strip().lower()
        if said in _YES | _NO:
            return said in _YES
        raise ValueError(f"take is '{value}'; write yes or no")

    @property
    def name(self) -> str:
        """What the work is called to people."""
        return self.doi or self.id or self.title or "a row without DOI, id and title"


def list_text(works: Iterable[Candidate]) -> str:
    """Give the list as CSV text, with a header."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for work in works:
        values = work.model_dump() | {"take": "yes" if work.take else "no"}
        rows.writerow([cell(values[column]) for column in COLUMNS])
    return text.getvalue()


def write_list(works: Iterable[Candidate], file: Path) -> None:
    """Write the list into a new file.

    Raises
    ------
    UnreadableInput
        The file is there already, or its folder is not.
    """
    try:
        # With a mark, or Excel would take UTF-8 for something else.
        with file.open("x", encoding="utf-8-sig", newline="") as out:
            out.write(list_text(works))
    except FileExistsError as error:
        raise UnreadableInput(
            f"{file} is there already, and what you marked in it is kept; name another file."
        ) from error
    except FileNotFoundError as error:
        raise UnreadableInput(f"{file.parent} is no folder; make it, or name another file.") from error


def read_list(file: Path) -> Iterator[tuple[int, ListRow | str]]:
    """Yield each row of a reviewed list with its line, or why it cannot be used.

    Raises
    ------
    UnreadableInput
        The file is missing, not UTF-8, or has no column `take` or `pdf`.
    """
    if not file.is_file():
        raise UnreadableInput(f"{file} is not a file; name a list that `glassllava corpus search --out` wrote.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInput(f"{file} is not UTF-8 text; save it as CSV in UTF-8.") from error
    header = text.partition("\n")[0]
    # A spreadsheet of another country writes semicolons.
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    missing = {"take", "pdf"} - set(rows.fieldnames or ())
    if missing:
        raise UnreadableInput(
            f"{file} has no column '{min(missing)}'; name a list that `glassllava corpus search` wrote."
        )
    for row in rows:
        given = {key: value.strip() for key, value in row.items() if key and isinstance(value, str) and value.strip()}
        try:
            yield rows.line_num, ListRow.model_validate({"take": "", **given})
        except ValidationError as error:
            yield rows.line_num, error.errors()[0]["msg"].removeprefix("Value error, ")


def cell(value: Any) -> Any:
    """Give a value as a cell that no spreadsheet takes for a formula."""
    return f" {value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value
