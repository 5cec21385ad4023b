"""`attributes` of annotations: put on rows in the end, and as JSON with what CVAT puts beside them.

    hub   make=ford  lamps=3 (number)  broken=true (checkbox)       occluded, rotation, track, keyframe
    JSON  {"make": "ford", "lamps": 3, "broken": true,
           "occluded": false, "rotation": 0.0, "track_id": 7, "keyframe": true}

A value is only written as a number or a truth value where it can be read back as the very same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotools.formats.kernel.attribute_blobs import RESERVED as OF_FORMATS
from annotools.formats.kernel.attribute_blobs import AttributeBlobs, used_names
from annotools.formats.kernel.attribute_objects import Beside, Objects, set_attributes, with_beside, with_tracks
from annotools.formats.kernel.ids import distinct_ids, given_ids
from annotools.formats.kernel.label_names import with_specs
from annotools.formats.kernel.rows import Rows
from annotools.model import RECTANGLE, AttributeSpec, Dataset, Labels, Owner, Shapes, Source, Tags, Tracks
from annotools.model.column_buffer import ColumnBuffer
from annotools.model.columns import uniform
from annotools.model.tables import Bools, Ints

RESERVED = OF_FORMATS - {"score"}  # annotations have a key of their own for it


def number_of(text: str) -> int | float | None:
    """The number that a text is, if it is a finite one."""
    try:
        number: int | float = int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


class AttributeRows:
    """Which `attributes` rows of shapes and tags have.  tracked: the labels of tracks."""

    def __init__(self, blobs: AttributeBlobs) -> None:
        self.tracked: set[int] = set()
        self._blobs = blobs
        self._owners = {kind: [ColumnBuffer() for _ in range(3)] for kind in (Owner.SHAPE, Owner.TAG)}

    def add(self, kind: Owner, rows: Ints, codes: Ints, label: Ints) -> None:
        """Rows of one table, the codes of their `attributes` and their labels."""
        some = np.flatnonzero(self._blobs.have_values(codes))
        for growing, column in zip(self._owners[kind], (rows, codes, label), strict=True):
            growing.add(column[some].astype(np.int64))

    def put(self, rows: Rows, labels: Labels) -> Labels:
        """Give rows their attributes; the labels with every attribute that their rows have."""
        for kind, columns in self._owners.items():
            owner, codes, label = (growing.column().astype(np.int64) for growing in columns)
            if not len(owner):
                continue
            row, names, values = self._blobs.spread(np.arange(len(owner)), codes)
            rows.attributes(kind, owner[row], names, values)
            wanted = {
                (number, name): AttributeSpec(0, name, number in self.tracked, self._blobs.kind(name))
                for number, name in used_names(names, label[row])
                if number in labels.by_id and (number, name) not in labels.specs_by_name
            }
            labels = with_specs(labels, wanted) if wanted else labels
        return labels


def of_shapes(dataset: Dataset) -> Objects:
    """What is written of each shape: the user's attributes, those of its track before its own, and what is beside."""
    shapes = dataset.shapes
    theirs = set_attributes(dataset, Owner.TRACK)
    own = with_tracks(set_attributes(dataset, Owner.SHAPE), theirs, shapes.track)
    beside = look(shapes, shapes.type == RECTANGLE, _numbers(dataset.tracks))
    return with_beside(own, [*beside, Beside("z_order", shapes.z_order, shapes.z_order != 0), _source(shapes)])


def of_tags(dataset: Dataset) -> Objects:
    """What is written of each tag."""
    return with_beside(set_attributes(dataset, Owner.TAG), [_source(dataset.tags)])


def look(shapes: Shapes, turns: Bools, numbers: Sequence[Any]) -> list[Beside]:
    """What CVAT's exports say of shapes.  turns: of which a rotation.  numbers: those of tracks."""
    tracked = shapes.track >= 0
    return [
        Beside("occluded", shapes.occluded, uniform(np.True_, len(shapes))),
        Beside("rotation", shapes.rotation, turns),
        Beside("track_id", shapes.track, tracked, numbers),
        Beside("keyframe", shapes.keyframe, tracked),
    ]


def _source(table: Shapes | Tags) -> Beside:
    return Beside("source", table.source, table.source != Source.MANUAL, Source.words())


def _numbers(tracks: Tracks) -> list[Any]:
    """The number of each track, as it was read or the next that is free; those of elements have none."""
    top = np.flatnonzero(tracks.parent < 0)
    numbers = np.full(len(tracks), -1, object)
    numbers[top] = distinct_ids(given_ids(tracks.extras, "track_id", top), 0)
    return list(numbers)
