"""How bad the findings of one rule are where that depends on what is wrong: severities decide how a command ends."""

from __future__ import annotations

from typing import Any

import pytest

from annotools.validate.findings import ERROR, INFO, WARNING, Severity
from annotools.validate.registry import all_rules, find_rule
from tests.validate.examples import parts_of
from tests.validate.running import judge_example

Item = dict[str, Any]
BOX: Item = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}
MASK: Item = {"type": "mask", "label_id": 4, "frame": 0}


def _shape(**more: Any) -> Item:
    return {"annotations": {"shapes": [BOX | more]}}


def _mask(*points: float) -> Item:
    return {"annotations": {"shapes": [MASK | {"points": list(points)}]}}


def _track(*keyframes: Item, label: int = 1, **more: Any) -> Item:
    return {"annotations": {"tracks": [{"label_id": label, "frame": 0, "shapes": list(keyframes), **more}]}}


def _key(frame: int, kind: str = "rectangle", **more: Any) -> Item:
    points = {"rectangle": [10, 10, 60, 40], "polygon": [10, 10, 60, 10, 60, 40], "mask": [0, 9, 10, 10, 12, 12]}
    return {"type": kind, "frame": frame, "points": points[kind], **more}


def _flag(value: str) -> Item:
    attributes = [{"spec_id": 12, "value": value}]
    return {"annotations": {"tags": [{"label_id": 1, "frame": 0, "attributes": attributes}]}}


def _labels(*names: str) -> Item:
    return {"annotations": {}, "labels": [{"id": number, "name": name} for number, name in enumerate(names, 1)]}


def _versions(server: str, sdk: str) -> Item:
    return {"annotations": {}, "options": {"server": server, "sdk": sdk}}


SKELETON: Item = {"type": "skeleton", "label_id": 8, "frame": 0, "elements": []}
ELEMENT: Item = {"type": "points", "label_id": 81, "frame": 0, "points": [10, 10]}
POINT: Item = {"type": "points", "frame": 0, "points": [10, 10]}
TWICE: Item = {"tags": [{"id": 5, "label_id": 6, "frame": 0}, {"id": 5, "label_id": 6, "frame": 1}]}


@pytest.mark.parametrize(
    ("code", "parts", "expected"),
    [
        # the server refuses the first, and stores the second, which means nothing
        ("GEO021", _shape(rotation=-90), ERROR),
        ("GEO021", _shape(type="points", points=[10, 10], rotation=45), WARNING),
        # exports fail on negative runs, not on empty ones
        ("MSK006", _mask(-5, 14, 10, 10, 12, 12), ERROR),
        ("MSK006", _mask(0, 4, 0, 4, 1, 10, 10, 12, 12), WARNING),
        # two keyframes in a row have to be interpolated
        ("MSK014", _track(_key(0, "mask"), _key(4, "mask"), label=4), ERROR),
        ("MSK014", _track(_key(0, "mask"), _key(4), label=4), ERROR),
        ("MSK014", _track(_key(0), _key(4, "mask"), label=4), ERROR),
        ("MSK014", _track(_key(0, "mask"), label=4), WARNING),
        ("MSK014", _track(_key(0, "mask"), _key(4, "mask", outside=True), label=4), WARNING),
        ("TRK003", _track(_key(0), _key(0, points=[20, 10, 60, 40])), ERROR),
        ("TRK003", _track(_key(0), _key(0, occluded=True)), ERROR),
        ("TRK003", _track(_key(0), _key(0)), WARNING),
        ("TRK014", _track(_key(0), _key(4, "polygon")), ERROR),
        ("TRK014", _track(_key(0), _key(2, outside=True), _key(4, "polygon")), WARNING),
        ("LBL010", _flag("maybe"), ERROR),
        ("LBL010", _flag("True"), WARNING),
        ("LBL006", _labels("car", "car"), ERROR),
        ("LBL006", _labels("car", "Car "), WARNING),
        ("JOB007", _versions("2.73.0", "2.40.1"), WARNING),
        ("JOB007", _versions("2.73.0", "3.73.0"), WARNING),
        ("JOB007", _versions("2.73.0", "2.71.0"), WARNING),
        ("JOB007", _versions("2.73.0", "2.72.0"), INFO),
        ("JOB007", _versions("2.73.0", "2.74.2"), INFO),
        # the server answers 400 for a shape and stores a track
        ("SKL001", {"annotations": {"shapes": [SKELETON]}}, ERROR),
        ("SKL001", _track({"type": "skeleton", "frame": 0}, label=8, elements=[]), WARNING),
        ("SKL002", _shape(elements=[ELEMENT]), ERROR),
        (
            "SKL002",
            _track(_key(0), elements=[{"label_id": 81, "frame": 0, "shapes": [POINT]}]),
            WARNING,
        ),
        ("SCH010", {"annotations": TWICE, "as": "update"}, ERROR),
        ("SCH016", {"annotations": TWICE, "options": {"megabytes": 0.00001}, "as": "put"}, ERROR),
        ("SCH016", {"annotations": TWICE, "options": {"megabytes": 0.00001}}, WARNING),
    ],
)
def test_severity(code: str, parts: Item, expected: Severity) -> None:
    assert [finding.severity for finding in judge_example(find_rule(code), parts).findings()] == [expected]


def _worst(code: str, action: str) -> Severity | None:
    """The worst finding of a rule in its first example, if that is the body of a request."""
    rule = find_rule(code)
    parts = parts_of(rule.manual.bad[0])
    if "files" in parts or "as" in parts:
        return None
    return max((finding.severity for finding in judge_example(rule, parts | {"as": action}).findings()), default=None)


def test_of_what_is_to_be_deleted_only_the_form_is_an_error() -> None:
    """The server looks at frames, numbers of points, rotations, groups and elements whatever it does with them."""
    codes = [code for code, rule in all_rules().items() if rule.severities["strict"] == ERROR]
    stored = {code for code in codes if _worst(code, "put") == ERROR}
    levels = {code: _worst(code, "delete") for code in codes}
    form = {code for code, level in levels.items() if level == ERROR}
    assert {code for code in form if not code.startswith("SCH")} == {
        "FRM001", "GEO001", "GEO002", "GEO021", "GRP006", "SKL001", "SKL002", "SKL011",
    }  # fmt: skip
    assert {levels[code] for code in stored - form} == {WARNING}
    assert {"FRM003", "GEO005", "LBL001", "MSK001", "SKL004", "TRK001"} <= stored - form
