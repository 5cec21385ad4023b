"""What the CVAT server accepts in annotations: vocabularies, numbers of points, limits.  One table.

Read by the validators and, so that the two cannot disagree, by the mock server.
Source: CVAT 2.73's OpenAPI document (LabeledDataRequest, ShapeType, LabelRequest ...) and its recorded answers.
"""

from __future__ import annotations

import msgspec
import numpy as np

from annotools.model.codes import ShapeType
from annotools.model.tables import Bools, Codes, Ints

MAX_INT = 2**31 - 1
MAX_ID = 2**63 - 1
SHAPE_TYPES = ShapeType.words()
SOURCES = ("auto", "semi-auto", "manual", "file", "consensus")
REPLICA_TYPES = ("consensus_replica", "replica")  # of jobs: the word up to 2.79, and that from 2.80 on
LABEL_TYPES = ("any", *sorted(SHAPE_TYPES), "interval", "tag")

MAX_ROTATION = 360.0
MAX_SCORE = 1.0
MAX_LABEL_NAME = 64
MAX_ATTRIBUTE_NAME = 64
MAX_DEFAULT_VALUE = 128
MAX_CHOICE = 200
MAX_CHOICES = 4096
MAX_VALUE = 4096


class PointCount(msgspec.Struct, frozen=True):
    """How many numbers the points of a type may have: at least, in steps of, at most (None: no limit)."""

    least: int
    step: int = 1
    most: int | None = None

    def allows(self, count: int) -> bool:
        """Whether that many numbers are accepted."""
        return self.least <= count and (self.most is None or count <= self.most) and count % self.step == 0

    @property
    def words(self) -> str:
        """`4 numbers`, `an even number of at least 6`."""
        if self.most is not None:
            return f"{self.least} numbers" if self.least else "no points"
        return f"{'an even number of at least' if self.step == 2 else 'at least'} {self.least} numbers"


POINT_COUNTS: dict[str, PointCount] = {
    "rectangle": PointCount(4, most=4),
    "polygon": PointCount(6, 2),
    "polyline": PointCount(4, 2),
    "points": PointCount(2, 2),
    "ellipse": PointCount(4, most=4),
    "cuboid": PointCount(16, most=16),
    "mask": PointCount(5),
    "skeleton": PointCount(0, most=0),
}

_NO_LIMIT = 1 << 62
_TABLE = np.asarray(
    [(c.least, c.step, c.most if c.most is not None else _NO_LIMIT) for c in map(POINT_COUNTS.__getitem__, SHAPE_TYPES)]
)


def counts_allowed(types: Codes, counts: Ints) -> Bools:
    """Whether shapes of these types (codes) may have these numbers of values, row by row."""
    least, step, most = _TABLE.T
    allowed: Bools = (counts >= least[types]) & (counts <= most[types]) & (counts % step[types] == 0)
    return allowed
