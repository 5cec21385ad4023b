"""Attributes of annotations -> the table of attributes.

Equal `attributes` of equal labels are looked up once: what is looked up is spread over the rows that have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from annotools.formats.coco.blobs import Blobs
from annotools.formats.coco.categories import with_specs
from annotools.geometry.ragged import Ragged, offsets_of, row_of_value, segment_sum, take
from annotools.model import Attributes, Dataset, Labels, Owner
from annotools.model.losses import Ledger
from annotools.model.tables import Bools, Ints


def with_attributes(dataset: Dataset, blobs: Blobs, blob: Ints, open_labels: bool, ledger: Ledger) -> Dataset:
    """A dataset with the attributes of its rows.

    blob: (rows of shapes,) the code of what each row says, -1 for nothing.  open_labels: whether labels get the
    attributes they lack; otherwise such values are lost.
    """
    rows = np.flatnonzero(blob >= 0)
    labels, place = np.unique(dataset.shapes.label[rows], return_inverse=True)
    kinds, which = np.unique(place.reshape(-1) * (len(blobs.codes) + 1) + blob[rows], return_inverse=True)
    label, code = np.divmod(kinds, len(blobs.codes) + 1)
    (names, ends), texts = blobs.ragged()
    said, cuts = take(names, ends, code)
    values, _ = take(texts, ends, code)
    owner = row_of_value(cuts)
    if open_labels:
        dataset = dataset.replace(labels=_widened(dataset.labels, labels[label[owner]], said, blobs))
    spec = _spec_ids(dataset.labels, labels, blobs)[label[owner], said] if len(said) else said
    which = which.reshape(-1)
    _tell_unknown(dataset, (spec, cuts), rows, which, ledger)
    known = spec >= 0
    kept: Ragged = (
        np.stack([spec, values], axis=1)[known],
        offsets_of(np.bincount(owner[known], minlength=len(kinds))),
    )
    pairs, cuts = take(*kept, which)
    pool = tuple(blobs.texts)
    found = _Found(rows[row_of_value(cuts)], pairs[:, 0], pairs[:, 1])
    return dataset.replace(attributes=_table(dataset, found, pool, ledger))


@dataclass(frozen=True, slots=True)
class _Found:
    """Values on rows of `shapes`."""

    row: Ints
    spec: Ints
    value: Ints

    def only(self, mask: Bools | Ints) -> _Found:
        return _Found(self.row[mask], self.spec[mask], self.value[mask])


def _widened(labels: Labels, label: Ints, names: Ints, blobs: Blobs) -> Labels:
    """Labels with every attribute that comes with them."""
    known = list(blobs.names)
    wanted: dict[int, dict[str, str]] = {}
    pairs = np.stack([label, names], axis=1)
    unique, first = np.unique(pairs, axis=0, return_index=True)
    for number, name in unique[np.argsort(first)].tolist():
        owner = labels.by_id.get(number)
        if owner is not None and owner.spec(known[name]) is None:
            kinds = blobs.kinds[name]
            wanted.setdefault(number, {})[known[name]] = next(iter(kinds)) if len(kinds) == 1 else "text"
    return with_specs(labels, wanted) if wanted else labels


def _spec_ids(labels: Labels, ids: Ints, blobs: Blobs) -> Ints:
    """(labels, names) the attribute of each label and name, -1 for none."""
    found = np.full((len(ids), len(blobs.names)), -1)
    for row, number in enumerate(ids.tolist()):
        for spec in labels.by_id[number].attributes if number in labels.by_id else ():
            if spec.name in blobs.names:
                found[row, blobs.names[spec.name]] = spec.id
    return found


def _tell_unknown(dataset: Dataset, specs: Ragged, rows: Ints, which: Ints, ledger: Ledger) -> None:
    counts = segment_sum(specs[0] < 0, specs[1])[which] if len(specs[0]) else np.zeros(len(rows), np.int64)
    frames = dataset.shapes.frame[rows[counts > 0]]
    ledger.lost("attribute of annotation", "the label has no attribute of that name", int(counts.sum()), frames)


def _table(dataset: Dataset, found: _Found, pool: tuple[str, ...], ledger: Ledger) -> Attributes:
    """Values on shapes; of the immutable ones of a track the last, on the track."""
    shapes = dataset.shapes
    mutable = _mutable(dataset.labels)
    steady = np.isin(found.spec, [spec for spec, is_mutable in mutable.items() if not is_mutable])
    moved = (shapes.track[found.row] >= 0) & steady
    own, shared = found.only(~moved), found.only(moved)
    track = shapes.track[shared.row]
    order = np.lexsort((shapes.frame[shared.row], shared.spec, track))
    shared, track = shared.only(order), track[order]
    last = np.ones(len(track), np.bool_)
    same = (track[1:] == track[:-1]) & (shared.spec[1:] == shared.spec[:-1])
    last[:-1] = ~same
    unlike = np.flatnonzero(same & (shared.value[1:] != shared.value[:-1]))
    why = "it cannot change within a track: the last value counts"
    ledger.changed("immutable attribute of track", why, len(unlike), shapes.frame[shared.row[unlike]])
    kind = np.repeat([int(Owner.SHAPE), int(Owner.TRACK)], [len(own.row), int(last.sum())])
    return Attributes.of(
        len(kind), kind=kind, owner=np.concatenate([own.row, track[last]]),
        spec=np.concatenate([own.spec, shared.spec[last]]),
        value=np.concatenate([own.value, shared.value[last]]), pool=pool,
    )  # fmt: skip


def _mutable(labels: Labels) -> dict[int, bool]:
    return {number: spec.mutable for number, (_, spec) in labels.specs.items()}


def with_defaults(dataset: Dataset) -> Dataset:
    """A dataset in which every row has every attribute of its label, as the server stores it."""
    shapes, tracks, attributes = dataset.shapes, dataset.tracks, dataset.attributes
    missing = [
        *_missing(
            attributes, Owner.SHAPE, shapes.label, _specs(dataset.labels, lambda mutable: True), shapes.track < 0
        ),
        *_missing(
            attributes, Owner.SHAPE, shapes.label, _specs(dataset.labels, lambda mutable: mutable), shapes.track >= 0
        ),
        *_missing(
            attributes,
            Owner.TRACK,
            tracks.label,
            _specs(dataset.labels, lambda mutable: not mutable),
            tracks.frame == tracks.frame,
        ),
    ]
    texts = [dataset.labels.specs[spec][1].default_value for _, _, spec in missing]
    pool = dict.fromkeys([*attributes.pool, *texts])
    places = {text: place for place, text in enumerate(pool)}
    if not missing:
        return dataset
    kind, owner, spec = zip(*missing, strict=True)
    more = Attributes.of(
        len(kind), kind=kind, owner=owner, spec=spec, value=[places[t] for t in texts], pool=tuple(pool)
    )
    return dataset.replace(attributes=Attributes.concat([attributes, more]))


def _specs(labels: Labels, wanted: Callable[[bool], bool]) -> dict[int, list[int]]:
    """The attributes of each label that a kind of row has."""
    return {label.id: [spec.id for spec in label.attributes if wanted(spec.mutable)] for label in labels}


def _missing(
    attributes: Attributes, kind: Owner, labels: Ints, specs: dict[int, list[int]], rows: Bools
) -> Iterator[tuple[int, int, int]]:
    """Kind, row and attribute of what rows of `labels` lack."""
    mine = attributes.of_kind(kind)
    have = set(zip(mine.owner.tolist(), mine.spec.tolist(), strict=True))
    for row in np.flatnonzero(rows & np.isin(labels, [label for label, ids in specs.items() if ids])).tolist():
        for spec in specs[int(labels[row])]:
            if (row, spec) not in have:
                yield int(kind), row, spec
