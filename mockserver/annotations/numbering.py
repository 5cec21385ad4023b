"""Ids of annotations: one sequence per kind, unique over all jobs.

Tags, shapes (with elements), tracks (with elements), tracked shapes and intervals number on their own; elements get
theirs after all parents of the request, as rows are inserted in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from annotools.labeled_data import LabeledData
from mockserver.protocol.http import bare
from mockserver.state.tables import State

Ids = dict[str, frozenset[int]]
_TABLES = {
    "tag": "engine_labeledimage", "shape": "engine_labeledshape", "track": "engine_labeledtrack",
    "tracked_shape": "engine_trackedshape", "interval": "engine_labeledinterval",
}  # fmt: skip


def rows(data: LabeledData) -> Iterator[tuple[str, list[Any]]]:
    """(kind, records) of everything that has an id, in the order of insertion."""
    yield "tag", list(data.tags)
    yield "shape", [*data.shapes, *_elements(data.shapes)]
    tracks = [*data.tracks, *(element for element in _elements(data.tracks) if element.shapes)]
    yield "track", tracks
    yield "tracked_shape", [shape for track in tracks for shape in track.shapes]
    yield "interval", list(data.intervals)


def _elements(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        if item.elements:
            yield from item.elements


def ids_of(data: LabeledData) -> Ids:
    """All ids by kind."""
    return {kind: frozenset(item.id for item in items) for kind, items in rows(data)}


def assign(state: State, data: LabeledData, taken: Iterable[Ids]) -> None:
    """Number new records in place; ids that a client gave stay. `taken`: ids of what else there is, read if needed.

    Raises: ApiError 400 for an id that exists.
    """
    listed: list[Ids] | None = None
    for kind, items in rows(data):
        given_ids = [item.id for item in items if item.id is not None]
        if given_ids:
            listed = list(taken) if listed is None else listed
            _check_free(kind, given_ids, listed)
            state.sequences[kind] = max(state.sequences.get(kind, 1), max(given_ids) + 1)
        if len(given_ids) < len(items):
            _number(items, state.next_id(kind, len(items) - len(given_ids)))


def _number(items: list[Any], first: int) -> None:
    for item in items:
        if item.id is None:
            item.id = first
            first += 1


def _check_free(kind: str, given_ids: list[int], taken: list[Ids]) -> None:
    seen: set[int] = set()
    for number in given_ids:
        if number in seen or any(number in ids[kind] for ids in taken):
            text = f'duplicate key value violates unique constraint "{_TABLES[kind]}_pkey"'
            raise bare(f"{text}\nDETAIL:  Key (id)=({number}) already exists.\n")
        seen.add(number)
