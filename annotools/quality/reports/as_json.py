"""The server's own documents: `{"task": .., "jobs": {"1": ..}}`, of several tasks `{"project": .., "tasks": {..}}`.

Beside them stands `corrected`: what the server's numbers say wrong, put right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from annotools.quality.projects import ProjectReport
from annotools.quality.reports.judged import Goal, Judged


def as_json(judged: Sequence[Judged], project: ProjectReport | None, goal: Goal) -> Iterator[str]:
    """One JSON value."""
    reports = [task.report for task in judged if task.report is not None]
    value: Any = project.as_dict() if project is not None else reports[0].as_dict()
    yield orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
