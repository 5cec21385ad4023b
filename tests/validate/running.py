"""Judging and mending an example."""

from __future__ import annotations

from typing import Any

from annotools import formats
from annotools.formats.base import ReadOptions
from annotools.model import Dataset
from annotools.validate.engine import judge
from annotools.validate.fixing.loop import fixed
from annotools.validate.fixing.outcome import Outcome
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.registry import Rule
from annotools.validate.report import Report
from annotools.validate.settings import ValidateSettings
from tests.validate.examples import context_of, files_of


def judge_example(rule: Rule, parts: dict[str, Any]) -> Report:
    """The report of one rule on an example's input, under the preset `strict`."""
    return judge(read_subject(Overlay("example", files_of(parts)), _choices(parts)), _settings(rule, parts))


def fix_example(rule: Rule, parts: dict[str, Any], *, unsafe: bool) -> Outcome:
    """What the fixes of one rule make of an example's input."""
    return fixed(Overlay("example", files_of(parts)), _choices(parts), _settings(rule, parts), unsafe=unsafe)


def _settings(rule: Rule, parts: dict[str, Any]) -> ValidateSettings:
    return ValidateSettings(preset="strict", selected=(rule.code,), options={rule.code: parts.get("options", {})})


def _choices(parts: dict[str, Any]) -> SubjectOptions:
    return SubjectOptions(parts.get("from", "cvat-api"), _context(parts), action=parts.get("as", ""))


def _context(parts: dict[str, Any]) -> Dataset | None:
    files = context_of(parts)
    read = formats.get("cvat-api").read
    assert read is not None
    return None if files is None else read(Overlay("context", files), None, ReadOptions()).dataset
