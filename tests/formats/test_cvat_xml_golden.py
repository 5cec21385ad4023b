"""CVAT's XML as the server wrote it, byte for byte, and what it made of its own files when they were imported.

Written anew at every export, and so not compared: ids and addresses of segments, times, and people.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from annotools import formats, quirks
from annotools.convert.writing import fit_to_format
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.storage import Media, open_source
from tests.paths import DATA, GOLDEN

VOLATILE = re.compile(rb"<(id|url|updated|dumped|username|email)>[^<]*</\1>")
SLUGS = ("cvat-images", "cvat-video")
SMALL = [(kind, job) for kind in ("images", "video") for job in (None, 88)]
LARGE = sorted(path for slug in SLUGS for path in GOLDEN.glob(f"*/exports/{slug}/*.zip"))
IMPORTS = sorted(path for slug in SLUGS for path in GOLDEN.glob(f"*/reimport/{slug}.json"))
PICTURES = sorted(GOLDEN.glob("*/exports_with_images/cvat-images/*.zip"))
needs_golden = pytest.mark.skipif(not LARGE, reason="the large set of server exports is not beside this checkout")


def bundle(where: Path, job: int | None, *, compat: bool = True) -> Dataset:
    read = formats.get("cvat-api").read
    assert read is not None
    with open_source(where) as source:
        return read(source, None, ReadOptions(quirks=quirks.CVAT if compat else quirks.NONE, job=job)).dataset


def exported(slug: str, where: Path, job: int | None, media: Media | None = None) -> dict[str, bytes]:
    """The members of an export, as the server makes it of an API bundle."""
    options = WriteOptions(quirks=quirks.CVAT, job=job, images=media is not None)
    form = formats.get(slug).dialect(options)
    assert form.write is not None
    dataset, _ = fit_to_format(bundle(where, job), form, options)
    return {name: b"".join(pieces) for name, pieces in form.write(dataset, media, options)}


def settled(data: bytes) -> list[bytes]:
    return VOLATILE.sub(rb"<\1/>", data).splitlines()


def comparable(annotations: Any) -> Any:
    """Annotations without ids, lists in a fixed order (numbers keep theirs), and without what only a write sets."""
    if isinstance(annotations, dict):
        return {
            name: comparable(value) for name, value in annotations.items() if name not in ("id", "keyframe", "version")
        }
    if isinstance(annotations, list) and annotations and isinstance(annotations[0], dict):
        return sorted(map(comparable, annotations), key=lambda value: json.dumps(value, sort_keys=True))
    return annotations


def imported(slug: str, export: Path, inputs: Path) -> Any:
    """What is stored of an export that is read back, as the API tells it."""
    options, api = ReadOptions(quirks=quirks.CVAT), formats.get("cvat-api")
    form = formats.get(slug).dialect(options)
    assert form.read is not None
    assert api.write is not None
    with open_source(export) as source:
        result = form.read(source, bundle(inputs, None, compat=False), options)
    assert result.problems == ()
    members = {name: b"".join(pieces) for name, pieces in api.write(result.dataset, None, WriteOptions())}
    document = json.loads(members["annotations.json"])
    for shape in document["shapes"]:
        shape.setdefault("elements", [])
    for track in document["tracks"]:
        track.setdefault("elements", [])
    return comparable(document)


@pytest.mark.parametrize(("kind", "job"), SMALL)
def test_an_export_is_the_servers_byte_for_byte(kind: str, job: int | None) -> None:
    name = "task" if job is None else f"job_{job}"
    expected = (DATA / "cvat_xml" / f"{kind}_{name}.xml").read_bytes()
    members = exported(f"cvat-{kind}", DATA / "cvat_api", job)
    assert list(members) == ["annotations.xml"]
    assert settled(members["annotations.xml"]) == settled(expected)


@pytest.mark.parametrize("kind", ["images", "video"])
def test_an_import_is_stored_as_the_server_does(kind: str) -> None:
    expected = json.loads((DATA / "cvat_xml" / f"reimport_{kind}.json").read_bytes())
    result = imported(f"cvat-{kind}", DATA / "cvat_xml" / f"{kind}_task.xml", DATA / "cvat_api")
    assert result == comparable(expected)


@needs_golden
@pytest.mark.parametrize("path", LARGE, ids=lambda path: f"{path.parents[2].name}-{path.parent.name}-{path.stem}")
def test_every_export_is_the_servers(path: Path) -> None:
    job = int(path.stem.removeprefix("job_")) if path.stem != "task" else None
    members = exported(path.parent.name, path.parents[2] / "inputs", job)
    with open_source(path) as source:
        assert sorted(members) == source.members()
        assert settled(members["annotations.xml"]) == settled(source.read("annotations.xml"))


@needs_golden
@pytest.mark.parametrize("path", IMPORTS, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_every_import_is_stored_as_the_server_does(path: Path) -> None:
    task = path.parents[1]
    result = imported(path.stem, task / "exports" / path.stem / "task.zip", task / "inputs")
    assert result == comparable(json.loads(path.read_bytes()))


@needs_golden
@pytest.mark.parametrize("path", PICTURES, ids=lambda path: f"{path.parents[2].name}-{path.stem}")
def test_pictures_stand_where_the_server_puts_them(path: Path) -> None:
    job = int(path.stem.removeprefix("job_")) if path.stem != "task" else None
    inputs = path.parents[2] / "inputs"
    with open_source(path.with_name("task.zip")) as pictures, open_source(path) as source:
        media = Media.from_source(pictures, bundle(inputs, None).frames.names)
        members = exported("cvat-images", inputs, job, media)
        assert sorted(members) == source.members()
        assert all(members[name] == source.read(name) for name in members if name != "annotations.xml")
