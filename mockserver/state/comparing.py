"""Differences between annotations and between states, object by object.

differences(expected, actual, ignore=["id"])
["shape 12 (rectangle, frame 3): points [1, 2, 3, 4] -> [1, 2, 3, 5]", "missing: tag (label 4, frame 0)"]
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mockserver.state.packing import pack, unpack
from mockserver.state.tables import Record, State

KINDS = {"tags": "tag", "shapes": "shape", "tracks": "track", "intervals": "interval"}


def differences(expected: Mapping[str, Any], actual: Mapping[str, Any], ignore: Collection[str] = ()) -> list[str]:
    """What must change in `expected` to get `actual`; order does not count, nor do keys in `ignore`, at any depth.

    An expected object may leave out keys: what it does not say is not compared.
    """
    lines: list[str] = []
    for kind, name in KINDS.items():
        wanted = [_without(item, ignore) for item in expected.get(kind) or ()]
        items = list(actual.get(kind) or ())
        lines += _compare(name, wanted, [(item, _without(item, ignore)) for item in items])
    return lines


def _without(value: Any, ignore: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(item, ignore) for key, item in value.items() if key not in ignore}
    return [_without(item, ignore) for item in value] if isinstance(value, list | tuple) else value


def _compare(name: str, wanted: list[Any], remaining: list[tuple[Any, Any]]) -> Iterator[str]:
    unmatched = []
    for item in wanted:
        index = next((row for row, (_, bare) in enumerate(remaining) if _covers(item, bare)), None)
        if index is None:
            unmatched.append(item)
        else:
            remaining.pop(index)
    for item in unmatched:
        index = next((row for row, (_, bare) in enumerate(remaining) if _alike(item, bare)), None)
        if index is None:
            yield f"missing: {_title(name, item)}"
        else:
            whole, bare = remaining.pop(index)
            yield f"{_title(name, whole)}: {'; '.join(_changes(item, bare))}"
    yield from (f"unexpected: {_title(name, whole)}" for whole, _ in remaining)


def _covers(wanted: Any, actual: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(actual, Mapping) and all(
            key in actual and _covers(item, actual[key]) for key, item in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(actual, list) and len(wanted) == len(actual) and all(map(_covers, wanted, actual))
    return bool(wanted == actual)


def _alike(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> bool:
    keys = ("id",) if wanted.get("id") is not None and "id" in actual else ("frame", "label_id", "type")
    return all(wanted.get(key) == actual.get(key) for key in keys if key in wanted)


def _changes(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[str]:
    for key, item in wanted.items():
        if key not in actual or not _covers(item, actual[key]):
            yield f"{key} {_short(item)} -> {_short(actual.get(key))}"


def _title(name: str, item: Mapping[str, Any]) -> str:
    number = f" {item['id']}" if item.get("id") is not None else ""
    facts = [str(item["type"])] if "type" in item else []
    facts += [f"{word} {item[key]}" for key, word in (("label_id", "label"), ("frame", "frame")) if key in item]
    return f"{name}{number} ({', '.join(facts)})"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else text[:117] + "..."


def changes(before: State, after: State) -> list[str]:
    """What happened to a state: records that came, went and changed; annotations object by object."""
    lines: list[str] = []
    for table, rows in after.tables.items():
        old = before.tables[table]
        lines += (f"{table} {key}: removed" for key in old if key not in rows)
        for key, record in rows.items():
            if key not in old:
                lines.append(f"{table} {key}: new")
            elif record is not old[key]:
                lines += (f"{table} {key}: {line}" for line in _record_changes(table, old[key], record))
    return lines


def _record_changes(table: str, old: Any, new: Any) -> list[str]:
    if table == "annotations":
        documents = unpack(pack(table, old)), unpack(pack(table, new))
        lines = differences(*documents)
        return [line.replace("unexpected:", "new:", 1).replace("missing:", "gone:", 1) for line in lines]
    if not isinstance(new, Mapping):
        return [] if new == old else ["changed"]
    return [f"{key} {_short(old.get(key))} -> {_short(item)}" for key, item in new.items() if item != old.get(key)]


def contents(state: State, job: int) -> Record:
    """The annotations of a job as plain values, without filled-in defaults."""
    document: Record = unpack(pack("annotations", state.tables["annotations"].get(job, {})))
    return document
