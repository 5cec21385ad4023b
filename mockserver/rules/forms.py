"""JSON bodies of small objects, read as the server's serializers read them.

TASK = Schema({"name": Field(text_up_to(256)), "project_id": Field(integer, ABSENT, nullable=True)})
form = forms.read(ctx, TASK)       400 {"name": ["This field is required."]}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.protocol.http import ApiError
from mockserver.protocol.schemas import (
    ABSENT,
    REQUIRED,
    Field,
    InvalidError,
    Parser,
    Schema,
    UncheckedError,
    boolean,
    integer,
    many,
    number,
    text,
)
from mockserver.state.context import Context
from mockserver.state.tables import Record

__all__ = [
    "ABSENT", "REQUIRED", "Field", "InvalidError", "Parser", "Schema", "UncheckedError", "at_least", "boolean",
    "choice", "contact", "integer", "items", "many", "number", "number_between", "read", "storage", "text_up_to",
]  # fmt: skip
_STORAGES = ("cloud_storage", "local")


def read(ctx: Context, schema: Schema, body: Any = None) -> Record:
    """The checked body. Raises: ApiError 400 (fields), 415 (media type) and where the real server crashes."""
    form = ctx.form() if body is None else body
    try:
        return schema(form)
    except InvalidError as error:
        raise ApiError(400, error.body) from None
    except UncheckedError as error:
        raise ctx.crash(str(error)) from None


def text_up_to(limit: int | None = None, blank: bool = False) -> Parser:
    """A string without blanks around it, of at most `limit` characters."""

    def parse(value: Any) -> str:
        string = text(value)
        if not string and not blank:
            raise InvalidError("This field may not be blank.")
        if limit is not None and len(string) > limit:
            raise InvalidError(f"Ensure this field has no more than {limit} characters.")
        return string

    return parse


def at_least(least: int, most: int | None = None) -> Parser:
    """An integer within bounds."""

    def parse(value: Any) -> int:
        if isinstance(value, bool):
            raise InvalidError("A valid integer is required.")
        number = integer(value)
        if most is not None and number > most:
            raise InvalidError(f"Ensure this value is less than or equal to {most}.")
        if number < least:
            raise InvalidError(f"Ensure this value is greater than or equal to {least}.")
        return number

    return parse


def number_between(low: float, high: float, problem: str) -> Parser:
    """A number within bounds, else `problem`."""

    def parse(value: Any) -> float:
        if isinstance(value, bool):
            raise InvalidError("A valid number is required.")
        parsed = number(value)
        if not low <= parsed <= high:
            raise InvalidError(problem)
        return parsed

    return parse


def choice(choices: tuple[str, ...]) -> Parser:
    """One of some words."""

    def parse(value: Any) -> str:
        if not isinstance(value, (str, int, float)) or str(value) not in choices:
            raise InvalidError(f'"{value}" is not a valid choice.')
        return str(value)

    return parse


def items(item: Parser, empty: bool = True) -> Parser:
    """A list of plain values; errors stand under the places of the items."""

    def parse(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise InvalidError(f'Expected a list of items but got type "{type(value).__name__}".')
        if not value and not empty:
            raise InvalidError("This list may not be empty.")
        results, problems = [], {}
        for index, entry in enumerate(value):
            try:
                if entry is None:
                    raise InvalidError("This field may not be null.")
                results.append(item(entry))
            except InvalidError as error:
                problems[str(index)] = error.body
        if problems:
            raise InvalidError(problems)
        return results

    return parse


def contact(value: Any) -> Any:
    """Any JSON value."""
    return value


def storage(value: Any) -> Record:
    """`{"location": "local" | "cloud_storage", "cloud_storage_id": null}`."""
    return _STORAGE(value)


_STORAGE = Schema(
    {
        "location": Field(choice(_STORAGES), "local"),
        "cloud_storage_id": Field(at_least(0), None, nullable=True),
    }
)
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")


def color(value: Any) -> str:
    """`#rrggbb`."""
    string = text(value)
    if string and not _COLOR.match(string):
        raise InvalidError("Enter a valid color, such as #33ddff.")
    return string


def given(form: Mapping[str, Any], *names: str) -> Record:
    """Those of some keys that a form has."""
    return {name: form[name] for name in names if name in form}
