"""Fields of small JSON bodies, with the server's error texts."""

from __future__ import annotations

from typing import Any

from annotools.cvat_limits import MAX_INT
from mockserver.protocol.http import ApiError, fields
from mockserver.protocol.schemas import MAX_ERRORS, InvalidError, count
from mockserver.state.tables import Record


def counts(form: Record, name: str, *, positional: bool = False) -> list[int]:
    """A required list of integers of at least 0; `positional` errors stand in a list instead of under indexes.

    Raises: ApiError 400.
    """
    if name not in form:
        raise fields(**{name: ["This field is required."]})
    value = form[name]
    if value is None:
        raise fields(**{name: ["This field may not be null."]})
    if not isinstance(value, list):
        raise fields(**{name: [f'Expected a list of items but got type "{type(value).__name__}".']})
    if set(map(type, value)) == {int} and min(value) >= 0 and max(value) <= MAX_INT:
        return value
    numbers, problems = [], {}
    for index, item in enumerate(value):
        try:
            numbers.append(_count(item))
        except InvalidError as error:
            problems[str(index)] = error.body
            if len(problems) == MAX_ERRORS:
                break
    if problems:
        raise ApiError(400, {name: [problems.get(str(i), {}) for i in range(len(value))] if positional else problems})
    return numbers


def _count(item: Any) -> int:
    if item is None:
        raise InvalidError("This field may not be null.")
    return count(item)


def choice(form: Record, name: str, choices: tuple[str, ...]) -> str:
    """A required choice. Raises: ApiError 400."""
    if name not in form:
        raise fields(**{name: ["This field is required."]})
    if form[name] is None:
        raise fields(**{name: ["This field may not be null."]})
    if form[name] not in choices:
        raise fields(**{name: [f'"{form[name]}" is not a valid choice.']})
    return str(form[name])
