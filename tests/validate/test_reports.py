"""Reports for people: full, concise, GitHub, Markdown, statistics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

import annotools as at
from annotools.validate.findings import ERROR, INFO, WARNING
from annotools.validate.reports import FORMATS
from annotools.validate.reports.base import groups
from annotools.validate.settings import ValidateSettings
from tests.validate.reporting import clean, judged, report, text

PEOPLE = ("full", "concise", "github", "markdown")


def test_the_input_has_everything() -> None:
    """All severities, pairs, whole-document findings, tracks and shapes."""
    findings = list(report().findings())
    assert min(report().counts[severity] for severity in (ERROR, WARNING, INFO)) > 0
    assert any(finding.related for finding in findings)
    assert {"shape", "track", "attribute"} - {f.where.kind for f in findings} == {"attribute"}
    assert any(finding.where.row is None for finding in findings)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_writes_every_report(form: str) -> None:
    """With and without findings, several at once, and none."""
    assert text(form)
    assert text(form, clean())
    assert len(text(form, report(), clean())) > len(text(form, clean()))


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_steers_a_terminal(form: str) -> None:
    """No control character but line ends gets through, and output is the same every time."""
    made = text(form)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", made)
    assert made == text(form)


@pytest.mark.parametrize("form", PEOPLE)
def test_counts_are_exact_and_printing_is_capped(form: str) -> None:
    """Of each rule one finding, and how many more there are."""
    made = text(form, shown=1)
    for group in groups(report()):
        if len(group) > 1:
            assert f"{len(group) - 1:,} more" in made
    assert f"{report().counts[ERROR]} errors" in made


def test_full_tells_place_address_numbers_and_fix() -> None:
    """A finding with all that is known of it."""
    made = text("full", shown=3)
    assert "error GEO007 inverted-rectangle  " in made
    assert "task/annotations.json:3:/shapes/0  job 3 · frame 0 (stré, <et>:1 100%.jpg) · rectangle #1" in made
    assert "corners are swapped: x 60 to 10, y 40 to 10" in made
    assert "points 60 40 10 10" in made
    assert re.search(r"with task/annotations\.json:\d+:/shapes/1", made)
    assert "fix: lossless" in made


def test_full_colours_and_draws_only_when_asked() -> None:
    """Escape codes and Braille come with the terminal."""
    plain, drawn = text("full"), text("full", shown=1, colour=True, pictures=True)
    assert "\x1b" not in plain
    assert not re.search("[\u2801-\u28ff]", plain)
    assert "\x1b[31;1merror\x1b[0m" in drawn
    assert re.search("[\u2801-\u28ff]{5}", drawn)


def test_what_was_skipped_and_ignored_is_told() -> None:
    """With the reasons, in words."""
    settings = ValidateSettings(file_ignores={"*": ("GEO007",)}, label_ignores={"sky": ("MSK",)})
    quiet = judged(settings)
    made = text("full", quiet)
    assert re.search(r"\d+ rules? skipped: no action \(--as\)", made)
    assert "2 findings ignored by file" in made
    assert re.search(r"\d findings? ignored by label", made)
    assert "GEO007" not in made.replace("ignored", "")


@pytest.mark.parametrize(
    ("line", "code", "mended"),
    [
        ("0 0.05 0.5 0.3 0.1", "GEO004", False),  # beyond the border: no line says corners that could be others
        ("0 1.5 0.5 0.3 0.1", "GEO005", True),  # outside: its line can go
    ],
)
def test_fixes_are_offered_where_the_input_can_be_changed(tmp_path: Path, line: str, code: str, mended: bool) -> None:
    files = {"data.yaml": "names: [car]\ntrain: images/train\n", "labels/train/a.txt": line, "images/train/a.png": ""}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    Image.new("L", (100, 50)).save(tmp_path / "images/train/a.png")
    report = at.validate(tmp_path, select=code)
    assert (f"--unsafe-fixes mends {code}\n" in text("concise", report)) is mended
    assert ("fix: lossy" in text("full", report)) is mended
    assert [finding.fix is not None for finding in report.findings()] == [mended]
    assert ("labels/train/a.txt" in at.fix(tmp_path, unsafe=True, select=code).members) is mended


def test_fixes_of_values_of_rows_are_offered_where_there_are_rows() -> None:
    assert "--fix mends GEO007" in text("concise")


def test_concise_is_one_line_a_finding() -> None:
    """`file:line:/pointer: severity code name: message [address]`."""
    lines = text("concise", shown=None, colour=False).splitlines()
    finding_lines = [
        line for line in lines if re.match(r"\S+:\d+:/\S+: (error|warning|info) [A-Z]{3}\d{3} [a-z-]+: ", line)
    ]
    assert len(finding_lines) == sum(finding.where.pointer != "" for finding in report().findings())
    assert any(
        line.startswith("task/annotations.json:3:/shapes/0: error GEO007 inverted-rectangle: corners are swapped")
        and " [job 3 · frame 0 (stré, <et>:1 100%.jpg) · rectangle #1 car <b>" in line
        for line in finding_lines
    )


def test_statistics_stand_in_place_of_findings() -> None:
    """One line a rule, with its exact count."""
    for form in ("full", "concise"):
        lines = text(form, statistics=True).splitlines()
        for group in groups(report()):
            row = re.compile(rf" *{len(group):,}  {group.severity.word} +{group.rule.code} ")
            assert any(row.match(line) for line in lines)
        assert not any("corners are swapped" in line for line in lines)


COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def test_github_commands_can_be_parsed_back() -> None:
    """Properties are split at commas and colons, so that names must not have any."""
    lines = [line for line in text("github", shown=None, colour=False).splitlines() if line.startswith("::")]
    assert len(lines) == len(report())
    for line, finding in zip(lines, sorted_findings(), strict=True):
        match = COMMAND.fullmatch(line)
        assert match
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        assert properties["title"] == f"{finding.rule} {finding.name}"
        assert properties["file"].startswith("task/")
        assert unescaped(match[3]).startswith(finding.message)
        assert match[1] == {"error": "error", "warning": "warning", "info": "notice"}[finding.severity.word]


def sorted_findings() -> list[object]:
    return [finding for group in groups(report()) for finding in group.findings(None)]


def unescaped(data: str) -> str:
    return data.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def test_markdown_keeps_names_in_code_spans() -> None:
    """Outside of code spans there is no name: no mention, no markup."""
    made = text("markdown", shown=None, colour=False)
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", made)
    assert "@me" in made
    for hurting in ("@me", "<b>", "<et>", "#7", "\x1b"):
        assert hurting not in outside
    assert made.count("<details>") == made.count("</details>") == len(groups(report()))


def test_a_clean_report_says_so() -> None:
    """Nothing but the summary."""
    assert text("concise", clean()).startswith("0 errors, 0 warnings, 0 infos in no annotations\n")
    assert "Nothing was found" in text("html", clean())
