"""Places that are read-only, or in use by another run."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotools.errors import StorageError, UsageError
from annotools.storage import folders, write_members
from tests.storage.taken_places import FORCED, ONE, filled, names

NOBODY = 65534


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of somebody whom permissions bind; root is another user for as long."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        if root:
            os.chown(folder, NOBODY, -1)
            os.seteuid(NOBODY)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)


def test_a_read_only_folder_within_is_replaced_whole(home: Path) -> None:
    out = filled(home / "out", "labels.json", "images/a/b.jpg")
    members = [*ONE, ("images/a/b.jpg", [b"new"])]
    for folder in (out / "images" / "a", out / "images", out):
        folder.chmod(0o555)
    for _ in range(2):
        write_members(out, members, FORCED)
        assert [path.name for path in home.iterdir()] == ["out"]
        assert {path.read_bytes() for path in (out / "labels.json", out / "images" / "a" / "b.jpg")} == {b"new"}


def test_a_folder_that_cannot_be_looked_into_is_not_replaced(home: Path) -> None:
    out = filled(home / "out", "labels.json", "images/a.jpg")
    (out / "images").chmod(0)
    with pytest.raises(UsageError, match="does not write: images/, expected another place"):
        write_members(out, ONE, FORCED)
    (out / "images").chmod(0o755)
    assert names(out) == ["images/a.jpg", "labels.json"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files that are somebody else's")
def test_what_cannot_be_removed_is_told_before_anything_is_replaced(home: Path) -> None:
    out = filled(home / "out", "labels.json", "images/a.jpg")
    os.seteuid(0)
    os.chown(out / "images", 0, 0)
    os.seteuid(NOBODY)
    with pytest.raises(StorageError, match="out: cannot be written: operation not permitted"):
        write_members(out, [*ONE, ("images/a.jpg", [b"new"])], FORCED)
    assert {path.read_bytes() for path in (out / "labels.json", out / "images" / "a.jpg")} == {b"old"}
    assert [path.name for path in home.iterdir()] == ["out"]


def test_what_was_left_and_cannot_be_removed_is_in_nobodys_way(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = filled(home / ".out.01234567.new", "a")
    monkeypatch.setattr(folders.shutil, "rmtree", _refused)
    write_members(home / "out", ONE)
    write_members(home / "out", ONE, FORCED)
    assert (home / "out" / "labels.json").read_bytes() == b"new"
    assert left.is_dir()


def _refused(path: Path) -> None:
    raise PermissionError(errno.EPERM, "operation not permitted", str(path))
