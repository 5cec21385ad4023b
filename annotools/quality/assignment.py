"""Which is which: the assignment of least cost between the two sides of one kind on one frame.

    similarity  0.9 0.5      pairs  (0, 0), (1, 1), where the threshold lets them
                0.8 0.6

All labels together: a better object of another label takes the place of a worse one of the right label.  Among equal
assignments the answer is scipy's, for the order in which rows and columns are listed, as on the server.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError, without_extra
from annotools.geometry.ragged import Floats, Ints


def assign(similarity: Floats, threshold: float, *, spare: bool = False) -> tuple[Ints, Ints]:
    """The pairs (rows, columns) that belong together, rows ascending.  similarity: (n, m); NaN never matches.

    spare: whether the similarity is wanted no more, and may be written over.
    Raises: UsageError where scipy is not installed.
    """
    if not similarity.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    square = similarity.shape[0] == similarity.shape[1]
    costs = similarity if spare and square else np.ones((max(similarity.shape),) * 2)
    own = costs[: similarity.shape[0], : similarity.shape[1]]
    np.subtract(1, similarity, out=own)
    alike = own <= 1 - threshold
    alike &= own > -np.inf
    np.copyto(own, 1, where=~alike)
    if similarity.size == 1:
        rows = columns = np.zeros(1, np.int64)
    else:
        rows, columns = _solved(costs)
    pairs = costs[rows, columns] < 1
    return rows[pairs], columns[pairs]


def _solved(costs: Floats) -> tuple[Ints, Ints]:
    try:
        from scipy.optimize import linear_sum_assignment  # an extra, and slow to load
    except ImportError:
        raise UsageError(without_extra("scipy", "quality")) from None
    rows, columns = linear_sum_assignment(costs)
    return rows, columns
