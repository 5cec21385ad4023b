"""Rules as values: how they are declared, found, added by others, and that what they claim can be looked up."""

from __future__ import annotations

import re
from types import ModuleType

import numpy as np
import pytest

from annotools.errors import UsageError
from annotools.model import DatasetBuilder
from annotools.validate import registry
from annotools.validate.context import Context, Subject
from annotools.validate.engine import judge
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.manual import parse_manual
from annotools.validate.needs import LABELS
from annotools.validate.registry import Rule, all_rules, find_rule, rule, rules_of
from annotools.validate.settings import ValidateSettings
from tests.paths import CONTRACT

_SCENARIO = re.compile(r"\b(?:annos-img|annos-vid|io|layout|data|create|patch|retrieve|list|permissions|server)/[\w-]+")


@rule("OUR001", "car-on-first-frame", INFO, gt=ERROR, coco=OFF, needs=LABELS, proof="spec: ours")
def car_on_first_frame(ctx: Context, frame: int = 0) -> Found:
    """A car is on the first frame.

    Why: we want none there.
    """
    return ctx.at("shape", ctx.shapes.frame == frame, "on frame {frame}", frame=frame)


def subject() -> Subject:
    """One car on the first frame, and one on the second."""
    build = DatasetBuilder()
    car = build.add_label("car")
    build.add_shape("rectangle", 0, car, [0, 0, 9, 9])
    build.add_shape("rectangle", 1, car, [0, 0, 9, 9])
    return Subject(build.dataset())


def test_severities_of_a_rule() -> None:
    """The first is that of `strict`; `upload` is the same unless said, the others as `upload` unless said."""
    levels = {"strict": INFO, "upload": INFO, "export": INFO, "gt": ERROR, "coco": OFF}
    assert dict(car_on_first_frame.severities) == levels
    other = rule("OUR002", "x", ERROR, upload=WARNING)(car_on_first_frame.check)
    assert {preset: other.severity(preset) for preset in levels} == dict.fromkeys(levels, WARNING) | {"strict": ERROR}
    with pytest.raises(TypeError, match="no preset"):
        rule("OUR003", "x", ERROR, uplaod=WARNING)


def test_a_rule_of_ones_own_is_asked() -> None:
    report = judge(subject(), ValidateSettings(options={"OUR001": {"frame": 1}}), [car_on_first_frame])
    assert [finding.where.row for finding in report.findings()] == [1]
    assert car_on_first_frame.options == {"frame": 0}
    assert car_on_first_frame.family == "OUR"
    assert car_on_first_frame.summary == "A car is on the first frame."


def test_rules_come_from_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry is a module, a rule or several."""
    module = ModuleType("ours")
    monkeypatch.setattr(car_on_first_frame.check, "__module__", "ours")
    vars(module)["a_rule"] = car_on_first_frame

    class Entry:
        @staticmethod
        def load() -> ModuleType:
            return module

    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry()] if group == "annotools.rules" else [])
    all_rules.cache_clear()
    try:
        assert find_rule("car-on-first-frame") is car_on_first_frame
    finally:
        all_rules.cache_clear()
    assert list(rules_of(car_on_first_frame)) == list(rules_of([car_on_first_frame])) == [car_on_first_frame]


def test_a_code_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = rule("GEO007", "another", ERROR)(car_on_first_frame.check)

    class Entry:
        @staticmethod
        def load() -> Rule:
            return twin

    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry()])
    all_rules.cache_clear()
    try:
        with pytest.raises(UsageError, match="GEO007"):
            all_rules()
    finally:
        monkeypatch.undo()
        all_rules.cache_clear()


def test_what_is_missing_is_named() -> None:
    report = judge(Subject(DatasetBuilder().dataset()), ValidateSettings(), [car_on_first_frame])
    assert [(skipped.rule.code, skipped.missing.words) for skipped in report.skipped] == [("OUR001", "labels")]


def test_manual_pages_are_taken_apart() -> None:
    page = parse_manual(
        "It is bad.\n\nMore of it.\n\nWhy: because\n    of that.\nBad:\n    {1}\n\n    {2}\nGood:\n    {3}\nFix: none."
    )
    assert (page.summary, page.about) == ("It is bad.", "More of it.")
    assert (page.bad, page.good) == (("{1}", "{2}"), ("{3}",))
    assert page.sections == {"Why": "because of that.", "Fix": "none."}


def test_answers_take_rows_or_masks() -> None:
    ctx = Context(subject())
    mask = ctx.at("shape", np.array([False, True]), "{x} of {total}", x=np.array([7]), total=9)
    assert (mask.rows.tolist(), mask.text(0)) == ([1], "7 of 9")
    assert mask.take(np.array([False])).rows.tolist() == []


def test_recorded_answers_are_there() -> None:
    """Every scenario that a rule refers to was recorded."""
    if not CONTRACT.is_dir():
        pytest.skip("the recorded answers of a server are not beside this checkout")
    known = {f"{path.parent.name}/{path.stem}" for path in (CONTRACT / "scenarios").glob("*/*.json")}
    code_of = {name: one.code for one in all_rules().values() for name in _SCENARIO.findall(_said(one))}
    assert {name: code for name, code in code_of.items() if name not in known} == {}


def _said(known: Rule) -> str:
    return f"{known.proof} {known.manual.sections.get('Source', '')}"
