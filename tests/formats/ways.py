"""The way of a dataset into every format of the table and back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from annotools import formats, quirks
from annotools.convert.writing import fit_to_format
from annotools.formats import TABLE
from annotools.formats.base import Format, WriteOptions
from annotools.model import Dataset, survives
from tests.datasets import EVERYTHING

FORMATS = [formats.get(slug) for slug in TABLE]
WAYS = {"plain": WriteOptions(), "compat": WriteOptions(quirks=quirks.CVAT)}
CASES = [(form, name) for form in FORMATS for name in EVERYTHING]
IDS = [f"{form.slug}-{name}" for form, name in CASES]
every_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.slug)
every_case = pytest.mark.parametrize(("form", "name"), CASES, ids=IDS)


@cache
def ready(slug: str, name: str, way: str = "plain") -> Dataset:
    """What a format carries of one of the datasets."""
    return fit_to_format(EVERYTHING[name], formats.get(slug), WAYS[way])[0]


def sizes_of(form: Format, dataset: Dataset) -> Dataset | None:
    """What a reader must know beside: the sizes of pictures, where the format needs them."""
    return Dataset(frames=dataset.frames) if "sizes" in form.needs else None


def surviving(form: Format, dataset: Dataset) -> Dataset:
    """What its reader is to give back of what was written."""
    kept = survives(dataset, form.keeps)
    return kept.replace(frames=dataset.frames) if "sizes" in form.needs else kept


def expected(slug: str, name: str) -> Dataset:
    """What its reader is to give back."""
    return surviving(formats.get(slug), ready(slug, name))


def members(form: Format, dataset: Dataset, options: WriteOptions) -> Iterator[tuple[str, list[bytes]]]:
    write = form.dialect(options).write
    assert write is not None
    return ((name, list(pieces)) for name, pieces in write(dataset, None, options))


@cache
def written(slug: str, name: str, way: str = "plain") -> dict[str, bytes]:
    """The members that a format makes of it."""
    pieces_of = members(formats.get(slug), ready(slug, name, way), WAYS[way])
    return {member: b"".join(pieces) for member, pieces in pieces_of}


def in_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder
