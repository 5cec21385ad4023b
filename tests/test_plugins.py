"""What other packages add is found by the texts in which they say so, wherever these are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, MetadataPathFinder
from pathlib import Path
from typing import Any

import pytest

from annotools.plugins import entry_points, is_announced

GROUP = "annotools.things"


def _package(folder: Path, about: str, text: str) -> None:
    (folder / about).mkdir(parents=True)
    (folder / about / "entry_points.txt").write_text(text)
    name = "METADATA" if about.endswith("dist-info") else "PKG-INFO"
    (folder / about / name).write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what lies on the path, whatever finders and archives other tests have brought in."""
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if finder is PathFinder])
    # taken away by a package that other tests load, importlib_metadata, which answers in its place
    answer = staticmethod(MetadataPathFinder.find_distributions)
    monkeypatch.setattr(PathFinder, "find_distributions", answer, raising=False)
    monkeypatch.setattr(sys, "path", [folder for folder in sys.path if Path(folder).is_dir()])


def test_nobody_adds_anything() -> None:
    assert not is_announced(GROUP)
    assert entry_points(GROUP) == []


@pytest.mark.parametrize("about", ["other-1.0.dist-info", "other-1.0.egg-info", "Other.Dist-Info"])
def test_a_package_on_the_path(about: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _package(tmp_path, about, f"[console_scripts]\nx = y:z\n[{GROUP}]\nb = two:B\na = one\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert is_announced(GROUP)
    if about.endswith("dist-info"):
        assert [(point.name, point.value) for point in entry_points(GROUP)] == [("a", "one"), ("b", "two:B")]
    assert not is_announced(f"{GROUP}.more")


def test_a_package_in_the_folder_of_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _package(tmp_path, "other-1.0.dist-info", f"[{GROUP}]\na = one\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert [point.name for point in entry_points(GROUP)] == ["a"]


@pytest.mark.parametrize("name", ["packages.zip", "Other.egg"])
def test_archives_may_hold_packages(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / name).write_bytes(b"PK")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / name)])
    assert is_announced(GROUP)


def test_finders_may_know_of_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere:
        @staticmethod
        def find_spec(*_: Any) -> None:
            return None

        @staticmethod
        def find_distributions(*_: Any) -> Iterator[Distribution]:
            return iter(())

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Elsewhere])
    assert is_announced(GROUP)
    assert entry_points(GROUP) == []
