"""What reports write of many findings at once says what each finding says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotools.validate.findings import Finding
from annotools.validate.reports import RenderOptions, render
from annotools.validate.reports.texts import Texts
from annotools.validate.reports.written import joined, known, objects, values
from annotools.validate.settings import ValidateSettings
from tests.validate import reporting

ALL = RenderOptions(shown=None)


def plain(value: Any) -> Any:
    """As JSON has it."""
    return json.loads(json.dumps(value, default=str))


def expected(finding: Finding, texts: Texts) -> dict[str, Any]:
    row = {
        "rule": finding.rule, "name": finding.name, "severity": finding.severity.word, "message": finding.message,
        "where": texts.located(finding.where), "evidence": finding.evidence, "fingerprint": finding.fingerprint,
    }  # fmt: skip
    if finding.related:
        row["related"] = texts.located(finding.related)
    if finding.fix:
        edits = [
            {"edit": type(edit).__name__} | {name: getattr(edit, name) for name in edit.__slots__}
            for edit in finding.fix.edits
        ]
        row["fix"] = {"title": finding.fix.title, "safe": finding.fix.safe, "edits": edits}
    return row


@pytest.mark.parametrize("name", ["car", reporting.HURTING, 'half \ud800 "ü"'])
def test_json_says_what_each_finding_says(name: str) -> None:
    report = reporting.judged(ValidateSettings(preset="strict"), name)
    rows = json.loads("".join(render("json", [report], ALL)))["reports"][0]["findings"]
    texts = Texts(report)
    assert rows == [plain(expected(finding, texts)) for finding, items in report.entries() if not items]
    assert {row["where"].get("kind", "") for row in rows} >= {"shape", "track"}
    assert [list(row)[:4] for row in rows] == [["rule", "name", "severity", "message"]] * len(rows)


@pytest.mark.parametrize("name", ["car", reporting.HURTING, 'half \ud800 "ü"'])
def test_sarif_says_what_each_finding_says(name: str) -> None:
    report = reporting.judged(ValidateSettings(preset="strict"), name)
    results = json.loads("".join(render("sarif", [report], ALL)))["runs"][0]["results"]
    findings, texts = list(report.findings()), Texts(report)
    for result, finding in zip(results, findings, strict=True):
        location = result["locations"][0]
        assert (result["ruleId"], result["message"]["text"]) == (finding.rule, finding.message)
        region = texts.region(finding.where)
        assert tuple(location["physicalLocation"].get("region", {}).values()) == tuple(region or ())
        names = [one["fullyQualifiedName"] for one in location.get("logicalLocations", ())]
        assert names == [text for text in (finding.where.pointer, finding.where.address) if text]
        assert ("relatedLocations" in result) == (finding.related is not None)
        assert finding.fix is not None or "fixes" not in result


def test_what_is_the_same_is_not_mixed_up() -> None:
    assert objects([("a", [0.0, -0.0]), ("b", [1, True]), ("%s", ["100 %", "100 %"])], 2) == [
        '{"a":0.0,"b":1,"%s":"100 %"}', '{"a":-0.0,"b":true,"%s":"100 %"}',
    ]  # fmt: skip
    assert objects([], 2) == ["{}", "{}"]


def test_values_are_apart_whatever_is_in_them() -> None:
    column = ["a,\n  b", '",\n  "', "", None, 7, 0.5, False]
    assert [json.loads(text) for text in values(column)] == column
    assert [json.loads(text) for text in values([[1, 2], {"a": [3]}])] == [[1, 2], {"a": [3]}]
    assert values([]) == []


def test_only_what_is_known_is_written() -> None:
    assert known("line", [None, 3, 0]) == ["", ',"line":3', ',"line":0']
    assert known("file", ["a", "a"]) == ',"file":"a"'
    assert known("file", ["", ""]) == known("file", []) == ""
    assert joined([["a"], "%"], 1) == ["a%"]
