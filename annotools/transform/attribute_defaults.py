"""default-attributes: attributes that nobody set, with the defaults of their labels.

    default-attributes                  of tracks the first keyframe gets what can change, as the server exports
    default-attributes=every-keyframe   all of them do, as the server stores what it imports

Tags, plain shapes and points of skeletons get all that their label has, tracks what cannot change.
Source: CVAT 2.73 dataset_manager/task.py, default attributes.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import LimitError, Problem, UsageError
from annotools.geometry.ragged import expand_ranges, offsets_of
from annotools.model.codes import Owner
from annotools.model.columns import Ints
from annotools.model.dataset import Dataset
from annotools.model.losses import Losses
from annotools.model.tables import Attributes
from annotools.quirks import NONE, Quirks

EVERY_KEYFRAME = "every-keyframe"
_MOST = 4_000_000  # values, from which on a row may have
_MANY = 100  # on average


def default_attributes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The dataset with every attribute set.  Raises UsageError for another argument, LimitError for far too many."""
    if argument not in ("", EVERY_KEYFRAME):
        raise UsageError(f"transform default-attributes={argument}, expected {EVERY_KEYFRAME} or nothing")
    shapes, tracks, tags = dataset.shapes, dataset.tracks, dataset.tags
    plain = np.flatnonzero(shapes.track < 0)
    first = np.flatnonzero(shapes.track >= 0) if argument else _first_keyframes(dataset)
    wanted = (
        (Owner.TAG, np.arange(len(tags)), tags.label, (False, True)),
        (Owner.SHAPE, plain, shapes.label[plain], (False, True)),
        (Owner.SHAPE, first, shapes.label[first], (True,)),
        (Owner.TRACK, np.arange(len(tracks)), tracks.label, (False,)),
    )
    table = dataset.attributes
    if not len(dataset.labels.specs):
        return dataset, Losses()
    missing = [_missing(dataset, owner, rows, label, kinds) for owner, rows, label, kinds in wanted if len(rows)]
    return dataset.replace(attributes=Attributes.concat([table, *missing])), Losses()


def _first_keyframes(dataset: Dataset) -> Ints:
    shapes = dataset.shapes
    rows = np.flatnonzero(shapes.track >= 0)
    rows = rows[np.lexsort((shapes.frame[rows], shapes.track[rows]))]
    _, first = np.unique(shapes.track[rows], return_index=True)
    return np.asarray(rows[first])


def _check_size(counts: Ints) -> None:
    """Raises LimitError where labels have so many attributes that all rows would have the square of the input."""
    total = int(counts.sum())
    if total > _MOST and total > _MANY * len(counts):
        message = f"{len(counts):,} rows have {total:,} attributes by their labels, which get defaults"
        raise LimitError(Problem(message, expected=f"at most {_MANY} a label, of so many rows"))


def _missing(dataset: Dataset, owner: Owner, rows: Ints, label: Ints, mutable: tuple[bool, ...]) -> Attributes:
    """What the rows do not say of what their labels have."""
    specs = {lb.id: [spec for spec in lb.attributes if spec.mutable in mutable] for lb in dataset.labels}
    names = np.array([spec.id for own_specs in specs.values() for spec in own_specs], np.int64)
    values = [spec.default_value for own_specs in specs.values() for spec in own_specs]
    ends = offsets_of([len(own_specs) for own_specs in specs.values()])
    known = np.array(list(specs), np.int64)
    order = np.argsort(known)
    label_row = order[np.clip(np.searchsorted(known[order], label), 0, len(known) - 1)]
    counts = np.where(known[label_row] == label, np.diff(ends)[label_row], 0)
    _check_size(counts)
    picked = expand_ranges(ends[:-1][label_row], counts)
    whose = np.repeat(rows, counts)
    table = dataset.attributes
    mine = table.kind == owner
    present = np.isin(whose << 32 ^ names[picked], table.owner[mine].astype(np.int64) << 32 ^ table.spec[mine])
    picked, whose = picked[~present], whose[~present]
    pool = tuple(dict.fromkeys(values))
    code = np.array([pool.index(value) for value in values], np.int64)
    return Attributes.of(
        len(whose), kind=np.full(len(whose), owner), owner=whose, spec=names[picked], value=code[picked], pool=pool
    )
