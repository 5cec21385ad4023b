"""What `validate` has to say, and to keep quiet about, before an upload breaks."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable

import pytest

from tests.cases.conftest import Case

Cases = Callable[[str], Case]
ERRORS = [
    ("mask-left-of-the-picture", "body.json --task task", "MSK003", "leaves a picture of 100 x 80"),
    ("number-attribute-no-number", "body.json --task task", "LBL011", "speed is 'fast', expected a number"),
    ("coco-zip-annotations-in-capitals", "coco.zip", "FMT006", "expected in a folder annotations at the top"),
    ("coco-zip-labels-json-alone", "coco.zip", "FMT006", "expected in a folder annotations at the top"),
    ("xml-checkbox-no-boolean", "a.xml --task task", "FMT009", "attribute 'parked' is 'yes', expected true or false"),
]
WARNINGS = [
    ("track-keyframe-behind-the-last-frame", "body.json --task task", "FRM003", "keyframe on frame 99"),
    ("names-that-lead-outside", ".", "FRM014", "the name has '..'"),
    ("xml-name-matches-by-base-only", "a.xml --task task", "FMT010", "the importer puts it on frame 1"),
    ("xml-occluded-True-compat", "a.xml --task task", "FMT010", "the importer reads occluded as False"),
    ("xml-unknown-attribute", "a.xml --task task", "FMT010", "drops attributes that their labels do not have: 1"),
]


@pytest.mark.parametrize(("name", "line", "code", "message"), ERRORS, ids=[row[0] for row in ERRORS])
def test_errors(case: Cases, name: str, line: str, code: str, message: str) -> None:
    entered = case(name)
    messages = entered.findings(line)[code]
    assert messages[0].startswith("error: ")
    assert message in messages[0]
    assert entered.run(f"validate {line}").exit_code == 1


@pytest.mark.parametrize(("name", "line", "code", "message"), WARNINGS, ids=[row[0] for row in WARNINGS])
def test_warnings(case: Cases, name: str, line: str, code: str, message: str) -> None:
    entered = case(name)
    messages = entered.findings(line)[code]
    assert messages[0].startswith("warning: ")
    assert message in messages[0]
    entered.fine(f"validate {line}")


def test_an_id_that_two_annotations_have(case: Cases) -> None:
    entered = case("coco-repeated-annotation-id")
    findings = entered.findings("coco.json --task task --preset coco")
    assert findings["FMT030"] == ["error: id 1 is that of annotation 0, expected an id of its own"]
    entered.fine("validate coco.json --task task")


@pytest.mark.parametrize("name", ["backup-tag-unknown-label", "backup-unknown-attribute", "backup-unknown-label"])
def test_a_backup_with_something_unknown(case: Cases, name: str) -> None:
    entered = case(name)
    result = entered.run("validate backup.zip --format concise")
    assert result.exit_code == 1
    assert "annotations.json:1:/0/" in result.stdout
    assert '"ghost"' in result.stdout


def test_a_backup_with_something_odd_in_every_job(case: Cases) -> None:
    entered = case("validate-backup-crash")
    broken = entered.run("validate backup.zip --format concise")
    assert broken.exit_code == 1
    assert "/0/shapes/0/outside: error SCH005" in broken.stdout
    odd = entered.fine("validate unknown-key.zip --format concise")
    assert "SCH003" in odd.stdout
    for name in ("backup", "unknown-key"):
        mended = entered.run(f"validate {name}.zip --fix --unsafe-fixes -o {name}-mended.zip")
        assert mended.exit_code in (0, 1), mended.stderr
        assert (entered.folder / f"{name}-mended.zip").exists()


@pytest.mark.parametrize(
    ("name", "code"), [("validate-key-not-utf8", "SCH001"), ("validate-number-out-of-range", "SCH020")]
)
def test_damaged_bytes_are_one_finding(case: Cases, name: str, code: str) -> None:
    entered = case(name)
    report = entered.run("validate . --format concise")
    assert report.exit_code == 1
    assert report.stdout.count(": error ") == 1
    assert code in report.stdout
    assert entered.run("validate . --fix -o out").exit_code == 1


def test_a_fix_takes_no_byte_more_than_its_own(case: Cases) -> None:
    entered = case("fix-eats-a-byte")
    before = (entered.folder / "a.xml").read_text()
    entered.fine("validate a.xml --from cvat-images --fix --unsafe-fixes -o o.xml")
    start = before.index("<box", before.index("</box>"))
    assert (entered.folder / "o.xml").read_text() == before[:start] + before[before.rindex("</box>") + len("</box>") :]


def test_only_what_is_mended_is_called_mended(case: Cases) -> None:
    entered = case("number-attribute-no-number")
    body = '{"version": 0, "tags": [], "tracks": [], "shapes": [{"type": "rectangle", "frame": 0, "label_id": 1, '
    points = '"points": [1, 1, 9, 9], "attributes": [{"spec_id": 11, "value": "%s"}], "odd": 1}]}'
    for value, mended in (("BLUE", True), ("pink", False)):
        (entered.folder / "body.json").write_text(body + points % value)
        result = entered.run("validate body.json --task task --select LBL009,SCH003 --format concise")
        assert "LBL009" in result.stdout
        assert ("--fix mends LBL009" in result.stdout) is mended


@pytest.mark.parametrize(
    ("members", "astray"),
    [
        (["train/_annotations.coco.json"], 1),  # one split of Roboflow's
        (["mine/annotations/instances_default.json", "mine/images/a.jpg"], 1),
        (["annotations/instances_default.json", "labels.json"], 1),
        (["annotations/instances_default.json"], 0),
    ],
)
def test_an_archive_that_an_import_does_not_find(case: Cases, members: list[str], astray: int) -> None:
    entered = case("coco-annotation-id-is-text")
    document = entered.json("coco.json")
    document["annotations"] = []
    with zipfile.ZipFile(entered.folder / "a.zip", "w") as archive:
        for name in members:
            archive.writestr(name, json.dumps(document) if name.endswith(".json") else b"picture")
    assert len(entered.findings("a.zip --from coco").get("FMT006", [])) == astray
