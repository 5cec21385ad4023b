"""What a CVAT 2.73 server wrote of three tasks in every format, member for member, and what it stored of its own files.

Random or of the day, and so not compared: keys and times of Supervisely's files, and the order of its tags, which is
that of a set; ids and addresses of segments, times and people in CVAT's XML; the order of boxes of Open Images. Line
ends follow the server's machine, and pictures are packed by its library.
"""

from __future__ import annotations

import gc
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image

import annotools as at
from annotools.errors import AnnotoolsError
from annotools.formats import TABLE
from annotools.model import Dataset
from annotools.model.canonical import differing
from tests.paths import DATA

EXPORTS = DATA / "exports"
TASKS = ("deleted_frames", "images", "video")
PAIRS = [(path.parent.name, path.stem) for path in sorted(EXPORTS.glob("*/*.zip"))]
WRITTEN = [(task, slug) for task, slug in PAIRS if slug not in ("inputs", "imports")]
VOLATILE_XML = re.compile(r"<(id|url|updated|dumped|username|email)>[^<]*</\1>")
VOLATILE_KEYS = {"key", "objectKey", "figureKey", "createdAt", "updatedAt"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@cache
def task_of(task: str) -> Dataset:
    return at.read(EXPORTS / task / "inputs.zip", "cvat-api").dataset


@cache
def answers(task: str) -> dict[str, bytes]:
    """What the server stored of each export, by format."""
    with zipfile.ZipFile(EXPORTS / task / "imports.zip") as packed:
        return {name.removesuffix(".json"): packed.read(name) for name in packed.namelist()}


def without_keys(document: Any) -> Any:
    """JSON without what is random."""
    if isinstance(document, dict) and "value_type" in document:
        return {name: value for name, value in document.items() if name != "id"}
    if isinstance(document, dict):
        kept = {name: value for name, value in document.items() if name not in VOLATILE_KEYS}
        return sorted(kept.values()) if kept and all(map(UUID.fullmatch, kept)) else {
            name: without_keys(value) for name, value in kept.items()
        }  # fmt: skip
    return [without_keys(value) for value in document] if isinstance(document, list) else document


def settled(name: str, data: bytes) -> Any:
    """A member as it is compared: JSON parsed, pictures by mode, pixels and palette, texts line by line."""
    if name.endswith(".json"):
        document = without_keys(orjson.loads(data))
        if name == "meta.json":
            document["tags"].sort(key=lambda tag: tag["name"])
        return document
    if name.endswith((".png", ".bmp")):
        picture = Image.open(io.BytesIO(data))
        return picture.mode, picture.size, picture.tobytes(), picture.getpalette()
    lines = VOLATILE_XML.sub("", data.decode()).splitlines()
    return sorted(lines) if name.endswith("-annotations-bbox.csv") else lines


def members(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as packed:
        return {name: settled(name, packed.read(name)) for name in packed.namelist() if not name.endswith("/")}


def test_every_format_was_recorded() -> None:
    none = {"generic-tsv", "vggface2", "cvat-api", "cvat-backup"}  # not of such tasks, or no exports of datasets at all
    assert {slug for _, slug in WRITTEN} == set(TABLE) - none
    assert len(WRITTEN) == 3 * len({slug for _, slug in WRITTEN})


@pytest.mark.parametrize(("task", "slug"), WRITTEN)
def test_an_export_is_the_servers(task: str, slug: str, tmp_path: Path) -> None:
    at.convert(EXPORTS / task / "inputs.zip", tmp_path / "mine.zip", slug, compat="cvat", images=False)
    mine, theirs = members(tmp_path / "mine.zip"), members(EXPORTS / task / f"{slug}.zip")
    assert sorted(mine) == sorted(theirs)
    assert [name for name in mine if mine[name] != theirs[name]] == []


@pytest.mark.parametrize(("task", "slug"), WRITTEN)
def test_an_import_is_stored_as_the_server_does(task: str, slug: str, tmp_path: Path) -> None:
    export, answer = EXPORTS / task / f"{slug}.zip", answers(task).get(slug)
    if answer is None:  # the server failed at its own file
        with pytest.raises(AnnotoolsError):
            at.read(export, slug, context=task_of(task), compat="cvat")
        return
    mine = at.read(export, slug, context=task_of(task), compat="cvat").dataset
    at.write(mine, tmp_path / "mine", "cvat-api")
    (tmp_path / "annotations.json").write_bytes(answer)
    sides = [at.read(path, "cvat-api", context=task_of(task)).dataset for path in (tmp_path / "annotations.json",
             tmp_path / "mine" / "annotations.json")]  # fmt: skip
    assert differing(*sides) == []


@pytest.fixture
def circles() -> Iterator[Callable[[Callable[[], object]], set[str]]]:
    """What of ours is in circles after a call, by the names of the types."""

    def after(call: Callable[[], object]) -> set[str]:
        gc.freeze()  # what was there before is not looked at: of a large process that takes a second each time
        gc.set_debug(gc.DEBUG_SAVEALL)
        call()
        gc.collect()
        kinds = {type(one) for one in gc.garbage}
        return {kind.__qualname__ for kind in kinds if kind.__module__.split(".")[0] == at.__name__}

    gc.disable()
    yield after
    gc.set_debug(0)
    gc.garbage.clear()  # nothing is thawed, or later tests would look through all tests that were collected
    gc.enable()


@pytest.mark.parametrize("slug", sorted({slug for _, slug in WRITTEN}))
def test_nothing_of_a_conversion_is_in_a_circle(
    slug: str, tmp_path: Path, circles: Callable[[Callable[[], object]], set[str]]
) -> None:
    # While one goes on the collector rests: a reader in a circle kept all that it had read until the last byte.
    export = EXPORTS / "images" / f"{slug}.zip"
    context = None if slug.startswith("icdar") else task_of("images")  # whose labels that format does not say
    assert circles(lambda: at.read(export, slug, context=context, on_error="skip")) == set()
    assert circles(lambda: at.convert(EXPORTS / "images" / "inputs.zip", tmp_path / "mine.zip", slug)) == set()
    assert circles(lambda: at.validate(export)) == set()
