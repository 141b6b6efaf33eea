"""A folder that is written whole: what a killed or failed export leaves is no export.

In: a new or an empty folder. Out: another one, inside it, to write into; at the end its files move up, the last one the
one that all others are for.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from glassllava.errors import WorkspaceError

UNFINISHED = ".unfinished"
"""Where files lie until all are there. As long as it exists, nothing else in the folder counts."""


@contextmanager
def whole_folder(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Give a folder to write into, whose files and folders are in `folder` when all is done.

    Parameters
    ----------
    folder
        New, empty, or left by an export that was killed.
    names
        What may be written; the last one appears last.

    Raises
    ------
    WorkspaceError
        The folder holds other things or cannot be written.
    """
    part = folder / UNFINISHED
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        left = {entry.name for entry in folder.iterdir()}
        if left and not (UNFINISHED in left and left <= {UNFINISHED, *names}):
            raise WorkspaceError(f"{folder} holds other files; name a new or an empty folder.")
        _remove(folder, names)
        part.mkdir()
        try:
            yield part
            for name in names:
                if (part / name).exists():
                    (part / name).rename(folder / name)
            part.rmdir()
        except BaseException:
            _remove(folder, names)
            if new:
                folder.rmdir()
            raise
    except OSError as fault:
        raise WorkspaceError(
            f"{folder} cannot be written: {fault.strerror or fault}; choose another folder."
        ) from fault


def _remove(folder: Path, names: Sequence[str]) -> None:
    """Remove what an export wrote, what says that it is unfinished last."""
    for entry in (folder / name for name in (*names, UNFINISHED)):
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
