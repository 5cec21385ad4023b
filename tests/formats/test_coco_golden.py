"""COCO as a CVAT server wrote and read it: written equal to the last digit, read to what it stored."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

import annotools as at
from annotools import formats, quirks
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.model.canonical import differing
from annotools.storage import open_source
from tests.formats.coco_files import written
from tests.paths import GOLDEN

DATA = Path(__file__).parent.parent / "data" / "coco"
SERVER = WriteOptions(quirks=quirks.CVAT)
SLUGS = ("coco", "coco-keypoints")
TASKS = ("images", "video", "deleted_frames")


def unlike(a: Any, b: Any, path: str = "") -> list[str]:
    """Where two documents differ: keys, order, types; numbers by more than a billionth."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return [difference for key in a for difference in unlike(a[key], b[key], f"{path}/{key}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        pairs = enumerate(zip(a, b, strict=True))
        return [difference for n, (one, other) in pairs for difference in unlike(one, other, f"{path}/{n}")]
    if isinstance(a, float) and isinstance(b, float):
        return [] if abs(a - b) <= 1e-9 * max(1, abs(a)) else [f"{path}: {a} {b}"]
    return [] if a == b and type(a) is type(b) else [f"{path}: {a!r} {b!r}"]


def inputs(where: Path, job: int | None = None) -> Dataset:
    reader = formats.get("cvat-api").read
    assert reader is not None
    with open_source(where) as source:
        return reader(source, None, ReadOptions(job=job)).dataset


def documents(where: Path) -> dict[str, Any]:
    with zipfile.ZipFile(where) as archive:
        return {name: orjson.loads(archive.read(name)) for name in archive.namelist()}


def stored(where: Path, context: Dataset, folder: Path) -> Dataset:
    """What the server's answer says, as a dataset of the same task."""
    path = folder / "annotations.json"
    path.write_bytes(where.read_bytes())
    return at.read(path, "cvat-api", context=context).dataset


def check_import(slug: str, export: Path, answer: Path, task: Dataset, folder: Path) -> None:
    reader = formats.get(slug).dialect(SERVER).read
    assert reader is not None
    with open_source(export) as source:
        result = reader(source, task, ReadOptions(quirks=quirks.CVAT))
    assert [str(problem) for problem in result.problems] == []
    expected = stored(answer, task, folder)
    tables = ("tags", "shapes", "tracks", "attributes")
    alike = result.dataset.replace(**{name: getattr(expected, name) for name in tables})
    assert differing(result.dataset, alike) == []


@pytest.mark.parametrize(("slug", "name"), [("coco", "instances"), ("coco-keypoints", "keypoints")])
def test_a_small_task_is_written_as_the_server_does(slug: str, name: str) -> None:
    mine = written(inputs(DATA / "task"), slug, SERVER)
    assert unlike(documents(DATA / f"{name}.zip"), mine) == []


def test_a_small_task_is_read_as_the_server_does(tmp_path: Path) -> None:
    task = inputs(DATA / "task")
    check_import("coco", DATA / "instances.zip", DATA / "reimport_instances.json", task, tmp_path)


golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="the golden exports of a CVAT server are not there")


@golden
@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("task", TASKS)
def test_every_export_is_written_as_the_server_does(task: str, slug: str) -> None:
    exports = sorted((GOLDEN / task / "exports" / slug).glob("*.zip"))
    assert exports
    for export in exports:
        job = re.fullmatch(r"job_(\d+)", export.stem)
        dataset = inputs(GOLDEN / task / "inputs", int(job[1]) if job else None)
        assert unlike(documents(export), written(dataset, slug, SERVER)) == [], export.name


@golden
@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("task", TASKS)
def test_every_export_is_read_as_the_server_does(task: str, slug: str, tmp_path: Path) -> None:
    export, answer = GOLDEN / task / "exports" / slug / "task.zip", GOLDEN / task / "reimport" / f"{slug}.json"
    check_import(slug, export, answer, inputs(GOLDEN / task / "inputs"), tmp_path)


@golden
@pytest.mark.parametrize("task", TASKS)
def test_pictures_lie_where_the_server_puts_them(task: str, tmp_path: Path) -> None:
    for export in sorted((GOLDEN / task / "exports_with_images" / "coco").glob("*.zip")):
        job = re.fullmatch(r"job_(\d+)", export.stem)
        mine = tmp_path / export.name
        chosen: dict[str, Any] = {"job": int(job[1])} if job else {}
        at.convert(GOLDEN / task / "inputs", mine, "coco", images=export, compat=True, **chosen)
        with zipfile.ZipFile(export) as theirs, zipfile.ZipFile(mine) as ours:
            pictures = [name for name in theirs.namelist() if name.startswith("images/")]
            assert sorted(theirs.namelist()) == sorted(ours.namelist())
            assert [theirs.read(name) for name in pictures] == [ours.read(name) for name in pictures]
