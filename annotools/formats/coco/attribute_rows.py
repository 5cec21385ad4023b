"""Which `attributes` rows have, put on them in the end; labels get the attributes that their rows have."""

from __future__ import annotations

import numpy as np

from annotools.formats.kernel.attribute_blobs import RESERVED as OF_FORMATS
from annotools.formats.kernel.attribute_blobs import AttributeBlobs, used_names
from annotools.formats.kernel.label_names import with_specs
from annotools.formats.kernel.rows import Rows
from annotools.model import AttributeSpec, Labels, Owner
from annotools.model.column_buffer import ColumnBuffer
from annotools.model.tables import Ints

RESERVED = OF_FORMATS - {"score"}  # annotations have a key of their own for it


class AttributeRows:
    """Which `attributes` rows of shapes and tags have.  tracked: the labels of tracks."""

    def __init__(self, blobs: AttributeBlobs) -> None:
        self.tracked: set[int] = set()
        self._blobs = blobs
        self._owners = {kind: [ColumnBuffer() for _ in range(3)] for kind in (Owner.SHAPE, Owner.TAG)}

    def add(self, kind: Owner, rows: Ints, codes: Ints, label: Ints) -> None:
        """Rows of one table, the codes of their `attributes` and their labels."""
        for growing, column in zip(self._owners[kind], (rows, codes, label), strict=True):
            growing.add(column.astype(np.int64))

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
