"""Files by content hash: images of panels and the papers themselves, written once and never changed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from glassllava.errors import WorkspaceError
from glassllava.workspace.identity import content_id


class FileStore:
    """A folder in which each file lies under the SHA-256 of its bytes.

    Parameters
    ----------
    folder
        Where the files lie; two letters of the hash name a sub-folder, so that no folder grows large.
    suffix
        The files' ending, as ".png".
    """

    def __init__(self, folder: Path, suffix: str) -> None:
        self.folder = folder
        self.suffix = suffix

    def put(self, data: bytes) -> str:
        """Store `data` unless it is there and return its SHA-256.

        The file appears under its name only when it is whole: a killed process leaves no half file.
        """
        key = content_id(data)
        path = self.path(key)
        if path.exists():
            return key
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return key

    def path(self, key: str) -> Path:
        """Return where the file with SHA-256 `key` lies or would lie."""
        return self.folder / key[:2] / f"{key}{self.suffix}"

    def get(self, key: str) -> bytes:
        """Return the bytes stored under `key`.

        Raises
        ------
        WorkspaceError
            The file is missing from the workspace.
        """
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError as error:
            raise WorkspaceError(
                f"{self.path(key)} is missing from the workspace; run `glassllava papers add` again on the papers."
            ) from error
