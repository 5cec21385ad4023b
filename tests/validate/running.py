"""Judging an example."""

from __future__ import annotations

from typing import Any

from annotools.validate.context import Subject
from annotools.validate.engine import judge
from annotools.validate.report import Report
from annotools.validate.settings import Settings
from tests.validate import tiny
from tests.validate.examples import files_of


def judge_example(parts: dict[str, Any], settings: Settings) -> Report:
    """The report on an example's input."""
    dataset = tiny.read(files_of(parts))
    target = "job" if dataset.jobs else "task"
    return judge(Subject(dataset, "cvat-api", parts.get("as", ""), target), settings)
