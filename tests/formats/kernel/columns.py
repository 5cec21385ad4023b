"""Columns of a small task, for the tests of the assembler."""

from __future__ import annotations

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import ReadOptions
from annotools.formats.kernel.rows import Rows
from annotools.model import (
    AttributeSpec,
    Dataset,
    Frames,
    Label,
)
from tests.formats.kernel.sources import zipped

LABELS = (
    Label(5, "car", attributes=(AttributeSpec(1, "make"), AttributeSpec(2, "speed", mutable=True))),
    Label(6, "person", type="skeleton"), Label(7, "head", parent=6, type="points"),
    Label(8, "hand", parent=6, type="points"),
)  # fmt: skip
CONTEXT = Dataset(labels=LABELS, frames=Frames.of(["a/1.jpg", "a/2.jpg", "b/1.jpg", "a/3.jpg", "a/4.jpg"], 640, 480))


def rows_of(context: Dataset | None = None, members: dict[str, bytes] | None = None, **options: object) -> Rows:
    return Rows(zipped(members or {}), context, Problems(), ReadOptions(**options))  # type: ignore[arg-type]


def boxes(count: int) -> np.ndarray:
    return np.arange(4.0 * count).reshape(count, 4)
