"""The terms beside downloaded papers, `terms.csv`: under which licence and from where each file was had.

In: what `corpus download` fetched. Out: one row a file, found again by the SHA-256 of its bytes, whatever its name;
and, once the papers are in a workspace, the licence of those whose PDF names none, with `terms.csv` as its source.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glassllava.corpus.reading_list import cell
from glassllava.errors import UnreadableInput
from glassllava.records import Paper
from glassllava.workspace import Workspace

FILE_NAME = "terms.csv"


class Terms(BaseModel):
    """Whence and under which terms one file was had."""

    model_config = ConfigDict(str_strip_whitespace=True)

    file: str = Field(min_length=1)
    doi: str = ""
    title: str = ""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str = ""
    licence_url: str = ""
    """Where it can be read."""
    version: str = ""
    """`publishedVersion`, `acceptedVersion` or `submittedVersion`."""
    address: str = ""
    """In the list."""
    served_from: str = ""
    """Where redirections led."""
    downloaded: datetime


def read_terms(folder: Path) -> dict[str, Terms]:
    """Give the terms recorded in a folder, by file name; none where there are none.

    Raises
    ------
    UnreadableInput
        The file is damaged.
    """
    file = folder / FILE_NAME
    if not file.is_file():
        return {}
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
        terms = [Terms.model_validate({k: v for k, v in row.items() if k and isinstance(v, str)}) for row in rows]
    except (UnicodeDecodeError, ValidationError) as error:
        raise UnreadableInput(
            f"{file} is damaged; put back the one that `glassllava corpus download` wrote."
        ) from error
    return {one.file: one for one in terms}


def write_terms(folder: Path, terms: Iterable[Terms]) -> None:
    """Write the terms of a folder's files anew; the file is whole at any moment."""
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, list(Terms.model_fields))
    rows.writeheader()
    for one in terms:
        rows.writerow({name: cell(value) for name, value in one.model_dump(mode="json").items()})
    part = folder / f"{FILE_NAME}.part"
    part.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    part.replace(folder / FILE_NAME)


def address_of_licence(licence: str | None) -> str:
    """Give where a licence can be read: its deed; where no version is told, OpenAlex's page of it; empty without one.

    Examples
    --------
    >>> address_of_licence("CC-BY-NC-4.0"), address_of_licence("CC-BY")
    ('https://creativecommons.org/licenses/by-nc/4.0/', 'https://openalex.org/licenses/cc-by')
    """
    if licence == "CC0-1.0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    match = re.fullmatch(r"CC-(?P<terms>BY(?:-(?:NC|SA|ND))*)-(?P<version>\d\.\d)", licence or "")
    if match is not None:
        return f"https://creativecommons.org/licenses/{match['terms'].lower()}/{match['version']}/"
    return f"https://openalex.org/licenses/{quote(licence.lower())}" if licence else ""


def record_terms(workspace: Workspace, paths: Iterable[str | os.PathLike[str]]) -> list[tuple[str, str]]:
    """Give the papers of a workspace the licence under which they were downloaded, where the PDF names none.

    Parameters
    ----------
    workspace
        Where the papers were read.
    paths
        The files and folders that were read; a `terms.csv` counts that lies in one of them, below it or beside it.

    Returns
    -------
    list of (str, str)
        Files that are damaged, each with the reason.
    """
    folders: set[Path] = set()
    for path in map(Path, paths):
        folders |= {file.parent for file in path.rglob(FILE_NAME)} if path.is_dir() else {path.parent}
    terms: dict[str, Terms] = {}
    faults: list[tuple[str, str]] = []
    for folder in sorted(folders):
        try:
            terms |= {one.sha256: one for one in read_terms(folder).values()}
        except UnreadableInput as fault:
            faults.append((str(folder / FILE_NAME), str(fault)))
    if terms:
        _fill(workspace, terms)
    return faults


def _fill(workspace: Workspace, terms: Mapping[str, Terms]) -> None:
    with workspace.writing() as session:
        for key, one in terms.items():
            paper = session.get(Paper, key)
            if paper is None or paper.state != "ok" or paper.licence or not one.licence:
                continue
            if paper.doi and one.doi and paper.doi.lower() != one.doi.lower():
                # The address gave another paper than it was said to: its terms are not this one's.
                continue
            paper.licence = one.licence
            paper.completed = paper.completed | {
                "licence": {"source": FILE_NAME, "at": one.downloaded.isoformat()},
            }
