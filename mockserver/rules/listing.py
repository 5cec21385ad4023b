"""Lists: organization, equality filters, search, JSON logic, order, pages; one table of columns per resource.

    ?org=org1&state=new&search=demo&filter={...}&sort=-task_name,id&page=2&page_size=50
    {"count": 109, "next": url, "previous": url, "results": [...]}

Source: https://docs.cvat.ai/docs/manual/advanced/filter/ and recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from mockserver.protocol.http import CrashError, Headers, Response, detail, errors, fields, json_response
from mockserver.protocol.numerals import MAX_DIGITS, whole
from mockserver.rules import json_logic
from mockserver.rules.json_logic import Column
from mockserver.state.context import Context
from mockserver.state.tables import Record

_FLAGS = {"true": True, "1": True, "false": False, "0": False}  # another text filters nothing
_TERM = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|([^\s,]+)')

Show = Callable[[Context, Record], Record]
"""A record as the API shows it."""


@dataclass(slots=True, frozen=True)
class Listing:
    """What a list can be filtered, searched and sorted by.

    columns: what JSON logic knows; `plain`: equality filters; `search`: columns that search looks into; `unsorted`:
    columns that cannot be sorted by; `lax`: an impossible value of an equality filter finds nothing instead of 400.
    """

    columns: Mapping[str, Column]
    plain: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    order: tuple[str, ...] = ("-id",)
    unsorted: tuple[str, ...] = ()
    lax: bool = False


def answer(
    ctx: Context,
    rows: Iterable[Record],
    listing: Listing,
    show: Show,
    headers: Headers | None = None,
) -> Response:
    """The page that the query asks for. Raises: ApiError 400, 404."""
    selected = select(ctx, rows, listing)
    return json_response(200, page(ctx, selected, show), headers)


def select(ctx: Context, rows: Iterable[Record], listing: Listing) -> list[Record]:
    """The rows that the query wants, in its order. Raises: ApiError 400."""
    tests = [*_plain_filters(ctx, listing), *_search(ctx, listing)]
    text = ctx.request.param("filter")
    if text:
        tests.append(_logic(ctx, text, listing))
    selected = [row for row in rows if all(test(row) for test in tests)]
    for name in reversed(_order(ctx, listing)):
        _sort(selected, listing.columns[name.lstrip("-")], name.startswith("-"))
    return selected


def _logic(ctx: Context, text: str, listing: Listing) -> json_logic.Predicate:
    try:
        return json_logic.parse(text, listing.columns)
    except CrashError as error:
        raise ctx.crash(error.body[0]) from None


def _plain_filters(ctx: Context, listing: Listing) -> Iterable[json_logic.Predicate]:
    problems: dict[str, list[str]] = {}
    for name in listing.plain:
        column = listing.columns[name]
        text = ctx.request.param(name) or ""
        text = text if column.choices else text.strip()
        if not text or (column.kind == "flag" and text.lower() not in _FLAGS):
            continue
        wanted, problem = _wanted(ctx, column, text)
        if problem and listing.lax:
            yield lambda record: False
        elif problem:
            problems[name] = [problem]
        else:
            yield _equals(column, wanted)
    if problems:
        raise fields(**problems)


def _wanted(ctx: Context, column: Column, text: str) -> tuple[Any, str]:
    """The value to look for, and what is wrong with it."""
    if column.kind == "number":
        return _number(text)
    if column.kind == "flag":
        return _FLAGS[text.lower()], ""
    text = column.synonyms.get(text, text)
    if column.choices and text not in column.choices:
        return text, f"Select a valid choice. {text} is not one of the available choices."
    return text, "Null characters are not allowed." if "\0" in text else ""


def _number(text: str) -> tuple[Any, str]:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None, "Enter a number."
    return (number, "") if number.is_finite() else (None, "Enter a number.")


def _equals(column: Column, wanted: Any) -> json_logic.Predicate:
    return lambda record: column.get(record) == wanted


def _search(ctx: Context, listing: Listing) -> Iterable[json_logic.Predicate]:
    text = ctx.request.param("search") or ""
    if "\0" in text:
        raise errors("Null characters are not allowed.")
    if listing.search:
        for match in _TERM.finditer(text):
            term = next(part for part in match.groups() if part is not None).lower()
            yield _mentions(listing, term)


def _mentions(listing: Listing, term: str) -> json_logic.Predicate:
    columns = [listing.columns[name] for name in listing.search]
    return lambda record: any(term in str(column.get(record) or "").lower() for column in columns)


def _order(ctx: Context, listing: Listing) -> list[str]:
    wanted = [name.strip() for name in (ctx.request.param("sort") or "").split(",")]
    names = listing.columns.keys() - set(listing.unsorted)
    return [name for name in wanted if name.removeprefix("-") in names] or list(listing.order)


def _sort(rows: list[Record], column: Column, descending: bool) -> None:
    """Stable; nulls are last ascending and first descending, as in PostgreSQL."""

    def key(record: Record) -> tuple[bool, Any]:
        value = column.get(record)
        return (True, "") if value is None else (False, _collate(value) if column.kind == "text" else value)

    rows.sort(key=key, reverse=descending)


def _collate(text: str) -> tuple[str, str]:
    """Order of texts as people sort them: case counts only between what is otherwise equal, small letters first."""
    return text.lower(), text.swapcase()


def page(ctx: Context, records: list[Record], show: Callable[[Context, Record], Record]) -> Record:
    """The envelope with one page. Raises: ApiError 404."""
    size = _page_size(ctx, len(records))
    last = max(1, -(-len(records) // size))
    number = _page_number(ctx, last)
    shown = records[(number - 1) * size : number * size]
    return {
        "count": len(records),
        "next": _link(ctx, number + 1) if number < last else None,
        "previous": _link(ctx, number - 1) if number > 1 else None,
        "results": [show(ctx, record) for record in shown],
    }


def _page_size(ctx: Context, total: int) -> int:
    text = ctx.request.param("page_size") or ""
    if text == "all":
        return max(total, 1)
    return whole(text[:MAX_DIGITS]) or 10


def _page_number(ctx: Context, last: int) -> int:
    text = ctx.request.param("page") or "1"
    if text == "last":
        return last
    number = whole(text)
    if number is None or not 1 <= number <= last:
        raise detail(404, "Invalid page.")
    return number


def _link(ctx: Context, number: int) -> str:
    pairs = [(name, value) for name, value in ctx.request.query if name != "page"]
    pairs += [("page", str(number))] if number > 1 else []
    query = urlencode(sorted(pairs, key=lambda pair: pair[0]))
    return ctx.url(ctx.request.path) + (f"?{query}" if query else "")
