"""API bundles for tests, read and written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from annotools.formats.base import Read, ReadOptions, WriteOptions
from annotools.formats.cvat_json.api import FORMAT
from annotools.model import Dataset, fit
from annotools.storage import open_source, write_members
from annotools.transform import run

HERE = Path(__file__)
SMALL = HERE.parents[1] / "data" / "cvat_api"
RECTANGLE = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [1, 2, 3, 4]}


def read(where: Path, **options: Any) -> Read:
    assert FORMAT.read is not None
    with open_source(where) as source:
        return FORMAT.read(source, None, ReadOptions(**options))


def write(dataset: Dataset, where: Path) -> Path:
    """Through the whole way of a conversion."""
    assert FORMAT.write is not None
    dataset, _ = run(dataset, FORMAT.steps(WriteOptions()))
    dataset, _ = fit(dataset, FORMAT.keeps)
    write_members(where, FORMAT.write(dataset, None, WriteOptions()))
    return where


def one(**changes: Any) -> Any:
    """A document with one shape."""
    return {"shapes": [RECTANGLE | changes]}


def load(where: Path, name: str) -> Any:
    return json.loads((where / name).read_bytes())
