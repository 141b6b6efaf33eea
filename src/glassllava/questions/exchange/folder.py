"""A folder that is written whole: what a killed or failed export leaves is no export.

In: a new or an empty folder. Out: another one, inside it, to write into; at the end its files move up, the last one the
one that all others are for.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glassllava.errors import WorkspaceError

UNFINISHED = ".unfinished"
"""Where files lie until all are there. As long as it exists, nothing else in the folder counts."""


@contextmanager
def whole_folder(folder: Path, last: str) -> Iterator[Path]:
    """Give a folder to write into, whose files and folders are in `folder` when all is done.

    Parameters
    ----------
    folder
        New, empty, or left by an export that was killed.
    last
        Name of the file or folder that appears last.

    Raises
    ------
    WorkspaceError
        The folder holds other things or cannot be written.
    """
    part = folder / UNFINISHED
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not part.exists() and any(folder.iterdir()):
            raise WorkspaceError(f"{folder} holds other files; name a new or an empty folder.")
        _empty(folder)
        part.mkdir()
        try:
            yield part
            for entry in sorted(part.iterdir(), key=lambda entry: (entry.name == last, entry.name)):
                entry.rename(folder / entry.name)
            part.rmdir()
        except BaseException:
            _empty(folder)
            if new:
                folder.rmdir()
            raise
    except OSError as fault:
        raise WorkspaceError(
            f"{folder} cannot be written: {fault.strerror or fault}; choose another folder."
        ) from fault


def _empty(folder: Path) -> None:
    """Remove all in a folder, what says that it is unfinished last."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name == UNFINISHED):
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
