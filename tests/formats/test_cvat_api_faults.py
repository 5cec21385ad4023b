"""Faults in API bundles: each is said with its place, and costs no more than itself."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.errors import InputError, Problems
from annotools.formats.cvat_json.columns import Columns
from annotools.formats.cvat_json.decode import CHUNK, Decoder
from annotools.formats.cvat_json.split import plain_text
from annotools.model import Dataset, Owner
from tests.datasets import FULL
from tests.formats.cvat_api_files import RECTANGLE, SMALL, one, read, write


def decoded(document: Any) -> tuple[Dataset, list[str]]:
    """A document, given as a JSON value or as bytes, and its problems."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    problems = Problems("a.json")
    columns = Columns()
    Decoder(columns, problems).add(data)
    return Dataset(**columns.parts()), [str(problem).removeprefix("a.json:") for problem in problems]


def test_a_missing_member_of_a_job_is_a_problem(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "bundle")
    (tmp_path / "bundle/jobs/88/annotations.json").unlink()
    problems = read(tmp_path / "bundle", job=88).problems
    assert [str(problem) for problem in problems] == [
        "jobs/88/annotations.json: is not there, expected the job's annotations"
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], " is a list, expected an object with tags, shapes and tracks"),
        (b"null", " is null, expected an object with tags, shapes and tracks"),
        ({"shapes": None}, "/shapes: is null, expected a list"),
        ({"shapes": {}}, "/shapes: is an object, expected a list"),
        ({"shapes": [5]}, "/shapes/0: is 5, expected an object"),
        (one(points=[1, "2"]), '/shapes/0/points/1: frame 0: points has "2", expected a number'),
        (one(points=[True]), "/shapes/0/points/0: frame 0: points has true, expected a number"),
        (one(points=5), "/shapes/0/points: frame 0: points is 5, expected a list of numbers"),
        (one(frame=1.5), "/shapes/0/frame: frame is 1.5, expected a whole number"),
        (one(frame=2**70), f"/shapes/0/frame: frame is {2**70}, expected a number of at most 64 bits"),
        (one(occluded=None), "/shapes/0/occluded: frame 0: occluded is null, expected true or false"),
        ({"tags": [{"frame": 3}]}, "/tags/0: frame 3: has no label_id"),
        ({"foreign": 1}, " has only foreign, expected tags, shapes, tracks, intervals"),
        (b'{"shapes": [], "x": NaN}', "1: is not JSON: json is malformed: invalid character (byte 20)"),
    ],
)  # fmt: skip
def test_faults_are_said_with_their_place(document: Any, expected: str) -> None:
    assert decoded(document)[1] == [expected]


@pytest.mark.parametrize(
    ("word", "expected"),
    [*((word, True) for word in ("t", "y", "yes", "true", "on", "1", "ON", 1, 1.0)),
     *((word, False) for word in ("f", "n", "no", "false", "off", "0", "Off", 0))],
)  # fmt: skip
def test_flags_are_read_as_the_server_reads_them(word: Any, expected: bool) -> None:
    dataset, problems = decoded({"shapes": [RECTANGLE | {"occluded": word}]})
    assert (dataset.shapes.occluded.tolist(), problems) == ([expected], [])


def test_one_fault_costs_one_row() -> None:
    rows = [RECTANGLE | {"id": number} for number in range(3 * CHUNK)]
    rows[CHUNK + 7] = rows[CHUNK + 7] | {"type": "rectangel"}
    rows[CHUNK + 9] = rows[CHUNK + 9] | {"frame": "12", "z_order": 1.0, "occluded": "yes"}
    dataset, problems = decoded({"shapes": rows})
    assert [problem.partition(":")[0] for problem in problems] == [f"/shapes/{CHUNK + 7}/type"]
    assert dataset.shapes.id.tolist() == [n for n in range(3 * CHUNK) if n != CHUNK + 7]
    lenient = dataset.shapes.id.tolist().index(CHUNK + 9)
    shapes = dataset.shapes
    assert (shapes.frame[lenient], shapes.z_order[lenient], shapes.occluded[lenient]) == (12, 1, True)


def test_a_faulty_part_costs_the_part() -> None:
    keyframe = {"type": "points", "frame": 4, "points": [1, 2]}
    track = {"label_id": 2, "frame": 4, "shapes": [{"frame": 3}, keyframe], "elements": [7]}
    attributes = [{"spec_id": 1}, {"spec_id": 2, "value": 3.5}, {"spec_id": 3, "value": None}, 8]
    dataset, problems = decoded({"shapes": [RECTANGLE | {"attributes": attributes}], "tracks": [track]})
    assert len(problems) == 4
    assert (len(dataset.shapes), len(dataset.tracks)) == (2, 1)
    assert dataset.attributes.spec.tolist() == [2, 3]
    assert dataset.attributes.texts() == ["3.5", "None"]


def test_an_unknown_source_is_said_and_keeps_its_row() -> None:
    dataset, problems = decoded({"shapes": [RECTANGLE | {"source": "robot"}]})
    assert dataset.shapes[0].source == "manual"
    assert problems[0].startswith(
        '/shapes/0/source: frame 0: source is "robot", expected one of auto, semi-auto, manual'
    )


def test_what_the_server_stores_is_no_problem() -> None:
    odd = [
        RECTANGLE | {"frame": 2**31, "points": [9, 9, 1, 1], "label_id": 12345, "group": None, "id": None},
        RECTANGLE | {"type": "mask", "points": [7, 7, 0, 0, 1, 1], "rotation": 359, "score": 0},
        RECTANGLE | {"points": []}, {"type": "skeleton", "label_id": 3, "frame": -1}, RECTANGLE | {"client_id": 7},
    ]  # fmt: skip
    dataset, problems = decoded({"shapes": odd, "intervals": [{"label_id": 1, "start": 5, "stop": None}]})
    assert problems == []
    assert dataset.shapes.frame.tolist() == [2**31, 0, 0, -1, 0]
    assert dataset.shapes.counts.tolist() == [4, 6, 0, 0, 4]
    assert dataset.intervals.stop.tolist() == [-1]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_document_keeps_its_whole_rows(share: float) -> None:
    data = json.dumps({"shapes": [RECTANGLE | {"id": n, "z_order": n} for n in range(200)]}).encode()
    end = int(len(data) * share)
    dataset, problems = decoded(data[:end])
    assert dataset.shapes.id.tolist() == list(range(data[:end].count(b"}")))
    assert len(problems) == 1


def test_deep_nesting_and_endless_numbers_are_problems() -> None:
    deep = b'{"shapes": [' + b"[" * 100_000 + b"]" * 100_000 + b', {"type": "mask", "label_id": ' + b"9" * 5000 + b"}]}"
    _, problems = decoded(deep)
    assert [problem.partition(":")[0] for problem in problems] == ["/shapes/0", "/shapes/1/label_id", "/shapes/1"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "annotations.json: is empty, expected JSON"),
        (json.dumps({"tags": []}).encode("utf-16"), "annotations.json: is UTF-16 or UTF-32, expected UTF-8"),
        (b'{"tags": [{"label_id": 1, "frame": 0, "source": "\xff"}]}', "annotations.json:/tags/0: is not UTF-8"),
    ],
)
def test_other_encodings_are_problems(data: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / "annotations.json").write_bytes(data)
    assert [str(problem) for problem in read(tmp_path).problems] == [expected]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_characters_are_named_whether_a_mark_tells_of_them_or_not(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "annotations.json").write_bytes(json.dumps({"tags": []}).encode(encoding))
    expected = "annotations.json: is UTF-16 or UTF-32, expected UTF-8"
    assert [str(problem) for problem in read(tmp_path).problems] == [expected]


def test_a_byte_order_mark_is_none() -> None:
    data = b"\xef\xbb\xbf" + json.dumps({"shapes": [RECTANGLE]}).encode()
    problems = Problems()
    assert plain_text(data, problems) == data[3:]
    assert len(problems) == 0


def test_every_row_knows_its_place(tmp_path: Path) -> None:
    dataset = read(write(FULL, tmp_path / "out"), origin=True).dataset
    document = json.loads((tmp_path / "out/annotations.json").read_bytes())
    assert dataset.origin is not None
    for owner in Owner:
        table: Any = dataset.table(owner)
        for row in range(len(table)):
            value = document
            for step in dataset.origin.pointer(owner, row).split("/")[1:]:
                value = value[int(step)] if isinstance(value, list) else value[step]
            assert dataset.origin.member(owner, row) == "annotations.json"
            assert value.get("id", -1) == table.id[row]
            assert value.get("frame") == table.frame[row]


def test_places_count_what_was_left_out() -> None:
    problems, columns = Problems(), Columns(("annotations.json",))
    element = {"type": "points", "label_id": 4, "frame": 0, "points": [1, 2]}
    skeleton = {"type": "skeleton", "label_id": 3, "frame": 0, "elements": [{}, element]}
    Decoder(columns, problems).add(json.dumps({"shapes": [1, RECTANGLE, {}, skeleton]}).encode())
    columns.parts()
    rows_at = columns.places()[Owner.SHAPE]
    assert [rows_at.pointer(row) for row in range(3)] == ["/shapes/1", "/shapes/3", "/shapes/3/elements/1"]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_flipped_bytes_never_raise(seed: int) -> None:
    dice = random.Random(seed)
    data = bytearray((SMALL / "annotations.json").read_bytes()[:20_000])
    for _ in range(dice.choice((1, 3, 30))):
        data[dice.randrange(len(data))] = dice.choice(b'"\\{}[],:0-eE\x00\xff tn')
    dataset, _ = decoded(bytes(data))
    assert len(dataset.shapes) == len(dataset.shapes.offsets) - 1


_SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=3)
_KEYS = st.text(max_size=3)
_VALUES = st.recursive(
    _SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(_KEYS, v, max_size=2), max_leaves=4
)
_FIELDS = ("type", "label_id", "frame", "points", "attributes", "elements", "id", "group", "source")


@settings(max_examples=150, deadline=None)
@given(key=st.sampled_from(_FIELDS), value=_VALUES)
def test_any_value_of_any_field_is_taken_or_said(key: str, value: Any) -> None:
    dataset, problems = decoded({"shapes": [RECTANGLE | {key: value}, RECTANGLE | {"id": 9}]})
    assert 9 in dataset.shapes.id.tolist()
    assert len(dataset.shapes) - np.count_nonzero(dataset.shapes.parent >= 0) == 2 or problems


@pytest.mark.parametrize("strays", [(), ("a.txt", "b.bin"), ("sub/a.json", "sub/b.json"), ("jobs/one/job.json", "x")])
def test_a_folder_without_a_file_of_a_bundle_is_none(tmp_path: Path, strays: tuple[str, ...]) -> None:
    for name in strays:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match=r"annotations\.json: is not there, expected a file of a bundle: annot"):
        read(tmp_path)
    (tmp_path / "labels.json").write_text('[{"id": 1, "name": "car"}]')
    assert read(tmp_path).dataset.labels.find("car").id == 1
