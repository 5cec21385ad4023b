"""Sources of files written by hand, and what a reader says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from annotools.formats.base import Read


def folder(tmp_path: Path, files: Mapping[str, bytes | str]) -> Path:
    """A folder with files in it."""
    for name, data in files.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return tmp_path / "in"


def problems_of(result: Read) -> list[str]:
    """The problems as texts."""
    return [str(problem) for problem in result.problems]
