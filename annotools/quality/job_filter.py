"""Which jobs a report is about: JSON logic over a few fields of a job.

    {"and": [{"==": [{"var": "type"}, "annotation"]}, {"!": {"in": [{"var": "state"}, ["new", "rejected"]]}}]}

Fields: id, type, state, stage, assignee (the user's name), task_id, task_name.
Source: https://docs.cvat.ai/docs/manual/advanced/filter/
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from annotools.errors import UsageError, suggest
from annotools.model import Job, Task

Record = dict[str, Any]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_OPERATORS = (*_COMPARE, "and", "or", "!", "in", "var")


def chosen(text: str, jobs: list[Job], task: Task) -> list[bool]:
    """Whether each job is one that the filter chooses; an empty one chooses all.  Raises: UsageError."""
    if not text.strip():
        return [True] * len(jobs)
    try:
        rules = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(f"job_filter is {text[:60]!r}, expected JSON logic") from None
    return [_holds(rules, _record(job, task)) for job in jobs]


def _record(job: Job, task: Task) -> Record:
    return {
        "id": job.id, "type": job.type, "state": job.state, "stage": job.stage, "assignee": job.assignee or None,
        "task_id": task.id, "task_name": task.name,
    }  # fmt: skip


def _holds(rules: Any, record: Record) -> bool:
    """Whether a rule is true of a record."""
    name, arguments = _parts(rules)
    if name == "and":
        return all(_holds(rule, record) for rule in arguments)
    if name == "or":
        return any(_holds(rule, record) for rule in arguments)
    if name == "!":
        return not _holds(arguments[0], record)
    if name == "var":
        return _value(rules, record) is not None
    values = [_value(argument, record) for argument in arguments]
    try:
        return _compared(name, values)
    except TypeError:
        return False  # nothing is less than a value that is not there


def _parts(rules: Any) -> tuple[str, list[Any]]:
    if not isinstance(rules, dict) or len(rules) != 1:
        raise UsageError(f"job_filter has {json.dumps(rules)[:60]}, expected an object with one operator")
    name, arguments = next(iter(rules.items()))
    if name not in _OPERATORS:
        raise UsageError(f"job_filter has the operator {name!r}, expected {suggest(name, _OPERATORS)}")
    arguments = arguments if isinstance(arguments, list) else [arguments]
    if not arguments or (name in (*_COMPARE, "in") and len(arguments) < 2):
        raise UsageError(f"job_filter has {json.dumps(rules)[:60]}, expected more arguments")
    return name, arguments


def _compared(name: str, values: list[Any]) -> bool:
    if name == "in":
        needle, hay = values[:2]
        return str(needle).lower() in hay.lower() if isinstance(hay, str) else hay is not None and needle in hay
    return all(_COMPARE[name](left, right) for left, right in pairwise(values))


def _value(argument: Any, record: Record) -> Any:
    """What an argument stands for: a field of the record, or itself."""
    if not isinstance(argument, dict):
        return argument
    name, arguments = _parts(argument)
    if name != "var" or arguments[0] not in record:
        raise UsageError(f"job_filter has {json.dumps(argument)[:60]}, expected a field: {', '.join(record)}")
    return record[arguments[0]]
