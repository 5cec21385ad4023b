"""`annotools validate`, `rules` and `rule`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotools.validate.registry import all_rules
from annotools.validate.reports import FORMATS
from tests.cli.conftest import STREET, Run

BOX = '{"type": "rectangle", "label_id": 1, "frame": 0,   "points": [60, 40, 10, 10], "client": 1}'
BODY = f'{{"version": 0,\n "shapes": [{BOX}]}}\n'
SELECT = ("--select", "GEO007,SCH003")


@pytest.fixture
def body(home: Path) -> Path:
    """A body with an inverted rectangle and a key that nobody knows."""
    path = home / "body.json"
    path.write_text(BODY)
    return path


def found(run: Run, *words: str) -> dict[str, Any]:
    """The JSON report."""
    value: dict[str, Any] = json.loads(run("validate", *words, "--format", "json").stdout)
    return value


def test_the_example_is_clean(run: Run) -> None:
    result = run("validate", STREET)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_format_does_not_change_the_exit_code(run: Run, body: Path, form: str) -> None:
    for level, code in (("warning", 1), ("error", 0)):
        result = run("validate", str(body), *SELECT, "--fail-on", level, "--format", form)
        assert result.exit_code == code, result.output
    assert run("validate", str(body), *SELECT, "--fail-on", "info", "--exit-zero", "--format", form).exit_code == 0


def test_presets_change_severities(run: Run, body: Path) -> None:
    assert run("validate", str(body), *SELECT, "--preset", "strict").exit_code == 1
    assert run("validate", str(body), *SELECT, "--preset", "upload").exit_code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nowhere.json"], 3),
        (["body.json", "--select", "NOPE"], 2),
        (["body.json", "--as", "post"], 2),
        (["body.json", "--diff"], 2),
        (["body.json", "--in-place"], 2),
        (["body.json", "--fix", "--in-place", "-o", "x.json"], 2),
        (["body.json", "body.json", "--fix", "-o", "x.json"], 2),
        (["body.json", "--config", "none.toml"], 2),
        (["body.json", "--baseline", "none.json"], 3),
        (["body.json", "--from", "pascal"], 2),
        (["body.json", "--task", STREET, "--job", "99"], 2),
    ],
)
def test_calls_that_make_no_sense(run: Run, body: Path, words: list[str], code: int) -> None:
    """One clear line and the exit code of its kind."""
    result = run("validate", *words)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert body.read_text() == BODY


def test_broken_json_is_a_finding(run: Run, home: Path) -> None:
    (home / "cut.json").write_text(BODY[:40])
    result = run("validate", "cut.json", "--format", "concise")
    assert result.exit_code == 1
    assert "SCH001" in result.stdout


def test_the_context_says_labels_and_frames(run: Run, body: Path) -> None:
    body.write_text('{"tags": [{"label_id": 404, "frame": 0}]}')
    assert run("validate", str(body)).exit_code == 0
    result = run("validate", str(body), "--task", STREET, "--as", "put", "--format", "concise")
    assert result.exit_code == 1
    assert "LBL001" in result.stdout


def test_a_diff_writes_nothing(run: Run, body: Path) -> None:
    result = run("validate", str(body), *SELECT, "--fix", "--diff")
    assert '-        "points"' not in result.stdout
    assert "[60, 40, 10, 10]" in result.stdout
    assert "[10, 10, 60, 40]" in result.stdout
    assert body.read_text() == BODY
    assert sorted(path.name for path in body.parent.glob("*.json")) == ["body.json"]


def test_fixes_go_beside_the_source(run: Run, body: Path) -> None:
    """And nothing but what was at fault changes."""
    assert run("validate", str(body), *SELECT, "--fix").exit_code == 0
    assert body.read_text() == BODY
    fixed = body.with_name("body-fixed.json").read_text()
    assert fixed == BODY.replace("[60, 40, 10, 10]", "[10, 10, 60, 40]")


def test_fixes_go_where_they_are_told(run: Run, body: Path) -> None:
    run("validate", str(body), *SELECT, "--fix", "-o", "better.json")
    assert "[10, 10, 60, 40]" in (body.parent / "better.json").read_text()
    run("validate", str(body), *SELECT, "--fix", "--in-place")
    assert body.read_text() == BODY.replace("[60, 40, 10, 10]", "[10, 10, 60, 40]")


def test_a_folder_is_mended_as_a_whole(run: Run, home: Path) -> None:
    """The other members come along as they are."""
    annotations = home / STREET / "annotations.json"
    value = json.loads(annotations.read_text())
    value["shapes"].append({"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 40, 10, 10]})
    annotations.write_text(json.dumps(value))
    run("validate", STREET, "--select", "GEO007", "--fix")
    fixed = home / f"{STREET}-fixed"
    assert (fixed / "labels.json").read_bytes() == (home / STREET / "labels.json").read_bytes()
    assert found(run, str(fixed), "--select", "GEO007")
    assert run("validate", str(fixed), "--select", "GEO007", "--fail-on", "info").exit_code == 0


def test_in_place_touches_nothing_else_of_a_folder(run: Run, home: Path) -> None:
    """Not even when it is the working folder."""
    folder = home / STREET
    annotations = folder / "annotations.json"
    annotations.write_text(BODY)
    annotations.chmod(0o600)
    (folder / ".hidden").write_text("mine")
    (folder / "empty").mkdir()
    before = {path: path.stat().st_ino for path in folder.rglob("*") if path != annotations}
    run("validate", STREET, "--select", "GEO007", "--fix", "--in-place")
    assert annotations.read_text() == BODY.replace("[60, 40, 10, 10]", "[10, 10, 60, 40]")
    assert {path: path.stat().st_ino for path in folder.rglob("*") if path != annotations} == before
    assert annotations.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("settings", "words", "codes"),
    [
        ('select = ["GEO007", "SCH003"]', (), {"GEO007", "SCH003"}),
        ('select = ["GEO007"]', ("--select", "SCH003"), {"SCH003"}),
        ('select = ["GEO007", "SCH003"]\nignore = ["GEO007"]', (), {"SCH003"}),
        ('select = ["GEO007", "SCH003"]\nignore = ["GEO007"]', ("--ignore", "SCH003"), set()),
        ('ignore = ["GEO007"]', ("--ignore", "SCH003", "--no-config", *SELECT), {"GEO007"}),
        ('select = ["GEO007"]', ("--ignore", "SCH003"), {"GEO007"}),
    ],
)  # fmt: skip
def test_options_beside_settings(run: Run, body: Path, settings: str, words: tuple[str, ...], codes: set[str]) -> None:
    """What is selected takes the place of what the file selects; what is ignored is ignored as well."""
    (body.parent / "annotools.toml").write_text(settings)
    (report,) = found(run, str(body), *words)["reports"]
    assert {item["rule"] for item in report["findings"]} == codes


def test_options_take_the_place_of_settings(run: Run, body: Path) -> None:
    run("validate", str(body), "--write-baseline", "known.json")
    (body.parent / "empty.json").write_text('{"version": 1, "findings": {}}')
    (body.parent / "annotools.toml").write_text(
        'select = ["GEO007", "SCH003"]\nfail-on = "info"\npreset = "strict"\nbaseline = "known.json"\n'
    )
    assert run("validate", str(body)).exit_code == 0
    anew = (str(body), "--baseline", "empty.json")
    assert run("validate", *anew).exit_code == 1
    assert run("validate", *anew, "--fail-on", "error").exit_code == 1, "the preset makes errors of both"
    assert run("validate", *anew, "--fail-on", "error", "--preset", "upload").exit_code == 0


def test_a_baseline_keeps_quiet_what_was_there(run: Run, body: Path) -> None:
    run("validate", str(body), "--write-baseline", "known.json")
    assert run("validate", str(body), "--baseline", "known.json", "--fail-on", "info").exit_code == 0
    (body.parent / "annotools.toml").write_text('baseline = "known.json"\nfail-on = "info"\n')
    assert run("validate", str(body)).exit_code == 0
    assert run("validate", str(body), "--no-config", "--fail-on", "info").exit_code == 1


def test_a_body_may_come_on_standard_input(run: Run) -> None:
    result = run("validate", "-", *SELECT, "--fail-on", "warning", "--format", "concise", stdin=BODY.encode())
    assert result.exit_code == 1
    assert "GEO007" in result.stdout


def test_several_sources_are_judged(run: Run, body: Path) -> None:
    result = run("validate", str(body), STREET, *SELECT, "--fail-on", "warning", "--format", "concise")
    assert result.exit_code == 1
    assert "body.json" in result.stdout


def test_the_catalogue_has_every_rule(run: Run) -> None:
    listed = json.loads(run("rules", "--json").stdout)
    assert [row["code"] for row in listed] == list(all_rules())
    assert {row["code"] for row in json.loads(run("rules", "SCH", "--json").stdout)} == {
        code for code in all_rules() if code.startswith("SCH")
    }
    assert "GEO007" in run("rules", "GEO").stdout


def test_a_page_of_the_catalogue(run: Run) -> None:
    by_code, by_name = run("rule", "geo007"), run("rule", "inverted-rectangle")
    assert by_code.stdout == by_name.stdout
    for word in ("GEO007 inverted-rectangle", "Why:", "Bad:", "Good:", "Fix:", "Source:", "upload warning"):
        assert word in by_code.stdout
    assert run("rule", "GEO999").exit_code == 2
    assert json.loads(run("rule", "GEO007", "--json").stdout)["name"] == "inverted-rectangle"


def test_findings_name_options_as_the_command_line_calls_them(run: Run, home: Path) -> None:
    (home / "results.json").write_text('[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]')
    printed = run("validate", "results.json", "--format", "concise").stdout
    assert "or the task as context (--task)" in printed
    assert "context=" not in printed
