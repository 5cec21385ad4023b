"""The points of the skeletons of a chunk, as columns."""

from __future__ import annotations

import msgspec
import numpy as np

from annotools.formats.datumaro.items import Chunk
from annotools.formats.datumaro.shapes_in import Built
from annotools.geometry.ragged import lengths, place_in_row
from annotools.model.columns import Floats, Ints, distinct


class Points(msgspec.Struct, frozen=True):
    """skeleton: the place of each point's among the skeletons.  label: of the point.  places: (n, 2) x, y.

    seen: 2, hidden 1, outside 0.  blobs: undecoded attributes.  nameless: skeletons with points that no label names.
    """

    skeleton: Ints
    label: Ints
    places: Floats
    seen: Ints
    blobs: list[bytes]
    nameless: Ints

    @classmethod
    def of(cls, chunk: Chunk, built: Built, order: dict[int, list[int]], label: Ints) -> Points:
        """order: label of a skeleton -> labels of its points.  label: of the annotations."""
        values, ends = built.keypoints
        triples, ends = values.reshape(-1, 3), ends // 3
        skeleton = np.repeat(np.arange(len(built.skeletons)), lengths(ends))
        position = place_in_row(ends)
        known = [order.get(number, []) for number in label[built.skeletons].tolist()]
        attributes = [chunk.annotations[row].points_attributes or [] for row in built.skeletons.tolist()]
        pairs = list(zip(skeleton.tolist(), position.tolist(), strict=True))
        names = np.array([known[n][p] if p < len(known[n]) else -1 for n, p in pairs], np.int64)
        blobs = [bytes(attributes[n][p]) if p < len(attributes[n]) else b"" for n, p in pairs]
        fine = np.flatnonzero(names >= 0)
        return cls(
            skeleton[fine], names[fine], triples[fine, :2], triples[fine, 2].astype(np.int64),
            [blobs[n] for n in fine.tolist()], distinct(skeleton[names < 0]),
        )  # fmt: skip
