"""What the CVAT server makes of a dataset that one of its importers has read.

    sources are `file`          a group of one is dissolved, those of a frame are numbered from 1
    coordinates have two decimals        every annotation gets the defaults of the attributes that it lacks
    checkboxes are `true` or `false`     what says neither, nor the default, ends the import
    annotations are cut over the jobs of the task, and shown put together

Source: CVAT 2.73 dataset_manager/bindings.py (import of dm annotations) and task.py.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools import tracks
from annotools.errors import Problem
from annotools.formats.base import Options, Read
from annotools.model import MASK, Dataset, Losses, Owner, Source, fit
from annotools.model.columns import Ints, row_keys
from annotools.model.extras import Extra
from annotools.model.keeps import EVERYTHING
from annotools.model.losses import Ledger
from annotools.model.rounding import around
from annotools.sequences import together
from annotools.transform.attribute_defaults import EVERY_KEYFRAME, default_attributes

_NO_ROOM = ("shapes", "tags", "tracks", "dataset")
_GIVEN = "given_id"


def imported(read: Read, options: Options, *, open_points: bool = False) -> Read:
    """What was read, as the server stores it.  open_points: whether tracks of points of skeletons are not closed."""
    read = _checked(read)
    dataset, gone = _bare(read.dataset)
    dataset = _of_files(_grouped(_rounded(dataset)))
    losses = read.losses + gone
    if len(dataset.tracks):
        dataset, more = tracks.to_keyframes(_marked(dataset) if open_points else dataset, options.quirks)
        losses += more
        dataset = _open(dataset) if open_points else dataset
    dataset, _ = default_attributes(dataset, EVERY_KEYFRAME)
    dataset, more = tracks.as_server_stores(dataset, options.quirks)
    return replace(read, dataset=dataset, losses=losses + more)


def _bare(dataset: Dataset) -> tuple[Dataset, Losses]:
    """Without what formats say beside of annotations: the server has no room for it."""
    extras = {table: frozenset() if table in _NO_ROOM else names for table, names in EVERYTHING.extras.items()}
    kept, losses = fit(dataset, replace(EVERYTHING, extras=extras))
    unstored = Losses(tuple(replace(loss, why="the server does not store it", step="read") for loss in losses))
    return kept.replace(extras={table: {} for table in _NO_ROOM}), unstored


def _checked(read: Read) -> Read:
    """Checkboxes in small letters; what is neither true nor false, nor the default, is a problem."""
    dataset, specs = read.dataset, read.dataset.labels.specs
    attributes, pool = dataset.attributes, list(dataset.attributes.pool)
    places = {text: code for code, text in enumerate(pool)}
    value, problems, bad = attributes.value.copy(), [], []
    boxes = [number for number, (_, spec) in specs.items() if spec.input_type == "checkbox"]
    if not boxes:
        return read
    for row in np.flatnonzero(np.isin(attributes.spec, boxes)).tolist():
        text, spec = pool[value[row]], specs[int(attributes.spec[row])][1]
        small = text if text == spec.default_value else text.lower()
        if small != spec.default_value and small not in ("true", "false"):
            message = f"attribute {spec.name!r} is {text[:40]!r}"
            problems.append(Problem(message, frame=_frame(dataset, row), expected="true or false"))
            bad.append(row)
        if small not in places:
            places[small] = len(pool)
            pool.append(small)
        value[row] = places[small]
    ledger = Ledger("read")
    why = "what is wrong with it is a problem of the input"
    ledger.lost("value of attribute", why, dataset, "attributes", np.array(bad, np.int64))
    kept = np.isin(np.arange(len(attributes)), bad, invert=True)
    attributes = attributes.replace(value=value, pool=tuple(pool)).take(kept)
    dataset = dataset.replace(attributes=attributes)
    return Read(dataset, read.media, together([read.problems, tuple(problems)]), read.losses + ledger.losses())


def _frame(dataset: Dataset, row: int) -> int | None:
    """The frame of what a row of attributes is of."""
    frames = getattr(dataset.table(Owner(int(dataset.attributes.kind[row]))), "frame", None)
    return None if frames is None else int(frames[dataset.attributes.owner[row]])


def _marked(dataset: Dataset) -> Dataset:
    """With rows that can be told from those that are made."""
    shapes = dataset.shapes
    return dataset.replace(shapes=shapes.replace(extras={**shapes.extras, _GIVEN: Extra.of(np.arange(len(shapes)))}))


def _open(dataset: Dataset) -> Dataset:
    """Without rows that were made where a point of a skeleton leaves."""
    shapes = dataset.shapes
    extras = dict(shapes.extras)
    made = ~extras.pop(_GIVEN).present
    part = np.append(dataset.tracks.parent, -1)[shapes.track] >= 0
    return dataset.replace(shapes=shapes.replace(extras=extras)).select(shapes=~(made & part))


def _rounded(dataset: Dataset) -> Dataset:
    """Two decimals, of boxes those of left, top and then of left + width, top + height."""
    shapes = dataset.shapes
    rounded = around(shapes.values)
    runs = np.repeat(shapes.type == MASK, shapes.counts)
    rounded[runs] = shapes.values[runs]
    return dataset.replace(shapes=shapes.with_points(rounded))


def _grouped(dataset: Dataset) -> Dataset:
    """Groups of several rows of a frame, numbered from 1 on each frame.  Rows of tracks count, and are in none."""
    shapes, tags = dataset.shapes, dataset.tags
    top = shapes.parent < 0
    frame = np.concatenate([tags.frame, shapes.frame[top]])
    group = np.concatenate([tags.group, shapes.group[top]])
    keys = row_keys(frame, group)
    _, first, which, times = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    several = (times > 1) & (group[first] > 0)
    number = np.zeros(len(first), np.int64)
    number[several] = _from_one(frame[first[several]])
    new = number[which]
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
