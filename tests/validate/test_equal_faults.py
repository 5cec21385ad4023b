"""What is wrong with many items of a list is counted for each, and listed once with the numbers of the items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.errors import InputError
from annotools.formats.cvat_json.decode import MANY, VARIOUS
from annotools.validate.report import ALIKE, Report
from annotools.validate.reports import render
from annotools.validate.structure import MOST_KEYS

BOX = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 1, 5, 5]}


def _judged(shapes: list[Any]) -> Report:
    return at.validate({"version": 0, "tags": [], "tracks": [], "shapes": shapes}, slug="cvat-api")


def _faults(report: Report, code: str) -> list[tuple[str, str]]:
    return [(one.where.pointer, one.message) for one in report.findings() if one.rule == code]


def test_each_of_many_rows_has_its_faults() -> None:
    count = 2 * MANY
    report = _judged([{}, 5] * count)
    lacks = [
        (f"/shapes/{2 * i}", f"a shape has no {key}") for i in range(count) for key in ("type", "label_id", "frame")
    ]
    assert sorted(_faults(report, "SCH004")) == sorted(lacks)
    assert _faults(report, "SCH005") == [
        (f"/shapes/{2 * i + 1}", "a shape is 5, expected an object") for i in range(count)
    ]


def test_faults_and_sound_rows_keep_their_places() -> None:
    """Every third row is sound, and of others some have what no other has."""
    rows = [BOX, BOX | {"frame": "x"}, BOX | {"label_id": None, "id": 3}] * MANY
    rows[4] = BOX | {"frame": []}
    report = _judged(rows)
    assert report.checked["shapes"] == MANY
    assert sorted(pointer for pointer, _ in _faults(report, "SCH005")) == sorted(
        f"/shapes/{i}/{('', 'frame', 'label_id')[i % 3]}" for i in range(3 * MANY) if i % 3
    )
    assert ("/shapes/4/frame", "frame is a list, expected a whole number") in _faults(report, "SCH005")


def test_fixes_of_equal_rows_are_of_their_own_places() -> None:
    body = {"version": 0, "tags": [], "tracks": [], "shapes": [BOX | {"grop": 0}] * 3 * MANY}
    outcome = at.fix(body, slug="cvat-api")
    (mended,) = map(json.loads, outcome.members.values())
    assert mended["shapes"] == [BOX | {"group": 0}] * 3 * MANY


@pytest.mark.parametrize("count", [ALIKE - 1, ALIKE, 3 * ALIKE])
def test_a_report_for_programs_lists_what_is_the_same_once(count: int) -> None:
    report = _judged([BOX, *[None] * count, BOX, *[None] * count])
    assert report.by_rule()["SCH005"] == 2 * count
    listed = json.loads("".join(render("json", [report])))["reports"][0]["findings"]
    listed = [one for one in listed if one["rule"] == "SCH005"]
    spans = [[1, count], [count + 2, 2 * count + 1]]
    assert len(listed) == 1
    assert (listed[0]["count"], listed[0]["items"]) == (2 * count, spans)
    assert listed[0]["where"]["pointer"] == "/shapes/1"
    lines = map(json.loads, "".join(render("jsonl", [report])).splitlines())
    assert [one["count"] for one in lines if one.get("rule") == "SCH005"] == [2 * count]
    results = json.loads("".join(render("sarif", [report])))["runs"][0]["results"]
    assert [
        (one["occurrenceCount"], one["properties"]) for one in results if one["ruleId"] == "SCH005"
    ] == [(2 * count, {"items": spans})]  # fmt: skip
    issues = json.loads("".join(render("gitlab", [report])))
    assert [one["description"] for one in issues if one["check_name"] == "SCH005"] == [
        f"wrong-type: a shape is null, expected an object, and {2 * count - 1:,} more like it"
    ]


def test_what_is_wrong_with_few_is_listed_one_by_one() -> None:
    report = _judged([*[None] * (ALIKE - 1)])
    listed = json.loads("".join(render("json", [report])))["reports"][0]["findings"]
    pointers = [one["where"]["pointer"] for one in listed if one["rule"] == "SCH005"]
    assert pointers == [f"/shapes/{index}" for index in range(ALIKE - 1)]
    assert not any("count" in one for one in listed)


def test_equal_parts_of_a_row_are_told_of_the_first(tmp_path: Path) -> None:
    parts = [{"spec_id": 1, "value": "a"}, *[{"value": "a"}] * 50, {"spec_id": 1, "value": "b"}]
    row = BOX | {"attributes": parts}
    assert ("/shapes/0/attributes/1", "an attribute has no spec_id (and so of the 49 items behind it)") in _faults(
        _judged([row]), "SCH004"
    )
    path = tmp_path / "body.json"
    path.write_text(json.dumps({"shapes": [row]}))
    read = at.read(path, "cvat-api", on_error="skip")
    assert [str(problem) for problem in read.problems] == [
        f"{path}:/shapes/0/attributes/1: has no spec_id (and so of the 49 items behind it)"
    ]


def test_of_very_many_other_rows_only_what_they_lack_is_told() -> None:
    count = VARIOUS + 3000  # some thousands are looked at together
    report = _judged([{"frame": number, "x": number} for number in range(count)] + [BOX])
    lacks = _faults(report, "SCH004")
    assert sorted(lacks) == sorted(
        (f"/shapes/{index}", f"a shape has no {key}") for index in range(count) for key in ("type", "label_id")
    )
    assert VARIOUS <= report.by_rule()["SCH003"] < count
    assert report.checked["shapes"] == 1


def test_of_very_many_unknown_keys_some_are_told() -> None:
    report = _judged([BOX | {f"key{number}": 1 for number in range(MOST_KEYS + 7)}])
    unknown = _faults(report, "SCH003")
    assert len(unknown) == MOST_KEYS + 1
    assert ("/shapes/0", "a shape has 7 more keys that nobody knows, so they are ignored") in unknown


@pytest.mark.parametrize("tail", ["", "]}", "]", ',{"type":"x', ',"a', "}]}]"])
@pytest.mark.parametrize("text", [b"{},", b'{"a":[{"b":"]}\\""}]},', b"null,", b"1,", b'"x",', b"[[]],{} "])
def test_pieces_of_a_damaged_list_are_counted(text: bytes, tail: str, tmp_path: Path) -> None:
    """The text of a list that goes wrong somewhere; a piece is what stands between commas."""
    path = tmp_path / "body.json"
    path.write_bytes(b'{"shapes":[' + text * 40 + b"{]" + tail.encode())
    with pytest.raises(InputError) as caught:
        at.read(path, "cvat-api")
    places = {int(one.pointer.split("/")[2]) for one in caught.value.problems if one.pointer.count("/") > 1}
    assert set(range(40)) <= places
