"""Unfinished uploads on disk, in a folder that only this user can enter and that goes with the server.

spool = Spool()                    # a private temporary folder, made with the first piece
spool.write("1_0b6c", 0, b"...")
spool.read("1_0b6c")
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import weakref
from collections.abc import Container
from pathlib import Path


class Spool:
    """One file per upload. `folder` None is a temporary one, removed at the end of the process at the latest."""

    def __init__(self, folder: Path | None = None) -> None:
        self._kept, self._folder = folder, folder
        self._finalizer: weakref.finalize[[str, bool], Spool] | None = None

    def _file(self, file_id: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="cvat-mock-"))
            self._finalizer = weakref.finalize(self, shutil.rmtree, str(self._folder), True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if not file_id.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"not the id of an upload: {file_id!r}")
        return self._folder / file_id

    def write(self, file_id: str, offset: int, data: bytes) -> None:
        """Put a piece at its place; what lay behind it is cut off."""
        path = self._file(file_id)
        with open(path, "r+b" if path.exists() else "wb") as file:
            file.seek(offset)
            file.write(data)
            file.truncate()

    def read(self, file_id: str) -> bytes:
        """All that was written, b"" for an unknown id."""
        try:
            return self._file(file_id).read_bytes()
        except FileNotFoundError:
            return b""

    def remove(self, file_id: str) -> None:
        """Forget one upload."""
        self._file(file_id).unlink(missing_ok=True)

    def keep_only(self, file_ids: Container[str]) -> None:
        """Forget all other uploads, such as those that a killed server left behind."""
        if self._folder is not None and self._folder.exists():
            for path in self._folder.iterdir():
                if path.name not in file_ids:
                    with contextlib.suppress(OSError):
                        path.unlink()

    def clear(self) -> None:
        """Forget all uploads."""
        self.keep_only(())

    def close(self) -> None:
        """Remove the folder; one that was given stays as long as there is an upload in it."""
        if self._finalizer is not None:
            self._finalizer()
        elif self._kept is not None:
            with contextlib.suppress(OSError):
                self._kept.rmdir()
        self._folder, self._finalizer = self._kept, None
