"""Which rules are asked, how severe they are, what is kept quiet, and where all that is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.errors import InputError, UsageError
from annotools.validate.baseline import baseline_of, read_baseline
from annotools.validate.configuration import find_settings, settings_of
from annotools.validate.findings import ERROR, INFO, OFF, WARNING
from annotools.validate.registry import PRESETS, all_rules, find_rule
from annotools.validate.report import Report
from annotools.validate.settings import ValidateSettings
from tests.validate.examples import files_of

BOX = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 40, 10, 10]}
OTHER = {"type": "rectangle", "label_id": 2, "frame": 0, "points": [160, 40, 110, 10]}


def judged(tmp_path: Path, annotations: dict[str, Any], **settings: Any) -> Report:
    """A report on annotations in the standard task, kept in a folder."""
    for name, data in files_of({"annotations": annotations}).items():
        (tmp_path / name).write_bytes(data)
    return at.validate(tmp_path, settings=ValidateSettings(**settings))


def codes(report: Report) -> set[str]:
    """The rules that found something."""
    return set(report.by_rule())


def test_codes_names_and_prefixes_select(tmp_path: Path) -> None:
    body = {"shapes": [BOX | {"group": 3}]}
    assert codes(judged(tmp_path, body)) >= {"GEO007", "GRP001"}
    for words in (("GEO007",), ("geo007",), ("inverted-rectangle",), ("GEO",)):
        assert codes(judged(tmp_path, body, selected=words)) == {"GEO007"}
    assert "GEO007" not in codes(judged(tmp_path, body, ignored=("GEO",)))
    assert codes(judged(tmp_path, body, selected=("GEO007", "GRP"), ignored=("GRP001",))) == {"GEO007"}


def test_the_more_exact_word_wins(tmp_path: Path) -> None:
    """`select = GEO007` keeps it in though `ignore = GEO`; the other way round it goes."""
    body = {"shapes": [BOX]}
    assert codes(judged(tmp_path, body, selected=("GEO007",), ignored=("GEO",))) == {"GEO007"}
    assert codes(judged(tmp_path, body, selected=("GEO",), ignored=("GEO007",))) == set()


def test_a_rule_that_is_off_is_asked_when_it_is_named(tmp_path: Path) -> None:
    body = {"tags": [{"label_id": 6, "frame": 3}, {"label_id": 6, "frame": 1}]}
    assert find_rule("SCH017").severity("upload") == OFF
    assert "SCH017" not in codes(judged(tmp_path, body))
    assert codes(judged(tmp_path, body, preset="strict", selected=("SCH017",))) == {"SCH017"}


@pytest.mark.parametrize("word", ["GEO999", "no-such-rule", "XYZ"])
def test_words_that_fit_no_rule_are_said_to(tmp_path: Path, word: str) -> None:
    with pytest.raises(UsageError, match="no rule fits"):
        judged(tmp_path, {}, selected=(word,))


def test_severities_follow_the_preset_and_can_be_set(tmp_path: Path) -> None:
    body = {"shapes": [BOX]}
    assert judged(tmp_path, body, selected=("GEO007",)).worst == WARNING
    assert judged(tmp_path, body, selected=("GEO007",), preset="strict").worst == ERROR
    levels = {"GEO": ERROR, "GEO007": INFO}
    assert judged(tmp_path, body, selected=("GEO007",), severities=levels).worst == INFO
    assert codes(judged(tmp_path, body, severities={"GEO": OFF})).isdisjoint({"GEO007"})
    with pytest.raises(UsageError, match="no preset"):
        ValidateSettings("uplaod")


def test_every_rule_has_a_severity_under_every_preset() -> None:
    """And is on under `strict`; codes and names are each there once."""
    rules = all_rules().values()
    assert all(set(rule.severities) == set(PRESETS) for rule in rules)
    assert [rule.code for rule in rules if rule.severity("strict") == OFF] == []
    assert len({rule.name for rule in rules}) == len(rules) >= 130


def test_labels_and_files_are_kept_quiet_and_counted(tmp_path: Path) -> None:
    body = {"shapes": [BOX, OTHER]}
    quiet = judged(tmp_path, body, selected=("GEO007",), label_ignores={"per*": ("GEO",)})
    assert len(quiet) == 1
    assert quiet.ignored == {"label": 1}
    for pattern in ("annotations.json", f"{tmp_path}*"):
        silent = judged(tmp_path, body, selected=("GEO007",), file_ignores={pattern: ("inverted-rectangle",)})
        assert len(silent) == 0
        assert silent.ignored == {"file": 2}


def test_options_of_rules_can_be_set(tmp_path: Path) -> None:
    body = {"tags": [{"label_id": 6, "frame": 0}]}
    assert len(judged(tmp_path, body, selected=("SCH016",))) == 0
    assert len(judged(tmp_path, body, selected=("SCH016",), options={"SCH016": {"megabytes": 0}})) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"GEO15": {"points": 1}}, "options of 'GEO15': no rule has that code, did you mean GEO015"),
        ({"nonsense": {}}, "options of 'nonsense': no rule has that code, expected a code that"),
        ({"geo015": {"points": 1}}, "options of 'geo015': no rule has that code, did you mean GEO015"),
        ({"GEO015": {"point": 1}}, "GEO015 has no option 'point', expected points"),
        ({"GEO001": {"points": 1}}, "GEO001 has no option 'points', expected none"),
        ({"GEO015": {"points": "many"}}, "GEO015: points is 'many', expected a number from 0 to 2147483647"),
        ({"GEO015": {"points": True}}, "GEO015: points is True, expected a number"),
        ({"GEO015": {"points": -1}}, "GEO015: points is -1, expected a number"),
        ({"GEO015": {"points": float("nan")}}, "GEO015: points is nan, expected a number"),
        ({"GEO015": {"points": 10**400}}, "GEO015: points is 1000"),
        ({"FMT007": {"target": 5}}, "FMT007: target is 5, expected text"),
    ],
)
def test_options_that_a_rule_does_not_have_are_said(options: dict[str, dict[str, Any]], message: str) -> None:
    with pytest.raises(UsageError) as error:
        at.validate({"shapes": [BOX]}, settings=settings_of({"rules": options}))
    assert message in str(error.value)


@pytest.mark.parametrize("key", ["per-label-ignores", "per-file-ignores"])
def test_unknown_codes_to_be_ignored_are_said(key: str) -> None:
    with pytest.raises(UsageError, match=r"no rule fits 'GEO99', did you mean GEO"):
        at.validate({"shapes": [BOX]}, settings=settings_of({key: {"*": ["GEO99"]}}))


@pytest.mark.parametrize("value", [0, 1, 0.5, 2**31 - 1, 5e-324])
def test_any_number_will_do_for_an_option_that_is_one(value: float, tmp_path: Path) -> None:
    options = {
        rule.code: {name: value for name, usual in rule.options.items() if not isinstance(usual, str)}
        for rule in all_rules().values()
    }
    track = [BOX | {"frame": frame, "points": [frame, 1, frame + 9, 9]} for frame in (0, 2, 3)]
    body = {"shapes": [BOX, OTHER], "tracks": [{"label_id": 1, "frame": 0, "shapes": track}]}
    assert judged(tmp_path, body, preset="strict", options=options).checked["tracks"] == 1


def test_a_baseline_survives_new_ids_and_another_order(tmp_path: Path) -> None:
    """What was there is quiet, one more of the same is new."""
    report = judged(tmp_path, {"shapes": [BOX, OTHER, BOX]}, selected=("GEO007",))
    known = tmp_path / "known.json"
    baseline_of(((batch.rule, batch.found) for batch in report.batches), report.dataset).write(known)
    again = {"shapes": [OTHER | {"id": 7}, BOX | {"id": 5}, BOX | {"id": 9}]}
    assert len(read_baseline(known)) == 3
    known.replace(tmp_path.parent / "known.json")
    silent = judged(tmp_path, again, selected=("GEO007",), baseline=str(tmp_path.parent / "known.json"))
    assert (len(silent), silent.ignored) == (0, {"baseline": 3})
    again["shapes"].append(BOX)
    assert len(judged(tmp_path, again, selected=("GEO007",), baseline=str(tmp_path.parent / "known.json"))) == 1


@pytest.mark.parametrize("text", ["", "[]", '{"findings": 3}', '{"findings": {"GEO007": [1]}}'])
def test_what_is_no_baseline_is_said_to(tmp_path: Path, text: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(InputError, match="is not a baseline"):
        read_baseline(path)


SETTINGS = """
preset = "strict"
select = ["GEO", "TRK003"]
ignore = "tiny-area, GEO018"
fail-on = "warning"
baseline = "known.json"
severity = { GEO004 = "error", STA = "off" }
[rules.GEO015]
points = 2000
[per-label-ignores]
"crowd*" = ["GEO018"]
[per-file-ignores]
"old/*" = ["TRK"]
"""


def test_settings_are_found_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In annotools.toml, or under [tool.annotools] of a pyproject.toml; the nearest one counts."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    (tmp_path / "pyproject.toml").write_text('[tool.other]\nx = 1\n[tool.annotools]\npreset = "gt"\n')
    assert find_settings().preset == "gt"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert find_settings().preset == "gt"
    (tmp_path / "a" / "annotools.toml").write_text(SETTINGS)
    settings = find_settings()
    assert (settings.preset, settings.selected, settings.ignored) == (
        "strict",
        ("GEO", "TRK003"),
        ("tiny-area", "GEO018"),
    )
    assert (settings.fail_on, settings.severities) == (WARNING, {"GEO004": ERROR, "STA": OFF})
    assert settings.options == {"GEO015": {"points": 2000}}
    assert settings.label_ignores == {"crowd*": ("GEO018",)}
    assert settings.file_ignores == {"old/*": ("TRK",)}
    assert Path(settings.baseline).resolve() == (tmp_path / "a" / "known.json").resolve()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"presett": "gt"}, "expected preset"),
        ({"select": 5}, "a list of codes"),
        ({"fail-on": "bad"}, "one of error"),
        ({"severity": {"GEO": 3}}, "a table of codes"),
        ({"rules": []}, "a table of rules"),
        ({"preset": "uplaod"}, "no preset"),
    ],
)
def test_settings_that_make_no_sense_are_said_to(table: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        settings_of(table)


def test_broken_settings_are_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text in (b"preset = ", b"\xff", b"a = " + b"[" * 5000, b"a = 1" + b"0" * 5000):
        (tmp_path / "annotools.toml").write_bytes(text)
        with pytest.raises(UsageError, match="is no TOML"):
            find_settings()


@pytest.mark.parametrize("text", ["tool = 5", "[tool]\nannotools = 5", "[tool]\nannotools = []"])
def test_settings_that_are_no_table_are_said_to(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    if text == "tool = 5":  # nothing in it is ours
        assert find_settings(tmp_path) == ValidateSettings()
        return
    with pytest.raises(UsageError, match="expected a table"):
        find_settings()


def test_skipped_rules_are_counted() -> None:
    """Without labels, frames and job nothing that needs them is asked, and the report says so."""
    report = at.validate({"shapes": [BOX]})
    missing = {skipped.rule.code: skipped.missing.words for skipped in report.skipped}
    assert missing["LBL001"] == "labels"
    assert missing["SCH007"] == "action"
    assert len(report.skipped) + len({rule.code for rule in report.rules} - set(missing)) == len(report.rules)


def test_findings_are_capped_but_counted(tmp_path: Path) -> None:
    report = judged(tmp_path, {"shapes": [BOX] * 500}, selected=("GEO007",))
    assert len(report) == report.by_rule()["GEO007"] == report.counts[WARNING] == 500
    assert len(list(report.findings(per_rule=3))) == 3


def test_fingerprints_do_not_depend_on_the_place() -> None:
    one = at.validate({"shapes": [BOX, OTHER]}, select="GEO007")
    other = at.validate(json.dumps({"shapes": [OTHER, {**BOX, "id": 4}]}).encode(), select="GEO007")
    assert {f.fingerprint for f in one.findings()} == {f.fingerprint for f in other.findings()}


def test_options_that_there_are_not_are_refused() -> None:
    options: Any = {"prest": "strict"}
    with pytest.raises(TypeError, match=r"validate\(\) has no 'prest', did you mean preset"):
        at.validate({}, **options)
