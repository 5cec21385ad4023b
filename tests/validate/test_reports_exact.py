"""Whole reports of a small body, to the letter: two errors of one rule, a warning, an info, and a rule not asked."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import annotools as at
from annotools.validate.engine import judge
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.report import Report
from annotools.validate.reports import RenderOptions, render
from annotools.validate.reports.statistics import table
from annotools.validate.settings import ValidateSettings
from tests.validate.examples import files_of

FIRST = "body/annotations.json:1:/shapes/0"
CAR = "job 3 · frame 0 (street/000.jpg) · rectangle #1 car"
ROAD = "job 3 · frame 3 (street/003.jpg) · polygon road"
WHOLE = "job 3 · frame 3 (street/003.jpg) · rectangle car"
SWAPPED = "corners are swapped: x 60 to 10, y 40 to 10"
CONCISE = [
    f"{FIRST}: error GEO007 inverted-rectangle: {SWAPPED} [{CAR}]",
    "… 1 more GEO007 inverted-rectangle",
    f"body/annotations.json:1:/shapes/4: warning GEO013 closed-ring: the last point repeats the first [{ROAD}]",
    f"body/annotations.json:1:/shapes/3: info GEO026 whole-image-box: fills the whole picture of 200 x 100 [{WHOLE}]",
]
SUMMARY = ["2 errors, 1 warning, 1 info in 5 shapes", "1 rule skipped: no action (--as)", "--fix mends GEO007, GEO013"]


def _shape(kind: str, frame: int, points: list[float], label: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": kind, "label_id": label, "frame": frame, "points": points, **more}


@cache
def _report() -> Report:
    shapes = [
        _shape("rectangle", 0, [60, 40, 10, 10], id=1), _shape("rectangle", 1, [60, 40, 10, 20], id=2),
        _shape("rectangle", 2, [10, 10, 60, 40], id=4), _shape("rectangle", 3, [0, 0, 200, 100]),
        _shape("polygon", 3, [10, 10, 60, 10, 60, 40, 10, 10], 3),
    ]  # fmt: skip
    subject = read_subject(Overlay("body", files_of({"annotations": {"shapes": shapes}})), SubjectOptions("cvat-api"))
    return judge(subject, ValidateSettings("strict", selected=("GEO007", "GEO026", "GEO013", "SCH007")))


def _lines(form: str, shown: int | None = 1) -> list[str]:
    return "".join(render(form, [_report()], RenderOptions(shown=shown))).splitlines()


def test_concise() -> None:
    assert _lines("concise") == CONCISE + SUMMARY


def test_github() -> None:
    warned, noted = (line.partition(": ")[2].partition(": ")[2] for line in CONCISE[2:])
    warned, noted = (text.replace("[", f"{at} [", 1) for text, at in ((warned, "/shapes/4"), (noted, "/shapes/3")))
    file = "file=body/annotations.json,line=1,"
    assert _lines("github") == [
        f"::error {file}title=GEO007 inverted-rectangle::{SWAPPED} /shapes/0 [{CAR}]",
        "::error title=GEO007 inverted-rectangle::and 1 more", f"::warning {file}title=GEO013 closed-ring::{warned}",
        f"::notice {file}title=GEO026 whole-image-box::{noted}", "body (cvat-api, preset strict)", *SUMMARY,
    ]  # fmt: skip


def test_github_escapes_properties_once(tmp_path: Path) -> None:
    root = tmp_path / "50 %, 22:30"
    root.mkdir()
    box = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 40, 10, 10]}
    (root / "annotations.json").write_text(json.dumps({"shapes": [box]}))
    (root / "labels.json").write_text(json.dumps([{"id": 1, "name": "car", "attributes": []}]))
    line = "".join(render("github", [at.validate(root, select="GEO007")], RenderOptions())).splitlines()[0]
    assert line.partition(",line=1,")[0].endswith("/50 %25%2C 22%3A30/annotations.json")


def test_gitlab() -> None:
    issues = json.loads("".join(render("gitlab", [_report()], RenderOptions())))
    assert [(issue["check_name"], issue["severity"]) for issue in issues] == [
        ("GEO007", "critical"), ("GEO007", "critical"), ("GEO013", "minor"), ("GEO026", "info"),
    ]  # fmt: skip
    assert issues[0]["description"] == f"inverted-rectangle: {SWAPPED} [{CAR}]"
    assert {str(issue["location"]) for issue in issues} == {
        str({"path": "body/annotations.json", "lines": {"begin": 1}})
    }


def test_junit() -> None:
    case, message = '<testcase classname="GEO" name=', "2 findings: Corners of a rectangle are swapped."
    assert _lines("junit") == [
        '<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="annotools">',
        '<testsuite name="body" tests="4" failures="1" errors="0" skipped="1">',
        f'{case}"GEO007 inverted-rectangle"><failure type="error" message="{message}">{CONCISE[0]}', "… 1 more",
        "</failure></testcase>",
        f'{case}"GEO013 closed-ring"><system-out>{CONCISE[2]}', "</system-out></testcase>",
        f'{case}"GEO026 whole-image-box"><system-out>{CONCISE[3]}', "</system-out></testcase>",
        '<testcase classname="SCH" name="SCH007 id-on-create"><skipped message="no action (--as)"/></testcase>',
        "</testsuite>", "</testsuites>",
    ]  # fmt: skip


def test_full() -> None:
    assert _lines("full") == [
        "body (cvat-api, preset strict)", "",
        "error GEO007 inverted-rectangle  2 findings", "  Corners of a rectangle are swapped.", f"  {FIRST}  {CAR}",
        f"    {SWAPPED}", "    points 60 40 10 10", "  … 1 more",
        "  fix: lossless: the corners are put in order (annotools rule GEO007 says more)", "",
        "warning GEO013 closed-ring  1 finding", "  The last point of a polygon repeats the first.",
        f"  body/annotations.json:1:/shapes/4  {ROAD}", "    the last point repeats the first",
        "    points 10 10 60 10 60 40 10 10",
        "  fix: lossless: the last point is taken away (annotools rule GEO013 says more)", "",
        "info GEO026 whole-image-box  1 finding", "  A rectangle is as large as its picture.",
        f"  body/annotations.json:1:/shapes/3  {WHOLE}", "    fills the whole picture of 200 x 100",
        "    points 0 0 200 100", "  more: annotools rule GEO026", "", *SUMMARY,
    ]  # fmt: skip


def test_markdown() -> None:
    lines = _lines("markdown")
    assert [line for line in lines if line.startswith("|")] == [
        "| | rule | findings | what |", "|---|---|--:|---|",
        "| ❌ error | GEO007 inverted-rectangle | 2 | Corners of a rectangle are swapped. |",
        "| ⚠️ warning | GEO013 closed-ring | 1 | The last point of a polygon repeats the first. |",
        "| ℹ️ info | GEO026 whole-image-box | 1 | A rectangle is as large as its picture. |",
    ]  # fmt: skip
    assert [line for line in lines if "<summary>" in line] == [
        f"<details><summary>{rule}</summary>"
        for rule in ("GEO007 inverted-rectangle: 2 findings", "GEO013 closed-ring: 1 finding",
                     "GEO026 whole-image-box: 1 finding")
    ]  # fmt: skip
    assert lines[lines.index(f"- `{FIRST}` `{CAR}`  ") + 1 :][:2] == [f"  `{SWAPPED}`", "- … 1 more"]


def test_table() -> None:
    assert list(table(_report())) == [
        "body (cvat-api, preset strict)\n", "2  error    GEO007  inverted-rectangle  --fix\n",
        "1  warning  GEO013  closed-ring         --fix\n", "1  info     GEO026  whole-image-box\n",
    ]  # fmt: skip
