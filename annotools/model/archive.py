"""A whole dataset in one file, for tests and caches: numpy's npz of all columns, and one JSON for the definitions.

    archive.npz:  shapes.frame.npy, shapes.values.npy, ..., definitions.npy (UTF-8 JSON), pool.npy (UTF-8 JSON list)

Nothing in it is executable (no pickles).  The version guards against files of a newer program.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import asdict
from typing import IO, Any

import numpy as np

from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import AttributeSpec, Job, Label, Labels, Task
from annotools.model.frames import Frames
from annotools.model.tables import Array, Attributes, Intervals, Shapes, Tags, Tracks

VERSION = 1
# What numpy, zipfile and json raise for bytes that nobody wrote.
_DAMAGE = (
    AttributeError, EOFError, IndexError, KeyError, NotImplementedError, OSError, OverflowError, RuntimeError,
    SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_TABLES: dict[str, Any] = {"tags": Tags, "shapes": Shapes, "tracks": Tracks, "intervals": Intervals}


def write_archive(dataset: Dataset, target: IO[bytes]) -> None:
    """Write a dataset (without origin and extras) to an open binary file."""
    arrays: dict[str, Any] = {}
    for name in OWNERS.values():
        arrays |= {f"{name}.{column}": values for column, values in getattr(dataset, name).columns().items()}
    arrays |= {"shapes.values": dataset.shapes.values, "shapes.offsets": dataset.shapes.offsets}
    arrays |= {f"attributes.{column}": values for column, values in dataset.attributes.columns().items()}
    arrays |= {f"frames.{n}": getattr(dataset.frames, n) for n in ("width", "height", "deleted")}
    arrays |= {"definitions": _text(_definitions(dataset)), "pool": _text(list(dataset.attributes.pool))}
    np.savez(target, **arrays)


def read_archive(source: IO[bytes]) -> Dataset:
    """Read what `write_archive` wrote.  Raises ValueError for anything else."""
    try:
        with np.load(source, allow_pickle=False) as arrays:
            return _dataset({name: arrays[name] for name in arrays.files})
    except _DAMAGE as error:
        raise ValueError(f"not an archive of a dataset: {error}") from error


def _text(value: Any) -> Array:
    return np.frombuffer(json.dumps(value, ensure_ascii=True).encode(), np.uint8)


def _definitions(dataset: Dataset) -> dict[str, Any]:
    frames = dataset.frames
    return {
        "version": VERSION,
        "task": asdict(dataset.task),
        "labels": [asdict(label) for label in dataset.labels],
        "jobs": [asdict(job) for job in dataset.jobs],
        "frames": {"names": frames.names, "subsets": frames.subsets, "related": frames.related},
    }


def _dataset(arrays: dict[str, Array]) -> Dataset:
    known = json.loads(arrays["definitions"].tobytes())
    if known["version"] > VERSION:
        raise ValueError(f"archive of version {known['version']}, this program knows up to {VERSION}")
    tables = {name: table.of(**_columns(arrays, name)) for name, table in _TABLES.items()}
    pool = tuple(json.loads(arrays["pool"].tobytes()))
    named: dict[str, Any] = {name: tuple(values) for name, values in known["frames"].items()}
    sizes: dict[str, Any] = {name: arrays[f"frames.{name}"] for name in ("width", "height", "deleted")}
    return Dataset(
        task=Task(**known["task"]), labels=Labels(tuple(map(_label, known["labels"]))),
        jobs=tuple(map(_job, known["jobs"])), frames=Frames(**named, **sizes),
        attributes=Attributes.of(**_columns(arrays, "attributes"), pool=pool), **tables,
    )  # fmt: skip


def _columns(arrays: dict[str, Array], table: str) -> dict[str, Any]:
    return {name.partition(".")[2]: values for name, values in arrays.items() if name.startswith(table + ".")}


def _label(fields: dict[str, Any]) -> Label:
    specs = tuple(AttributeSpec(**(spec | {"values": tuple(spec["values"])})) for spec in fields["attributes"])
    return Label(**(fields | {"attributes": specs}))


def _job(fields: dict[str, Any]) -> Job:
    included = None if fields["included"] is None else tuple(fields["included"])
    pairs = tuple((a, b) for a, b in fields["honeypots"])
    return Job(**(fields | {"included": included, "disabled": tuple(fields["disabled"]), "honeypots": pairs}))
