"""Numbers of classes on rows -> labels; a number without a name is one problem, with the first place it stands at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.model.columns import Array, Ints, tally


def numbered_labels(
    rows: Rows, numbers: Array, name: Callable[[Any], str], at: At, problems: Problems, expected: str
) -> Ints:  # fmt: skip
    """The label of each row, -1 for none.  name: of a number, empty where it has none.  expected: which have one."""
    used, first, which, times = tally(numbers)
    words = [name(number) for number in used.tolist()]
    named = np.array([bool(word) for word in words], np.bool_)
    ids = np.full(len(used), -1, np.int64)
    ids[named] = rows.labels([word for word in words if word], at=at[first[named]])
    for n in np.flatnonzero(~named).tolist():
        more = f", {times[n]:,} times from here on" if times[n] > 1 else ""
        number = used[n].item()
        text = f"{number:g}" if isinstance(number, float) else str(number)
        problems.append(at.problem(int(first[n]), f"class {text} has no name{more}", expected=expected))
    return np.asarray(ids[which])
