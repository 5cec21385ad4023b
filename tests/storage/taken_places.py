"""Folders and files where an output is to go, for tests."""

from __future__ import annotations

from pathlib import Path

from annotools.storage import Permit

FORMAT = ("labels.json", "annotations/*.json", "images/**")
FORCED = Permit(force=True, members=FORMAT)
ONE = [("labels.json", [b"new"])]


def filled(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"old")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())
