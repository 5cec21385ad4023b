"""Reports for programs, read back by the parsers of their formats."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from annotools import validate as at_validate
from annotools.validate.baseline import baseline_of
from annotools.validate.findings import ERROR
from annotools.validate.registry import all_rules
from annotools.validate.report import Report
from annotools.validate.reports.base import groups
from annotools.validate.settings import ValidateSettings
from tests.validate.reporting import clean, judged, members, report, text

SCHEMA = Path(__file__).parents[1] / "data" / "sarif" / "sarif-schema-2.1.0.json"
WHERE = ("file", "line", "pointer", "job", "frame", "frame_name", "id", "label")


def strictly(made: str) -> Any:
    """JSON as the standard has it: no NaN."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    return json.loads(made, parse_constant=refuse)


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_json_holds_everything() -> None:
    """Counts, skipped rules and every finding with its address."""
    made = strictly(text("json", report(), clean()))
    first, second = made["reports"]
    assert first["counts"] == {severity.word: n for severity, n in report().counts.items()}
    assert len(first["findings"]) == len(report()) == sum(row["count"] for row in first["by_rule"])
    assert second["findings"] == []
    for row, finding in zip(first["findings"], report().findings(), strict=True):
        assert (row["rule"], row["name"], row["message"]) == (finding.rule, finding.name, finding.message)
        known = {name: value for name in WHERE if (value := getattr(finding.where, name)) not in (None, "")}
        assert known.items() <= row["where"].items()
        assert row.get("related", {}).get("pointer", "") == (finding.related.pointer if finding.related else "")
    assert {row["missing"] for row in first["skipped"]} >= {"action"}


def test_json_tells_fixes_as_edits() -> None:
    """The edits name row, column and value."""
    rows = strictly(text("json"))["reports"][0]["findings"]
    fix = next(row["fix"] for row in rows if row["rule"] == "GEO007" and row["where"].get("id") == 1)
    assert fix["safe"] is True
    assert fix["edits"] == [
        {"edit": "Put", "kind": "shape", "row": 0, "column": "points", "value": [10.0, 10.0, 60.0, 40.0]}
    ]


def test_jsonl_is_a_line_a_finding_and_a_summary() -> None:
    """Line by line the same as the document."""
    *rows, last = map(strictly, text("jsonl").splitlines())
    assert [row["rule"] for row in rows] == [finding.rule for finding in report().findings()]
    assert {row["type"] for row in rows} == {"finding"}
    assert last["type"] == "summary"
    assert last["counts"]["error"] == report().counts[ERROR]


@pytest.mark.parametrize("form", ["json", "jsonl", "gitlab", "sarif"])
def test_programs_get_all_findings_unless_they_ask(form: str) -> None:
    """`shown` caps them too when it is given."""
    assert text(form).count(" is swapped") == text(form, shown=None).count(" is swapped")
    assert len(text(form, shown=1)) < len(text(form))


def test_gitlab_issues_have_fingerprints_of_their_own() -> None:
    """As the format demands, also for equal findings."""
    issues = strictly(text("gitlab", report(), report()))
    assert len(issues) == 2 * len(report())
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert issue["location"]["path"].startswith("task/")
    assert strictly(text("gitlab", clean())) == []


# --- SARIF -----------------------------------------------------------------------------------------------------------


def run_of(*reports: Report, **choices: Any) -> dict[str, Any]:
    made = strictly(text("sarif", *reports, **choices))
    jsonschema.Draft4Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(made)
    (run,) = made["runs"]
    return dict(run)


def test_sarif_is_valid_and_declares_all_rules() -> None:
    """Against the schema of OASIS; every rule has a help text, every result names its rule."""
    run = run_of(report())
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(all_rules())
    assert all(rule["help"]["text"] and rule["help"]["markdown"] and rule["fullDescription"]["text"] for rule in rules)
    assert len(run["results"]) == len(report())
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"]["annotoolsFinding/v1"]
        assert " " not in result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    assert any("relatedLocations" in result for result in run["results"])


def test_sarif_of_nothing_is_valid() -> None:
    """No finding, and no report at all."""
    assert run_of(clean())["results"] == []
    assert run_of(clean(), clean())["results"] == []


def slice_of(data: str, region: dict[str, int]) -> tuple[int, int]:
    """Offsets of a region in the text."""
    starts = [0, *(match.end() for match in re.finditer("\n", data))]
    begin = starts[region["startLine"] - 1] + region["startColumn"] - 1
    return begin, starts[region["endLine"] - 1] + region["endColumn"] - 1


def test_sarif_regions_are_those_of_the_text() -> None:
    """The region of a shape is its JSON."""
    data = members()["annotations.json"].decode()
    whole = json.loads(data)
    seen = 0
    for result in run_of(report())["results"]:
        logical = result["locations"][0].get("logicalLocations", ())
        names = {name["kind"]: name["fullyQualifiedName"] for name in logical}
        match = re.fullmatch(r"/shapes/(\d+)", names.get("member", ""))
        if match:
            begin, end = slice_of(data, result["locations"][0]["physicalLocation"]["region"])
            assert json.loads(data[begin:end]) == whole["shapes"][int(match[1])]
            seen += 1
    assert seen > 10


def test_sarif_fixes_mend_the_text() -> None:
    """What a fix replaces leaves JSON, in which the corners are in order."""
    data = members()["annotations.json"].decode()
    fixes = [(r["ruleId"], f) for r in run_of(report())["results"] for f in r.get("fixes", ())]
    assert {code for code, _ in fixes} >= {"GEO007", "GEO018", "TRK002", "SCH006"}
    for _, fix in fixes:
        json.loads(mended(data, fix))
    corners = next(fix for code, fix in fixes if code == "GEO007")
    assert json.loads(mended(data, corners))["shapes"][0]["points"] == [10, 10, 60, 40]
    copies = next(fix for code, fix in fixes if code == "GEO018")
    assert [shape.get("id") for shape in json.loads(mended(data, copies))["shapes"]][:3] == [1, 2, None]


def mended(data: str, fix: dict[str, Any]) -> str:
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "task/annotations.json"
    for part in sorted(change["replacements"], key=lambda part: -slice_of(data, part["deletedRegion"])[0]):
        begin, end = slice_of(data, part["deletedRegion"])
        data = data[:begin] + part["insertedContent"]["text"] + data[end:]
    return data


def test_sarif_fixes_mend_xml(tmp_path: Path) -> None:
    """The same for CVAT's XML, whose names have more bytes than characters."""
    box = '<box label="car" source="manual" occluded="0" xtl="60" ytl="40" xbr="10" ybr="10" z_order="0"></box>'
    data = f"""<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version>
<meta><task><labels><label><name>car</name><attributes></attributes></label></labels></task></meta>
<!-- ünïcödé --><image id="0" name="日本.jpg" width="200" height="100">
  {box}
</image>
</annotations>
"""
    where = tmp_path / "annotations.xml"
    where.write_text(data, "utf-8")
    (fix,) = (f for r in run_of(at_validate(where))["results"] if r["ruleId"] == "GEO007" for f in r["fixes"])
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == where.as_uri()
    change["artifactLocation"]["uri"] = "task/annotations.json"
    numbers = re.findall(r'(?:xtl|ytl|xbr|ybr)="([^"]*)"', mended(data, fix))
    assert [float(number) for number in numbers] == [10, 10, 60, 40]


def test_sarif_tells_what_was_kept_quiet(tmp_path: Path) -> None:
    """Findings known to a baseline or ignored are there, suppressed."""
    where = tmp_path / "baseline.json"
    known = [(batch.rule, batch.found) for batch in report().batches if batch.rule.code == "GEO007"]
    baseline_of(known, report().dataset).write(where)
    settings = ValidateSettings(preset="strict", baseline=str(where), file_ignores={"*": ("TRK002",)})
    results = run_of(judged(settings))["results"]
    quiet = {r["ruleId"]: r["suppressions"][0]["justification"] for r in results if "suppressions" in r}
    assert quiet == {"GEO007": "known to the baseline", "TRK002": "ignored for this file"}
    assert len(results) == len(report())


@pytest.mark.parametrize("most", [1, 2])
@pytest.mark.parametrize("ignores", [{}, {"*": ("GEO007",)}, {"*": ("GEO007", "TRK002", "GEO003")}])
def test_sarif_shows_no_more_of_a_rule_than_was_asked_for(most: int, ignores: dict[str, tuple[str, ...]]) -> None:
    """Neither of findings nor of those that were kept quiet."""
    made = judged(ValidateSettings(preset="strict", file_ignores=ignores))
    every, some = (Counter(r["ruleId"] for r in run_of(made, **c)["results"]) for c in ({}, {"shown": most}))
    assert some == {code: min(count, most) for code, count in every.items()}
    assert sum(every.values()) > sum(some.values())


# --- XML and HTML ----------------------------------------------------------------------------------------------------


def test_junit_has_a_case_a_rule() -> None:
    """Errors fail, rules that lack something are skipped, and the numbers agree."""
    suite = ElementTree.fromstring(text("junit").encode())[0]
    cases = list(suite)
    assert int(suite.attrib["tests"]) == len(cases) == len(report().rules)
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped")) == len(report().skipped)
    failed = {case.attrib["name"].split()[0] for case in cases if case.find("failure") is not None}
    assert failed == {batch.rule.code for batch in report().batches if batch.severity == ERROR}
    assert 'car <b>"x"</b> & `|@me`' in "".join(suite.itertext())


class Page(HTMLParser):
    """What a browser would see."""

    VOID = frozenset({"meta", "input", "path", "circle", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page_of(*reports: Report) -> Page:
    page = Page()
    page.feed(text("html", *reports))
    page.close()
    return page


def test_html_is_one_file_that_loads_nothing() -> None:
    """No address of anything outside, no element that could load, and a policy against it."""
    page = page_of()
    assert not {tag for tag, _ in page.tags} & {"link", "img", "iframe", "object", "embed", "base", "form"}
    assert not any(value for tag, attrs in page.tags for name, value in attrs.items() if name == "src")
    assert all(str(attrs["href"]).startswith("#") for tag, attrs in page.tags if "href" in attrs)
    assert "http:" not in text("html")
    assert "default-src 'none'" in text("html")


def test_html_escapes_names_and_draws_shapes() -> None:
    """Names are text; findings have drawings."""
    page = page_of()
    counts = {tag: sum(one == tag for one, _ in page.tags) for tag in ("article", "svg", "details", "script")}
    assert counts["article"] == len(report())
    assert counts["details"] == len(groups(report()))
    assert counts["script"] == 1
    assert counts["svg"] > len(report()) / 2
    assert 'car <b>"x"</b> & `|@me`' in "".join(page.words)
    assert "et" not in {tag for tag, _ in page.tags}


def test_html_links_lead_somewhere() -> None:
    """Also with several reports: every id is there once."""
    page = page_of(report(), report())
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    assert {str(attrs["href"])[1:] for tag, attrs in page.tags if tag == "a"} <= set(ids)


def test_html_numbers_are_numbers() -> None:
    """No NaN, no infinity in a drawing."""
    paths = [str(attrs["d"]) for tag, attrs in page_of().tags if tag == "path"]
    assert all(re.fullmatch(r"(M-?\d+\.\d\d,-?\d+\.\d\d( -?\d+\.\d\d,-?\d+\.\d\d)*)+", path) for path in paths)
