"""Faults in task backups, and what a backup cannot hold: said, and counted."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import annotools as at
from annotools.formats.base import ReadOptions
from annotools.formats.cvat_json import api
from annotools.formats.cvat_json.backup import FORMAT
from annotools.model import Dataset, DatasetBuilder, Owner, Task
from annotools.model.tables import Intervals
from annotools.storage import Limits, open_source
from annotools.storage.zips import ZipSource
from tests.formats.cvat_backup_files import SMALL, read, write

MEMBERS = ("task.json", "annotations.json", "data/manifest.jsonl")


def test_names_that_nothing_defines_are_problems(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "backup")
    documents = json.loads((SMALL / "annotations.json").read_bytes())
    documents[0]["tags"][0]["label"] = "nobody"
    documents[0]["shapes"][0]["attributes"].append({"name": "nothing", "value": "1"})
    skeleton = next(track for track in documents[0]["tracks"] if track["elements"])
    skeleton["elements"][1]["label"] = "tail"
    number = documents[0]["tracks"].index(skeleton)
    (tmp_path / "backup" / "annotations.json").write_text(json.dumps(documents))
    result, before = read(tmp_path / "backup", origin=True), read(SMALL).dataset
    assert [str(problem).partition(", expected")[0] for problem in result.problems] == [
        'annotations.json:/0/tags/0/label: unknown label "nobody"',
        'annotations.json:/0/shapes/0/attributes/1/name: unknown attribute "nothing"',
        f'annotations.json:/0/tracks/{number}/elements/1/label: unknown sublabel "tail"',
    ]
    assert len(result.dataset.tags) == len(before.tags) - 1
    assert len(result.dataset.tracks) == len(before.tracks) - 1
    origin = result.dataset.origin
    assert origin is not None
    inner = [origin.pointer(Owner.TRACK, row) for row in np.flatnonzero(result.dataset.tracks.parent >= 0)[:3]]
    assert [pointer.rpartition("/")[2] for pointer in inner] == ["0", "2", "3"]


def test_rows_that_no_name_leads_to_are_counted(tmp_path: Path) -> None:
    build = DatasetBuilder(Task(name="t"))
    car = build.add_label("car", attributes=[at.AttributeSpec(0, "colour")])
    build.add_label("dog")
    person = build.add_label("person", type="skeleton")
    head = build.add_label("head", parent=person, type="points")
    build.add_frame("a.jpg", 10, 10)
    build.add_tag(0, car, attributes={"colour": "red"})
    build.add_tag(0, "dog", attributes={1: "the colour of another label"})
    build.add_tag(0, 99)
    build.add_shape("points", 0, head, (1, 2))
    intervals = Intervals.of(label=[1, 99], start=[0, 1], stop=[1, 2])
    where, losses = write(build.dataset().replace(intervals=intervals), tmp_path / "out")
    assert {loss.what: loss.count for loss in losses.of("lost", "annotations", "definitions")} == {
        "unknown attribute of tag": 1, "tag with an unknown label": 1, "shape with an unknown label": 1,
        "interval with an unknown label": 1,
    }  # fmt: skip
    dataset = read(where).dataset
    rows = [len(dataset.tags), len(dataset.shapes), len(dataset.intervals)]
    assert (rows, dataset.attributes.texts()) == ([2, 0, 1], ["red"])


@pytest.mark.parametrize("member", MEMBERS)
def test_a_missing_member_is_a_problem(member: str, tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "backup")
    (tmp_path / "backup" / member).unlink()
    problems = [str(problem) for problem in read(tmp_path / "backup").problems]
    assert problems[0].startswith(f"{member}: is not there")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"{}", "annotations.json: is an object, expected a list"),
        (b"[{}]", "annotations.json: has 1 lists, expected 5, one a job of task.json"),
        (b"[{}, {}, {}, {}, {}", "annotations.json: ends too early, expected the closing bracket"),
        (b"[{}, {}, 7, {}, {}]", "annotations.json:/2: is a number, expected an object with tags, shapes and tracks"),
        (b'[{}, {"tags": [{"label": "tag"}]}, {}, {}, {}]', "annotations.json:/1/tags/0: has no frame"),
    ],
)
def test_faults_are_said_with_their_place(data: bytes, expected: str, tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "backup")
    (tmp_path / "backup" / "annotations.json").write_bytes(data)
    assert expected in [str(problem) for problem in read(tmp_path / "backup").problems]


def test_only_a_backup_is_taken_for_one(tmp_path: Path) -> None:
    assert FORMAT.sniff is not None
    assert api.FORMAT.sniff is not None
    for where, expected in ((SMALL, True), (SMALL.parent / "cvat_api", False)):
        with open_source(where) as source:
            assert (FORMAT.sniff(source), api.FORMAT.sniff(source)) == (expected, not expected)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_damaged_members_never_raise(seed: int) -> None:
    assert FORMAT.read is not None
    dice = random.Random(seed)
    files = {name: bytearray((SMALL / name).read_bytes()) for name in MEMBERS}
    victim = files[dice.choice(MEMBERS)]
    for _ in range(dice.choice((1, 3, 30))):
        victim[dice.randrange(len(victim))] = dice.choice(b'"\\{}[],:0-9eE\x00\xff tn')
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, bytes(data))
    with ZipSource("damaged.zip", stream, Limits()) as source:
        dataset = FORMAT.read(source, None, ReadOptions()).dataset
    assert isinstance(dataset.canonical(), Dataset)
