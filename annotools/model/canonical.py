"""One fixed form of a dataset, so that two of them can be compared by meaning.

Ids are renumbered in the order of definition, rows are sorted by what they say, groups are numbered by appearance.
The order of rows is by a 64-bit content hash: equal content gives equal hashes, and a collision could only put two
rows in the same position twice over, never make unlike datasets equal, because the columns themselves are compared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotools.model.codes import Owner
from annotools.model.columns import Array, Ints, distinct
from annotools.model.definitions import Labels, Task, last_source_frame
from annotools.model.extras import Extra, Extras, is_foreign_id, lasting
from annotools.model.parts import Parts
from annotools.model.table import Table
from annotools.model.tables import Attributes

Hashes = NDArray[np.uint64]
_BLOCK = 1 << 16  # values
_FOREIGN = 1 << 40  # ids that nothing defines stay apart from the renumbered ones
_HASHED = {
    Owner.TAG: ("job", "frame", "label", "source"),
    Owner.SHAPE: (
        "job", "frame", "label", "type", "keyframe", "outside", "occluded", "z_order", "rotation", "source", "score",
    ),
    Owner.TRACK: ("job", "frame", "label", "source"),
    Owner.INTERVAL: ("job", "label", "start", "stop", "source", "score"),
}  # fmt: skip


def canonical(dataset: Parts) -> dict[str, Any]:
    """The parts of the canonical form of a dataset."""
    labels, label_ids, spec_ids = _labels(dataset.labels)
    jobs = tuple(replace(job, id=row + 1, parent_job=None) for row, job in enumerate(dataset.jobs))
    attributes = dataset.attributes.replace(spec=_mapped(dataset.attributes.spec, spec_ids))
    tables = {owner: _plain(dataset.table(owner), label_ids) for owner in Owner}
    hashes = {owner: _row_hashes(tables[owner], owner, attributes) for owner in Owner}
    orders = _orders(tables, hashes)
    tables, attributes = _sorted(tables, attributes, orders)
    parts = {"tags": Owner.TAG, "shapes": Owner.SHAPE, "tracks": Owner.TRACK, "intervals": Owner.INTERVAL}
    grouped = _groups(tables)
    return {name: grouped[owner] for name, owner in parts.items()} | {
        "task": _task(dataset), "labels": labels, "jobs": jobs,
        "attributes": attributes, "origin": None,
        "frames": replace(dataset.frames, extras=lasting(dataset.frames.extras)),
        "extras": {"dataset": lasting(dataset.extras["dataset"])},
    }  # fmt: skip


def _task(dataset: Parts) -> Task:
    """The task without ids; its last frame is said, also where it follows from the others."""
    task = dataset.task
    stop = last_source_frame(task, len(dataset.frames)) if task.stop_frame is None else task.stop_frame
    return replace(task, id=-1, project_id=None, stop_frame=stop)


def equal(a: Parts, b: Parts) -> bool:
    """Whether two datasets say the same."""
    return not differing(a, b)


def differing(a: Parts, b: Parts) -> list[str]:
    """Where two datasets differ: `labels`, `shapes.points`, ...; empty when they say the same."""
    x, y = a.canonical(), b.canonical()
    differences = [name for name in ("task", "labels", "jobs") if getattr(x, name) != getattr(y, name)]
    columns = ("names", "width", "height", "deleted", "subsets", "related")
    differences += [f"frames.{n}" for n in columns if not _same(getattr(x.frames, n), getattr(y.frames, n))]
    differences += [f"{t}.extras.{name}" for t in x.extras for name in _unlike_extras(x.extras[t], y.extras[t])]
    tables = {"tags": Owner.TAG, "shapes": Owner.SHAPE, "tracks": Owner.TRACK, "intervals": Owner.INTERVAL}
    for name, owner in tables.items():
        differences += [f"{name}.{column}" for column in _unlike(x.table(owner), y.table(owner))]
    differences += [f"attributes.{column}" for column in _unlike(x.attributes, y.attributes)]
    return differences + (["attributes.pool"] if x.attributes.pool != y.attributes.pool else [])


def _unlike(x: Table, y: Table) -> list[str]:
    names = [*x.COLUMNS, *(n for n in ("values", "offsets") if hasattr(x, n))]
    return [name for name in names if not _same(getattr(x, name), getattr(y, name))]


def _unlike_extras(x: Extras, y: Extras) -> list[str]:
    names = sorted(x.keys() | y.keys())
    return [name for name in names if name not in x or name not in y or x[name].plain() != y[name].plain()]


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return bool(a == b)


def _labels(labels: Labels) -> tuple[Labels, dict[int, int], dict[int, int]]:
    label_ids = {label.id: number + 1 for number, label in enumerate(labels)}
    spec_ids = {spec: number + 1 for number, spec in enumerate(labels.specs)}
    rows = (
        replace(
            label, id=label_ids[label.id], parent=label_ids.get(label.parent) if label.parent is not None else None,
            attributes=tuple(replace(spec, id=spec_ids[spec.id]) for spec in label.attributes),
            extras=tuple(sorted((name, value) for name, value in label.extras if not is_foreign_id(name))),
        )
        for label in labels
    )  # fmt: skip
    return Labels(tuple(rows)), label_ids, spec_ids


def _mapped(ids: Ints, new: dict[int, int]) -> Ints:
    unique, inverse = np.unique(ids, return_inverse=True)
    mapped = np.array([new.get(i, i + _FOREIGN) for i in unique.tolist()], np.int64)
    return np.asarray(mapped[inverse]) if len(unique) else ids


def _plain(table: Table, label_ids: dict[int, int]) -> Table:
    """Without ids of its own, labels by their position, of extras those that last."""
    extras = lasting(table.extras)
    table = table.replace(extras=extras, id=np.full(len(table), -1), label=_mapped(getattr(table, "label"), label_ids))  # noqa: B009 # every walkable table has it
    if hasattr(table, "values"):
        table = table.replace(values=table.values + 0.0, rotation=table.rotation + 0.0)  # type: ignore[attr-defined] # shapes; -0.0 is 0.0
    return table


def _mix(x: Hashes) -> Hashes:
    """The finaliser of splitmix64: every input bit moves every output bit."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _bits(column: Array) -> Hashes:
    if column.dtype.kind == "f":
        return np.ascontiguousarray(column).view(np.uint64)
    return column.astype(np.int64).view(np.uint64)


def _row_hashes(table: Table, owner: Owner, attributes: Attributes) -> Hashes:
    hashes = np.full(len(table), int(owner) + 1, np.uint64)
    for name in _HASHED[owner]:
        hashes = _mix(hashes * np.uint64(0x9E3779B97F4A7C15) + _bits(getattr(table, name)))
    if hasattr(table, "values") and hasattr(table, "offsets"):
        hashes = _mix(hashes + ragged_hashes(table.values, table.offsets))
    mine = attributes.take(attributes.kind == owner)
    texts = np.array([_text_hash(text) for text in mine.pool], np.uint64)
    attribute_hashes = (
        _mix(_bits(mine.spec) * np.uint64(0x9E3779B97F4A7C15) + texts[mine.value]) if len(mine) else texts[:0]
    )
    for name, extra in table.extras.items():
        hashes = hashes + _mix(_extra_hashes(extra) * np.uint64(_text_hash(name) | 1))
    return hashes + _summed(attribute_hashes, mine.owner, len(table))


def _extra_hashes(extra: Extra) -> Hashes:
    """A hash of each value, by what it is and not by the type of its column; 0 where there is none."""
    texts = [_value_text(value) for value in extra.plain()]
    known = {text: _text_hash(text) if text else 0 for text in set(texts)}
    return np.array([known[text] for text in texts], np.uint64)


def _value_text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, bool | int | float):
        return repr(value)
    try:
        return repr(float(value))
    except OverflowError:  # a whole number beyond all floats; as decimals its length has a limit
        return hex(int(value))


def _text_hash(text: str) -> int:
    from hashlib import blake2b  # here and elsewhere: it loads OpenSSL, 2 ms, and few runs compare by meaning

    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def ragged_hashes(values: Array, offsets: Array) -> Hashes:
    """A 64-bit content hash of each row of a ragged column: equal rows have equal hashes.  (n,) uint64.

    Some rows at a time: what is mixed stays near the processor, which takes a third of the time.
    """
    hashes = np.zeros(len(offsets) - 1, np.uint64)
    start = 0
    while start < len(hashes):
        stop = max(int(np.searchsorted(offsets, offsets[start] + _BLOCK)), start + 1)
        stop = min(stop, len(hashes))
        ends = offsets[start : stop + 1]
        hashes[start:stop] = _block_hashes(values[ends[0] : ends[-1]], ends - ends[0])
        start = stop
    return hashes


def _block_hashes(values: Array, offsets: Array) -> Hashes:
    counts = np.diff(offsets)
    position = np.arange(len(values)) - np.repeat(offsets[:-1], counts)
    position_hashes = _mix(np.arange(counts.max(initial=0), dtype=np.uint64))
    mixed = _mix(_bits(values) + position_hashes[position])
    hashes = np.zeros(len(counts), np.uint64)
    filled = np.flatnonzero(counts)
    if len(filled):
        hashes[filled] = np.add.reduceat(mixed, offsets[:-1][filled])
    return hashes


def _summed(hashes: Hashes, owner: Array, size: int) -> Hashes:
    total = np.zeros(size, np.uint64)
    np.add.at(total, owner, hashes)
    return total


def _orders(tables: dict[Owner, Any], hashes: dict[Owner, Hashes]) -> dict[Owner, Array]:
    """The canonical order of the rows of each table; parts count for what they are parts of."""
    shapes, tracks = tables[Owner.SHAPE], tables[Owner.TRACK]
    of_shape, of_track = hashes[Owner.SHAPE], hashes[Owner.TRACK]
    of_shape = of_shape + _parts(of_shape, shapes.parent, len(shapes))
    of_track = of_track + _parts(of_shape, shapes.track, len(tracks))
    of_track = of_track + _parts(of_track, tracks.parent, len(tracks))
    hashes = hashes | {Owner.SHAPE: of_shape, Owner.TRACK: of_track}
    companions = _companions(tables, hashes)
    orders = {}
    for owner in (Owner.TAG, Owner.INTERVAL):
        moment = tables[owner].frame if owner == Owner.TAG else tables[owner].start
        orders[owner] = np.lexsort((companions[owner], hashes[owner], moment, tables[owner].job))
    orders[Owner.TRACK] = _family_order(
        (companions[Owner.TRACK], of_track, tracks.frame, tracks.job), tracks.parent, of_track
    )
    rank = np.full(len(tracks) + 1, -1)
    rank[orders[Owner.TRACK]] = np.arange(len(tracks))
    keys = (companions[Owner.SHAPE], of_shape, shapes.frame, shapes.job, rank[shapes.track])
    orders[Owner.SHAPE] = _family_order(keys, shapes.parent, of_shape)
    return orders


def _companions(tables: dict[Owner, Any], hashes: dict[Owner, Hashes]) -> dict[Owner, Hashes]:
    """What else is in a row's group: tells twins in different groups apart."""
    owners = (Owner.TAG, Owner.SHAPE, Owner.TRACK, Owner.INTERVAL)
    groups = np.concatenate([tables[o].group for o in owners])
    unique, inverse = np.unique(groups, return_inverse=True)
    total = _summed(_mix(np.concatenate([hashes[o] for o in owners])), inverse, len(unique))
    sizes = np.cumsum([0] + [len(tables[o]) for o in owners])
    spread = np.where(groups > 0, total[inverse], np.uint64(0)) if len(unique) else total
    return {o: spread[sizes[i] : sizes[i + 1]] for i, o in enumerate(owners)}


def _parts(hashes: Hashes, reference: Array, size: int) -> Hashes:
    owned = reference >= 0
    return _summed(_mix(hashes[owned]), reference[owned], size)


def _family_order(keys: tuple[Array, ...], parent: Array, hashes: Hashes) -> Array:
    """Order by keys, with parts right behind what they are parts of."""
    rank = np.empty(len(parent), np.int64)
    rank[np.lexsort(keys)] = np.arange(len(parent))
    root = np.where(parent >= 0, parent, np.arange(len(parent)))
    return np.lexsort((hashes, parent >= 0, rank[root]))


def _sorted(
    tables: dict[Owner, Any], attributes: Attributes, orders: dict[Owner, Array]
) -> tuple[dict[Owner, Any], Attributes]:
    new = {owner: np.argsort(order) for owner, order in orders.items()}
    moved = {owner: tables[owner].take(orders[owner]) for owner in tables}
    shapes, tracks = moved[Owner.SHAPE], moved[Owner.TRACK]
    moved[Owner.SHAPE] = shapes.replace(
        track=_moved(shapes.track, new[Owner.TRACK]), parent=_moved(shapes.parent, new[Owner.SHAPE])
    )
    moved[Owner.TRACK] = tracks.replace(parent=_moved(tracks.parent, new[Owner.TRACK]))
    owner = attributes.owner.copy()
    for kind, new_rows in new.items():
        mine = attributes.kind == kind
        owner[mine] = new_rows[owner[mine]]
    used = sorted({attributes.pool[code] for code in distinct(attributes.value).tolist()})
    code = {text: number for number, text in enumerate(used)}
    recoded = np.array([code.get(text, -1) for text in attributes.pool], np.int32)
    value = recoded[attributes.value] if len(attributes) else attributes.value
    order = np.lexsort((value, attributes.spec, owner, attributes.kind))
    return moved, attributes.replace(owner=owner, value=value, pool=tuple(used)).take(order)


def _moved(reference: Array, new_rows: Array) -> Array:
    return np.where(reference >= 0, new_rows[reference], -1).astype(np.int32) if len(new_rows) else reference


def _groups(tables: dict[Owner, Any]) -> dict[Owner, Any]:
    """Groups numbered by first appearance; 0 stays 0."""
    owners = list(tables)
    groups = np.concatenate([tables[o].group for o in owners])
    unique, first = np.unique(groups[groups > 0], return_index=True)
    number = np.empty(len(unique), np.int64)
    number[np.argsort(first)] = np.arange(1, len(unique) + 1)
    result = {}
    for owner in owners:
        group = tables[owner].group.copy()
        named = group > 0
        group[named] = number[np.searchsorted(unique, group[named])]
        result[owner] = tables[owner].replace(group=group)
    return result
