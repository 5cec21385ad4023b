"""Task backups for tests, read and written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotools.formats.base import Read, ReadOptions, WriteOptions
from annotools.formats.cvat_json.backup import FORMAT
from annotools.model import Dataset, Losses, fit
from annotools.storage import Media, open_source, write_members
from annotools.transform import run

HERE = Path(__file__)
SMALL = HERE.parents[1] / "data" / "cvat_backup"


def read(where: Path, **options: Any) -> Read:
    assert FORMAT.read is not None
    with open_source(where) as source:
        return FORMAT.read(source, None, ReadOptions(**options))


def write(dataset: Dataset, where: Path, media: Media | None = None) -> tuple[Path, Losses]:
    """Through the whole way of a conversion."""
    assert FORMAT.write is not None
    options = WriteOptions(images=media is not None)
    dataset, changed = run(dataset, FORMAT.steps(options))
    dataset, lost = fit(dataset, FORMAT.keeps)
    write_members(where, FORMAT.write(dataset, media, options))
    return where, changed + lost
