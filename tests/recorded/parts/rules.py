"""Every rule on its examples and on their neighbours: what it finds and where, and what its fixes make of the input.

A neighbour is an example in which one number is a little more or less, so that thresholds are on both sides.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from annotools.errors import AnnotoolsError
from annotools.validate.findings import Finding
from annotools.validate.fixing.outcome import Outcome
from annotools.validate.registry import Rule, all_rules
from tests.recorded.records import Cases
from tests.recorded.surroundings import elsewhere
from tests.validate.examples import parts_of
from tests.validate.running import fix_example, judge_example

NEIGHBOURS = 1  # of an example
TURNS = 1  # places that an example is looked at in
STEPS = (1, -1, 0.5, -0.01, 0.01, -2)


def groups() -> Iterator[str]:
    """Families of rules."""
    yield from dict.fromkeys(rule.family for rule in all_rules().values())


def cases(family: str) -> Cases:
    """The rules of a family."""
    for code, rule in all_rules().items():
        if rule.family == family:
            yield code, partial(_of_rule, rule)


def _of_rule(rule: Rule) -> dict[str, Any]:
    manual, answers = rule.manual, {}
    for kind, examples in (("bad", manual.bad), ("good", manual.good)):
        for number, text in enumerate(examples):
            parts = parts_of(text)
            answers[f"{kind}-{number}"] = _of_example(rule, parts, fixes=kind == "bad", safe=number == 0)
            if rule.options and kind == "bad":
                answers[f"{kind}-{number}-options"] = _at_thresholds(rule, parts)
            if len(text) < 4000:
                start = zlib.crc32(text.encode("utf-8", "surrogatepass"))
                for word, other in elsewhere(parts, start, TURNS):
                    answers[f"{kind}-{number}-{word}"] = _near(rule, other)
            if "files" not in parts and len(text) < 4000:
                answers[f"{kind}-{number}-near"] = [_near(rule, near) for near in _neighbours(parts, text)]
    return answers


def _of_example(rule: Rule, parts: dict[str, Any], *, fixes: bool, safe: bool) -> dict[str, Any]:
    report = judge_example(rule, parts)
    answer: dict[str, Any] = {"found": [told(finding) for finding in report.findings(20)]}
    answer["skipped"] = [f"{skipped.rule.code} {skipped.missing!r}" for skipped in report.skipped]
    if fixes and any(batch.found.remedy for batch in report.batches):
        if safe:
            answer["fixed"] = outcome_of(fix_example(rule, parts, unsafe=False))
        answer["fixed unsafely"] = outcome_of(fix_example(rule, parts, unsafe=True))
    return answer


def told(finding: Finding) -> str:
    """A finding in one line: what, where, what beside, what mends it."""
    related = f" related to {finding.related.place} {finding.related.address}" if finding.related else ""
    where = finding.where
    spot = f" byte {where.byte} row {where.row} {where.link}"
    fix = f" fix: {finding.fix.title} {finding.fix.safe} {finding.fix.edits}" if finding.fix else ""
    return f"{finding}{related}{spot}{fix} {finding.fingerprint}"


def outcome_of(outcome: Outcome) -> dict[str, Any]:
    """What fixes made of an input."""
    return {
        "applied": dict(outcome.applied), "refused": dict(outcome.refused), "passes": outcome.passes,
            "gone": outcome.gone,
        "settled": outcome.settled, "diff": outcome.diff(1), "left": dict(outcome.report.by_rule()),
    }  # fmt: skip


def _neighbours(parts: dict[str, Any], text: str) -> Iterator[dict[str, Any]]:
    """The example with one number moved, a few times, at places that its text decides."""
    annotations = parts.get("annotations")
    if isinstance(annotations, str):
        try:
            annotations = json.loads(annotations)
        except ValueError:
            return
    places = list(_numbers(annotations, ()))
    start = zlib.crc32(text.encode("utf-8", "surrogatepass"))
    for turn in range(min(NEIGHBOURS, len(places))):
        spot = places[(start + turn * max(len(places) // NEIGHBOURS, 1)) % len(places)]
        step = STEPS[(start // 7 + turn) % len(STEPS)]
        yield parts | {"annotations": _moved(annotations, spot, step)}


def _numbers(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(inner, (*path, key))
    elif isinstance(value, list):
        for spot, inner in enumerate(value[:40]):
            yield from _numbers(inner, (*path, spot))
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        yield path


def _moved(value: Any, path: tuple[Any, ...], step: float) -> Any:
    """A copy in which the number at a path is more by a step; whole numbers stay whole where they are no points."""
    if not path:
        return value + step
    if "points" not in path and path[-1] not in ("rotation", "score") and len(path) == 1 and isinstance(path[0], str):
        step = 1 if step > 0 else -1
    if isinstance(value, dict):
        return value | {path[0]: _moved(value[path[0]], path[1:], step)}
    return [_moved(inner, path[1:], step) if spot == path[0] else inner for spot, inner in enumerate(value)]


def _at_thresholds(rule: Rule, parts: dict[str, Any]) -> list[str]:
    """The example where options of the rule are just what was measured, none, and more than anything."""
    report = judge_example(rule, parts)
    evidence = [value for finding in report.findings(2) for value in finding.evidence.values()]
    measured = {float(value) for value in evidence if isinstance(value, int | float) and 0 <= value < 1e6}
    answers = []
    for name, default in rule.options.items():
        if isinstance(default, bool) or not isinstance(default, int | float):
            continue
        for value in sorted({0.0, 1.0, float(default) * 2, *sorted(measured)[:4]}):
            near = parts | {"options": parts.get("options", {}) | {name: type(default)(value)}}
            answers.append(f"{name}={value:.9g} {_near(rule, near)}")
    return answers


def _near(rule: Rule, parts: dict[str, Any]) -> list[str]:
    try:
        report = judge_example(rule, parts)
    except AnnotoolsError as error:
        return [f"{type(error).__name__}: {error}"]
    return [str(finding) for finding in report.findings(5)]
