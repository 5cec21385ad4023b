"""A fault in the midst of clean annotations is the same fault: its findings, and what its fixes make.

Rows, offsets and pairs of a whole input are other numbers than those of an example that stands alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

from annotools.validate.registry import Rule, all_rules, find_rule
from annotools.validate.report import Report
from tests.validate.corpus import LISTS, TOGETHER, clean, lists_of
from tests.validate.examples import parts_of
from tests.validate.running import fix_example, judge_example

Item = dict[str, Any]
_ROW = re.compile(r"^/(tags|shapes|tracks|intervals)/(\d+)")


def _parted(text: str) -> tuple[Item, Item]:
    """The other parts of an example, and its annotations."""
    bad = lists_of(text)
    assert bad is not None
    return {name: part for name, part in parts_of(text).items() if name != "annotations"}, bad


BAD = [
    (rule, text)
    for rule in all_rules().values()
    for text in rule.manual.bad
    if rule.code not in TOGETHER and lists_of(text) is not None
]
FIXED = [(rule, text) for rule, text in BAD if "Fix" in rule.manual.sections]
HALVES = {name: len(clean(3).get(name, [])) // 2 for name in LISTS}
NOTHING = dict.fromkeys(LISTS, 0)
SOUND = {name: clean(3).get(name, []) for name in LISTS}


def _mixed(bad: Item, sound: Item) -> Item:
    """Half of the sound ones, the bad, and the other half."""
    halves = {name: HALVES[name] for name in LISTS}
    return bad | {
        name: [*sound[name][: halves[name]], *bad.get(name, []), *sound[name][halves[name] :]] for name in LISTS
    }


def _moved(pointer: str, start: Item, step: Item) -> str:
    """The pointer where items from the index `start` of a list stand `step` places further."""

    def later(match: re.Match[str]) -> str:
        name, index = match[1], int(match[2])
        return f"/{name}/{index + step[name] * (index >= start[name])}"

    return _ROW.sub(later, pointer)


def _findings(report: Report, start: Item, step: Item) -> Counter[tuple[object, ...]]:
    """What is said of which item, by where it stands among the others."""
    return Counter(
        (
            finding.severity, finding.message, _moved(finding.where.pointer, start, step), finding.where.frame,
            finding.related and _moved(finding.related.pointer, start, step), finding.fix and finding.fix.title,
        )
        for finding in report.findings()
    )  # fmt: skip


@cache
def _of_clean(code: str, others: str) -> Report:
    """The findings in the clean ones alone, beside the other parts of an example."""
    return judge_example(find_rule(code), json.loads(others) | {"annotations": SOUND})


@pytest.mark.parametrize(("rule", "text"), BAD, ids=lambda value: value.code if isinstance(value, Rule) else "")
def test_findings(rule: Rule, text: str) -> None:
    parts, bad = _parted(text)
    alone, clean_ones = judge_example(rule, parts | {"annotations": bad}), _of_clean(rule.code, json.dumps(parts))
    counts = {name: len(bad.get(name, [])) for name in LISTS}
    # what is about a label, a frame or the job is said once
    expected = _findings(alone, NOTHING, HALVES) | _findings(clean_ones, HALVES, counts)
    among = judge_example(rule, parts | {"annotations": _mixed(bad, SOUND)})
    assert _findings(among, NOTHING, NOTHING) == expected


@pytest.mark.parametrize(("rule", "text"), FIXED, ids=lambda value: value.code if isinstance(value, Rule) else "")
def test_fixes(rule: Rule, text: str) -> None:
    parts, bad = _parted(text)

    def mended(annotations: Item) -> Item:
        members = fix_example(rule, parts | {"annotations": annotations}, unsafe=True).members
        document: Item = json.loads(members["annotations.json"]) if "annotations.json" in members else annotations
        return document

    assert mended(_mixed(bad, SOUND)) == _mixed(
        mended(bad), mended(SOUND) if _of_clean(rule.code, json.dumps(parts)) else SOUND
    )
