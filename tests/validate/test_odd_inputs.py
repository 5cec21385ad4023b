"""Inputs that ended in an internal error or were mended into worse ones: what is wrong is said with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import annotools as at
from annotools.validate.fixing.loop import fixed
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.report import Report
from annotools.validate.reports import FORMATS, render
from annotools.validate.settings import ValidateSettings
from tests.paths import DATA
from tests.validate.examples import files_of

BOX: dict[str, Any] = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [1, 2, 30, 40], "attributes": []}
TOO_DEEP = 200_000  # how deep the decoders go is up to Python: a thousand until 3.11, some ten thousand later
DEEP = b"[" * TOO_DEEP + b"]" * TOO_DEEP


def places(report: Report) -> list[tuple[str, str]]:
    """Rule and pointer of every finding; the report is drawn in every form on the way."""
    for form in FORMATS:
        assert "".join(render(form, [report]))
    return [(finding.rule, finding.where.pointer) for finding in report.findings()]


def judged_text(text: str | bytes, **options: Any) -> Report:
    """The report on an annotations.json in the standard task."""
    files = files_of({"annotations": ""}) | {"annotations.json": text if isinstance(text, bytes) else text.encode()}
    return at.validate(Overlay("odd", files), slug="cvat-api", **options)


def backup(change: Callable[[list[Any]], None]) -> dict[str, bytes]:
    """The small backup of five jobs with something changed."""
    folder = DATA / "cvat_backup"
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    documents = json.loads(files["annotations.json"])
    change(documents)
    return files | {"annotations.json": json.dumps(documents).encode()}


# --- backups -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("job", [0, 1, 2, 4])
def test_every_job_of_a_backup_is_looked_into(job: int) -> None:
    def change(documents: list[Any]) -> None:
        documents[job]["shapes"][0]["outside"] = "x"

    source = Overlay("backup", backup(change))
    report = at.validate(source, select="SCH")
    assert places(report) == [("SCH005", f"/{job}/shapes/0/outside")]
    assert report.exit_code() == 1
    assert at.fix(source, unsafe=True, select="SCH").members == {}


@pytest.mark.parametrize("job", [0, 2, 4])
def test_a_key_that_nobody_knows_is_a_warning_in_every_job(job: int) -> None:
    def change(documents: list[Any]) -> None:
        documents[job]["shapes"][0] |= {"foo": 1, "z_ordr": 0}
        documents[job]["shapes"][0].pop("z_order")

    source = Overlay("backup", backup(change))
    report = at.validate(source, select="SCH")
    assert places(report) == [("SCH003", f"/{job}/shapes/0/{key}") for key in ("foo", "z_ordr")]
    assert report.exit_code() == 0
    outcome = at.fix(source, select="SCH")
    shape = json.loads(outcome.members["annotations.json"])[job]["shapes"][0]
    assert (shape["z_order"], "z_ordr" in shape) == (0, False)


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("unknown-label", "/0/shapes/0/label"),
        ("tag-unknown-label", "/0/tags/0/label"),
        ("unknown-attribute", "/0/tracks/0/shapes/0/attributes/0/name"),
    ],
)
def test_names_that_a_backup_does_not_define_are_errors(name: str, pointer: str) -> None:
    report = at.validate(DATA / "backups" / f"{name}.zip")
    assert ("SCH022", pointer) in places(report)
    assert report.exit_code() == 1


# --- bytes and numbers that are none --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (b'{"shapes": [{"b\xffd": 1, "type": "rectangle", "label_id": 1, "frame": 0, "points": [1, 2, 3, 4]}]}',
         ("SCH001", "/shapes/0")),
        (b'{"b\xffd": 1}', ("SCH001", "")),
        (b'{"tags": [], "b\xffd": 1}', ("SCH001", "")),
        (b'{"tags": [], "bad": "\xff"}', ("SCH001", "/bad")),
        (b'{"version": "\xff"}', ("SCH001", "/version")),
        (b'{"tags": "\xff"}', ("SCH001", "/tags")),
        (b'{"version": 1e400}', ("SCH020", "/version")),
        (b'{"version": NaN}', ("SCH001", "")),
        (b'{"tags": 1e400}', ("SCH005", "/tags")),
        (b'{"version": ' + DEEP + b"}", ("SCH001", "")),
    ],
)  # fmt: skip
def test_bytes_and_numbers_that_are_none_have_a_place(text: bytes, finding: tuple[str, str]) -> None:
    report = judged_text(text, select="SCH")
    assert finding in places(report)
    assert report.exit_code() == 1


def test_a_number_beyond_all_numbers_is_one_finding() -> None:
    report = judged_text(json.dumps({"version": 0, "shapes": [BOX]}).replace('"version": 0', '"version": 1e400'))
    assert [address for address in places(report) if address[0] != "LBL015"] == [("SCH020", "/version")]


@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize(("depth", "mends"), [(200, True), (TOO_DEEP, False)])
def test_deep_values_are_left_as_they_are(depth: int, mends: bool, unsafe: bool) -> None:
    """What stands beside them is mended, as long as a text that is so deep counts as JSON at all."""
    deep = "[" * depth + "]" * depth
    first, second = json.dumps(BOX), json.dumps(BOX | {"points": [60, 40, 10, 10]})
    text = f'{{"shapes": [{first[:-1]}, "odd": {deep}}}, {second}]}}'
    source = Overlay("deep", files_of({}) | {"annotations.json": text.encode()})
    outcome = at.fix(source, slug="cvat-api", select=["GEO007", "SCH001"], unsafe=unsafe)
    expected = [("GEO007", "/shapes/1")] if mends else [("SCH001", "/shapes/0")]
    assert [address for address in places(outcome.found) if address[0] == expected[0][0]] == expected
    mended = text.replace("60, 40, 10, 10", "10, 10, 60, 40").encode()
    assert outcome.members == ({"annotations.json": mended} if mends else {})


@pytest.mark.parametrize("ending", ["\r", "\r\n", "\n"])
@pytest.mark.parametrize("slug", ["cvat-images", "cvat-api"])
def test_lines_may_end_in_any_way(slug: str, ending: str) -> None:
    if slug == "cvat-api":
        text = json.dumps({"shapes": [BOX | {"points": [60, 40, 10, 10]}]}, indent=1)
        files = files_of({}) | {"annotations.json": text.replace("\n", ending).encode()}
    else:
        files = {"a.xml": TWINS.replace('xtl="1.00"', 'xtl="30.00"').replace("\n", ending).encode()}
    source = Overlay("ends", files)
    report = at.validate(source, slug=slug, select="GEO007")
    assert {rule for rule, _ in places(report)} == {"GEO007"}
    outcome = at.fix(source, slug=slug, select="GEO007")
    assert (len(outcome.report), sum(outcome.applied.values())) == (0, len(report))


# --- what fixes make is not worse ------------------------------------------------------------------------------------

TWINS = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <meta><task><size>1</size><labels><label><name>car</name><attributes></attributes></label></labels></task></meta>
  <image id="0" name="a.png" width="100" height="80">
    <box label="car" source="manual" occluded="0" xtl="1.00" ytl="1.00" xbr="20.00" ybr="20.00" z_order="0">
    </box><box label="car" source="manual" occluded="0" xtl="1.00" ytl="1.00" xbr="20.00" ybr="20.00" z_order="0">
    </box>
  </image>
</annotations>
"""


def test_only_the_element_at_fault_goes_where_elements_share_a_line() -> None:
    outcome = at.fix(Overlay("a.xml", {"a.xml": TWINS.encode()}), slug="cvat-images", unsafe=True)
    start = TWINS.index("<box", TWINS.index("</box>"))
    assert outcome.members["a.xml"].decode() == TWINS[:start] + TWINS[TWINS.index("</box>", start) + len("</box>") :]
    assert len(outcome.report) == 0


POSE = """<annotations>
  <meta><task><size>1</size><labels>
    <label><name>pose</name><type>skeleton</type><attributes></attributes></label>
    <label><name>head</name><type>points</type><parent>pose</parent><attributes><attribute><name>seen</name>
      <mutable>False</mutable><input_type>text</input_type></attribute></attributes></label>
    <label><name>foot</name><type>points</type><parent>pose</parent><attributes></attributes></label>
  </labels></task></meta>
  <image id="0" name="a.png" width="100" height="80">
    <skeleton label="pose" source="manual" z_order="0">
      <points label="head" source="manual" outside="0" occluded="0" points="1.00,2.00">
        <attribute name="seen">yes</attribute>
      </points>
    </skeleton>
  </image>
</annotations>
"""


def test_a_point_that_lacks_takes_no_attributes_of_another_label() -> None:
    source = Overlay("a.xml", {"a.xml": POSE.encode()})
    outcome = at.fix(source, slug="cvat-images", unsafe=True, select="SKL003")
    assert (outcome.applied["SKL003"], len(outcome.report)) == (1, 0)
    text = outcome.members["a.xml"].decode()
    assert text.count("<attribute name=") == 1
    assert '<points label="foot" source="manual" outside="1" occluded="0" points="1.00,2.00">' in text
    assert not read_subject(Overlay("a.xml", dict(outcome.members)), SubjectOptions("cvat-images")).problems


def test_in_json_it_takes_none_either() -> None:
    values = [{"spec_id": 7, "value": "x"}]
    head = {"type": "points", "label_id": 51, "frame": 0, "points": [9, 9], "attributes": values}
    text = json.dumps({"shapes": [{"type": "skeleton", "label_id": 5, "frame": 0, "elements": [head]}]})
    outcome = at.fix(Overlay("pose", files_of({"annotations": text})), slug="cvat-api", unsafe=True, select="SKL003")
    elements = json.loads(outcome.members["annotations.json"])["shapes"][0]["elements"]
    assert [element["attributes"] for element in elements] == [values, [], []]


def test_a_fix_after_which_less_can_be_read_is_left_out() -> None:
    """A misspelt key has a value that no row can have: given its right name, it would cost the shape."""
    good, bad = ({key: value for key, value in BOX.items() if key != "frame"} for _ in range(2))
    shapes = [good | {"frame": 0, "z_ordr": 1}, bad | {"frame": 0, "z_ordr": "high"}, good | {"frame": 0, "zorder": 2}]
    source = Overlay("keys", files_of({"annotations": json.dumps({"shapes": shapes})}))
    outcome = fixed(source, SubjectOptions("cvat-api"), ValidateSettings(selected=("SCH",)))
    mended = json.loads(outcome.members["annotations.json"])["shapes"]
    assert [shape.get("z_order") for shape in mended] == [1, None, 2]
    assert mended[1]["z_ordr"] == "high"
    assert (outcome.applied["SCH003"], outcome.refused["SCH003"]) == (2, 1)
    assert len(outcome.report.dataset.shapes) == 3


@pytest.mark.parametrize(
    ("key", "right"),
    [("track", "tracks"), ("Tracks", "tracks"), ("shape", ""), ("foo", ""), ("", "")],
    ids=["one letter short", "a capital", "of a list that is there", "a word", "nothing"],
)
def test_a_list_of_another_name_is_renamed_where_it_is_known_which(key: str, right: str) -> None:
    text = json.dumps({"version": 0, "tags": [], "shapes": [], key: []})
    (finding,) = judged_text(text, select="SCH003").findings()
    assert finding.message.endswith(f", did you mean {right}" if right else "so it is ignored")
    source = Overlay("odd", files_of({"annotations": ""}) | {"annotations.json": text.encode()})
    outcome = at.fix(source, slug="cvat-api", select="SCH003")
    bodies = [json.loads(member) for member in outcome.members.values()]
    assert bodies == ([{"version": 0, "tags": [], "shapes": [], right: []}] if right else [])


# --- what the server's importer stops at ---------------------------------------------------------------------------


def test_what_the_importer_stops_at_is_a_finding_among_others() -> None:
    line = b"Person sitting down 0.00 0 -10 30 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10\n"
    report = at.validate(Overlay("kitti", {"training/label_2/a.txt": line}), slug="kitti")
    codes = [finding.rule for finding in report.findings()]
    assert "FMT009" in codes
    assert "GEO007" in codes


def test_names_of_thousands_of_digits_have_an_order_too() -> None:
    """Python makes no number of more than 4,300 digits."""
    names = [f"f{'9' * 5000}.jpg", f"f1{'0' * 5000}.jpg", "f2.jpg"]
    frames = [{"name": name, "width": 200, "height": 100} for name in sorted(names)]
    files = files_of({"annotations": {}, "data_meta": {"frames": frames}})
    report = at.validate(Overlay("digits", files), slug="cvat-api", preset="strict", select="FRM012")
    assert [finding.rule for finding in report.findings()] == ["FRM012"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[{"id": 1, "annotations": [{"result": []}], "data": {"image": "a.jpg"}}]', "Label Studio"),
        ('{"a.jpg1": {"filename": "a.jpg", "file_attributes": {}, "regions": {}}}', "VIA"),
        ('{"imgs": {}, "anns": {}, "imgToAnns": {}}', "COCO-Text"),
    ],
)
def test_json_of_another_program_is_called_so_and_not_judged_as_a_body(text: str, what: str) -> None:
    with pytest.raises(at.InputError, match=f"looks like JSON of {what}"):
        at.validate(Overlay("a.json", {"a.json": text.encode()}))


@pytest.mark.parametrize("text", ['[{"label_id": 1, "frame": 0}]', "{'shapes': []}", '{"shape": []}'])
def test_other_json_is_judged_as_what_it_should_be(text: str) -> None:
    assert len(at.validate(Overlay("a.json", {"a.json": text.encode()})))


@pytest.mark.parametrize(("side", "code"), [("0", "GEO008"), ("-5", "GEO007"), ("0.1", "GEO009")])
def test_a_fault_is_not_that_of_the_row_that_closes_a_track_too(side: str, code: str) -> None:
    """MOT lists an object where it is seen: behind its last line a reader puts a row that repeats it."""
    lines = ["1,1,10,10,20,20,1,1,1", f"2,1,10,10,{side},0.1,1,1,1", "5,2,10,10,20,20,1,1,1"]
    files = {"gt/gt.txt": "\n".join(lines).encode(), "gt/labels.txt": b"car\n"}
    findings = at.validate(Overlay("in", files), slug="mot", preset="strict", select=[code]).findings()
    assert [(finding.rule, finding.where.line) for finding in findings] == [(code, 2)]


@pytest.mark.parametrize(
    ("slug", "files", "codes"),
    [
        (
            "yolo-ultralytics-detection",
            {"data.yaml": b"train: images\ntest: ../test/pictures\nnames: [car]\n", "images/a.jpg": b""}, {"FMT004"},
        ),
        ("icdar-localization", {"gt_a.txt": b"\xef\xbb\xbf1,1,9,1,9,9,1,9,word\n"}, {"FMT060", "FMT100"}),
        ("icdar-localization", {"gt_a.txt": b"1,1,9,1,9,9,1,9,a\n2,2,8,2,8,8,2,8,b,c\n"}, {"FMT062"}),
    ],
)  # fmt: skip
def test_what_another_rule_tells_is_not_what_the_importer_refuses_too(
    slug: str, files: dict[str, bytes], codes: set[str]
) -> None:
    findings = at.validate(Overlay("in", files), slug=slug, ignore=["STA", "FMT013"]).findings()
    assert {finding.rule for finding in findings} == codes
