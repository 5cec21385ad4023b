"""What the CVAT server makes of a dataset that one of its importers has read.

    sources are `file`          a group of one is dissolved, those of a frame are numbered from 1
    coordinates have two decimals        every annotation gets the defaults of the attributes that it lacks
    annotations are cut over the jobs of the task, and shown put together

Source: CVAT 2.73 dataset_manager/bindings.py (import of dm annotations) and task.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from annotools import tracks
from annotools.formats.base import Options, Read
from annotools.model import MASK, Attributes, Dataset, Labels, Losses, Owner, Shapes, Source, fit
from annotools.model.columns import Bools, Ints
from annotools.model.keeps import EVERYTHING
from annotools.model.rounding import around
from annotools.tracks.importing import as_server_stores

_NO_ROOM = ("shapes", "tags", "tracks", "dataset")


def imported(read: Read, options: Options) -> Read:
    """What was read, as the server stores it."""
    dataset, gone = _bare(read.dataset)
    dataset = _of_files(_grouped(_rounded(dataset)))
    losses = read.losses + gone
    if len(dataset.tracks):
        dataset, more = tracks.to_keyframes(dataset, options.quirks)
        losses += more
    dataset, more = as_server_stores(with_defaults(dataset), options.quirks)
    return replace(read, dataset=dataset, losses=losses + more)


def _bare(dataset: Dataset) -> tuple[Dataset, Losses]:
    """Without what formats say beside of annotations: the server has no room for it."""
    extras = {table: frozenset() if table in _NO_ROOM else names for table, names in EVERYTHING.extras.items()}
    kept, losses = fit(dataset, replace(EVERYTHING, extras=extras))
    told = Losses(tuple(replace(loss, why="the server does not store it", step="read") for loss in losses))
    return kept.replace(extras={table: {} for table in _NO_ROOM}), told


def _rounded(dataset: Dataset) -> Dataset:
    """Two decimals, of boxes those of left, top and then of left + width, top + height."""
    shapes = dataset.shapes
    drawn = np.repeat(shapes.type != MASK, shapes.counts)
    return dataset.replace(shapes=shapes.with_points(np.where(drawn, around(shapes.values), shapes.values)))


def _grouped(dataset: Dataset) -> Dataset:
    """Groups of several rows of a frame, numbered from 1 on each frame.  Rows of tracks count, and are in none."""
    shapes, tags = dataset.shapes, dataset.tags
    top = shapes.parent < 0
    frame = np.concatenate([tags.frame, shapes.frame[top]])
    group = np.concatenate([tags.group, shapes.group[top]])
    pairs = np.stack([frame, group], axis=1)
    kinds, which, times = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    several = (times > 1) & (kinds[:, 1] > 0) if len(pairs) else np.zeros(0, np.bool_)
    number = np.zeros(len(kinds), np.int64)
    number[several] = _from_one(kinds[several, 0])
    new = number[which.reshape(-1)] if len(pairs) else group
    column = np.zeros(len(shapes), np.int64)
    column[top] = new[len(tags) :]
    column[shapes.track >= 0] = 0
    return dataset.replace(shapes=shapes.replace(group=column), tags=tags.replace(group=new[: len(tags)]))


def _from_one(frames: Ints) -> Ints:
    """1, 2, ... of each run of equal numbers, which ascend."""
    return np.arange(1, len(frames) + 1) - np.searchsorted(frames, frames)


def _of_files(dataset: Dataset) -> Dataset:
    tables = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks")}
    return dataset.replace(
        **{name: table.replace(source=np.full(len(table), Source.FILE)) for name, table in tables.items()}
    )


def with_defaults(dataset: Dataset) -> Dataset:
    """A dataset in which every row has every attribute of its label."""
    shapes, whole = dataset.shapes, np.ones(len(dataset.tracks), np.bool_)
    every, mutable, fixed = (_specs(dataset.labels, which) for which in ((False, True), (True,), (False,)))
    missing = [
        *_missing(dataset, Owner.TAG, every, np.ones(len(dataset.tags), np.bool_)),
        *_missing(dataset, Owner.SHAPE, every, shapes.track < 0),
        *_missing(dataset, Owner.SHAPE, mutable, shapes.track >= 0),
        *_missing(dataset, Owner.TRACK, fixed, whole),
    ]
    if not missing:
        return dataset
    kind, owner, spec = zip(*missing, strict=True)
    pool = dict.fromkeys(dataset.labels.specs[number][1].default_value for number in spec)
    places = {text: place for place, text in enumerate(pool)}
    value = [places[dataset.labels.specs[number][1].default_value] for number in spec]
    more = Attributes.of(len(kind), kind=kind, owner=owner, spec=spec, value=value, pool=tuple(pool))
    return dataset.replace(attributes=Attributes.concat([dataset.attributes, more]))


def _specs(labels: Labels, mutable: tuple[bool, ...]) -> dict[int, list[int]]:
    """The attributes of each label that a kind of row has."""
    return {label.id: [spec.id for spec in label.attributes if spec.mutable in mutable] for label in labels}


def _missing(dataset: Dataset, kind: Owner, specs: dict[int, list[int]], rows: Bools) -> Iterator[tuple[int, int, int]]:
    """Kind, row and attribute of what some rows of a table lack."""
    mine = dataset.attributes.of_kind(kind)
    have = set(zip(mine.owner.tolist(), mine.spec.tolist(), strict=True))
    table: Shapes = dataset.table(kind)  # type: ignore[assignment]  # all of them have labels
    wanted = rows & np.isin(table.label, [label for label, ids in specs.items() if ids])
    for row in np.flatnonzero(wanted).tolist():
        for spec in specs[int(table.label[row])]:
            if (row, spec) not in have:
                yield int(kind), row, spec
