"""Annotations of jobs in the state: reading, and the four ways to change them.

A job's annotations are one immutable `StoredAnnotations`; a change puts another one in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
import orjson

from annotools.labeled_data import LabeledData
from mockserver.annotations import checks, label_specs, numbering, records
from mockserver.annotations.document import Document
from mockserver.annotations.numbering import Ids
from mockserver.annotations.stored import StoredAnnotations
from mockserver.annotations.track_starts import sync
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record


def stored(ctx: Context, job_id: int) -> StoredAnnotations:
    """The annotations of a job."""
    table = ctx.table("annotations")
    entry = table.get(job_id)
    if isinstance(entry, StoredAnnotations):
        return entry
    unread = StoredAnnotations(raw=entry)
    table[job_id] = unread
    return unread


Json = Callable[[], bytes]
"""What makes the JSON of an answer; of values that do not change, so it may be called at any later time."""


def read(ctx: Context, job: Record) -> Document:
    """The document that GET answers."""
    document: Document = orjson.loads(answer(ctx, job)())
    return document


def answer(ctx: Context, job: Record) -> Json:
    """The JSON that GET answers."""
    return partial(stored(ctx, job["id"]).answer, _labels(ctx, job))


def replace(ctx: Context, job: Record, data: LabeledData) -> Json:
    """Delete everything, then create; the JSON of the answer. Raises: ApiError 400."""
    _check(ctx, job, data)
    old = stored(ctx, job["id"]).data
    result = _insert(ctx, job, LabeledData(), data)
    _touch(ctx, job, not (old.is_empty() and data.is_empty()))
    return result


def create(ctx: Context, job: Record, data: LabeledData) -> Json:
    """Append; the JSON of the answer. Raises: ApiError 400."""
    _check(ctx, job, data)
    result = _insert(ctx, job, stored(ctx, job["id"]).data, data)
    _touch(ctx, job, not data.is_empty())
    return result


def update(ctx: Context, job: Record, data: LabeledData) -> Json:
    """Replace what has the ids given, create the rest; the JSON of the answer. Raises: ApiError 400."""
    _check(ctx, job, data)
    result = _insert(ctx, job, without(stored(ctx, job["id"]).data, data), data)
    _touch(ctx, job, not data.is_empty())
    return result


def delete(ctx: Context, job: Record, data: LabeledData) -> Json:
    """Remove what has the ids given; unknown ones are fine. The JSON of the answer, the request itself."""
    _follow(ctx, job, without(stored(ctx, job["id"]).data, data), LabeledData())
    _touch(ctx, job, not data.is_empty())
    return partial(msgspec.json.encode, data)


def clear(ctx: Context, job: Record) -> None:
    """Remove everything."""
    if not stored(ctx, job["id"]).data.is_empty():
        put(ctx, job["id"], LabeledData())
        _touch(ctx, job, True)


def without(old: LabeledData, gone: LabeledData) -> LabeledData:
    """`old` less the tags, shapes, tracks and intervals with ids of `gone`."""
    kept: dict[str, Any] = {}
    for name in ("tags", "shapes", "tracks", "intervals"):
        ids = {item.id for item in getattr(gone, name)}
        rows = getattr(old, name)
        kept[name] = [item for item in rows if item.id not in ids] if ids else rows
    return LabeledData(**kept)


def is_torn(ctx: Context, job: Record) -> bool:
    """Whether a skeleton has an element on another frame."""
    shapes = stored(ctx, job["id"]).data.shapes
    return any(part.frame != shape.frame for shape in shapes for part in shape.elements or ())


def put(ctx: Context, job_id: int, data: LabeledData) -> None:
    """Store the records of a job as they are."""
    ctx.state.put("annotations", job_id, StoredAnnotations(_data=data))


def _check(ctx: Context, job: Record, data: LabeledData) -> None:
    if data.is_empty():
        return
    task = lookup.task_of(ctx, job)
    meta, labels = ctx.table("data_meta").get(task["id"]), lookup.labels_of(ctx, task)
    if ctx.around is None or not ctx.around.is_checked(data, task, meta, labels):
        checks.check_content(data, task, meta)
        checks.check_labels(data, label_specs.of(labels))


def _insert(ctx: Context, job: Record, kept: LabeledData, new: LabeledData) -> Json:
    """Number and store new records after the kept ones; the JSON of the answer."""
    try:
        moves = sync(new.tracks)
    except ValueError as error:
        raise ctx.crash(str(error)) from None
    numbering.assign(ctx.state, new, _taken(ctx, job["id"], kept))
    records.list_elements(new.shapes)
    records.list_elements(new.tracks)
    result = partial(bytes, msgspec.json.encode(new)) if new.tracks else partial(msgspec.json.encode, new)
    for move in moves:
        move.apply()
    for track in new.tracks:
        track.elements = [element for element in track.elements or () if element.shapes]
    after, labels = _follow(ctx, job, kept, new), _labels(ctx, job)

    def written() -> bytes:
        after.shown(labels)  # made now, it need not be made for whoever reads the job next
        return result()

    return written


def _follow(ctx: Context, job: Record, kept: LabeledData, new: LabeledData) -> StoredAnnotations:
    after = stored(ctx, job["id"]).after(kept, new, _labels(ctx, job))
    ctx.state.put("annotations", job["id"], after)
    return after


def _labels(ctx: Context, job: Record) -> list[Record]:
    return lookup.labels_of(ctx, lookup.task_of(ctx, job))


def _taken(ctx: Context, job_id: int, kept: LabeledData) -> Iterator[Ids]:
    yield numbering.ids_of(kept)
    for other_id in list(ctx.table("annotations")):
        if other_id != job_id:
            yield stored(ctx, other_id).ids


def _touch(ctx: Context, job: Record, changed: bool) -> None:
    if changed:
        lookup.touch(ctx, job, lookup.task_of(ctx, job))
