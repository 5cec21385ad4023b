"""CVAT's subset of JSON logic in the `filter` parameter of lists, as a predicate over records.

    {"and": [{"==": [{"var": "state"}, "new"]}, {"!": {"in": ["gt", {"var": "task_name"}]}}]}
    {"<=": [10, {"var": "id"}, 20]}      {"in": [{"var": "id"}, [1, 2]]}      {"var": "assignee"} (is not null)
    {"var": "segment__task__name"} (the same of a field by its path in the database, which only a lone var takes)

What the server does not know is 400 in its words; where it fails itself, `CrashError` says what is wrong.
Source: https://docs.cvat.ai/docs/manual/advanced/filter/ and recorded answers.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from annotools.json_faults import as_ever
from mockserver.protocol.http import CrashError, errors
from mockserver.state.tables import Record

Predicate = Callable[[Record], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


@dataclass(slots=True, frozen=True)
class Column:
    """A field of a list: how to get it from a record, its kind (text, number, date, flag) and its choices.

    synonyms: words that are also taken for one of the choices; `path`: the field in the database, which a lone `var`
    takes.
    """

    get: Callable[[Record], Any]
    kind: str = "text"
    choices: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    path: str = ""

    def typed(self, value: Any) -> Any:
        """A value to compare with. Raises: CrashError for one of another kind."""
        if value is None:
            return None
        try:
            return _TYPED[self.kind](value)
        except (ValueError, TypeError, OverflowError):
            raise CrashError(f"filter: {value!r} is not a {self.kind}") from None

    def of(self, record: Record) -> Any:
        """The field's value, comparable with `typed` ones."""
        value = self.get(record)
        return moment(value) if self.kind == "date" and value is not None else value


def moment(text: Any) -> datetime:
    """A date of the API. Raises: ValueError."""
    date = datetime.fromisoformat(str(text))
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _number(value: Any) -> int:
    if isinstance(value, (dict, list)):
        raise TypeError
    return int(value)


def _flag(value: Any) -> bool:
    if value in (True, "true", "True", "t", "1", 1):
        return True
    if value in (False, "false", "False", "f", "0", 0):
        return False
    raise ValueError


_TYPED: dict[str, Callable[[Any], Any]] = {"text": str, "number": _number, "date": moment, "flag": _flag}


def parse(text: str, columns: Mapping[str, Column]) -> Predicate:
    """The predicate of a `filter`. Raises: ApiError 400."""
    try:
        rules = json.loads(text)
    except json.JSONDecodeError as error:
        raise errors(f"filter: can't parse filter expression: {as_ever(error)}") from None
    except ValueError as error:
        raise errors(f"filter: can't parse filter expression: {error}") from None
    except RecursionError:
        raise errors("filter: can't parse filter expression: too deeply nested") from None
    if not rules:
        raise errors("filter shouldn't be empty")
    try:
        return _rule(rules, columns)
    except RecursionError:
        raise CrashError("filter: too deeply nested") from None


def _rule(rule: Any, columns: Mapping[str, Column]) -> Predicate:
    if not isinstance(rule, dict) or not rule:
        raise errors(f"filter: expected a non-empty dict value, got '{rule}' of type '{type(rule).__name__}'")
    name, arguments = next(iter(rule.items()))
    if name in ("and", "or"):
        return _group(name, arguments, columns)
    if name == "!":
        inner = _rule(_object(arguments), columns)
        return lambda record: not inner(record)
    if name == "!!":
        return _rule(_object(arguments), columns)
    if name == "var":
        by_path = {column.path: column for column in columns.values() if column.path}
        column = _column({"var": arguments}, {**by_path, **columns})
        return lambda record: column.get(record) is not None
    return _comparison(name, arguments, columns)


def _object(argument: Any) -> Any:
    if not isinstance(argument, dict):
        raise CrashError("filter: '!' and '!!' take an object")
    return argument


def _group(name: str, arguments: Any, columns: Mapping[str, Column]) -> Predicate:
    if not isinstance(arguments, list) or not arguments:
        raise CrashError(f"filter: {name!r} takes a list of rules")
    parts = [_rule(argument, columns) for argument in arguments]
    combine = all if name == "and" else any
    return lambda record: combine(part(record) for part in parts)


def _comparison(name: str, arguments: Any, columns: Mapping[str, Column]) -> Predicate:
    count = len(arguments) if isinstance(arguments, list) else 0
    if name in _COMPARE and count == 2:
        column, value = _column(arguments[0], columns), arguments[1]
        return _compare(column, _COMPARE[name], column.typed(value))
    if name == "in" and count == 2:
        return _contained(arguments[0], arguments[1], columns)
    if name == "<=" and count == 3:
        column = _column(arguments[1], columns)
        low, high = column.typed(arguments[0]), column.typed(arguments[2])
        above, below = _compare(column, operator.ge, low), _compare(column, operator.le, high)
        return lambda record: above(record) and below(record)
    raise errors(f"filter: operation '{name}' with arguments '{arguments}' is not supported")


def _compare(column: Column, test: Callable[[Any, Any], bool], wanted: Any) -> Predicate:
    if wanted is None:
        if test is not operator.eq:
            raise CrashError("filter: null can only be compared with '=='")
        return lambda record: column.get(record) is None

    def holds(record: Record) -> bool:
        value = column.of(record)
        return value is not None and test(value, wanted)

    return holds


def _contained(one: Any, other: Any, columns: Mapping[str, Column]) -> Predicate:
    if not isinstance(one, dict):
        column, part = _column(other, columns), str(one)
        return lambda record: part in str(column.get(record) or "")
    column = _column(one, columns)
    if not isinstance(other, list):
        raise CrashError("filter: 'in' takes a list of values")
    wanted = [column.typed(value) for value in other]
    return lambda record: column.of(record) in wanted and column.get(record) is not None


def _column(term: Any, columns: Mapping[str, Column]) -> Column:
    if not isinstance(term, dict) or "var" not in term or not isinstance(term["var"], str):
        raise CrashError('filter: a field is written {"var": name}')
    name = term["var"]
    if name not in columns:
        raise errors(f"filter: term '{name}' is not supported")
    return columns[name]
